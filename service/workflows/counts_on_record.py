"""What the record says of a unit's declaration: its people and pairs, counted (在案人数)."""

from ledger.reader import Reader
from ledger.record.book import Book
from ledger.record.pairings import standing
from ledger.record.people import ask_for_ledgers, ledgers_of
from ledger.record.stamps import stamp_of
from ledger.unit_counts import UnitCounts, count_people
from service.workflows.unit_on_record import Desk, named
from service.workflows.warm import EVERY_UNIT, kept_warm


def count_on_record(desk: Desk, unit: str, reader: Reader) -> UnitCounts | None:
    """Count a unit's people on record as of the reader's day; None where no child is on record.

    Kept warm until anything of the unit changes. The audit says when the ledgers were read to be
    counted; to be told the numbers again, at each pause of whoever types, is no reading of them.
    """
    with desk.store.reading(desk.actor, "count for the declaration") as book:
        ask_for_ledgers(book, unit)
        stamp = (stamp_of(book, unit), reader.on, reader.unit)
        return kept_warm(
            desk, ("counts", unit), stamp, lambda: _count(book, unit, reader), EVERY_UNIT
        )


def _count(book: Book, unit: str, reader: Reader) -> UnitCounts | None:
    ledgers = named(ledgers_of(book, unit), unit, reader)
    if not ledgers.children:
        return None
    pairs = [found.pairing for found in standing(book, unit) if found.pairing.holds_child]
    children = frozenset(pair.child for pair in pairs)
    caregivers = frozenset(str(pair.caregiver) for pair in pairs)
    return count_people(ledgers, (children, caregivers) if pairs else None, reader)
