"""Jobs: begin, watch, stop."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from casework.access import Action
from casework.errors import Conflict
from service.access import authorize, is_signed_in
from service.jobs import Job, JobState
from service.routes.deps import TheActor, TheBench, TheDesk

router = APIRouter(prefix="/jobs", tags=["jobs"])

LOOK_SECONDS = 0.2
BEAT_SECONDS = 15
RETRY_MS = 1000
_RUNNING = str(JobState.RUNNING)
"""To whoever watches, waiting for a workman is part of running."""


class JobIn(BaseModel):
    """What to do: check the files, or propose pairs from them."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["check", "pair"]
    on: date | None = None
    unit: str | None = Field(default=None, max_length=40)
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    max_changes: int | None = Field(default=None, ge=0, le=100_000)
    with_points: bool = False
    with_names: bool = False


class JobOut(BaseModel):
    """How a job stands."""

    id: str
    kind: str
    state: str
    stage: str
    done: int
    total: int
    message: str
    is_stopping: bool
    news: dict[str, Any]
    started_at: str
    ended_at: str

    @classmethod
    def of(cls, job: Job) -> "JobOut":
        """Give what the page may know of a job."""
        return cls(
            id=job.id,
            kind=job.kind,
            state=_RUNNING if job.is_under_way else str(job.state),
            stage=job.stage,
            done=job.done,
            total=job.total,
            message=job.message,
            is_stopping=job.is_stopping and job.is_under_way,
            news=dict(job.news),
            started_at=job.made_at.isoformat(),
            ended_at=job.ended_at.isoformat() if job.ended_at else "",
        )


@router.post("", status_code=202, dependencies=[authorize(Action.PROPOSAL_CREATE)])
def start(job: JobIn, desk: TheDesk, bench: TheBench, actor: TheActor) -> JobOut:
    """Begin a job; one runs at a time."""
    if not desk.of_role("ledger"):
        raise Conflict("还没有名单，请先放入镇街名单 / no workbooks yet: add them first")
    options = job.model_dump(mode="json", exclude={"kind"})
    started = bench.start(actor, job.kind, options)
    desk.remember(options)
    return JobOut.of(started)


@router.get("", dependencies=[authorize(Action.JOB_READ)])
def under_way(
    kinds: Annotated[str, Query(min_length=1, max_length=200)], bench: TheBench
) -> JobOut | None:
    """Give the office's job of some kinds (``a,b``) that waits or is at work, whoever asked."""
    job = bench.of_kinds(*kinds.split(",")).job
    return JobOut.of(job) if job and job.is_under_way else None


@router.get("/{job_id}", dependencies=[authorize(Action.JOB_READ)])
def find(job_id: str, bench: TheBench) -> JobOut:
    """Say how a job stands."""
    return JobOut.of(bench.find(job_id))


@router.delete("/{job_id}", dependencies=[authorize(Action.PROPOSAL_CREATE)])
def cancel(job_id: str, bench: TheBench, actor: TheActor) -> JobOut:
    """Stop a job; what was there before it stays."""
    return JobOut.of(bench.cancel(actor, job_id))


def _known(job_id: str, bench: TheBench) -> Job:
    return bench.find(job_id)


def _seen(request: Request) -> int:
    """Give the version a browser saw last before its line broke; -1 where it saw none."""
    told = request.headers.get("last-event-id", "")
    return int(told) if told.isdecimal() and len(told) < 10 else -1


@router.get(
    "/{job_id}/events",
    response_class=EventSourceResponse,
    dependencies=[authorize(Action.JOB_READ)],
)
async def events(
    known: Annotated[Job, Depends(_known)], request: Request, bench: TheBench
) -> AsyncIterator[ServerSentEvent]:
    """Tell how a job goes on, each change once, until it ends."""
    seen, silent_seconds = _seen(request), 0.0
    while not await request.is_disconnected() and await run_in_threadpool(is_signed_in, request):
        job = await run_in_threadpool(bench.find, known.id)
        if job.version != seen:
            seen, silent_seconds = job.version, 0.0
            told = JobOut.of(job).model_dump()
            yield ServerSentEvent(data=told, event="job", id=str(seen), retry=RETRY_MS)
        if not job.is_under_way:
            return
        await asyncio.sleep(LOOK_SECONDS)
        silent_seconds += LOOK_SECONDS
        if silent_seconds >= BEAT_SECONDS:
            silent_seconds = 0.0
            yield ServerSentEvent(data="", event="beat")
