"""Undo (整批撤销): a confirmed import taken back, whole, unless its people were touched since."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, select, tuple_, update

from casework.access import Action, Target, area, decide
from casework.errors import Conflict, NotFound
from ledger.record.book import Book
from ledger.record.held import undo_held
from ledger.record.imports import ImportState
from ledger.record.people import these
from ledger.record.people_tables import imports, people, person_versions
from ledger.record.person_text import Record, record_of_text
from ledger.record.person_writing import Change, Source, SourceKind, Told, change_people, counted
from ledger.record.schema import load_tables
from ledger.record.scope import NOT_THERE, acting, refuse

_PEOPLE = ("child_id", "caregiver_id")


@dataclass(frozen=True, slots=True)
class _Written:
    """A version that an import wrote, and the version its person is at now."""

    person_id: str
    version: int
    now: int


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking an import back would do.

    Attributes
    ----------
    kind
        ``child`` or ``caregiver``.
    changes
        Each person as she stands now, what would stand again, and the fields that differ; who was
        new would be off the record. Of those in the way nothing is said.
    in_the_way
        Ids of those whom something touched since: corrected, imported again, or paired.
    """

    kind: str
    changes: tuple[Change, ...]
    in_the_way: frozenset[str]


def look_at_undo(book: Book, import_id: str) -> Undoing:
    """Say what taking a confirmed import back would do, without doing it.

    Raises
    ------
    NotFound
        When there is no such import.
    Conflict
        When it is not confirmed.
    """
    row, found = _look(book, import_id)
    book.note("import_undo_look", row.kind, import_id, unit=row.unit, people=len(found.changes))
    return found


def undo_import(book: Book, import_id: str, told: Told = lambda *_: None) -> int:
    """Take a confirmed import back, whole; count the people it had written.

    Raises
    ------
    Conflict
        When it is not confirmed, or something touched one of its people since.
    """
    row, found = _look(book, import_id)
    if count := len(found.in_the_way):
        raise Conflict(
            f"其中 {count} 人之后又有更正或结对，不能整批撤销，请逐人更正"
            f" / {count} of its people were changed or paired since"
        )
    changes = counted(found.changes, told, 0, len(found.changes))
    change_people(book, changes, Source(SourceKind.UNDO, import_id, row.as_of))
    undo_held(book, import_id)
    book.connection.execute(
        update(imports)
        .where(imports.c.id == import_id)
        .values(state=ImportState.UNDONE, settled_at=book.at, settled_by=book.actor.id)
    )
    book.note("import_undo", row.kind, import_id, unit=row.unit, people=len(found.changes))
    return len(found.changes)


def _look(book: Book, import_id: str) -> tuple[Row[tuple[object, ...]], Undoing]:
    row = book.connection.execute(select(imports).where(imports.c.id == import_id)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("import", area(row.unit))))
    if row.state != ImportState.CONFIRMED:
        raise Conflict("只有已确认的导入可以撤销 / only a confirmed import can be undone")
    written = _written_by(book, import_id)
    touched = {line.person_id for line in written if line.version != line.now}
    touched.update(_used_elsewhere(book, [x.person_id for x in written if x.version == 1]))
    free = [line for line in written if line.person_id not in touched]
    changes = tuple(_backwards(book, row.kind, free))
    return row, Undoing(row.kind, changes, frozenset(touched))


def _written_by(book: Book, import_id: str) -> list[_Written]:
    found = book.connection.execute(
        select(
            person_versions.c.person_id,
            person_versions.c.version,
            people.c.version.label("now"),
        )
        .join(people, people.c.id == person_versions.c.person_id)
        .where(person_versions.c.source_id == import_id)
        .where(person_versions.c.source == SourceKind.IMPORT)
        .order_by(person_versions.c.person_id)
    )
    return [_Written(*line) for line in found]


def _backwards(book: Book, kind: str, written: list[_Written]) -> list[Change]:
    """Give the changes that bring back what stood before; who was new goes off the record."""
    known = {p.record.id: p for p in these(book, [line.person_id for line in written])}
    before = _before(book, kind, [line for line in written if line.version > 1])
    changes = []
    for line in written:
        person = known[line.person_id]
        if line.version == 1:
            changes.append(Change(person, person.record, ("on_record",), is_on_record=False))
            continue
        record, as_of = before[line.person_id]
        fields = tuple(
            name
            for name in person.record.__slots__
            if getattr(person.record, name) != getattr(record, name)
        )
        changes.append(Change(person, record, fields, as_of=as_of))
    return changes


def _before(book: Book, kind: str, lines: list[_Written]) -> dict[str, tuple[Record, date]]:
    found: dict[str, tuple[Record, date]] = {}
    for start in range(0, len(lines), 400):
        keys = [(line.person_id, line.version - 1) for line in lines[start : start + 400]]
        key = tuple_(person_versions.c.person_id, person_versions.c.version)
        for row in book.connection.execute(select(person_versions).where(key.in_(keys))):
            text = book.vault.unseal(row.person_id, "record", row.body)
            found[row.person_id] = record_of_text(kind, text, row.person_id), row.as_of
    return found


def _used_elsewhere(book: Book, ids: list[str]) -> list[str]:
    """Give the people that another table speaks of, such as a pairing."""
    found: list[str] = []
    columns = (c for t in load_tables().sorted_tables for c in t.columns if c.name in _PEOPLE)
    for column in columns:
        for start in range(0, len(ids), 500):
            query = select(column).where(column.in_(ids[start : start + 500])).distinct()
            found += book.connection.scalars(query)
    return found
