"""Writing people: somebody new, or a new version of somebody on record (立卷与变更).

A version is never changed: what is wrong is put right by a newer one, with its source.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import bindparam, insert, update

from casework.errors import Conflict
from casework.import_diff import OnRecord
from casework.people import Category
from casework.records import ChildRecord
from ledger.record.book import Book
from ledger.record.people_tables import people, person_versions
from ledger.record.person_text import ON_RECORD, Record, kind_of, text_of_record

T = TypeVar("T")
Told = Callable[[int, int], None]
"""Told how many people of how many are written."""
_TOLD_EACH = 250

MANDATORY = frozenset(
    (Category.SCATTERED_ORPHAN, Category.DE_FACTO_UNATTENDED, Category.UNSPECIFIED)
)


class SourceKind(StrEnum):
    """Where a version comes from."""

    IMPORT = "import"
    HAND = "hand"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Source:
    """Why people are written: an import by its id, or somebody's hand with the reason.

    Attributes
    ----------
    as_of
        The day it speaks for.
    """

    kind: SourceKind
    id: str
    as_of: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A new version of somebody: what stands after it, and the fields that changed."""

    before: OnRecord[Any]
    record: Record
    fields: tuple[str, ...]
    is_on_record: bool = True
    as_of: date | None = None


def counted(items: Iterable[T], told: Told, before: int, total: int) -> Iterator[T]:
    """Give items one by one and tell now and then how many were given, after those before."""
    for n, item in enumerate(items, before + 1):
        if n % _TOLD_EACH == 0:
            told(n, total)
        yield item


def add_people(book: Book, records: Iterable[Record], source: Source) -> list[str]:
    """Put people on record; give their ids, in the order of the records."""
    now, versions = [], []
    for record in records:
        person = book.new_id()
        book.vault.welcome(person)
        now.append({"id": person, "version": 1, **plain_columns(book, record, source.as_of)})
        first = {"version": 1, "as_of": source.as_of, "changed": ""}
        versions.append(_version(book, source, person, record, **first))
    if now:
        book.connection.execute(insert(people), now)
        book.connection.execute(insert(person_versions), versions)
    return [row["id"] for row in now]


def change_people(book: Book, changes: Iterable[Change], source: Source) -> None:
    """Write new versions.

    Raises
    ------
    Conflict
        When somebody was changed since she was read.
    """
    now, versions = [], []
    for change in changes:
        known = change.before
        as_of = change.as_of or max(source.as_of, known.as_of)
        columns = plain_columns(book, change.record, as_of)
        columns |= {"is_on_record": change.is_on_record, "new_version": known.version + 1}
        if not change.is_on_record:
            columns["id_lookup"] = None  # so that she may be put on record anew
        now.append({"this": known.record.id, "expected": known.version, **columns})
        number, fields = known.version + 1, ",".join(change.fields)
        given = {"version": number, "as_of": as_of, "changed": fields}
        versions.append(_version(book, source, known.record.id, change.record, **given))
    if not now:
        return
    done = book.connection.execute(_CHANGE, now)
    if done.rowcount != len(now):
        raise Conflict(
            "有人的记录刚被改过，请重新预览 / a record was changed meanwhile: look again"
        )
    book.connection.execute(insert(person_versions), versions)


def spoken_of(book: Book, known: Iterable[OnRecord[Any]], on: date) -> None:
    """Remember that a source of this day says of people what stands on record."""
    rows = [{"this": p.record.id, "on": on} for p in known if p.as_of < on]
    if rows:
        book.connection.execute(_SPOKEN_OF, rows)


def plain_columns(book: Book, record: Record, as_of: date) -> dict[str, Any]:
    """Give what stands in plain columns of a record, and the hash to find her by."""
    is_child = isinstance(record, ChildRecord)
    category = record.category if isinstance(record, ChildRecord) else None
    number = record.resident_id
    return {
        "kind": kind_of(record),
        "unit": record.home.unit,
        "township": record.home.township,
        "village": record.home.village,
        "status": str(record.status),
        "category": category and str(category),
        "in_mandatory_scope": is_child and category in MANDATORY,
        "sex": record.sex and str(record.sex),
        "birth_date": record.birth_date,
        "places": None if isinstance(record, ChildRecord) else record.places,
        "as_of": as_of,
        "is_on_record": True,
        "id_lookup": book.vault.lookup("resident_id", number) if number else None,
    }


def with_id(record: Record, person: str) -> Record:
    """Give a record as it stands on record, under its stored id."""
    named: Any = {"id": person, "where": ON_RECORD}
    return replace(record, **named)


_PLAIN = (
    *("kind", "unit", "township", "village", "status", "category", "in_mandatory_scope", "sex"),
    *("birth_date", "places", "as_of", "is_on_record", "id_lookup"),
)
_CHANGE = (
    update(people)
    .where(people.c.id == bindparam("this"), people.c.version == bindparam("expected"))
    .values(version=bindparam("new_version"), **{name: bindparam(name) for name in _PLAIN})
)
_SPOKEN_OF = (
    update(people)
    .where(people.c.id == bindparam("this"), people.c.as_of < bindparam("on"))
    .values(as_of=bindparam("on"))
)


def _version(
    book: Book, source: Source, person: str, record: Record, **given: Any
) -> dict[str, Any]:
    """Give a row of a version; ``given`` are its number, day and changed fields."""
    seal = book.vault.seal
    return {
        "person_id": person,
        "at": book.at,
        "actor": book.actor.id,
        "source": str(source.kind),
        "source_id": source.id,
        "body": seal(person, "record", text_of_record(record)),
        "reason": seal(person, "reason", source.reason) if source.reason else None,
        **given,
    }
