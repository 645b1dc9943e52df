"""Differences as tables (导入比对表、名册比对表): one sheet a class, for the unit's own staff.

They name people and what changed; ID numbers show masked, so that a printed sheet betrays none.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from casework import tasks, wording
from casework.actors import ChildBasis
from casework.identity import mask_resident_id
from casework.import_diff import Fate, FieldChange, Line
from casework.people import Home
from casework.records import HeldRow
from casework.roster import RosterFate, RosterLine
from casework.tasks import Task
from casework.wording import Language
from ledger.print_table import Cell, PageText, PrintBook, PrintColumn, PrintTable
from ledger.record_cells import WORDS, basis_in_words, in_words
from ledger.safe_text import new_workbook

NAMES = {"child": "儿童", "caregiver": "爱心妈妈"}
_FATES = {
    Fate.NEW: "新增",
    Fate.CHANGED: "变化",
    Fate.DOUBTFUL: "存疑",
    Fate.GONE: "新台账没有",
    Fate.HELD: "待更正",
    Fate.SAME: "不变",
}
_SIGNATURES = ("核对人（签字）：", "负责人（签字、盖章）：", "日期：")


def difference_tables(unit: str, kind: str, lines: Sequence[Line[Any]]) -> list[PrintTable]:
    """Lay a difference out: a sheet for each class that asks for a look."""
    made = []
    for fate in (Fate.DOUBTFUL, Fate.CHANGED, Fate.NEW, Fate.GONE, Fate.HELD):
        here = [(n, line) for n, line in enumerate(lines, 1) if line.fate is fate]
        rows = [row for n, line in here for row in _rows(n, line)]
        made.append(
            PrintTable(
                sheet=f"{NAMES[kind]}{_FATES[fate]}",
                title=f"{unit}{NAMES[kind]}台账导入比对：{_FATES[fate]}",
                lead=f"共 {len(here)} 人（行）；序号在导入时用来指明某一行",
                columns=_COLUMNS,
                rows=rows,
                when_empty="没有",
                signatures=_SIGNATURES if fate is Fate.DOUBTFUL else (),
            )
        )
    return made


def roster_tables(
    unit: str, lines: Sequence[RosterLine], made: Sequence[Task]
) -> list[PrintTable]:
    """Lay a comparison with a roster out: the tasks, the rows that are the same left out."""
    kinds = dict.fromkeys(task.kind for task in made)
    return [
        PrintTable(
            sheet=tasks.kind_name(kind).replace("，", ""),
            title=f"{unit}民政名册比对：{tasks.kind_name(kind)}",
            lead=f"共 {sum(t.kind is kind for t in made)} 人；名册 {_listed(lines)} 人",
            columns=_TASK_COLUMNS,
            rows=[(n, *_task(t)) for n, t in enumerate((t for t in made if t.kind is kind), 1)],
            when_empty="没有",
            signatures=_SIGNATURES,
        )
        for kind in kinds
    ] or [_nothing(unit, lines)]


def task_table(unit: str, made: Sequence[Task]) -> PrintTable:
    """Lay tasks out as one list, the first due first."""
    return PrintTable(
        sheet="待办",
        title=f"{unit}待办事项",
        lead=f"共 {len(made)} 项",
        columns=_TASK_COLUMNS,
        rows=[(n, *_task(task)) for n, task in enumerate(made, 1)],
        when_empty="没有待办",
    )


def write_tables(path: Path, unit: str, on: date, tables: Iterable[PrintTable]) -> None:
    """Write tables as one workbook; ``path`` is overwritten."""
    note = "内部资料　含未成年人个人信息，注意保密"
    with new_workbook(path, f"{unit}比对") as workbook:
        book = PrintBook(workbook, PageText(f"{unit}妇联", wording.day(on), note))
        for table in tables:
            book.add(table)


_COLUMNS = (
    PrintColumn("序号", 6, centred=True),
    PrintColumn("姓名", 12, centred=True),
    PrintColumn("镇街", 14, centred=True),
    PrintColumn("表中位置", 24),
    PrintColumn("项目", 16),
    PrintColumn("在案", 30),
    PrintColumn("表中", 30),
    PrintColumn("说明", 30),
)
_TASK_COLUMNS = (
    PrintColumn("序号", 6, centred=True),
    PrintColumn("类别", 16, centred=True),
    PrintColumn("姓名", 10, centred=True),
    PrintColumn("镇街", 14, centred=True),
    PrintColumn("事项", 42),
    PrintColumn("怎么办", 56),
    PrintColumn("责任人", 18),
    PrintColumn("期限", 12, centred=True),
)


def _rows(n: int, line: Line[Any]) -> list[tuple[Cell, ...]]:
    record: Any = line.on_record.record if line.on_record else line.incoming
    where = line.incoming.where if line.incoming else None
    place = f"{where.file} 第{where.row}行" if where else ""
    head = (n, record.name, record.township_name, place)
    note = tasks.doubt_names(line.doubts)
    if isinstance(line.incoming, HeldRow):
        return [(*head, "", "", "", "这一行要先更正，见核查结果")]
    if not line.changes:
        return [(*head, "", "", "", note)]
    return [(*head, *_change(change), note) for change in line.changes]


def _change(change: FieldChange) -> tuple[str, str, str]:
    return (
        tasks.field_names([change.name]),
        said(change.name, change.before),
        said(change.name, change.after),
    )


def said(name: str, value: object, language: Language = "zh") -> str:
    """Write one value of a record as the ledger does; an ID number masked."""
    if name.endswith("resident_id"):
        return mask_resident_id(str(value))
    if isinstance(value, bool | Enum) and type(value) in WORDS:
        return in_words(value, language)
    if isinstance(value, ChildBasis):
        return basis_in_words(value, language)
    writer = next((write for kind, write in _WRITERS if isinstance(value, kind)), str)
    return writer(value)


def _home(value: Any) -> str:
    point = f"{value.place.lon:.4f}, {value.place.lat:.4f}" if value.place else "无坐标"
    return f"{value.village or ''}（{point}）"


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (Home, _home),
    (date, date.isoformat),
    (tuple, "、".join),
)


def _task(task: Task) -> tuple[Cell, ...]:
    return (
        tasks.kind_name(task.kind),
        task.values.get("name", ""),
        task.township_name,
        tasks.title(task),
        tasks.remedy(task),
        task.responsible,
        task.due.isoformat(),
    )


def _listed(lines: Iterable[RosterLine]) -> int:
    return sum(line.row is not None and line.fate is not RosterFate.TWO_UNITS for line in lines)


def _nothing(unit: str, lines: Sequence[RosterLine]) -> PrintTable:
    lead = f"名册 {_listed(lines)} 人，与台账一致"
    title = f"{unit}民政名册比对"
    return PrintTable("比对结果", title, lead, _TASK_COLUMNS, (), "没有差异")
