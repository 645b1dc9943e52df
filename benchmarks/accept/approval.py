"""Approval: eight officers at 200 proposals with retries; fifty at once for three places."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.stores import places
from ledger.record.key_ring import KeyRing
from ledger.record.pairings import list_pairings
from ledger.record.store import Store
from tests.builders import caregiver
from tests.pairings_on_record import LI, approve_each, here, people, proposal

OFFICERS, PLACES, CROWD = 8, 3, 50


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    count = scale.of(200, 24)
    with places(folder) as found, _officers(OFFICERS) as officers:
        for name, (where, keys) in found.items():
            store = Store.create(where, KeyRing.load(keys))
            won, standing = _crowd(store, (where, keys))
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


def _crowd(store: Store, at: tuple[Path | str, Path]) -> tuple[int, int]:
    """Let a crowd, each of it a process, approve a child each for one caregiver; give who won."""
    names = [f"c{n}" for n in range(CROWD)]
    unit = (people(names, "")[0], (caregiver("x", here(), places=PLACES),))
    made = [proposal(store, unit, (name, "x")) for name in names]
    with _officers(CROWD) as crowd:
        asked = [
            crowd.submit(approve_each, *at, f"crowd{n}", [one], *unit)
            for n, one in enumerate(made)
        ]
        won = sum(len(done.result()) for done in as_completed(asked))
    with store.reading(LI, "list") as book:
        return won, len(list_pairings(book))


def _officers(count: int) -> ProcessPoolExecutor:
    """Give each officer a process of its own, forked from one that has read the program."""
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload([approve_each.__module__])
    return ProcessPoolExecutor(count, mp_context=fork)


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
