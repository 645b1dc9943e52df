"""Work room: where files of a desk lie in plain while somebody works with them (工作间).

Programs that read and write workbooks want files. Those lie here for as long as the work takes,
never in the data folder: in memory where the system has a place for that (``/dev/shm``), else in
the system's folder for temporary files, or where NUANTONG_WORK says. Only their owner may read
them. What a process leaves behind when it is killed is swept by whoever comes next to the desk.
"""

import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casework.errors import Refused
from service.settings import Settings

IN_MEMORY = Path("/dev/shm")
LEAST_FREE_BYTES = 256 * 1024 * 1024
HALF_DONE_SECONDS = 3_600


class Workroom:
    """The room of one desk; whose work each thing in it is stands in its name."""

    def __init__(self, desk: Path) -> None:
        self.mark = hashlib.sha256(str(desk.resolve()).encode()).hexdigest()[:16]

    def place(self, what: str, ending: str = "") -> Path:
        """Name a place for a file or a folder that is not there yet."""
        name = f"{self.mark}-{what}-{os.getpid()}-{secrets.token_hex(8)}{ending}"
        return work_folder() / name

    @contextmanager
    def folder(self, what: str) -> Iterator[Path]:
        """Give a folder to work in; it is gone with all in it when the block ends."""
        folder = self.place(what)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def find(self, ending: str) -> Path:
        """Find what arrived under a name that ends so."""
        return next(work_folder().glob(f"{self.mark}-*{ending}"))

    def sweep(self, process: int | None = None) -> None:
        """Remove what interrupted work left, of one process or of all."""
        for path in work_folder().glob(f"{self.mark}-*-{process or '*'}-*"):
            _remove(path)

    def sweep_old(self) -> None:
        """Remove what is half done and has lain for an hour: nobody is at it any more."""
        for path in work_folder().glob(f"{self.mark}-*"):
            if time.time() - path.stat().st_mtime > HALF_DONE_SECONDS:
                _remove(path)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder to work in that is nobody's; it is gone with all in it when the block ends."""
    with tempfile.TemporaryDirectory(dir=work_folder()) as folder:
        yield Path(folder)


def work_folder() -> Path:
    """Give the folder for all that is worked with, for its owner only.

    Raises
    ------
    Refused
        When somebody else has made a folder of that name.
    """
    above = Settings.from_environment().work or _usual()
    folder = above / f"nuantong-{os.getuid() if hasattr(os, 'getuid') else 'work'}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hasattr(os, "getuid") and folder.lstat().st_uid != os.getuid():
        raise Refused(f"{folder} 是别人建的，请设 NUANTONG_WORK / it is somebody else's")
    return folder


def _usual() -> Path:
    is_there = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)
    if is_there and shutil.disk_usage(IN_MEMORY).free >= LEAST_FREE_BYTES:
        return IN_MEMORY
    return Path(tempfile.gettempdir())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
