"""Once (只办一次): what is asked for again, because no answer came, is not done a second time.

A page sends a random key with what it asks; whoever writes then leaves the key's hash in the same
transaction, so that key and deed are on record together or neither is. The page keeps the key
while it has had no answer, and takes another as soon as it has one.
"""

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select

from casework.errors import Conflict
from ledger.record.once_tables import asked_once

KEPT = timedelta(days=1)
"""How long somebody may try again."""


class AlreadyDone(Conflict):
    """It was done the first time, though the answer never arrived."""


@dataclass(slots=True)
class _Asked:
    key_hash: bytes
    is_noted: bool = False


_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


def ask_once(account: str, key: str) -> None:
    """Let the first thing that this request writes be written once under the key; "" is none."""
    digest = hashlib.sha256(f"{account}/{key}".encode()).digest()
    _asked.set(_Asked(digest) if key else None)


def note_asked(connection: Connection, at: datetime) -> None:
    """Leave the key of what is being asked, the first time this request writes.

    Raises
    ------
    AlreadyDone
        When it stands there: nothing is written.
    """
    asked = _asked.get()
    if asked is None or asked.is_noted:
        return
    known = select(exists().where(asked_once.c.key_hash == asked.key_hash))
    if connection.scalar(known):
        raise AlreadyDone("刚才那一次已经办好，没有重复办理 / it had been done; not done twice")
    connection.execute(delete(asked_once).where(asked_once.c.at < at - KEPT))
    connection.execute(insert(asked_once).values(key_hash=asked.key_hash, at=at))
    asked.is_noted = True
