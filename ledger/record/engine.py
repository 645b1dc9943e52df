"""Engine: how a database is opened, SQLite in a data folder or PostgreSQL by its address.

Both are made to behave alike: **one writer at a time**, readers see one unchanging moment, and
an acknowledged commit is on disk. SQLite does so in WAL mode with BEGIN IMMEDIATE; PostgreSQL
with one advisory lock a database and REPEATABLE READ. What cannot be raced on one cannot be
raced on the other. The parameters of a statement never enter an exception: they hold names.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import Busy, CaseworkError, Conflict, NotFound, Refused, Unreadable

FILE = "record.sqlite"
WAIT_SECONDS = 20
_CONNECT_SECONDS = 10
_WRITER = 0x6E75616E  # the advisory lock of whoever writes: any number, the same for all
_PRAGMAS = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=FULL",
    "secure_delete=ON",
    "temp_store=MEMORY",  # no row ever lands in a temporary file
)


def url_of(where: Path | str) -> str:
    """Give the address of a database: of a data folder, or as given."""
    written = str(where)
    if "://" not in written:
        return f"sqlite:///{Path(written) / FILE}"
    scheme, rest = written.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else written


def open_engine(
    where: Path | str, wait_seconds: float = WAIT_SECONDS, *, may_make: bool = False
) -> Engine:
    """Open the database of a data folder or at a URL; nothing is read yet.

    Parameters
    ----------
    may_make
        Whether a file may come into being. Else one that is moved away, or whose disk is gone,
        is out of reach until it is back, and no empty one stands in its place.
    """
    try:
        url = make_url(url_of(where))
    except (ArgumentError, ValueError):
        raise NotFound("数据库地址写得不对 / the database's URL cannot be read") from None
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, hide_parameters=True, pool_size=8, max_overflow=56, pool_timeout=wait_seconds
        )
        _as_sqlite(engine, wait_seconds)
        if not may_make:
            event.listen(engine, "do_connect", _must_be_there)
        return engine
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url,
            hide_parameters=True,
            pool_size=8,
            max_overflow=24,
            pool_timeout=wait_seconds,
            pool_pre_ping=True,  # a server that was down is found again by itself
            connect_args={"connect_timeout": _CONNECT_SECONDS, "client_encoding": "utf8"},
        )
        event.listen(engine, "connect", _must_hold_names)
        return engine.execution_options(wait_seconds=wait_seconds)
    raise NotFound("只支持 SQLite 和 PostgreSQL / SQLite or PostgreSQL only")


def is_sqlite(of: Engine | Connection) -> bool:
    """Whether this is the embedded database."""
    return of.dialect.name == "sqlite"


def keep_private(engine: Engine) -> None:
    """Let nobody else on this machine read the files of an embedded database."""
    if is_sqlite(engine) and engine.url.database:
        for beside in ("", "-wal", "-shm"):
            path = Path(engine.url.database + beside)
            if path.exists():
                path.chmod(0o600)


def _must_be_there(_dialect: object, _record: object, to: Any, _options: object) -> None:
    if not Path(to[0]).is_file():
        raise sqlite3.OperationalError("unable to open: the file is gone")


def _as_sqlite(engine: Engine, wait_seconds: float) -> None:
    """Begin transactions ourselves: the driver's own way would begin them too late."""

    @event.listens_for(engine, "connect")
    def _connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        raw.execute(f"PRAGMA busy_timeout={int(wait_seconds * 1000)}")
        for pragma in _PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("writing"):
            _raw(connection).execute("BEGIN")  # takes nothing, so that it is never refused
            return
        # Only here, outside any transaction, does SQLite listen to this.
        _raw(connection).execute(f"PRAGMA foreign_keys={options.get('linked', True):d}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _raw(connection: Connection) -> Any:
    """Give the driver's own connection: what it is told goes there without a detour."""
    return connection.connection.dbapi_connection


def _must_hold_names(raw: Any, _record: object) -> None:
    """Refuse a PostgreSQL database that could not hold every name.

    Raises
    ------
    Refused
        When it is not made in UTF-8.
    """
    if raw.info.parameter_status("server_encoding") != "UTF8":
        raise Refused(
            "数据库不是 UTF8 编码，存不下所有姓名：请另建一个（createdb -E UTF8 -T template0）"
            " / the database is not in UTF8: make another"
        )


@contextmanager
def write_transaction(engine: Engine, linked: bool = True) -> Iterator[Connection]:
    """Give the one transaction that may write now; it commits unless the block raises.

    Parameters
    ----------
    linked
        Whether SQLite watches the links between tables; a migration that rebuilds a table
        cannot have it, and checks them at its end.

    Raises
    ------
    Busy
        When another writes for too long, or the disk or the server does not take it.
    Conflict
        When a row breaks a rule of the tables that another row already fulfils.
    """
    with _told_in_our_words(writing=True):
        options = {"writing": True, "linked": linked}
        with (
            engine.connect().execution_options(**options) as connection,
            _dropped_on_failure(connection),
            connection.begin(),
        ):
            if not is_sqlite(engine):
                wait = connection.get_execution_options().get("wait_seconds", WAIT_SECONDS)
                connection.execute(text(f"SET LOCAL lock_timeout = {int(wait * 1000)}"))
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITER})"))
            yield connection


