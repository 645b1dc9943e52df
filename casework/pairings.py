"""Pairings: one child beside one caregiver, on record (结对), and what was decided about them.

A pairing is proposed, approved by another hand, waits for facts, is active, rests, is stopped
for safeguarding, is closed. The steps from state to state are ``casework.pairing_life``; here
stand the values, and what can never be true of one. An ended pairing is history: it takes no
place and is counted nowhere, and the same two may be paired again as a new pairing.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType

from casework.actors import SignedPaper
from casework.answers import Difference
from casework.people import CaregiverId, ChildId, HouseholdId
from casework.proposals import Unknown

PairingId = NewType("PairingId", str)
ProposalId = NewType("ProposalId", str)


class PairingState(StrEnum):
    """Where a pairing is in its life (结对状态)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    CONDITIONAL = "conditional"
    ACTIVE = "active"
    ON_HOLD = "on_hold"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class EndReason(StrEnum):
    """Why a pairing ended (结束原因)."""

    AGED_OUT = "aged_out"
    LEFT_SCOPE = "left_scope"
    MOVED = "moved"
    CAREGIVER_LEFT = "caregiver_left"
    ELECTION = "election"
    CONFLICT = "conflict"
    CHILD_REQUEST = "child_request"
    GUARDIAN_REQUEST = "guardian_request"
    SAFEGUARDING = "safeguarding"
    DEATH = "death"
    REARRANGED = "rearranged"

    @property
    def child_stays(self) -> bool:
        """Whether the child is still in the programme, so that somebody must follow."""
        return self in _CHILD_STAYS

    @property
    def asks_farewell(self) -> bool:
        """Whether the two take leave of each other, and that is written down (告别记录)."""
        return self in _FAREWELL


_CHILD_STAYS = frozenset(
    {
        EndReason.CAREGIVER_LEFT,
        EndReason.ELECTION,
        EndReason.CONFLICT,
        EndReason.CHILD_REQUEST,
        EndReason.GUARDIAN_REQUEST,
        EndReason.SAFEGUARDING,
        EndReason.REARRANGED,
    }
)
_FAREWELL = frozenset(
    {
        EndReason.AGED_OUT,
        EndReason.LEFT_SCOPE,
        EndReason.MOVED,
        EndReason.CAREGIVER_LEFT,
        EndReason.ELECTION,
        EndReason.REARRANGED,
    }
)


class HoldReason(StrEnum):
    """Why a pairing rests (暂停原因)."""

    CAREGIVER_AWAY = "caregiver_away"
    CHILD_AWAY = "child_away"
    FACTS_LAPSED = "facts_lapsed"
    AFTER_REVIEW = "after_review"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, when, and on which paper if not by another account's hand (审批)."""

    by: str
    on: date
    paper: SignedPaper | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A pair the staff decided against the best proposal, why, and what it cost (人工调整).

    Attributes
    ----------
    cost
        The proposal with the staff's word against the best without it; None where the word
        cost nothing that could be told.
    """

    by: str
    why: str
    cost: Difference | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A pairing that rests: why, since when, and until when it is thought to."""

    reason: HoldReason
    since: date
    by: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pairing stopped at once to protect the child (保护性停止).

    Attributes
    ----------
    reported_to
        Whom it was reported to under the duty to report (强制报告); empty until it was.
    """

    since: date
    by: str
    reported_to: str = ""
    reported_on: date | None = None


@dataclass(frozen=True, slots=True)
class Farewell:
    """How the two took leave (告别记录): when, and who wrote it down."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """The child handed over to who follows (交接): by whom, when, and to which pairing."""

    on: date
    by: str
    successor: PairingId | None = None


@dataclass(frozen=True, slots=True)
class Closure:
    """How a pairing ended.

    Attributes
    ----------
    due_on
        Day by which farewell and hand-over are to be written down.
    """

    reason: EndReason
    on: date
    by: str
    due_on: date | None = None
    farewell: Farewell | None = None
    hand_over: HandOver | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """One child beside one caregiver, on record.

    Attributes
    ----------
    household
        The child's household when the two were paired: it takes the place (decision 7).
    proposed_by
        Account of who made the proposal.
    unknown
        What must be established before it may be active (待补事项); empty once it is.
    started_on
        First day it was active; None before.
    hold, suspension, closure
        What holds now; what held before is in the history.
    """

    id: PairingId
    child: ChildId
    caregiver: CaregiverId
    household: HouseholdId
    proposed_by: str
    proposed_on: date
    proposal: ProposalId = ProposalId("")
    state: PairingState = PairingState.PROPOSED
    locked: bool = False
    unknown: tuple[Unknown, ...] = ()
    override: Override | None = None
    approval: Approval | None = None
    started_on: date | None = None
    hold: Hold | None = None
    suspension: Suspension | None = None
    closure: Closure | None = None

    def __post_init__(self) -> None:
        """Refuse what can never be true, whoever builds it.

        Raises
        ------
        ValueError
            When the state and what was decided do not fit together.
        """
        state = self.state
        wrong = (
            (self.approval is None) is not (state is PairingState.PROPOSED)
            and state not in (PairingState.SUSPENDED, PairingState.CLOSED),
            (self.hold is None) is (state is PairingState.ON_HOLD),
            (self.suspension is None) is (state is PairingState.SUSPENDED),
            (self.closure is None) is (state is PairingState.CLOSED),
            state is PairingState.ACTIVE and (bool(self.unknown) or self.started_on is None),
            state is PairingState.CONDITIONAL and not self.unknown,
            state is PairingState.APPROVED and bool(self.unknown),
        )
        if any(wrong):
            raise ValueError(f"a pairing cannot be {state} so: {wrong.index(True)}")

    @property
    def takes_place(self) -> bool:
        """Whether her household takes one of the caregiver's places now."""
        return self.state not in (PairingState.PROPOSED, PairingState.CLOSED)

    @property
    def holds_child(self) -> bool:
        """Whether the child has her caregiver by it, so that there can be no other.

        One that is stopped for safeguarding does not: somebody else may step in at once.
        """
        return self.takes_place and self.state is not PairingState.SUSPENDED

    @property
    def counts(self) -> bool:
        """Whether the child counts as paired (已结对): active and nothing less."""
        return self.state is PairingState.ACTIVE

    @property
    def owes_farewell(self) -> bool:
        """Whether it ended after it had begun and nobody wrote down how the two took leave."""
        closure = self.closure
        if closure is None or self.started_on is None:
            return False
        return closure.reason.asks_farewell and closure.farewell is None

    @property
    def owes_hand_over(self) -> bool:
        """Whether it ended after it had begun, the child stays, and nobody handed her over."""
        closure = self.closure
        if closure is None or self.started_on is None:
            return False
        return closure.reason.child_stays and closure.hand_over is None
