"""Readings: workbooks on their way on record, and what was found wrong in them (入库读取).

::

    DESK/imports/<id>/0.xlsx …   the workbooks, sealed, until they are read
    DESK/imports/<id>/names      what people called them
    DESK/imports/<id>/told       what came of it and what is wrong with the rows: for a day

The rows themselves are kept with the previews, in the store.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from casework.errors import NotFound
from ledger.record.scope import NOT_THERE
from service.desk import IMPORTS, Desk
from service.rooms import DESKS
from service.uploads import Upload, ledger_name
from service.workflows.on_record import NotTaken

TOLD_FOR = timedelta(days=1)
_NAMES, _TOLD = "names", "told"


class Readings:
    """The readings of one desk, each by its id."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def keep(
        self, reading: str, files: Sequence[Upload], refused: Sequence[NotTaken] = ()
    ) -> None:
        """Seal workbooks until they are read, with what is told of files that are none.

        Raises as ``uploads.lay_down``.
        """
        names = [ledger_name(*file) for file in files]
        folder = self._folder(reading)
        for n, (name, (_, content)) in enumerate(zip(names, files, strict=True)):
            self._desk.safe.write(folder / f"{n}{Path(name).suffix}", content)
        said = {"names": names, "refused": list(refused)}
        self._desk.safe.write(folder / _NAMES, json.dumps(said).encode())

    @contextmanager
    def opened(self, reading: str) -> Iterator[list[Path]]:
        """Give the workbooks to read, under their names, for the block.

        Raises
        ------
        NotFound
            When they are not there any more.
        """
        sealed = self._folder(reading)
        if not (sealed / _NAMES).is_file():
            raise NotFound("上传的文件已经清除，请重新选择 / the file is gone: choose it again")
        names = json.loads(self._desk.safe.read(sealed / _NAMES))["names"]
        with self._desk.work.folder("import") as folder:
            paths = [folder / str(n) / name for n, name in enumerate(names)]
            for n, path in enumerate(paths):
                path.parent.mkdir(mode=0o700)
                path.write_bytes(self._desk.safe.read(sealed / f"{n}{path.suffix}"))
            yield paths

    def refused(self, reading: str) -> list[NotTaken]:
        """Give what is told of files that were sent with the workbooks and are none."""
        said = json.loads(self._desk.safe.read(self._folder(reading) / _NAMES))
        return [(name, why) for name, why in said["refused"]]

    def tell(self, reading: str, told: dict[str, Any]) -> None:
        """Keep what came of a reading; its workbooks go."""
        folder = self._folder(reading)
        self._desk.safe.write(folder / _TOLD, json.dumps(told, ensure_ascii=False).encode())
        for path in folder.iterdir():
            if path.name != _TOLD:
                path.unlink()

    def told(self, reading: str) -> dict[str, Any]:
        """Give what came of a reading.

        Raises
        ------
        NotFound
            When there was none, or it is longer ago than a day.
        """
        path = self._folder(reading) / _TOLD
        if not path.is_file():
            raise NotFound(NOT_THERE)
        told: dict[str, Any] = json.loads(self._desk.safe.read(path))
        return told

    def drop(self, reading: str) -> None:
        """Leave nothing of a reading."""
        shutil.rmtree(self._folder(reading), ignore_errors=True)

    def _folder(self, reading: str) -> Path:
        if not (reading.isascii() and reading.isalnum()):
            raise NotFound(NOT_THERE)
        return self._desk.root / IMPORTS / reading


def sweep_readings(data: Path, now: datetime) -> None:
    """Remove, on every desk, what was read or left unread longer ago than a day."""
    long_ago = (now - TOLD_FOR).timestamp()
    for folder in (data / DESKS).glob(f"*/{IMPORTS}/*"):
        with suppress(FileNotFoundError):  # stopped just now
            if folder.stat().st_mtime < long_ago:
                shutil.rmtree(folder, ignore_errors=True)