@contextmanager
def read_transaction(engine: Engine) -> Iterator[Connection]:
    """Give one unchanging moment of the database; nothing can be written through it."""
    with _told_in_our_words(writing=False):
        if is_sqlite(engine):
            with (
                engine.connect() as connection,
                _dropped_on_failure(connection),
                connection.begin(),
            ):
                raw = _raw(connection)
                raw.execute("PRAGMA query_only=ON")
                try:
                    yield connection
                finally:
                    raw.execute("PRAGMA query_only=OFF")
        else:
            still = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            with engine.connect().execution_options(**still) as connection, connection.begin():
                yield connection


@contextmanager
def _dropped_on_failure(connection: Connection) -> Iterator[None]:
    """Let nobody have SQLite's connection again whose block failed.

    Rows that were left unread live on with the exception, and their moment with them, even after
    the transaction: who is given the connection next could read only that, and never write.
    """
    try:
        yield
    except BaseException:
        if is_sqlite(connection):
            connection.invalidate()
        raise


@contextmanager
def _told_in_our_words(writing: bool) -> Iterator[None]:
    """Turn what a database refuses into errors a caller can act on, without any value."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        known = _in_our_words(error, writing)
        if known is None:
            raise
        raise known from None


def _in_our_words(error: DBAPIError | PoolTimeout, writing: bool) -> CaseworkError | None:
    if isinstance(error, PoolTimeout):
        return Busy("同时使用的人太多，请稍后再试 / too many at once: try again")
    if isinstance(error, IntegrityError):
        return Conflict("已有相同的记录，或记录之间不一致 / the record is there already")
    if error.connection_invalidated:
        return Busy(_OUT_OF_REACH)
    said = f"{type(error.orig).__name__} {error.orig}".lower()
    if any(words in said for words in ("malformed", "not a database", "corrupt")):
        return Unreadable("数据库损坏，请用备份恢复 / the database is damaged: restore a backup")
    if "nul (0x00)" in said:  # PostgreSQL keeps no such text, so that no record is called by it
        return Refused("文字里有不能保存的字符 / there is a character that cannot be kept")
    if "insufficientprivilege" in said:
        return Busy(_NO_RIGHTS)
    if not isinstance(error, OperationalError) or ("readonly" in said and not writing):
        return None
    found = (told for words, told in _OPERATIONAL if any(word in said for word in words))
    return next(map(Busy, found), None)


_OUT_OF_REACH = (
    "数据库暂时连不上，请稍后再试；刚才的操作请先看看是否已经保存"
    " / the database cannot be reached just now: see whether the last act was saved, and try again"
)
_NO_RIGHTS = (
    "数据库账号不能建表或读写：请让它拥有这个库（ALTER DATABASE … OWNER TO …）"
    " / the database's user may not make its tables: let it own the database"
)
_TURNED_AWAY = (
    "数据库不让进：请核对地址（NUANTONG_DATABASE）中的账号、密码和库名"
    " / the database refuses: see to the user, password and name in its address"
)
_OPERATIONAL = (
    # A role or a database that "does not exist"; a table is another kind of error.
    (("authentication failed", "no password", "pg_hba.conf", '" does not exist'), _TURNED_AWAY),
    (
        ("locked", "locknotavailable", "querycanceled"),
        "别人正在写入，请稍后再试 / somebody else is writing: try again",
    ),
    (
        ("full", "disk i/o"),
        "磁盘已满或不可写，这次没有保存 / the disk is full: nothing was saved",
    ),
    (("readonly",), "数据库不可写，请检查权限 / the database cannot be written"),
    (("unable to open", "connect", "terminat", "admin"), _OUT_OF_REACH),
)
"""What a database says, by words in it, and what we say; the first that fits."""
