"""On record: where the store of an installation is, and where its keys are (在案库).

The keys never lie in the data folder, nor in what is backed up with it: they are where
NUANTONG_KEYS says, else in a folder ``keys`` beside the data folder if one was made there (the
demo does), else in the user's own configuration folder.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from service.settings import Settings

if TYPE_CHECKING:
    from ledger.record.key_ring import KeyRing
    from ledger.record.store import Store

KEYS = "keys"


def keys_folder(where: Path | str, settings: Settings) -> Path:
    """Say where the keys of a data folder or a database are, made already or not."""
    if settings.keys is not None:
        return settings.keys
    if "://" not in str(where):
        beside = Path(where).resolve().parent / KEYS
        if (beside / "keys.json").is_file():
            return beside
    return settings.config / KEYS


def open_record(where: Path | str, make: bool = False) -> "Store":
    """Open the store of a data folder or at a database's address.

    Parameters
    ----------
    make
        Whether to make it, or bring its tables up to date, where that is needed.

    Raises
    ------
    NotFound
        When there is none and none may be made.
    """
    from ledger.record.store import Store, must_be_made

    if not make:
        must_be_made(where)
    keys = record_keys(where, make)
    return Store.create(where, keys) if make else Store.open(where, keys)


def record_keys(where: Path | str, make: bool = False) -> "KeyRing":
    """Open the keys of a store; they are made only where a store may be.

    Raises
    ------
    NotFound
        When there are none and none may be made.
    """
    from ledger.record.key_ring import KeyRing

    return KeyRing.load(keys_folder(where, Settings.from_environment()), make)
