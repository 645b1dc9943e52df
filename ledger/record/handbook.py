"""Handbook on record (成长手册): care entries, written by the caregiver of the pair alone.

A line is never changed: whoever wrote it strikes it out, with the reason, and writes another.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from casework.access import Action
from casework.care_tasks import concern_task
from casework.errors import Conflict, NotFound, Refused
from casework.handbook import CareEntry, CareKind, CarePlace, Excuse, faults
from casework.pairings import PairingId, PairingState
from casework.programme import Programme
from casework.records import ChildRecord
from casework.rhythm import Lived, Written
from casework.wording import label
from ledger.record.book import Book
from ledger.record.care_tables import care_entries
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_rows import ERASED
from ledger.record.pairing_tables import pairing_events
from ledger.record.pairings import OnRecord, find
from ledger.record.people import these
from ledger.record.scope import NOT_THERE, Areas, Scope, acting
from ledger.record.tasks import add_tasks

_AREAS = Areas(
    care_entries.c.unit,
    care_entries.c.township,
    care_entries.c.village,
    care_entries.c.pairing_id,
)
FEW = 200
"""So many pairings are asked for by name; of more the whole unit is read."""
_WORDS, _WHY = "care_entries.words", "care_entries.struck_why"


@dataclass(frozen=True, slots=True)
class Line:
    """A care entry on record.

    Attributes
    ----------
    struck
        Why it was struck out; None while it counts.
    """

    id: str
    pairing: PairingId
    written: Written
    by: str
    struck: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A line to write: for which pairing, on which day, and the key that makes it one."""

    pairing: PairingId
    entry: CareEntry
    on: date
    request_key: str


def write_entry(book: Book, asked: Asked, programme: Programme) -> str:
    """Write a line and give its id; a concern makes a task. The same request again is the same.

    Raises
    ------
    Refused
        When the line cannot be right: everything that is wrong with it is told at once.
    NotFound
        When the pairing is not the caregiver's own.
    """
    found = find(book, asked.pairing, Action.CARE_WRITE)
    key = _key(book, asked)
    there = select(care_entries.c.id).where(care_entries.c.request_key == key)
    known: str | None = book.connection.scalar(there)
    if known:
        return known
    began = found.pairing.started_on
    if began is None:
        raise Conflict("这对结对还没有生效 / this pairing has not begun")
    wrong = faults(asked.entry, began, asked.on)
    if wrong:
        said = ("；".join(label(f) for f in wrong), "; ".join(label(f, "en") for f in wrong))
        raise Refused(" / ".join(said))
    entry_id = book.new_id()
    book.connection.execute(insert(care_entries), _row(book, found, entry_id, asked))
    if asked.entry.has_concern:
        child = next(iter(these(book, [found.pairing.child])), None)
        if child is not None and isinstance(child.record, ChildRecord):
            task = concern_task(child.record, entry_id, programme, asked.on)
            add_tasks(book, found.seat.unit, [task])
    kinds = ",".join(sorted(asked.entry.kinds))
    book.note(Action.CARE_WRITE, "care_entry", entry_id, pairing=asked.pairing, kinds=kinds)
    return entry_id


def strike_out(book: Book, entry_id: str, why: str) -> None:
    """Strike out a line of one's own; it stays readable and counts for nothing.

    Raises
    ------
    NotFound
        When it is not a line of one's own.
    Refused
        When no reason is given.
    """
    row = book.connection.execute(
        select(care_entries).where(care_entries.c.id == entry_id)
    ).first()
    find(book, PairingId(row.pairing_id if row else ""), Action.CARE_WRITE)
    if row is None or row.written_by != acting(book).id:
        raise NotFound(NOT_THERE)
    if not why.strip():
        raise Refused("请写明删去的原因 / say why it is struck out")
    sealed = book.vault.seal(row.child_id, _WHY, why.strip())
    done = book.connection.execute(
        update(care_entries)
        .where(care_entries.c.id == entry_id, care_entries.c.struck_at.is_(None))
        .values(struck_at=book.at, struck_why=sealed)
    )
    if done.rowcount:
        book.note("care_strike", "care_entry", entry_id, pairing=row.pairing_id)


def lines_of(book: Book, pairing: PairingId) -> tuple[Line, ...]:
    """Give the handbook of one pairing, the newest first, with what was struck out."""
    find(book, pairing, Action.CARE_READ)
    of_it = select(care_entries).where(care_entries.c.pairing_id == pairing)
    order = (care_entries.c.on_day.desc(), care_entries.c.written_at.desc(), care_entries.c.id)
    rows = book.connection.execute(of_it.order_by(*order)).all()
    book.note(Action.CARE_READ, "pairing", pairing, lines=len(rows))
    return tuple(_line(book, row) for row in rows)


