"""Stamps: a value that changes with every change of a unit on record (变动戳)."""

from typing import Any

from sqlalchemy import and_, case, func, select

from ledger.record.book import Book
from ledger.record.pairing_tables import overrides, pairing_events, proposals
from ledger.record.people_tables import OF_EITHER_KIND, held_rows, people


def stamp_of(book: Book, unit: str) -> tuple[object, ...]:
    """Give what changes with every change of a unit's people, pairings or what was said.

    Whoever is erased leaves what is on record, and rows that spoke of her wait no more.
    """
    count = func.count()
    is_here = func.sum(case((people.c.is_on_record, 1), else_=0))
    held = held_rows.c
    waits = func.sum(case((and_(held.closed_by == "", held.body.is_not(None)), 1), else_=0))
    looked: tuple[Any, ...] = (
        select(count, is_here, func.sum(people.c.version)).where(
            OF_EITHER_KIND, people.c.unit == unit
        ),
        select(count).where(pairing_events.c.unit == unit),
        select(count, waits, func.max(held.closed_by)).where(held.unit == unit),
        select(count)
        .select_from(proposals.join(overrides, overrides.c.proposal_id == proposals.c.id))
        .where(proposals.c.unit == unit),
    )
    return tuple(value for query in looked for value in book.connection.execute(query).one())
