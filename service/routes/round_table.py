"""A round's timetable over HTTP: looked at, moved, pinned, planned again (排期与调整)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from casework.errors import NotFound
from ledger.record.round_voices import answers_of
from ledger.rounds_words import day_zh, days_zh, deviation_zh, plan_zh, teams_zh
from service.drawing import Lang, draw, language_of, switch_language
from service.gate import MAP_POLICY
from service.round_views import (
    calendar_rows,
    gantt,
    offer_rows,
    state_of,
    summary,
    team_columns,
    travel_rows,
    tried_view,
    unit_rows,
    violation_row,
)
from service.routes.deps import TheRoom
from service.routes.forms import day, typed
from service.routes.rounds import (
    GENERATE,
    TheRound,
    TheRoundBench,
    TheRoundDesk,
    round_page,
)
from service.settings import LANGUAGES
from service.words import Words
from service.workflows.rounds_edit import (
    AtHand,
    Move,
    at_hand,
    can_take_back,
    move,
    report_of,
    set_pin,
    take_back,
    try_move,
)
from service.workflows.rounds_setup import RoundDesk, frame_of, is_older

pages = APIRouter(include_in_schema=False, dependencies=GENERATE)

Code = Annotated[str, Query(max_length=64)]


@pages.get("/round/plan")
def plan_page(
    request: Request,
    found: TheRound,
    desk: TheRoundDesk,
    bench: TheRoundBench,
    room: TheRoom,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show the timetable at hand, and what makes it anew."""
    switched = switch_language(request)
    if switched:
        return switched
    if not found.current:
        got = room.collection.forms()
        return round_page("round_plan.html", lang, found, bench, hand=None, got=got)
    hand = at_hand(desk, found.id)
    unit = request.query_params.get("unit", "")
    return round_page(
        "round_plan.html",
        lang,
        found,
        bench,
        can_undo=can_take_back(desk, found),
        **_view(hand),
        **_unit_view(desk, hand, unit),
    )


def _view(hand: AtHand) -> dict[str, Any]:
    frame, told = hand.told.frame, hand.told
    return {
        "hand": hand,
        "is_older": is_older(frame, frame_of(hand.found)),
        "summary": summary(hand),
        "rows": calendar_rows(hand),
        "columns": team_columns(frame),
        "units": unit_rows(hand),
        "gantt": gantt(hand),
        "offers": offer_rows(hand),
        "travel": travel_rows(hand.document),
        "violations": [violation_row(frame, v) for v in told.timetable.violations],
        "why_not": told.why_not,
        "strict": told.strict,
        "strict_end": day_zh(told.strict.end) if told.strict else "",
        "findings": hand.document.get("findings", []),
    }


@pages.get("/round/unit")
def unit_part(
    found: TheRound, desk: TheRoundDesk, unit: Code, lang: Lang = LANGUAGES[0]
) -> Response:
    """Draw the panel of one unit: its dates, why, what else it could have, and how to move it."""
    hand = at_hand(desk, found.id)
    return draw(
        "_round_unit.html", lang, columns=team_columns(hand.told.frame),
        **_unit_view(desk, hand, unit),
    )  # fmt: skip


def _unit_view(desk: RoundDesk, hand: AtHand, unit: str) -> dict[str, Any]:
    """Give what the panel of a unit shows; nothing where none is chosen."""
    if not unit:
        return {"one": None}
    frame, table = hand.told.frame, hand.told.timetable
    plan = table.plan(unit)
    left = next((left for left in table.unplaced if left.unit == unit), None)
    if plan is None and left is None:
        raise NotFound("本轮没有这个区县 / no such unit in the round")
    wish = next((wish for wish in frame.wishes if wish.unit == unit), None)
    with desk.store.reading(desk.actor, "answers of units") as book:
        answer = answers_of(book, hand.found.id).get(unit)
    one = {
        "unit": unit,
        "seen": hand.found.current,
        "name": frame.unit_name(unit),
        "sessions": len(plan.sessions) if plan else (left.sessions if left else 0),
        "declared": days_zh(wish.dates) if wish and wish.dates else "待定",
        "dates": plan_zh(plan) if plan else "未安排",
        "teams": teams_zh(frame, plan) if plan else "",
        "deviation": deviation_zh(plan) if plan else "未安排",
        "state": state_of(plan) if plan else "left",
        "reason": plan.reason_zh if plan else (left.reason_zh if left else ""),
        "first": plan.dates[0] if plan else (wish.dates[0] if wish and wish.dates else ""),
        "team": plan.teams[0] if plan else "",
        "is_shared": bool(plan and len(plan.teams) > 1),
        "pinned": any(pin.unit == unit for pin in frame.pins),
        "can_move": wish is not None,
        "answer": answer,
        "offers": offer_rows(hand, unit),
    }
    return {"one": one}


class MoveAsked(BaseModel):
    """Where a unit is wanted; ``grabbed`` is the day of the session that was dragged."""

    unit: str = Field(max_length=64)
    first: str = Field(max_length=64)
    team: str = Field(max_length=64)
    grabbed: str = Field(default="", max_length=64)


@pages.get("/round/try")
def try_part(
    found: TheRound,
    desk: TheRoundDesk,
    asked: Annotated[MoveAsked, Query()],
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Draw what breaks and what it costs when a unit is moved, before anything is kept.

    The sessions beside the one that was dragged keep their distance to it.
    """
    hand = at_hand(desk, found.id)
    start = day(asked.first, "日期")
    plan = hand.told.timetable.plan(asked.unit)
    if asked.grabbed and plan and plan.dates:
        start -= day(asked.grabbed, "日期") - plan.dates[0]
    tried = try_move(hand, Move(asked.unit, start, asked.team))
    return draw("_round_try.html", lang, tried=tried_view(hand, tried))


@pages.post("/round/move")
async def keep_move(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep a move."""
    said = await typed(request, "unit", "first", "team", "pin", "seen")
    asked = Move(said["unit"], day(said["first"], "日期"), said["team"])

    def write() -> None:
        hand = at_hand(desk, found.id, seen=said["seen"])
        move(hand, desk, asked, pinned=bool(said["pin"]))

    await run_in_threadpool(write)
    return RedirectResponse(f"/round/plan?unit={asked.unit}#table", 303)


@pages.post("/round/pin")
async def keep_pin(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Pin a unit where it is, or let it go."""
    said = await typed(request, "unit", "pin", "seen")

    def write() -> None:
        hand = at_hand(desk, found.id, seen=said["seen"])
        set_pin(hand, desk, said["unit"], pinned=bool(said["pin"]))

    await run_in_threadpool(write)
    return RedirectResponse(f"/round/plan?unit={said['unit']}#table", 303)


@pages.post("/round/undo")
async def undo_last(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Undo the last step."""
    said = await typed(request, "seen")
    await run_in_threadpool(take_back, desk, found, said["seen"])
    return RedirectResponse("/round/plan#table", 303)


@pages.get("/round/map")
def framed_map(
    found: TheRound,
    desk: TheRoundDesk,
    _: Annotated[str, Query(alias="v")] = "",
    lang: Lang = LANGUAGES[0],
) -> HTMLResponse:
    """Give the map of trips for the page's frame."""
    from maps.rounds import round_map  # folium is slow to load

    report, words = report_of(at_hand(desk, found.id)), Words(language_of(lang))
    html = round_map(report, words.round, words.lang)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})
