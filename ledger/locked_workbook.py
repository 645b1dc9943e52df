"""Locked workbooks (加密工作簿): a workbook that Excel, WPS and LibreOffice open with a password.

The standard encryption of Office files (ECMA-376 agile: AES-256, SHA-512, 100,000 rounds), so
that who receives it needs no program of ours. Its strength is the password's.
"""

import hashlib
import hmac
import io
import struct
from pathlib import Path
from xml.parsers.expat import ExpatError

from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile

from casework.errors import Unreadable

_NOT_OPENED = (
    *(InvalidKeyError, DecryptionError, FileFormatError, OSError, ValueError),
    *(LookupError, struct.error, ExpatError),
)
"""What the library says of a wrong password, and of files that are cut or of another kind."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike when read out or written down."""
_GROUPS, _GROUP_LETTERS = 5, 4


def lock_workbook(workbook: Path, password: str) -> bytes:
    """Give a workbook locked with a password."""
    out = io.BytesIO()
    with workbook.open("rb") as file:
        OOXMLFile(file).encrypt(password, out)
    return out.getvalue()


def unlock_workbook(locked: bytes, password: str) -> bytes:
    """Give what was locked.

    Raises
    ------
    Unreadable
        When the password is another, or the file is not locked or was altered.
    """
    out = io.BytesIO()
    try:
        file = OOXMLFile(io.BytesIO(locked))
        file.load_key(password=password, verify_password=True)
        file.decrypt(out, verify_integrity=True)
    except _NOT_OPENED:
        raise Unreadable("密码不对，或文件被改动 / wrong password, or an altered file") from None
    return out.getvalue()


def made_password(key: bytes, what: str) -> str:
    """Give the password that belongs to something, the same each time: 20 letters, 99 bits."""
    number = int.from_bytes(hmac.digest(key, b"package\0" + what.encode(), hashlib.sha512))
    letters = []
    for _ in range(_GROUPS * _GROUP_LETTERS):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    groups = (letters[n : n + _GROUP_LETTERS] for n in range(0, len(letters), _GROUP_LETTERS))
    return "-".join("".join(group) for group in groups)
