"""Pairings on record: written step by step, each with its line of history (结对登记).

One row a pairing, changed only through the steps of ``casework.pairing_life`` and only while it
stands at the version somebody saw; one event a step. Who may take a step is the policy's to say.
"""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, func, insert, select, tuple_

from casework.access import Action, AreaPath, Target, area
from casework.errors import Conflict, NotFound
from casework.pairing_life import Step
from casework.pairings import Pairing, PairingId, PairingState
from casework.people import CaregiverId, ChildId
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.key_ring import PersonErased
from ledger.record.pairing_rows import as_json, from_row, to_row
from ledger.record.pairing_tables import pairing_events, pairings
from ledger.record.scope import NOT_THERE, Areas, Scope, acting

IN_FORCE = tuple(state for state in PairingState if state is not PairingState.CLOSED)
_AREAS = Areas(pairings.c.unit, pairings.c.township, pairings.c.village, pairings.c.id)
_ORDER = (pairings.c.township, pairings.c.village, pairings.c.child_id, pairings.c.id)
_WORDS = "pairing_events.words"
OWING, MOST_ON_A_PAGE = "owing", 200


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a pairing belongs: the child's area, and the township the caregiver serves in."""

    unit: str
    township: str
    village: str
    caregiver_township: str

    @property
    def path(self) -> AreaPath:
        """The child's area as the policy reads it."""
        return area(self.unit, self.township, self.village)

    @property
    def caregivers(self) -> AreaPath:
        """The caregiver's township as the policy reads it."""
        return area(self.unit, self.caregiver_township)


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A pairing as it stands, at its version."""

    pairing: Pairing
    version: int
    seat: Seat


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a pairing's history (结对经过); ``words`` is what was written with it."""

    step: Step
    state: PairingState
    on: date
    at: datetime
    by: str
    words: dict[str, str]


def find(book: Book, pairing: PairingId, action: Action = Action.PAIRING_READ) -> OnRecord:
    """Give a pairing that the actor may see for this act.

    Raises
    ------
    NotFound
        When there is none, or it is out of sight.
    """
    row = book.connection.execute(select(pairings).where(pairings.c.id == pairing)).first()
    where = _seat(row).path if row else ("",)
    require(book, action, Target("pairing", where, pairing, pairings=frozenset({pairing})))
    if row is None:
        raise NotFound(NOT_THERE)
    return _on_record(book, row)


def list_pairings(
    book: Book, *, unit: str = "", in_force: bool = True, child: str = "", caregiver: str = ""
) -> tuple[OnRecord, ...]:
    """List the pairings the actor may see, by township and child; ended ones only if asked."""
    scope = Scope.of(book, Action.PAIRING_READ)
    columns = pairings.c
    clauses = [scope.where(_AREAS)]
    given = ((columns.unit, unit), (columns.child_id, child), (columns.caregiver_id, caregiver))
    clauses += [column == value for column, value in given if value]
    if in_force:
        clauses.append(columns.state.in_(IN_FORCE))
    return _listed(book, *clauses)


def page_of_pairings(
    book: Book, unit: str, of: str, township: str = "", after: str = ""
) -> tuple[tuple[OnRecord, ...], int, bool]:
    """Give a page of pairings, how many there are in all, and whether another page follows.

    They are in the order of ``list_pairings``. ``of`` is a state, ``owing``, or empty for those in
    force; ``after`` is the last of the page before.
    """
    clauses = [Scope.of(book, Action.PAIRING_READ).where(_AREAS), pairings.c.unit == unit]
    last = select(*_ORDER).where(pairings.c.id == after, *clauses).scalar_subquery()
    if of == OWING:
        clauses.append(pairings.c.due_on.is_not(None))
    else:
        clauses.append(pairings.c.state.in_([of] if of in set(PairingState) else IN_FORCE))
    if township:
        clauses.append(pairings.c.township == township)
    total = book.connection.scalar(select(func.count()).select_from(pairings).where(*clauses))
    if after:
        clauses.append(tuple_(*_ORDER) > last)
    found = _listed(book, *clauses, most=MOST_ON_A_PAGE + 1)
    return found[:MOST_ON_A_PAGE], total or 0, len(found) > MOST_ON_A_PAGE


def standing(book: Book, unit: str) -> tuple[OnRecord, ...]:
    """Give every pairing of a unit that is in force, for the program's own reckoning."""
    columns = pairings.c
    return _listed(book, columns.unit == unit, columns.state.in_(IN_FORCE))


def owing(book: Book, unit: str = "") -> tuple[OnRecord, ...]:
    """List ended pairings whose farewell or hand-over nobody has written down yet."""
    scope = Scope.of(book, Action.PAIRING_READ)
    clauses = [scope.where(_AREAS), pairings.c.due_on.is_not(None)]
    return _listed(book, *clauses, *([pairings.c.unit == unit] if unit else []))


