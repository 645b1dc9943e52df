"""Answers to what officers ask of a pairing week by week (结对日常问答).

Why this pair, why nobody for that child, what would help, who could follow, how much may
change, what if. All are values; ``casework.wording_use`` says them in words and
``casework.answer_json`` as JSON. A cost is always the true one: the best pairing of the unit
with the thing asked for, against the best without it.

The doors, each of which takes a ``PairingProblem`` first:

* ``solver.pairs.explain``: ``explain_pair(problem, proposal, child) -> WhyPair``,
  ``explain_unpaired(problem, proposal, child) -> WhyUnpaired``,
  ``explain_all(problem, proposal) -> tuple[WhyUnpaired, ...]``
* ``solver.recruit``: ``recruit(problem, k_max, proposal=None) -> Recruitment``
* ``solver.stability``: ``propose_with_few_changes(problem, most_changes) -> Proposal``,
  ``curve(problem, points=12) -> Curve``, ``compare(problem, proposal) -> Diff``
* ``solver.pairs.ranking``: ``rank_caregivers(problem, proposal, child, most=10) -> Ranking``,
  ``rank_children(problem, proposal, caregiver, most=10) -> ChildRanking``
* ``solver.handover``: ``handover(problem, caregiver, why, proposal=None) -> Handover``
* ``solver.judge``: ``judge(problem, pairs) -> Judgement``
* ``solver.whatif``: ``whatif(problem, scenarios) -> tuple[Outcome, ...]``
"""

from dataclasses import dataclass
from enum import StrEnum

from casework.people import CaregiverId, ChildId
from casework.proposals import Left, Rung, Unknown

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
