"""Plans: answers about a whole unit: whom to recruit, how much to change, what if (方案比较)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.answers import Difference, Move, RankedCaregiver, Village
from casework.people import CaregiverId, ChildId
from casework.proposals import Ending, Left, Objective, Proof, ProofStatus, Rung, Unknown


@dataclass(frozen=True, slots=True)
class RecruitStep:
    """The best that so many new caregivers, one household each, can do.

    Attributes
    ----------
    villages
        Where they live, and how many in each, by township and village.
    difference
        Against the pairing without them.
    still_left
        Children who are left over even then, excluded and waiting rows apart.
    """

    caregivers: int
    villages: tuple[tuple[Village, int], ...]
    difference: Difference
    newly_paired: tuple[ChildId, ...]
    still_left: int
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class VillageWorth:
    """What one more place in a village is worth to the unit.

    Attributes
    ----------
    children, left_over
        Children who live there; those left over, excluded and waiting rows apart.
    is_proven
        Nothing better can be done with the place; else this is a true way to use it.
    """

    village: Village
    children: int
    left_over: int
    difference: Difference
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class CriticalCaregiver:
    """A caregiver without whom fewer children would have one.

    Attributes
    ----------
    children
        Those with her in the best pairing.
    difference
        The best pairing without her against that with her; current pairs with her end in any
        case, so they do not count as given up.
    is_proven
        Both are proven best.
    """

    caregiver: CaregiverId
    children: tuple[ChildId, ...]
    difference: Difference
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class Recruitment:
    """Where new caregivers would help.

    Attributes
    ----------
    least_for_everyone
        Fewest new caregivers with whom nobody is left over but excluded children and waiting
        rows; None where that cannot be shown.
    worth
        By worth, the best village first.
    critical_is_whole
        Nobody else is critical; else there may be more.
    """

    steps: tuple[RecruitStep, ...]
    least_for_everyone: int | None
    worth: tuple[VillageWorth, ...]
    critical: tuple[CriticalCaregiver, ...]
    critical_is_whole: bool = True


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The best pairing that gives up at most so many current pairs.

    Attributes
    ----------
    changes
        Current pairs it gives up that the rules would let stand.
    is_on_hull
        Exact by flow; between such points see ``status``.
    """

    changes: int
    objective: Objective
    is_on_hull: bool = True
    status: ProofStatus = ProofStatus.OPTIMAL


@dataclass(frozen=True, slots=True)
class Curve:
    """What more changes would buy: points by changes, from the fewest to as many as help.

    Attributes
    ----------
    forced
        Current pairs that end whatever is allowed: somebody left, or the rules forbid them.
    is_whole
        No point of the hull is missing between these.
    """

    points: tuple[CurvePoint, ...]
    forced: int
    is_whole: bool


class DiffKind(StrEnum):
    """What a proposal means for a child who has, or gets, a caregiver."""

    KEPT = "kept"
    MOVED = "moved"
    NEW = "new"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One child before and after; ``reason`` says why the pair before does not stand."""

    child: ChildId
    kind: DiffKind
    before: CaregiverId | None
    after: CaregiverId | None
    reason: Ending | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """A proposal against the current pairs, by child id."""

    lines: tuple[DiffLine, ...]

    def count(self, kind: DiffKind) -> int:
        """Count the lines of one kind."""
        return sum(line.kind is kind for line in self.lines)


class HandoverReason(StrEnum):
    """Why a caregiver's children need another."""

    LEAVES = "leaves"
    ELECTION = "election"
    ON_LEAVE = "on_leave"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One child to hand over.

    Attributes
    ----------
    township
        Whose post answers for the child until somebody has taken over.
    successor, rung, metres, conditional
        Whom solving again proposes; None where nobody, for ``left``.
    others
        The next best, with their true costs.
    """

    child: ChildId
    township: str
    successor: CaregiverId | None
    rung: Rung | None
    metres: int | None
    conditional: tuple[Unknown, ...]
    left: Left | None
    others: tuple[RankedCaregiver, ...]


@dataclass(frozen=True, slots=True)
class Handover:
    """What happens to a caregiver's children when she stops; ``moves`` are other households."""

    caregiver: CaregiverId
    why: HandoverReason
    lines: tuple[HandoverLine, ...]
    moves: tuple[Move, ...]


class ListRule(StrEnum):
    """What can be wrong with a list of pairs; NOT_PERMITTED never says which rule."""

    CHILD_TWICE = "child_twice"
    UNKNOWN_CHILD = "unknown_child"
    UNKNOWN_CAREGIVER = "unknown_caregiver"
    NEEDS_DATA = "needs_data"
    NOT_PERMITTED = "not_permitted"
    LOCKED = "locked"
    BEYOND_REACH = "beyond_reach"
    TOGETHER = "together"
    PLACES = "places"
    MOST_CHILDREN = "most_children"


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a list breaks, and the children it concerns."""

    rule: ListRule
    children: tuple[ChildId, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """An officer's own list: what it breaks, and what it comes to beside the best.

    Attributes
    ----------
    objective
        Of the pairs that can be read; where rules are broken it may look better than the best.
    difference
        The list against the best.
    left_out
        Children the list forgets whom the best pairing serves.
    """

    broken: tuple[Broken, ...]
    objective: Objective
    best: Objective
    proof: Proof
    difference: Difference
    left_out: tuple[ChildId, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A change of the rules or of the people; None leaves as it is.

    Attributes
    ----------
    places_at_least
        Households that every caregiver who serves takes at least.
    with_optional
        False leaves out children of the optional scope (监护不力留守儿童).
    extra
        New caregivers, one household each.
    """

    name: str
    reach_m: int | None = None
    beyond_reach_allowed: bool | None = None
    places_at_least: int | None = None
    with_optional: bool = True
    extra: tuple[tuple[Village, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario comes to; ``difference`` is against the first of the table."""

    name: str
    children: int
    caregivers: int
    objective: Objective
    left: Mapping[Left, int]
    ended: int
    proof: Proof
    difference: Difference
