"""Sign-in sheets of sessions, to print and to sign (签到表，notice 三(二)4).

Children and adults on sheets of their own, as they go back sealed to the city office. The
names stay at the unit: nothing else of a planned round has any.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from casework.round_calendar import SLOTS_ZH
from casework.sign_in import Roster
from casework.wording import label
from ledger.print_table import Cell, PageText, PrintBook, PrintColumn, PrintTable
from ledger.rounds_words import day_zh
from ledger.safe_text import new_workbook

SEAL = "区县妇联（盖章）：\n\n\n日期：　　年　　月　　日"
TEAM = "团辅团队（签字）：\n\n\n日期：　　年　　月　　日"


def write_rosters(path: Path, rosters: Sequence[Roster], on: date) -> None:
    """Write the sign-in sheets of some sessions as a workbook."""
    unit = rosters[0].unit_name
    book = new_workbook(path, f"{unit}团辅签到表")
    page = PageText(f"{unit}妇联", f"{on.year}年{on.month}月{on.day}日", "含姓名，仅供本场使用")
    sheets = PrintBook(book, page)
    for table in tables_of(rosters):
        sheets.add(table)
    book.close()


def rosters_pdf(rosters: Sequence[Roster]) -> bytes:
    """Set the sign-in sheets as a PDF, rows high enough to sign in."""
    from ledger.print_tables_pdf import Part, tables_pdf  # typst is slow to load

    closing = "区县妇联（盖章）：　　　　　　　　　　　　团辅团队（签字）："
    parts = [Part(table, inset_pt=8, closing=closing) for table in tables_of(rosters)]
    title = f"{rosters[0].unit_name}团辅签到表"
    return tables_pdf(title, "含姓名，仅供本场使用，用后密封报送", parts)


def tables_of(rosters: Sequence[Roster]) -> list[PrintTable]:
    """Give two sheets a session: children, and all the adults."""
    return [table for roster in rosters for table in (_children(roster), _adults(roster))]


def _lead(roster: Roster) -> str:
    session = roster.session
    start, end = roster.rules.hours[session.slot]
    venue = session.venue or "　　　　　　　　"
    access = sum(child.needs_access for child in roster.children)
    needs = f"　须无障碍准备：{access}人" if access else ""
    return (
        f"{session.date.year}年{day_zh(session.date)}{SLOTS_ZH[session.slot]} "
        f"{start:%H:%M}—{end:%H:%M}　会场：{venue}　团队：{roster.team_name}{needs}"
    )


def _children(roster: Roster) -> PrintTable:
    rows: list[list[Cell]] = [
        [
            n,
            child.name,
            label(child.sex),
            "" if child.age_years is None else child.age_years,
            _band(roster, child.age_years),
            child.township_name,
            child.caregiver,
            "",
        ]
        for n, child in enumerate(roster.children, 1)
    ]
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("序号", 6), ("儿童姓名", 14), ("性别", 6), ("年龄", 6), ("组别", 12),
            ("镇街", 18), ("爱心妈妈", 16), ("签到", 26),
        )
    )  # fmt: skip
    title = f"{roster.unit_name}团辅第{roster.number}场签到表（困境儿童）"
    sheet = f"第{roster.number}场儿童"
    return PrintTable(sheet, title, _lead(roster), columns, rows, "没有儿童", (SEAL, TEAM))


def _band(roster: Roster, age_years: int | None) -> str:
    bands = (b.name_zh for b in roster.rules.bands if age_years and b.first <= age_years <= b.last)
    return next(bands, "")


def _adults(roster: Roster) -> PrintTable:
    """Give caregivers by name, and a line to fill in for every supervisor."""
    lines = [(name, "爱心妈妈", township) for name, township in roster.caregivers]
    for township in roster.townships:
        lines += [("", "片区督导", township)] * roster.rules.escorts
    lines += [("", "区县督导", roster.unit_name)] * roster.rules.supervisors
    rows: list[list[Cell]] = [[n, *line, "", ""] for n, line in enumerate(lines, 1)]
    columns = tuple(
        PrintColumn(heading, width, centred=True)
        for heading, width in (
            ("序号", 6), ("姓名", 18), ("身份", 14), ("镇街或单位", 22), ("联系电话", 20),
            ("签到", 24),
        )
    )  # fmt: skip
    title = f"{roster.unit_name}团辅第{roster.number}场签到表（爱心妈妈和督导）"
    sheet = f"第{roster.number}场大人"
    return PrintTable(sheet, title, _lead(roster), columns, rows, "没有", (SEAL, TEAM))
