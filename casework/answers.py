"""Answers to what officers ask of a pairing week by week (结对日常问答).

Why this pair, why nobody for that child, what would help, who could follow, how much may
change, what if. All are values; ``casework.wording_use`` says them in words and
``casework.answer_json`` as JSON. A cost is always the true one: the best pairing of the unit
with the thing asked for, against the best without it.

The doors, each of which takes a ``PairingProblem`` first:

* ``solver.explain``: ``explain_pair(problem, proposal, child) -> WhyPair``,
  ``explain_unpaired(problem, proposal, child) -> WhyUnpaired``,
  ``explain_all(problem, proposal) -> tuple[WhyUnpaired, ...]``
* ``solver.recruit``: ``recruit(problem, k_max, proposal=None) -> Recruitment``
* ``solver.stability``: ``propose_with_few_changes(problem, most_changes) -> Proposal``,
  ``curve(problem, points=12) -> Curve``, ``compare(problem, proposal) -> Diff``
* ``solver.ranking``: ``rank_caregivers(problem, proposal, child, most=10) -> Ranking``,
  ``rank_children(problem, proposal, caregiver, most=10) -> ChildRanking``
* ``solver.handover``: ``handover(problem, caregiver, why) -> Handover``
* ``solver.judge``: ``judge(problem, pairs) -> Judgement``
* ``solver.whatif``: ``whatif(problem, scenarios) -> tuple[Outcome, ...]``
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from casework.people import CaregiverId, ChildId
from casework.proposals import Ending, Left, Objective, Proof, ProofStatus, Rung, Unknown


RECRUIT = CaregiverId("＋")
"""Stands for a caregiver who does not exist yet."""


class Level(StrEnum):
    """The levels of the objective, in their order."""

    COVERED_MANDATORY = "covered_mandatory"
    COVERED_OPTIONAL = "covered_optional"
    BROKEN = "broken"
    RUNGS = "rungs"
    METRES = "metres"


@dataclass(frozen=True, slots=True)
class Difference:
    """How one pairing differs from another, level by level: this one's figure less the other's.

    Attributes
    ----------
    covered_mandatory, covered_optional
        More children with a caregiver.
    broken, rungs, metres
        More current pairs given up, rungs, metres charged.
    """

    covered_mandatory: int = 0
    covered_optional: int = 0
    broken: int = 0
    rungs: int = 0
    metres: int = 0

    @property
    def decisive(self) -> Level | None:
        """The first level on which the two differ; None when they are equally good."""
        return next((level for level in Level if getattr(self, level)), None)

    @property
    def covered(self) -> int:
        """More children with a caregiver in all."""
        return self.covered_mandatory + self.covered_optional


@dataclass(frozen=True, slots=True)
class Village:
    """A village by township code and normalised name; None gathers who has none on record."""

    township: str
    village: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Children of one household who go from one caregiver to another; None is nobody."""

    children: tuple[ChildId, ...]
    before: CaregiverId | None
    after: CaregiverId | None


@dataclass(frozen=True, slots=True)
class RankedCaregiver:
    """A caregiver a child could have, and what that would truly cost.

    Attributes
    ----------
    difference
        The best pairing with these two together against the best of all.
    moves
        Who else would move, in one cheapest way.
    is_proposed
        She is the child's caregiver in the proposal.
    """

    caregiver: CaregiverId
    rung: Rung
    metres: int | None
    difference: Difference
    moves: tuple[Move, ...] = ()
    conditional: tuple[Unknown, ...] = ()
    is_proposed: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """Caregivers for one child, the cheapest first.

    Attributes
    ----------
    possible
        How many caregivers the rules allow in all.
    is_proven
        Nobody who is missing from the list would be cheaper than anybody on it.
    """

    child: ChildId
    caregivers: tuple[RankedCaregiver, ...]
    possible: int
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class RankedChild:
    """A household a caregiver could take; ``now`` is its caregiver in the proposal."""

    children: tuple[ChildId, ...]
    now: CaregiverId | None
    rung: Rung
    metres: int | None
    difference: Difference
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class ChildRanking:
    """Households for one caregiver, the cheapest first; see ``Ranking``."""

    caregiver: CaregiverId
    households: tuple[RankedChild, ...]
    possible: int
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class WhyPair:
    """Why a child has this caregiver.

    Attributes
    ----------
    nearer
        Caregivers the rules allow who would be nearer; all have somebody else.
    next_best
        The cheapest other caregiver and her true cost; None where the rules allow no other.
    """

    child: ChildId
    caregiver: CaregiverId
    rung: Rung
    metres: int | None
    kept: bool
    locked: bool
    nearer: int
    next_best: RankedCaregiver | None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A smallest group that proves that somebody must be left over.

    Nobody in ``children`` may have any caregiver but ``caregivers``, whose places are fewer
    than the households (or children, where those are counted); without any one household the
    rest could all be served.

    Attributes
    ----------
    needed, places
        Places the children need, and places there are.
    """

    children: tuple[ChildId, ...]
    households: int
    villages: tuple[Village, ...]
    caregivers: tuple[CaregiverId, ...]
    needed: int
    places: int


class RemedyKind(StrEnum):
    """What could be done for a child left over."""

    MORE_PLACES = "more_places"
    NEW_CAREGIVER = "new_caregiver"
    BEYOND_REACH = "beyond_reach"
    CORRECT_DATA = "correct_data"
    ARRANGE_BY_HAND = "arrange_by_hand"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that could be done, and what solving again says it would do.

    Attributes
    ----------
    caregiver
        Who would take one household more.
    village
        Where somebody new would live.
    difference
        The best pairing with the remedy and this child in it, against the proposal; None where
        nothing can be claimed before somebody has looked.
    gets, rung, metres
        The child's caregiver then; ``RECRUIT`` for the new one.
    moves
        Who else would move.
    is_first_in_line
        No other child would rather get the place; else the staff has to fix this pair.
    is_proven
        There is no cheaper way to do it; else this is a true way, and there might be one.
    """

    kind: RemedyKind
    caregiver: CaregiverId | None = None
    village: Village | None = None
    difference: Difference | None = None
    gets: CaregiverId | None = None
    rung: Rung | None = None
    metres: int | None = None
    moves: tuple[Move, ...] = ()
    is_first_in_line: bool = True
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class WhyUnpaired:
    """Why a child is left over, the proof, and what would help, the cheapest first.

    Attributes
    ----------
    shortage
        Where places are what is missing; None elsewhere, or where none can be shown.
    """

    child: ChildId
    reason: Left
    shortage: Shortage | None
    remedies: tuple[Remedy, ...]


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
    """

    village: Village
    children: int
    left_over: int
    difference: Difference


@dataclass(frozen=True, slots=True)
class CriticalCaregiver:
    """A caregiver without whom fewer children would have one; ``children`` are those with her."""

    caregiver: CaregiverId
    children: tuple[ChildId, ...]
    difference: Difference


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
    """

    steps: tuple[RecruitStep, ...]
    least_for_everyone: int | None
    worth: tuple[VillageWorth, ...]
    critical: tuple[CriticalCaregiver, ...]


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
