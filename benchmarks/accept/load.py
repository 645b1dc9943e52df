"""Load: a deadline hour of 41 units at one server, without work and while 41 solves wait.

Whatever else runs on the machine takes part of its two cores: how much is told with the figures,
and the server's own processor time for a request, which does not hang on the others.
"""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.accept.frame import ROOT, Scale, Tally, command
from benchmarks.accept.load_city import ask_solves, make_city
from benchmarks.accept.load_client import Measured, load, share_of
from ledger.record.jobs import JobState, find
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store

RATE, P95_MS, P99_MS = 250, 300, 1_000
WARM_RATE = 60
PROCESSES = ("--processes", "2")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    data, keys = folder / "data", folder / "keys"
    tokens = make_city(data, keys)
    os.environ["NUANTONG_KEYS"] = str(keys)
    seconds = scale.of(60, 10)
    with serving(data) as (server, port):
        # As in a deadline hour the day is under way: each process has opened every desk.
        load("127.0.0.1", port, tokens, WARM_RATE, scale.of(30, 4))
        _, alone = _measured(tally, "no work", server, port, tokens, scale.of(20, 6))
        store = Store.open(data, KeyRing.load(keys))
        asked = ask_solves(store)
        worker = subprocess.Popen(command("worker", "--data", data), cwd=ROOT, stdout=-3)
        try:
            time.sleep(2)
            answers, p99 = _measured(tally, "41 solves", server, port, tokens, seconds)
        finally:
            worker.terminate()
            worker.wait(60)
        with store.looking() as connection:
            states = [find(connection, job).state for job in asked]
        store.close()
    done = sum(state is JobState.DONE for state in states)
    tally.tell(f"solves done meanwhile {done}, waiting {len(states) - done}")
    times = answers.all()
    p95 = share_of(times, 0.95)
    wanted = int(RATE * seconds)
    tally.ask(len(times) == wanted, f"{len(times):,} of {wanted:,} answered in {seconds} s")
    tally.ask(not answers.errors, f"errors {len(answers.errors)} {_some(answers.errors)}".strip())
    tally.ask(p95 < P95_MS, f"p95 {p95:.0f} ms")
    tally.ask(p99 < P99_MS, f"p99 {p99:.0f} ms")
    tally.ask(p99 <= 2 * alone, f"p99 with solves is {p99 / alone:.1f} times that without")


def _some(errors: list[str]) -> str:
    return ", ".join(sorted(set(errors))[:3])


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """Run the server as an office does; give its process and its port."""
    words = command("serve", "--port", "0", "--no-worker", "--data", data, *PROCESSES)
    server = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = re.search(r"http://127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert port
        yield server.pid, int(port[1])
    finally:
        server.terminate()
        server.wait(30)


def _measured(
    tally: Tally, what: str, server: int, port: int, tokens: dict[str, str], seconds: float
) -> tuple[Measured, float]:
    cpu, begun, busy = _cpu_of(server), time.monotonic(), _busy_seconds()
    answers = load("127.0.0.1", port, tokens, RATE, seconds)
    took = time.monotonic() - begun
    used, all_used = _cpu_of(server) - cpu, _busy_seconds() - busy
    mine = used + _cpu_of(os.getpid())
    times = answers.all()
    p50, p95, p99 = (share_of(times, share) for share in (0.5, 0.95, 0.99))
    cores = (os.cpu_count() or 1) * took
    tally.tell(
        f"{what}: {RATE}/s, p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms; server"
        f" {1000 * used / max(1, len(times)):.1f} ms of processor a request; the machine was"
        f" {all_used / cores:.0%} busy, {max(0.0, all_used - mine) / cores:.0%} not with this"
    )
    return answers, p99


def _cpu_of(pid: int) -> float:
    """Give the processor seconds of a process and its children, living or gone."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(stat.parent.name) == pid or int(fields[1]) == pid:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _busy_seconds() -> float:
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(map(int, fields[:3])) / os.sysconf("SC_CLK_TCK")
