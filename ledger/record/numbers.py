"""ID numbers in full (身份证号全号): one person's, while a grant for her is open."""

from sqlalchemy import select

from casework.access import Action, Target, area
from casework.errors import NotFound
from ledger.record.book import Book
from ledger.record.grants import granted
from ledger.record.people import these
from ledger.record.people_tables import people
from ledger.record.scope import NOT_THERE


def person_target(book: Book, person: str) -> Target:
    """Give the person a grant is asked for, as the policy reads her.

    Raises
    ------
    NotFound
        When there is nobody of this id on record.
    """
    columns = (people.c.kind, people.c.unit, people.c.township)
    row = book.connection.execute(
        select(*columns).where(people.c.id == person, people.c.is_on_record)
    ).first()
    if row is None:
        raise NotFound(NOT_THERE)
    return Target(row.kind, area(row.unit, row.township), person)


def read_number(book: Book, person: str) -> str:
    """Give a person's whole ID number; each time leaves its row.

    Raises
    ------
    NotFound
        When she is not there, or not in the actor's area.
    Refused
        When no grant for her is open now.
    """
    known = person_target(book, person)
    granted(book, Action.ID_NUMBER_READ, known)
    book.note(Action.ID_NUMBER_READ, known.kind, [person])
    return next((each.record.resident_id for each in these(book, [person])), "")
