"""Figures: what is counted of a township, now and by month (统计、月度存档).

Counting is SQL within a ``Scope``; a row of a month is kept until that month's last figures
stand, so that earlier months stay as they were. Nothing here names anybody.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
)

from casework.office_time import OFFICE_ZONE
from casework.pairings import PairingState
from casework.people import CaregiverStatus, ChildStatus
from casework.proposals import Left
from casework.supervision import Measure
from ledger.record.book import Book
from ledger.record.counselled import old_enough, townships_held
from ledger.record.figures_tables import monthly_figures
from ledger.record.pairing_tables import pairings, proposals
from ledger.record.people import IS_STOPPED, TAKES_PLACE
from ledger.record.people_tables import people, person_versions
from ledger.record.proposals import ProposalState
from ledger.record.recruits import recruits_by_township
from ledger.record.scope import Areas, Scope

STALE_DAYS = 90
"""A row that no ledger has spoken of for so long counts as not verified."""

_HOLDS_CHILD = tuple(state for state in TAKES_PLACE if state != PairingState.SUSPENDED)
_WAITS = (PairingState.APPROVED, PairingState.CONDITIONAL)
_AREAS = Areas(people.c.unit, people.c.township, people.c.village)
_KEPT = Areas(monthly_figures.c.unit, monthly_figures.c.township)

Counts = Mapping[Measure, int]


class Seat(NamedTuple):
    """Where figures belong: a township of a unit; ``township`` is empty where none is known."""

    unit: str
    township: str


def month_of(on: date) -> str:
    """Name the month of a day, such as ``2021-09``."""
    return f"{on:%Y-%m}"


def count_now(
    connection: Connection, scope: Scope, on: date, unit: str = ""
) -> dict[Seat, dict[Measure, int]]:
    """Count every township inside the scope as it stands; one without rows is not there.

    ``UNREACHED`` is counted only where the unit has a proposal that says who is out of reach,
    ``RECRUITS`` only where it was worked out where to recruit,
    ``NOT_COUNSELLED`` only where a published round says which townships a session calls.
    """
    found: dict[Seat, dict[Measure, int]] = defaultdict(dict)
    for seat, counts in _children(connection, scope, on, unit):
        found[seat] |= counts
    for seat, counts in _caregivers(connection, scope, unit):
        found[seat] |= counts
    unreached, told_units = _unreached(connection, scope, unit)
    for seat, counts in found.items():
        if seat.unit in told_units and Measure.CHILDREN in counts:
            counts[Measure.UNREACHED] = unreached[seat]
    recruits = recruits_by_township(connection, sorted({seat.unit for seat in found}))
    for seat, counts in found.items():
        if seat.unit in recruits and Measure.CHILDREN in counts:
            counts[Measure.RECRUITS] = recruits[seat.unit][seat.township]
    held = townships_held(connection, on)
    old = old_enough(connection, scope, on, unit, str(ChildStatus.ACTIVE)) if held else {}
    for seat, counts in found.items():
        if seat.unit in held and Measure.CHILDREN in counts:
            is_held = seat.township in held[seat.unit]
            counts[Measure.NOT_COUNSELLED] = 0 if is_held else old.get(seat, 0)
    return dict(found)


def _children(
    connection: Connection, scope: Scope, on: date, unit: str
) -> Iterator[tuple[Seat, Counts]]:
    is_stale = people.c.as_of < on - timedelta(days=STALE_DAYS)
    held = and_(pairings.c.child_id == people.c.id, pairings.c.state.in_(_HOLDS_CHILD))
    rows = connection.execute(
        select(
            people.c.unit,
            people.c.township,
            func.count(),
            func.count(pairings.c.id),
            func.sum(case((pairings.c.state.in_(_WAITS), 1), else_=0)),
            func.sum(case((is_stale, 1), else_=0)),
        )
        .join_from(people, pairings, held, isouter=True)
        .where(scope.where(_AREAS), *_active("child", unit))
        .group_by(people.c.unit, people.c.township)
    )
    for of_unit, township, children, served, waiting, stale in rows:
        yield (
            Seat(of_unit, township),
            {
                Measure.CHILDREN: children,
                Measure.SERVED: served,
                Measure.LEFT: children - served,
                Measure.WAITING: int(waiting),
                Measure.STALE: int(stale),
            },
        )


def _caregivers(
    connection: Connection, scope: Scope, unit: str
) -> Iterator[tuple[Seat, dict[Measure, int]]]:
    taken = (
        select(
            pairings.c.caregiver_id.label("caregiver"),
            func.count(pairings.c.household.distinct()).label("homes"),
        )
        .where(pairings.c.state.in_(TAKES_PLACE))
        .group_by(pairings.c.caregiver_id)
        .subquery()
    )
    free = func.coalesce(people.c.places, 1) - func.coalesce(taken.c.homes, 0)
    rows = connection.execute(
        select(
            people.c.unit,
            people.c.township,
            func.count(),
            func.sum(case((and_(free > 0, ~IS_STOPPED), free), else_=0)),
            func.sum(case((free <= 0, 1), else_=0)),
        )
        .join_from(people, taken, taken.c.caregiver == people.c.id, isouter=True)
        .where(scope.where(_AREAS), *_active("caregiver", unit))
        .group_by(people.c.unit, people.c.township)
    )
    for of_unit, township, count, places, full in rows:
        yield (
            Seat(of_unit, township),
            {
                Measure.CAREGIVERS: count,
                Measure.FREE_PLACES: int(places),
                Measure.OVERLOADED: int(full),
            },
        )


def _unreached(
    connection: Connection, scope: Scope, unit: str
) -> tuple[Counter[Seat], frozenset[str]]:
    """Count whom the unit's newest proposal found nobody in reach of, and who has nobody yet."""
    newest = (
        select(proposals.c.unit, func.max(proposals.c.made_at).label("made_at"))
        .where(proposals.c.state != str(ProposalState.WITHDRAWN))
        .group_by(proposals.c.unit)
        .subquery()
    )
    same = and_(newest.c.unit == proposals.c.unit, newest.c.made_at == proposals.c.made_at)
    answers = select(proposals.c.unit, proposals.c.answer).join_from(proposals, newest, same)
    for code in (*scope.actor.scope[1:2], unit):  # a township's proposal is its unit's
        if code:
            answers = answers.where(proposals.c.unit == code)
    found: Counter[Seat] = Counter()
    told = set()
    for of_unit, answer in connection.execute(answers):
        told.add(of_unit)
        lines = json.loads(answer).get("unpaired", ())
        found.update(
            _still_alone(
                connection,
                scope,
                [line["child"] for line in lines if line["reason"] == Left.NO_CAREGIVER],
            )
        )
    return found, frozenset(told)


