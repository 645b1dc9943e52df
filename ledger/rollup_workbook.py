"""The rollup as a workbook: totals of all units, who is missing, what is in doubt (汇总表).

The first sheet has the annex's columns, so that it can be given back as the last round's
numbers. Sums are formulas with their values beside them.
"""

from collections.abc import Iterator
from pathlib import Path

from casework.declaration import COUNTS
from casework.findings import Severity
from casework.personal import has_long_number
from casework.reminders import reminder
from casework.rollup import Rollup, State, UnitLine
from casework.session_writing import write_session_dates
from casework.wording import day
from ledger.declaration_form import HEADINGS
from ledger.print_table import Cell, PageText, PrintBook, PrintColumn, PrintTable
from ledger.safe_text import new_workbook

SHEET = "汇总表"
STATES = {
    State.RECEIVED: "已收",
    State.IN_DOUBT: "待核对",
    State.MISSING: "未报",
}
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}
_FIRST_ROW = 3  # title, lead, headings
_WIDTHS = {"dates": 24, "contact": 22, "remarks": 20}


def write_rollup(path: Path, rollup: Rollup) -> None:
    """Write the workbook."""
    title = f"{rollup.rules.title_zh.removesuffix('申报表')}申报汇总表"
    book = new_workbook(path, title)
    page = PageText(rollup.rules.office_zh, day(rollup.on), "内部资料")
    sheets = PrintBook(book, page)
    sheets.add(_summary(rollup, title))
    _write_sums(book.get_worksheet_by_name(SHEET), sheets, rollup)
    sheets.add(_chase(rollup))
    sheets.add(_doubts(rollup))
    sheets.add(_differences(rollup))
    book.close()


def state_zh(line: UnitLine) -> str:
    """Say how a unit's declaration stands, such as “待核对（迟报5天）”."""
    word = "迟报" if line.submission else "逾期"
    return STATES[line.state] + (f"（{word}{line.late_days}天）" if line.late_days else "")


def _summary(rollup: Rollup, title: str) -> PrintTable:
    columns = [
        PrintColumn("序号", 6, centred=True),
        *(PrintColumn(h, _WIDTHS.get(f, 12), centred=True) for f, h in HEADINGS.items()),
        PrintColumn("报送情况", 20, centred=True),
    ]
    got = len(rollup.of(State.RECEIVED, State.IN_DOUBT))
    lead = (
        f"截至{day(rollup.on)}：应报{len(rollup.lines)}个，已收{got}个"
        f"（待核对{len(rollup.of(State.IN_DOUBT))}个，迟报{len(rollup.late)}个），"
        f"未报{len(rollup.lines) - got}个"
    )
    if gaps := {name for names in rollup.not_added.values() for name in names}:
        lead += f"。有数字读不出、合计未计入的区县：{'、'.join(sorted(gaps))}"
    rows = [[n, *_cells(line, rollup)] for n, line in enumerate(rollup.lines, 1)]
    rows.append(["", "合计", *("" for _ in HEADINGS)])
    return PrintTable(SHEET, title, lead, tuple(columns), rows, "")


def _cells(line: UnitLine, rollup: Rollup) -> Iterator[Cell]:
    """Give a unit's cells in the order of the annex."""
    yield line.unit.name
    if line.submission is None:
        yield from ("" for _ in range(len(HEADINGS) - 1))
    else:
        form = line.submission.declaration
        counts = (getattr(form, field) for field in COUNTS)
        yield from ("" if count is None else count for count in counts)
        year = rollup.rules.round.window_start.year
        yield write_session_dates(form.dates, year)
        yield " ".join(filter(None, form.contact))
        # What a unit types there goes round with this sheet; the original keeps it.
        hides = has_long_number(form.remarks, year)
        yield "（含号码，见原表）" if hides else form.remarks
    yield state_zh(line)


def _write_sums(sheet: object, book: PrintBook, rollup: Rollup) -> None:
    """Let the last row add up what stands above it."""
    last = _FIRST_ROW + len(rollup.lines)
    style = book.style(border=1, bold=True, align="center")
    fields = list(HEADINGS)
    for field, total in rollup.totals.items():
        column = 1 + fields.index(field)
        letter = chr(ord("A") + column)
        sums = f"=SUM({letter}{_FIRST_ROW + 1}:{letter}{last})"
        sheet.write_formula(last, column, sums, style, total)  # type: ignore[attr-defined]


def _chase(rollup: Rollup) -> PrintTable:
    texts = ((line, reminder(line, rollup)) for line in rollup.lines)
    rows = [[line.unit.name, state_zh(line), text] for line, text in texts if text]
    columns = (
        PrintColumn("区县名称", 16, centred=True),
        PrintColumn("报送情况", 18, centred=True),
        PrintColumn("可直接粘贴的文字", 100),
    )
    return PrintTable("催报与核对", "催报与核对", "复制后发给该区县", columns, rows, "没有要问的")


def _doubts(rollup: Rollup) -> PrintTable:
    rows: list[list[Cell]] = [
        [
            line.unit.name,
            SEVERITIES[finding.severity],
            finding.rule,
            finding.message_zh,
            finding.remedy_zh,
        ]
        for line in rollup.lines
        for finding in (*line.errors, *line.doubts)
    ]
    columns = (
        PrintColumn("区县名称", 16, centred=True),
        PrintColumn("程度", 8, centred=True),
        PrintColumn("规则", 16, centred=True),
        PrintColumn("问题", 52),
        PrintColumn("怎样改", 44),
    )
    return PrintTable("存疑", "核对中的问题", "错误须更正，提醒须核对", columns, rows, "没有问题")


def _differences(rollup: Rollup) -> PrintTable:
    rows: list[list[Cell]] = [
        [line.unit.name, d.field_zh, d.declared, d.ledger, f"{d.declared - d.ledger:+d}"]
        for line in rollup.lines
        for d in line.differences
    ]
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("区县名称", 18), ("项目", 28), ("申报数", 12), ("台账数", 12), ("相差", 10),
        )
    )  # fmt: skip
    lead = "只比较随报送包交来的无姓名台账；只报了申报表的区县无法比较"
    return PrintTable("与台账差异", "申报数与台账的差异（A14）", lead, columns, rows, "没有差异")
