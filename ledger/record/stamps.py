"""Stamps: a value that changes with every change of a unit on record (变动戳)."""

from typing import Any

from sqlalchemy import func, select

from ledger.record.book import Book
from ledger.record.pairing_tables import overrides, pairing_events
from ledger.record.people_tables import held_rows, people


def stamp_of(book: Book, unit: str) -> tuple[object, ...]:
    """Give what changes with every change of a unit's people, pairings or what was said."""
    count = func.count()
    looked: tuple[Any, ...] = (
        select(count, func.sum(people.c.version)).where(people.c.unit == unit),
        select(count).where(pairing_events.c.unit == unit),
        select(count, func.max(held_rows.c.closed_by)).where(held_rows.c.unit == unit),
        select(count).select_from(overrides),
    )
    return tuple(value for query in looked for value in book.connection.execute(query).one())
