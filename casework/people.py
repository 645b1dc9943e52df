"""People as the solver may see them: children (困境儿童) and caregivers (爱心妈妈).

No names, numbers or addresses: those stay in ``casework.records``. A fact that decides
whether two people may be paired and that nobody has established is ``None`` (unknown),
never assumed to be fine.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from geo.place import Place, Precision

ChildId = NewType("ChildId", str)
CaregiverId = NewType("CaregiverId", str)
HouseholdId = NewType("HouseholdId", str)


class Sex(StrEnum):
    """Sex as on the resident ID."""

    FEMALE = "female"
    MALE = "male"


class Category(StrEnum):
    """Why a child is in a ledger (困境类别); see the notice, 二.

    UNSPECIFIED is a ledger that says no more than 困境儿童, which in this programme means one
    of the first two: such a child is in mandatory scope, and somebody must say which it is.
    """

    SCATTERED_ORPHAN = "scattered_orphan"
    DE_FACTO_UNATTENDED = "de_facto_unattended"
    LEFT_BEHIND = "left_behind"
    INSTITUTIONAL_ORPHAN = "institutional_orphan"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class GuardianshipRating(StrEnum):
    """How well the guardian does (监护情况): 较好, 一般, 差."""

    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


class ChildStatus(StrEnum):
    """Whether a child is still cared for in this unit (在册状态)."""

    ACTIVE = "active"
    AGED_OUT = "aged_out"
    ADOPTED = "adopted"
    MOVED_OUT = "moved_out"
    INSTITUTION = "institution"
    DECEASED = "deceased"
    RECOVERED = "recovered"


class CaregiverRole(StrEnum):
    """What the caregiver is in daily life (身份); the notice wants mainly village cadres."""

    VILLAGE_CHAIR = "village_chair"
    EXECUTIVE_MEMBER = "executive_member"
    CADRE = "cadre"
    TEACHER = "teacher"
    VOLUNTEER = "volunteer"
    ENTREPRENEUR = "entrepreneur"
    OTHER = "other"

    @property
    def is_cadre(self) -> bool:
        """Whether she counts as 村居妇联干部和执委 (notice 三(一)2)."""
        return self in (
            CaregiverRole.VILLAGE_CHAIR,
            CaregiverRole.EXECUTIVE_MEMBER,
            CaregiverRole.CADRE,
        )


class CaregiverStatus(StrEnum):
    """Whether she serves now (在岗状态)."""

    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"
    ELECTION_OUT = "election_out"
    SUSPENDED = "suspended"


class CheckResult(StrEnum):
    """Outcome of the background check (密切接触未成年人从业查询)."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody lives: areas by name first, a point where one is known.

    Attributes
    ----------
    unit, township
        Codes of ``geo.areas``; where the gazetteer does not know the area, its normalised
        name. Equal strings are the same area.
    village
        Normalised name, unique inside its township; None where unknown.
    place, precision
        The point and what it stands for; ``place`` is None when precision is UNKNOWN.
    """

    unit: str
    township: str
    village: str | None = None
    place: Place | None = None
    precision: Precision = Precision.UNKNOWN


@dataclass(frozen=True, slots=True)
class Child:
    """A child as the solver sees one.

    Attributes
    ----------
    household
        Siblings in one home share it; a child alone has one of her own (decision 7).
    in_mandatory_scope
        Scattered orphans and de-facto unattended children; others are optional.
    consent_given
        The guardian's consent to the pairing; None unknown, False refused.
    """

    id: ChildId
    home: Home
    category: Category
    in_mandatory_scope: bool
    household: HouseholdId
    sex: Sex | None = None
    birth_date: date | None = None
    consent_given: bool | None = None
    has_disability: bool | None = None
    status: ChildStatus = ChildStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Caregiver:
    """A caregiver as the solver sees one.

    Attributes
    ----------
    places
        Households she can take in all, 0 to 5, those she has now included (decision 7).
    check_result, check_expires_on
        Background check; None where no check is on record.
    commitment_signed
        She has promised in writing; None unknown, False refused.
    available_from, available_to
        First and last day she serves; None open.
    kin_unclear
        Her ledger names somebody to be kept apart from whom nobody can find: she may be kin.
    """

    id: CaregiverId
    home: Home
    places: int = 1
    sex: Sex | None = None
    role: CaregiverRole | None = None
    status: CaregiverStatus = CaregiverStatus.ACTIVE
    available_from: date | None = None
    available_to: date | None = None
    check_result: CheckResult | None = None
    check_expires_on: date | None = None
    commitment_signed: bool | None = None
    trained: bool | None = None
    kin_unclear: bool = False
