"""Corrections (更正): one person by hand, with the reason, or back to what stood before."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from casework.access import Action, Target, area, decide
from casework.errors import Conflict, NotFound, Refused
from casework.import_diff import OnRecord
from casework.people import CaregiverStatus
from casework.records import CaregiverRecord, ChildRecord
from ledger.record.book import Book
from ledger.record.people import these
from ledger.record.people_tables import person_versions
from ledger.record.person_text import Record, record_of_text
from ledger.record.person_writing import Change, Source, change_people
from ledger.record.scope import NOT_THERE, acting, refuse

_BY_IMPORT_ONLY = frozenset(("id", "where"))


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