def history(book: Book, pairing: PairingId) -> tuple[Event, ...]:
    """Give what happened to a pairing, the first first."""
    find(book, pairing)
    events = pairing_events.c
    rows = book.connection.execute(
        select(pairing_events).where(events.pairing_id == pairing).order_by(events.number)
    )
    return tuple(_event(book, row) for row in rows)


def moves(book: Book, unit: str) -> int:
    """Count how often pairings of a unit were made, stopped or ended: its mark."""
    events = pairing_events.c
    counted = select(func.count()).where(events.unit == unit, events.moves)
    return book.connection.scalar(counted) or 0


def add(book: Book, pairing: Pairing, seat: Seat, on: date) -> None:
    """Put an approved pairing on record, with the two steps that led to it.

    Raises
    ------
    Conflict
        When the child has a caregiver on record already.
    """
    held = select(pairings.c.id).where(
        pairings.c.child_id == pairing.child,
        pairings.c.state.in_([s for s in IN_FORCE if s is not PairingState.SUSPENDED]),
    )
    if book.connection.execute(held).first():
        raise Conflict("这名儿童已有结对 / this child has a caregiver on record")
    row = to_row(pairing, book.vault)
    where = {name: getattr(seat, name) for name in Seat.__dataclass_fields__}
    book.connection.execute(insert(pairings).values(version=1, **row, **where))
    _tell(book, OnRecord(pairing, 1, seat), Step.APPROVE, on, {}, moved=True)


def take_step(
    book: Book,
    found: OnRecord,
    step: Step,
    act: Callable[[Pairing], Pairing],
    on: date,
    **words: str,
) -> OnRecord:
    """Take one step of a pairing's life; ``words`` go sealed into its history.

    Raises
    ------
    Conflict
        When somebody changed it since it was read, or it is not in the state for the step.
    """
    after = act(found.pairing)
    row = to_row(after, book.vault)
    version = book.update(pairings, row.pop("id"), found.version, **row)
    now = OnRecord(after, version, found.seat)
    before = found.pairing
    moved = (before.takes_place, before.holds_child) != (after.takes_place, after.holds_child)
    _tell(book, now, step, on, words, moved=moved)
    return now


def _tell(
    book: Book, now: OnRecord, step: Step, on: date, words: dict[str, str], *, moved: bool
) -> None:
    """Write the event, and the audit row of what was done."""
    said = {name: text for name, text in words.items() if text}
    child = now.pairing.child
    book.connection.execute(
        insert(pairing_events).values(
            id=book.new_id(),
            pairing_id=now.pairing.id,
            number=now.version,
            unit=now.seat.unit,
            child_id=child,
            at=book.at,
            on_day=on,
            by=acting(book).id,
            step=str(step),
            state=str(now.pairing.state),
            moves=moved,
            words=book.vault.seal(child, _WORDS, as_json(said)) if said else None,
        )
    )
    approval = now.pairing.approval
    paper = approval.paper if approval and step is Step.APPROVE else None
    book.note(
        f"pairing_{step}",
        "pairing",
        now.pairing.id,
        state=str(now.pairing.state),
        paper=paper.number if paper else None,
    )


def _listed(
    book: Book, *clauses: ColumnElement[bool], most: int | None = None
) -> tuple[OnRecord, ...]:
    rows: Iterable[Row[tuple[object, ...]]] = book.connection.execute(
        select(pairings).where(*clauses).order_by(*_ORDER).limit(most)
    )
    return tuple(_on_record(book, row) for row in rows)


def _on_record(book: Book, row: Row[tuple[object, ...]]) -> OnRecord:
    return OnRecord(from_row(row, book.vault), row.version, _seat(row))


def _seat(row: Row[tuple[object, ...]]) -> Seat:
    return Seat(row.unit, row.township, row.village, row.caregiver_township)


def _event(book: Book, row: Row[tuple[object, ...]]) -> Event:
    words: dict[str, str] = {}
    if row.words is not None:
        with suppress(PersonErased):  # the child was erased: her words with her
            words = json.loads(book.vault.unseal(row.child_id, _WORDS, bytes(row.words)))
    step, state = Step(row.step), PairingState(row.state)
    return Event(step, state, row.on_day, row.at, row.by, words)


def of_caregiver(book: Book, caregiver: CaregiverId) -> tuple[OnRecord, ...]:
    """Give every pairing in force of a caregiver, wherever it is."""
    columns = pairings.c
    return _listed(book, columns.caregiver_id == caregiver, columns.state.in_(IN_FORCE))


def of_child(book: Book, child: ChildId) -> tuple[OnRecord, ...]:
    """Give every pairing in force of a child."""
    columns = pairings.c
    return _listed(book, columns.child_id == child, columns.state.in_(IN_FORCE))
