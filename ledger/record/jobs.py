"""Jobs: a queue that loses nothing and does nothing twice (任务队列).

A worker claims the oldest job that waits and holds it by a lease that it renews. One that dies
stops renewing; when the lease is over the job waits again, and after ``MOST_ATTEMPTS`` it has
failed. Whatever a worker says of a job it no longer holds is refused, so a slow one that comes
back to life cannot overwrite what another did. Asking for work that waits or runs already gives
that very job.

Asking and cancelling are acts of people and stand in the audit; what workers say is upkeep.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, select, update

from casework.access import AreaPath
from casework.errors import Conflict, NotFound
from ledger.record.book import Book
from ledger.record.engine import write_transaction
from ledger.record.job_tables import jobs
from ledger.record.store import Store

LEASE = timedelta(seconds=20)
"""How long a job waits for a worker that says nothing, at most."""
MOST_ATTEMPTS = 3
NO_SUCH_JOB = "没有这项任务，或不在您的范围内 / no such job, or not in your area"


class JobState(StrEnum):
    """How a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work as people and workers see it.

    Attributes
    ----------
    stage, done, total
        What it is doing now; total 0 where nobody can know.
    news
        What it tells beside its stage: numbers to be drawn while it runs.
    message
        Why it failed, in words, both languages.
    is_stopping
        Somebody cancelled it while it ran: its worker ends it.
    version
        Counts every change, so that a watcher sees each once.
    """

    id: str
    kind: str
    area: AreaPath
    account_id: str
    fingerprint: str
    arguments: Mapping[str, Any]
    state: JobState
    stage: str
    done: int
    total: int
    message: str
    result: Mapping[str, Any]
    attempts: int
    worker: str
    is_stopping: bool
    made_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    version: int
    news: Mapping[str, Any]

    @property
    def is_under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.state in UNDER_WAY


def ask(
    book: Book, kind: str, area: AreaPath, fingerprint: str, arguments: Mapping[str, Any]
) -> Job:
    """Ask for work; the same work under way already is that job, once."""
    where = (
        jobs.c.kind == kind,
        jobs.c.area == "/".join(area),
        jobs.c.fingerprint == fingerprint,
        jobs.c.state.in_(UNDER_WAY),
    )
    known = book.connection.execute(select(jobs).where(*where)).first()
    if known is not None:
        book.note("job.ask", "job", [known.id], work=kind, is_new=False)
        return _job(known)
    job_id = book.new_id()
    book.connection.execute(
        jobs.insert().values(
            id=job_id,
            kind=kind,
            area="/".join(area),
            account_id=book.actor.id,
            fingerprint=fingerprint,
            arguments=json.dumps(dict(arguments), sort_keys=True),
            state=JobState.QUEUED,
            made_at=book.at,
        )
    )
    book.note("job.ask", "job", [job_id], work=kind, is_new=True)
    return find(book.connection, job_id)


def cancel(book: Book, job_id: str) -> Job:
    """Take a waiting job back, tell a running one to stop; one that has ended stays so.

    One that has put on record what it makes has ended but for saying so.
    """
    job = find(book.connection, job_id)
    if job.result:
        pass
    elif job.state is JobState.QUEUED:
        changes = {"state": JobState.CANCELLED, "ended_at": book.at}
        book.update(jobs, job_id, job.version, **changes)
    elif job.state is JobState.RUNNING:
        book.update(jobs, job_id, job.version, is_stopping=True)
    book.note("job.cancel", "job", [job_id])
    return find(book.connection, job_id)


def settle_made(book: Book, job_id: str, result: Mapping[str, Any]) -> None:
    """Keep a job's result in the transaction that makes what it is for.

    So that a worker who dies between the two does not make it twice, and one who was told to stop
    makes nothing.

    Raises
    ------
    Conflict
        When it was stopped, or another worker made it.
    """
    where = (
        jobs.c.id == job_id,
        jobs.c.state == JobState.RUNNING,
        jobs.c.is_stopping.is_(False),
        jobs.c.result == "",
    )
    text = json.dumps(dict(result), sort_keys=True, ensure_ascii=False)
    kept = update(jobs).where(*where).values(result=text, version=jobs.c.version + 1)
    if not book.connection.execute(kept).rowcount:
        raise Conflict("已经停止，什么都没有写入 / it was stopped: nothing was written")


def find(connection: Connection, job_id: str) -> Job:
    """Find a job.

    Raises
    ------
    NotFound
        When there is none.
    """
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).first()
    if row is None:
        raise NotFound(NO_SUCH_JOB)
    return _job(row)


def newest(
    connection: Connection, area: AreaPath, kinds: Sequence[str] = (), most: int = 20
) -> tuple[Job, ...]:
    """List the newest jobs of an area, of some kinds or of all."""
    query = select(jobs).where(jobs.c.area == "/".join(area))
    if kinds:
        query = query.where(jobs.c.kind.in_(kinds))
    query = query.order_by(jobs.c.made_at.desc(), jobs.c.id).limit(most)
    return tuple(map(_job, connection.execute(query)))


def last(connection: Connection, area: AreaPath, kinds: Sequence[str]) -> Job | None:
    """Give an area's newest job of some kinds, waiting, at work or over."""
    return next(iter(newest(connection, area, kinds, most=1)), None)


def is_under_way(connection: Connection, area: AreaPath, kinds: Sequence[str]) -> bool:
    """Say whether an area's newest job of some kinds waits or is at work."""
    job = last(connection, area, kinds)
    return job is not None and job.is_under_way


