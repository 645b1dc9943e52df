"""Trail (审计核对、归档): check the whole chain, and put old rows away after six months at least.

The farthest row ever verified is kept with the keys as the anchor, so that rows cut off at the
end are missed. An archive is a file of rows with the hash they close with; only rows whose
archive is registered may leave the database, which a trigger sees to.
"""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import file_digest
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select

from casework.errors import Conflict, NotFound, Refused, Unreadable
from ledger.record.audit import Acting, Link, Verified, follows, kept_rows, verify
from ledger.record.audit_tables import audit, audit_archives, installation
from ledger.record.book import Book
from ledger.record.schema import moment_text
from ledger.record.store import Store
from ledger.record.whole_files import whole_file

LEAST_DAYS = 184
"""Six months, as the Cybersecurity Law asks of logs."""

SCHEMA = "nuantong/audit-archive/1"


@dataclass(frozen=True, slots=True)
class Archive:
    """Rows put away: from and to which number, and where."""

    first: int
    last: int
    path: Path


def check_trail(store: Store) -> Verified:
    """Check every row of the trail; where all hold, move the anchor to the last."""
    with store.looking() as connection:
        name = f"anchor-{connection.scalar(select(installation.c.id))}.json"
        found = verify(connection, store.keys.roots.audit, _anchor(store.keys.folder / name))
    if found.broken_at is None:
        with whole_file(store.keys.folder / name) as file:
            document = {"seq": found.last.seq, "hash": found.last.hash.hex()}
            file.write(json.dumps(document).encode("ascii"))
    return found


def archive_trail(store: Store, actor: Acting, folder: Path, before: datetime) -> Archive | None:
    """Put rows older than a moment into a file and take them out; None where there are none.

    Raises
    ------
    Refused
        When the moment is not six months ago yet.
    Conflict
        When the chain does not hold: nothing is taken out of a broken one.
    """
    if before > store.clock() - timedelta(days=LEAST_DAYS):
        raise Refused("审计日志至少保存六个月 / the trail is kept for six months at least")
    if check_trail(store).broken_at is not None:
        raise Conflict("审计日志被改动，不能归档 / the trail was altered: nothing is put away")
    with store.writing(actor, "audit_archive") as book:
        first, last = _span_before(book, before)
        if last < first:
            return None
        path = folder / f"审计归档-{first}-{last}.jsonl"
        old = takewhile(lambda row: row["seq"] <= last, kept_rows(book.connection))
        closing = _write(path, old)
        with path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
        registered = {
            "first_seq": first,
            "last_seq": last,
            "closing_hash": closing,
            "file_sha256": sha256,
            "at": book.at,
        }
        book.connection.execute(insert(audit_archives), registered)
        book.connection.execute(delete(audit).where(audit.c.seq <= last))
        book.note("audit_archive", "audit", (), first=first, last=last, sha256=sha256)
    return Archive(first, last, path)


def check_archive(store: Store, path: Path) -> Verified:
    """Check an archive: that it is the registered one, row by row.

    Raises
    ------
    NotFound
        When this database registered no such archive.
    Unreadable
        When it is no archive.
    """
    try:
        return _checked(store, path)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        raise Unreadable("不是审计归档文件，或已损坏 / no archive, or a damaged one") from None


def _checked(store: Store, path: Path) -> Verified:
    """Check an archive row by row; its last row tells which one it is."""
    first, last = _ends(_read(path))
    with store.looking() as connection:
        known = select(audit_archives.c.closing_hash)
        closing = connection.scalar(known.where(audit_archives.c.last_seq == last["seq"]))
    if closing is None:
        raise NotFound("没有登记过这个归档 / no such archive was registered here")
    end, count = Link(first["seq"] - 1, first["prev"]), 0
    for row in _read(path):
        if not follows(store.keys.roots.audit, row, end):
            return Verified(count, end.seq + 1, end)
        end, count = Link(row["seq"], row["hash"]), count + 1
    return Verified(count, None if end.hash == closing else end.seq, end)


def _ends(rows: Iterator[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    first = next(rows)
    (last,) = deque(chain([first], rows), maxlen=1)
    return first, last


def _span_before(book: Book, before: datetime) -> tuple[int, int]:
    """Give the first and last number of the rows before the first one that is not that old."""
    young = book.connection.scalar(select(func.min(audit.c.seq)).where(audit.c.at >= before))
    ends = select(func.min(audit.c.seq), func.max(audit.c.seq))
    first, last = book.connection.execute(ends).one()
    return (first, last if young is None else young - 1) if first else (1, 0)


def _anchor(path: Path) -> Link | None:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        return Link(document["seq"], bytes.fromhex(document["hash"]))
    except FileNotFoundError:
        return None


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> object:
    """Write an archive; give the hash of its last row."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    closing = None
    with whole_file(path) as file:
        file.write(_line({"schema": SCHEMA}))
        for row in rows:
            file.write(_line(row))
            closing = row["hash"]
    return closing


def _line(said: dict[str, Any]) -> bytes:
    return f"{json.dumps(said, ensure_ascii=False, default=_plain)}\n".encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return moment_text(value)
    assert isinstance(value, bytes)
    return value.hex()


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        if json.loads(next(lines, ""))["schema"] != SCHEMA:
            raise ValueError("schema")
        for line in map(json.loads, lines):
            yield {**line, **{name: bytes.fromhex(str(line[name])) for name in ("prev", "hash")}}
