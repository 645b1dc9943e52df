"""Figures from the store: what is counted of a township, and what earlier months keep."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import insert

from casework.access import SYSTEM_ACTOR, Action, Actor, Role, area
from casework.disclosure import Audience, Release, Shown
from casework.people import CaregiverStatus, ChildStatus
from casework.supervision import Measure, shown_areas
from ledger.record.figures import (
    STALE_DAYS,
    Seat,
    count_now,
    keep_month,
    kept_figures,
    kept_months,
)
from ledger.record.releases import areas_of, keep_told, last_told
from ledger.record.round_tables import round_revisions, rounds
from ledger.record.scope import Scope
from tests.figures_on_record import FENSHUI, ON, TAIAN, UNIT, pair, proposed, put

EVERYTHING = Scope.for_actor(SYSTEM_ACTOR, Action.MAP_AGGREGATE)
HERE = Seat(UNIT, TAIAN)
M = Measure


def scope_of(role, *codes):
    return Scope.for_actor(Actor("x", role, area(*codes)), Action.MAP_AGGREGATE)


def counted(store, scope=EVERYTHING, on=ON, unit=""):
    with store.looking() as connection:
        return count_now(connection, scope, on, unit)


def test_children_are_served_or_left_and_some_pairs_wait(store):
    children = put(store, children=4)
    mothers = put(store, caregivers=3)
    pair(store, children[0], mothers[0])
    pair(store, children[1], mothers[1], "conditional")
    pair(store, children[2], mothers[2], "closed")
    found = counted(store)[HERE]
    assert (found[M.CHILDREN], found[M.SERVED], found[M.LEFT], found[M.WAITING]) == (4, 2, 2, 1)


def test_a_pair_stopped_for_safeguarding_leaves_the_child_and_keeps_the_place(store):
    (one,), (mother,) = put(store, children=1), put(store, caregivers=1)
    pair(store, one, mother, "suspended")
    found = counted(store)[HERE]
    assert (found[M.LEFT], found[M.FREE_PLACES], found[M.OVERLOADED]) == (1, 0, 1)


def test_places_are_counted_by_household(store):
    children = put(store, children=3)
    (mother,) = put(store, caregivers=1, places=3)
    pair(store, children[0], mother, household="H1")
    pair(store, children[1], mother, household="H1")
    assert counted(store)[HERE][M.FREE_PLACES] == 2
    pair(store, children[2], mother, household="H2")
    assert counted(store)[HERE][M.FREE_PLACES] == 1


def test_only_active_people_count(store):
    put(store, children=1, status=ChildStatus.AGED_OUT)
    put(store, caregivers=1, status=CaregiverStatus.LEFT)
    assert counted(store) == {}


def test_a_row_that_no_ledger_spoke_of_for_ninety_days_is_stale(store):
    put(store, children=1, as_of=ON - timedelta(days=STALE_DAYS))
    put(store, children=1, as_of=ON - timedelta(days=STALE_DAYS + 1))
    assert counted(store)[HERE][M.STALE] == 1


def test_who_is_out_of_reach_is_known_from_the_newest_proposal_and_only_of_those_left(store):
    children = put(store, children=3)
    (mother,) = put(store, caregivers=1)
    assert M.UNREACHED not in counted(store)[HERE]
    lines = [{"child": one, "reason": "no_caregiver"} for one in children[:2]]
    lines.append({"child": children[2], "reason": "all_full"})
    proposed(store, json.dumps({"unpaired": lines}))
    assert counted(store)[HERE][M.UNREACHED] == 2
    pair(store, children[0], mother)
    assert counted(store)[HERE][M.UNREACHED] == 1
    assert counted(store, scope_of(Role.TOWNSHIP, UNIT, TAIAN))[HERE][M.UNREACHED] == 1


def publish_round(store, *sessions):
    """Publish a round of one unit: each session a day and the townships that it calls."""
    told = [{"date": day.isoformat(), "townships": list(called)} for day, *called in sessions]
    document = json.dumps({"units": [{"unit": UNIT, "sessions": told}]})
    with store.writing(SYSTEM_ACTOR, "test") as book:
        of_round = {"id": "r1", "setup": "{}", "made_at": book.at, "made_by": "x"}
        book.connection.execute(insert(rounds), of_round | {"version": 1})
        revision = {"id": "v1", "round_id": "r1", "what": "planned", "document": document}
        revision |= {"fingerprint": "f", "author": "x", "made_at": book.at, "number": 1}
        book.connection.execute(insert(round_revisions), revision | {"published_at": book.at})


def test_a_township_is_counselled_once_its_session_was_and_only_older_children_are_called(store):
    put(store, children=2)
    put(store, children=1, birth_date=ON.replace(year=ON.year - 5))
    put(store, children=1, birth_date=ON.replace(year=ON.year - 6))
    put(store, children=3, township=FENSHUI)
    assert M.NOT_COUNSELLED not in counted(store)[HERE]
    publish_round(store, (ON + timedelta(days=1), TAIAN), (ON, FENSHUI))
    assert counted(store)[HERE][M.NOT_COUNSELLED] == 3
    assert counted(store)[Seat(UNIT, FENSHUI)][M.NOT_COUNSELLED] == 0
    tomorrow = counted(store, on=ON + timedelta(days=1))
    assert tomorrow[HERE][M.NOT_COUNSELLED] == 0


def test_a_round_that_calls_no_township_by_name_tells_nothing_of_townships(store):
    put(store, children=2)
    publish_round(store, (ON,))
    assert M.NOT_COUNSELLED not in counted(store)[HERE]


def test_counts_are_cut_by_scope(store):
    put(store, children=1)
    put(store, children=2, township=FENSHUI)
    put(store, children=3, unit="500102", township="500102001")
    assert set(counted(store, scope_of(Role.UNIT, UNIT))) == {HERE, Seat(UNIT, FENSHUI)}
    assert set(counted(store, scope_of(Role.TOWNSHIP, UNIT, FENSHUI))) == {Seat(UNIT, FENSHUI)}
    assert len(counted(store, scope_of(Role.CITY))) == 3
    assert set(counted(store, unit="500102")) == {Seat("500102", "500102001")}


def test_an_earlier_month_keeps_its_figures_whatever_happens_later(store):
    put(store, children=2)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        keep_month(book, "2021-09", UNIT, count_now(book.connection, EVERYTHING, ON), ON)
    put(store, children=1)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        keep_month(book, "2021-10", UNIT, count_now(book.connection, EVERYTHING, ON), ON)
        keep_month(book, "2021-10", UNIT, count_now(book.connection, EVERYTHING, ON), ON)
    with store.looking() as connection:
        assert kept_months(connection, EVERYTHING) == {"2021-10": ON, "2021-09": ON}
        assert kept_months(connection, scope_of(Role.UNIT, "500102")) == {}
        months = (kept_figures(connection, EVERYTHING, m) for m in ("2021-09", "2021-10"))
        assert [month[HERE][M.CHILDREN] for month in months] == [2, 3]


def test_what_was_told_last_is_read_back_as_it_was_told(store, clock):
    counts = {UNIT: {M.CHILDREN: 30, M.LEFT: 3}, TAIAN: {M.CHILDREN: 30, M.LEFT: 3}}

    def tell(month, left):
        of_area = {M.CHILDREN: 30, M.LEFT: left}
        told = dict.fromkeys(counts, of_area)
        areas = areas_of(UNIT, told, {})
        _, release = shown_areas(areas, Audience.FEDERATION, lambda _: ())
        with store.writing(SYSTEM_ACTOR, "test") as book:
            keep_told(book, Audience.FEDERATION, UNIT, month, told, release)
        return release

    first = tell("2021-09", 3)
    clock.move(days=30)
    second = tell("2021-10", 0)
    with store.looking() as connection:
        newest = last_told(connection, Audience.FEDERATION, UNIT)
        earlier = last_told(connection, Audience.FEDERATION, UNIT, "2021-09")
        assert last_told(connection, Audience.FEDERATION, "500102") is None
    assert (newest.release, newest.month) == (second, "2021-10")
    assert earlier.release == first
    assert isinstance(first, Release)
    assert earlier.table.counts[M.LEFT, TAIAN] == 3
    assert first.shown[M.LEFT, TAIAN] == Shown(1, 4)


@pytest.mark.parametrize("role", [Role.CAREGIVER, Role.TEAM])
def test_who_supervises_nothing_gets_no_scope_for_it(role):
    from casework.errors import Refused

    with pytest.raises(Refused):
        scope_of(role, *((UNIT, TAIAN) if role is Role.CAREGIVER else ()))
