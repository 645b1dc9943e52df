from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from casework.errors import Conflict, NotFound, Refused
from casework.pairings import EndReason, HoldReason, PairingState
from casework.people import CaregiverStatus, CheckResult
from casework.proposals import Unknown
from ledger.record.approving import Request, approve
from ledger.record.pairing_rows import ERASED
from ledger.record.pairing_steps import (
    At,
    activate,
    close,
    hand_over,
    hold,
    lift,
    recheck,
    report,
    resume,
    suspend,
    take_leave,
)
from ledger.record.pairing_tables import pairings
from ledger.record.pairings import find, history, list_pairings, owing
from tests.builders import ON
from tests.pairings_on_record import (
    CITY,
    ELSEWHERE,
    LI,
    OTHER_TOWN,
    TOWN,
    UNIT,
    WANG,
    key,
    people,
    proposal,
    unit_now,
)

TWO = people("ab", "xy")
LATE = ON + timedelta(400)


def act(store, verb, *given, by=LI, **more):
    with store.writing(by, verb.__name__) as book:
        return verb(book, *given, **more)


def act_now(store, verb, *given, by=LI, unit=TWO, on=ON):
    """Take a step that looks at today's ledger."""
    with store.writing(by, verb.__name__) as book:
        return verb(book, *given, unit_now(book, *unit, on=on))


@pytest.fixture
def active(store):
    """Give an active pairing of a with x, made the way people make one."""
    made = proposal(store, TWO, ("a", "x"))
    with store.writing(LI, "approve") as book:
        (pairing,) = approve(book, Request(made, key()), unit_now(book, *TWO)).made
    act_now(store, activate, At(pairing, ON))
    return pairing


def state_of(store, pairing):
    with store.reading(LI, "show") as book:
        return find(book, pairing).pairing.state


def test_a_pairing_rests_and_goes_on(store, active):
    act(store, hold, At(active, ON), HoldReason.CAREGIVER_AWAY)
    assert state_of(store, active) is PairingState.ON_HOLD
    act_now(store, resume, At(active, ON))
    assert state_of(store, active) is PairingState.ACTIVE


def test_it_does_not_go_on_with_a_check_that_ran_out_meanwhile(store, active):
    act(store, hold, At(active, ON), HoldReason.CAREGIVER_AWAY)
    with pytest.raises(Conflict, match="已过期"):
        act_now(store, resume, At(active, LATE), on=LATE)


def test_a_recheck_puts_pairs_with_lapsed_checks_on_hold(store, active):
    (moved,) = act_now(store, recheck, UNIT, on=LATE)
    assert moved.pairing.state is PairingState.ON_HOLD
    assert moved.pairing.unknown == (Unknown.BACKGROUND_CHECK_EXPIRED,)
    assert act_now(store, recheck, UNIT, on=LATE) == ()


def test_a_lapsed_check_counts_though_the_child_is_out_of_the_programme(store, active):
    (moved,) = act_now(store, recheck, UNIT, unit=((), TWO[1]), on=LATE)
    assert moved.pairing.state is PairingState.ON_HOLD


def test_a_waiting_pair_with_somebody_who_left_is_not_called_ready(store):
    unknown = (TWO[0], (replace(TWO[1][0], check_result=None), TWO[1][1]))
    made = proposal(store, unknown, ("a", "x"))
    with store.writing(LI, "approve") as book:
        approve(book, Request(made, key()), unit_now(book, *unknown))
    left = (TWO[0], (replace(TWO[1][0], status=CaregiverStatus.LEFT), TWO[1][1]))
    assert act_now(store, recheck, UNIT, unit=left) == ()


def test_a_recheck_stops_the_pairs_of_who_failed_her_check(store, active):
    failed = (TWO[0], (replace(TWO[1][0], check_result=CheckResult.FAILED), TWO[1][1]))
    (moved,) = act_now(store, recheck, UNIT, unit=failed)
    assert moved.pairing.state is PairingState.SUSPENDED


def test_a_pair_is_not_activated_with_somebody_who_left(store):
    made = proposal(store, TWO, ("a", "x"))
    with store.writing(LI, "approve") as book:
        (pairing,) = approve(book, Request(made, key()), unit_now(book, *TWO)).made
    left = (TWO[0], (replace(TWO[1][0], status=CaregiverStatus.LEFT), TWO[1][1]))
    with pytest.raises(Conflict, match="不可安排"):
        act_now(store, activate, At(pairing, ON), unit=left)


@pytest.mark.parametrize("who", [TOWN, LI], ids=lambda a: a.id)
def test_the_township_and_the_unit_stop_a_caregiver_at_once(store, active, who):
    act(store, suspend, "x", ON, "邻居来电", by=who)
    assert state_of(store, active) is PairingState.SUSPENDED


@pytest.mark.parametrize(
    ("who", "wrong"), [(OTHER_TOWN, NotFound), (ELSEWHERE, NotFound), (CITY, Refused)]
)
def test_nobody_else_does(store, active, who, wrong):
    with pytest.raises(wrong):
        act(store, suspend, "x", ON, "邻居来电", by=who)
    assert state_of(store, active) is PairingState.ACTIVE


