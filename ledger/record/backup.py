"""Backup (备份): one moment of the database in one encrypted file, read back before it counts.

The file is of neither database: what was backed up from SQLite restores to PostgreSQL and the
other way. It is taken while others write. It holds no person's key: whoever is erased cannot
be read in it any more. ``restore`` brings it back.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection

from casework.errors import Conflict, Unreadable
from ledger.record.audit import Acting
from ledger.record.backup_stream import BackupWriter, read_header, read_lines
from ledger.record.key_ring import KeyRing
from ledger.record.migrate import current_revision
from ledger.record.row_text import Digest, columns_of, lines_of, tables_of
from ledger.record.schema import moment_text
from ledger.record.store import Store
from ledger.record.whole_files import whole_file

SCHEMA = "nuantong/backup/1"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes
    ----------
    digest
        One hash over every row of every table.
    revision
        The revision of its tables.
    """

    path: Path
    made_at: str
    revision: str
    rows: int
    digest: str


def back_up(store: Store, actor: Acting, out: Path) -> Backup:
    """Write a backup and read it back; a file that failed does not appear.

    Raises
    ------
    Busy
        When the disk is full.
    """
    out.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole_file(out) as file:
        with store.looking() as connection:
            written = _write(file, connection, store)
        file.flush()
        file.seek(0)
        made = _checked(file, store.keys, out)
        if made.digest != written:
            raise Conflict("备份核对不符，没有保留 / the backup differs from what was read")
    with store.writing(actor, "backup") as book:
        book.note("backup", "backup", (), rows=made.rows, digest=made.digest)
    return made


def check_backup(path: Path, keys: KeyRing) -> Backup:
    """Read a backup from beginning to end.

    Raises
    ------
    Unreadable
        When it is cut, altered, no backup, or of other keys.
    """
    with path.open("rb") as file:
        return _checked(file, keys, path)


def backup_lines(file: BinaryIO, keys: KeyRing) -> tuple[dict[str, Any], Iterator[Any]]:
    """Give the header of a backup, and its lines as they were written."""
    header = read_header(file)
    if header.get("schema") != SCHEMA:
        raise Unreadable("这个备份的格式不认识 / this form of backup is not known")
    if header.get("keys_id") != keys.roots.id:
        raise Unreadable(
            "备份是用另一套密钥做的，请核对 NUANTONG_KEYS / it was made with other keys"
        )
    lines = read_lines(file, keys.roots.backup, header)
    return header, lines


def digest_of(tables: dict[str, Digest]) -> str:
    """Give one hash over all tables."""
    said = {name: digest.as_json() for name, digest in tables.items()}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _write(file: BinaryIO, connection: Connection, store: Store) -> str:
    header = {
        "schema": SCHEMA,
        "made_at": moment_text(store.clock()),
        "keys_id": store.keys.roots.id,
        "revision": current_revision(connection),
    }
    writer = BackupWriter(file, store.keys.roots.backup, header)
    digests: dict[str, Digest] = {}
    for table in tables_of(connection):
        writer.line({"table": table.name, "columns": columns_of(table)})
        digest = digests[table.name] = Digest()
        for row in lines_of(connection, table):
            digest.add(writer.line(row))
    digest_text = digest_of(digests)
    writer.line({"end": digest_text})
    writer.finish()
    return digest_text


def _checked(file: BinaryIO, keys: KeyRing, path: Path) -> Backup:
    header, lines = backup_lines(file, keys)
    digests: dict[str, Digest] = {}
    digest, end = Digest(), None
    for line in lines:
        if line.startswith(b"{"):
            said = json.loads(line)
            end = said.get("end")
            digest = digests.setdefault(said["table"], Digest()) if "table" in said else digest
        else:
            digest.add(line + b"\n")
    if end != digest_of(digests):
        raise Unreadable("备份文件前后不符 / the backup does not agree with itself")
    rows = sum(digest.rows for digest in digests.values())
    return Backup(path, header["made_at"], header["revision"], rows, str(end))
