"""Restore (恢复): a backup back into a database, whole or not at all.

The backup is read to its end first; then everything happens in one transaction, so that a
failure leaves the database as it was. The rows in the database are read again and compared
before it is kept. People who were erased since then are emptied once more, and the database
takes a new name, since its trail goes on from an earlier row.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, inspect, text, update

from casework.errors import Conflict
from ledger.record.audit import Acting, Entry, Fact, Outcome, append
from ledger.record.audit_tables import installation
from ledger.record.backup import Backup, backup_lines, check_backup, digest_of
from ledger.record.engine import is_sqlite, keep_private, open_engine, write_transaction
from ledger.record.erasure import empty_rows
from ledger.record.key_ring import KeyRing
from ledger.record.migrate import known_revisions, upgrade
from ledger.record.row_text import Digest, lines_of, tables_of, value_of
from ledger.record.store import Clock, make_folder, migrate, now_utc, random_id

_BATCH = 1_000


def restore(
    path: Path,
    where: Path | str,
    keys: KeyRing,
    actor: Acting,
    replace: bool = False,
    clock: Clock = now_utc,
) -> Backup:
    """Bring a backup back to a data folder or a database.

    Parameters
    ----------
    replace
        Whether what is there now may go.

    Raises
    ------
    Unreadable
        When the backup is cut or altered, or of other keys: nothing was touched.
    Conflict
        When something is there already, or the backup is newer than this program.
    """
    backup = check_backup(path, keys)
    if backup.revision not in known_revisions():
        raise Conflict("备份比程序新，请更新程序 / the backup is newer than this program")
    make_folder(where)
    engine = open_engine(where, may_make=True)
    try:
        with write_transaction(engine, linked=False) as connection:
            _clear(connection, replace)
            upgrade(connection, backup.revision)
            _fill(connection, path, keys)
            _compare(connection, backup)
            upgrade(connection)
            _settle(connection, keys, actor, backup, clock)
        keep_private(engine)
        migrate(engine, keys, clock())  # a look at its links and its keys
    finally:
        engine.dispose()
    return backup


def _clear(connection: Connection, replace: bool) -> None:
    tables = inspect(connection).get_table_names()
    if tables and not replace:
        raise Conflict(
            "这里已有数据库；确实要换掉请加 --replace / something is there: --replace replaces it"
        )
    for table in tables:
        cascade = "" if is_sqlite(connection) else " CASCADE"
        connection.execute(text(f'DROP TABLE "{table}"{cascade}'))


def _fill(connection: Connection, path: Path, keys: KeyRing) -> None:
    """Insert every row; the links between tables wait until all are there."""
    tables = {table.name: table for table in tables_of(connection)}
    for table in tables.values():
        connection.execute(table.delete())
    links = [] if is_sqlite(connection) else _take_links(connection)
    for name, columns, rows in _batches(path, keys):
        values = [dict(zip(columns, map(value_of, row), strict=True)) for row in rows]
        connection.execute(insert(tables[name]), values)
    for link in links:
        connection.execute(text(link))


def _take_links(connection: Connection) -> list[str]:
    """Drop the foreign keys of PostgreSQL; give the statements that bring them back."""
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'f'"
            " AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for table, name, _ in found:
        connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
    return [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {rule}' for table, name, rule in found]


def _batches(path: Path, keys: KeyRing) -> Iterator[tuple[str, list[str], list[Any]]]:
    """Give the rows of a backup in batches, each of one table."""
    name = ""
    columns: list[str] = []
    rows: list[Any] = []
    with path.open("rb") as file:
        for line in map(json.loads, backup_lines(file, keys)[1]):
            if isinstance(line, list) and len(rows) < _BATCH:
                rows.append(line)
                continue
            if rows:
                yield name, columns, rows
            rows = [line] if isinstance(line, list) else []
            if isinstance(line, dict) and "table" in line:
                name, columns = line["table"], line["columns"]


def _compare(connection: Connection, backup: Backup) -> None:
    """See that the database now holds the very rows of the backup."""
    digests = {table.name: _digest(connection, table) for table in tables_of(connection)}
    if digest_of(digests) != backup.digest:
        raise Conflict("恢复后核对不符，没有改动 / the rows differ: all is left as it was")


def _digest(connection: Connection, table: Table) -> Digest:
    digest = Digest()
    for row in lines_of(connection, table):
        said = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        digest.add(said.encode() + b"\n")
    return digest


def _settle(
    connection: Connection, keys: KeyRing, actor: Acting, backup: Backup, clock: Clock
) -> None:
    """Empty whoever was erased since, name the database anew, and say so in its trail."""
    erased = keys.destroyed()
    rows = sum(empty_rows(connection, person) for person in erased)
    connection.execute(update(installation).values(id=random_id()))
    facts: dict[str, Fact] = {"rows": backup.rows, "digest": backup.digest, "emptied": rows}
    entry = Entry(clock(), actor, "restore", "restore", Outcome.DONE, "backup", (), facts)
    append(connection, keys.roots.audit, [entry])
