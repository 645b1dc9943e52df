import pytest

from casework.pairings import PairingState
from ledger.record.key_ring import KeyRing
from ledger.record.pairings import standing
from ledger.record.store import Store
from ledger.sample_files import DUE, write_sample
from service.on_record import KEYS
from service.workflows import demo_record
from service.workflows.demo_accounts import DAY, make_accounts

UNIT, CODE = "大渡口区", "500104"


@pytest.mark.slow
def test_a_demo_has_pairs_that_stand_and_new_ones_that_wait_for_the_officer(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_record, "OTHERS", ())
    write_sample(tmp_path / "city" / UNIT, UNIT)
    make_accounts(tmp_path, CODE)
    demo_record.put_on_record(tmp_path, UNIT, lambda *_: None)
    assert (tmp_path / "data" / DAY).read_text() == DUE.isoformat()
    store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / KEYS))
    with store.reading(demo_record.SYSTEM_ACTOR, "test") as book:
        states = {found.pairing.state for found in standing(book, CODE)}
    store.close()
    assert PairingState.ACTIVE in states
