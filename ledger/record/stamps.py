"""Stamps: a value that changes with every change of a unit on record (变动戳)."""

from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, func, select, true

from ledger.record.audit_tables import installation
from ledger.record.book import Book
from ledger.record.pairing_tables import overrides, pairing_events, proposals
from ledger.record.people_tables import OF_EITHER_KIND, held_rows, people


def stamp_of(book: Book, unit: str) -> tuple[object, ...]:
    """Give what changes with every change of a unit's people, pairings or what was said.

    Whoever is erased leaves what is on record, and rows that spoke of her wait no more. A database
    that was restored may count the same of other rows, but has another name.
    """
    return tuple(book.connection.execute(_LOOKED, {"unit": unit}).one())


def database_of(book: Book) -> object:
    """Give the name of the database, which is another once it was restored."""
    return book.connection.scalar(_DATABASE)


def _looked() -> Select[Any]:
    """Put the question once: a page asks it often, and to write it takes longer than to ask it."""
    unit: BindParameter[str] = bindparam("unit")
    count, held = func.count(), held_rows.c
    is_here = func.sum(case((people.c.is_on_record, 1), else_=0))
    waits = func.sum(case((and_(held.closed_by == "", held.body.is_not(None)), 1), else_=0))
    of_people = select(count, is_here, func.sum(people.c.version)).where(
        OF_EITHER_KIND, people.c.unit == unit
    )
    of_rows = select(count, waits, func.max(held.closed_by)).where(held.unit == unit)
    events = select(count).where(pairing_events.c.unit == unit)
    said = (
        select(count)
        .select_from(proposals.join(overrides, overrides.c.proposal_id == proposals.c.id))
        .where(proposals.c.unit == unit)
    )
    first, second = of_people.subquery(), of_rows.subquery()
    rest = (query.scalar_subquery() for query in (events, said, _DATABASE))
    return select(*first.c, *second.c, *rest).select_from(first.join(second, true()))


_DATABASE = select(installation.c.id)
_LOOKED = _looked()
