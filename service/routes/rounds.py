"""The city office's round over HTTP: what it is planned from, its rules, its work (团辅轮次)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Role
from casework.errors import Conflict, NotFound
from casework.rollup import State
from casework.round_report import RoundFrame
from casework.rounds import EVERYWHERE
from geo.areas import Gazetteer
from ledger.record.rounds import CITY as CITY_AREA
from ledger.record.rounds import StoredRound
from service.access import authorize
from service.drawing import Lang, draw, switch_language
from service.jobs import ROUND_WORK, Bench, Job
from service.round_form import fields_of, order_of, preset_frame, read_rules
from service.routes.deps import TheActor, TheRoom
from service.routes.forms import all_typed, day, typed
from service.routes.jobs import JobOut
from service.settings import LANGUAGES
from service.workflows.rounds_pins import pins_typed, wishes_of
from service.workflows.rounds_setup import (
    EARLIER,
    RoundDesk,
    TeamTyped,
    base_of,
    begin_round,
    closures_typed,
    frame_of,
    newest_round,
    save_frame,
    seen_frame,
    setup_back,
    setup_mark,
    teams_typed,
    venues_typed,
)

GENERATE = [authorize(Action.ROUND_GENERATE)]
BLANK_ROWS = 2

pages = APIRouter(include_in_schema=False, dependencies=GENERATE)
api = APIRouter(prefix="/rounds", tags=["rounds"], dependencies=GENERATE)


def round_desk(request: Request, actor: TheActor) -> RoundDesk:
    """Give the store to whoever is signed in."""
    return RoundDesk(request.app.state.store, actor)


TheRoundDesk = Annotated[RoundDesk, Depends(round_desk)]


def _newest(desk: TheRoundDesk) -> StoredRound:
    found = newest_round(desk)
    if found is None and desk.actor.role is Role.CITY:
        return begin_round(desk)
    if found is None:
        raise NotFound("还没有团辅轮次 / there is no round yet")
    return found


TheRound = Annotated[StoredRound, Depends(_newest)]


def round_bench(desk: TheRoundDesk) -> Bench:
    """Give the queue of the round's work."""
    return Bench(desk.store, CITY_AREA, ROUND_WORK)


TheRoundBench = Annotated[Bench, Depends(round_bench)]


def round_page(
    template: str, lang: str, found: StoredRound, bench: Bench, **values: Any
) -> Response:
    """Draw one of the round's pages with the work that goes on."""
    frame = frame_of(found)
    job = bench.job
    return draw(
        template,
        lang,
        round=found,
        frame=frame,
        mark=setup_mark(found),
        title=frame.rules.title_zh,
        job=JobOut.of(job).model_dump() if job and _is_told(job, found) else None,
        script_words=_SCRIPT_WORDS,
        **values,
    )


def _is_told(job: Job, found: StoredRound) -> bool:
    return job.arguments.get("round") == found.id


_SCRIPT_WORDS = (
    *("stage_read", "stage_timetable", "stage_compose", "stage_offers", "stage_strict"),
    *("stage_why_not", "job_round_plan", "job_round_replan", "job_round_choose"),
    *("uploading", "round_proven", "round_not_proven", "round_value"),
    *("round_bound", "round_drop_refused", "round_ahead", "round_ahead_none"),
    *("round_ahead_more", "round_ahead_same"),
)


# --- 1 what it is planned from ---------------------------------------------------------------


