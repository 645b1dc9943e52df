"""Sealed files (加密文件): the files of a folder, each sealed under the folder's own key.

The key is in the key house; the folder holds only its name, in ``.key``, and so does each file,
so that a folder whose key was renewed midway can still be read. Clearing the folder destroys the
key: a copy of it that lies elsewhere, or what a disk still holds of it, cannot be read any more.

A file is sealed whole (AES-GCM) with its own name as associated data: it opens under that name
alone, in whichever folder of the same key.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import Unreadable
from ledger.record.key_files import KEY_BYTES
from ledger.record.key_ring import KeyRing

MAGIC = b"NTSEALED1\n"
KEY_NAME = ".key"
PLAIN = ("说明.txt", ".lock", KEY_NAME, "layout", "options.json")
"""What lies in such a folder in plain: it says nothing of anybody."""
_NAME_BYTES = 16
_NONCE_BYTES = 12
_HEADER_BYTES = len(MAGIC) + _NAME_BYTES + _NONCE_BYTES

Lock = Callable[[], AbstractContextManager[None]]


class SealedFolder:
    """A folder whose files are sealed; ``lock`` lets one hand at a time make its key."""

    def __init__(self, root: Path, keys: KeyRing, lock: Lock) -> None:
        self.root = root
        self._keys, self._lock = keys, lock

    def write(self, path: Path, content: bytes) -> None:
        """Seal a content into a file of the folder, whole or not at all."""
        name = self._key_name()
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher(name).encrypt(nonce, content, path.name.encode())
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{secrets.token_hex(6)}")
        try:
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(MAGIC + name + nonce)
                file.write(sealed)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def read(self, path: Path) -> bytes:
        """Open a file of the folder.

        Raises
        ------
        Unreadable
            When it is not sealed, was altered or renamed, or its key is not here.
        """
        with path.open("rb") as file:
            header, sealed = file.read(_HEADER_BYTES), file.read()
        if not header.startswith(MAGIC) or len(header) < _HEADER_BYTES:
            raise Unreadable(_DOES_NOT_OPEN)
        name, nonce = header[len(MAGIC) : -_NONCE_BYTES], header[-_NONCE_BYTES:]
        try:
            return self._cipher(name).decrypt(nonce, sealed, path.name.encode())
        except InvalidTag:
            raise Unreadable(_DOES_NOT_OPEN) from None

    def seal_in_place(self, path: Path) -> None:
        """Seal a file that lies in plain; it keeps its time."""
        if is_sealed(path):
            return
        was = path.stat()
        self.write(path, path.read_bytes())
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    def forget(self) -> None:
        """Destroy the folder's key: nothing that it sealed opens any more, wherever it lies."""
        with self._lock():
            path = self.root / KEY_NAME
            if path.exists():
                self._keys.discard(_stored_as(bytes.fromhex(path.read_text("ascii"))))
                path.unlink()

    def _key_name(self) -> bytes:
        path = self.root / KEY_NAME
        try:
            return bytes.fromhex(path.read_text("ascii"))
        except FileNotFoundError:
            pass
        with self._lock():
            if path.exists():
                return bytes.fromhex(path.read_text("ascii"))
            name = secrets.token_bytes(_NAME_BYTES)
            self._keys.keep({_stored_as(name): secrets.token_bytes(KEY_BYTES)})
            draft = path.with_name(f".{secrets.token_hex(6)}")
            draft.write_text(name.hex(), "ascii")
            os.replace(draft, path)
            return name

    def _cipher(self, name: bytes) -> AESGCM:
        key = self._keys.key_of(_stored_as(name))
        if key is None:
            raise Unreadable(_DOES_NOT_OPEN)
        return AESGCM(key)


def is_sealed(path: Path) -> bool:
    """Whether a file is sealed."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _stored_as(name: bytes) -> str:
    """Give the name of a folder's key in the key house: no person is called so."""
    return f"folder-{name.hex()}"


_DOES_NOT_OPEN = (
    "文件打不开：不是加密文件、被改动，或密钥不在这里"
    " / the file does not open: not sealed, altered, or its key is not here"
)
