"""The key behind ids: given, or made once and kept in the user's own folder (decision 2).

Same files, same key, same ids. Losing the key changes the ids of people without a 编号, and
nothing else; giving it away lets others try resident IDs against the ids.
"""

import os
import secrets
from pathlib import Path

from casework.errors import NotFound, Unreadable
from service.settings import Settings

LEAST_BYTES = 16


def key_for(settings: Settings, key_file: Path | None = None) -> bytes:
    """Give the key: of the file, else of NUANTONG_KEY, else the made one.

    Raises
    ------
    NotFound
        When the named file is not there.
    Unreadable
        When the key is shorter than 16 bytes.
    """
    if key_file is not None:
        if not key_file.is_file():
            raise NotFound(f"找不到密钥文件 {key_file.name} / no such key file")
        return _long_enough(key_file.read_bytes().strip())
    if settings.key:
        return _long_enough(settings.key.strip().encode())
    return _made_key(settings.config / "key")


def _long_enough(key: bytes) -> bytes:
    if len(key) < LEAST_BYTES:
        raise Unreadable("密钥太短，至少 16 个字符 / the key is too short: 16 characters at least")
    return key


def _made_key(path: Path) -> bytes:
    """Read the made key, making it on first use, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return _long_enough(path.read_bytes().strip())
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
