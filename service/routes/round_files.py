"""A round's files over HTTP: what one would change is shown, then it is taken (读入文件)."""

from typing import Annotated, Any, Literal, NamedTuple

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from casework.errors import Refused
from ledger.record.rounds import StoredRound
from service.describing import FILE_BODY
from service.desk import clean_name
from service.drawing import Lang, language_of
from service.rooms import Room
from service.routes.deps import TheRoom
from service.routes.rounds import GENERATE, TheRound, TheRoundDesk
from service.settings import LANGUAGES
from service.setup_changes import changes
from service.words import Words
from service.workflows.rounds_pins import wishes_of
from service.workflows.rounds_setup import (
    RoundDesk,
    save_frame,
    seen_frame,
    setup_mark,
    take_file,
)
from service.workroom import scratch

LARGEST_BYTES = 4_000_000
MOST_TOLD = 300

api = APIRouter(prefix="/rounds", tags=["rounds"], dependencies=GENERATE)


class ChangeOut(BaseModel):
    """One thing that the file says otherwise; before or now is empty where it is not."""

    what: str
    before: str
    now: str


class TakenOut(BaseModel):
    """What a file gave: its rows, of rules the age bands, and what it changes of the set-up.

    ``seen`` marks the set-up it was compared with; ``changed`` counts all, told or not.
    """

    rows: int
    findings: list[dict[str, Any]]
    seen: str
    changed: int
    changes: list[ChangeOut]


class Asked(BaseModel):
    """Which file, whether only to say what it would change, and what was seen of the round."""

    what: Literal["teams", "closures", "roads", "rules", "venues"]
    name: str = Field(min_length=1, max_length=400)
    preview: bool = False
    seen: str = Field(default="", max_length=64)


@api.post("/files", status_code=201, openapi_extra=FILE_BODY)
async def take(
    request: Request,
    found: TheRound,
    desk: TheRoundDesk,
    room: TheRoom,
    asked: Annotated[Asked, Query()],
    lang: Lang = LANGUAGES[0],
) -> TakenOut:
    """Read teams, closures, roads, venues or rules from a file, the request's body.

    With ``preview`` nothing is kept. With ``seen``, as a preview told it, the file is taken
    only while nobody changed the set-up since: else 409.
    """
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST_BYTES:
            raise Refused("文件超过 4 MB / the file is too large")
    at = _At(desk, found, room, Words(language_of(lang)))
    return await run_in_threadpool(_take, at, asked, content)


class _At(NamedTuple):
    desk: RoundDesk
    found: StoredRound
    room: Room
    words: Words


def _take(at: _At, asked: Asked, content: bytes) -> TakenOut:
    before = seen_frame(at.found, asked.seen)
    wishes = None if at.found.current else wishes_of(before, at.room.collection.now())
    with scratch() as folder:
        path = folder / clean_name(asked.name)
        path.write_bytes(content)
        frame, told = take_file(before, asked.what, path, wishes)
    differing = changes(before, frame, at.words)
    if not asked.preview:
        save_frame(at.desk, at.found, frame, asked.what)
    kept = {"teams": frame.teams, "closures": frame.closures, "roads": frame.known_minutes}
    kept |= {"venues": frame.notes}
    return TakenOut(
        rows=len(kept.get(asked.what, frame.session.bands)),
        findings=[finding.as_json() for finding in told],
        seen=setup_mark(at.found),
        changed=len(differing),
        changes=[
            ChangeOut(what=each.what, before=each.before, now=each.now)
            for each in differing[:MOST_TOLD]
        ],
    )
