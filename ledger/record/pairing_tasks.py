"""Tasks of pairings on record: made where a step asks for something, settled where it is done."""

from collections.abc import Iterable
from datetime import date

from casework.pairing_tasks import pairing_tasks
from casework.programme import Programme
from casework.records import ChildRecord
from casework.tasks import TaskKind, TaskState
from ledger.record.book import Book
from ledger.record.pairings import OnRecord
from ledger.record.people import these
from ledger.record.tasks import add_tasks, settle_task, tasks_of


def keep_tasks(book: Book, found: Iterable[OnRecord], programme: Programme, on: date) -> int:
    """Put on record what pairings ask for that have just moved; count the new tasks."""
    moved = tuple(found)
    people = {p.record.id: p.record for p in these(book, [r.pairing.child for r in moved])}
    by_unit: dict[str, list[OnRecord]] = {}
    for record in moved:
        by_unit.setdefault(record.seat.unit, []).append(record)
    made = 0
    for unit, records in by_unit.items():
        asked = (
            task
            for record in records
            if isinstance(child := people.get(record.pairing.child), ChildRecord)
            for task in pairing_tasks(record.pairing, child, programme, on)
        )
        made += add_tasks(book, unit, asked)
    return made


def settle_tasks(book: Book, found: OnRecord, kind: TaskKind, outcome: str) -> None:
    """Settle the tasks of one kind that this pairing made."""
    unit, child = found.seat.unit, found.pairing.child
    for stored in tasks_of(book, unit, TaskState.OPEN, kind, child):
        if stored.task.occasion == found.pairing.id:
            settle_task(book, stored.id, stored.version, TaskState.DONE, outcome)
