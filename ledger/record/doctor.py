"""Doctor (体检): is the store well, and what to do about what is not.

Each check is a ``Check``: its name, how it stands, and the figures its sentence needs. The
sentences, with their remedies, stand in ``service/texts``.
"""

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select, text

from casework.errors import Unreadable
from ledger.record.audit_tables import audit, installation
from ledger.record.engine import is_sqlite, read_transaction
from ledger.record.key_ring import KeyRing
from ledger.record.migrate import current_revision, known_revisions
from ledger.record.people_tables import imports, people, person_versions
from ledger.record.retention import KEEP_DAYS, count_over
from ledger.record.sealed_files import PLAIN, is_sealed
from ledger.record.store import Store
from ledger.record.trail import check_trail

LEAST_FREE_MB = 1_024
MOST_LOG_MB = 256
BACKUP_DAYS = 7
_MB = 1 << 20
_SAMPLE = 100
UNREADABLE = frozenset({("integrity", "damaged"), ("belongs", "other"), ("keys", "other")})
"""Troubles by which nothing can be read."""
_COUNTED = (("people", people), ("versions", person_versions), ("imports", imports))


class State(StrEnum):
    """How a check stands."""

    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``name`` and ``fault`` choose the sentence, ``figures`` fill it."""

    name: str
    state: State = State.GOOD
    fault: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)


def examine(
    engine: Engine,
    keys: KeyRing,
    now: datetime,
    keep_days: int = KEEP_DAYS,
    data: Path | None = None,
) -> tuple[Check, ...]:
    """Examine a database and its keys; those that need sound tables only where they are.

    Parameters
    ----------
    data
        Where the desks are; None is beside the embedded database.
    """
    with read_transaction(engine) as connection:
        tables = _tables(connection)
    checks = [tables, *_keys(keys), *_files(engine, keys, data)]
    if tables.state is State.GOOD:
        with read_transaction(engine) as connection:
            belongs = _belongs(connection, keys)
            checks += [_size(connection), _integrity(connection), belongs]
            checks += [_clock(connection, now), _backup(connection, now)]
            checks.append(_retention(connection, now, keep_days))
        if belongs.state is State.GOOD:  # by other keys no trail holds, and that says nothing
            checks.append(_trail(Store(engine, keys, lambda: now)))
    return tuple(checks)


def _tables(connection: Connection) -> Check:
    known, found = known_revisions(), current_revision(connection)
    figures = {"found": found or "-", "newest": known[0]}
    if found == known[0]:
        return Check("tables", figures=figures)
    fault = "none" if found is None else "older" if found in known else "newer"
    return Check("tables", State.BAD, fault, figures)


def _size(connection: Connection) -> Check:
    rows = {name: connection.scalar(select(func.count()).select_from(t)) for name, t in _COUNTED}
    size = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if is_sqlite(connection)
        else "SELECT pg_database_size(current_database())"
    )
    size_mb = int(connection.scalar(text(size)) or 0) // _MB
    return Check("size", figures={"size": size_mb, **rows})


def _integrity(connection: Connection) -> Check:
    if not is_sqlite(connection):
        return Check("integrity")
    said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    return Check("integrity") if said == "ok" and loose is None else _bad("integrity", "damaged")


def _belongs(connection: Connection, keys: KeyRing) -> Check:
    if connection.scalar(select(installation.c.keys_id)) == keys.roots.id:
        return Check("belongs")
    return _bad("belongs", "other")


def _keys(keys: KeyRing) -> Iterator[Check]:
    """Open some people's keys, and see that the keys are copied somewhere."""
    try:
        opened = keys.try_some(_SAMPLE)
        yield Check("keys", figures={"people": keys.count(), "opened": opened})
    except Unreadable:
        yield _bad("keys", "other")
    copy = keys.last_copy()
    if copy is None:
        yield Check("key_copy", State.LOOK, "none")
    elif keys.is_copy_older():
        yield _bad("key_copy", "older", folder=copy[0])
    else:
        yield Check("key_copy", figures={"folder": copy[0], "at": copy[1][:10]})


def _files(engine: Engine, keys: KeyRing, data: Path | None) -> Iterator[Check]:
    """Look at the folders: who may read them, how much room is left, how long the log is."""
    private = [keys.folder, *keys.folder.glob("*")]
    database = Path(engine.url.database) if is_sqlite(engine) and engine.url.database else None
    if database is not None:
        private += [database.parent, *database.parent.glob(f"{database.name}*")]
    folder = data if database is None else database.parent
    open_to_others = [path.name for path in private if path.stat().st_mode & 0o077]
    if open_to_others and os.name == "posix":
        yield Check("private", State.LOOK, "open", {"names": "、".join(open_to_others)})
    else:
        yield Check("private")
    if folder is not None:
        yield _desks(folder)
        if keys.folder.resolve().is_relative_to(folder.resolve()):
            yield Check("apart", State.LOOK, "inside")
    if database is None:
        return
    free_mb = shutil.disk_usage(database.parent).free // _MB
    needed_mb = max(LEAST_FREE_MB, 2 * database.stat().st_size // _MB)
    short = free_mb < needed_mb
    figures = {"free": free_mb, "needed": needed_mb}
    yield Check("room", State.BAD if short else State.GOOD, "short" if short else "", figures)
    log = database.with_name(f"{database.name}-wal")
    log_mb = log.stat().st_size // _MB if log.is_file() else 0
    long = log_mb > MOST_LOG_MB
    state, fault = (State.LOOK, "long") if long else (State.GOOD, "")
    yield Check("log", state, fault, {"size": log_mb})


def _clock(connection: Connection, now: datetime) -> Check:
    newest = connection.scalar(select(func.max(audit.c.at)))
    if newest is not None and newest > now + timedelta(minutes=5):
        return _bad("clock", "behind", newest=newest.isoformat(timespec="minutes"))
    return Check("clock")


def _backup(connection: Connection, now: datetime) -> Check:
    last = connection.scalar(select(func.max(audit.c.at)).where(audit.c.action == "backup"))
    if last is None:
        return Check("backup", State.LOOK, "none")
    days = (now - last).days
    state, fault = (State.LOOK, "old") if days > BACKUP_DAYS else (State.GOOD, "")
    return Check("backup", state, fault, {"days": days})


def _retention(connection: Connection, now: datetime, keep_days: int) -> Check:
    """See that what is over is forgotten; a workman does it within the hour, so a day is late."""
    late = sum(count_over(connection, now - timedelta(days=1), keep_days).values())
    state, fault = (State.LOOK, "late") if late else (State.GOOD, "")
    return Check("retention", state, fault, {"days": keep_days, "n": late})


def _desks(folder: Path) -> Check:
    """See that no list lies in plain on a desk."""
    files = (path for path in (folder / "desks").rglob("*") if path.is_file())
    plain = [path for path in files if path.name not in PLAIN and not is_sealed(path)]
    return _bad("desks", "plain", n=len(plain)) if plain else Check("desks")


def _trail(store: Store) -> Check:
    begun = time.monotonic()
    found = check_trail(store)
    if found.broken_at is not None:
        return _bad("trail", "broken", row=found.broken_at)
    seconds = round(time.monotonic() - begun, 1)
    return Check("trail", figures={"rows": found.rows, "seconds": seconds})


def _bad(name: str, fault: str, **figures: object) -> Check:
    return Check(name, State.BAD, fault, figures)
