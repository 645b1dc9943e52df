"""Locks: pairs the staff have fixed that something else speaks against (锁定的结对).

A lock is the staff's word and stays, also where the ledger asks to keep the two apart: then
somebody has to settle which of the two is right. Only safeguarding ends it, and the cause is
for the head of the office alone.
"""

from collections.abc import Iterable, Iterator

from casework.findings import Finding, Where
from casework.people import CaregiverId, ChildId
from casework.proposals import CurrentPair, Ending, Proposal
from ledger.pairings import register
from ledger.people import Ledgers

Couple = tuple[ChildId, CaregiverId]
_NOT_FOR_SAFETY = (Ending.CHILD_LEFT, Ending.CAREGIVER_LEFT, Ending.NEEDS_DATA)


def contested(
    proposal: Proposal, current: Iterable[CurrentPair], forbidden: frozenset[Couple]
) -> frozenset[Couple]:
    """Give the locked pairs of a proposal that the ledger asks to keep apart."""
    stand = {(pair.child, pair.caregiver) for pair in proposal.pairs}
    return frozenset(stand & _locked(current) & forbidden)


def lock_findings(
    proposal: Proposal,
    current: Iterable[CurrentPair],
    forbidden: frozenset[Couple],
    ledgers: Ledgers,
) -> tuple[Finding, ...]:
    """Tell of locked pairs that end for safeguarding, and of those that are contested."""
    current = tuple(current)
    locked = _locked(current)
    unsafe = {
        (line.child, line.caregiver)
        for line in proposal.ended
        if line.reason not in _NOT_FOR_SAFETY and (line.child, line.caregiver) in locked
    }
    places = dict(_places(ledgers))
    found = [Finding("lock_not_kept", places.get(couple, Where())) for couple in unsafe]
    found += [
        Finding("lock_against_kin", places.get(couple, Where()))
        for couple in contested(proposal, current, forbidden)
    ]
    return tuple(sorted(found, key=lambda finding: (finding.where, finding.rule)))


def _locked(current: Iterable[CurrentPair]) -> set[Couple]:
    return {(pair.child, pair.caregiver) for pair in current if pair.locked}


def _places(ledgers: Ledgers) -> Iterator[tuple[Couple, Where]]:
    """Say in which row of the files each pair on record stands."""
    for pair, child, caregiver in register(ledgers):
        yield (ChildId(child), CaregiverId(caregiver)), pair.where