def _still_alone(connection: Connection, scope: Scope, ids: list[str]) -> Iterator[Seat]:
    held = select(pairings.c.child_id).where(pairings.c.state.in_(_HOLDS_CHILD))
    for start in range(0, len(ids), 500):
        rows = connection.execute(
            select(people.c.unit, people.c.township).where(
                people.c.id.in_(ids[start : start + 500]),
                people.c.id.not_in(held),
                scope.where(_AREAS),
                *_active("child", ""),
            )
        )
        yield from (Seat(*row) for row in rows)


def _active(kind: str, unit: str) -> tuple[ColumnElement[bool], ...]:
    status = ChildStatus.ACTIVE if kind == "child" else CaregiverStatus.ACTIVE
    clauses = [people.c.kind == kind, people.c.is_on_record, people.c.status == str(status)]
    return (*clauses, *([people.c.unit == unit] if unit else []))


def keep_month(
    book: Book, month: str, unit: str, figures: Mapping[Seat, Mapping[Measure, int]], on: date
) -> None:
    """Let a month's figures be these, counted on a day, for one unit or, if empty, for all."""
    cut = (monthly_figures.c.unit == unit,) if unit else ()
    book.connection.execute(delete(monthly_figures).where(monthly_figures.c.month == month, *cut))
    same = {"month": month, "at": book.at, "on_day": on}
    rows = [
        same | seat._asdict() | {"counts": json.dumps(counts)}
        for seat, counts in sorted(figures.items())
    ]
    if rows:
        book.connection.execute(insert(monthly_figures), rows)
    book.note("figures_keep", "figures", (), None, month=month, unit=unit, townships=len(rows))


def month_to_close(connection: Connection, on: date) -> str:
    """Name the month before this one while its last figures are still to be counted.

    That is once the month is over, and only if somebody was on record in it; empty otherwise.
    """
    first = on.replace(day=1)
    month, kept = month_of(first - timedelta(days=1)), monthly_figures.c
    begins = datetime.combine(first, time(), OFFICE_ZONE)
    known = select(func.max(kept.on_day)).where(kept.month == month)
    counted_on = connection.scalar(known)
    was_there = select(exists().where(person_versions.c.at < begins))
    is_due = counted_on is None or counted_on < first
    return month if is_due and connection.scalar(was_there) else ""


def kept_figures(
    connection: Connection, scope: Scope, month: str, unit: str = ""
) -> dict[Seat, dict[Measure, int]]:
    """Give a month's kept figures inside the scope."""
    kept = monthly_figures.c
    cut = (kept.unit == unit,) if unit else ()
    rows = connection.execute(
        select(kept.unit, kept.township, kept.counts).where(
            scope.where(_KEPT), kept.month == month, *cut
        )
    )
    return {Seat(row.unit, row.township): read_counts(row.counts) for row in rows}


def kept_months(connection: Connection, scope: Scope) -> dict[str, date | None]:
    """Give the months with figures inside the scope, the newest first, and when each was counted.

    The day is None of figures that were kept before their day was.
    """
    kept = monthly_figures.c
    query = select(kept.month, func.max(kept.on_day)).where(scope.where(_KEPT))
    rows = connection.execute(query.group_by(kept.month).order_by(kept.month.desc()))
    return {row[0]: row[1] for row in rows}


def read_counts(text: str) -> dict[Measure, int]:
    """Read counts as they are kept."""
    return {Measure(name): count for name, count in json.loads(text).items()}
