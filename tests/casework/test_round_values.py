"""From forms to wishes, from counts to contingents, and what calendars are told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.contingents import Participants, contingents_of, share_out
from casework.errors import Unreadable
from casework.hand_in import HandInChild
from casework.people import Category
from casework.round_calendar import events_of
from casework.round_frame_json import Odd, frame_from, frame_json
from casework.round_notes import needs_of_remarks, room_of_remarks
from casework.round_report import RoundFrame
from casework.round_rules import Round
from casework.rounds import Closure, Pin, Session, Slot, Team, UnitPlan, Wish
from casework.session_rules import SessionRules
from geo.areas import Gazetteer
from geo.place import Place

DAY = date(2021, 10, 16)
AREAS = Gazetteer.on(DAY)
RULES = Round.from_toml()
SESSION = SessionRules()


def frame(**more):
    wish = Wish("500156", "武隆区", Place(107.7, 29.3), "NEW", 2, (DAY,), 80, 50)
    team = Team("T1", "甲队", Place(106.5, 29.6), days_off=frozenset([DAY]), available=(DAY, None))
    base = RoundFrame(
        RULES,
        SESSION,
        DAY,
        (wish,),
        (team,),
        (Closure("", DAY, DAY, "停办"),),
        (Pin("500156", (DAY,), "T1"),),
        {("T1", "500156"): 150},
    )
    return replace(base, **more)


def plan(*sessions):
    return (UnitPlan("500156", "武隆区", tuple(sorted(sessions)), (DAY,), True),)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.integers(0, 400))
def test_sharing_out_loses_nobody_and_is_never_off_by_one_or_more(weights, total):
    shares = share_out(weights, total)
    if sum(weights):
        assert sum(shares) == total
        assert all(
            abs(share - weight * total / sum(weights)) < 1
            for share, weight in zip(shares, weights, strict=True)
        )
    else:
        assert not any(shares)


def child(age, township="500156001"):
    return HandInChild(1, age, None, Category.SCATTERED_ORPHAN, township, None)


def test_only_children_of_age_come_and_no_more_than_declared():
    township = AREAS.townships("500156")[0].code
    children = [child(age, township) for age in (3, 5, 6, 10, 17, 18, None)]
    (all_of_age,) = contingents_of(children, Participants(None, 4), AREAS, None, SESSION)
    assert dict(all_of_age.children) == {6: 1, 10: 1, 17: 1}
    assert all_of_age.caregivers == 4
    (two,) = contingents_of(children, Participants(2, 2), AREAS, None, SESSION)
    assert two.child_count == 2


def test_far_townships_know_their_drive():
    far = next(township for township in AREAS.townships("500156") if township.place)
    (one,) = contingents_of(
        [child(9, far.code)], Participants(None, None), AREAS, Place(107.0, 29.0), SESSION
    )
    assert one.travel_minutes > 60


@pytest.mark.parametrize(
    ("remarks", "skills"),
    [
        ("需手语老师", {"手语"}),
        ("有听障儿童，请安排会手语的老师", {"手语"}),
        ("不需要手语老师", set()),
        ("场地待落实", set()),
        ("希望安排沙盘", {"沙盘"}),
    ],
)
def test_a_remark_asks_for_what_it_says_and_not_for_what_it_denies(remarks, skills):
    assert needs_of_remarks(remarks, frozenset({"沙盘"})) == skills


@pytest.mark.parametrize(
    ("remarks", "room"),
    [("会场可容纳80人", 80), ("座位约120个", 120), ("参训80人", None), ("", None)],
)
def test_a_remark_may_say_how_many_the_venue_holds(remarks, room):
    assert room_of_remarks(remarks) == room


def test_a_frame_comes_back_from_its_document_as_it_was():
    assert frame_from(frame_json(frame())) == frame()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["wishes"][0].update(sessions=0), "wishes[0]"),
        (lambda d: d["wishes"].append(d["wishes"][0]), "wishes"),
        (lambda d: d["teams"][0].update(home=[999, 0]), "teams[0]"),
        (lambda d: d["closures"][0].update(first="2021-13-01"), "closures[0]"),
        (lambda d: d["rules"]["days"].update(allowed="never"), "rules"),
        (lambda d: d["rules"].pop("session"), "problem"),
        (lambda d: d["pins"][0].update(dates=["x"]), "pins[0]"),
    ],
)
def test_a_frame_that_was_changed_by_hand_is_refused_by_place(change, place):
    document = frame_json(frame())
    change(document)
    with pytest.raises(Odd, match="problem") as odd:
        frame_from(document)
    assert place in str(odd.value)


def test_every_fault_of_a_session_rule_is_named():
    rules = SESSION.as_rules() | {"group_size": 0, "bands": [["a", 9, 6, 1]], "hours": {}}
    with pytest.raises(Unreadable) as refused:
        SessionRules.from_rules(rules)
    assert all(name in str(refused.value) for name in ("group_size", "bands", "hours"))


# --- calendars ------------------------------------------------------------------------------


def test_what_does_not_change_keeps_uid_and_sequence():
    plans = plan(Session(DAY, Slot.MORNING, "T1"), Session(DAY, Slot.AFTERNOON, "T1"))
    first, known = events_of(frame(), plans)
    again, later = events_of(frame(), plans, known)
    assert first == again
    assert (known.revision, later.revision) == (0, 1)
    assert len({event.uid for event in first}) == 4


def test_a_moved_session_keeps_its_uid_and_its_sequence_rises_by_one():
    _, known = events_of(frame(), plan(Session(DAY, Slot.DAY, "T1")))
    moved, later = events_of(frame(), plan(Session(DAY.replace(day=18), Slot.DAY, "T1")), known)
    assert {event.uid for event in moved} == set(known.sequences)
    assert {event.sequence for event in moved} == {1}
    assert set(later.sequences.values()) == {1}


def test_another_team_gains_what_the_first_one_loses():
    _, known = events_of(frame(), plan(Session(DAY, Slot.DAY, "T1")))
    events, _ = events_of(frame(), plan(Session(DAY, Slot.DAY, "T2")), known)
    said = {(str(e.audience), e.owner, e.sequence, e.cancelled) for e in events}
    assert said == {
        ("unit", "500156", 1, False),
        ("team", "T2", 0, False),
        ("team", "T1", 1, True),
    }


def test_a_session_that_comes_back_goes_on_counting():
    _, known = events_of(frame(), plan(Session(DAY, Slot.DAY, "T1")))
    gone, without = events_of(frame(), (), known)
    assert {(e.cancelled, e.sequence) for e in gone} == {(True, 1)}
    back, _ = events_of(frame(), plan(Session(DAY, Slot.DAY, "T1")), without)
    assert {(e.cancelled, e.sequence) for e in back} == {(False, 2)}
    quiet, _ = events_of(frame(), (), without)
    assert quiet == ()
