"""The trail read by people (审计查阅): newest first, a page at a time, inside the reader's area.

An auditor over the whole city also sees what the command line and the door have done, which
belong to no area.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, false, or_, select

from casework.access import Action
from casework.office_time import OFFICE_ZONE
from ledger.record.accounts_tables import accounts
from ledger.record.audit_tables import audit
from ledger.record.book import Book
from ledger.record.scope import Scope

ROWS_A_PAGE = 100
_WITHOUT_ACCOUNT = frozenset({"system", "door"})


@dataclass(frozen=True, slots=True)
class TrailRow:
    """A row of the trail.

    Attributes
    ----------
    who
        Name of the account, or ``system`` and ``door``.
    ids
        JSON list of the ids of what was touched.
    """

    seq: int
    at: datetime
    who: str
    role: str
    action: str
    why: str
    kind: str
    ids: str
    area: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TrailAsk:
    """What of the trail is asked for; empty is everything.

    Attributes
    ----------
    who
        Name of one account, ``system`` or ``door``.
    area
        Codes joined by a slash: this area and what lies in it.
    since, until
        Days of the office's clock, both included.
    """

    who: str = ""
    action: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None


def list_trail(
    book: Book, before: int | None = None, who: str = "", ask: TrailAsk | None = None
) -> tuple[TrailRow, ...]:
    """List a page of rows, from just before a number downwards.

    Parameters
    ----------
    who
        Name of one account, ``system`` or ``door``; everybody where empty.
    """
    asked = ask or TrailAsk(who)
    scope = Scope.of(book, Action.AUDIT_READ)
    inside = scope.below(audit.c.area)
    if len(scope.actor.scope) <= 1:
        inside = or_(inside, audit.c.area == "")
    query = (
        select(audit, accounts.c.name)
        .join_from(audit, accounts, audit.c.actor == accounts.c.id, isouter=True)
        .where(inside)
        .order_by(audit.c.seq.desc())
        .limit(ROWS_A_PAGE)
    )
    if before is not None:
        query = query.where(audit.c.seq < before)
    query = query.where(*_asked(asked))
    if asked.who:
        query = query.where(audit.c.actor.in_(_called(book, asked.who.strip().casefold())))
    book.note("audit_read", "audit")
    return tuple(
        TrailRow(
            row.seq,
            row.at,
            row.name or row.actor,
            row.role,
            row.action,
            row.why,
            row.kind,
            row.ids,
            row.area,
            row.outcome,
        )
        for row in book.connection.execute(query)
    )


def _called(book: Book, named: str) -> list[str]:
    """Give who is meant by a name: an account's id, or one who has no account."""
    found = list(book.connection.scalars(select(accounts.c.id).where(accounts.c.name == named)))
    return found if found and named not in _WITHOUT_ACCOUNT else [*found, named]


def _asked(ask: TrailAsk) -> Iterator[ColumnElement[bool]]:
    if ask.action:
        asked = ask.action.strip()
        # Of a request that read more; a quote would ask for any count among the facts.
        also = false() if '"' in asked else audit.c.facts.contains(f'"{asked}"', autoescape=True)
        yield or_(audit.c.action == asked, also)
    if ask.area:
        path = ask.area.strip().strip("/")
        yield or_(audit.c.area == path, audit.c.area.startswith(f"{path}/", autoescape=True))
    if ask.since:
        yield audit.c.at >= datetime.combine(ask.since, time(), OFFICE_ZONE)
    if ask.until:
        yield audit.c.at < datetime.combine(ask.until + timedelta(days=1), time(), OFFICE_ZONE)
