"""The trail read by people (审计查阅): newest first, a page at a time, inside the reader's area.

An auditor over the whole city also sees what the command line and the door have done, which
belong to no area.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from casework.access import Action
from ledger.record.accounts_tables import accounts
from ledger.record.audit_tables import audit
from ledger.record.book import Book
from ledger.record.scope import Scope

ROWS_A_PAGE = 100


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


def list_trail(book: Book, before: int | None = None, who: str = "") -> tuple[TrailRow, ...]:
    """List a page of rows, from just before a number downwards.

    Parameters
    ----------
    who
        Name of one account, ``system`` or ``door``; everybody where empty.
    """
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
    if who:
        named = who.strip().casefold()
        query = query.where(or_(accounts.c.name == named, audit.c.actor == named))
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
