"""Corrections (更正、撤销): one person by hand with the reason, or a whole import taken back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_, update

from casework.access import Action, Target, area, decide
from casework.errors import Conflict, NotFound, Refused
from casework.import_diff import OnRecord
from casework.people import CaregiverStatus
from casework.records import CaregiverRecord, ChildRecord
from ledger.record.book import Book
from ledger.record.held import undo_held
from ledger.record.imports import ImportState
from ledger.record.people import these
from ledger.record.people_tables import imports, people, person_versions
from ledger.record.person_text import Record, record_of_text
from ledger.record.person_writing import Change, Source, SourceKind, change_people
from ledger.record.schema import load_tables
from ledger.record.scope import NOT_THERE, acting, refuse

_PEOPLE = ("child_id", "caregiver_id")
_BY_IMPORT_ONLY = frozenset(("id", "where"))


@dataclass(frozen=True, slots=True)
class _Written:
    """A version that an import wrote, and the version its person is at now."""

    person_id: str
    version: int
    now: int


def correct(
    book: Book, person: str, expected: int, values: Mapping[str, object], source: Source
) -> OnRecord[Any]:
    """Put fields of a record right by hand; give her as she stands now.

    Parameters
    ----------
    expected
        The version the correction was made from.
    source
        Of kind HAND, with the reason and the day of the fact.

    Raises
    ------
    Refused
        When no reason is given.
    Conflict
        When she was changed since that version.
    """
    known = next(these(book, [person]), None)
    if known is None:
        raise NotFound(NOT_THERE)
    home = known.record.home
    place = area(home.unit, home.township, home.village or "")
    refuse(decide(acting(book), Action.PERSON_WRITE, Target("person", place, person)))
    if not source.reason.strip():
        raise Refused("请写明更正原因 / say why it is corrected")
    if known.version != expected:
        raise Conflict("这条记录刚被别人改过，请刷新后再改 / it was changed meanwhile: reload")
    given: dict[str, Any] = dict(values)
    if _BY_IMPORT_ONLY & given.keys():
        raise ValueError("an id is no fact of a person")
    record: Record = replace(known.record, **given)
    fields = tuple(n for n in given if getattr(record, n) != getattr(known.record, n))
    if not fields:
        return known
    change_people(book, [Change(known, record, fields)], source)
    book.note(Action.PERSON_WRITE, "person", person, fields=",".join(fields))
    return OnRecord(record, known.version + 1, max(known.as_of, source.as_of))


def stop_caregiver(book: Book, caregiver: str, source: Source) -> None:
    """Let the row of a caregiver who has no pairing say that she is suspended (先停后查).

    Whoever may stop her pairings may; only the unit lets her serve again, by a correction.
    """
    known = next(these(book, [caregiver]), None)
    if known is None or not isinstance(known.record, CaregiverRecord):
        raise NotFound(NOT_THERE)
    home = known.record.home
    place = area(home.unit, home.township, home.village or "")
    refuse(decide(acting(book), Action.CAREGIVER_SUSPEND, Target("caregiver", place, caregiver)))
    if known.record.status is not CaregiverStatus.SUSPENDED:
        record = replace(known.record, status=CaregiverStatus.SUSPENDED)
        change_people(book, [Change(known, record, ("status",))], source)
    book.note(Action.CAREGIVER_SUSPEND, "caregiver", caregiver)


def bring_back(
    book: Book, person: str, expected: int, version: int, source: Source
) -> OnRecord[Any]:
    """Let an earlier version stand again, as a new one (恢复到此前); raises as ``correct``."""
    known = next(these(book, [person]), None)
    line = book.connection.execute(
        select(person_versions)
        .where(person_versions.c.person_id == person)
        .where(person_versions.c.version == version)
    ).first()
    if known is None or line is None or line.body is None:
        raise NotFound(NOT_THERE)
    kind = "child" if isinstance(known.record, ChildRecord) else "caregiver"
    before = record_of_text(kind, book.vault.unseal(person, "record", line.body), person)
    names = [n for n in known.record.__slots__ if n not in _BY_IMPORT_ONLY]
    return correct(book, person, expected, {n: getattr(before, n) for n in names}, source)


def undo_import(book: Book, import_id: str) -> int:
    """Take a confirmed import back, whole; count the people it had written.

    Raises
    ------
    Conflict
        When it is not confirmed, or something touched one of its people since.
    """
    row = book.connection.execute(select(imports).where(imports.c.id == import_id)).first()
    if row is None:
        raise NotFound(NOT_THERE)
    refuse(decide(acting(book), Action.LEDGER_IMPORT, Target("import", area(row.unit))))
    if row.state != ImportState.CONFIRMED:
        raise Conflict("只有已确认的导入可以撤销 / only a confirmed import can be undone")
    written = _written_by(book, import_id)
    touched = [line.person_id for line in written if line.version != line.now]
    touched += _used_elsewhere(book, [x.person_id for x in written if x.version == 1])
    if touched:
        raise Conflict(
            f"其中 {len(set(touched))} 人之后又有更正或结对，不能整批撤销，请逐人更正"
            f" / {len(set(touched))} of its people were changed or paired since"
        )
    source = Source(SourceKind.UNDO, import_id, row.as_of)
    change_people(book, _backwards(book, row.kind, written), source)
    undo_held(book, import_id)
    book.connection.execute(
        update(imports)
        .where(imports.c.id == import_id)
        .values(state=ImportState.UNDONE, settled_at=book.at, settled_by=book.actor.id)
    )
    book.note("import_undo", row.kind, import_id, unit=row.unit, people=len(written))
    return len(written)


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
