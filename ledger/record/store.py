"""Store: the door to everything on record (在案库).

``with store.writing(actor, why) as book`` is one transaction with its audit rows inside;
``with store.reading(actor, why) as book`` sees one unchanging moment, and its audit rows are on
disk before the block ends, or, in a request (``ledger.record.asked``), before its answer leaves.
What is refused inside a block is audited too. Nobody else commits.
"""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select

from casework.errors import Busy, CaseworkError, Conflict, NotFound, Unreadable
from ledger.record.asked import PAGE, now_asked
from ledger.record.audit import Acting, Entry, Outcome, append, outcome_of
from ledger.record.audit_tables import installation
from ledger.record.book import Book
from ledger.record.engine import (
    FILE,
    WAIT_SECONDS,
    is_sqlite,
    keep_private,
    open_engine,
    read_transaction,
    write_transaction,
)
from ledger.record.grouped import GroupedRows
from ledger.record.key_ring import KeyRing
from ledger.record.migrate import current_revision, known_revisions, upgrade
from ledger.record.once import note_asked
from ledger.record.vault import Vault

Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """Read the clock: the only place of the store that does."""
    return datetime.now(UTC)


def random_id() -> str:
    """Make a random id of 64 bits."""
    return secrets.token_hex(8)


_written: ContextVar["Store | None"] = ContextVar("written", default=None)


