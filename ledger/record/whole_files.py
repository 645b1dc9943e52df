"""Whole files: written beside, put on disk, then given their name; or not there at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path, new: bool = False) -> Iterator[BinaryIO]:
    """Give a file to write, for its owner only; it takes its name when the block ends.

    Parameters
    ----------
    new
        Whether to leave a file of that name alone; FileExistsError then.
    """
    draft = path.with_name(f".{secrets.token_hex(6)}")
    try:
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if new:
            os.link(draft, path)  # whoever is first keeps the name
        else:
            os.replace(draft, path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a name in a folder last through a power cut, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
