"""Jobs of an office: begin, watch and stop what a desk asks for; one at a time (办公室的任务).

The queue is in the store (``ledger.record.jobs``) and workmen take from it, so that a job goes
on whatever happens to the page, the server or the workman.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from casework.access import Actor, AreaPath
from casework.errors import Busy, NotFound
from ledger.record import jobs as queue
from ledger.record.jobs import Job, JobState
from ledger.record.store import Store

__all__ = ["DESK_WORK", "PROPOSING", "ROUND_WORK", "Bench", "Job", "JobState"]

DESK_WORK = ("check", "pair")
PROPOSING = ("propose",)
ROUND_WORK = ("round_plan", "round_replan", "round_choose")


class Bench:
    """The work of one desk, of some kinds: one piece at a time."""

    def __init__(self, store: Store, area: AreaPath, kinds: tuple[str, ...] = DESK_WORK) -> None:
        self._store, self._area, self._kinds = store, area, kinds

    def of_kinds(self, *kinds: str) -> "Bench":
        """Give this office's work of other kinds."""
        return Bench(self._store, self._area, kinds)

    @property
    def job(self) -> Job | None:
        """The desk's job that waits or is at work, or the last one."""
        with self._store.looking() as connection:
            return queue.last(connection, self._area, self._kinds)

    @property
    def is_busy(self) -> bool:
        """Whether a job of the desk waits or is at work."""
        with self._store.looking() as connection:
            return queue.is_under_way(connection, self._area, self._kinds)

    def start(self, actor: Actor, kind: str, arguments: Mapping[str, Any]) -> Job:
        """Ask for a piece of work.

        Raises
        ------
        Busy
            When one is under way already.
        """
        text = json.dumps(dict(arguments), sort_keys=True)
        fingerprint = hashlib.sha256(text.encode()).hexdigest()
        with self._store.writing(actor, "start a job") as book:
            if queue.is_under_way(book.connection, self._area, self._kinds):
                raise Busy(
                    "上一项工作还在进行，请稍候或先停止 / busy: wait, or stop the work at hand"
                )
            return queue.ask(book, kind, self._area, fingerprint, arguments)

    def find(self, job_id: str) -> Job:
        """Find a job of this office by its id."""
        with self._store.looking() as connection:
            job = queue.find(connection, job_id)
        if job.area != self._area:
            raise NotFound(queue.NO_SUCH_JOB)
        return job

    def cancel(self, actor: Actor, job_id: str) -> Job:
        """Stop a job and all it started; one that has ended stays as it ended."""
        self.find(job_id)
        with self._store.writing(actor, "cancel a job") as book:
            return queue.cancel(book, job_id)

    def forget(self, actor: Actor) -> None:
        """Forget the desk's jobs.

        Raises
        ------
        Busy
            When one is under way.
        """
        with self._store.writing(actor, "forget jobs") as book:
            if queue.is_under_way(book.connection, self._area, self._kinds):
                raise Busy("请先停止正在进行的工作 / stop the work at hand first")
            queue.forget(book, self._area, self._kinds)
