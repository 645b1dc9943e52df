"""Tasks on record (待办): kept until somebody says what became of them.

The same cause makes no second task. One that was settled is opened again when its cause is
still there at a later time than it was due.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, insert, select, tuple_

from casework.access import Action, Target, area, decide
from casework.errors import NotFound
from casework.tasks import Task, TaskKind, TaskState
from ledger.record.book import Book
from ledger.record.key_ring import PersonErased
from ledger.record.people_tables import people, tasks
from ledger.record.scope import NOT_THERE, Areas, Scope, acting, refuse

AREAS = Areas(tasks.c.unit, tasks.c.township)
MOST_ON_A_PAGE = 100
_ORDER = (tasks.c.due, tasks.c.township, tasks.c.kind, tasks.c.id)


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task on record.

    Attributes
    ----------
    person
        The child's stored id; empty for somebody who is not on record.
    outcome
        What became of it, in the words of who settled it.
    """

    id: str
    version: int
    state: TaskState
    task: Task
    person: str
    made_at: datetime
    outcome: str = ""
    settled_by: str = ""


def add_tasks(book: Book, unit: str, new: Iterable[Task]) -> int:
    """Put tasks on record that are not there yet, or no longer open; count them."""
    wanted = {_key(book, unit, task): task for task in new}
    known = {bytes(row.key_lookup): row for row in _known(book, unit, list(wanted))}
    people_here = _townships(book, [task.subject for task in wanted.values()])
    rows = [
        _row_of(book, unit, task, key, people_here)
        for key, task in wanted.items()
        if key not in known
    ]
    if rows:
        book.connection.execute(insert(tasks), rows)
    again = [
        known[key].id
        for key, task in wanted.items()
        if key in known and _is_again(book, known[key], task)
    ]
    if rows or again:
        book.note("tasks_add", "task", [*(row["id"] for row in rows), *again], unit=unit)
    return len(rows) + len(again)


def _known(book: Book, unit: str, keys: list[bytes]) -> Iterator[Any]:
    """Yield those of the keys' tasks that are on record, open or settled."""
    query = select(tasks.c.key_lookup, tasks.c.id, tasks.c.version, tasks.c.state, tasks.c.due)
    for start in range(0, len(keys), 500):
        these = tasks.c.key_lookup.in_(keys[start : start + 500])
        yield from book.connection.execute(query.where(tasks.c.unit == unit, these))


def _is_again(book: Book, known: Any, task: Task) -> bool:
    """Open a settled task again whose cause is still there after the day it was due."""
    if known.state == TaskState.OPEN or task.due <= known.due:
        return False
    values = {"state": str(TaskState.OPEN), "due": task.due, "settled_at": None}
    book.update(tasks, known.id, known.version, **values, settled_by=None, outcome=None)
    return True


def tasks_of(
    book: Book,
    unit: str,
    state: TaskState | None = TaskState.OPEN,
    kind: TaskKind | None = None,
    person: str = "",
) -> tuple[StoredTask, ...]:
    """List the tasks of a unit, or of one person, that the reader may see, the first due first."""
    query = _listed(Scope.of(book, Action.TASK_READ), unit, state, kind)
    return _told(book, unit, query.where(tasks.c.about == person) if person else query)


def page_of_tasks(
    book: Book, unit: str, after: str = "", most: int = MOST_ON_A_PAGE
) -> tuple[StoredTask, ...]:
    """Give a page of the open tasks in the order of ``tasks_of``; ``after`` is the last before."""
    scope = Scope.of(book, Action.TASK_READ)
    query = _listed(scope, unit, TaskState.OPEN, None).limit(most)
    if after:
        last = select(*_ORDER).where(tasks.c.id == after, tasks.c.unit == unit, scope.where(AREAS))
        query = query.where(tuple_(*_ORDER) > last.scalar_subquery())
    return _told(book, unit, query)


def count_tasks(book: Book, unit: str, on: date) -> tuple[int, int]:
    """Count the open tasks that the reader may see, and those due before a day."""
    query = _counted(Scope.of(book, Action.TASK_READ), unit)
    every, late = book.connection.execute(query, {"on": on}).one()
    return every, late


