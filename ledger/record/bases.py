"""Bases on record: a lawful basis of each child's record, stated, withdrawn (合法性基础)."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, select

from casework.access import Action, BasisKind, Target, area, decide
from casework.actors import ChildBasis
from casework.errors import NotFound, Refused
from casework.import_diff import OnRecord
from casework.lawful_bases import (
    basis_in_ledger,
    lacking_tasks,
    refuse_unlawful,
    withdrawn_task,
)
from casework.people import ChildStatus
from casework.programme import Programme
from casework.records import ChildRecord
from casework.tasks import TaskKind, TaskState
from ledger.record.bases_tables import lawful_bases
from ledger.record.book import Book
from ledger.record.corrections import correct
from ledger.record.people import these, whole
from ledger.record.people_tables import people
from ledger.record.person_writing import Source, SourceKind
from ledger.record.scope import NOT_THERE, acting, refuse
from ledger.record.tasks import add_tasks, settle_task, tasks_of

Agreed = dict[str, tuple[int, bool]]
"""Of children by id: in which version they were read, and whether the ledger says consent."""


def state_basis(book: Book, person: str, basis: ChildBasis) -> None:
    """State the basis of a child's record; what was stated before of that kind ends.

    Raises
    ------
    Refused
        When it is half stated, or consent is not the guardian's where it must be.
    """
    child = _child(book, person)
    refuse_unlawful(basis, child.record)
    _end(book, person, basis.kind, basis.on)
    said = {"by": basis.by.strip(), "paper": basis.paper.strip(), "child": basis.is_of_child}
    body = book.vault.seal(person, "basis", json.dumps(said, ensure_ascii=False))
    book.connection.execute(
        lawful_bases.insert().values(
            id=book.new_id(),
            person_id=person,
            unit=child.record.home.unit,
            kind=str(basis.kind),
            on_day=basis.on,
            made_at=book.at,
            made_by=book.actor.id,
            version=1,
            body=body,
        )
    )
    book.note("basis_state", "child", [person], basis=str(basis.kind))
    unit, kind = child.record.home.unit, TaskKind.BASIS_LACKING
    for stored in tasks_of(book, unit, TaskState.OPEN, kind, person):
        settle_task(book, stored.id, stored.version, TaskState.DONE, "")


def withdraw_consent(book: Book, person: str, by: str, on: date, programme: Programme) -> None:
    """Take consent back: its basis ends, the record says so, and a task says what must follow.

    Raises
    ------
    Refused
        When nobody is named who took it back.
    """
    if not by.strip():
        raise Refused("请写明由谁撤回 / say who withdraws it")
    child = _child(book, person)
    _end(book, person, BasisKind.CONSENT, on)
    source = Source(SourceKind.HAND, "", on, f"撤回同意：{by.strip()}")
    taken: dict[str, object] = {"consent_given": False}
    if child.record.basis and child.record.basis.kind is BasisKind.CONSENT:
        taken["basis"] = None
    correct(book, person, child.version, taken, source)
    add_tasks(book, child.record.home.unit, [withdrawn_task(child.record, programme, on)])
    book.note("consent_withdraw", "child", [person])


def basis_of(book: Book, child: ChildRecord) -> ChildBasis | None:
    """Give the basis a child's record stands on now; what was stated goes before the ledger."""
    return bases_of(book, [child]).get(child.id)


def bases_of(book: Book, children: Sequence[ChildRecord]) -> dict[str, ChildBasis]:
    """Give the bases of children of one unit, by id; those without one are not there."""
    found = {c.id: said for c in children if (said := basis_in_ledger(c)) is not None}
    if not children:
        return {}
    stated = (
        select(lawful_bases)
        .where(
            lawful_bases.c.unit == children[0].home.unit,
            lawful_bases.c.ended_on.is_(None),
            lawful_bases.c.body.is_not(None),
        )
        .order_by(lawful_bases.c.made_at, lawful_bases.c.id)
    )
    wanted = {child.id for child in children}
    rows = book.connection.execute(stated)
    return {**found, **{r.person_id: _from_row(book, r) for r in rows if r.person_id in wanted}}


