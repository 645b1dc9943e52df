from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.handbook import CareEntry, CareKind, CarePlace, Excuse, Fault, faults
from casework.rhythm import (
    CareState,
    Lived,
    Period,
    Rhythm,
    Window,
    Written,
    obligations,
    tallies,
    windows,
)

RULES = Rhythm.preset()
YEAR_END = date(2021, 12, 31)
MONDAY = date(2021, 3, 1)
MEETING, TALK = CareKind.WEEKLY_MEETING, CareKind.HALF_MONTHLY_TALK


def entry(on, *kinds, place=CarePlace.HOME, **facts):
    return CareEntry(frozenset(kinds or {MEETING}), on, place, 30, "见了面", **facts)


def written(on, *kinds, after=0, **facts):
    return Written(entry(on, *kinds, **facts), on + timedelta(days=after))


def state_of(window_first, *lines, on, kind=MEETING, since=date(2021, 1, 1), **lived):
    found = obligations(RULES, Lived(since, **lived), lines, on)
    return next(o.state for o in found if o.kind is kind and o.window.first == window_first)


def test_a_whole_year_owes_ninety_five():
    found = Counter(o.kind for o in obligations(RULES, Lived(date(2021, 1, 1)), (), YEAR_END))
    assert list(found.values()) == [52, 24, 12, 4, 2, 1]
    assert sum(found.values()) == 95


def test_the_window_in_which_a_pairing_begins_is_not_counted():
    tuesday = MONDAY + timedelta(days=1)
    weeks = [o.window.first for o in obligations(RULES, Lived(tuesday), (), date(2021, 3, 31))]
    assert MONDAY not in weeks
    assert MONDAY + timedelta(days=7) in weeks
    assert MONDAY in [o.window.first for o in obligations(RULES, Lived(MONDAY), (), MONDAY)]


def test_the_window_in_which_a_pairing_ends_or_rests_is_not_counted():
    wednesday = MONDAY + timedelta(days=9)
    for lived in (
        Lived(MONDAY, ended_on=wednesday),
        Lived(MONDAY, rests=((wednesday, None),)),
        Lived(MONDAY, rests=((wednesday, wednesday + timedelta(days=2)),)),
    ):
        found = obligations(RULES, lived, (), date(2021, 3, 14))
        assert [o.window.first for o in found if o.kind is MEETING] == [MONDAY]


def test_what_is_not_done_in_its_window_is_missed_after_the_days_of_grace():
    sunday = MONDAY + timedelta(days=6)
    assert state_of(MONDAY, on=sunday) is CareState.OPEN
    assert state_of(MONDAY, on=sunday + timedelta(days=7)) is CareState.OPEN
    assert state_of(MONDAY, on=sunday + timedelta(days=8)) is CareState.MISSED
    next_week = written(sunday + timedelta(days=1))
    assert state_of(MONDAY, next_week, on=YEAR_END) is CareState.MISSED


def test_to_write_it_down_there_are_seven_days_more():
    sunday = MONDAY + timedelta(days=6)
    assert state_of(MONDAY, written(sunday, after=7), on=YEAR_END) is CareState.DONE
    assert state_of(MONDAY, written(sunday, after=8), on=YEAR_END) is CareState.DONE_LATE


def test_one_visit_may_count_for_several():
    visit = written(MONDAY, MEETING, TALK)
    assert state_of(MONDAY, visit, on=YEAR_END) is CareState.DONE
    assert state_of(date(2021, 3, 1), visit, on=YEAR_END, kind=TALK) is CareState.DONE


def test_what_is_excused_is_neither_owed_nor_missed():
    away = written(MONDAY, excuse=Excuse.CHILD_AWAY)
    assert state_of(MONDAY, away, on=YEAR_END) is CareState.EXCUSED
    assert state_of(MONDAY, away, written(MONDAY), on=YEAR_END) is CareState.DONE
    (meeting, *_) = tallies(RULES, Lived(MONDAY), (away,), date(2021, 3, 20))
    assert (meeting.owed, meeting.missed, meeting.to_write) == (1, 0, 1)


def test_between_terms_nothing_is_owed_and_the_next_day_that_counts_is_told():
    (*_, activity, _) = tallies(RULES, Lived(date(2021, 1, 1)), (), date(2021, 8, 1))
    assert activity.now is None
    assert activity.begins == date(2021, 9, 1)
    assert windows(Period.TERM, 2020, 2020)[1] == Window(date(2020, 9, 1), date(2021, 1, 30))


@given(
    st.dates(date(2019, 1, 1), date(2027, 12, 31)),
    st.sampled_from([p for p in Period if p is not Period.TERM]),
)
def test_every_day_lies_in_one_window_of_each_period(day, period):
    around = windows(period, day.year - 1, day.year)
    assert sum(window.holds(day) for window in around) == 1


@given(
    st.lists(st.integers(0, 300), max_size=20),
    st.integers(0, 200),
    st.integers(0, 364),
)
def test_the_figures_of_a_kind_add_up(days, began, on):
    first = date(2021, 1, 1)
    lines = [written(first + timedelta(days=n), *CareKind) for n in days if n >= began]
    for tally in tallies(
        RULES, Lived(first + timedelta(days=began)), lines, first + timedelta(days=on)
    ):
        assert tally.owed == tally.done + tally.missed + tally.to_write
        assert 0 <= tally.late <= tally.done


def test_everything_wrong_with_a_line_is_told_at_once():
    wrong = CareEntry(frozenset(), MONDAY, CarePlace.HOME, -1, " ")
    found = set(faults(wrong, MONDAY + timedelta(days=1), MONDAY - timedelta(days=1)))
    assert found == {
        Fault.NO_KIND,
        Fault.LATER_THAN_TODAY,
        Fault.BEFORE_THE_PAIRING,
        Fault.TOO_LONG,
        Fault.NO_WORDS,
    }


def test_a_call_stands_for_the_meeting_only_of_a_child_who_boards():
    call = entry(MONDAY, MEETING, place=CarePlace.PHONE)
    assert faults(call, MONDAY, MONDAY) == (Fault.NOT_IN_PERSON,)
    assert not faults(
        entry(MONDAY, MEETING, place=CarePlace.PHONE, is_boarding=True), MONDAY, MONDAY
    )
    festival = entry(MONDAY, CareKind.YEARLY_FESTIVAL, place=CarePlace.PHONE, is_boarding=True)
    assert faults(festival, MONDAY, MONDAY) == (Fault.NOT_IN_PERSON,)


def test_a_guardian_who_is_not_reached_is_no_excuse():
    kind = CareKind.MONTHLY_GUARDIAN_CONTACT
    for excuse in Excuse:
        wrong = entry(MONDAY, kind, excuse=excuse)
        assert faults(wrong, MONDAY, MONDAY) == (Fault.EXCUSE_DOES_NOT_FIT,)
    assert not faults(entry(MONDAY, excuse=Excuse.CHILD_AWAY), MONDAY, MONDAY)