class Store:
    """A database and its keys, open."""

    def __init__(
        self,
        engine: Engine,
        keys: KeyRing,
        clock: Clock = now_utc,
        make_id: Callable[[], str] = random_id,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.engine, self.keys = engine, keys
        self.clock, self.make_id = clock, make_id
        self._wait_seconds = wait_seconds
        self._pen = threading.Lock()
        self._read_rows = GroupedRows(self._commit_entries)

    @classmethod
    def create(cls, where: Path | str, keys: KeyRing, clock: Clock = now_utc) -> "Store":
        """Make a database, or bring one up to date; open it (初始化、升级)."""
        make_folder(where)
        engine = open_engine(where, may_make=True)
        with _let_go_on_failure(engine):
            migrate(engine, keys, clock())
        keep_private(engine)
        engine.dispose()
        return cls(open_engine(where), keys, clock)

    @classmethod
    def open(
        cls,
        where: Path | str,
        keys: KeyRing,
        clock: Clock = now_utc,
        make_id: Callable[[], str] = random_id,
    ) -> "Store":
        """Open a data folder or a database URL.

        Raises
        ------
        NotFound
            When nothing was made there yet.
        Conflict
            When its tables are older or newer than this program.
        Unreadable
            When it was made with other keys.
        """
        must_be_made(where)
        engine = open_engine(where)
        with _let_go_on_failure(engine):
            check(engine, keys)
        return cls(engine, keys, clock, make_id)

    @contextmanager
    def writing(self, actor: Acting, why: str) -> Iterator[Book]:
        """Give the book to write in; it is kept with its audit rows, or nothing is.

        Raises
        ------
        Busy
            When another writes for too long, or the disk is full: nothing was kept.
        """
        vault = Vault(self.keys, may_make=True)
        with self.alone():
            book: Book | None = None
            try:
                with write_transaction(self.engine) as connection:
                    book = Book(connection, actor, self.clock(), why, vault, self.make_id)
                    note_asked(connection, book.at)
                    yield book
                    vault.keep_new_keys()
                    append(connection, self.keys.roots.audit, book.entries(Outcome.DONE))
                if asked := now_asked.get():
                    asked.wrote(actor)
            except CaseworkError as error:
                if book is not None:
                    self._audit_failure(book, error)
                raise

    @contextmanager
    def reading(self, actor: Acting, why: str) -> Iterator[Book]:
        """Give the book to read in; when the block has ended, who read what is on record."""
        if _written.get() is self:
            raise RuntimeError("read through the book that is open for writing")
        book: Book | None = None
        try:
            with read_transaction(self.engine) as connection:
                vault = Vault(self.keys)
                book = Book(connection, actor, self.clock(), why, vault, self.make_id)
                yield book
        except CaseworkError as error:
            if book is not None:
                self._audit_failure(book, error)
            raise
        entries = book.entries(Outcome.READ)
        if not self._is_asked(entries):
            self.hand_in(entries).result()

    def leave_row(self, actor: Acting, why: str, action: str, where: str) -> None:
        """Put on record that somebody asks for an address, whatever she reads there."""
        entry = Entry(self.clock(), actor, str(action), why, Outcome.READ, PAGE, (where,))
        if not self._is_asked([entry]):
            self.hand_in([entry]).result()

    def hand_in(self, entries: Sequence[Entry]) -> "Future[None]":
        """Put rows on record with others'; what is given is done when they are on disk."""
        return self._read_rows.hand_in(entries)

    @staticmethod
    def _is_asked(entries: Sequence[Entry]) -> bool:
        """Whether these are rows of a request, which keeps them before it is answered."""
        asked = now_asked.get()
        return asked is not None and asked.take(entries)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """Give one moment to maintenance, which reads no record of anybody: no audit row."""
        with read_transaction(self.engine) as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database and the keys."""
        self._read_rows.close()
        self.engine.dispose()
        self.keys.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for one's turn to write, first come, first served; across processes too."""
        if _written.get() is self:
            raise RuntimeError("a book is open for writing already: use it")
        if not self._pen.acquire(timeout=self._wait_seconds):
            raise Busy("别人正在写入，请稍后再试 / somebody else is writing: try again")
        _written.set(self)
        try:
            yield
        finally:
            _written.set(None)  # perhaps by another thread than began, as web frameworks do
            self._pen.release()

    def _audit_failure(self, book: Book, error: CaseworkError) -> None:
        """Leave a row on what was refused; where even that cannot be written, Busy is told."""
        entries = book.entries(outcome_of(error))
        if not self._is_asked(entries):
            with suppress(Busy):
                self._write_entries(entries)

    def _commit_entries(self, entries: Sequence[Entry]) -> None:
        with self.alone():
            self._write_entries(entries)

    def _write_entries(self, entries: Sequence[Entry]) -> None:
        with write_transaction(self.engine) as connection:
            append(connection, self.keys.roots.audit, entries)


_NOT_MADE = "这里还没有数据库：请先运行 nuantong init / there is no database yet: nuantong init"


@contextmanager
def _let_go_on_failure(engine: Engine) -> Iterator[None]:
    try:
        yield
    except BaseException:
        engine.dispose()
        raise


def must_be_made(where: Path | str) -> None:
    """Raise NotFound where a data folder has no database; what a URL has shows later."""
    if "://" not in str(where) and not (Path(where) / FILE).is_file():
        raise NotFound(_NOT_MADE)


def make_folder(where: Path | str) -> None:
    """Make the data folder, for its owner only; a URL has none."""
    if "://" not in str(where):
        Path(where).mkdir(parents=True, exist_ok=True, mode=0o700)


def migrate(engine: Engine, keys: KeyRing, at: datetime) -> None:
    """Bring a database's tables up to date, all or nothing; a new one remembers its keys.

    Raises
    ------
    Conflict
        When it is newer than this program.
    Unreadable
        When it was made with other keys.
    """
    with write_transaction(engine, linked=False) as connection:
        revision = current_revision(connection)
        if revision is not None and revision not in known_revisions():
            raise Conflict(_NEWER)
        if revision != known_revisions()[0]:
            upgrade(connection)
        known = connection.scalar(select(installation.c.keys_id))
        if known is None:
            row = {"id": random_id(), "keys_id": keys.roots.id, "made_at": at}
            connection.execute(insert(installation), row)
        elif known != keys.roots.id:
            raise Unreadable(_OTHER_KEYS)
        if is_sqlite(connection) and connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise Conflict("升级后记录之间不一致，没有改动 / the upgrade does not fit these rows")


def check(engine: Engine, keys: KeyRing) -> None:
    """See that a database is there, at this program's revision and made with these keys."""
    with read_transaction(engine) as connection:
        revision = current_revision(connection)
        if revision is None:
            raise NotFound(_NOT_MADE)
        if revision not in known_revisions():
            raise Conflict(_NEWER)
        if revision != known_revisions()[0]:
            raise Conflict("数据库需要升级：nuantong migrate / it needs nuantong migrate")
        if connection.scalar(select(installation.c.keys_id)) != keys.roots.id:
            raise Unreadable(_OTHER_KEYS)


_NEWER = "数据库比程序新，请更新程序 / the database is newer than this program: update it"
_OTHER_KEYS = "密钥不是这个数据库的，请核对 NUANTONG_KEYS / these are not this database's keys"
