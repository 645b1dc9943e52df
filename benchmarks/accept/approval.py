"""Approval: eight officers at 200 proposals with retries; fifty at once for three places."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.stores import places
from casework.errors import Conflict
from ledger.record.approving import Request, approve
from ledger.record.key_ring import KeyRing
from ledger.record.pairings import list_pairings
from ledger.record.store import Store
from tests.builders import caregiver
from tests.pairings_on_record import LI, approve_each, here, key, people, proposal, unit_now

OFFICERS, PLACES, CROWD = 8, 3, 50


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    count = scale.of(200, 24)
    with places(folder) as found, _officers() as officers:
        for name, (where, keys) in found.items():
            store = Store.create(where, KeyRing.load(keys))
            won, standing = _crowd(store)
            told = f"{name}: {CROWD} at once for {PLACES} places: {won} won, {standing} stand"
            tally.ask(won == standing == PLACES, told)
            before = standing
            winners = _approve_all(store, (where, keys), officers, count)
            once = sum(n == 1 for n in winners.values())
            told = f"{name}: {OFFICERS} officers x {count} proposals, each twice: {once} won once"
            tally.ask(once == count == len(winners), told)
            with store.reading(LI, "list") as book:
                made = len(list_pairings(book)) - before
            tally.ask(made == count, f"{name}: {made} pairings of {count}")
            store.close()


def _crowd(store: Store) -> tuple[int, int]:
    names = [f"c{n}" for n in range(CROWD)]
    unit = (people(names, "")[0], (caregiver("x", here(), places=PLACES),))
    made = [proposal(store, unit, (name, "x")) for name in names]

    def one(proposal_id: str) -> int:
        try:
            with store.writing(LI, "approve") as book:
                return len(approve(book, Request(proposal_id, key()), unit_now(book, *unit)).made)
        except Conflict:
            return 0

    with ThreadPoolExecutor(CROWD) as pool:
        won = sum(pool.map(one, made))
    with store.reading(LI, "list") as book:
        return won, len(list_pairings(book))


def _officers() -> ProcessPoolExecutor:
    """Give each officer a process of its own, forked from one that has read the program."""
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload([approve_each.__module__])
    return ProcessPoolExecutor(OFFICERS, mp_context=fork)


def _approve_all(
    store: Store, at: tuple[Path | str, Path], officers: ProcessPoolExecutor, count: int
) -> Counter[str]:
    """Let the officers begin at different ends of one pile; count who won each of it."""
    names = [f"d{n}" for n in range(count)]
    unit = people(names, [f"m{n}" for n in range(count)])
    made = [proposal(store, unit, (name, f"m{n}")) for n, name in enumerate(names)]
    step = count // OFFICERS
    piles = [made[n * step :] + made[: n * step] for n in range(OFFICERS)]
    work = [
        officers.submit(approve_each, *at, f"officer{n}", pile, *unit)
        for n, pile in enumerate(piles)
    ]
    return Counter(which for done in as_completed(work) for _, which in done.result())
