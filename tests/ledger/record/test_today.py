"""What waits today is counted as one would by hand, and as far as the reader may see."""

from dataclasses import asdict, replace

import pytest
from sqlalchemy import insert, update

from casework.access import Action, Actor, Role, area
from casework.errors import Refused
from casework.people import CaregiverStatus, Category, ChildStatus, Home
from ledger.record.imports import keep_preview
from ledger.record.pairing_tables import pairings, proposals
from ledger.record.people_tables import people
from ledger.record.today import today_of
from tests.ledger.record.test_people import CHAIR, NEIGHBOUR, OFFICER, UNIT, batch, take
from tests.people_on_record import NOVEMBER, OCTOBER, SEPTEMBER, caregiver, child

OTHER_TOWN = Home(UNIT, "T2")
AGED = ChildStatus.AGED_OUT


def counted(store, actor, unit=UNIT):
    with store.reading(actor, "today") as book:
        return asdict(today_of(book, unit, NOVEMBER, OCTOBER))


def pair(book, child_id, state, township, due=None):
    row = {"id": book.new_id(), "version": 1, "unit": UNIT, "township": township, "village": ""}
    row |= {"caregiver_township": township, "child_id": child_id, "caregiver_id": "c"}
    row |= {"household": "h", "state": state, "proposal_id": "p", "due_on": due, "facts": "{}"}
    book.connection.execute(insert(pairings), row)


def propose(book, state, author):
    row = {"id": book.new_id(), "version": 1, "unit": UNIT, "state": state, "author": author}
    row |= {"made_at": book.at, "on_day": SEPTEMBER, "fingerprint": "f", "rules": "{}"}
    book.connection.execute(insert(proposals), row | {"mark": "{}", "answer": "{}"})


@pytest.fixture
def stocked(store):
    """Give four children to be paired, two of them here, and what waits about them."""
    rows = (
        child("甲", 2),
        child("乙", 3),
        child("丙", 4, home=OTHER_TOWN),
        child("丁", 5, home=OTHER_TOWN),
        child("戊", 6, status=AGED),
        child("己", 7, category=Category.LEFT_BEHIND),
    )
    take(store, batch(*rows))
    leave = replace(caregiver("庚", 8), status=CaregiverStatus.ON_LEAVE)
    take(store, batch(caregiver("王芳", 9), leave, kind="caregiver", on=NOVEMBER))
    with store.writing(OFFICER, "preview") as book:
        keep_preview(book, batch(child("辛", 10), on=NOVEMBER))
    with store.writing(OFFICER, "pair") as book:
        ids = dict(book.connection.execute(people.select().with_only_columns(
            people.c.township, people.c.id).where(people.c.status == "active",
            people.c.in_mandatory_scope)).all())  # fmt: skip
        town = next(t for t in ids if t != "T2")
        pair(book, ids[town], "active", town)
        pair(book, ids["T2"], "conditional", "T2")
        pair(book, "gone", "closed", "T2", due=NOVEMBER)
        for state, author in (("submitted", "x"), ("partly", OFFICER.id), ("draft", OFFICER.id)):
            propose(book, state, author)
        propose(book, "draft", "x")
    return store


def test_a_unit_counts_its_children_pairs_and_papers(stocked):
    found = counted(stocked, OFFICER)
    assert (found["children"], found["unpaired"]) == (4, 2)
    assert (found["waiting"], found["ready"], found["owing"]) == (1, 0, 1)
    assert (found["to_approve"], found["own_to_approve"], found["drafts"]) == (2, 1, 1)
    assert (found["imports"], found["stale"]) == (1, 5)  # all active children, of September
    assert found["last_import"] is not None
    assert found["last_roster"] is None


def test_a_township_counts_its_own_and_none_of_the_units_papers(stocked):
    found = counted(stocked, CHAIR)
    assert (found["children"], found["unpaired"], found["stale"]) == (2, 1, 3)
    assert (found["waiting"], found["owing"]) == (0, 0)
    papers = ("to_approve", "own_to_approve", "drafts", "imports")
    assert [found[name] for name in papers] == [0, 0, 0, 0]
    assert (found["last_roster"], found["last_import"]) == (None, None)


def test_another_unit_counts_nothing_and_a_city_may_not_ask(stocked):
    assert not any(counted(stocked, NEIGHBOUR).values())
    with pytest.raises(Refused):
        counted(stocked, Actor("city", Role.CITY, area()))


def test_whoever_is_off_record_or_no_longer_active_is_not_counted(stocked):
    with stocked.writing(OFFICER, "leave") as book:
        here = people.c.township == "T2"
        book.connection.execute(update(people).where(here).values(is_on_record=False))
        book.note(Action.PERSON_WRITE, "child")
    found = counted(stocked, OFFICER)
    assert (found["children"], found["unpaired"], found["stale"]) == (2, 1, 3)
