"""Months closed by a worker: once each, when they are over, with the day they were counted on."""

from datetime import UTC, date, datetime

import pytest

from casework.access import SYSTEM_ACTOR, Action
from casework.disclosure import Audience
from casework.supervision import Measure
from ledger.record.figures import (
    Seat,
    count_now,
    keep_month,
    kept_figures,
    kept_months,
    month_to_close,
)
from ledger.record.jobs import newest
from ledger.record.releases import last_told
from ledger.record.scope import Scope
from service.workflows import months
from tests.figures_on_record import TAIAN, UNIT, put

ALL = Scope.for_actor(SYSTEM_ACTOR, Action.MAP_AGGREGATE)
LAST, FIRST, THIRD = date(2021, 9, 30), date(2021, 10, 1), date(2021, 10, 3)


@pytest.fixture
def day(monkeypatch):
    """Let it be a day."""

    def be(on):
        monkeypatch.setattr(months, "today", lambda: on)

    return be


def due(store, on):
    with store.looking() as connection:
        return month_to_close(connection, on)


def asked(store):
    with store.looking() as connection:
        return newest(connection, ("500000",), (months.KIND,))


def test_a_month_is_closed_once_it_is_over_and_somebody_was_on_record_in_it(store):
    assert due(store, FIRST) == "", "nobody is on record"
    put(store, children=1)
    assert due(store, LAST) == "", "the month before: nobody was there yet"
    assert due(store, FIRST) == "2021-09"


def test_a_month_begins_at_midnight_in_china(store, clock):
    clock.now = datetime(2021, 9, 30, 17, tzinfo=UTC)
    put(store, children=1)
    assert due(store, FIRST) == "", "one in the morning of the first"


def test_a_missed_month_is_closed_later_with_the_day_it_was_counted_on_and_never_again(store, day):
    put(store, children=2)
    with store.writing(SYSTEM_ACTOR, "a page opened in the month") as book:
        early = date(2021, 9, 15)
        keep_month(book, "2021-09", "", count_now(book.connection, ALL, early), early)
    put(store, children=1)
    day(THIRD)
    assert months.close_month(store, "2021-09") == "2021-09"
    put(store, children=5)
    assert months.close_month(store, "2021-09") == "", "it is closed"
    with store.looking() as connection:
        assert kept_months(connection, ALL) == {"2021-09": THIRD}
        kept = kept_figures(connection, ALL, "2021-09")
    assert kept[Seat(UNIT, TAIAN)][Measure.CHILDREN] == 3


def test_the_city_is_told_of_a_month_when_it_is_closed(store, day):
    put(store, children=2)
    day(FIRST)
    months.close_month(store, "2021-09")
    with store.looking() as connection:
        told = last_told(connection, Audience.FEDERATION, UNIT, "2021-09")
    assert told is not None
    assert set(told.counts) == {UNIT, TAIAN}


def test_a_worker_asks_for_it_once_however_many_there_are(store, day):
    put(store, children=1)
    day(LAST)
    months.ask_to_close(store)
    assert asked(store) == ()
    day(FIRST)
    for _ in range(3):
        months.ask_to_close(store)
    assert [job.arguments for job in asked(store)] == [{"month": "2021-09"}]
    months.close_month(store, "2021-09")
    assert due(store, FIRST) == ""
    assert due(store, datetime(2021, 11, 1, tzinfo=UTC).date()) == "2021-10"
