"""Seen: a record cut to the fields that the policy gives the reader (按权限显示).

An ID number shows masked; what is not given is empty, as if nobody had written it.
"""

from collections.abc import Mapping
from dataclasses import fields as columns
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from casework.access import Field
from casework.identity import mask_resident_id
from casework.people import Category, Home
from casework.people_matching import number_on_paper
from casework.records import CaregiverRecord, ChildRecord
from geo.place import Precision
from ledger.record.person_text import KINDS, Record, values_of_text

R = TypeVar("R", bound=ChildRecord | CaregiverRecord)

_GROUPS: Mapping[Field, Mapping[str, object]] = {
    Field.NAME: {"name": ""},
    Field.CONTACT: {"phone": "", "guardian_phone": ""},
    Field.ADDRESS: {"address": "", "village_group": ""},
    Field.BIRTH_DATE: {"birth_date": None},
    Field.SEX: {"sex": None},
    Field.CATEGORY: {"category": Category.UNSPECIFIED},
    Field.FAMILY: {
        **{"guardian_name": "", "guardian_relation": "", "guardianship": None, "siblings": ""},
        **{"ethnicity": "", "consent_on": None, "consent_given": None},
        "basis": None,
    },
    Field.NEEDS: {
        **{"school_name": "", "school_stage": "", "boarding": None, "has_disability": None},
        **{"health": "", "remarks": ""},
    },
    Field.CHECKS: {
        **{"check_on": None, "check_expires_on": None, "check_result": None, "kin": ()},
    },
    Field.PAIRING: {"caregiver_name": ""},
}
_NUMBERS = ("resident_id", "guardian_resident_id", "caregiver_resident_id")


def seen(record: R, fields: frozenset[Field]) -> R:
    """Give what a reader with these fields sees of a record."""
    numbers = {name: getattr(record, name) for name in _NUMBERS if hasattr(record, name)}
    return replace(record, **_shown(type(record), fields, numbers, record.home))


def seen_of_text(kind: str, text: str, stored_id: str, fields: frozenset[Field]) -> Record:
    """Read a record as a reader with these fields sees it; it is never made in full."""
    values = values_of_text(kind, text, stored_id)
    numbers = {name: values[name] for name in _NUMBERS if name in values}
    values |= _shown(KINDS[kind], fields, numbers, values["home"])
    return KINDS[kind](**values)


def unseen(kind: str, fields: frozenset[Field]) -> frozenset[str]:
    """Name what of a record a reader with these fields is not shown."""
    of: type = KINDS[kind]
    return frozenset(_empty(of, fields))


def _shown(
    kind: type, fields: frozenset[Field], numbers: Mapping[str, str], home: Home
) -> dict[str, Any]:
    """Give the values that stand in a record for those its reader may not see."""
    shown = dict(_empty(kind, fields))
    if Field.ID_NUMBER not in fields:
        shown |= {name: mask_resident_id(number) for name, number in numbers.items()}
    if Field.POINT not in fields:
        shown["home"] = Home(home.unit, home.township, home.village, None, Precision.UNKNOWN)
    return shown


@cache
def _empty(kind: type, fields: frozenset[Field]) -> Mapping[str, object]:
    names = {column.name for column in columns(kind)}
    return {
        name: empty
        for field, group in _GROUPS.items()
        if field not in fields
        for name, empty in group.items()
        if name in names
    }


def without_numbers(record: R, fields: frozenset[Field]) -> R:
    """Give a record as it may leave the unit: no ID number, the stored id for a 编号."""
    shown: dict[str, Any] = {name: "" for name in _NUMBERS if hasattr(record, name)}
    shown |= {"id": number_on_paper(record.id), "number": number_on_paper(record.id)}
    return replace(seen(record, fields), **shown)
