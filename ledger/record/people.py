"""People on record (在案人员): lists within a scope, one person, her history, whole ledgers.

What is read is cut to the fields the policy gives; ID numbers show masked.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, select, tuple_

from casework.access import Action, Field, Target, area, decide
from casework.errors import NotFound
from casework.import_diff import OnRecord
from casework.people import CaregiverStatus, ChildStatus
from casework.records import CaregiverRecord
from ledger.people import Counts, Ledgers
from ledger.record.book import Book
from ledger.record.held import waiting_rows
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_tables import pairings
from ledger.record.people_tables import people, person_versions
from ledger.record.person_text import Record, name_of_text, record_of_text
from ledger.record.scope import NOT_THERE, Areas, Scope, acting, refuse
from ledger.record.seen import seen_of_text, unseen
from ledger.tables import TableKind
from ledger.units_here import UnitHere

T = TypeVar("T")
AREAS = Areas(people.c.unit, people.c.township, people.c.village)
_LISTS = {"child": Action.CHILD_LIST, "caregiver": Action.CAREGIVER_LIST}
_READS = {"child": Action.CHILD_READ, "caregiver": Action.CAREGIVER_READ}
MOST_ON_A_PAGE = 200
MOST_KEPT = 256

TAKES_PLACE = ("approved", "conditional", "active", "on_hold", "suspended")
"""States of a pairing in which a place of the caregiver's is taken."""
_HAS_SOMEBODY = exists().where(
    pairings.c.child_id == people.c.id,
    pairings.c.state.in_(("approved", "conditional", "active", "on_hold")),
)
IS_STOPPED = exists().where(
    pairings.c.caregiver_id == people.c.id,
    (pairings.c.state == "suspended") | (pairings.c.end_reason == "safeguarding"),
)
"""Stopped to protect children, or found to be a danger: not available, whatever her row says."""
_TAKEN_PLACES = (
    select(func.count(pairings.c.household.distinct()))
    .where(pairings.c.caregiver_id == people.c.id, pairings.c.state.in_(TAKES_PLACE))
    .scalar_subquery()
)
_FREE_PLACES = func.coalesce(people.c.places, 1) - _TAKEN_PLACES
_CURRENT = and_(
    person_versions.c.person_id == people.c.id, person_versions.c.version == people.c.version
)


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Which page of a list: its unit, what it is cut to, and after whom it begins.

    Attributes
    ----------
    after
        (township, id) of the last person of the page before; None for the first page.
    unpaired
        Only children who are to be paired and have no caregiver; with ``with_optional`` those
        too who need not be.
    stale_before
        Only rows that no source has spoken of since that day.
    among
        Only these, by id.
    outside
        Only whose township is none of these: something else that somebody wrote, or nothing.
    has_place
        Only caregivers with a free place, or only those with none.
    born_until
        Only who was born by that day.
    """

    kind: str
    unit: str
    township: str = ""
    status: ChildStatus | CaregiverStatus | None = None
    after: tuple[str, str] | None = None
    most: int = 50
    unpaired: bool = False
    with_optional: bool = False
    stale_before: date | None = None
    among: frozenset[str] | None = None
    outside: frozenset[str] = frozenset()
    has_place: bool | None = None
    born_until: date | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """People of one page, how many there are in all, and where the next page begins."""

    people: tuple[OnRecord[Any], ...]
    total: int
    next: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class PersonVersion:
    """One version of a person: when, by whom, from what, and what changed (历史版本)."""

    version: int
    at: datetime
    actor: str
    source: str
    source_id: str
    as_of: date
    fields: tuple[str, ...]
    reason: str
    record: Record


def page_of(book: Book, ask: PageAsk) -> Page:
    """Give a page of people, in the order of townships, as far as the reader may see."""
    scope = Scope.of(book, _LISTS[ask.kind])
    # people named one by one are others each time: what is asked of them is not worth keeping
    write = _questions if ask.among is None else _questions.__wrapped__
    counted, listed, most = write(scope, ask)
    total = book.connection.scalar(counted) or 0
    rows = book.connection.execute(listed).all()
    shown = rows[:most]
    found = tuple(_each(shown, lambda row: _opened(book, row, scope.fields)))
    book.note(scope.action, ask.kind, [p.record.id for p in found], unit=ask.unit)
    last = (shown[-1].township, shown[-1].id) if len(rows) > most else None
    return Page(found, total, last)


@lru_cache(maxsize=MOST_KEPT)
def _questions(scope: Scope, ask: PageAsk) -> tuple[Select[Any], Select[Any], int]:
    """Write what is asked for a page, once: how many there are, who stands on it and one more."""
    cut, most = _cut(scope, ask), min(ask.most, MOST_ON_A_PAGE)
    listed = _now().where(cut).order_by(people.c.township, people.c.id).limit(most + 1)
    if ask.after:
        listed = listed.where(tuple_(people.c.township, people.c.id) > ask.after)
    return select(func.count()).select_from(people).where(cut), listed, most


def named_so(book: Book, ask: PageAsk, text: str) -> Page:
    """Give those whose name holds a text; names are sealed, so they are looked through here."""
    scope, wanted = Scope.of(book, _LISTS[ask.kind]), text.strip().casefold()
    rows = book.connection.execute(_now().where(_cut(scope, ask)).order_by(people.c.id))
    known = _each(rows, lambda row: _opened(book, row, scope.fields))
    found = tuple(p for p in known if wanted in p.record.name.casefold())
    shown = found[:MOST_ON_A_PAGE]
    book.note(scope.action, ask.kind, [p.record.id for p in shown], unit=ask.unit, by_name=True)
    return Page(shown, len(found), None)


def _cut(scope: Scope, ask: PageAsk) -> ColumnElement[bool]:
    clauses = [people.c.kind == ask.kind, people.c.unit == ask.unit, people.c.is_on_record]
    if ask.township:
        clauses.append(people.c.township == ask.township)
    if ask.status is CaregiverStatus.SUSPENDED:
        clauses.append((people.c.status == str(ask.status)) | IS_STOPPED)
    elif ask.status:
        clauses.append(people.c.status == str(ask.status))
        clauses += [~IS_STOPPED] if ask.kind == "caregiver" else []
    if ask.unpaired:
        clauses += [people.c.status == "active", ~_HAS_SOMEBODY]
        clauses += [] if ask.with_optional else [people.c.in_mandatory_scope]
    if ask.stale_before:
        clauses += [people.c.status == "active", people.c.as_of < ask.stale_before]
    if ask.outside:
        clauses.append(people.c.township.not_in(sorted(ask.outside)))
    if ask.has_place is not None:
        clauses.append(and_(_FREE_PLACES > 0, ~IS_STOPPED) if ask.has_place else _FREE_PLACES <= 0)
    if ask.born_until:
        clauses.append(people.c.birth_date <= ask.born_until)
    if ask.among is not None:
        clauses.append(people.c.id.in_(sorted(ask.among)))
    return and_(scope.where(AREAS), *clauses)


def read_person(book: Book, person: str) -> OnRecord[Any]:
    """Give one person as she stands now.

    Raises
    ------
    NotFound
        When there is none, or she is not in the reader's area.
    """
    row = _row_of(book, person)
    fields = _allowed(book, row, _READS[row.kind])
    book.note(_READS[row.kind], row.kind, person)
    return _opened(book, row, fields)


def unit_of(connection: Connection, person: str) -> str:
    """Give the code of the unit somebody is or was on record in, for upkeep; else empty."""
    return connection.scalar(select(people.c.unit).where(people.c.id == person)) or ""


def history_of(book: Book, person: str) -> tuple[PersonVersion, ...]:
    """Give every version of a person, the newest first (变更历史).

    Of fields that the reader may not see no change is told; and whoever sees not all of a record
    is told no reason but her own, since words may say what the fields hide.
    """
    row = _row_of(book, person)
    fields = _allowed(book, row, _READS[row.kind])
    hidden = unseen(row.kind, fields)
    book.note(_READS[row.kind], row.kind, person, history=True)
    found = book.connection.execute(
        select(person_versions)
        .where(person_versions.c.person_id == person)
        .order_by(person_versions.c.version.desc())
    )
    return tuple(_version(book, row.kind, line, fields, hidden) for line in found)


def _version(
    book: Book, kind: str, line: Row[Any], fields: frozenset[Field], hidden: frozenset[str]
) -> PersonVersion:
    person, changed = line.person_id, tuple(filter(None, line.changed.split(",")))
    is_told = not hidden or line.actor == acting(book).id
    return PersonVersion(
        version=line.version,
        at=line.at,
        actor=line.actor,
        source=line.source,
        source_id=line.source_id,
        as_of=line.as_of,
        fields=tuple(name for name in changed if name not in hidden),
        reason=_unsealed(book, person, "reason", line.reason) if is_told else "",
        record=seen_of_text(kind, _unsealed(book, person, "record", line.body), person, fields),
    )


def find_person(book: Book, kind: str, resident_id: str) -> tuple[str, ...]:
    """Give the ids of whom an exact resident ID is, within the reader's area."""
    scope = Scope.of(book, _LISTS[kind])
    found = book.connection.scalars(
        select(people.c.id)
        .where(scope.where(AREAS), people.c.kind == kind, people.c.is_on_record)
        .where(people.c.id_lookup == book.vault.lookup("resident_id", resident_id))
        .order_by(people.c.id)
    ).all()
    book.note(scope.action, kind, found, by_number=True)
    return tuple(found)


