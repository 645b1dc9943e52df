"""What is marked in a returned workbook, and what its sheet 核查问题 says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from casework.findings import Finding, Severity
from ledger.fence import Sheet
from ledger.safe_text import cell_text
from ledger.tally import column_letters

SHEET_NAME = "核查问题"
AUTHOR = "暖童"
COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C", Severity.INFO: "DDEBF7"}
SEVERITIES_ZH = {Severity.ERROR: "必须改", Severity.WARNING: "请核对", Severity.INFO: "提示"}
LIST_COLUMNS = (
    ("序号", 6),
    ("程度", 9),
    ("工作表", 18),
    ("行", 7),
    ("列", 6),
    ("项目", 16),
    ("内容", 20),
    ("问题", 52),
    ("怎么改", 52),
    ("规则", 22),
)
COMMENT_WIDTH_PX = 320
_CHARACTERS_A_LINE = 22
_LINE_PX = 19
_HIGHEST_COMMENT_PX = 600
_LONGEST_COMMENT = 1_500
_MOST_MARKED = 10_000
_ID_WORDS = ("身份证", "证件", "身份号码")
_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell to mark.

    Attributes
    ----------
    as_text
        The cell takes an ID number: it must be formatted as text, or retyping it in Excel
        would damage it again.
    """

    row: int
    column: int
    severity: Severity
    text: str
    as_text: bool = False

    @property
    def height_px(self) -> int:
        """How high the comment must be for all of it to be read."""
        lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in self.text.split("\n"))
        return min(_HIGHEST_COMMENT_PX, _LINE_PX * (lines + 1))


@dataclass(frozen=True, slots=True)
class ListRow:
    """A line of the sheet 核查问题, in the order of ``LIST_COLUMNS``."""

    severity: Severity
    cells: tuple[str | int, ...]


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Put what must be mended first, then by place."""
    return sorted(
        findings,
        key=lambda f: (_ORDER[f.severity], f.where.sheet, f.where.row, f.where.column_number),
    )


def marks_of(findings: Sequence[Finding], sheets: Sequence[Sheet]) -> Mapping[str, list[Mark]]:
    """Join the findings of each cell into one mark, by sheet; the worst cells first.

    A finding about a whole row marks the first cell of the row that holds anything.
    """
    rows = {sheet.name: dict(sheet.rows) for sheet in sheets}
    by_cell: dict[tuple[str, int, int], list[Finding]] = {}
    for finding in in_order(findings):
        where = finding.where
        if where.row and where.sheet in rows:
            values = rows[where.sheet].get(where.row, [])
            first = next((i for i, value in enumerate(values, 1) if value != ""), 1)
            cell = (where.sheet, where.row, where.column_number or first)
            by_cell.setdefault(cell, []).append(finding)
    marks: dict[str, list[Mark]] = {}
    for (sheet, row, column), about in islice(by_cell.items(), _MOST_MARKED):
        as_text = any(word in f.where.column for f in about for word in _ID_WORDS)
        mark = Mark(row, column, about[0].severity, _comment(about), as_text)
        marks.setdefault(sheet, []).append(mark)
    return marks


def _comment(findings: Sequence[Finding]) -> str:
    said = [
        f"【{SEVERITIES_ZH[finding.severity]}】{finding.message_zh}\n→ {finding.remedy_zh}"
        for finding in findings
    ]
    text = cell_text("\n".join(dict.fromkeys(said)))
    return text if len(text) <= _LONGEST_COMMENT else text[: _LONGEST_COMMENT - 1] + "…"


def list_rows(findings: Sequence[Finding]) -> list[ListRow]:
    """Give the lines of the sheet 核查问题."""
    return [_list_row(number, finding) for number, finding in enumerate(in_order(findings), 1)]


def _list_row(number: int, finding: Finding) -> ListRow:
    where = finding.where
    return ListRow(
        finding.severity,
        (
            number,
            SEVERITIES_ZH[finding.severity],
            cell_text(where.sheet),
            where.row or "",
            column_letters(where.column_number),
            cell_text(where.column),
            cell_text(finding.value),
            cell_text(finding.message_zh),
            cell_text(finding.remedy_zh),
            finding.rule,
        ),
    )
