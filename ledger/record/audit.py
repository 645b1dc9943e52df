"""Audit trail (审计日志): who saw or changed what, each row chained to the one before.

A row's hash covers the row and the hash before it, keyed with a key that the database does not
hold: rows changed, put in or taken out in the middle are found, and cannot be made good by
whoever holds the database alone. Rows cut off at the end are found against the anchor, the
farthest row that was ever verified, which is kept with the keys. No personal data enters a row.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import Connection, String, func, insert, select, type_coerce

from casework.errors import CaseworkError, Conflict, NotFound, Refused
from ledger.record.audit_tables import audit, audit_archives
from ledger.record.schema import moment_text

BEGINNING = bytes(32)
_BATCH = 2_000

Fact = str | int | bool | None | Sequence[str]


class Acting(Protocol):
    """What the trail keeps of an actor (``casework.actors.Actor`` has it)."""

    @property
    def id(self) -> str:
        """The account; ``system`` for the command line."""

    @property
    def role(self) -> str:
        """The role acted in."""

    @property
    def scope(self) -> tuple[str, ...]:
        """The area acted for."""


class Outcome(StrEnum):
    """What became of it (结果)."""

    DONE = "done"
    READ = "read"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    FAILED = "failed"


_OUTCOMES = {
    Refused: Outcome.REFUSED,
    NotFound: Outcome.NOT_FOUND,
    Conflict: Outcome.CONFLICT,
}


def outcome_of(error: CaseworkError) -> Outcome:
    """Say how what ended by an error ended."""
    kinds = (_OUTCOMES[kind] for kind in type(error).__mro__ if kind in _OUTCOMES)
    return next(kinds, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row to come: everything but its place in the chain."""

    at: datetime
    actor: Acting
    action: str
    why: str
    outcome: Outcome
    kind: str = ""
    ids: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the chain: the number of a row and its hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found.

    Attributes
    ----------
    rows
        Rows that hold, from the first that is kept.
    broken_at
        Number of the first row that does not hold; None where all do.
    last
        The last row that holds.
    """

    rows: int
    broken_at: int | None
    last: Link


def append(connection: Connection, key: bytes, entries: Iterable[Entry]) -> Link:
    """Add rows at the end of the chain, in a transaction that writes; give the new end."""
    end = last_link(connection)
    rows: list[dict[str, object]] = []
    for entry in entries:
        row = _as_row(entry, end)
        row["hash"] = hash_of(key, row)
        end = Link(end.seq + 1, _bytes(row["hash"]))
        rows.append(row)
    if rows:
        connection.execute(_ADD, rows)
    return end


_ADD = insert(audit)
_LAST = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)


def last_link(connection: Connection) -> Link:
    """Give the end of the chain."""
    found = connection.execute(_LAST).first()
    return Link(found.seq, bytes(found.hash)) if found else _archived_end(connection)


def verify(connection: Connection, key: bytes, anchor: Link | None = None) -> Verified:
    """Check every row that is kept, from the end of the last archive on.

    Parameters
    ----------
    anchor
        A row known from before: the chain must reach it and agree.
    """
    end, rows = _archived_end(connection), 0
    for row in kept_rows(connection):
        if not follows(key, row, end):
            return Verified(rows, end.seq + 1, end)
        end, rows = Link(row["seq"], _bytes(row["hash"])), rows + 1
        if anchor and anchor.seq == end.seq and anchor.hash != end.hash:
            return Verified(rows, end.seq, end)
    if anchor and anchor.seq > end.seq:
        return Verified(rows, end.seq + 1, end)
    return Verified(rows, None, end)


def _as_row(entry: Entry, end: Link) -> dict[str, object]:
    return {
        "seq": end.seq + 1,
        "at": entry.at,
        "actor": entry.actor.id,
        "role": str(entry.actor.role),
        "action": entry.action,
        "why": entry.why,
        "kind": entry.kind,
        "ids": _json(entry.ids),
        "area": "/".join(entry.actor.scope),
        "outcome": str(entry.outcome),
        "facts": _json(entry.facts),
        "prev": end.hash,
    }


def hash_of(key: bytes, row: Mapping[str, object]) -> bytes:
    """Give the hash a row must carry."""
    at = row["at"]
    said = [moment_text(at) if isinstance(at, datetime) else at]
    said += [row[name] for name in _HASHED]
    message = _bytes(row["prev"]) + json.dumps(said, ensure_ascii=False).encode()
    return hmac.digest(key, message, "sha256")


# A time is checked as it is written: one that was made unreadable is found like any other.
_AS_WRITTEN = [type_coerce(c, String).label(c.name) if c.name == "at" else c for c in audit.c]
_NAMES = audit.c.keys()
_HASHED = ("seq", "actor", "role", "action", "why", "kind", "ids", "area", "outcome", "facts")


def follows(key: bytes, row: Mapping[str, object], end: Link) -> bool:
    """Whether a row is the one that comes next in the chain, unaltered."""
    return (
        row["seq"] == end.seq + 1
        and row["prev"] == end.hash
        and hmac.compare_digest(hash_of(key, row), _bytes(row["hash"]))
    )


def kept_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Give the rows in order, a batch at a time, the times as they are written."""
    query = select(*_AS_WRITTEN).order_by(audit.c.seq)
    reached = None
    while True:
        page = query if reached is None else query.where(audit.c.seq > reached)
        rows = connection.execute(page.limit(_BATCH)).all()
        yield from (dict(zip(_NAMES, row, strict=True)) for row in rows)
        if len(rows) < _BATCH:
            return
        reached = rows[-1].seq


def _archived_end(connection: Connection) -> Link:
    """Give the last row that was archived; row 0 where none was."""
    newest = select(func.max(audit_archives.c.last_seq)).scalar_subquery()
    found = connection.execute(
        select(audit_archives.c.last_seq, audit_archives.c.closing_hash).where(
            audit_archives.c.last_seq == newest
        )
    ).first()
    return Link(found.last_seq, bytes(found.closing_hash)) if found else Link(0, BEGINNING)


def _json(value: object) -> str:
    listed = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
