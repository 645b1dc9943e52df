"""Many approve at once: one wins each time, and no caregiver ever gets a child too many."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed

import pytest

from casework.errors import Conflict
from ledger.record.approving import Request, approve
from ledger.record.pairings import list_pairings, standing
from ledger.record.proposals import ProposalState, list_proposals
from tests.builders import caregiver
from tests.pairings_on_record import (
    LI,
    UNIT,
    approve_each,
    here,
    key,
    people,
    proposal,
    unit_now,
)

OFFICERS = 8
PROPOSALS = 12
PLACES = 3


def made_for(store, names, caregivers):
    """Give a proposal a child, each beside her own caregiver or all beside one."""
    unit = (people(names, "")[0], caregivers)
    pairs = [(name, caregivers[n % len(caregivers)].id) for n, name in enumerate(names)]
    return unit, [proposal(store, unit, pair) for pair in pairs]


def test_fifty_at_once_for_a_caregiver_with_three_places_leave_her_three(store):
    names = [f"c{n}" for n in range(50)]
    unit, made = made_for(store, names, (caregiver("x", here(), places=PLACES),))

    def one(proposal_id):
        try:
            with store.writing(LI, "approve") as book:
                return len(approve(book, Request(proposal_id, key()), unit_now(book, *unit)).made)
        except Conflict:
            return 0

    with ThreadPoolExecutor(len(names)) as pool:
        won = list(pool.map(one, made))
    assert sum(won) == PLACES
    with store.reading(LI, "list") as book:
        assert len(list_pairings(book)) == PLACES


@pytest.mark.parametrize("pool", ["threads", "processes"])
def test_of_eight_officers_exactly_one_wins_each_proposal(store, where, keys_folder, pool):
    names = [f"c{n}" for n in range(PROPOSALS)]
    unit, made = made_for(store, names, people("", [f"m{n}" for n in range(PROPOSALS)])[1])
    if pool == "processes":
        workers = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))
    else:
        workers = ThreadPoolExecutor(OFFICERS)
    with workers:
        work = [
            workers.submit(
                approve_each, where, keys_folder, f"officer{n}", made[n:] + made[:n], *unit
            )
            for n in range(OFFICERS)
        ]
        won = [line for done in as_completed(work) for line in done.result()]
    assert Counter(proposal_id for _, proposal_id in won) == dict.fromkeys(made, 1)
    with store.reading(LI, "list") as book:
        assert len(standing(book, UNIT)) == PROPOSALS
        assert {p.state for p in list_proposals(book)} == {ProposalState.APPROVED}


def test_an_approval_that_fails_at_its_last_step_leaves_nothing(store, monkeypatch):
    unit = people("ab", "xy")
    made = proposal(store, unit, ("a", "x"), ("b", "y"))

    def broken(*_):
        raise OSError("the power went")

    monkeypatch.setattr("ledger.record.approving._keep", broken)
    with pytest.raises(OSError, match="power"), store.writing(LI, "approve") as book:
        approve(book, Request(made, key()), unit_now(book, *unit))
    with store.reading(LI, "list") as book:
        assert list_pairings(book) == ()
        assert list_proposals(book)[0].state is ProposalState.SUBMITTED
