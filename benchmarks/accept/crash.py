"""Crash: kill -9 at random moments of each kind of work, and a disk that is full."""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.accept.frame import ROOT, Scale, Tally, ask_tests, command
from benchmarks.accept.frame import run as run_command
from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record.key_ring import KeyRing
from ledger.record.people_tables import people
from ledger.record.store import Store
from ledger.record.trail import check_trail
from service.on_record import open_record

ON = "2021-09-15"
JOB_SECONDS = 30


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    dice, rounds = random.Random(int.from_bytes(os.urandom(4))), scale.of(8, 2)
    _import(tally, folder, dice, rounds)
    _migrate(tally, folder, dice, rounds)
    _backup(tally, folder, dice, rounds)
    _approve(tally, folder, rounds)
    _solve(tally, folder, dice, scale.of(4, 1))
    _full_disk(tally, folder)
    ask_tests(
        tally,
        "both databases: killed writer, migration, restore, full disk",
        "tests/ledger/record/test_crash.py",
    )


def _killed(words: list[str], after_seconds: float) -> bool:
    """Run a command and kill it with all it started; say whether it was still at work."""
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after_seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def _time_of(words: list[str]) -> float:
    begun = time.monotonic()
    subprocess.run(words, cwd=ROOT, capture_output=True)
    return time.monotonic() - begun


def _on_record(data: Path) -> tuple[int, bool]:
    """Count the people on record, and say whether the trail holds."""
    store = open_record(data)
    try:
        with store.looking() as connection:
            count = connection.scalar(select(func.count()).select_from(people)) or 0
        return int(count), check_trail(store).broken_at is None
    finally:
        store.close()


