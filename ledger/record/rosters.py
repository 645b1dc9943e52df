"""Rosters on record (民政名册): a monthly comparison and the tasks it makes.

The roster's rows are not kept: what they ask for is a task, and what they say of the ledger is
for the unit to take over by an import or a correction.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select

from casework.access import Action, Target, area, decide
from casework.eligibility import NEARLY_AGED_OUT_MONTHS
from casework.import_diff import Incoming
from casework.people import ChildStatus
from casework.programme import Programme
from casework.records import ChildRecord
from casework.roster import RosterLine, RosterTerms, counts, reconcile
from casework.tasks import roster_tasks
from ledger.record.book import Book
from ledger.record.import_text import text_of_batch
from ledger.record.people import whole
from ledger.record.people_tables import people, rosters
from ledger.record.scope import acting, refuse
from ledger.record.tasks import add_tasks


@dataclass(frozen=True, slots=True)
class RosterAsk:
    """A unit's roster, read, and the rules it is compared by."""

    unit: str
    roster: Incoming[ChildRecord]
    programme: Programme
    on: date
    warn_months: int = NEARLY_AGED_OUT_MONTHS
    unit_name: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class RosterResult:
    """What a comparison found, and how many tasks it made anew."""

    lines: tuple[RosterLine, ...]
    new_tasks: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """Lines of each kind."""
        return {str(fate): n for fate, n in counts(self.lines).items()}


def compare_roster(book: Book, ask: RosterAsk) -> RosterResult:
    """Compare a roster with the ledger; nothing is written."""
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("roster", area(ask.unit))))
    ledger = whole(book, "child", ask.unit)
    numbers = {row.resident_id for row in ask.roster.rows}
    numbers |= {row.resident_id for row in ask.roster.held}
    numbers |= {known.record.resident_id for known in ledger}
    elsewhere = _elsewhere(book, numbers - {""}, ask)
    terms = RosterTerms(ask.programme, ask.on, ask.warn_months, elsewhere)
    book.note("roster_compare", "roster", (), unit=ask.unit, rows=len(ask.roster.rows))
    return RosterResult(reconcile(ask.roster, ledger, terms))


def take_roster(book: Book, ask: RosterAsk) -> RosterResult:
    """Compare a roster and keep its tasks; the same roster twice makes none."""
    found = compare_roster(book, ask)
    new = add_tasks(book, ask.unit, roster_tasks(found.lines, ask.programme, ask.on))
    digest = book.vault.lookup("roster", text_of_batch(ask.roster, in_order=True)).hex()
    same = (rosters.c.unit == ask.unit, rosters.c.digest == digest, rosters.c.as_of == ask.on)
    if book.connection.scalar(select(rosters.c.id).where(*same)) is None:
        row = {
            "id": book.new_id(),
            "unit": ask.unit,
            "as_of": ask.on,
            "digest": digest,
            "made_at": book.at,
            "made_by": book.actor.id,
            "counts": json.dumps(found.counts),
        }
        book.connection.execute(insert(rosters), row)
    book.note("roster_take", "roster", (), unit=ask.unit, tasks=new)
    return RosterResult(found.lines, new)


def _elsewhere(book: Book, numbers: Iterable[str], ask: RosterAsk) -> dict[str, tuple[str, ...]]:
    """Say in which other units' ledgers children are, by hash; no more than the unit's name."""
    by_hash = {book.vault.lookup("resident_id", number): number for number in numbers}
    units: dict[str, set[str]] = defaultdict(set)
    hashes = list(by_hash)
    for start in range(0, len(hashes), 500):
        query: Any = select(people.c.id_lookup, people.c.unit).where(
            people.c.id_lookup.in_(hashes[start : start + 500]),
            people.c.kind == "child",
            people.c.unit != ask.unit,
            people.c.is_on_record,
            people.c.status == str(ChildStatus.ACTIVE),
        )
        for row in book.connection.execute(query):
            units[by_hash[bytes(row.id_lookup)]].add(ask.unit_name(row.unit))
    return {number: tuple(sorted(names)) for number, names in units.items()}
