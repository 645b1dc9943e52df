"""Breach (泄露排查): who saw or changed what in a span of time, and which people that concerns.

Rows of the audit name the records they touched. Some touch whole lists without naming anybody:
pages, exports, imports; of these the area is told, and everybody in it is concerned.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from casework.access import Action, area
from ledger.record.accounts_tables import accounts
from ledger.record.audit_tables import audit
from ledger.record.book import Book
from ledger.record.people_tables import people
from ledger.record.scope import Scope
from ledger.record.trail_pages import TrailRow

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody whose record was touched, and how often; names are not in the audit."""

    id: str
    kind: str
    unit: str
    township: str
    times: int


@dataclass(frozen=True, slots=True)
class Breach:
    """What the trail tells of a span of time.

    Attributes
    ----------
    areas
        Areas of rows that touched whole lists: everybody there is concerned, with how often.
    """

    since: datetime
    until: datetime
    rows: tuple[TrailRow, ...]
    people: tuple[Concerned, ...]
    areas: tuple[tuple[str, int], ...]


def find_breach(book: Book, since: datetime, until: datetime, who: str = "") -> Breach:
    """Tell who did what from one moment up to another, by one account where it is named."""
    scope = Scope.of(book, Action.AUDIT_READ)
    inside = scope.below(audit.c.area)
    if len(scope.actor.scope) <= 1:
        inside = or_(inside, audit.c.area == "")
    query = (
        select(audit, accounts.c.name)
        .join_from(audit, accounts, audit.c.actor == accounts.c.id, isouter=True)
        .where(inside, audit.c.at >= since, audit.c.at < until)
        .order_by(audit.c.seq)
    )
    if who:
        named = who.strip().casefold()
        query = query.where(or_(accounts.c.name == named, audit.c.actor == named))
    rows = tuple(
        TrailRow(
            row.seq, row.at, row.name or row.actor, row.role, row.action, row.why, row.kind,
            row.ids, row.area, row.outcome,
        )
        for row in book.connection.execute(query)
    )  # fmt: skip
    book.note("audit_breach", "audit", (), None, rows=len(rows))
    times: dict[str, int] = {}
    areas: dict[str, int] = {}
    for row in rows:
        ids = json.loads(row.ids)
        for one in ids:
            times[one] = times.get(one, 0) + 1
        if row.kind in ("page", "unit", "import") or not ids:
            whole = row.area or "/".join(area())
            areas[whole] = areas.get(whole, 0) + 1
    return Breach(since, until, rows, _concerned(book, times), tuple(sorted(areas.items())))


def _concerned(book: Book, times: dict[str, int]) -> tuple[Concerned, ...]:
    """Keep the ids that are people's."""
    ids = sorted(times)
    found = []
    for start in range(0, len(ids), _BATCH):
        wanted = people.c.id.in_(ids[start : start + _BATCH])
        columns = (people.c.id, people.c.kind, people.c.unit, people.c.township)
        found += [
            Concerned(row.id, row.kind, row.unit, row.township, times[row.id])
            for row in book.connection.execute(select(*columns).where(wanted))
        ]
    return tuple(sorted(found, key=lambda one: (one.unit, one.township, one.kind, one.id)))
