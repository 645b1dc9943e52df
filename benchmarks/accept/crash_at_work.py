"""Crash at work: approvals killed anywhere in their time, and workers killed at a solve."""

import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.accept.frame import ROOT, Tally, command
from benchmarks.accept.stores import Where, copied, places
from casework.access import Actor, Role, area
from ledger.record.jobs import Job, JobState
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from ledger.record.trail import check_trail
from service.desk import Desk
from service.jobs import Bench
from service.on_record import open_record
from service.rooms import desk_folder
from tests.a_year import LI, NAME, WANG, approve_by, in_force, propose_by, take_ledgers
from tests.ledger.record.test_crash import killed

ON = date(2021, 9, 15)
JOB_SECONDS = 30


class Killed(NamedTuple):
    """What an approval left behind: pairs that stand, pairs when it is sent again."""

    seconds: float
    heard: bool
    stand: int
    asked: int
    is_sound: bool

    @property
    def is_half(self) -> bool:
        """Whether a part of it was kept."""
        return self.stand not in (0, self.asked) or not self.is_sound

    @property
    def is_lost(self) -> bool:
        """Whether somebody was told that it is done, and it is not."""
        return self.heard and self.stand != self.asked


def approve(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    """Kill an approval of a whole unit, each time on a fresh copy of the database."""
    from ledger.sample_files import write_sample

    unit = folder / "unit"
    write_sample(unit, NAME, city=False, seed=3, flaws=False, on=ON)
    with places(folder / "approved") as here:
        for name, (where, keys) in here.items():
            proposal = _handed_in(where, keys, unit)
            ask = partial(_approval, where, keys, proposal)
            whole = ask(folder / f"{name}-whole", 60)
            found = [
                ask(folder / f"{name}-{n}", dice.uniform(0, whole.seconds)) for n in range(rounds)
            ]
            kept = sum(each.stand > 0 for each in found)
            halves, lost = sum(k.is_half for k in found), sum(k.is_lost for k in found)
            told = (
                f"{name}: approval of {whole.asked} pairs killed {rounds} times within"
                f" {whole.seconds:.2f} s: {kept} stand, {rounds - kept} undone, {halves} halves,"
                f" {lost} lost"
            )
            tally.ask(whole.heard and halves == lost == 0 and whole.asked > 0, told)


def _handed_in(where: Where, keys: Path, unit: Path) -> str:
    """Put a unit and its proposal on record; no connection is left, for none outlives a fork."""
    store = Store.create(where, KeyRing.load(keys))
    take_ledgers(store, unit, ON)
    proposal = propose_by(store, WANG, ON, unit / "结对台账.xlsx")
    store.close()
    return proposal


def _approval(where: Where, keys: Path, proposal: str, copy: Path, after_seconds: float) -> Killed:
    """Approve in a process of its own and kill it so long after; look, and send it again."""

    def work(say: Callable[[str], object]) -> None:
        approve_by(Store.open(at, KeyRing.load(own_keys)), LI, proposal, "key", ON)
        say("done")

    with copied(where, keys, copy) as (at, own_keys):
        begun = time.monotonic()
        heard = "done" in killed(work, after_seconds)
        seconds = time.monotonic() - begun
        store = Store.open(at, KeyRing.load(own_keys))
        stand = in_force(store)
        again = approve_by(store, LI, proposal, "key", ON)
        now = in_force(store)
        is_sound = len(now) == len(again.made) and stand.items() <= now.items()
        is_sound &= check_trail(store).broken_at is None
        store.close()
    return Killed(seconds, heard, len(stand), len(now), is_sound)


def solve(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    """Kill workers at a solve, side by side; measure when each job is claimed by another."""
    with ExitStack() as stack:
        first, *others = (
            stack.enter_context(_asked_for(folder / "unit", folder / "solve" / str(n) / "data"))
            for n in range(rounds + 1)
        )
        whole_seconds = _whole_solve(first)
        moments = [dice.uniform(0, whole_seconds) for _ in others]
        with ThreadPoolExecutor(rounds) as pool:
            found = list(pool.map(_killed_solve, others, moments))
    slowest = max(seconds for seconds, _ in found)
    lost = sum(state is not JobState.DONE for _, state in found)
    again = sum(seconds > 0 for seconds, _ in found)
    told = (
        f"solve: {rounds} workers killed within {whole_seconds:.1f} s, {again} jobs begun again"
        f" after {slowest:.1f} s at most, {lost} lost"
    )
    tally.ask(lost == 0 and slowest <= JOB_SECONDS and again > 0, told)


class Asked(NamedTuple):
    """A job in the queue of a data folder of its own."""

    data: Path
    bench: Bench
    job: str

    def wait_for(self, holds: Callable[[Job], bool]) -> float:
        """Wait until it is so; give the seconds."""
        begun = time.monotonic()
        while not holds(self.now):
            assert time.monotonic() < begun + 120, "waited too long"
            time.sleep(0.1)
        return time.monotonic() - begun

    @property
    def now(self) -> Job:
        """The job as it is."""
        return self.bench.find(self.job)


def _whole_solve(asked: Asked) -> float:
    """Give the seconds of a solve that nobody disturbs."""
    with _worker(asked.data):
        asked.wait_for(lambda job: job.state is not JobState.QUEUED)
        return asked.wait_for(lambda job: not job.is_under_way)


def _killed_solve(asked: Asked, moment: float) -> tuple[float, JobState]:
    """Kill the worker so long after it began; give how long the job lay (0: done), and its end."""
    lay_seconds = 0.0
    with _worker(asked.data) as worker:
        asked.wait_for(lambda job: job.state is not JobState.QUEUED)
        time.sleep(moment)
        worker.kill()
        worker.wait()
    left = asked.now
    with _worker(asked.data):
        if left.is_under_way:
            lay_seconds = asked.wait_for(lambda job: job.attempts > left.attempts)
        asked.wait_for(lambda job: not job.is_under_way)
    return lay_seconds, asked.now.state


@contextmanager
def _asked_for(unit: Path, data: Path) -> Iterator[Asked]:
    """Put a unit's files on its desk, and a pairing in the queue."""
    store = open_record(data, make=True)
    desk = _filled_desk(unit, data, store.keys)
    bench = Bench(store, desk)
    actor = Actor("accept", Role.UNIT, desk)
    yield Asked(data, bench, bench.start(actor, "pair", {"on": ON.isoformat()}).id)
    store.close()


@contextmanager
def _worker(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = command("worker", "--data", data)
    worker = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(30)


def _filled_desk(unit: Path, data: Path, keys: KeyRing) -> tuple[str, ...]:
    where = area("500104")
    desk = Desk(desk_folder(data, where), keys)
    for path in sorted(unit.glob("*台账.xlsx")):
        role = "pairs" if "结对" in path.name else "ledger"
        file_id, draft = desk.draft(path.name, role)
        shutil.copyfile(path, draft)
        desk.accept(file_id, path.name, role)
    return where
