"""The worked client of the guide does what the guide shows."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from service.workflows.ledgers import today
from tests.figures_on_record import put
from tests.installation import TOWNSHIP, UNIT
from tests.served import serving

CLIENT = Path(__file__).parents[2] / "examples" / "api_client.py"


def run(*given):
    command = [sys.executable, str(CLIENT), *given]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_the_worked_client_prints_the_worst_first_and_tells_a_refusal_in_words(tmp_path):
    with serving(tmp_path) as server:
        store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
        put(store, children=7, township=TOWNSHIP, unit=UNIT, as_of=today())
        store.close()
        done = run(server.address, server.tokens["unit"], UNIT)
        first = done.stdout.splitlines()[1].split()
        assert first == ["7", "茄子溪街道"], done.stderr
        band = run(server.address, server.tokens["city"], UNIT)
        assert band.stdout.splitlines()[1].split()[0] == "5–9"
        refused = run(server.address, server.tokens["team"], UNIT)
        assert (refused.returncode, refused.stderr[:3]) == (1, "403")
