"""Kept warm: what was worked out of a unit on record, until anything of it changes (暖机).

Looking again costs one count; the permission is asked each time before, and the audit says each
time what was read.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from ledger.record.book import Book
from ledger.record.people import ask_for_ledgers, note_ledgers
from ledger.record.stamps import stamp_of
from ledger.record.store import Store
from service.workflows.unit_on_record import Desk, UnitOnRecord, unit_on_record

T = TypeVar("T")
MOST = 16
EVERY_UNIT = 64
"""A city has 41, and in a busy hour each of them looks again and again."""

_kept: WeakKeyDictionary[Store, dict[str, OrderedDict[tuple[object, ...], tuple[object, Any]]]]
_kept = WeakKeyDictionary()
_lock = threading.Lock()


def kept_warm(
    desk: Desk, what: tuple[str, ...], stamp: object, make: Callable[[], T], most: int = MOST
) -> T:
    """Give what was made before under the same stamp, else make it and keep it.

    Of each kind of thing, ``what[0]``, the ``most`` asked for last are kept.
    """
    key = (desk.reader.on, *what)
    with _lock:
        ours = _kept.setdefault(desk.store, {}).setdefault(what[0], OrderedDict())
        known = ours.get(key)
        if known is not None and known[0] == stamp:
            ours.move_to_end(key)
            found: T = known[1]
            return found
    made = make()
    with _lock:
        ours[key] = (stamp, made)
        while len(ours) > most:
            ours.popitem(last=False)
    return made


def unit_now(desk: Desk, book: Book, unit: str) -> UnitOnRecord:
    """Read a unit as it is now, or give it as it was read when nothing changed since.

    For looking only: what is approved or begun is judged by ``unit_on_record``.
    """
    ask_for_ledgers(book, unit)
    stamp = (stamp_of(book, unit), id(desk.reader))  # kept with it: no other can be there
    noted = len(book.notes)
    found = kept_warm(
        desk, ("unit now", unit), stamp, lambda: unit_on_record(book, unit, desk.reader)
    )
    if len(book.notes) == noted:
        note_ledgers(book, found.ledgers)
    return found
