"""Stream of a backup (备份文件): encrypted in pieces, each in its place, the last one marked.

::

    NTBK1, length and JSON of the header (in plain: when, which keys, which tables' revision)
    pieces of at most 1 MiB: length, AES-GCM with the piece's number and whether it is the last

A file that was cut, altered, put together from two, or made with other keys does not open. The
pieces are compressed text, one line a row.
"""

import hmac
import json
import secrets
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casework.errors import Unreadable

MAGIC = b"NTBK1\n"
PIECE_BYTES = 1 << 20
_MOST_HEADER_BYTES = 10_000


class BackupWriter:
    """Writes lines into a file that is open; ``finish`` makes it whole."""

    def __init__(self, file: BinaryIO, key: bytes, header: Mapping[str, object]) -> None:
        salt = secrets.token_bytes(32)
        said = json.dumps({**header, "salt": salt.hex()}, ensure_ascii=True).encode()
        file.write(MAGIC + len(said).to_bytes(4, "big") + said)
        self._file, self._cipher = file, _cipher(key, salt)
        self._about = sha256(said).digest()
        self._squeeze, self._held, self._number = zlib.compressobj(6), bytearray(), 0

    def line(self, content: object) -> bytes:
        """Add a line of JSON; give its bytes."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._held += self._squeeze.compress(text)
        while len(self._held) > PIECE_BYTES:
            self._piece(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        return text

    def finish(self) -> None:
        """Write the last piece."""
        self._held += self._squeeze.flush()
        while len(self._held) > PIECE_BYTES:
            self._piece(bytes(self._held[:PIECE_BYTES]), last=False)
            del self._held[:PIECE_BYTES]
        self._piece(bytes(self._held), last=True)

    def _piece(self, content: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last), content, self._about)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


def read_header(file: BinaryIO) -> dict[str, Any]:
    """Read what a backup says of itself; the file stands at its first piece then.

    Raises
    ------
    Unreadable
        When it is no backup.
    """
    try:
        if file.read(len(MAGIC)) != MAGIC:
            raise ValueError("magic")
        length = int.from_bytes(file.read(4), "big")
        if length > _MOST_HEADER_BYTES:
            raise ValueError("length")
        said = file.read(length)
        header = json.loads(said)
        header["about"] = sha256(said).digest()
        header["salt"] = bytes.fromhex(header["salt"])
    except (ValueError, KeyError, TypeError):
        raise Unreadable("不是暖童的备份文件，或已损坏 / no backup, or a damaged one") from None
    return dict(header)


def read_lines(file: BinaryIO, key: bytes, header: Mapping[str, Any]) -> Iterator[bytes]:
    """Give the lines of a backup; the end is reached only in a whole file.

    Raises
    ------
    Unreadable
        When it was cut or altered, or the key is another.
    """
    cipher, loose = _cipher(key, header["salt"]), zlib.decompressobj()
    number, last, rest = 0, False, b""
    while not last:
        sealed = file.read(int.from_bytes(file.read(4), "big"))
        content, last = _opened(cipher, number, sealed, header["about"])
        number += 1
        *lines, rest = (rest + loose.decompress(content)).split(b"\n")
        yield from lines
    if rest or not loose.eof or file.read(1):
        raise Unreadable(_CUT)


def _opened(cipher: AESGCM, number: int, sealed: bytes, about: bytes) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return cipher.decrypt(_nonce(number, last), sealed, about), last
        except (InvalidTag, ValueError):
            continue
    raise Unreadable(_CUT)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """Give the cipher of one file: each has a key of its own, so that numbers serve as nonces."""
    return AESGCM(hmac.digest(key, b"backup\0" + salt, "sha256"))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


_CUT = "备份文件不完整、被改动，或密钥不符 / the backup is cut or altered, or other keys made it"
