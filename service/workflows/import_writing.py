"""Imports confirmed and undone: at once where few are concerned, else in a job (入库、撤销).

A job says that it is done in the transaction that writes: what it does is done whole and once,
and not at all where it was stopped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from casework.access import area
from casework.import_decisions import Choice, Decision, undecided
from casework.import_diff import Fate
from casework.people import CaregiverStatus, ChildStatus
from casework.tasks import import_tasks
from ledger.record import jobs as queue
from ledger.record.book import Book
from ledger.record.import_list import ImportLine, find_import
from ledger.record.imports import Confirmed, Decisions, Difference, to_confirm, write_confirmed
from ledger.record.jobs import Job
from ledger.record.tasks import add_tasks
from ledger.record.undo import undo_import
from service.progress import Progress, Stage, silent
from service.workflows.import_work import made_before
from service.workflows.imports_on_record import all_but
from service.workflows.task_desk import desk_of
from service.workflows.unit_on_record import Desk

if TYPE_CHECKING:
    from service.worker import Reporter, Result, Task

CONFIRM, UNDO = "import_confirm", "import_undo"
AT_ONCE = 1_000
"""As many people are written within a second, pages and other work beside it."""
STATUSES: Mapping[str, type[ChildStatus] | type[CaregiverStatus]] = {
    "child": ChildStatus,
    "caregiver": CaregiverStatus,
}

Said = Mapping[str, Sequence[str]]
"""A form: each field with all its values."""
Decide = Callable[[Difference], Decisions]


@dataclass(frozen=True, slots=True)
class Work:
    """The job in which something is written; none where it is written in its request."""

    job: str = ""
    progress: Progress = silent

    def settle(self, book: Book, result: Mapping[str, int]) -> None:
        """Say in the transaction that writes that it was done."""
        if self.job:
            queue.settle_made(book, self.job, result)


def is_much(found: ImportLine) -> bool:
    """Whether an import concerns so many people that it is written in a job."""
    fates = (Fate.NEW, Fate.CHANGED, Fate.DOUBTFUL, Fate.GONE)
    return sum(found.counts[fate] for fate in fates) > AT_ONCE


def in_list(desk: Desk, import_id: str) -> ImportLine:
    """Give an import as the list of imports has it."""
    with desk.store.reading(desk.actor, "find an import") as book:
        return find_import(book, import_id)


def confirm_kept(desk: Desk, import_id: str, decide: Decide, work: Work = Work()) -> Confirmed:
    """Write a preview as decided; whoever is in no row and was not decided becomes a task."""
    with desk.store.writing(desk.actor, "confirm an import") as book:
        found = to_confirm(book, import_id)
        if found is None:
            return Confirmed(import_id)
        decisions = decide(found)
        done = write_confirmed(book, found, decisions, partial(work.progress, Stage.IMPORT))
        left = [
            line
            for n, line in enumerate(found.lines)
            if line.fate is Fate.GONE and n not in decisions.by_line
        ]
        tasks = import_tasks(left, desk.reader.programme, desk.reader.on)
        add_tasks(book, found.batch.unit, tasks)
        work.settle(book, {"added": done.added, "changed": done.changed, "held": done.held})
    return done


def undo_kept(desk: Desk, import_id: str, work: Work = Work()) -> int:
    """Take a confirmed import back, whole; count the people."""
    with desk.store.writing(desk.actor, "undo an import") as book:
        people = undo_import(book, import_id, partial(work.progress, Stage.IMPORT))
        work.settle(book, {"people": people})
    return people


def said_in(found: Difference, said: Said) -> Decisions:
    """Read the decisions of the form, line by line."""
    by_line: dict[int, Decision] = {}
    statuses = STATUSES[found.batch.kind]
    for n, line in enumerate(found.lines):
        (text,) = said.get(f"line{n}", [""])[:1]
        if line.fate is Fate.DOUBTFUL and text:
            choice, _, person = text.partition(":")
            if choice in set(Choice):
                by_line[n] = Decision(Choice(choice), person)
        elif line.fate is Fate.GONE and text in set(statuses):
            by_line[n] = Decision(Choice.TAKE, left_as=statuses(text))
    skipped = set(said.get("skip", []))
    left_out = {n for n in range(len(found.lines)) if str(n) in skipped}
    (standing,) = said.get("standing", [""])[:1]
    others = Choice(standing) if standing in (Choice.KEEP, Choice.TAKE) else None
    return Decisions(by_line, others, all_but(found, left_out))


def ask_to_write(
    desk: Desk, kind: str, unit: str, import_id: str, said: Said | None = None
) -> Job:
    """Have a worker confirm an import or take it back; asked twice it is one job."""
    given = {name: list(values) for name, values in (said or {}).items() if _says(name, values)}
    with desk.store.writing(desk.actor, "write an import") as book:
        return queue.ask(book, kind, area(unit), import_id, {"import": import_id, "said": given})


def see_that_all_is_decided(found: ImportLine, said: Said) -> None:
    """Refuse a form that leaves doubtful rows open while it is on the screen still.

    Raises
    ------
    Conflict
        When there are more doubtful rows than decisions, and no word for all others.
    """
    if any(said.get("standing", ())):
        return
    words = (values[0].partition(":")[0] for name, values in said.items() if name[:4] == "line")
    left = found.counts[Fate.DOUBTFUL] - sum(word in set(Choice) for word in words)
    if left > 0:
        raise undecided(left)


def _says(name: str, values: Sequence[str]) -> bool:
    return (name in ("skip", "standing") or name.startswith("line")) and any(values)


def write_as(task: "Task", progress: "Reporter") -> "Result":
    """Confirm an import, or take it back, as whoever asked for it."""
    with desk_of(task) as desk:
        if made := made_before(desk.store, task.id):
            return made
        progress(Stage.COMPARE, 0, 0)
        work, import_id = Work(task.id, progress), str(task.arguments["import"])
        if task.kind == UNDO:
            return {"people": undo_kept(desk, import_id, work)}
        decide = partial(said_in, said=task.arguments["said"])
        return asdict(confirm_kept(desk, import_id, decide, work))
