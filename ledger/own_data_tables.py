"""Own data and breaches as workbooks: what a person is given, what those who inquire need."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from casework import wording
from casework.actors import BasisKind
from casework.tasks import field_names, title
from ledger.columns import canonical_heading
from ledger.difference_tables import NAMES, said
from ledger.print_table import PageText, PrintBook, PrintColumn, PrintTable
from ledger.record.breach import Breach
from ledger.record.own_data import OwnData
from ledger.safe_text import new_workbook
from ledger.tables import TableKind

_KINDS = (TableKind.CHILDREN, TableKind.CAREGIVERS)
_APART = ("where", "unknown")


def own_data_tables(data: OwnData) -> list[PrintTable]:
    """Lay out everything on record of one person."""
    record = data.person.record
    name = record.name
    return [
        _table("现在", f"{name}：在案资料", _FACTS, _facts(record)),
        _table(
            "历史版本",
            f"{name}：每一次变化",
            _VERSIONS,
            [
                (v.version, f"{v.at:%Y-%m-%d %H:%M}Z", v.actor, v.source, v.as_of.isoformat(),
                 "、".join(_heading(f) for f in v.fields), v.reason)
                for v in data.versions
            ],
        ),
        _table("结对经过", f"{name}：结对经过", _EVENTS, _events(data)),
        _table(
            "待办",
            f"{name}：待办事项",
            _TASKS,
            [
                (one.task.due.isoformat(), str(one.state), title(one.task), one.task.responsible,
                 one.outcome)
                for one in data.tasks
            ],
        ),
        _table("合法性基础", f"{name}：记录过的合法性基础", _BASES, _bases(data)),
        _table(
            "谁看过",
            f"{name}：谁按编号看过或改过",
            _READINGS,
            [(r.at, r.who, r.role, r.action, r.why, r.outcome) for r in data.readings],
        ),
    ]  # fmt: skip


def breach_tables(
    breach: Breach, names: dict[str, str], letter: Sequence[str]
) -> list[PrintTable]:
    """Lay out who did what, who is concerned, and a letter to them to be completed."""
    span = f"{breach.since:%Y-%m-%d %H:%M}Z 至 {breach.until:%Y-%m-%d %H:%M}Z"
    return [
        _table(
            "涉及的人",
            f"涉及的人（{span}）",
            _CONCERNED,
            [
                (n, NAMES[one.kind], names.get(one.id, "已删除"), one.id, one.unit, one.township,
                 one.times)
                for n, one in enumerate(breach.people, 1)
            ],
        ),
        _table("涉及的范围", "整表查看、导出、导入的范围", _AREAS, list(breach.areas)),
        _table(
            "操作",
            f"谁做了什么（{span}）",
            _ROWS,
            [
                (row.seq, f"{row.at:%Y-%m-%d %H:%M:%S}Z", row.who, row.role, row.action, row.why,
                 row.outcome)
                for row in breach.rows
            ],
        ),
        _table("告知书", "个人信息泄露告知书（样稿）", _LETTER, [(line,) for line in letter]),
    ]  # fmt: skip


def write_own_tables(path: Path, caption: str, on: date, tables: Sequence[PrintTable]) -> None:
    """Write tables as one workbook; ``path`` is overwritten."""
    note = "含个人信息，只交本人、监护人或依法查询的人"
    with new_workbook(path, caption) as workbook:
        book = PrintBook(workbook, PageText(caption, wording.day(on), note))
        for table in tables:
            book.add(table)


def _table(
    sheet: str, caption: str, columns: tuple[PrintColumn, ...], rows: Sequence[Any]
) -> PrintTable:
    return PrintTable(sheet, caption, f"共 {len(rows)} 行", columns, rows, "没有")


def _bases(data: OwnData) -> list[tuple[str, ...]]:
    return [
        (BASES[basis.kind], basis.by, basis.on.isoformat(), basis.paper, _day(ended))
        for basis, ended in data.bases
    ]


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _facts(record: Any) -> list[tuple[str, str]]:
    return [
        (_heading(field.name), said(field.name, getattr(record, field.name)))
        for field in fields(record)
        if field.name not in _APART
    ]


def _heading(field: str) -> str:
    """Name a field as ledgers do; one that no ledger has by its own name."""
    for kind in _KINDS:
        try:
            return canonical_heading(kind, field)
        except KeyError:
            continue
    return {"id": "在案编号", "home": "住处"}.get(field) or field_names([field])


def _events(data: OwnData) -> list[tuple[str, ...]]:
    return [
        (
            event.on.isoformat(),
            each.pairing.child,
            each.pairing.caregiver,
            wording.label(event.step),
            wording.label(event.state),
            event.by,
            "；".join(f"{key}：{words}" for key, words in event.words.items()),
        )
        for each, events in data.pairings
        for event in events
    ]


def _columns(*named: tuple[str, float]) -> tuple[PrintColumn, ...]:
    return tuple(PrintColumn(heading, width) for heading, width in named)


_FACTS = _columns(("项目", 24), ("内容", 80))
_VERSIONS = _columns(
    ("版本", 6), ("时间", 18), ("账号", 18), ("来源", 10), ("资料日期", 12), ("变化的项目", 50),
    ("原因", 30),
)  # fmt: skip
_EVENTS = _columns(
    ("日期", 12), ("儿童", 18), ("爱心妈妈", 18), ("经过", 14), ("状态", 12), ("账号", 18),
    ("写下的话", 60),
)  # fmt: skip
BASES = {BasisKind.CONSENT: "同意", BasisKind.STATUTORY_DUTY: "法定职责"}
_BASES = _columns(("基础", 12), ("由谁", 20), ("日期", 12), ("文书", 30), ("终止", 12))
_TASKS = _columns(("期限", 12), ("状态", 10), ("事项", 50), ("责任人", 18), ("结果", 40))
_READINGS = _columns(
    ("时间", 18), ("账号", 18), ("角色", 12), ("操作", 24), ("缘由", 40), ("结果", 10)
)
_CONCERNED = _columns(
    ("序号", 6),
    ("类别", 10),
    ("姓名", 14),
    ("在案编号", 20),
    ("区县", 10),
    ("镇街", 14),
    ("次数", 8),
)
_AREAS = _columns(("范围（代码）", 40), ("次数", 10))
_ROWS = _columns(
    ("号", 8), ("时间", 20), ("账号", 18), ("角色", 12), ("操作", 24), ("缘由", 44), ("结果", 10)
)
_LETTER = _columns(("内容", 110))
