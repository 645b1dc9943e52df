"""Crash: kill -9 at random moments of each kind of work, and a disk that is full.

A moment is drawn over the whole time that one run took; the seed is told, and ``--seed`` draws
the same moments again.
"""

import os
import random
import resource
import shutil
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.accept import crash_at_work
from benchmarks.accept.frame import ROOT, Scale, Tally, ask_tests, command
from benchmarks.accept.frame import run as run_command
from casework.access import SYSTEM_ACTOR
from ledger.record.people_tables import people
from ledger.record.trail import check_trail
from service.on_record import open_record
from tests.stories.test_a_killed_import import FILES, ROWS, make

ON = "2021-09-15"
DISK_MB, ROOM_BYTES = 6, 250_000
"""The size of the small disk, and how much of it is left; without one, no file may be larger."""


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    dice, rounds = random.Random(scale.seed), scale.of(8, 2)
    tally.tell(f"seed {scale.seed}")
    _import(tally, folder, dice, rounds)
    _migrate(tally, folder, dice, rounds)
    _backup(tally, folder, dice, rounds)
    crash_at_work.approve(tally, folder, dice, scale.of(20, 4))
    crash_at_work.solve(tally, folder, dice, scale.of(4, 2))
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
        killed += _killed(line(data), dice.uniform(0, 1) * whole_seconds)
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
        killed += _killed(command("init", "--data", data), dice.uniform(0, 1) * whole_seconds)
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
        killed += _killed(words, dice.uniform(0, 1) * whole_seconds)
        try:
            check_backup(copy, store.keys)
            whole += 1
        except Exception:
            continue
    store.close()
    told = f"backup over an older one killed {killed} of {rounds} times: a whole one {whole} times"
    tally.ask(whole == rounds, told)


def _full_disk(tally: Tally, folder: Path) -> None:
    """Import onto a disk that fills up: a small one of its own, else files may grow no further."""
    disk = folder / "disk"
    disk.mkdir()
    size = f"size={DISK_MB}m"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True
    )
    is_real = mounted.returncode == 0
    try:
        _fill(tally, folder / "files", disk, is_real)
    finally:
        if is_real:
            subprocess.run(["umount", disk], capture_output=True)


def _fill(tally: Tally, files: Path, disk: Path, is_real: bool) -> None:
    """Import with too little room, look at what there is, make room and import again."""
    data, filler = disk / "data", disk / "filler"
    words = ("ledger", "import", files, "--confirm", "--doubtful", "keep", "--data", data)
    made = run_command("init", "--data", data)
    if is_real:
        filler.write_bytes(bytes(shutil.disk_usage(disk).free - ROOM_BYTES))
        full = run_command(*words, "--on", ON)
        filler.unlink()
    else:
        limit = (ROOM_BYTES, resource.RLIM_INFINITY)
        grow = partial(resource.setrlimit, resource.RLIMIT_FSIZE, limit)
        full = run_command(*words, "--on", ON, preexec_fn=grow)
    count, holds = _on_record(data)
    again = run_command(*words, "--on", ON)
    after, holds_after = _on_record(data)
    how = f"a tmpfs of {DISK_MB} MB" if is_real else "RLIMIT_FSIZE: mounting is not permitted"
    told = f"disk full ({how}): exit code {full.returncode}"
    tally.ask(made.returncode == 0 and full.returncode in (3, 8), told)
    told = f"{count} people on record then, {after} with room again, trail"
    tally.ask(
        count % ROWS == 0 and count < FILES * ROWS == after and holds and holds_after,
        f"{told} {'holds' if holds and holds_after else 'BROKEN'}, exit code {again.returncode}",
    )
