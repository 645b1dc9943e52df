"""A planned round as a workbook: timetable, sessions, calendar, travel, offers (团辅排期.xlsx).

No live formula and no time of writing: the same round gives the same bytes.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from casework.declaration_cells import Contact
from casework.round_calendar import SLOTS_ZH
from casework.round_document import fingerprint
from casework.round_report import RoundReport
from casework.rounds import Slot
from casework.workdays import holiday_name, is_rest_day
from ledger.print_table import PageText, PrintBook
from ledger.rounds_tables_out import (
    contacts_table,
    offers_table,
    proof_table,
    sessions_table,
    timetable_table,
    travel_table,
)
from ledger.rounds_words import WEEKDAYS
from ledger.safe_text import new_workbook

REST, HOLIDAY = "#F1F1F1", "#E4D9D9"
KEPT, MOVED, OPEN = "#CFE6D4", "#F7DDB3", "#CFDDF2"
LEGEND = (("按申报", KEPT), ("改期", MOVED), ("待定，市级提出", OPEN), ("休息日", REST))


def write_round_workbook(
    path: Path, report: RoundReport, contacts: Mapping[str, Contact] | None = None
) -> None:
    """Write the workbook."""
    contacts = contacts or {}
    title = f"{report.frame.rules.title_zh}排期"
    book = new_workbook(path, title)
    on = report.frame.on
    page = PageText("市妇联家儿部", f"{on.year}年{on.month}月{on.day}日", f"指纹 {mark(report)}")
    sheets = PrintBook(book, page)
    sheets.add(timetable_table(report, contacts))
    sheets.add(sessions_table(report))
    _write_calendar(sheets, report)
    _write_gantt(sheets, report)
    sheets.add(travel_table(report))
    sheets.add(offers_table(report))
    sheets.add(contacts_table(report, contacts))
    sheets.add(proof_table(report))
    book.close()


def mark(report: RoundReport) -> str:
    """Give the beginning of the fingerprint, enough to compare by eye."""
    return fingerprint(report)[:16]


def _days(report: RoundReport) -> tuple[date, ...]:
    return report.frame.rules.days()


def _colour_of_day(day: date) -> str:
    if holiday_name(day):
        return HOLIDAY
    return REST if is_rest_day(day) else "#FFFFFF"


def _colours(report: RoundReport) -> dict[str, str]:
    """Give each unit's colour: kept, moved, or proposed for want of a wish."""
    return {
        plan.unit: OPEN if not plan.declared else KEPT if plan.kept else MOVED
        for plan in report.timetable.units
    }


def _write_calendar(book: PrintBook, report: RoundReport) -> None:
    """Write a grid of days by teams."""
    teams = sorted(report.frame.teams, key=lambda team: team.team)
    sheet = book.add_sheet("日历", [11, 5, *(18 for _ in teams)])
    last = len(teams) + 1
    book.write_title(sheet, last, f"{report.frame.rules.title_zh}日历（日期×团队）", _legend())
    for column, heading in enumerate(("日期", "星期", *(team.name for team in teams))):
        book.write_heading(sheet, 2, column, heading)
    at: dict[tuple[date, str], list[tuple[str, str, str]]] = {}
    for plan in report.timetable.units:
        for session in plan.sessions:
            half = SLOTS_ZH[session.slot] if session.slot is not Slot.DAY else ""
            at.setdefault((session.date, session.team), []).append((plan.unit, plan.name, half))
    colours = _colours(report)
    for row, day in enumerate(_days(report), 3):
        plain = _colour_of_day(day)
        said = f"{day.month}月{day.day}日"
        book.write_cell(sheet, row, 0, said, bg_color=plain, align="center")
        name = holiday_name(day)
        weekday = WEEKDAYS[day.weekday()] if not name else name[:2]
        book.write_cell(sheet, row, 1, weekday, bg_color=plain, align="center")
        for column, team in enumerate(teams, 2):
            held = at.get((day, team.team), [])
            halves = "、".join(dict.fromkeys(half for _, _, half in held if half))
            text = f"{held[0][1]}{f'（{halves}）' if halves else ''}" if held else ""
            colour = colours[held[0][0]] if held else plain
            if not held and team.is_off(day):
                text = "休"
            book.write_cell(sheet, row, column, text, bg_color=colour, align="center")
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(2, 2)


def _write_gantt(book: PrintBook, report: RoundReport) -> None:
    """Write a bar a unit over the days of the round."""
    days = _days(report)
    sheet = book.add_sheet("横道图", [12, *(2.6 for _ in days)])
    last = len(days)
    book.write_title(
        sheet, last, f"{report.frame.rules.title_zh}横道图", f"{_legend()}；○为申报的日期"
    )
    book.write_heading(sheet, 2, 0, "区县名称")
    for column, day in enumerate(days, 1):
        text = f"{day.month}/{day.day}" if day.day == 1 or column == 1 else str(day.day)
        book.write_cell(
            sheet, 2, column, text, bg_color=_colour_of_day(day), align="center", font_size=7
        )
    sheet.set_row(2, 24)
    colours = _colours(report)
    ordered = sorted(report.timetable.units, key=lambda plan: (plan.dates, plan.unit))
    for row, plan in enumerate(ordered, 3):
        book.write_cell(sheet, row, 0, plan.name, align="center")
        for column, day in enumerate(days, 1):
            held = day in plan.dates
            colour = colours[plan.unit] if held else _colour_of_day(day)
            text = "○" if day in plan.declared else ""
            book.write_cell(sheet, row, column, text, bg_color=colour, align="center", font_size=7)
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(2, 2)


def _legend() -> str:
    names = {KEPT: "绿", MOVED: "橙", OPEN: "蓝", REST: "灰"}
    return "，".join(f"{names[colour]}：{text}" for text, colour in LEGEND)
