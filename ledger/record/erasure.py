"""Erasure (删除): one person goes, and nothing of her can be read any more.

Her key is destroyed, so that what it sealed is unreadable in every backup ever made; what her
rows hold of her is emptied in every table; SQLite overwrites what it frees, and the write-ahead
log is cut. The rows themselves stay as numbers, and so does the audit, which never held her.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, or_, text, update

from casework.errors import NotFound
from ledger.record.audit import Acting
from ledger.record.engine import is_sqlite
from ledger.record.schema import moment_text, personal_columns
from ledger.record.store import Store

_TRIES = 50
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Attributes
    ----------
    rows
        Rows that were emptied.
    is_scrubbed
        Whether the files were cleaned too; not while somebody reads for long: do it again.
    is_copy_current
        Whether the copy of the keys, if one was made, was renewed without her.
    """

    rows: int
    is_scrubbed: bool
    is_copy_current: bool


def erase_person(store: Store, actor: Acting, person: str, why: str) -> Erased:
    """Erase one person; doing it again does no harm.

    Raises
    ------
    NotFound
        When nobody of this id was ever on record.
    """
    is_known = person in store.keys.destroyed() or store.keys.has(person)
    with store.writing(actor, why) as book:
        rows = empty_rows(book.connection, person)
        if not rows and not is_known:
            raise NotFound("没有这个人，或不在您的范围内 / no such person, or not in your area")
        store.keys.destroy([person], moment_text(book.at))
        book.note("person_erase", "person", [person], rows=rows)
    return Erased(rows, scrub(store), store.keys.renew_copy(moment_text(store.clock())))


def empty_rows(connection: Connection, person: str) -> int:
    """Empty what every table holds of a person; count the rows that held something."""
    count = 0
    for table, columns in personal_columns().items():
        for owner in {column.info["person"] for column in columns}:
            hers = [column for column in columns if column.info["person"] == owner]
            filled = or_(*(column.is_not(None) for column in hers))
            done = connection.execute(
                update(table)
                .where(table.c[owner] == person, filled)
                .values({column.name: None for column in hers})
            )
            count += done.rowcount
    return count


def scrub(store: Store) -> bool:
    """Clean the files of what was emptied; False when readers did not let go in time."""
    if not is_sqlite(store.engine):
        engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for table in personal_columns():
                connection.execute(text(f'VACUUM "{table.name}"'))
        return True
    for _ in range(_TRIES):
        with store.alone(), store.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            if not raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return True
        time.sleep(_PAUSE_SECONDS)
    return False
