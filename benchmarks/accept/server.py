"""Server: PostgreSQL itself is killed while people write, look, import and wait for jobs.

Its ``fsync`` is on. It falls in two ways by turns: every process of it killed at once (SIGKILL),
and as ``pg_ctl stop -m immediate`` ends it. The service and its worker stay up all the while and
must find it again by themselves. A power cut is not shown by this: what the system holds in
memory for the disk outlives a process.
"""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import psycopg
from sqlalchemy import func, select

from benchmarks.accept.frame import ROOT, Scale, Tally
from benchmarks.accept.processes import client_at, officers, serving, working
from casework.access import SYSTEM_ACTOR
from casework.errors import Busy
from ledger.record.audit_tables import audit
from ledger.record.key_ring import KeyRing
from ledger.record.people_tables import people
from ledger.record.store import Store
from ledger.record.trail import check_trail
from ledger.sample_files import write_sample
from tests.postgres import Postgres, postgres_server

UNIT = "500104"
HANDS = 4
WAIT_SECONDS = 60


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from tests.stories.test_a_killed_import import make

    dice, rounds = random.Random(scale.seed), scale.of(6, 2)
    make(folder / "files")
    os.environ["NUANTONG_KEYS"] = str(folder / "keys")
    with postgres_server(fsync=True) as server, ExitStack() as running:
        where = server.url.format("postgres")
        store = Store.create(where, KeyRing.load(folder / "keys"))
        (token,) = officers(store, [UNIT]).values()
        at = ("--data", folder / "data", "--database", where)
        address = running.enter_context(serving(*at))
        running.enter_context(working(*at))
        seen = Seen()
        with seen.hands(store, address, token), client_at(address, token) as client:
            _fill_desk(client, folder)
            for number in range(rounds):
                _round(seen, server, _Place(folder, number, dice), client)
        _tell(tally, seen, store, rounds)
        store.close()


@dataclass
class Seen:
    """What the hands were told, and what befell jobs and imports."""

    acknowledged: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    back_seconds: list[float] = field(default_factory=list)
    job_seconds: list[float] = field(default_factory=list)
    jobs_lost: int = 0
    imports_cut: int = 0
    halves: int = 0
    lost: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    def hands(self, store: Store, address: str, token: str) -> ExitStack:
        """Let hands write and look until the stack that this gives is left."""
        works = [(self._write, (store, n)) for n in range(HANDS)]
        works += [(self._look, (address, token)) for _ in range(2)]
        threads = [threading.Thread(target=work, args=given) for work, given in works]
        stack = ExitStack()
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        stack.callback(self.is_over.set)
        return stack

    def _write(self, store: Store, hand: int) -> None:
        number = 0
        while not self.is_over.is_set():
            number += 1
            try:
                with store.writing(SYSTEM_ACTOR, f"pair {hand}x{number}") as book:
                    book.note("pair", "accept", ["a"])
                    book.note("pair", "accept", ["b"])
                self.acknowledged.append(f"pair {hand}x{number}")
            except Busy:
                time.sleep(0.05)
            except Exception as error:
                self.odd.append(f"writer: {type(error).__name__}")

    def _look(self, address: str, token: str) -> None:
        with client_at(address, token) as client:
            while not self.is_over.is_set():
                for page in ("/children", "/", "/api/v1/files"):
                    self._look_at(client, page)

    def _look_at(self, client: httpx2.Client, page: str) -> None:
        try:
            answer = client.get(page)
        except httpx2.HTTPError as error:
            self.odd.append(f"{page}: {type(error).__name__}")
            return
        self.answers[answer.status_code] += 1
        if answer.status_code == 503 and "数据库" not in answer.text:
            self.odd.append(f"{page}: no plain sentence")


@dataclass(frozen=True)
class _Place:
    """Where a round works."""

    folder: Path
    number: int
    dice: random.Random

    @property
    def database(self) -> str:
        return f"import{self.number}"


def _fill_desk(client: httpx2.Client, folder: Path) -> None:
    write_sample(folder / "sample", "大渡口区", city=False, seed=3, flaws=False)
    for path in sorted((folder / "sample").glob("*台账.xlsx"))[:2]:
        client.post(f"/api/v1/files?name={path.name}", content=path.read_bytes())


