"""ID numbers in full (身份证号全号): one person's, while a grant for her is open."""

from sqlalchemy import select

from casework.access import Action, BasisKind, LawfulBasis, Target, area, decide
from casework.errors import NotFound
from ledger.record.accounts_tables import grants
from ledger.record.book import Book
from ledger.record.people import these
from ledger.record.people_tables import people
from ledger.record.scope import NOT_THERE, acting, refuse


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
    actor, known = acting(book), person_target(book, person)
    basis = _open_basis(book, actor.id, person)
    target = Target(known.kind, known.area, person, basis=basis)
    refuse(decide(actor, Action.ID_NUMBER_READ, target))
    book.note(Action.ID_NUMBER_READ, known.kind, [person])
    return next((each.record.resident_id for each in these(book, [person])), "")


def _open_basis(book: Book, account: str, person: str) -> LawfulBasis | None:
    mine = (
        grants.c.account_id == account,
        grants.c.record_id == person,
        grants.c.action == str(Action.ID_NUMBER_READ),
        grants.c.opens_at <= book.at,
        grants.c.ends_at > book.at,
    )
    row = book.connection.execute(select(grants).where(*mine)).first()
    return LawfulBasis(BasisKind(row.basis), row.basis_by, row.basis_on) if row else None
