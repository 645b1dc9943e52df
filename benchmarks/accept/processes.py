"""Processes: two servers and two workers share one PostgreSQL and one data folder."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2

from benchmarks.accept.frame import ROOT, Scale, Tally, command
from benchmarks.accept.stores import places
from casework.access import SYSTEM_ACTOR, Role, area
from geo.areas import Gazetteer
from ledger.record.accounts import Account, add_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from ledger.record.trail import check_trail
from ledger.sample_files import DUE, write_sample

PASSWORD = "五个 词 连写 的 句子"


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    units = [unit.code for unit in Gazetteer.on(DUE).units][: scale.of(8, 3)]
    with places(folder) as here, ExitStack() as running:
        where, keys = here["PostgreSQL"]
        os.environ["NUANTONG_KEYS"] = str(keys)
        store = Store.create(where, KeyRing.load(keys))
        tokens = officers(store, units)
        at = ("--data", folder / "data", "--database", where)
        webs = [running.enter_context(serving(*at)) for _ in range(2)]
        for _ in range(2):
            running.enter_context(working(*at))
        _ask_all(tally, webs, tokens, folder)
        _told_once(tally, store, len(units))
        _out_everywhere(tally, store, webs, tokens[units[0]], units[0])
        store.close()


def officers(store: Store, units: list[str]) -> dict[str, str]:
    with store.writing(SYSTEM_ACTOR, "accept") as book:
        return {
            code: begin_session(
                book,
                add_account(book, Account("", f"u{code}", Role.UNIT, area(code)), PASSWORD).id,
            )
            for code in units
        }


@contextmanager
def serving(*at: object) -> Iterator[str]:
    words = command("serve", "--port", "0", "--no-worker", *at)
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield "http" + line.split("http", 1)[1].split()[0]
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def working(*at: object) -> Iterator[None]:
    worker = subprocess.Popen(command("worker", *at), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def client_at(address: str, token: str) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx2.Client(base_url=address, headers=headers, timeout=60, trust_env=False)


def _ask_all(tally: Tally, webs: list[str], tokens: dict[str, str], folder: Path) -> None:
    """Upload by one server, ask by the other, watch by both until all jobs have ended."""
    write_sample(folder / "sample", "大渡口区", city=False, seed=3, flaws=False)
    ledgers = sorted((folder / "sample").glob("*台账.xlsx"))[:2]
    waiting: dict[str, str] = {}
    for code, token in tokens.items():
        with client_at(webs[0], token) as one, client_at(webs[1], token) as other:
            for path in ledgers:
                one.post(f"/api/v1/files?name={path.name}", content=path.read_bytes())
            job = other.post("/api/v1/jobs", json={"kind": "check", "on": "2021-09-15"})
            assert job.status_code == 202, job.text
            waiting[code] = job.json()["id"]
    begun, done = time.monotonic(), 0
    for number, (code, job_id) in enumerate(waiting.items()):
        with client_at(webs[number % 2], tokens[code]) as client:
            while (state := client.get(f"/api/v1/jobs/{job_id}").json()["state"]) == "running":
                time.sleep(0.2)
            done += state == "done"
    told = f"{done} of {len(waiting)} jobs done, {time.monotonic() - begun:.0f} s"
    tally.ask(done == len(waiting), f"2 servers, 2 workers, one PostgreSQL: {told}")


def _told_once(tally: Tally, store: Store, count: int) -> None:
    from sqlalchemy import select

    from ledger.record.job_tables import jobs

    with store.looking() as connection:
        rows = connection.execute(select(jobs.c.attempts, jobs.c.worker)).all()
    twice = sum(row.attempts != 1 for row in rows)
    hands = len({row.worker for row in rows})
    tally.ask(len(rows) == count and twice == 0, f"jobs begun twice: {twice}; workers: {hands}")
    tally.ask(check_trail(store).broken_at is None, "one audit trail of all processes, whole")


def _out_everywhere(tally: Tally, store: Store, webs: list[str], token: str, code: str) -> None:
    from ledger.record.accounts import named_account, set_active

    with store.writing(SYSTEM_ACTOR, "disable") as book:
        set_active(book, named_account(book, f"u{code}"), is_active=False)
    answers = []
    for address in webs:
        with client_at(address, token) as client:
            answers.append(client.get("/api/v1/files").status_code)
    tally.ask(200 not in answers, f"disabled: the servers answer {answers}")
