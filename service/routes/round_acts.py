"""A round changed by programs: tried, moved, pinned, taken back, published (排期接口).

What changes it names, as ``seen``, the ``revision`` that it was read at: 409 when somebody was
first.
"""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from casework.errors import Conflict
from casework.rounds import Violation
from ledger.record.rounds import StoredRound, find_round
from ledger.record.rounds import published as published_of
from service.access import unit_code
from service.round_english import tell_round
from service.routes.rounds import GENERATE, TheRoundDesk
from service.workflows.rounds_edit import (
    Move,
    Tried,
    at_hand,
    can_take_back,
    move,
    set_pin,
    take_back,
    try_move,
)
from service.workflows.rounds_publish import publish_at_hand
from service.workflows.rounds_setup import newest_round
from service.workflows.rounds_work import published_from, replanning_of

api = APIRouter(prefix="/rounds/{round_id}", tags=["rounds"], dependencies=GENERATE)

Code = Annotated[str, Field(max_length=64), AfterValidator(unit_code)]
Seen = Annotated[str, Field(max_length=64)]


def _open_round(round_id: str, desk: TheRoundDesk) -> StoredRound:
    newest = newest_round(desk)
    if newest is not None and newest.id == round_id:
        return newest
    with desk.store.reading(desk.actor, "find a round") as book:
        find_round(book, round_id)  # refused as unknown unless it is an earlier one
    raise Conflict("以前的轮次不能再改 / an earlier round is not changed any more")


OpenRound = Annotated[StoredRound, Depends(_open_round)]


class PlanOut(BaseModel):
    """The timetable at hand (``nuantong/timetable/1``) and the revision it is read at."""

    revision: str
    can_undo: bool
    timetable: dict[str, Any]


class BrokenOut(BaseModel):
    """One rule that a timetable breaks."""

    rule: str
    unit: str
    team: str | None
    date: date | None
    message_zh: str
    message_en: str


class TriedOut(BaseModel):
    """What a move comes to: its dates, what breaks and is mended, what each term grows by."""

    dates: list[date]
    team: str
    broken: list[BrokenOut]
    mended: list[BrokenOut]
    more: dict[str, int]


class MoveIn(BaseModel):
    """Where a unit's sessions are wanted: from this day on, with this team."""

    model_config = ConfigDict(extra="forbid")

    unit: Code
    first: date
    team: str = Field(max_length=64)
    pinned: bool = True
    seen: Seen


class PinIn(BaseModel):
    """Whether a unit stays where it is when the round is planned again."""

    model_config = ConfigDict(extra="forbid")

    unit: Code
    pinned: bool = True
    seen: Seen


class SeenIn(BaseModel):
    """The revision that somebody saw."""

    model_config = ConfigDict(extra="forbid")

    seen: Seen


class PublishIn(SeenIn):
    """Why it is published: who agreed, and what stays broken."""

    note: str = Field(default="", max_length=300)


class RevisionOut(BaseModel):
    """The revision there is now; ``number`` counts those published."""

    revision: str
    number: int | None = None


class ChoiceOut(BaseModel):
    """One point of the frontier: few units changed, or few sessions left out."""

    number: int
    changed: list[str]
    sessions_left: int
    amounts: dict[str, int]
    proof: str


class FrontierOut(BaseModel):
    """The choices of the last replanning; taken by a job of kind ``round_choose``."""

    on: date
    withdrawn: list[str]
    interrupted: list[str]
    choices: list[ChoiceOut]


@api.get("/plan")
def plan(found: OpenRound, desk: TheRoundDesk) -> PlanOut:
    """Give the timetable at hand, published or not."""
    hand = at_hand(desk, found.id)
    return PlanOut(
        revision=hand.found.current,
        can_undo=can_take_back(desk, hand.found),
        timetable={**hand.document},
    )


@api.get("/try")
def try_it(found: OpenRound, desk: TheRoundDesk, unit: str, first: date, team: str) -> TriedOut:
    """Say what a move would break and cost; nothing is kept."""
    return _tried(try_move(at_hand(desk, found.id), Move(unit_code(unit), first, team)))


def _tried(tried: Tried) -> TriedOut:
    return TriedOut(
        dates=list(tried.plan.dates),
        team=tried.move.team,
        broken=list(map(_broken, tried.broken)),
        mended=list(map(_broken, tried.mended)),
        more={str(term): count for term, count in tried.more.items() if count},
    )


def _broken(found: Violation) -> BrokenOut:
    return BrokenOut(
        rule=found.rule,
        unit=found.unit,
        team=found.team,
        date=found.date,
        message_zh=found.message_zh,
        message_en=tell_round(found.message_zh),
    )


@api.post("/move")
def keep_move(asked: MoveIn, found: OpenRound, desk: TheRoundDesk) -> RevisionOut:
    """Keep a move, whatever it breaks: ``try`` says so before."""
    hand = at_hand(desk, found.id, seen=asked.seen)
    to = Move(asked.unit, asked.first, asked.team)
    return RevisionOut(revision=move(hand, desk, to, pinned=asked.pinned))


@api.post("/pin")
def keep_pin(asked: PinIn, found: OpenRound, desk: TheRoundDesk) -> RevisionOut:
    """Pin a unit where it is, or let it go."""
    hand = at_hand(desk, found.id, seen=asked.seen)
    return RevisionOut(revision=set_pin(hand, desk, asked.unit, pinned=asked.pinned))


@api.post("/undo")
def undo_last(asked: SeenIn, found: OpenRound, desk: TheRoundDesk) -> RevisionOut:
    """Undo the last step of the timetable at hand."""
    return RevisionOut(revision=take_back(desk, found, asked.seen))


@api.post("/publish")
def publish(asked: PublishIn, found: OpenRound, desk: TheRoundDesk) -> RevisionOut:
    """Publish the timetable at hand as the next revision."""
    done = publish_at_hand(desk, at_hand(desk, found.id, seen=asked.seen), asked.note)
    return RevisionOut(revision=done.id, number=done.number)


@api.get("/frontier")
def frontier(found: OpenRound, desk: TheRoundDesk) -> FrontierOut:
    """Give the choices that the last replanning left open; 409 where there are none."""
    with desk.store.reading(desk.actor, "published rounds") as book:
        last = next(iter(published_of(book, found.id)), None)
    if last is None or not found.choices:
        raise Conflict("没有待选的方案，请先重排 / no choices are open: replan first")
    hand = at_hand(desk, found.id, last.id)
    done = replanning_of(found, published_from(hand.document))
    return FrontierOut(
        on=done.frame.on,
        withdrawn=list(done.withdrawn),
        interrupted=list(done.interrupted),
        choices=[
            ChoiceOut(
                number=point.number,
                changed=sorted(point.changed),
                sessions_left=sum(left.sessions for left in point.timetable.unplaced),
                amounts={str(term): n for term, n in point.timetable.amounts.items()},
                proof=str(point.timetable.proof.status),
            )
            for point in done.points
        ],
    )