@pages.get("/round/setup")
def setup_page(
    request: Request,
    found: TheRound,
    bench: TheRoundBench,
    room: TheRoom,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show declarations, teams and closures."""
    switched = switch_language(request)
    if switched:
        return switched
    frame = frame_of(found)
    areas = Gazetteer.on(frame.rules.window_start)
    rollup = room.collection.now()
    missing = [line.unit.name for line in rollup.of(State.MISSING)]
    return round_page(
        "round_setup.html",
        lang,
        found,
        bench,
        got=len(rollup.lines) - len(missing),
        units=len(rollup.lines),
        missing=missing,
        doubt=len(rollup.of(State.IN_DOUBT)),
        sessions=rollup.totals["sessions"],
        teams=team_rows(frame, areas),
        closures=closure_rows(frame),
        venues=venue_rows(frame),
        pins=None if found.current else pin_rows(frame),
        can_undo=bool(found.setup.get(EARLIER)),
        roads=len(frame.known_minutes),
        bands=[band.name_zh for band in frame.session.bands],
        names=[unit.name for unit in areas.units],
        blank=BLANK_ROWS,
    )


def team_rows(frame: RoundFrame, areas: Gazetteer) -> list[dict[str, Any]]:
    """Give the teams as rows to be edited."""
    return [
        {
            "code": team.team,
            "name": team.name,
            "base": base_of(team, areas).name,
            "off": "、".join(f"{d.month}月{d.day}日" for d in sorted(team.days_off)),
            "a_day": team.sessions_per_day or "",
            "skills": "、".join(sorted(team.skills)),
        }
        for team in sorted(frame.teams, key=lambda team: team.team)
    ]


def venue_rows(frame: RoundFrame) -> list[dict[str, Any]]:
    """Give the venues as rows to be edited."""
    return [
        {
            "unit": frame.unit_name(note.unit),
            "venue": note.venue,
            "room": note.room or "",
            "accessible": note.accessible,
        }
        for note in frame.notes
    ]


def pin_rows(frame: RoundFrame) -> list[dict[str, str]]:
    """Give the dates fixed before the first plan as rows to be edited."""
    return [
        {
            "unit": frame.unit_name(pin.unit),
            "dates": "、".join(f"{d.month}月{d.day}日" for d in pin.dates or ()),
            "team": frame.team_name(pin.team) if pin.team else "",
        }
        for pin in frame.pins
    ]


def closure_rows(frame: RoundFrame) -> list[dict[str, Any]]:
    """Give the closures as rows to be edited."""
    return [
        {
            "unit": "全市" if c.unit == EVERYWHERE else frame.unit_name(c.unit),
            "first": c.first,
            "last": c.last,
            "reason": c.reason_zh,
        }
        for c in sorted(frame.closures, key=lambda c: (c.first, c.unit))
    ]


@pages.post("/round/teams")
async def save_teams(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep the teams that are typed."""
    form = await all_typed(request)
    rows = _rows(form, ("code", "name", "base", "off", "a_day", "skills"))
    frame = _seen(found, form)
    teams = teams_typed(
        frame,
        (
            TeamTyped(r["code"], r["name"], r["base"], r["off"], r["a_day"], r["skills"])
            for r in rows
        ),
    )
    await run_in_threadpool(save_frame, desk, found, replace(frame, teams=teams), "teams")
    return RedirectResponse("/round/setup#teams", 303)


@pages.post("/round/closures")
async def save_closures(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep the closures that are typed."""
    form = await all_typed(request)
    rows = _rows(form, ("unit", "first", "last", "reason"))
    frame = _seen(found, form)
    changed = replace(frame, closures=closures_typed(frame, rows))
    await run_in_threadpool(save_frame, desk, found, changed, "closures")
    back = "/round/again" if form.get("back") == ["again"] else "/round/setup#closures"
    return RedirectResponse(back, 303)


@pages.post("/round/venues")
async def save_venues(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep the venues that are typed."""
    form = await all_typed(request)
    rows = _rows(form, ("unit", "venue", "room", "accessible"))
    frame = _seen(found, form)
    changed = replace(frame, notes=venues_typed(frame, rows))
    await run_in_threadpool(save_frame, desk, found, changed, "venues")
    return RedirectResponse("/round/setup#venues", 303)


@pages.post("/round/pins")
async def save_pins(
    request: Request, found: TheRound, desk: TheRoundDesk, room: TheRoom
) -> Response:
    """Keep the dates that are fixed before the first plan."""
    if found.current:
        raise Conflict("已有排期，请在“排期与调整”里锁定 / there is a plan: pin in it")
    form = await all_typed(request)
    rows = _rows(form, ("unit", "dates"))

    def write() -> None:
        frame = _seen(found, form)
        wishes = wishes_of(frame, room.collection.now())
        save_frame(desk, found, replace(frame, pins=pins_typed(frame, rows, wishes)), "pins")

    await run_in_threadpool(write)
    return RedirectResponse("/round/setup#pins", 303)


@pages.post("/round/setup/undo")
async def undo_setup(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Take the last change of what it is planned from back."""
    _seen(found, await all_typed(request))
    await run_in_threadpool(setup_back, desk, found)
    return RedirectResponse("/round/setup", 303)


@pages.post("/round/day")
async def save_day(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep the day that counts as today."""
    said = await typed(request, "on", "seen")
    frame = replace(seen_frame(found, said["seen"]), on=day(said["on"], "日期"))
    await run_in_threadpool(save_frame, desk, found, frame, "day")
    return RedirectResponse("/round/setup", 303)


@pages.post("/round/begin")
async def begin(request: Request, desk: TheRoundDesk) -> Response:
    """Begin the next round; the last one stays to be looked up."""
    said = await typed(request, "seen")
    await run_in_threadpool(begin_round, desk, said["seen"])
    return RedirectResponse("/round/setup", 303)


def _seen(found: StoredRound, form: Mapping[str, list[str]]) -> RoundFrame:
    """Give the frame that a form was drawn from; refused where it is another by now."""
    return seen_frame(found, form.get("seen", [""])[0])


def _rows(form: Mapping[str, list[str]], names: tuple[str, ...]) -> list[dict[str, str]]:
    """Give a table's rows; one whose box ``gone`` is ticked is left out."""
    gone = set(form.get("gone", ()))
    count = min((len(form.get(name, ())) for name in names), default=0)
    return [{name: form[name][n] for name in names} for n in range(count) if str(n) not in gone]


# --- 2 rules ---------------------------------------------------------------------------------


@pages.get("/round/rules")
def rules_page(
    request: Request, found: TheRound, bench: TheRoundBench, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show the rules as a form."""
    frame = frame_of(found)
    return switch_language(request) or round_page(
        "round_rules.html",
        lang,
        found,
        bench,
        fields=fields_of(frame),
        order=order_of(frame),
        saved=request.query_params.get("saved", ""),
    )


@pages.post("/round/rules")
async def save_rules(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Keep the rules that are typed, or the preset's again."""
    form = await all_typed(request)
    frame = _seen(found, form)
    changed = preset_frame(frame) if "preset" in form else read_rules(frame, form)
    await run_in_threadpool(save_frame, desk, found, changed, "rules")
    return RedirectResponse("/round/rules?saved=1", 303)


# --- its work --------------------------------------------------------------------------------


class RoundJobIn(BaseModel):
    """What to do: plan, plan again from a day on, or take a choice of the last replanning."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["round_plan", "round_replan", "round_choose"]
    on: date | None = None
    withdrawn: list[str] = Field(default_factory=list, max_length=400)
    number: int = Field(default=0, ge=0, le=1000)


@api.post("/jobs", status_code=202)
def start(
    asked: RoundJobIn, found: TheRound, bench: TheRoundBench, actor: TheActor, room: TheRoom
) -> JobOut:
    """Begin a piece of the round's work; one runs at a time."""
    if not frame_of(found).teams:
        raise Conflict("还没有团队，请先填写团队 / no teams yet: add them first")
    if asked.kind == "round_plan" and not room.collection.forms():
        raise Conflict("还没有收到申报表，请先收 / no declarations yet: collect them first")
    arguments: dict[str, Any] = {"round": found.id, "version": found.version}
    if asked.kind == "round_replan":
        on = asked.on or frame_of(found).on
        arguments |= {"on": on.isoformat(), "withdrawn": sorted(asked.withdrawn)}
    if asked.kind == "round_choose":
        arguments |= {"number": asked.number}
    return JobOut.of(bench.start(actor, asked.kind, arguments))


@api.delete("/jobs/{job_id}")
def cancel(job_id: str, bench: TheRoundBench, actor: TheActor) -> JobOut:
    """Stop it; the timetable at hand stays as it was."""
    return JobOut.of(bench.cancel(actor, job_id))
