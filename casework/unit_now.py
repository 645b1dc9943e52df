"""Unit now: what the ledger says today of the people a proposal is about (现时台账).

An approval is judged by this and never by what the proposal remembers: who may be paired, what
is still unknown, how many places a caregiver has, in the very transaction that writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.eligibility import OutOfScope, caregiver_state, may_pair, pair_unknowns, scope_of
from casework.ledger_marks import LedgerMark
from casework.pairings import EndReason
from casework.people import (
    Caregiver,
    CaregiverId,
    CaregiverStatus,
    Child,
    ChildId,
    ChildStatus,
    HouseholdId,
)
from casework.programme import Programme
from casework.proposals import Ending, Unknown
from casework.records import ChildRecord


@dataclass(frozen=True, slots=True)
class UnitNow:
    """One unit's people as the solver sees them, on a day.

    Attributes
    ----------
    left
        Children on record who are out of the programme, and how their pairings end.
    """

    children: Mapping[ChildId, Child]
    caregivers: Mapping[CaregiverId, Caregiver]
    programme: Programme
    on: date
    mark: LedgerMark
    forbidden: frozenset[tuple[ChildId, CaregiverId]] = frozenset()
    left: Mapping[ChildId, EndReason] = field(default_factory=dict)

    def knows(self, child: ChildId, caregiver: CaregiverId) -> bool:
        """Say whether both stand in the ledger as somebody to be paired."""
        return child in self.children and caregiver in self.caregivers

    def may_pair(self, child: ChildId, caregiver: CaregiverId) -> bool:
        """Say whether the two may be paired today."""
        if (child, caregiver) in self.forbidden:
            return False
        one, other = self.children.get(child), self.caregivers.get(caregiver)
        if one is None or other is None:
            return False
        return may_pair(one, other, self.programme, self.on)

    def unknown(self, child: ChildId, caregiver: CaregiverId) -> tuple[Unknown, ...]:
        """List what must be established before the two may begin; empty where nothing is.

        A child who is out of the programme leaves what is unknown of the caregiver: until it is
        ended the two still meet. A caregiver on no ledger is not judged here.
        """
        one, other = self.children.get(child), self.caregivers.get(caregiver)
        if other is None:
            return ()
        if one is None:
            return caregiver_state(other, self.programme, self.on).unknown
        return pair_unknowns(one, other, self.programme, self.on)

    def is_blocked(self, caregiver: CaregiverId) -> bool:
        """Say whether safeguarding keeps her from every child."""
        person = self.caregivers.get(caregiver)
        if person is None:
            return False
        excluded = caregiver_state(person, self.programme, self.on).excluded
        return excluded is not None and excluded.is_safeguarding

    def household(self, child: ChildId, otherwise: HouseholdId) -> HouseholdId:
        """Give the child's household today, or what it was where the ledger has none."""
        person = self.children.get(child)
        return person.household if person else otherwise

    def end_reason(self, child: ChildId, caregiver: CaregiverId, ending: Ending) -> EndReason:
        """Say why a pairing ends that a proposal does not keep."""
        if child in self.left:
            return self.left[child]
        if ending is Ending.CHILD_LEFT:
            return EndReason.LEFT_SCOPE
        other = self.caregivers.get(caregiver)
        if ending is Ending.CAREGIVER_LEFT:
            elected = other and other.status is CaregiverStatus.ELECTION_OUT
            return EndReason.ELECTION if elected else EndReason.CAREGIVER_LEFT
        if ending is Ending.NOT_PERMITTED:
            one = self.children.get(child)
            refused = one is not None and one.consent_given is False
            return EndReason.GUARDIAN_REQUEST if refused else EndReason.CONFLICT
        return EndReason.REARRANGED


_BY_STATUS = {
    ChildStatus.AGED_OUT: EndReason.AGED_OUT,
    ChildStatus.MOVED_OUT: EndReason.MOVED,
    ChildStatus.DECEASED: EndReason.DEATH,
}


def why_left(record: ChildRecord, programme: Programme, on: date) -> EndReason | None:
    """Say how the pairing of a child ends who is out of the programme; None while she is in."""
    reason = scope_of(record, programme, on).reason
    if reason is None:
        return None
    if reason is OutOfScope.AGED_OUT:
        return EndReason.AGED_OUT
    return _BY_STATUS.get(record.status, EndReason.LEFT_SCOPE)
