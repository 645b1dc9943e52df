"""Jobs: one piece of work at a time, in a process of its own, that a person can watch and stop.

The work runs in a spawned process: the page answers meanwhile, a crash takes nothing with it,
and stopping is ending the process with all it started. The last job is kept in ``job.json``, so
that a page loaded again, or a server started again, tells how it ended.
"""

import json
import multiprocessing
import os
import secrets
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casework.errors import Busy, NotFound
from service.desk import now
from service.outputs import write_whole
from service.worker import run

Work = Callable[[str, Path, dict[str, Any], Connection], None]


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work as the page sees it.

    Attributes
    ----------
    kind
        ``check`` or ``pair``.
    stage, done, total
        What it is doing now; total 0 where nobody can know.
    message
        Why it failed, in the words of the error, both languages in one text.
    version
        Counts every change, so that a watcher sees each once.
    """

    id: str
    kind: str
    state: JobState
    started_at: str
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    ended_at: str = ""
    version: int = 0

    @property
    def is_running(self) -> bool:
        """Whether it is still at work."""
        return self.state is JobState.RUNNING


class Bench:
    """Where jobs run; one at a time, on one data folder.

    ``work`` is what the process runs: ``worker.run`` but in tests.
    """

    def __init__(self, data: Path, work: Work = run) -> None:
        self._data = data
        self._work = work
        self._file = data / "job.json"
        self._lock = threading.RLock()
        self._process: Any = None
        self._job = self._remembered()

    @property
    def job(self) -> Job | None:
        """The job at work, or the last one."""
        return self._job

    def start(self, kind: str, arguments: dict[str, Any]) -> Job:
        """Begin a piece of work.

        Raises
        ------
        Busy
            When one is at work already.
        """
        with self._lock:
            if self._job is not None and self._job.is_running:
                raise Busy(
                    "上一项工作还在进行，请稍候或先停止 / busy: wait, or stop the work at hand"
                )
            here, there = multiprocessing.Pipe(duplex=False)
            self._keep(Job(secrets.token_hex(8), kind, JobState.RUNNING, now()))
            self._process = multiprocessing.get_context("spawn").Process(
                target=self._work,
                args=(kind, self._data, arguments, there),
                name=f"nuantong-{kind}",
            )
            self._process.start()
            there.close()
            job = self._job
            assert job is not None
            threading.Thread(target=self._follow, args=(job.id, here), daemon=True).start()
            return job

    def find(self, job_id: str) -> Job:
        """Find a job by its id: only the last one is remembered."""
        if self._job is None or self._job.id != job_id:
            raise NotFound("没有这项工作 / no such job")
        return self._job

    def cancel(self, job_id: str) -> Job:
        """Stop a job and all it started; one that has ended stays as it ended."""
        with self._lock:
            job = self.find(job_id)
            if job.is_running:
                self._end(JobState.CANCELLED)
                self._kill()
            return self.find(job_id)

    def forget(self) -> None:
        """Forget the last job.

        Raises
        ------
        Busy
            When it is at work.
        """
        with self._lock:
            if self._job is not None and self._job.is_running:
                raise Busy("请先停止正在进行的工作 / stop the work at hand first")
            self._job = None
            self._file.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop what runs: the server is going down."""
        if self._job is not None and self._job.is_running:
            self.cancel(self._job.id)

    def _follow(self, job_id: str, pipe: Connection) -> None:
        """Take in what the process tells until it ends, however it ends."""
        with suppress(EOFError, OSError):
            while True:
                what, *values = pipe.recv()
                self._take(job_id, what, values)
        self._process.join()
        with self._lock:
            if self._is_at_work(job_id):
                self._end(
                    JobState.FAILED,
                    f"处理进程意外退出（{self._process.exitcode}），可能内存不足，请重试"
                    " / the process ended unexpectedly, perhaps out of memory: try again",
                )

    def _take(self, job_id: str, what: str, values: list[Any]) -> None:
        with self._lock:
            if not self._is_at_work(job_id) or self._job is None:
                return
            if what == "progress":
                stage, done, total = values
                self._job = replace(
                    self._job, stage=stage, done=done, total=total, version=self._job.version + 1
                )
            elif what == "done":
                self._end(JobState.DONE)
            else:
                self._end(JobState.FAILED, values[0])

    def _is_at_work(self, job_id: str) -> bool:
        return self._job is not None and self._job.id == job_id and self._job.is_running

    def _end(self, state: JobState, message: str = "") -> None:
        assert self._job is not None
        self._keep(
            replace(
                self._job,
                state=state,
                message=message,
                ended_at=now(),
                version=self._job.version + 1,
            )
        )

    def _keep(self, job: Job) -> None:
        self._job = job
        write_whole(self._file, json.dumps(asdict(job), ensure_ascii=False).encode())

    def _kill(self) -> None:
        """End the process and its children; its group is its own (``worker.run``)."""
        with suppress(ProcessLookupError, PermissionError, AttributeError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def _remembered(self) -> Job | None:
        """Read the last job; one that was at work when the server went down was interrupted."""
        if not self._file.exists():
            return None
        entry = json.loads(self._file.read_text("utf-8"))
        if entry.keys() != set(Job.__dataclass_fields__):
            return None  # another version of the program wrote it
        job = Job(**{**entry, "state": JobState(entry["state"])})
        if job.is_running:
            job = replace(job, state=JobState.INTERRUPTED, ended_at=now())
        return job