def stated_of(book: Book, person: str) -> tuple[tuple[ChildBasis, date | None], ...]:
    """Give every basis that was stated of a person, and when it ended, the oldest first."""
    rows = book.connection.execute(
        select(lawful_bases)
        .where(lawful_bases.c.person_id == person, lawful_bases.c.body.is_not(None))
        .order_by(lawful_bases.c.made_at, lawful_bases.c.id)
    )
    return tuple((_from_row(book, row), row.ended_on) for row in rows)


def lacking(book: Book, unit: str) -> tuple[ChildRecord, ...]:
    """List the children in force of a unit whose records have no basis, by id."""
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("ledger", area(unit))))
    children = [p.record for p in whole(book, "child", unit) if p.is_in_force]
    known = bases_of(book, children)
    without = tuple(child for child in children if child.id not in known)
    book.note("basis_lacking", "child", [child.id for child in without], unit=unit)
    return without


_UNIT: BindParameter[str] = bindparam("unit")
_IS_STATED = exists().where(
    lawful_bases.c.unit == _UNIT,
    lawful_bases.c.person_id == people.c.id,
    lawful_bases.c.ended_on.is_(None),
    lawful_bases.c.body.is_not(None),
)
_LACK_STATED = select(people.c.id, people.c.version).where(
    people.c.kind == "child",
    people.c.unit == _UNIT,
    people.c.is_on_record,
    people.c.status == str(ChildStatus.ACTIVE),
    ~_IS_STATED,
)


def who_lack(book: Book, unit: str, agreed: Agreed) -> frozenset[str]:
    """Give who is in force without a basis, reading only rows that changed since ``agreed``.

    What the ledger says of consent is sealed; whom it was read of is kept in ``agreed``.
    """
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("ledger", area(unit))))
    rows = book.connection.execute(_LACK_STATED, {"unit": unit}).all()
    changed = [row.id for row in rows if agreed.get(row.id, (0, False))[0] != row.version]
    for found in these(book, changed):
        agreed[found.record.id] = found.version, basis_in_ledger(found.record) is not None
    if changed:
        book.note("basis_lacking", "unit", (), unit=unit, rows=len(changed))
    return frozenset(row.id for row in rows if not agreed.get(row.id, (0, True))[1])


def keep_lacking(book: Book, unit: str, programme: Programme, on: date) -> int:
    """Put a task on record for each child whose record has no basis; count the new ones."""
    return add_tasks(book, unit, lacking_tasks(lacking(book, unit), programme, on))


def settle_lacking(book: Book, unit: str) -> None:
    """Settle the tasks of records that lacked a basis and have one by now, as by an import."""
    waiting = {
        t.task.subject: t for t in tasks_of(book, unit, TaskState.OPEN, TaskKind.BASIS_LACKING)
    }
    for child in bases_of(book, [known.record for known in these(book, sorted(waiting))]):
        settle_task(book, waiting[child].id, waiting[child].version, TaskState.DONE, "")


def _child(book: Book, person: str) -> OnRecord[Any]:
    known = next(these(book, [person]), None)
    if known is None or not isinstance(known.record, ChildRecord):
        raise NotFound(NOT_THERE)
    home = known.record.home
    place = area(home.unit, home.township, home.village or "")
    refuse(decide(acting(book), Action.PERSON_WRITE, Target("child", place, person)))
    return known


def _end(book: Book, person: str, kind: BasisKind, on: date) -> None:
    book.connection.execute(
        lawful_bases.update()
        .where(lawful_bases.c.person_id == person, lawful_bases.c.kind == str(kind))
        .where(lawful_bases.c.ended_on.is_(None))
        .values(ended_on=on, version=lawful_bases.c.version + 1)
    )


def _from_row(book: Book, row: Any) -> ChildBasis:
    said = json.loads(book.vault.unseal(row.person_id, "basis", row.body))
    return ChildBasis(
        BasisKind(row.kind), said["by"], row.on_day, said["paper"], bool(said["child"])
    )