def care_of(
    book: Book, pairings: Sequence[OnRecord], unit: str
) -> Mapping[PairingId, tuple[Lived, tuple[Written, ...]]]:
    """Give what pairings lived through and what was written of them, without the words."""
    columns = care_entries.c
    counted = [*_of_unit(book, unit), columns.struck_at.is_(None)]
    if len(pairings) <= FEW:
        counted.append(columns.pairing_id.in_([found.pairing.id for found in pairings]))
    rows = book.connection.execute(
        select(care_entries).where(*counted).order_by(columns.pairing_id, columns.on_day)
    )
    written = {
        pairing: tuple(_written(row, "") for row in group)
        for pairing, group in groupby(rows, lambda row: row.pairing_id)
    }
    rests = _rests(book, pairing_events.c.unit == unit)
    return {
        found.pairing.id: (_lived(found, rests), written.get(found.pairing.id, ()))
        for found in pairings
        if found.pairing.started_on
    }


def marks_of(book: Book, pairings: Sequence[OnRecord], unit: str) -> Mapping[PairingId, object]:
    """Give of each pairing that began what changes whenever ``care_of`` does."""
    columns = care_entries.c
    told = select(
        columns.pairing_id,
        func.count(),
        func.count(columns.struck_at),
        func.max(columns.written_at),
    )
    rows = book.connection.execute(told.where(*_of_unit(book, unit)).group_by(columns.pairing_id))
    entries = {row[0]: tuple(row[1:]) for row in rows}
    rests = _rests(book, pairing_events.c.unit == unit)
    return {
        found.pairing.id: (_lived(found, rests), entries.get(found.pairing.id))
        for found in pairings
        if found.pairing.started_on
    }


def _of_unit(book: Book, unit: str) -> tuple[ColumnElement[bool], ...]:
    return Scope.of(book, Action.CARE_READ).where(_AREAS), care_entries.c.unit == unit


def lived_of(book: Book, found: OnRecord) -> Lived:
    """Give the time one pairing was in force; it has begun."""
    return _lived(found, _rests(book, pairing_events.c.pairing_id == found.pairing.id))


def _lived(found: OnRecord, rests: Mapping[str, Sequence[tuple[date, date | None]]]) -> Lived:
    began, closure = found.pairing.started_on, found.pairing.closure
    assert began is not None
    return Lived(began, closure.on if closure else None, rests.get(found.pairing.id, ()))


def _rests(book: Book, which: ColumnElement[bool]) -> Mapping[str, list[tuple[date, date | None]]]:
    """Give when pairings rested or were stopped, by their history."""
    events = pairing_events.c
    rows = book.connection.execute(
        select(events.pairing_id, events.on_day, events.state)
        .where(which)
        .order_by(events.pairing_id, events.number)
    )
    resting = (str(PairingState.ON_HOLD), str(PairingState.SUSPENDED))
    found: dict[str, list[tuple[date, date | None]]] = {}
    for pairing, group in groupby(rows, lambda row: row.pairing_id):
        since: date | None = None
        for row in group:
            if row.state in resting:
                since = since or row.on_day
            elif since is not None:
                found.setdefault(pairing, []).append((since, row.on_day))
                since = None
        if since is not None:
            found.setdefault(pairing, []).append((since, None))
    return found


def _key(book: Book, asked: Asked) -> str:
    """Give what makes a request of this account the same one."""
    return sha256(f"{acting(book).id} {asked.request_key}".encode()).hexdigest()


def _row(book: Book, found: OnRecord, entry_id: str, asked: Asked) -> dict[str, Any]:
    entry, child = asked.entry, found.pairing.child
    return {
        "id": entry_id,
        "request_key": _key(book, asked),
        "pairing_id": asked.pairing,
        "unit": found.seat.unit,
        "township": found.seat.township,
        "village": found.seat.village,
        "child_id": child,
        "on_day": entry.on,
        "kinds": ",".join(sorted(entry.kinds)),
        "place": str(entry.place),
        "minutes": entry.minutes,
        "is_boarding": entry.is_boarding,
        "has_concern": entry.has_concern,
        "excuse": str(entry.excuse) if entry.excuse else None,
        "written_on": asked.on,
        "written_at": book.at,
        "written_by": acting(book).id,
        "words": book.vault.seal(child, _WORDS, entry.summary.strip()),
    }


def _line(book: Book, row: Row[Any]) -> Line:
    words = _unsealed(book, row.child_id, _WORDS, row.words)
    struck = _unsealed(book, row.child_id, _WHY, row.struck_why) if row.struck_at else None
    written = _written(row, words)
    return Line(row.id, PairingId(row.pairing_id), written, row.written_by, struck)


def _written(row: Row[Any], words: str) -> Written:
    entry = CareEntry(
        kinds=frozenset(CareKind(kind) for kind in row.kinds.split(",")),
        on=row.on_day,
        place=CarePlace(row.place),
        minutes=row.minutes,
        summary=words,
        is_boarding=row.is_boarding,
        has_concern=row.has_concern,
        excuse=Excuse(row.excuse) if row.excuse else None,
    )
    return Written(entry, row.written_on)


def _unsealed(book: Book, child: str, field: str, sealed: bytes | None) -> str:
    if sealed is not None:
        with suppress(PersonErased):  # the child was erased: her words with her
            return book.vault.unseal(child, field, bytes(sealed))
    return ERASED
