"""Who has no lawful basis, known again at each look at the price of one count (缺合法性基础)."""

import threading
from weakref import WeakKeyDictionary

from ledger.record.bases import Agreed, who_lack
from ledger.record.book import Book
from ledger.record.store import Store
from service.workflows.unit_on_record import Desk

_kept: WeakKeyDictionary[Store, dict[str, Agreed]] = WeakKeyDictionary()
_lock = threading.Lock()


def without_basis(desk: Desk, book: Book, unit: str) -> frozenset[str]:
    """Give the children in force of a unit whose records have no basis, by id."""
    with _lock:
        agreed = _kept.setdefault(desk.store, {}).setdefault(unit, {})
    return who_lack(book, unit, agreed)
