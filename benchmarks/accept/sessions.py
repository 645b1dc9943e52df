"""Sessions: the door's rules, and how soon a session that ended is out, measured."""

import os
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally, ask_tests
from benchmarks.accept.frame import run as run_command
from benchmarks.accept.processes import client_at, officers, serving
from geo.areas import Gazetteer
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from ledger.sample_files import DUE

PAGE = "/api/v1/files"
CONNECTIONS = 8
MOST_SECONDS = 30


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    ask_tests(
        tally,
        "fixation, log-out, disabled, role change, other site, next=, 7th password",
        "tests/service/test_door.py",
        "tests/service/test_gate.py",
    )
    ask_tests(
        tally, "sessions of the store, both databases", "tests/ledger/record/test_accounts.py"
    )
    slowest = _out_after(folder, scale.of(10, 3))
    tally.ask(
        slowest < 1,
        f"disabled by a command: out of both processes {slowest * 1000:.0f} ms after, at most",
    )


def _out_after(folder: Path, count: int) -> float:
    """Disable accounts whose sessions are in use; give the most seconds until none is answered.

    The command is a process of its own, and so are the two that answer: each connection stays
    with the one that took it, and there are enough to reach both.
    """
    units = [unit.code for unit in Gazetteer.on(DUE).units][:count]
    data, keys = folder / "data", folder / "keys"
    os.environ["NUANTONG_KEYS"] = str(keys)
    store = Store.create(data, KeyRing.load(keys))
    tokens = officers(store, units)
    store.close()
    with serving("--data", data, "--processes", "2") as address:
        return max(_until_out(data, address, code, token) for code, token in tokens.items())


def _until_out(data: Path, address: str, code: str, token: str) -> float:
    with ExitStack() as lines:
        clients = [lines.enter_context(client_at(address, token)) for _ in range(CONNECTIONS)]
        assert all(client.get(PAGE).status_code == 200 for client in clients)
        assert run_command("user", "disable", f"u{code}", "--data", data).returncode == 0
        begun = time.monotonic()
        for client in clients:
            while client.get(PAGE).status_code == 200:
                assert time.monotonic() - begun < MOST_SECONDS
        return time.monotonic() - begun