def ledgers_of(book: Book, unit: str) -> Ledgers:
    """Give a unit's ledgers as reading files gives them, under the stored ids.

    Pairs on record are not here: they have a register of their own.
    """
    ask_for_ledgers(book, unit)
    return _ledgers(book, unit)


def ask_for_ledgers(book: Book, unit: str) -> None:
    """Refuse whoever may not read a unit's ledgers whole."""
    refuse(decide(acting(book), Action.PROPOSAL_CREATE, Target("ledger", area(unit))))


def note_ledgers(book: Book, ledgers: Ledgers) -> None:
    """Put on record that a unit's ledgers are read, be it from the rows or from what is kept."""
    rows = len(ledgers.children) + len(ledgers.caregivers)
    book.note("ledger_read", "unit", (), unit=ledgers.unit.code, rows=rows)


def _ledgers(book: Book, unit: str) -> Ledgers:
    children = tuple(p.record for p in whole(book, "child", unit))
    caregivers = tuple(_serving(book, unit))
    held_children = waiting_rows(book, "child", unit)
    held_caregivers = waiting_rows(book, "caregiver", unit)
    here = next((p for p in (*children, *caregivers)), None)
    found = Ledgers(
        unit=UnitHere(unit, here.unit_name if here else unit),
        children=children,
        caregivers=caregivers,
        pairs=(),
        noted_pairs=(),
        held_children=held_children,
        held_caregivers=held_caregivers,
        counts={
            TableKind.CHILDREN: Counts(len(children), len(held_children)),
            TableKind.CAREGIVERS: Counts(len(caregivers), len(held_caregivers)),
            TableKind.PAIRS: Counts(),
        },
        findings=(),
        returned=(),
    )
    note_ledgers(book, found)
    return found


