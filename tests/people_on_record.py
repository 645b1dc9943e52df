"""Records and people on record for tests, with only what a test is about."""

from dataclasses import replace
from datetime import date
from typing import Any

from casework.findings import Where
from casework.import_diff import Incoming, OnRecord
from casework.people import CaregiverId, Category, ChildId, Home
from casework.records import CaregiverRecord, ChildRecord, HeldRow
from tests.tables import resident_id

SEPTEMBER, OCTOBER, NOVEMBER = date(2021, 9, 15), date(2021, 10, 15), date(2021, 11, 15)
TAIAN, FENGSHAN = "500101104", "凤山村"


def child(name: str = "张三", order: int = 2, row: int = 2, **facts: Any) -> ChildRecord:
    """Give a child's row; the order makes the resident ID."""
    given = {
        "id": ChildId(f"file-{order}"),
        "where": Where("名单.xlsx", "Sheet1", row),
        "name": name,
        "home": Home("500101", TAIAN, FENGSHAN),
        "unit_name": "万州区",
        "township_name": "太安镇",
        "village_name": FENGSHAN,
        "category": Category.SCATTERED_ORPHAN,
        "resident_id": resident_id(order=order),
        "birth_date": date(2012, 3, 5),
        "guardian_phone": "13812345678",
    }
    return ChildRecord(**(given | facts))


def caregiver(name: str = "王芳", order: int = 2, **facts: Any) -> CaregiverRecord:
    """Give a caregiver's row."""
    given = {
        "id": CaregiverId(f"file-m{order}"),
        "where": Where("爱心妈妈.xlsx", "Sheet1", order),
        "name": name,
        "home": Home("500101", TAIAN, FENGSHAN),
        "unit_name": "万州区",
        "township_name": "太安镇",
        "village_name": FENGSHAN,
        "resident_id": resident_id("19800102", order),
        "birth_date": date(1980, 1, 2),
        "places": 1,
    }
    return CaregiverRecord(**(given | facts))


def on_record(
    row: ChildRecord, stored: str = "", as_of: date = SEPTEMBER, **facts: Any
) -> OnRecord[ChildRecord]:
    """Give a row as it stands on record."""
    record = replace(row, id=ChildId(stored or f"stored-{row.id}"), where=Where(), **facts)
    return OnRecord(record, 1, as_of)


def held(name: str, number: str = "", given_id: str = "", **facts: Any) -> HeldRow:
    """Give a row that waits."""
    cells = (("姓名", name), ("身份证号", given_id))
    where = Where("名单.xlsx", "Sheet1", 90)
    given = {"number": number, "rules": ("id_check_digit",), "township_name": "太安镇"}
    return HeldRow(id=f"R-{name}-{number}", where=where, name=name, cells=cells, **(given | facts))


def incoming(
    *rows: ChildRecord, on: date = OCTOBER, waiting: tuple[HeldRow, ...] = (), **facts: Any
) -> Incoming[ChildRecord]:
    """Give an incoming ledger."""
    return Incoming(rows, waiting, on, **facts)
