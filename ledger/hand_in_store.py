"""Store of hand-ins: every file the city office ever received, as it came (收件库).

::

    STORE/files/<sha256>.<suffix>     the file, under its content's name
    STORE/records/<sha256>.json       when it came and what it was called

Nothing is changed or removed: a later file supersedes, both are kept. The same bytes are one
file. Each record is a file of its own, so that two people may receive at once.
"""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from casework.errors import Conflict
from ledger.incoming import Incoming, digest_of

SCHEMA = "nuantong/received/1"


@dataclass(frozen=True, slots=True)
class Record:
    """A file received.

    Attributes
    ----------
    order
        The how manieth file of the store it was, from 1.
    name
        What it was called.
    """

    sha256: str
    suffix: str
    name: str
    received_on: date
    order: int

    @property
    def file(self) -> str:
        """Its name in the store."""
        return f"{self.sha256}{self.suffix}"


class HandInStore:
    """A folder of hand-ins; it is made when something is received."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files, self._records = root / "files", root / "records"

    @property
    def exists(self) -> bool:
        """Whether the folder is a store."""
        return self._records.is_dir()

    @property
    def records(self) -> tuple[Record, ...]:
        """Every file received, in the order received."""
        found = [_read(path) for path in self._records.glob("*.json")] if self.exists else []
        return tuple(sorted(found, key=lambda record: (record.order, record.sha256)))

    def path(self, record: Record) -> Path:
        """Say where a file lies.

        Raises
        ------
        Conflict
            When it is gone, or is no longer what was received.
        """
        path = self._files / record.file
        if not path.is_file() or digest_of(path) != record.sha256:
            raise Conflict(
                f"收件库中的“{record.name}”缺失或被改动，请找回原件"
                " / a file in the store is missing or was changed"
            )
        return path

    def keep(self, incoming: Incoming, name: str, received_on: date) -> tuple[Record, bool]:
        """Keep a file that was opened; give its record, and whether it is new."""
        for known in self.records:
            if known.sha256 == incoming.sha256:
                return known, False
        for folder in (self._files, self._records):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        order = 1 + max((record.order for record in self.records), default=0)
        suffix = incoming.path.suffix.lower()
        record = Record(incoming.sha256, suffix, name, received_on, order)
        _whole(self._files / record.file, incoming.path)
        document = {"schema": SCHEMA, **asdict(record), "received_on": received_on.isoformat()}
        draft = self.root / f".{secrets.token_hex(6)}"
        draft.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(draft, self._records / f"{record.sha256}.json")
        return record, True


def _whole(target: Path, source: Path) -> None:
    """Copy a file, whole or not at all."""
    draft = target.with_name(f".{secrets.token_hex(6)}")
    try:
        shutil.copyfile(source, draft)
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> Record:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return Record(
            document["sha256"],
            document["suffix"],
            document["name"],
            date.fromisoformat(document["received_on"]),
            document["order"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Conflict(
            f"收件库的记录 {path.name} 已损坏 / a record of the store is damaged"
        ) from error
