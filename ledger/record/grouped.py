"""Rows in groups: many readers leave their audit rows in one commit, each before it answers.

Whoever comes first commits for all who wait meanwhile, so that a disk that takes 5 ms a commit
does not hold reading to 200 a second.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.record.audit import Entry


@dataclass(slots=True)
class _Waiting:
    entries: Sequence[Entry]
    is_done: bool = False
    error: BaseException | None = None


class GroupedRows:
    """Commits entries of several threads together; ``commit`` writes them all or raises."""

    def __init__(self, commit: Callable[[Sequence[Entry]], None]) -> None:
        self._commit = commit
        self._queue: list[_Waiting] = []
        self._queue_lock = threading.Lock()
        self._turn = threading.Lock()

    def add(self, entries: Sequence[Entry]) -> None:
        """Return when the entries are on disk; raise what the commit raised."""
        mine = _Waiting(entries)
        with self._queue_lock:
            self._queue.append(mine)
        with self._turn:
            if not mine.is_done:
                self._commit_all()
        if mine.error is not None:
            raise mine.error

    def _commit_all(self) -> None:
        with self._queue_lock:
            group, self._queue = self._queue, []
        error: BaseException | None = None
        try:
            self._commit([entry for waiting in group for entry in waiting.entries])
        except BaseException as raised:
            error = raised
        for waiting in group:
            waiting.is_done, waiting.error = True, error