def test_the_township_of_the_child_may_stop_a_caregiver_of_another(store):
    mixed = (people("c", "", township="T2")[0], people("", "x")[1])
    made = proposal(store, mixed, ("c", "x"))
    with store.writing(LI, "approve") as book:
        approve(book, Request(made, key()), unit_now(book, *mixed))
    assert len(act(store, suspend, "x", ON, "", by=OTHER_TOWN)) == 1


def test_what_was_said_of_a_suspicion_is_sealed_and_in_the_history(store, active):
    act(store, suspend, "x", ON, "邻居张某来电", by=TOWN)
    act(store, report, At(active, ON), "武隆区公安局 王警官", by=TOWN)
    with store.reading(LI, "show") as book:
        assert find(book, active).pairing.suspension.reported_to == "武隆区公安局 王警官"
        words = [event.words for event in history(book, active)]
    assert {"why": "邻居张某来电"} in words
    with store.engine.connect() as connection:
        tables = ("audit", "pairings", "pairing_events")
        rows = [connection.exec_driver_sql(f"SELECT * FROM {t}").all() for t in tables]
    assert "王警官" not in str(rows)
    assert "张某" not in str(rows)


def test_another_officer_lifts_after_the_report_and_a_person_lets_it_go_on(store, active):
    act(store, suspend, "x", ON, "", by=TOWN)
    with pytest.raises(Conflict, match="强制报告"):
        act(store, lift, At(active, ON), "查无此事")
    act(store, report, At(active, ON), "公安")
    act(store, lift, At(active, ON), "查无此事")
    assert state_of(store, active) is PairingState.ON_HOLD
    act_now(store, resume, At(active, ON))
    assert state_of(store, active) is PairingState.ACTIVE


def test_the_township_stops_and_does_not_lift(store, active):
    act(store, suspend, "x", ON, "", by=TOWN)
    act(store, report, At(active, ON), "公安", by=TOWN)
    with pytest.raises(Refused):
        act(store, lift, At(active, ON), "", by=TOWN)


def test_a_child_who_got_somebody_else_meanwhile_is_not_taken_back(store, active):
    act(store, suspend, "x", ON, "")
    act(store, report, At(active, ON), "公安")
    second = proposal(store, TWO, ("a", "y"))
    with store.writing(LI, "approve") as book:
        approve(book, Request(second, key()), unit_now(book, *TWO))
    with pytest.raises(Conflict, match="另有结对"):
        act(store, lift, At(active, ON), "", by=WANG)
    done = act(store, close, At(active, ON), EndReason.SAFEGUARDING, 10)
    assert done.pairing.state is PairingState.CLOSED


def test_ended_pairs_are_history_and_the_same_two_may_pair_again(store, active):
    act(store, close, At(active, ON), EndReason.MOVED, 10, "随父母迁往外区")
    with store.reading(LI, "list") as book:
        assert list_pairings(book) == ()
        assert [r.pairing.id for r in list_pairings(book, in_force=False)] == [active]
    again = proposal(store, TWO, ("a", "x"))
    with store.writing(LI, "approve") as book:
        (second,) = approve(book, Request(again, key()), unit_now(book, *TWO)).made
    assert second != active


def test_what_an_ended_pair_still_owes_is_listed_until_it_is_done(store, active):
    act(store, close, At(active, ON), EndReason.CAREGIVER_LEFT, 10)
    with store.reading(LI, "list") as book:
        (owed,) = owing(book, UNIT)
    assert owed.pairing.closure.due_on == ON + timedelta(10)
    act(store, take_leave, At(active, ON), "一起吃了饭")
    second = proposal(store, TWO, ("a", "y"))
    with store.writing(LI, "approve") as book:
        (follows,) = approve(book, Request(second, key()), unit_now(book, *TWO)).made
    done = act(store, hand_over, At(active, ON), "镇妇联主席")
    assert done.pairing.closure.hand_over.successor == follows
    with store.reading(LI, "list") as book:
        assert owing(book, UNIT) == ()


def test_whoever_saw_an_older_version_changes_nothing(store, active):
    with store.reading(LI, "show") as book:
        seen = find(book, active).version
    act(store, hold, At(active, ON, seen), HoldReason.OTHER)
    with pytest.raises(Conflict, match="刷新"):
        act(store, close, At(active, ON, seen), EndReason.MOVED, 10)


@pytest.mark.parametrize("who", [TOWN, CITY, ELSEWHERE], ids=lambda a: a.id)
def test_only_the_unit_writes(store, active, who):
    with pytest.raises((Refused, NotFound)):
        act(store, close, At(active, ON), EndReason.MOVED, 10, by=who)


def test_an_erased_child_leaves_a_row_without_words(store, active):
    act(store, suspend, "x", ON, "邻居来电")
    act(store, report, At(active, ON), "公安")
    store.keys.destroy(["a"], "2021-10-01")
    with store.reading(LI, "show") as book:
        assert find(book, active).pairing.suspension.reported_to == ERASED
        assert history(book, active)[-1].words == {}


def test_the_database_itself_refuses_a_second_caregiver_for_a_child(store, active):
    with store.reading(LI, "show") as book:
        row = dict(book.connection.execute(pairings.select()).one()._mapping)
    second = insert(pairings).values(**row | {"id": "another"})
    with pytest.raises(Conflict), store.writing(LI, "by hand") as book:
        book.connection.execute(second)
