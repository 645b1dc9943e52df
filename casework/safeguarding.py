"""Safeguarding: where a worry about a caregiver goes, and what others are told (保护儿童).

Whoever learns of harm to a child must report it (未成年人保护法 11 条，强制报告); that duty
rests on the person and no approval is needed. A complaint never goes to those who work beside
the caregiver: a village cadre's colleagues sit in her village and township, so it goes to the
district; where she works for the district itself, to the city.
"""

from collections.abc import Iterable
from enum import StrEnum

from casework.pairings import EndReason
from casework.people import CaregiverRole


class Level(StrEnum):
    """Whom a caregiver works beside (同事所在层级)."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    UNIT = "unit"


class ReportTo(StrEnum):
    """Who takes a report or a complaint, in the order in which they are to be told."""

    POLICE = "police"
    UNIT_RIGHTS = "unit_rights"
    CITY_RIGHTS = "city_rights"
    CIVIL_AFFAIRS = "civil_affairs"
    PROCURATORS = "procurators"
    HOTLINE = "hotline"


def colleagues(role: CaregiverRole | None, *, works_for_unit: bool = False) -> frozenset[Level]:
    """Say on which levels she has colleagues; an unknown role is taken for a cadre's."""
    if works_for_unit:
        return frozenset(Level)
    is_outside = role is not None and not role.is_cadre and role is not CaregiverRole.OTHER
    return frozenset() if is_outside else frozenset({Level.VILLAGE, Level.TOWNSHIP})


def report_path() -> tuple[ReportTo, ...]:
    """Give the path of the mandatory report: the police first, the same day."""
    return (
        ReportTo.POLICE,
        ReportTo.UNIT_RIGHTS,
        ReportTo.CIVIL_AFFAIRS,
        ReportTo.PROCURATORS,
    )


def complaint_route(beside: Iterable[Level]) -> tuple[ReportTo, ...]:
    """Give where a complaint goes; nobody on it works beside her."""
    to_unit = Level.UNIT not in set(beside)
    office = ReportTo.UNIT_RIGHTS if to_unit else ReportTo.CITY_RIGHTS
    return (ReportTo.POLICE, office, ReportTo.HOTLINE, ReportTo.PROCURATORS)


def told_outside(reason: EndReason) -> EndReason:
    """Give the reason that people outside the unit's own staff are told.

    Nobody learns from a notice that there was a conflict, a complaint or an inquiry.
    """
    hidden = {
        EndReason.SAFEGUARDING,
        EndReason.CONFLICT,
        EndReason.CHILD_REQUEST,
        EndReason.GUARDIAN_REQUEST,
    }
    return EndReason.REARRANGED if reason in hidden else reason
