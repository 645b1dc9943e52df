"""Erasure (删除): one person goes, and nothing of her can be read any more.

Her key is destroyed, so that what it sealed is unreadable in every backup ever made; what her
rows hold of her is emptied in every table; SQLite overwrites what it frees, and the write-ahead
log is cut. Rows of imports that spoke of her go too, with the previews of her unit, which may
name her: they are to be uploaded anew; and scans of papers that paired her. The rows themselves
stay as numbers, and so does the audit, which never held her.
"""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, exists, or_, select, text, update

from casework.errors import Conflict, NotFound
from casework.pairings import PairingState
from ledger.record.audit import Acting
from ledger.record.book import Book
from ledger.record.engine import is_sqlite
from ledger.record.pairing_tables import pairings
from ledger.record.paper_scans import scans_naming
from ledger.record.people_tables import held_rows, imports, people
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
    Conflict
        When she is still paired: the pairing is to be closed first.
    """
    is_known = person in store.keys.destroyed() or store.keys.has(person)
    with store.writing(actor, why) as book:
        _refuse_paired(book, person)
        goes = [person, *_spoke_of(book, person)]
        rows = sum(empty_rows(book.connection, each) for each in goes)
        if not rows and not is_known:
            raise NotFound("没有这个人，或不在您的范围内 / no such person, or not in your area")
        store.keys.destroy(goes, moment_text(book.at))
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
    this = (people.c.id == person, people.c.is_on_record)
    connection.execute(update(people).where(*this).values(is_on_record=False))
    return count


def _refuse_paired(book: Book, person: str) -> None:
    hers = or_(pairings.c.child_id == person, pairings.c.caregiver_id == person)
    runs = pairings.c.state != str(PairingState.CLOSED)
    if book.connection.scalar(select(exists().where(hers, runs))):
        raise Conflict("请先结束结对，再删除资料 / close the pairing first, then erase")


def _spoke_of(book: Book, person: str) -> list[str]:
    """Give what else was sealed with her in it: rows that wait, and files as they came."""
    said = select(held_rows.c.key_lookup).where(held_rows.c.person_id == person)
    found = select(held_rows.c.id).where(
        or_(held_rows.c.person_id == person, held_rows.c.key_lookup.in_(said))
    )
    hers = book.connection.execute(
        select(people.c.unit, people.c.kind).where(people.c.id == person)
    ).first()
    scans = scans_naming(book, person)
    if hers is None:
        return [*book.connection.scalars(found), *scans]
    cut = (imports.c.unit == hers.unit, imports.c.kind == hers.kind)
    files = book.connection.scalars(select(imports.c.id).where(*cut)).all()
    gone = {"state": "withdrawn", "settled_at": book.at, "settled_by": book.actor.id}
    waits = imports.c.body.is_not(None)
    book.connection.execute(update(imports).where(*cut, waits).values(gone))
    return [*book.connection.scalars(found), *files, *scans]


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
