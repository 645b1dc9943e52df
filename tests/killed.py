"""One act of the store in a process of its own, which stops where it is told, to be killed there.

``kill_during`` starts it, waits until it has come so far, and kills it as a power cut would.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
REACHED = "reached"


def kill_during(where: object, keys: Path, act: str, *given: object) -> None:
    """Run ``act`` of this module elsewhere and kill it once it says how far it has come."""
    words = [str(where), str(keys), act, *map(str, given)]
    script = "import sys; from tests.killed import main; main(*sys.argv[1:])"
    process = subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == REACHED
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()


def main(where: str, keys: str, act: str, *given: str) -> None:
    """Do an act in this process."""
    from ledger.record.key_ring import KeyRing
    from ledger.record.store import Store

    store = Store.open(where if "://" in where else Path(where), KeyRing.load(Path(keys)))
    ACTS[act](store, *given)


def stop() -> None:
    """Say that this is the place, and wait to be killed."""
    sys.stdout.write(f"{REACHED}\n")
    sys.stdout.flush()
    time.sleep(120)


def stop_at_call(module: Any, name: str, number: int) -> None:
    """Stop just before a function of a module is called for the so-manieth time."""
    real, calls = getattr(module, name), [0]

    def counted(*args: Any, **more: Any) -> Any:
        calls[0] += 1
        if calls[0] == number:
            stop()
        return real(*args, **more)

    setattr(module, name, counted)


def import_ledgers(store: Any, folder: str, on: str) -> None:
    """Import a unit's ledgers, and stop with everybody written and nothing committed."""
    from ledger.record import imports
    from tests.a_year import take_ledgers

    stop_at_call(imports, "change_people", 1)
    take_ledgers(store, Path(folder), date.fromisoformat(on))


def approve_half(store: Any, proposal: str, key: str, on: str) -> None:
    """Approve, and stop between the third pairing and the fourth."""
    from ledger.record import approving
    from tests.a_year import LI, approve_by

    stop_at_call(approving, "add", 4)
    approve_by(store, LI, proposal, key, date.fromisoformat(on))


def approve_unheard(store: Any, proposal: str, key: str, on: str) -> None:
    """Approve, and stop when it is on disk and nobody has been told."""
    from tests.a_year import LI, approve_by

    approve_by(store, LI, proposal, key, date.fromisoformat(on))
    stop()


ACTS: dict[str, Callable[..., None]] = {
    "import_ledgers": import_ledgers,
    "approve_half": approve_half,
    "approve_unheard": approve_unheard,
}