@lru_cache(maxsize=256)  # to write the question takes longer than to ask it
def _counted(scope: Scope, unit: str) -> Select[Any]:
    late = func.coalesce(func.sum(case((tasks.c.due < bindparam("on"), 1), else_=0)), 0)
    is_open = tasks.c.state == str(TaskState.OPEN)
    return select(func.count(), late).where(scope.where(AREAS), tasks.c.unit == unit, is_open)


def _told(book: Book, unit: str, query: Select[Any]) -> tuple[StoredTask, ...]:
    found = book.connection.execute(query).all()
    book.note(Action.TASK_READ, "task", [row.id for row in found], unit=unit)
    return tuple(_opened(book, row) for row in found)


@lru_cache(maxsize=256)
def _listed(
    scope: Scope, unit: str, state: TaskState | None, kind: TaskKind | None
) -> Select[Any]:
    where: list[ColumnElement[bool]] = [scope.where(AREAS), tasks.c.unit == unit]
    if state:
        where.append(tasks.c.state == str(state))
    if kind:
        where.append(tasks.c.kind == str(kind))
    return select(tasks).where(*where).order_by(*_ORDER)


def version_of(book: Book, task_id: str) -> int:
    """Give the version a task is at; 0 where there is none."""
    return book.connection.scalar(select(tasks.c.version).where(tasks.c.id == task_id)) or 0


def settle_task(book: Book, task_id: str, expected: int, state: TaskState, outcome: str) -> None:
    """Say what became of a task.

    Raises
    ------
    Conflict
        When somebody settled it meanwhile.
    """
    row = book.connection.execute(select(tasks).where(tasks.c.id == task_id)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    place = area(row.unit, row.township)
    refuse(decide(acting(book), Action.TASK_WRITE, Target("task", place, task_id)))
    book.update(
        tasks,
        task_id,
        expected,
        state=str(state),
        settled_at=book.at,
        settled_by=book.actor.id,
        outcome=book.vault.seal(row.about, "task_outcome", outcome) if outcome else None,
    )
    book.note(Action.TASK_WRITE, "task", task_id, state=str(state))


def _key(book: Book, unit: str, task: Task) -> bytes:
    return book.vault.lookup("task", f"{unit}\0{task.key}")


def _townships(book: Book, ids: list[str]) -> Mapping[str, str]:
    """Give the township of everybody on record among the subjects."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        query = select(people.c.id, people.c.township)
        rows = book.connection.execute(query.where(people.c.id.in_(ids[start : start + 500])))
        found |= {row.id: row.township for row in rows}
    return found


def _row_of(
    book: Book, unit: str, task: Task, key: bytes, people_here: Mapping[str, str]
) -> dict[str, Any]:
    task_id = book.new_id()
    about = task.subject if task.subject in people_here else task_id
    said = {"subject": task.subject, "occasion": task.occasion, "township": task.township_name}
    body = json.dumps(said | {"values": dict(task.values)}, ensure_ascii=False)
    return {
        "id": task_id,
        "unit": unit,
        "township": people_here.get(task.subject) or task.township or "",
        "kind": str(task.kind),
        "about": about,
        "due": task.due,
        "responsible": task.responsible,
        "state": str(TaskState.OPEN),
        "version": 1,
        "made_at": book.at,
        "made_by": book.actor.id,
        "key_lookup": key,
        "body": book.vault.seal(about, "task", body),
    }


def _opened(book: Book, row: Row[Any]) -> StoredTask:
    said: dict[str, Any] = {"subject": "", "occasion": "", "township": "", "values": {}}
    if row.body is not None:  # an erased child's task says nothing of her any more
        with suppress(PersonErased):
            said = json.loads(book.vault.unseal(row.about, "task", row.body))
    due: date = row.due
    task = Task(
        kind=TaskKind(row.kind),
        subject=said["subject"],
        due=due,
        responsible=row.responsible,
        township_name=said["township"],
        occasion=said["occasion"],
        values=said["values"],
        township=row.township,
    )
    outcome = ""
    if row.outcome is not None:
        with suppress(PersonErased):
            outcome = book.vault.unseal(row.about, "task_outcome", row.outcome)
    person = row.about if row.about != row.id else ""
    return StoredTask(
        row.id,
        row.version,
        TaskState(row.state),
        task,
        person,
        row.made_at,
        outcome,
        row.settled_by or "",
    )
