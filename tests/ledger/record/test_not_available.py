"""Whoever is stopped to protect children is not available from then on, and nobody reads why."""

from datetime import date

import pytest
from sqlalchemy import update

from casework.access import SYSTEM_ACTOR, Action, Actor, Role
from casework.access import area as path
from casework.people import CaregiverStatus
from casework.supervision import Measure
from ledger.record.corrections import correct
from ledger.record.figures import count_now
from ledger.record.pairing_tables import pairings
from ledger.record.people import PageAsk, ledgers_of, page_of, read_person
from ledger.record.people_tables import people
from ledger.record.person_writing import Source, SourceKind
from ledger.record.scope import Scope
from tests.figures_on_record import ON, TAIAN, UNIT, pair, put

WANG = Actor("wang", Role.UNIT, path(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, path(UNIT, TAIAN))
SUSPENDED, ACTIVE = CaregiverStatus.SUSPENDED, CaregiverStatus.ACTIVE


@pytest.fixture
def caregiver(store):
    child, caregiver = put(store, children=1, caregivers=1)
    pair(store, child, caregiver)
    return caregiver


def become(store, **values):
    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.connection.execute(update(pairings).values(**values))


def status_of(store, caregiver, actor=WANG):
    with store.reading(actor, "read") as book:
        return read_person(book, caregiver).record.status


def listed(store, status):
    with store.reading(WANG, "list") as book:
        return page_of(book, PageAsk("caregiver", UNIT, status=status)).total


def in_the_ledger(store):
    with store.reading(WANG, "ledgers") as book:
        return [person.status for person in ledgers_of(book, UNIT).caregivers]


def test_she_who_serves_is_shown_as_serving(store, caregiver):
    assert (status_of(store, caregiver), in_the_ledger(store)) == (ACTIVE, [ACTIVE])
    assert (listed(store, ACTIVE), listed(store, SUSPENDED)) == (1, 0)


@pytest.mark.parametrize(
    "how",
    [{"state": "suspended"}, {"state": "closed", "end_reason": "safeguarding"}],
    ids=["stopped", "found a danger"],
)
def test_from_the_moment_she_is_stopped_every_list_record_and_ledger_shows_it(
    store, caregiver, how
):
    become(store, **how)
    assert status_of(store, caregiver) is SUSPENDED
    assert status_of(store, caregiver, TOWN) is SUSPENDED
    assert in_the_ledger(store) == [SUSPENDED]
    assert (listed(store, ACTIVE), listed(store, SUSPENDED)) == (0, 1)


def test_what_is_written_of_her_meanwhile_does_not_let_her_serve_again(store, caregiver):
    become(store, state="suspended")
    source = Source(SourceKind.HAND, "", date(2021, 9, 20), "电话更正")
    with store.writing(WANG, "correct") as book:
        correct(book, caregiver, 1, {"phone": "13900000000", "status": ACTIVE}, source)
    assert status_of(store, caregiver) is SUSPENDED
    become(store, state="on_hold")  # the suspicion was lifted
    assert status_of(store, caregiver) is ACTIVE


def test_her_free_places_are_nobodys(store, caregiver):
    def free():
        with store.looking() as connection:
            scope = Scope.for_actor(WANG, Action.MAP_AGGREGATE)
            seen = count_now(connection, scope, ON, UNIT)
            return sum(figures.get(Measure.FREE_PLACES, 0) for figures in seen.values())

    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.connection.execute(update(people).where(people.c.id == caregiver).values(places=3))
    assert free() == 2
    become(store, state="suspended")
    assert free() == 0


def test_one_who_is_not_hers_is_not_touched(store, caregiver):
    _, other = put(store, children=1, caregivers=1)
    become(store, state="suspended")
    assert status_of(store, other) is ACTIVE
