"""Kept warm: what was worked out of a unit on record, until anything of it changes (暖机).

Looking again costs one count; the permission is asked each time before.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import func, select

from ledger.record.book import Book
from ledger.record.pairing_tables import overrides, pairing_events
from ledger.record.people_tables import held_rows, people
from service.workflows.unit_on_record import Desk

T = TypeVar("T")
MOST = 8

_kept: OrderedDict[tuple[object, ...], tuple[object, Any]] = OrderedDict()
_lock = threading.Lock()


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


def kept_warm(desk: Desk, what: tuple[str, ...], stamp: object, make: Callable[[], T]) -> T:
    """Give what was made before under the same stamp, else make it and keep it."""
    key = (str(desk.store.engine.url), desk.reader.on, *what)
    with _lock:
        known = _kept.get(key)
        if known is not None and known[0] == stamp:
            _kept.move_to_end(key)
            found: T = known[1]
            return found
    made = make()
    with _lock:
        _kept[key] = (stamp, made)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