def whole(book: Book, kind: str, unit: str, townships: Sequence[str] = ()) -> list[OnRecord[Any]]:
    """Give everybody on record in a unit, in full, by id; for the program's own comparing."""
    rows = _rows_of(book, kind, unit, townships)
    return list(_each(rows, lambda row: _on_record(book, row)))


def _rows_of(
    book: Book, kind: str, unit: str, townships: Sequence[str] = ()
) -> Iterator[Row[Any]]:
    query = _now().where(people.c.kind == kind, people.c.unit == unit, people.c.is_on_record)
    if townships:
        query = query.where(people.c.township.in_(townships))
    yield from book.connection.execute(query.order_by(people.c.id))


def _serving(book: Book, unit: str) -> Iterator[Any]:
    rows = _rows_of(book, "caregiver", unit)
    yield from _each(rows, lambda row: _as_she_serves(_on_record(book, row).record, row))


def _as_she_serves(record: Record, row: Row[Any]) -> Record:
    """Give a record with her status as it is now; why she is stopped is nowhere in it."""
    if not row.is_stopped or not isinstance(record, CaregiverRecord):
        return record
    return replace(record, status=CaregiverStatus.SUSPENDED)


def these(book: Book, ids: Sequence[str]) -> Iterator[OnRecord[Any]]:
    """Yield people by id, in full; for the program's own use."""
    for start in range(0, len(ids), 500):
        wanted = people.c.id.in_(ids[start : start + 500])
        query = _now().where(wanted, person_versions.c.body.is_not(None))
        yield from _each(book.connection.execute(query), lambda row: _on_record(book, row))


