"""Tables of a round: teams, closures, notes on units, a timetable (团辅轮次的各种表).

Smaller and freer than ledgers: a heading row somewhere near the top, columns in any order,
one thing a row. What the columns may be called stands here; the rows are judged by
``ledger.rounds_files``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding, Where
from casework.writing import narrowed, said
from ledger.fence import Fence, Sheet
from ledger.limits import DEFAULT_LIMITS
from ledger.tables import Value

Headings = Mapping[str, tuple[str, ...]]
UNIT = ("区县名称", "区县", "单位", "申报单位")
PLACE = {
    "lon": ("经度", "驻地经度", "会场经度", "场地经度"),
    "lat": ("纬度", "驻地纬度", "会场纬度", "场地纬度"),
    "datum": ("坐标系",),
}
TEAMS: Headings = {
    "team": ("团队编号", "编号"),
    "name": ("团队名称", "团队", "名称"),
    "base": ("驻地", "所在区县", "驻地区县"),
    **PLACE,
    "sessions_per_day": ("每天场次", "每天场数", "日场次"),
    "days_off": ("不能安排的日期", "不能安排日期", "休息日期", "请假日期"),
    "first": ("可安排开始日期", "可安排自", "开始日期"),
    "last": ("可安排结束日期", "可安排至", "结束日期"),
    "skills": ("专长", "技能"),
    "area": ("服务片区", "片区"),
}
CLOSURES: Headings = {
    "unit": UNIT,
    "first": ("开始日期", "停办开始", "自"),
    "last": ("结束日期", "停办结束", "至"),
    "dates": ("日期", "停办日期", "停办时间"),
    "reason": ("原因", "停办原因", "事由"),
}
UNITS: Headings = {
    "unit": UNIT,
    "venue": ("会场", "场地", "场地名称", "会场名称"),
    "room": ("可容纳人数", "会场可容纳人数", "容纳人数", "座位数"),
    "skills": ("需要专长", "所需技能", "特殊需要"),
    "area": ("服务片区", "片区"),
    **PLACE,
    "pin_dates": ("锁定日期", "已定日期"),
    "pin_team": ("锁定团队", "已定团队"),
}
TIMETABLE: Headings = {
    "unit": UNIT,
    "dates": ("排定时间", "排定日期", "日期", "团辅日期", "团辅时间", "时间"),
    "slot": ("时段", "上午/下午", "半天"),
    "team": ("团队编号", "承担团队", "团队", "团辅团队", "编号"),
    "venue": ("会场", "场地", "场地名称"),
    "townships": ("参加镇街", "镇街"),
}
ROADS: Headings = {
    "start": ("起点", "出发地", "甲地"),
    "goal": ("终点", "目的地", "乙地"),
    "minutes": ("车程分钟", "车程（分钟）", "分钟", "车程"),
}
_LOOKED_AT_ROWS = 30
_SUMS = re.compile(r"(?:合\s*计|小\s*计|总\s*计|说\s*明|注|备\s*注)[:：]?.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RoundTable:
    """What one sheet says, row by row.

    Attributes
    ----------
    columns
        Number from 1 and heading of each field that has a column.
    """

    file: str
    sheet: str
    columns: Mapping[str, tuple[int, str]]
    rows: tuple["RoundRow", ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One row: ``cells`` by field, and where each stands."""

    number: int
    cells: Mapping[str, Value]
    table: RoundTable = field(repr=False)

    def text(self, name: str) -> str:
        """Give a cell as text; empty where it says nothing."""
        return said(self.cells.get(name))

    def at(self, name: str = "") -> Where:
        """Give the place of a field's cell; of the row where there is none."""
        number, heading = self.table.columns.get(name, (0, ""))
        return Where(self.table.file, self.table.sheet, self.number, heading, number)


def read_round_table(path: Path, headings: Headings, needed: Sequence[str]) -> RoundTable:
    """Read the one table of a file that has the needed columns.

    Of several sheets the one with the most columns that we know is taken, the first of equals.

    Raises
    ------
    Unreadable
        When the file cannot be read safely or no sheet has the needed columns.
    """
    with Fence() as fence:
        _, sheets = fence.read(path, DEFAULT_LIMITS)
    found = [table for sheet in sheets for table in _tables(path.name, sheet, headings, needed)]
    if not found:
        wanted = "、".join(headings[name][0] for name in needed)
        raise Unreadable(
            f"{path.name} 里没有找到需要的表，表头至少要有：{wanted}"
            f" / no table with the columns {wanted} was found in it"
        )
    return max(found, key=lambda table: len(table.columns))


def _tables(
    file: str, sheet: Sheet, headings: Headings, needed: Sequence[str]
) -> Iterator[RoundTable]:
    for place, (number, values) in enumerate(sheet.rows[:_LOOKED_AT_ROWS]):
        columns, unused = _columns(values, headings)
        if all(name in columns for name in needed):
            where = Where(file, sheet.name, number)
            told = tuple(
                Finding("round_column_unused", where, values={"heading": heading[:20]})
                for heading in unused
            )
            empty = RoundTable(file, sheet.name, columns)
            rows = tuple(_rows(empty, sheet.rows[place + 1 :]))
            yield RoundTable(file, sheet.name, columns, rows, told)
            return


def _columns(
    values: Sequence[Value], headings: Headings
) -> tuple[dict[str, tuple[int, str]], list[str]]:
    """Give each field the column whose heading comes first among those it may have."""
    by_name: dict[str, tuple[int, str]] = {}
    for number, value in enumerate(values, 1):
        if isinstance(value, str) and value.strip():
            by_name.setdefault(_plain(value), (number, "".join(value.split())))
    columns: dict[str, tuple[int, str]] = {}
    for name, spellings in headings.items():
        taken = {number for number, _ in columns.values()}
        spelt = (by_name.get(_plain(spelling)) for spelling in spellings)
        at = next((found for found in spelt if found and found[0] not in taken), None)
        if at:
            columns[name] = at
    used = {number for number, _ in columns.values()}
    return columns, [heading for number, heading in by_name.values() if number not in used]


def _plain(heading: str) -> str:
    return re.sub(r"\s|\(.*?\)|[*:]", "", narrowed(heading))


def _rows(table: RoundTable, rows: Sequence[tuple[int, list[Value]]]) -> Iterator[RoundRow]:
    for number, values in rows:
        cells = {
            name: values[column - 1] if column <= len(values) else ""
            for name, (column, _) in table.columns.items()
        }
        says = [said(value) for value in cells.values()]
        first = next((said(value) for value in values if said(value)), "")
        if any(says) and not _SUMS.fullmatch(first):
            yield RoundRow(number, cells, table)
