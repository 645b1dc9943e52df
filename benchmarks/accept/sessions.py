"""Sessions: the door's rules, and how soon a session that ended is out, measured."""

import time
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally, ask_tests


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
    slowest = max(_out_after(folder / str(n)) for n in range(scale.of(10, 3)))
    tally.ask(slowest < 1, f"disabled: out after {slowest * 1000:.0f} ms at most")


def _out_after(folder: Path) -> float:
    """Disable the account of a session in use; give the seconds until it is refused."""
    from casework.access import SYSTEM_ACTOR
    from ledger.record.accounts import named_account, set_active
    from tests.installation import Installation, make_installation

    make_installation(folder / "made")
    with Installation(folder / "made").client(folder / "served" / "data") as client:
        assert client.get("/api/v1/files").status_code == 200
        store = client.app.state.store
        with store.writing(SYSTEM_ACTOR, "disable") as book:
            set_active(book, named_account(book, "unit"), is_active=False)
        begun = time.monotonic()
        while client.get("/api/v1/files").status_code == 200:
            pass
        return time.monotonic() - begun
