"""The workman: takes jobs off the queue and has each done in a process of its own (任务执行).

He renews the lease of the job at hand, tells how far it is, and ends its process when somebody
cancels it, when the job is no longer his, or when he goes down himself: then he puts it back, so
that a restart loses none. Any number of workmen, in any number of processes, share the queue.
"""

import multiprocessing
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from casework.errors import Busy, Conflict
from ledger.record.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    Job,
    claim,
    find,
    finish,
    give_up,
    is_any_waiting,
    put_back,
    renew,
)
from ledger.record.retention import forget_over
from ledger.record.store import Store
from service.desk import Desk
from service.desk_keeping import clear_old_desks
from service.errors import record_incident
from service.import_readings import sweep_readings
from service.rooms import desk_folder
from service.settings import Settings
from service.worker import WORKS, Task, run
from service.workflows.months import ask_to_close

IDLE_SECONDS = 0.3
TELL_SECONDS = 0.25
STOP_SECONDS = 0.5
"""How often he looks whether the job at hand is to stop."""
RENEW_SECONDS = 5.0
KEEP_SECONDS = 3_600.0
_AGAIN = ("died", "busy")  # ends of a job that is tried again

Work = Callable[[Task, Connection], None]


@dataclass(slots=True)
class _AtWork:
    """The process of the job at hand, and what it told last."""

    process: Any
    pipe: Connection
    told: tuple[Any, ...] = ("", 0, 0, None)
    is_news: bool = False
    end: tuple[str, Any] | None = None


class Workman:
    """Does jobs one after another until he is told to stop."""

    def __init__(self, store: Store, data: Path, work: Work = run) -> None:
        self._store, self._data, self._work = store, data, work
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._is_stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._kept_house = float("-inf")

    def start(self) -> None:
        """Begin to work, in a thread of this process."""
        self._thread = threading.Thread(target=self.work, name="workman", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after putting the job at hand back; return when that is done."""
        self._is_stopping.set()
        if self._thread is not None:
            self._thread.join()

    def work(self) -> None:
        """Do job after job, whatever befalls one of them."""
        while not self._is_stopping.is_set():
            try:
                idle = not self.do_one()
                if idle:
                    self._keep_house()
            except Busy:
                idle = True  # others write just now: the queue can wait
            except Exception as error:
                record_incident(error)  # or nobody would do any job until the next start
                idle = True
            if idle:
                self._is_stopping.wait(IDLE_SECONDS)

    def _keep_house(self) -> None:
        """Once an hour, when nothing waits: clear desks, close last month, forget what is over."""
        if time.monotonic() - self._kept_house < KEEP_SECONDS:
            return
        self._kept_house = time.monotonic()
        settings, now = Settings.from_environment(), self._store.clock()
        duties: tuple[Callable[[], object], ...] = (
            lambda: clear_old_desks(self._store, self._data, settings.desk_days, now),
            lambda: sweep_readings(self._data, now),
            lambda: ask_to_close(self._store),
            lambda: forget_over(self._store, settings.keep_days),
        )
        for do in duties:
            try:
                do()
            except Busy:
                continue  # in an hour then
            except Exception as error:
                record_incident(error)

    def do_one(self) -> bool:
        """Do the oldest job that waits; say whether there was one."""
        if not is_any_waiting(self._store, tuple(WORKS)):
            return False
        job = claim(self._store, self._name, tuple(WORKS))
        if job is None:
            return False
        at_work = self._begin(job)
        try:
            self._watch(job, at_work)
        except Conflict:
            at_work.end = ("lost", None)
        finally:
            _end(at_work.process)
            at_work.pipe.close()
            desk = Desk(desk_folder(self._data, job.area), self._store.keys)
            desk.sweep_drafts(at_work.process.pid)  # a page may be at work on the same desk
        with suppress(Conflict):  # not ours any more: whoever has it says how it ends
            self._settle_patiently(job, at_work)
        return True

    def _begin(self, job: Job) -> _AtWork:
        here, there = multiprocessing.Pipe(duplex=False)
        task = Task(
            job.id,
            job.kind,
            job.area,
            job.account_id,
            dict(job.arguments),
            desk_folder(self._data, job.area),
            self._store.engine.url.render_as_string(hide_password=False),
            self._store.keys.folder,
        )
        process = multiprocessing.get_context("spawn").Process(
            target=self._work, args=(task, there), name=f"nuantong-{job.kind}"
        )
        process.start()
        there.close()
        return _AtWork(process, here)

    def _watch(self, job: Job, at_work: _AtWork) -> None:
        """Follow a job until it ends, one way or another; raises Conflict when it is lost."""
        last = looked = time.monotonic()
        while at_work.end is None:
            _listen(at_work)
            if at_work.end is None and time.monotonic() - looked >= STOP_SECONDS:
                looked = time.monotonic()
                if _is_to_stop(self._store, job):
                    at_work.end = ("cancelled", None)
                    return
            silent_seconds = time.monotonic() - last
            if self._is_stopping.is_set():
                at_work.end = at_work.end or ("put back", None)
            elif silent_seconds >= (TELL_SECONDS if at_work.is_news else RENEW_SECONDS):
                with suppress(Busy):  # the lease is longer than a few missed renewals
                    renew(self._store, job, *at_work.told)
                    at_work.is_news = False
                last = time.monotonic()

    def _settle_patiently(self, job: Job, at_work: _AtWork) -> None:
        """Say how a job ended when the database takes it; after the lease it is done anew."""
        end = time.monotonic() + LEASE.total_seconds()
        while True:
            try:
                return self._settle(job, at_work)
            except Busy:
                if time.monotonic() > end or self._is_stopping.wait(IDLE_SECONDS):
                    raise

    def _settle(self, job: Job, at_work: _AtWork) -> None:
        how, what = at_work.end or ("died", None)
        if how == "done":
            if at_work.is_news:
                renew(self._store, job, *at_work.told)
            finish(self._store, job, what or {})
        elif how == "failed":
            is_stopped = _is_to_stop(self._store, job)
            give_up(self._store, job, "" if is_stopped else str(what), cancelled=is_stopped)
        elif how == "cancelled":
            give_up(self._store, job, "", cancelled=True)
        elif how == "put back" or (how in _AGAIN and job.attempts < MOST_ATTEMPTS):
            put_back(self._store, job)
        elif how == "busy":
            give_up(self._store, job, str(what))
        elif how == "died":
            give_up(self._store, job, _died(at_work.process.exitcode))


def _is_to_stop(store: Store, job: Job) -> bool:
    with suppress(Busy), store.looking() as connection:
        return find(connection, job.id).is_stopping
    return False


def _died(exit_code: int | None) -> str:
    return (
        f"处理进程几次意外退出（{exit_code}），可能内存不足，请重试"
        " / the process ended unexpectedly several times, perhaps out of memory: try again"
    )


def _listen(at_work: _AtWork) -> None:
    """Take in what the process tells; a pipe that ended without a word is a process that died."""
    try:
        if not at_work.pipe.poll(0.05):
            return
        what, *values = at_work.pipe.recv()
    except (EOFError, OSError):
        at_work.process.join()
        at_work.end = ("died", None)
        return
    if what == "progress":
        at_work.told, at_work.is_news = (*values, at_work.told[3]), True
    elif what == "news":
        at_work.told, at_work.is_news = (*at_work.told[:3], values[0]), True
    else:
        at_work.end = (what, values[0] if values else None)


def _end(process: Any) -> None:
    """End a process and its children; its group is its own (``worker.run``)."""
    process.join(0.5 if process.exitcode is None else 0)
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
