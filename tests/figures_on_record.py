"""Children, caregivers and pairings on record by the handful, for tests of figures."""

from datetime import date
from itertools import count

from sqlalchemy import insert

from casework.access import SYSTEM_ACTOR
from casework.people import Home
from ledger.record.pairing_tables import pairings, proposals
from ledger.record.person_writing import Source, SourceKind, add_people
from tests.people_on_record import caregiver, child

ON = date(2021, 9, 15)
UNIT, TAIAN, FENSHUI = "500101", "500101109", "500101110"
_orders = count(10)


def put(store, children=0, caregivers=0, township=TAIAN, unit=UNIT, as_of=ON, **facts):
    """Put so many people of a township on record; give the ids."""
    home = Home(unit, township, "凤山村", facts.pop("place", None))
    rows = [child(order=next(_orders), home=home, **facts) for _ in range(children)]
    rows += [caregiver(order=next(_orders), home=home, **facts) for _ in range(caregivers)]
    with store.writing(SYSTEM_ACTOR, "test") as book:
        return add_people(book, rows, Source(SourceKind.HAND, "", as_of))


def pair(store, child_id, caregiver_id, state="active", household="", unit=UNIT, township=TAIAN):
    """Put a pairing on record as it would stand."""
    row = {
        "id": f"p{next(_orders)}",
        "version": 1,
        "unit": unit,
        "township": township,
        "village": "",
        "caregiver_township": township,
        "child_id": child_id,
        "caregiver_id": caregiver_id,
        "household": household or child_id,
        "state": state,
        "proposal_id": "",
        "facts": "{}",
    }
    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.connection.execute(insert(pairings), row)


def proposed(store, answer, unit=UNIT, state="submitted"):
    """Put a proposal's answer on record."""
    with store.writing(SYSTEM_ACTOR, "test") as book:
        row = {
            "id": f"q{next(_orders)}",
            "version": 1,
            "unit": unit,
            "state": state,
            "author": "wang",
            "made_at": book.at,
            "on_day": ON,
            "fingerprint": "f",
            "rules": "{}",
            "mark": "{}",
            "answer": answer,
        }
        book.connection.execute(insert(proposals), row)
