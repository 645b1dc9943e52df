"""Seen: a record cut to the fields that the policy gives the reader (按权限显示).

An ID number shows masked; what is not given is empty, as if nobody had written it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from casework.access import Field
from casework.identity import mask_resident_id
from casework.people import Home
from casework.people_matching import number_on_paper
from casework.records import CaregiverRecord, ChildRecord
from geo.place import Precision

R = TypeVar("R", bound=ChildRecord | CaregiverRecord)

_GROUPS: Mapping[Field, Mapping[str, object]] = {
    Field.NAME: {"name": ""},
    Field.CONTACT: {"phone": "", "guardian_phone": ""},
    Field.ADDRESS: {"address": "", "village_group": ""},
    Field.BIRTH_DATE: {"birth_date": None},
    Field.SEX: {"sex": None},
    Field.FAMILY: {
        **{"guardian_name": "", "guardian_relation": "", "guardianship": None, "siblings": ""},
        **{"ethnicity": "", "consent_on": None, "consent_given": None},
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
    shown: dict[str, Any] = {
        name: empty
        for field, names in _GROUPS.items()
        if field not in fields
        for name, empty in names.items()
        if hasattr(record, name)
    }
    for name in _NUMBERS:
        if Field.ID_NUMBER not in fields and hasattr(record, name):
            shown[name] = mask_resident_id(getattr(record, name))
    if Field.POINT not in fields:
        home = record.home
        shown["home"] = Home(home.unit, home.township, home.village, None, Precision.UNKNOWN)
    return replace(record, **shown)


def without_numbers(record: R, fields: frozenset[Field]) -> R:
    """Give a record as it may leave the unit: no ID number, the stored id for a 编号."""
    shown: dict[str, Any] = {name: "" for name in _NUMBERS if hasattr(record, name)}
    shown |= {"id": number_on_paper(record.id), "number": number_on_paper(record.id)}
    return replace(seen(record, fields), **shown)