def _import(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    from tests.stories.test_a_killed_import import FILES, ROWS, make

    make(folder / "files")
    data = folder / "imported" / "data"
    words = ["ledger", "import", folder / "files", "--confirm", "--doubtful", "keep"]

    def line(where: Path) -> list[str]:
        return command(*words, "--data", where, "--on", ON)

    open_record(folder / "trial", make=True).close()
    whole_seconds = _time_of(line(folder / "trial"))
    halves = lost = killed = 0
    for _ in range(rounds):
        shutil.rmtree(data, ignore_errors=True)
        open_record(data, make=True).close()
        killed += _killed(line(data), dice.uniform(0.3, 1) * whole_seconds)
        count, holds = _on_record(data)
        halves += count % ROWS != 0 or not holds
        subprocess.run(line(data), cwd=ROOT, capture_output=True)
        lost += _on_record(data)[0] != FILES * ROWS
    told = (
        f"import of {FILES} files killed {killed} of {rounds} times: {halves} halves, {lost} lost"
    )
    tally.ask(halves == lost == 0 and killed > 0, told)


def _migrate(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    whole_seconds = _time_of(command("init", "--data", folder / "first" / "data"))
    killed = whole = 0
    for number in range(rounds):
        data = folder / f"migrated{number}" / "data"
        killed += _killed(command("init", "--data", data), dice.uniform(0.4, 1) * whole_seconds)
        whole += run_command("init", "--data", data).returncode == 0 and _on_record(data)[1]
    told = f"init and migration killed {killed} of {rounds} times: {whole} whole when run again"
    tally.ask(whole == rounds, told)


def _backup(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    """After a kill there is no file, or a whole one: what was there before stays."""
    from ledger.record.backup import back_up, check_backup

    data, copy = folder / "imported" / "data", folder / "copy.ntbackup"
    words = command("backup", "--data", data, "--out", copy)
    store = open_record(data)
    whole_seconds = _time_of(words)
    killed = whole = 0
    for _ in range(rounds):
        back_up(store, SYSTEM_ACTOR, copy)
        killed += _killed(words, dice.uniform(0.5, 1.1) * whole_seconds)
        try:
            check_backup(copy, store.keys)
            whole += 1
        except Exception:
            continue
    store.close()
    told = f"backup over an older one killed {killed} of {rounds} times: a whole one {whole} times"
    tally.ask(whole == rounds, told)


def _approve(tally: Tally, folder: Path, rounds: int) -> None:
    """Kill an approval between two pairings and after its commit, on both databases."""
    from datetime import date

    from benchmarks.accept.stores import places
    from ledger.record.key_ring import KeyRing
    from ledger.sample_files import write_sample
    from tests.a_year import LI, NAME, WANG, approve_by, in_force, propose_by, take_ledgers
    from tests.killed import kill_during

    on = date.fromisoformat(ON)
    write_sample(folder / "unit", NAME, city=False, seed=3, flaws=False, on=on)
    with places(folder / "approved") as here:
        for name, (where, keys) in here.items():
            store = Store.create(where, KeyRing.load(keys))
            take_ledgers(store, folder / "unit", on)
            proposal = propose_by(store, WANG, on, folder / "unit" / "结对台账.xlsx")
            halves = 0
            for _ in range(rounds):
                kill_during(where, keys, "approve_half", proposal, "key", ON)
                halves += len(in_force(store))
            kill_during(where, keys, "approve_unheard", proposal, "key", ON)
            stands = in_force(store)
            again = approve_by(store, LI, proposal, "key", on)
            lost = len(stands) != len(again.made) or in_force(store) != stands
            told = f"{name}: approval killed {rounds + 1} times: {halves} halves, lost {int(lost)}"
            tally.ask(halves == 0 and not lost and len(stands) > 0, told)
            store.close()


def _solve(tally: Tally, folder: Path, dice: random.Random, rounds: int) -> None:
    """Kill a worker at a job; measure when the job is claimed again by another."""
    from ledger.record import jobs as queue
    from service.jobs import Bench

    data = folder / "solved" / "data"
    store = open_record(data, make=True)
    desk = _filled_desk(folder, data, store.keys)
    bench, lost, slowest = Bench(store, desk), 0, 0.0
    actor = Actor("accept", Role.UNIT, desk)
    for _ in range(rounds):
        job = bench.start(actor, "pair", {"on": ON})
        worker = subprocess.Popen(command("worker", "--data", data), cwd=ROOT)
        _wait(lambda j=job: bench.find(j.id).state is not queue.JobState.QUEUED, 60)
        time.sleep(dice.uniform(0.2, 2.0))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        was_done = not bench.find(job.id).is_under_way
        begun = time.monotonic()
        other = subprocess.Popen(command("worker", "--data", data), cwd=ROOT)
        try:
            attempts = bench.find(job.id).attempts
            if not was_done:
                _wait(lambda j=job, a=attempts: bench.find(j.id).attempts > a, 60)
                slowest = max(slowest, time.monotonic() - begun)
            _wait(lambda j=job: not bench.find(j.id).is_under_way, 120)
            lost += bench.find(job.id).state is not queue.JobState.DONE
        finally:
            other.send_signal(signal.SIGTERM)
            other.wait(30)
    store.close()
    told = (
        f"solve: worker killed {rounds} times, at work again within {slowest:.1f} s, {lost} lost"
    )
    tally.ask(lost == 0 and slowest <= JOB_SECONDS, told)


def _filled_desk(folder: Path, data: Path, keys: KeyRing) -> tuple[str, ...]:
    from service.desk import Desk
    from service.rooms import desk_folder

    where = area("500104")
    desk = Desk(desk_folder(data, where), keys)
    for path in sorted((folder / "unit").glob("*台账.xlsx")):
        role = "pairs" if "结对" in path.name else "ledger"
        file_id, draft = desk.draft(path.name, role)
        shutil.copyfile(path, draft)
        desk.accept(file_id, path.name, role)
    return where


def _wait(holds, most_seconds: float) -> None:
    end = time.monotonic() + most_seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.1)


def _full_disk(tally: Tally, folder: Path) -> None:
    """Import into a small disk of its own (tmpfs), else the tests' limit on file sizes stands."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], capture_output=True
    )
    if mounted.returncode != 0:
        tally.tell("a disk of 3 MB: mounting is not permitted here; file-size limit in the tests")
        return
    try:
        data = disk / "data"
        made = run_command("init", "--data", data)
        words = ("ledger", "import", folder / "files", "--confirm", "--doubtful", "keep")
        (disk / "filler").write_bytes(bytes(1_200_000))
        full = run_command(*words, "--data", data, "--on", ON)
        count, holds = _on_record(data)
        (disk / "filler").unlink()
        told = (
            f"disk full: exit code {full.returncode}, {count} people on record, trail"
            f" {'holds' if holds else 'BROKEN'}"
        )
        tally.ask(made.returncode == 0 and count % 40 == 0 and holds, told)
        tally.ask(full.returncode in (3, 8), "told as busy or file by file, no fault of ours")
    finally:
        subprocess.run(["umount", disk], capture_output=True)
