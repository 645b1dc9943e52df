"""Key ring: one key a person, wrapped by a master key, in a house of their own (密钥库).

The house is a SQLite file apart from the database. A key that is destroyed there is gone: what
it sealed cannot be read any more, in the database or in any backup ever made. Its place is
remembered, so that no new key is made for the same person.
"""

import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import Busy, CaseworkError, NotFound, Unreadable
from ledger.record.key_files import FILE, KEY_BYTES, RootKeys, read_keys, write_keys
from ledger.record.whole_files import whole_file

HOUSE = "people.sqlite"
_NONCE_BYTES = 12
WAIT_SECONDS = 20
_MOST_REMEMBERED = 20_000
_TABLES = """
CREATE TABLE IF NOT EXISTS person_keys (
  person TEXT PRIMARY KEY, master INTEGER NOT NULL, wrapped BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS destroyed (
  person TEXT PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS copies (folder TEXT NOT NULL, at TEXT NOT NULL);
"""


class PersonErased(NotFound):
    """Her key was destroyed, and is not missing for another reason."""


class KeyRing:
    """The keys of one installation, from a folder."""

    def __init__(self, folder: Path, roots: RootKeys) -> None:
        self.folder = folder
        self.roots = roots
        self._lock = threading.RLock()
        self._remembered: dict[str, bytes] = {}
        self._house = _open_house(folder / HOUSE)
        self._seen = self._changes()

    @classmethod
    def load(cls, folder: Path, make: bool = True) -> "KeyRing":
        """Open the keys of a folder; they are made on first use, unless ``make`` is off.

        Raises
        ------
        NotFound
            When there are none and none may be made.
        """
        if make and not (folder / FILE).exists():
            with suppress(FileExistsError):  # another was first
                write_keys(folder, RootKeys.made(), new=True)
        return cls(folder, read_keys(folder))

    def key_of(self, person: str, look_again: bool = True) -> bytes | None:
        """Give a person's key; None where she has none yet.

        Parameters
        ----------
        look_again
            Whether to see first what other processes destroyed: a block of the store, which
            sees one moment, does so once.

        Raises
        ------
        PersonErased
            When her key was destroyed.
        """
        with self._lock:
            if look_again:
                self._forget_if_changed()
            if person not in self._remembered:
                row = self._ask("SELECT master, wrapped FROM person_keys WHERE person=?", person)
                if row is None:
                    self._refuse_destroyed(person)
                    return None
                if len(self._remembered) >= _MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[person] = self._unwrap(person, *row)
            return self._remembered[person]

    def keep(self, keys: Mapping[str, bytes]) -> None:
        """Keep new keys, on disk before this returns; call before what they seal is committed."""
        if not keys:
            return
        with self._lock, self._writing() as house:
            self.roots = read_keys(self.folder)  # another process may have forgotten our master
            house.executemany(
                "INSERT INTO person_keys VALUES (?, ?, ?)",
                [(person, *self._wrap(person, key)) for person, key in keys.items()],
            )

    def destroy(self, people: Iterable[str], at: str) -> None:
        """Destroy people's keys for ever; those without one are remembered all the same."""
        with self._lock:
            with self._writing() as house:
                for person in people:
                    house.execute("DELETE FROM person_keys WHERE person=?", [person])
                    house.execute("INSERT OR IGNORE INTO destroyed VALUES (?, ?)", [person, at])
            self._remembered.clear()
            self._house.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def discard(self, name: str) -> None:
        """Destroy a key that is no person's: nobody asks for it again."""
        with self._lock:
            with self._writing() as house:
                house.execute("DELETE FROM person_keys WHERE person=?", [name])
            self._remembered.clear()
            self._house.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def destroyed(self) -> tuple[str, ...]:
        """Give everybody whose key was destroyed."""
        with self._lock:
            return tuple(row[0] for row in self._house.execute("SELECT person FROM destroyed"))

    def count(self) -> int:
        """Count the people who have a key."""
        with self._lock:
            return int(self._house.execute("SELECT count(*) FROM person_keys").fetchone()[0])

    def try_some(self, most: int) -> int:
        """Unwrap some people's keys; count them.

        Raises
        ------
        Unreadable
            When one does not open.
        """
        with self._lock:
            rows = self._house.execute("SELECT * FROM person_keys LIMIT ?", [most]).fetchall()
            return len([self._unwrap(*row) for row in rows])

    def rotate(self) -> int:
        """Wrap every person's key with a new master key and forget the old one; count them.

        A crash in between leaves both masters: rotate again.
        """
        with self._lock:
            with self._writing() as house:  # nobody wraps a key or rotates meanwhile
                roots = read_keys(self.folder)
                number = roots.current + 1
                both = {**roots.masters, number: token_bytes(KEY_BYTES)}
                self._become(replace(roots, masters=both, current=number))
                rows = house.execute("SELECT person, master, wrapped FROM person_keys").fetchall()
                house.executemany(
                    "UPDATE person_keys SET master=?2, wrapped=?3 WHERE person=?1",
                    [(who, *self._wrap(who, self._unwrap(who, m, w))) for who, m, w in rows],
                )
            self._house.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            with self._writing():
                roots = read_keys(self.folder)
                if roots.current == number:  # else whoever rotated since forgets all but hers
                    self._become(replace(roots, masters={number: roots.masters[number]}))
            return len(rows)

    def has(self, person: str) -> bool:
        """Whether a person has a key."""
        with self._lock:
            return self._ask("SELECT 1 FROM person_keys WHERE person=?", person) is not None

    def copy_to(self, folder: Path, at: str) -> None:
        """Copy the keys to a folder, in place of the copy there; remember where it is.

        Only the newest copy is kept, or else whoever is erased would live on in an older one.
        """
        with self._lock, self._writing() as house:  # nobody rotates while it is made
            self.roots = read_keys(self.folder)
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            before = read_keys(folder).masters if (folder / FILE).is_file() else {}
            write_keys(folder, replace(self.roots, masters={**before, **self.roots.masters}))
            with whole_file(folder / HOUSE) as file:
                file.write(self._house_as_bytes())
            write_keys(folder, self.roots)
            house.execute("DELETE FROM copies")
            house.execute("INSERT INTO copies VALUES (?, ?)", [str(folder.resolve()), at])

    def last_copy(self) -> tuple[Path, str] | None:
        """Tell where the copy of the keys is and when it was made."""
        with self._lock:
            row = self._ask("SELECT folder, at FROM copies")
            return (Path(row[0]), row[1]) if row else None

    def renew_copy(self, at: str) -> bool:
        """Make the copy anew where it is; False when it cannot be reached now."""
        copy = self.last_copy()
        if copy is None:
            return True
        if not (copy[0] / FILE).is_file():
            return False
        try:
            self.copy_to(copy[0], at)
        except (OSError, CaseworkError):
            return False
        return True

    def is_copy_older(self) -> bool:
        """Whether somebody was erased since the keys were copied."""
        with self._lock:
            return bool(
                self._ask("SELECT 1 FROM destroyed, copies WHERE destroyed.at > copies.at")
            )

    def _house_as_bytes(self) -> bytes:
        """Give the house as one SQLite file; taken in memory, it leaves no trace elsewhere."""
        still = sqlite3.connect(":memory:", isolation_level=None)
        read = sqlite3.connect(self.folder / HOUSE)  # our own hand holds the lock
        try:
            read.backup(still)
            return still.serialize()
        finally:
            read.close()
            still.close()

    def close(self) -> None:
        """Let go of the house."""
        with self._lock:
            self._remembered.clear()
            self._house.close()

    def _become(self, roots: RootKeys) -> None:
        write_keys(self.folder, roots)
        self.roots = roots

    def _wrap(self, person: str, key: bytes) -> tuple[int, bytes]:
        number, nonce = self.roots.current, token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self.roots.masters[number]).encrypt(nonce, key, _about(person, number))
        return number, nonce + sealed

    def _unwrap(self, person: str, number: int, wrapped: bytes) -> bytes:
        if number not in self.roots.masters:  # another process has rotated
            self.roots = read_keys(self.folder)
        try:
            master = AESGCM(self.roots.masters[number])
            nonce, sealed = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
            return master.decrypt(nonce, sealed, _about(person, number))
        except (InvalidTag, KeyError):
            raise Unreadable(
                "密钥与资料不符，请核对密钥文件夹 / the keys do not fit: check NUANTONG_KEYS"
            ) from None

    def _ask(self, question: str, *given: str) -> Any:
        return self._house.execute(question, given).fetchone()

    def _refuse_destroyed(self, person: str) -> None:
        if self._ask("SELECT 1 FROM destroyed WHERE person=?", person):
            raise PersonErased("这个人的资料已经删除 / this person's record was erased")

    def _changes(self) -> int:
        return int(self._house.execute("PRAGMA data_version").fetchone()[0])

    def _forget_if_changed(self) -> None:
        """Forget what is remembered when another process has changed the house."""
        seen = self._changes()
        if seen != self._seen:
            self._remembered.clear()
            self._seen = seen

    @contextmanager
    def _writing(self) -> Any:
        try:
            self._house.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            raise Busy("密钥库正忙或不可写 / the key house is busy or cannot be written") from None
        try:
            yield self._house
            self._house.execute("COMMIT")
        except BaseException as error:
            if self._house.in_transaction:
                self._house.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise Busy("磁盘已满，密钥没有保存 / the disk is full: no key was kept") from None
            raise


def _about(person: str, number: int) -> bytes:
    return f"person-key\0{number}\0{person}".encode()


def _open_house(path: Path) -> sqlite3.Connection:
    """Open the house, or make it; two who make it at once wait for each other.

    SQLite does not wait by itself where the journal's mode is changed.
    """
    until = time.monotonic() + WAIT_SECONDS
    while True:
        house = sqlite3.connect(
            path, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            path.chmod(0o600)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
                house.execute(f"PRAGMA {pragma}")
            house.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            house.close()
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        except BaseException:
            house.close()
            raise
        else:
            return house
