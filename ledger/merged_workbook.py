"""The merged ledger as one workbook (汇总台账), which is read again like any other.

Clean rows stand in the ledgers. A row that waits stands in 待更正, under the same headings:
mended there, it counts the next time the workbook is read.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from casework.findings import Finding, Severity
from ledger.ledger_book import Layout, write_ledgers
from ledger.ledger_rows import messages_of, rows_of
from ledger.marks import COLOURS, SEVERITIES_ZH, in_order
from ledger.merge import FromTownship, Merged
from ledger.safe_text import cell_text, new_workbook
from ledger.tally import column_letters

_FINDING_COLUMNS = (
    ("序号", 6),
    ("程度", 9),
    ("文件", 26),
    ("工作表", 16),
    ("行", 7),
    ("列", 6),
    ("项目", 16),
    ("内容", 20),
    ("问题", 52),
    ("怎么改", 52),
    ("规则", 22),
)
_RETURN_COLUMNS = (
    ("镇街", 18),
    ("是否交回", 10),
    ("文件", 46),
    ("儿童", 8),
    ("爱心妈妈", 10),
    ("待更正", 8),
)


def write_merged(merged: Merged, out: Path) -> None:
    """Write the merged ledger; the same ledger gives the same bytes."""
    with new_workbook(out, f"{merged.ledgers.unit.name}困境儿童台账") as book:
        write_ledgers(book, rows_of(merged.ledgers), messages_of(merged.findings), Layout())
        _write_findings(book, merged.findings)
        _write_returns(book, merged.returns)


def _write_findings(book: Any, findings: Sequence[Finding]) -> None:
    page = _page(book, "核查问题", _FINDING_COLUMNS)
    colours = {s: book.add_format({"bg_color": f"#{COLOURS[s]}"}) for s in Severity}
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, finding in enumerate(in_order(findings), 1):
        for column, text in enumerate(_finding_texts(number, finding)):
            look = colours[finding.severity] if column == 1 else wrapped
            page.write_string(number, column, cell_text(text), look)
    page.autofilter(0, 0, max(len(findings), 1), len(_FINDING_COLUMNS) - 1)


def _finding_texts(number: int, finding: Finding) -> tuple[str, ...]:
    where = finding.where
    return (
        str(number),
        SEVERITIES_ZH[finding.severity],
        where.file,
        where.sheet,
        str(where.row or ""),
        column_letters(where.column_number),
        where.column,
        finding.value,
        finding.message_zh,
        finding.remedy_zh,
        finding.rule,
    )


def _write_returns(book: Any, returns: Sequence[FromTownship]) -> None:
    page = _page(book, "交回情况", _RETURN_COLUMNS)
    missing = book.add_format({"bg_color": f"#{COLOURS[Severity.ERROR]}"})
    for number, line in enumerate(returns, 1):
        page.write_string(number, 0, cell_text(line.name))
        if line.files:
            page.write_string(number, 1, "已交回")
        else:
            page.write_string(number, 1, "未交回", missing)
        page.write_string(number, 2, cell_text("、".join(line.files)))
        for column, count in enumerate((line.children, line.caregivers, line.held), 3):
            page.write_number(number, column, count)


def _page(book: Any, name: str, columns: Sequence[tuple[str, int]]) -> Any:
    page = book.add_worksheet(name)
    heading = book.add_format({"bold": True, "border": 1, "bg_color": "#DDE7EE"})
    for index, (text, width) in enumerate(columns):
        page.write_string(0, index, text, heading)
        page.set_column(index, index, width)
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    return page
