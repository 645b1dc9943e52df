"""Pages of pairings: in one order, everybody once, within the reader's area."""

import json

import pytest
from sqlalchemy import update

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record import pairings as record
from ledger.record.key_ring import KeyRing
from ledger.record.pairing_tables import pairings
from ledger.record.pairings import list_pairings, page_of_pairings
from ledger.record.store import Store
from tests.figures_on_record import FENSHUI, TAIAN, UNIT, pair, put

OFFICE = Actor("wang", Role.UNIT, area(UNIT))
TOWN = Actor("town", Role.TOWNSHIP, area(UNIT, TAIAN))
FACTS = {"proposed_by": "wang", "proposed_on": "2021-09-15", "locked": False, "unknown": []}
FACTS |= {"approval": {"by": "wang", "on": "2021-09-15"}}
FACTS |= dict.fromkeys(("override", "hold", "suspension", "closure"))


@pytest.fixture
def store(tmp_path):
    opened = Store.create(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
    for township, many in ((TAIAN, 4), (FENSHUI, 3)):
        children = put(opened, children=many, township=township)
        for child, caregiver in zip(children, put(opened, caregivers=many), strict=True):
            pair(opened, child, caregiver, "approved", township=township)
    with opened.writing(SYSTEM_ACTOR, "test") as book:
        book.connection.execute(update(pairings).values(facts=json.dumps(FACTS)))
        book.note("test", "pairing", (), None)
    yield opened
    opened.close()


def walked(book, township=""):
    """Give the ids of all pages, one after the other, and every total that was told."""
    ids, totals, after = [], set(), ""
    while True:
        found, total, is_more = page_of_pairings(book, UNIT, "", township, after)
        totals.add(total)
        assert 0 < len(found) <= record.MOST_ON_A_PAGE
        ids += [each.pairing.id for each in found]
        if not is_more:
            return ids, totals
        after = found[-1].pairing.id


@pytest.mark.parametrize("most", [1, 2, 3, 7, 8])
@pytest.mark.parametrize(("who", "many"), [(OFFICE, 7), (TOWN, 4)])
def test_page_after_page_everybody_comes_once_and_in_order(store, monkeypatch, most, who, many):
    monkeypatch.setattr(record, "MOST_ON_A_PAGE", most)
    with store.reading(who, "list") as book:
        everybody = [each.pairing.id for each in list_pairings(book, unit=UNIT)]
        assert walked(book) == (everybody, {many})
        assert len(everybody) == many


def test_a_page_can_be_cut_to_a_township_and_begins_after_no_pair_out_of_sight(store):
    with store.reading(OFFICE, "list") as book:
        (other, *_), total, _ = page_of_pairings(book, UNIT, "", FENSHUI)
        assert (total, page_of_pairings(book, UNIT, "closed")) == (3, ((), 0, False))
    with store.reading(TOWN, "list") as book:
        assert page_of_pairings(book, UNIT, "", FENSHUI) == ((), 0, False)
        assert page_of_pairings(book, UNIT, "", "", other.pairing.id) == ((), 4, False)