def forget(book: Book, area: AreaPath, kinds: Sequence[str]) -> None:
    """Take an area's jobs of some kinds that have ended off the list."""
    over = jobs.c.state.not_in(UNDER_WAY)
    here = jobs.c.area == "/".join(area)
    book.connection.execute(delete(jobs).where(here, jobs.c.kind.in_(kinds), over))
    book.note("job.forget", "job")


def is_any_waiting(store: Store, kinds: Sequence[str]) -> bool:
    """Say whether claiming may give a job, without keeping any writer waiting."""
    waits = (jobs.c.state == JobState.QUEUED) & jobs.c.kind.in_(kinds)
    silent = (jobs.c.state == JobState.RUNNING) & (jobs.c.leased_until < store.clock())
    with store.looking() as connection:
        return bool(connection.scalar(select(exists().where(waits | silent))))


def count_by_state(connection: Connection) -> dict[str, int]:
    """Count the jobs of each state, for the measures of the server."""
    rows = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
    found = {row[0]: int(row[1]) for row in rows}
    return {str(state): found.get(str(state), 0) for state in JobState}


def claim(store: Store, worker: str, kinds: Sequence[str]) -> Job | None:
    """Take the oldest job that waits, if there is one, and hold it by a lease.

    Jobs whose worker fell silent wait again first, or have failed for good.
    """
    with _upkeep(store) as (connection, now):
        _take_back(connection, now)
        query = (
            select(jobs.c.id, jobs.c.attempts)
            .where(jobs.c.state == JobState.QUEUED, jobs.c.kind.in_(kinds))
            .order_by(jobs.c.made_at, jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        waiting = connection.execute(query).first()
        if waiting is None:
            return None
        connection.execute(
            update(jobs)
            .where(jobs.c.id == waiting.id)
            .values(
                state=JobState.RUNNING,
                attempts=waiting.attempts + 1,
                worker=worker,
                leased_until=now + LEASE,
                begun_at=now,
                version=jobs.c.version + 1,
            )
        )
        return find(connection, waiting.id)


def renew(
    store: Store,
    job: Job,
    stage: str = "",
    done: int = 0,
    total: int = 0,
    news: Mapping[str, Any] | None = None,
) -> Job:
    """Go on holding a job and tell how far it is; ``is_stopping`` says whether to end it.

    Raises
    ------
    Conflict
        When it is not this worker's any more: stop, and leave nothing behind.
    """
    with _upkeep(store) as (connection, now):
        told: dict[str, Any] = {"stage": stage, "done": done, "total": total} if stage else {}
        if news is not None:
            told["news"] = json.dumps(dict(news), ensure_ascii=False)
        _as_holder(connection, job, leased_until=now + LEASE, **told)
        return find(connection, job.id)


def finish(store: Store, job: Job, result: Mapping[str, Any]) -> Job:
    """End a job well; raises as ``renew``."""
    with _upkeep(store) as (connection, now):
        text = json.dumps(dict(result), sort_keys=True, ensure_ascii=False)
        _as_holder(connection, job, state=JobState.DONE, result=text, ended_at=now)
        return find(connection, job.id)


def give_up(store: Store, job: Job, message: str, *, cancelled: bool = False) -> Job:
    """End a job that failed or was cancelled; raises as ``renew``."""
    with _upkeep(store) as (connection, now):
        state = JobState.CANCELLED if cancelled else JobState.FAILED
        _as_holder(connection, job, state=state, message=message, ended_at=now)
        return find(connection, job.id)


def put_back(store: Store, job: Job) -> None:
    """Let a job wait again at once: its worker is going down; raises as ``renew``."""
    with _upkeep(store) as (connection, _):
        _as_holder(connection, job, state=JobState.QUEUED, worker="", leased_until=None)


@contextmanager
def _upkeep(store: Store) -> Iterator[tuple[Connection, datetime]]:
    """Give one transaction to a worker: no act of a person, so no row in the audit."""
    with store.alone(), write_transaction(store.engine) as connection:
        yield connection, store.clock()


def _take_back(connection: Connection, now: datetime) -> None:
    silent = (jobs.c.state == JobState.RUNNING, jobs.c.leased_until < now)
    stopped = {"state": JobState.CANCELLED, "ended_at": now}
    lost = {
        "state": JobState.FAILED,
        "ended_at": now,
        "message": "处理进程几次意外退出，请联系维护人员 / its process died several times",
    }
    again = {"state": JobState.QUEUED, "worker": "", "leased_until": None}
    tried = jobs.c.attempts >= MOST_ATTEMPTS
    for condition, values in ((jobs.c.is_stopping, stopped), (tried, lost), (None, again)):
        where = silent if condition is None else (*silent, condition)
        changed = update(jobs).where(*where).values(**values, version=jobs.c.version + 1)
        connection.execute(changed)


def _as_holder(connection: Connection, job: Job, **values: Any) -> None:
    changed = connection.execute(
        update(jobs)
        .where(
            jobs.c.id == job.id,
            jobs.c.state == JobState.RUNNING,
            jobs.c.worker == job.worker,
            jobs.c.attempts == job.attempts,
        )
        .values(**values, version=jobs.c.version + 1)
    )
    if not changed.rowcount:
        raise Conflict("这项任务已由别的进程接手 / another worker holds this job now")


def _job(row: Row[Any]) -> Job:
    return Job(
        row.id,
        row.kind,
        tuple(row.area.split("/")) if row.area else (),
        row.account_id,
        row.fingerprint,
        json.loads(row.arguments),
        JobState(row.state),
        row.stage,
        row.done,
        row.total,
        row.message,
        json.loads(row.result) if row.result else {},
        row.attempts,
        row.worker,
        row.is_stopping,
        row.made_at,
        row.begun_at,
        row.ended_at,
        row.version,
        json.loads(row.news) if row.news else {},
    )