def names_on_record(book: Book, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield who is called what, by id; nobody who was erased."""
    for start in range(0, len(ids), 500):
        wanted = people.c.id.in_(ids[start : start + 500])
        query = select(people.c.id, person_versions.c.body).join(person_versions, _CURRENT)
        rows = book.connection.execute(query.where(wanted, person_versions.c.body.is_not(None)))
        yield from _each(
            rows,
            lambda row: (row.id, name_of_text(book.vault.unseal(row.id, "record", row.body))),
        )


def _now() -> Select[Any]:
    columns = (people, person_versions.c.body, IS_STOPPED.label("is_stopped"))
    return select(*columns).join(person_versions, _CURRENT)


def _row_of(book: Book, person: str) -> Row[Any]:
    row = book.connection.execute(_now().where(people.c.id == person)).first()
    if row is None or row.body is None:  # never there, or erased: in the same words
        raise NotFound(NOT_THERE)
    return row


def _allowed(book: Book, row: Row[Any], action: Action) -> Any:
    place = area(row.unit, row.township, row.village or "")
    target = Target(row.kind, place, row.id, pairings=_own_pairs_with(book, row.id))
    decision = decide(acting(book), action, target)
    refuse(decision)
    return decision.fields


def _own_pairs_with(book: Book, person: str) -> frozenset[str]:
    """Give which of a caregiver's own pairings somebody is part of: a child's, or hers."""
    own = acting(book).own_pairs
    if not own:
        return frozenset()
    part = (pairings.c.child_id == person) | (pairings.c.caregiver_id == person)
    mine = select(pairings.c.id).where(pairings.c.id.in_(sorted(own)), part)
    return frozenset(book.connection.scalars(mine))


def _each(rows: Iterable[Any], read: Callable[[Row[Any]], T]) -> Iterator[T]:
    """Yield what is read of rows, past those who are just being erased: the key goes first."""
    for row in rows:
        with suppress(PersonErased):
            yield read(row)


def _opened(book: Book, row: Row[Any], fields: frozenset[Field]) -> OnRecord[Any]:
    text = book.vault.unseal(row.id, "record", row.body)
    record = seen_of_text(row.kind, text, row.id, fields)
    return OnRecord(_as_she_serves(record, row), row.version, row.as_of)


def _on_record(book: Book, row: Row[Any]) -> OnRecord[Any]:
    text = book.vault.unseal(row.id, "record", row.body)
    return OnRecord(record_of_text(row.kind, text, row.id), row.version, row.as_of)


def _unsealed(book: Book, person: str, field: str, sealed: bytes | None) -> str:
    return book.vault.unseal(person, field, sealed) if sealed else ""
