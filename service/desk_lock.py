"""Desk lock: one hand at a time changes a desk's list of files, whichever process it is of."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # Windows, where one process serves
    fcntl = None  # type: ignore[assignment]


class DeskLock:
    """May be taken again by whoever holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.RLock()
        self._depth = 0
        self._file: IO[bytes] | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for one's turn, and hold it for the block."""
        with self._threads:
            if self._depth == 0:
                self._take()
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._let_go()

    def _take(self) -> None:
        if fcntl is not None:
            self._file = self._path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX)

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
