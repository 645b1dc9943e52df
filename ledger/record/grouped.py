"""Rows in groups: many readers leave their audit rows in one commit, each before it answers.

One hand commits for all who wait meanwhile, so that a disk that takes 5 ms a commit does not hold
reading to 200 a second. While more come than one commit takes, it waits a little between two: the
groups grow, and whoever writes in another process gets a turn.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from ledger.record.audit import Entry

GATHER_SECONDS = 0.02

_Waiting = tuple[Sequence[Entry], "Future[None]"]


class GroupedRows:
    """Commits entries of several askers together; ``commit`` writes them all or raises."""

    def __init__(self, commit: Callable[[Sequence[Entry]], None]) -> None:
        self._commit = commit
        self._queue: list[_Waiting] = []
        self._lock = threading.Lock()
        self._is_at_work = False
        self._hand = ThreadPoolExecutor(1, "nuantong-rows")

    def hand_in(self, entries: Sequence[Entry]) -> "Future[None]":
        """Take entries; what is given is done when they are on disk, or raises what failed."""
        kept: Future[None] = Future()
        with self._lock:
            if not self._is_at_work:
                self._hand.submit(self._work)
                self._is_at_work = True
            self._queue.append((entries, kept))
        return kept

    def close(self) -> None:
        """Let the hand go, after what was handed in."""
        self._hand.shutdown()

    def _work(self) -> None:
        while group := self._take():
            self._commit_all(group)
            if self._queue:
                time.sleep(GATHER_SECONDS)

    def _take(self) -> list[_Waiting]:
        with self._lock:
            group, self._queue = self._queue, []
            self._is_at_work = bool(group)
        return group

    def _commit_all(self, group: list[_Waiting]) -> None:
        # Whoever gave up waiting has perhaps seen what she asked for: her rows are kept too.
        waiting = [kept for _, kept in group if kept.set_running_or_notify_cancel()]
        try:
            self._commit([entry for entries, _ in group for entry in entries])
        except BaseException as error:
            for kept in waiting:
                kept.set_exception(error)
        else:
            for kept in waiting:
                kept.set_result(None)
