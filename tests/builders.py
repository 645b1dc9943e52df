"""Builders: children, caregivers and problems for tests, with only what a test is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from casework.people import (
    Caregiver,
    CaregiverId,
    Category,
    CheckResult,
    Child,
    ChildId,
    Home,
    HouseholdId,
    Sex,
)
from casework.programme import Programme
from casework.proposals import CurrentPair
from geo.place import Place, Precision
from solver.problem import PairingProblem

ON = date(2021, 9, 15)
LON, LAT = 107.0, 29.5
METRES_A_DEGREE = 96_500.0


def at(east_m: float, north_m: float = 0.0) -> Place:
    """Give a place about so many metres east and north of a point near Chongqing."""
    return Place(LON + east_m / METRES_A_DEGREE, LAT + north_m / 110_900.0)


def home(
    township: str = "T1",
    village: str | None = "V1",
    east_m: float | None = None,
    *,
    unit: str = "U",
    precision: Precision = Precision.EXACT,
) -> Home:
    """Give a home in a township; with ``east_m`` it has a point."""
    if east_m is None:
        return Home(unit, township, village)
    return Home(unit, township, village, at(east_m), precision)


def child(name: str, where: Home | None = None, **facts: Any) -> Child:
    """Give a child about whom everything is known and in order."""
    given = {
        "category": Category.SCATTERED_ORPHAN,
        "in_mandatory_scope": True,
        "household": HouseholdId(f"H-{name}"),
        "sex": Sex.MALE,
        "birth_date": date(2012, 3, 5),
        "consent_given": True,
    }
    return Child(id=ChildId(name), home=where or home(), **(given | facts))


def caregiver(name: str, where: Home | None = None, **facts: Any) -> Caregiver:
    """Give a caregiver about whom everything is known and in order."""
    given = {
        "places": 1,
        "sex": Sex.FEMALE,
        "check_result": CheckResult.PASSED,
        "check_expires_on": date(2022, 8, 31),
        "commitment_signed": True,
        "trained": True,
    }
    return Caregiver(id=CaregiverId(name), home=where or home(), **(given | facts))


@cache
def programme() -> Programme:
    """Give the preset that ships."""
    return Programme.from_toml()


def problem(
    children: Sequence[Child], caregivers: Sequence[Caregiver], **facts: Any
) -> PairingProblem:
    """Give a problem; facts of the programme may stand among those of the problem."""
    rules = {k: facts.pop(k) for k in list(facts) if k in Programme.__dataclass_fields__}
    given = {"on": ON, "reach_m": 8_000, "neighbours_approximate": False}
    return PairingProblem(
        children=tuple(children),
        caregivers=tuple(caregivers),
        programme=replace(programme(), **rules),
        **(given | facts),
    )


def current(*pairs: tuple[str, str], locked: bool = False) -> tuple[CurrentPair, ...]:
    """Give current pairs."""
    return tuple(CurrentPair(ChildId(a), CaregiverId(b), locked) for a, b in pairs)


def forbidden(*pairs: tuple[str, str]) -> frozenset[tuple[ChildId, CaregiverId]]:
    """Give pairs that may not be."""
    return frozenset((ChildId(a), CaregiverId(b)) for a, b in pairs)
