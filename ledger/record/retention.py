"""Retention (保存期限): what is over is forgotten, once its time has passed.

::

    sessions, invitations    as soon as they are over
    grants, ended jobs       NUANTONG_KEEP_DAYS after, half a year at first
    previews of imports      the same after they were made, where nobody confirmed them

What happened stays in the audit, which has its own time (``nuantong audit archive``); people
leave by erasure, and never by a clock. A workman does this once an hour.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, or_, select, update

from casework.actors import SYSTEM_ACTOR
from ledger.record.accounts_tables import account_sessions, grants, invitations
from ledger.record.imports import ImportState
from ledger.record.job_tables import jobs
from ledger.record.jobs import UNDER_WAY
from ledger.record.people_tables import imports
from ledger.record.store import Store

KEEP_DAYS = 183


def count_over(connection: Connection, at: datetime, days: int = KEEP_DAYS) -> dict[str, int]:
    """Count what is over and still there, by what it is."""
    over = {**_over(at, days), "previews": (imports, _unconfirmed(at, days))}
    return {
        name: connection.scalar(select(func.count()).select_from(table).where(is_over)) or 0
        for name, (table, is_over) in over.items()
    }


def forget_over(store: Store, days: int = KEEP_DAYS) -> dict[str, int]:
    """Forget what is over; count it, and put the counts on record where there are any."""
    with store.looking() as connection:
        counts = count_over(connection, store.clock(), days)
    if not any(counts.values()):
        return counts
    with store.writing(SYSTEM_ACTOR, "retention") as book:
        done = {
            name: book.connection.execute(delete(table).where(is_over)).rowcount
            for name, (table, is_over) in _over(book.at, days).items()
        }
        stale = update(imports).where(_unconfirmed(book.at, days))
        gone = {"settled_at": book.at, "settled_by": book.actor.id, "body": None, "seen": "[]"}
        found = book.connection.execute(stale.values(state=ImportState.WITHDRAWN, **gone))
        done["previews"] = found.rowcount
        book.note("retention", "", (), None, **done)
    return done


def _unconfirmed(at: datetime, days: int) -> ColumnElement[bool]:
    """Whether an import was looked at so long ago, and holds the rows of its file still."""
    return and_(imports.c.body.is_not(None), imports.c.made_at < at - timedelta(days=days))


def _over(at: datetime, days: int) -> Mapping[str, tuple[Table, ColumnElement[bool]]]:
    long_ago = at - timedelta(days=days)
    held, given, job = account_sessions.c, grants.c, jobs.c
    unanswered = and_(given.ends_at.is_(None), given.asked_at < long_ago)
    return {
        "sessions": (account_sessions, held.ends_at < at),
        "invitations": (invitations, invitations.c.ends_at < at),
        "grants": (grants, or_(given.ends_at < long_ago, unanswered)),
        "jobs": (jobs, and_(job.state.not_in(UNDER_WAY), job.ended_at < long_ago)),
    }
