"""Who has no lawful basis, known again at each look at the price of one count (缺合法性基础)."""

from ledger.record.bases import Agreed, who_lack
from ledger.record.book import Book
from ledger.record.stamps import database_of
from service.workflows.unit_on_record import Desk
from service.workflows.warm import EVERY_UNIT, kept_warm


def without_basis(desk: Desk, book: Book, unit: str) -> frozenset[str]:
    """Give the children in force of a unit whose records have no basis, by id."""
    agreed: Agreed = kept_warm(desk, ("agreed", unit), database_of(book), dict, EVERY_UNIT)
    return who_lack(book, unit, agreed)