def _round(seen: Seen, server: Postgres, place: _Place, client: httpx2.Client) -> None:
    """Begin an import and a job, let the server fall in the middle, and see what is left."""
    with psycopg.connect(_plain(server.url.format("postgres")), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {place.database}")
    where = server.url.format(place.database)
    keys = KeyRing.load(place.folder / "keys")
    other = Store.create(where, keys)
    importing = _import(place.folder, where)
    _wait(lambda: _people(other) > 0 or importing.poll() is not None)
    job = client.post("/api/v1/jobs", json={"kind": "check", "on": "2021-09-15"})
    time.sleep(place.dice.uniform(0, 0.3))
    (server.kill if place.number % 2 else server.stop_at_once)()
    time.sleep(place.dice.uniform(0.2, 1.5))
    server.start()
    begun, reached, good = time.monotonic(), len(seen.acknowledged), seen.answers[200]
    _wait(lambda: len(seen.acknowledged) > reached and seen.answers[200] > good)
    seen.back_seconds.append(time.monotonic() - begun)
    _settle_import(seen, importing, other, place.folder)
    other.close()
    if job.status_code == 202:
        _settle_job(seen, client, job.json()["id"], begun)


def _import(folder: Path, where: str) -> subprocess.Popen[bytes]:
    from tests.stories.test_a_killed_import import FEW_ROWS_A_TRANSACTION

    words = ["ledger", "import", folder / "files", "--confirm", "--doubtful", "keep"]
    words += ["--database", where, "--on", "2021-09-15"]
    line = [sys.executable, "-c", FEW_ROWS_A_TRANSACTION, *map(str, words)]
    return subprocess.Popen(line, cwd=ROOT, stdout=-3, stderr=-3)


def _settle_import(
    seen: Seen, importing: subprocess.Popen[bytes], store: Store, folder: Path
) -> None:
    """See that the import said it was busy and left no half file; a second run mends it."""
    from tests.stories.test_a_killed_import import FILES, ROWS

    code = importing.wait(WAIT_SECONDS)
    seen.imports_cut += code == 8
    if code not in (0, 8):
        seen.odd.append(f"import: exit code {code}")
    seen.halves += _people(store) % ROWS != 0
    _import(folder, store.engine.url.render_as_string(hide_password=False)).wait(WAIT_SECONDS)
    seen.lost += _people(store) != FILES * ROWS
    seen.halves += check_trail(store).broken_at is not None


def _settle_job(seen: Seen, client: httpx2.Client, job_id: str, begun: float) -> None:
    """Wait for the job that was under way; it is done, perhaps at the second attempt."""
    state = "running"
    while state == "running" and time.monotonic() - begun < WAIT_SECONDS:
        state = client.get(f"/api/v1/jobs/{job_id}").json()["state"]
        time.sleep(0.2)
    seen.jobs_lost += state != "done"
    seen.job_seconds.append(time.monotonic() - begun)


def _people(store: Store) -> int:
    with store.looking() as connection:
        return int(connection.scalar(select(func.count()).select_from(people)) or 0)


def _tell(tally: Tally, seen: Seen, store: Store, rounds: int) -> None:
    with store.looking() as connection:
        query = select(audit.c.why, func.count()).where(audit.c.action == "pair")
        kept = dict(connection.execute(query.group_by(audit.c.why)).all())
    lost = len(set(seen.acknowledged) - set(kept))
    halves = sum(count != 2 for count in kept.values()) + seen.halves
    writes = f"{len(seen.acknowledged)} writes acknowledged"
    tally.ask(lost == 0 and len(kept) > 0, f"server killed {rounds} times: {writes}, {lost} lost")
    cut = f"imports cut {seen.imports_cut}, lost after a second run {seen.lost}"
    tally.ask(halves == 0 and seen.lost == 0, f"{halves} halves; {cut}")
    answers = ", ".join(f"{code}: {n}" for code, n in sorted(seen.answers.items()))
    tally.ask(set(seen.answers) <= {200, 503}, f"pages meanwhile answered {answers}")
    tally.ask(not seen.odd, f"anything else told: {Counter(seen.odd) or 0}")
    back = max(seen.back_seconds)
    tally.ask(back <= 10, f"written and read again {back:.1f} s after it answers, at most")
    slowest = max(seen.job_seconds, default=0.0)
    jobs = f"{len(seen.job_seconds)} jobs under way, {seen.jobs_lost} lost"
    tally.ask(seen.jobs_lost == 0, f"{jobs}, ended {slowest:.1f} s after, at most")
    whole = check_trail(store).broken_at is None
    tally.ask(whole, f"the trail {'holds' if whole else 'is BROKEN'}")


def _plain(url: str) -> str:
    return url.replace("+psycopg", "")


def _wait(holds, most_seconds: float = WAIT_SECONDS) -> None:
    end = time.monotonic() + most_seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("waited too long")
        time.sleep(0.05)
