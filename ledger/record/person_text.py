"""Person text: a record as the text that is sealed, and back (记录编码).

What stands at its default is left out; a field that a later program adds takes its default when
an older text is read.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from enum import StrEnum
from typing import Any

from casework.actors import BasisKind, ChildBasis
from casework.findings import Where
from casework.people import (
    CaregiverRole,
    CaregiverStatus,
    Category,
    CheckResult,
    ChildStatus,
    GuardianshipRating,
    Home,
    Sex,
)
from casework.records import CaregiverRecord, ChildRecord, HeldRow
from geo.place import Place, Precision

Record = ChildRecord | CaregiverRecord
KINDS: Mapping[str, type[Record]] = {"child": ChildRecord, "caregiver": CaregiverRecord}
ON_RECORD = Where("在案台账")

_ENUMS: tuple[type[StrEnum], ...] = (
    Sex,
    Category,
    GuardianshipRating,
    ChildStatus,
    CaregiverRole,
    CaregiverStatus,
    CheckResult,
)
_CHOICES: Mapping[str, Callable[[Any], object]] = {
    **{kind.__name__: {str(one): one for one in kind}.__getitem__ for kind in _ENUMS},
    "date": date.fromisoformat,
    "tuple": tuple,
    "ChildBasis": lambda said: _read_basis(*said),
}


def kind_of(record: Record) -> str:
    """Say whether a record is a child's or a caregiver's."""
    return "child" if isinstance(record, ChildRecord) else "caregiver"


def text_of_record(record: Record, *, with_place: bool = False) -> str:
    """Write a record; ``with_place`` keeps its id and where it stands in the file."""
    said: dict[str, Any] = {"home": _home(record.home)}
    for name, default in _DEFAULTS[type(record)]:
        value = getattr(record, name)
        if value != default:
            said[name] = value
    if with_place:
        said |= {"id": record.id, "where": _where(record.where)}
    return _encode(said)


def record_of_text(kind: str, text: str, stored_id: str = "") -> Record:
    """Read a record; its id is the stored one, unless the text has its own."""
    return KINDS[kind](**values_of_text(kind, text, stored_id))


def values_of_text(kind: str, text: str, stored_id: str = "") -> dict[str, Any]:
    """Read the values of a record, by field; what stands at its default is left out."""
    given: dict[str, Any] = json.loads(text)
    readers = _READERS[kind]
    for name, value in given.items():
        read = readers.get(name)
        if read is not None and value is not None:
            given[name] = read(value)
    given.setdefault("id", stored_id)
    given["where"] = Where(*given["where"]) if "where" in given else ON_RECORD
    given["home"] = _read_home(given["home"])
    return given


def name_of_text(text: str) -> str:
    """Read the name alone."""
    return str(json.loads(text)["name"])


def text_of_held(row: HeldRow) -> str:
    """Write a row that waits."""
    cells = [[name, _cell(value)] for name, value in row.cells]
    said = {**{n: getattr(row, n) for n in _HELD}, "where": _where(row.where), "cells": cells}
    return _encode(said)


def text_of_cells(row: HeldRow) -> str:
    """Write what a row that waits says, wherever it stands."""
    cells = sorted([name, str(value)] for name, value in row.cells)
    return json.dumps([row.id, cells], ensure_ascii=False)


def held_of_text(text: str, stored_id: str = "") -> HeldRow:
    """Read a row that waits."""
    said = json.loads(text)
    cells = tuple((name, value) for name, value in said.pop("cells"))
    where, rules = Where(*said.pop("where")), tuple(said.pop("rules"))
    said["id"] = stored_id or said["id"]
    return HeldRow(where=where, rules=rules, cells=cells, **said)


_HELD = ("id", "name", "township_name", "rules", "number", "resident_id")


def _cell(value: object) -> object:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _where(where: Where) -> list[object]:
    return [where.file, where.sheet, where.row, where.column, where.column_number]


def _home(home: Home) -> list[object]:
    point = [home.place.lon, home.place.lat] if home.place else None
    return [home.unit, home.township, home.village, point, home.precision]


def _read_home(said: list[Any]) -> Home:
    unit, township, village, point, precision = said
    place = Place(*point) if point else None
    return Home(unit, township, village, place, _PRECISIONS[precision])


def _read_basis(kind: str, by: str, on: str, paper: str, is_of_child: bool) -> ChildBasis:
    return ChildBasis(BasisKind(kind), by, date.fromisoformat(on), paper, is_of_child)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ChildBasis):
        return [value.kind, value.by, value.on, value.paper, value.is_of_child]
    raise TypeError(f"a record holds no {type(value).__name__}")


def _default(field: Field[Any]) -> object:
    return MISSING if field.default is MISSING else field.default


def _reader(field: Field[Any]) -> Callable[[Any], object] | None:
    """Find how a field is read from its type, written as in ``casework.records``."""
    kinds = getattr(field.type, "__args__", (field.type,))
    origin = getattr(field.type, "__origin__", None)
    names = [getattr(origin or kind, "__name__", "") for kind in kinds]
    return next((_CHOICES[name] for name in names if name in _CHOICES), None)


_PRECISIONS = {str(one): one for one in Precision}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
_APART = ("id", "where", "home")
_DEFAULTS = {
    kind: tuple(
        (f.name, _default(f)) for f in fields(kind) if f.name not in ("id", "where", "home")
    )
    for kind in KINDS.values()
}
_READERS = {
    name: {f.name: read for f in fields(kind) if (read := _reader(f))}
    for name, kind in KINDS.items()
}
