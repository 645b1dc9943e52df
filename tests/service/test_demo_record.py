import pytest

from casework.pairings import PairingState
from casework.programme import Programme
from ledger.record.accounts import named_account
from ledger.record.key_ring import KeyRing
from ledger.record.pairings import standing
from ledger.record.recruits import recruits_of
from ledger.record.session_rosters import booked_sessions, roster_of
from ledger.record.sessions import actor_of
from ledger.record.store import Store
from ledger.sample_files import DUE, write_sample
from service.on_record import KEYS
from service.workflows import demo_record, demo_round
from service.workflows.demo_accounts import DAY, make_accounts, make_store
from tests.rounds_files import TEAMS, write_forms, write_table

UNIT, CODE = "大渡口区", "500104"


@pytest.mark.slow
def test_a_demo_has_pairs_that_stand_and_new_ones_that_wait_for_the_officer(tmp_path, monkeypatch):
    monkeypatch.setattr(demo_record, "OTHERS", ())
    write_sample(tmp_path / "city" / UNIT, UNIT)
    make_store(tmp_path)
    demo_record.put_on_record(tmp_path, UNIT, lambda *_: None)
    assert (tmp_path / "data" / DAY).read_text() == DUE.isoformat()
    store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / KEYS))
    with store.reading(demo_record.SYSTEM_ACTOR, "test") as book:
        states = {found.pairing.state for found in standing(book, CODE)}
    store.close()
    assert PairingState.ACTIVE in states


@pytest.mark.slow
def test_a_demos_round_is_published_and_its_team_has_a_roster_of_the_unit_on_record(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(demo_record, "OTHERS", ())
    city = tmp_path / "city"
    write_sample(city / UNIT, UNIT)
    write_forms(city / "申报表", {UNIT: {"sessions": 1, "dates": "10月16日"}})
    write_table(city / "团辅团队.xlsx", TEAMS)
    closed = [("区县", "开始日期", "结束日期", "原因"), ("全市", DUE, DUE, "示例")]
    write_table(city / "停办.xlsx", closed)
    done = demo_round.plan_demo_round(tmp_path, (UNIT,), lambda *_: None)
    make_store(tmp_path)
    demo_record.put_on_record(tmp_path, UNIT, lambda *_: None)
    demo_round.publish_demo_round(tmp_path, done)
    make_accounts(tmp_path, CODE, demo_round.team_of(done, CODE))
    store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / KEYS))
    with store.reading(demo_record.SYSTEM_ACTOR, "test") as book:
        assert named_account(book, "team").team == "T1"
        assert booked_sessions(book.connection, "T1") == {f"{CODE}-1"}
        recruits = recruits_of(book, CODE)
        caregiver = actor_of(book.connection, named_account(book, "caregiver"), book.at)
        roster = roster_of(book, CODE, 1, Programme.from_toml())
    store.close()
    assert caregiver.own_pairs
    assert recruits is not None, "what the approval asked for"
    assert roster.is_on_record
    assert len(roster.children) > 10
