"""A person's record as pages show it, and as somebody corrects it field by field (档案与更正)."""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date
from enum import Enum, StrEnum
from typing import Any

from casework import tasks as wording
from casework.errors import Refused
from casework.identity import read_resident_id
from casework.people import (
    CaregiverRole,
    CaregiverStatus,
    Category,
    CheckResult,
    ChildStatus,
    GuardianshipRating,
    Sex,
)
from casework.records import CaregiverRecord, ChildRecord
from ledger.difference_tables import said
from ledger.record_cells import in_words
from service.drawing import language_of

Record = ChildRecord | CaregiverRecord

CORRECTABLE: Mapping[str, Mapping[str, type]] = {
    "child": {
        **{"name": str, "resident_id": str, "sex": Sex, "birth_date": date, "category": Category},
        **{"status": ChildStatus, "address": str, "guardian_name": str, "guardian_relation": str},
        **{"guardian_phone": str, "guardianship": GuardianshipRating, "consent_given": bool},
        **{"consent_on": date, "siblings": str, "school_name": str, "school_stage": str},
        **{"boarding": bool, "has_disability": bool, "health": str, "remarks": str},
    },
    "caregiver": {
        **{"name": str, "resident_id": str, "sex": Sex, "birth_date": date, "phone": str},
        **{"role": CaregiverRole, "status": CaregiverStatus, "workplace": str, "address": str},
        **{"places": int, "available_from": date, "available_to": date, "check_on": date},
        **{"check_expires_on": date, "check_result": CheckResult, "commitment_signed": bool},
        **{"commitment_on": date, "trained": bool, "remarks": str},
    },
}
"""What can be put right by hand; where somebody lives comes with an import."""
MOST_PLACES = 5
LONGEST = 500
_HIDDEN = frozenset(("id", "where", "home", "unit_name"))
_MUST_STAND = frozenset(("name", "category", "status", "places", "resident_id"))
_YES_NO = {"true": True, "false": False}


def shown_fields(record: Record, lang: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the fields of a record that say something, by name, and the names of the empty ones."""
    language = language_of(lang)
    told, empty = [], []
    for name in (f.name for f in fields(record) if f.name not in _HIDDEN):
        called = wording.field_names([name], language)
        text = said(name, getattr(record, name), language)
        if text:
            told.append((called, text))
        elif name != "basis":  # what its columns do not say may be stated by hand or by consent
            empty.append(called)
    return told, empty


def form_fields(record: Record, lang: str) -> list[dict[str, Any]]:
    """Give the fields of the form on which a record is corrected."""
    kind = "child" if isinstance(record, ChildRecord) else "caregiver"
    return [_field(name, of, record, lang) for name, of in CORRECTABLE[kind].items()]


def _field(name: str, of: type, record: Record, lang: str) -> dict[str, Any]:
    value = getattr(record, name)
    return {
        "name": name,
        "label": wording.field_names([name], language_of(lang)),
        "input": {date: "date", int: "number"}.get(of, "text"),
        "options": list(_options(of, lang)),
        "value": "" if name == "resident_id" else _as_typed(value),
        "hint": said(name, value) if name == "resident_id" else "",
        "must": name in _MUST_STAND,
    }


def _options(of: type, lang: str) -> Iterator[tuple[str, str]]:
    language = language_of(lang)
    if of is bool:
        yield from ((text, in_words(value, language)) for text, value in _YES_NO.items())
    elif issubclass(of, StrEnum):
        yield from ((str(value), in_words(value, language)) for value in of)


def _as_typed(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value) if isinstance(value, Enum) else str(value)


def changed_values(record: Record, typed: Mapping[str, str]) -> dict[str, object]:
    """Read what somebody typed: the fields that say something else than the record.

    Raises
    ------
    Refused
        When something cannot be read as what it must be.
    """
    kind = "child" if isinstance(record, ChildRecord) else "caregiver"
    found: dict[str, object] = {}
    for name, of in CORRECTABLE[kind].items():
        if name not in typed or (name == "resident_id" and not typed[name].strip()):
            continue
        if typed[name].strip() == _as_typed(getattr(record, name)):
            continue
        found[name] = _read(name, of, typed[name].strip())
    return found


def _read(name: str, of: type, text: str) -> object:
    called = wording.field_names([name])
    if not text:
        if name in _MUST_STAND:
            raise Refused(f"{called}不能为空 / it cannot be empty")
        return "" if of is str else None
    if name == "resident_id":
        return _number(text)
    try:
        if of is bool:
            return _YES_NO[text]
        if of is date:
            return date.fromisoformat(text)
        if of is int:
            return _places(text)
        return of(text[:LONGEST])
    except (ValueError, KeyError):
        raise Refused(f"{called}填写有误，请核对 / this cannot be read: {name}") from None


def _number(text: str) -> str:
    reading = read_resident_id(text)
    if not reading.number:
        raise Refused("身份证号不对，请核对 / this resident ID cannot be right")
    return reading.number


def _places(text: str) -> int:
    places = int(text)
    if not 0 <= places <= MOST_PLACES:
        raise ValueError("places")
    return places


def field_changes(before: Record, after: Record, lang: str) -> list[tuple[str, str, str]]:
    """Say what changed from one version to the next: field, before, after."""
    names = [f.name for f in fields(after) if f.name not in ("id", "where")]
    language = language_of(lang)
    return [
        (wording.field_names([n], language), said(n, a, language), said(n, b, language))
        for n in names
        for a, b in [(getattr(before, n), getattr(after, n))]
        if a != b
    ]
