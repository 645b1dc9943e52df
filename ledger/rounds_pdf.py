"""A planned round on paper: the timetable, each team's days, what to answer (排期打印件).

It goes to every unit and team, so it has no contact, no phone and no child in it.
"""

from casework.round_report import RoundReport
from ledger.print_table import Cell, PrintColumn, PrintTable
from ledger.print_tables_pdf import Part, tables_pdf
from ledger.rounds_tables_out import lead_of, proof_table
from ledger.rounds_words import day_zh, days_zh, deviation_zh, plan_zh, teams_zh
from ledger.rounds_workbook import KEPT, MOVED, OPEN, mark

LEFT = "#F4CCCC"
_COLUMNS = (
    PrintColumn("序号", 4, centred=True),
    PrintColumn("区县名称", 10, centred=True),
    PrintColumn("场次", 5, centred=True),
    PrintColumn("申报时间", 20),
    PrintColumn("排定时间", 26),
    PrintColumn("承担团队", 12, centred=True),
    PrintColumn("与申报相比", 9, centred=True),
    PrintColumn("说明", 34),
)


def round_pdf(report: RoundReport) -> bytes:
    """Set a round as a PDF."""
    title = f"{report.frame.rules.title_zh}排期表"
    parts = [_timetable(report, title), _teams(report)]
    parts.append(Part(proof_table(report)))
    return tables_pdf(title, f"指纹 {mark(report)}", parts)


def _timetable(report: RoundReport, title: str) -> Part:
    rows: list[list[Cell]] = []
    colours: list[str] = []
    for n, plan in enumerate(report.timetable.units, 1):
        rows.append(
            [n, plan.name, len(plan.sessions), days_zh(plan.declared) or "待定", plan_zh(plan),
             teams_zh(report.frame, plan), deviation_zh(plan), plan.reason_zh]
        )  # fmt: skip
        colours.append(OPEN if not plan.declared else "" if plan.kept else MOVED)
    for left in report.timetable.unplaced:
        rows.append(
            [len(rows) + 1, left.name, left.sessions, "", "", "", "未安排", left.reason_zh]
        )
        colours.append(LEFT)
    lead = f"{lead_of(report)}（橙：改期；蓝：待定由市级提出）"
    table = PrintTable("排期表", title, lead, _COLUMNS, rows, "没有安排")
    return Part(table, colours, closing="市妇联家儿部（盖章）：　　　　　　　　年　　月　　日")


def _teams(report: RoundReport) -> Part:
    """Give each team's days in order, with who expects it."""
    frame = report.frame
    held = sorted(
        (session.team, session.date, session.slot, plan.name, session.venue)
        for plan in report.timetable.units
        for session in plan.sessions
    )
    by_day: dict[tuple[str, str, str, str], int] = {}
    for team, day, _, name, venue in held:
        key = (frame.team_name(team), day_zh(day), name, venue)
        by_day[key] = by_day.get(key, 0) + 1
    rows: list[list[Cell]] = [[*key, count] for key, count in by_day.items()]
    colours, last = [], ""
    shade = ""
    for row in rows:
        if row[0] != last:
            last, shade = str(row[0]), "" if shade else KEPT
        colours.append(shade)
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("团队", 16), ("日期", 16), ("区县名称", 16), ("会场", 30), ("场次", 8),
        )
    )  # fmt: skip
    lead = "每天几点开始见日历文件；会场以区县通知为准"
    table = PrintTable("团队日程", "各团队日程", lead, columns, rows, "没有安排")
    return Part(table, colours)
