"""Proposals: what the solver suggests and a person approves (结对建议).

Every child of the problem has exactly one line, in ``pairs`` or in ``unpaired``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from casework.people import CaregiverId, ChildId, HouseholdId


class Rung(IntEnum):
    """The locality ladder (就近、属地): the lower the nearer."""

    SAME_VILLAGE = 0
    SAME_TOWNSHIP = 1
    NEIGHBOURING_TOWNSHIP = 2
    UNIT = 3
    BEYOND_REACH = 4

    @property
    def key(self) -> str:
        """Name in JSON, such as ``same_village``."""
        return self.name.lower()


class Unknown(StrEnum):
    """A fact that must be established before a pair may become active (decision 5)."""

    BACKGROUND_CHECK = "background_check"
    BACKGROUND_CHECK_EXPIRED = "background_check_expired"
    GUARDIAN_CONSENT = "guardian_consent"
    COMMITMENT = "commitment"
    TRAINING = "training"
    SECOND_ADULT = "second_adult"
    KIN_UNCLEAR = "kin_unclear"


class Left(StrEnum):
    """Why a child is left over."""

    NO_CAREGIVER = "no_caregiver"
    ALL_FULL = "all_full"
    EXCLUDED = "excluded"
    NEEDS_DATA = "needs_data"


class Ending(StrEnum):
    """Why a current pair does not stand in the proposal."""

    CHILD_LEFT = "child_left"
    CAREGIVER_LEFT = "caregiver_left"
    NOT_PERMITTED = "not_permitted"
    OVER_PLACES = "over_places"
    SIBLINGS_TOGETHER = "siblings_together"
    COVERS_MORE = "covers_more"
    NEEDS_DATA = "needs_data"
    STAFF_CHOICE = "staff_choice"


@dataclass(frozen=True, slots=True)
class CurrentPair:
    """A pair on record before the proposal; a locked one is the staff's word and stays."""

    child: ChildId
    caregiver: CaregiverId
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One child beside one caregiver.

    Attributes
    ----------
    metres
        Straight line; None where either point is too coarse to measure from.
    kept, locked
        The pair stood before; the staff fixed it.
    conditional
        What must be established before it may be active, in the enum's order.
    neighbours_approximate
        The rung rests on neighbours computed from township centres, not on a table.
    """

    child: ChildId
    caregiver: CaregiverId
    household: HouseholdId
    rung: Rung
    metres: int | None
    kept: bool = False
    locked: bool = False
    conditional: tuple[Unknown, ...] = ()
    neighbours_approximate: bool = False


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A child left without a caregiver, and why."""

    child: ChildId
    reason: Left


@dataclass(frozen=True, slots=True)
class Ended:
    """A current pair that the proposal ends, and why."""

    child: ChildId
    caregiver: CaregiverId
    reason: Ending


@dataclass(frozen=True, slots=True)
class Objective:
    """The levels in their order; each counts before all that follow it.

    Attributes
    ----------
    covered_mandatory, covered_optional
        Children with a caregiver, as many as possible, mandatory scope first.
    broken
        Current pairs that were permitted and are given up, as few as possible.
    rungs
        Sum of ``Rung`` over the pairs, as small as possible.
    metres
        Sum of known metres.
    metres_charged
        What the solver minimises: known metres, and for each unknown distance the reach, since
        nobody can say it is nearer.
    rung_counts
        Pairs on each rung, in the order of ``Rung``.
    """

    covered_mandatory: int
    covered_optional: int
    broken: int
    rungs: int
    metres: int
    metres_charged: int
    rung_counts: tuple[int, int, int, int, int]


class ProofStatus(StrEnum):
    """What is proven of an answer."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proven: the status, the bound on the objective, and whether duals verified it."""

    status: ProofStatus
    certificate_verified: bool
    bound: tuple[int, ...] = ()
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A whole unit's pairing; ``pairs``, ``unpaired`` and ``ended`` sorted by child id."""

    pairs: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...]
    ended: tuple[Ended, ...]
    objective: Objective
    proof: Proof
    fingerprint: str = ""


Neighbours = Mapping[str, frozenset[str]]
"""Township to the townships beside it, both directions."""
