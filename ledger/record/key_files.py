"""Key files: the master keys of an installation, written whole or not at all (密钥文件).

::

    KEYS/keys.json        master keys, and the keys of look-up, audit and backup
    KEYS/people.sqlite    one key a person, each wrapped by a master key

The folder stands apart from the database and its backups; only its owner may read it.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from casework.errors import NotFound, Unreadable
from ledger.record.whole_files import whole_file

FILE = "keys.json"
SCHEMA = "nuantong/keys/1"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class RootKeys:
    """Every key that is not one person's.

    Attributes
    ----------
    id
        Names this set of keys; databases and backups remember it.
    masters
        Master keys by number: two only while a rotation runs.
    current
        The master key that wraps new keys.
    """

    id: str
    masters: Mapping[int, bytes]
    current: int
    lookup: bytes
    audit: bytes
    backup: bytes

    @classmethod
    def made(cls) -> "RootKeys":
        """Make new keys."""
        fresh = [secrets.token_bytes(KEY_BYTES) for _ in range(4)]
        return cls(secrets.token_hex(8), {1: fresh[0]}, 1, *fresh[1:])


def read_keys(folder: Path) -> RootKeys:
    """Read the keys of a folder.

    Raises
    ------
    NotFound
        When there are none.
    Unreadable
        When the file is damaged.
    """
    try:
        document = json.loads((folder / FILE).read_text(encoding="ascii"))
        masters = {int(n): _bytes(key) for n, key in document["masters"].items()}
        rest = [_bytes(document[name]) for name in ("lookup", "audit", "backup")]
        keys = RootKeys(document["id"], masters, document["current"], *rest)
        if keys.current not in masters or document["schema"] != SCHEMA:
            raise ValueError("current")
    except FileNotFoundError:
        raise NotFound(
            "密钥文件夹里没有密钥：请用 NUANTONG_KEYS 指明，或用备份的密钥恢复"
            " / there are no keys here: name their folder in NUANTONG_KEYS"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unreadable("密钥文件已损坏，请用备份的密钥 / the key file is damaged") from None
    return keys


def write_keys(folder: Path, keys: RootKeys, new: bool = False) -> None:
    """Write the keys so that a crash leaves the old ones or the new; ``new`` never replaces."""
    document = {
        "schema": SCHEMA,
        "id": keys.id,
        "masters": {str(number): _text(key) for number, key in keys.masters.items()},
        "current": keys.current,
        "lookup": _text(keys.lookup),
        "audit": _text(keys.audit),
        "backup": _text(keys.backup),
    }
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole_file(folder / FILE, new) as file:
        file.write(json.dumps(document, indent=1).encode("ascii"))


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _bytes(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("length")
    return key
