"""A round over HTTP as units, townships and teams see it; feeds and the API (公布的排期)."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Role
from casework.errors import NotFound, Refused
from casework.round_calendar import SLOTS_ZH
from casework.rounds import Slot
from ledger.record.engine import read_transaction
from ledger.record.round_voices import Answer, Feed, Said, answers_of, feed_of, give_answer
from ledger.record.rounds import all_rounds, find_round, last_published, published
from ledger.record.sessions import SignedIn
from ledger.record.store import Store
from ledger.rounds_words import day_zh
from service.access import authorize, open_to_all
from service.drawing import Lang, draw, switch_language
from service.round_views import offer_rows, unit_rows
from service.routes.forms import typed
from service.routes.round_published import feed_address, make_token
from service.routes.rounds import TheRoundDesk
from service.settings import LANGUAGES
from service.workflows.ledgers import today
from service.workflows.rounds_edit import at_hand
from service.workflows.rounds_publish import cut_for, feed_bytes
from service.workflows.rounds_setup import RoundDesk, frame_of

READ = [authorize(Action.ROUND_READ)]

feeds = APIRouter(include_in_schema=False)
own = APIRouter(include_in_schema=False)


@own.get("/round", dependencies=READ)
def own_page(request: Request, desk: TheRoundDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Show the round to whoever asks: the city plans, a unit sees its dates, a team its days."""
    switched = switch_language(request)
    if switched:
        return switched
    if desk.actor.role is Role.CITY:
        return RedirectResponse("/round/plan", 303)
    signed: SignedIn = request.state.signed
    shown = _published_to(desk, signed)
    return draw("round_own.html", lang, role=str(desk.actor.role), told="", address="", **shown)


def _published_to(desk: RoundDesk, signed: SignedIn) -> dict[str, Any]:
    """Give the newest round's last published timetable, cut to what the reader may see."""
    with desk.store.reading(desk.actor, "read a published round") as book:
        rounds = all_rounds(book)
        revisions = published(book, rounds[0].id) if rounds else ()
        is_unit = desk.actor.role is Role.UNIT
        answers = answers_of(book, rounds[0].id) if rounds and is_unit else {}
    nothing: dict[str, Any] = {"document": None, "revisions": revisions, "lines": [], "offers": []}
    nothing |= {"mine": None, "team": signed.account.team}
    if not revisions:
        return nothing
    hand = at_hand(desk, rounds[0].id, revisions[0].id)
    document = cut_for(hand.document, desk.actor, signed.account.team)
    codes = {line["unit"] for line in (*document["units"], *document.get("unplaced", ()))}
    lines = [row for row in unit_rows(hand) if row["unit"] in codes]
    is_team = desk.actor.role is Role.TEAM
    sessions = _sessions(hand.document, codes, signed.account.team if is_team else None)
    if is_team:
        lines = sessions
    now = today().isoformat()
    unit = desk.actor.scope[1] if len(desk.actor.scope) > 1 else ""
    return nothing | {
        "document": document,
        "title": hand.told.frame.rules.title_zh,
        "lines": lines,
        "sessions": sessions,
        "next": next((one for one in sessions if one["day"] >= now), None),
        "offers": offer_rows(hand, unit) if is_unit else [],
        "mine": answers.get(unit),
    }


def _sessions(
    document: Mapping[str, Any], units: Collection[str], team: str | None
) -> list[dict[str, Any]]:
    """Give the sessions of units, or of one team there, by day, with the way to rosters."""
    sessions = [
        {
            "day": session["date"],
            "dates": day_zh(date.fromisoformat(session["date"])),
            "slot": SLOTS_ZH[Slot(session["slot"])],
            "name": line["name"],
            "venue": session["venue"],
            "roster": f"/round/sessions/{line['unit']}/{number}",
        }
        for line in document["units"]
        for number, session in enumerate(line["sessions"], 1)
        if line["unit"] in units and team in (None, session["team"])
    ]
    return sorted(sessions, key=lambda one: (one["day"], one["slot"]))


@own.post("/round/answer", dependencies=[authorize(Action.DECLARATION_WRITE)])
async def answer(request: Request, desk: TheRoundDesk) -> Response:
    """Take a unit's answer to its dates."""
    said = await typed(request, "answer", "dates", "remark")
    if said["answer"] not in tuple(Answer):
        raise Refused("请选择同意或另选时间 / accept, or ask for another date")

    def write() -> None:
        with desk.store.writing(desk.actor, "answer to dates") as book:
            rounds = all_rounds(book)
            last = next(iter(published(book, rounds[0].id)), None) if rounds else None
            if last is None:
                raise NotFound("还没有公布的排期 / nothing is published yet")
            unit = desk.actor.scope[1]
            given = Said(unit, Answer(said["answer"]), said["dates"], said["remark"])
            give_answer(book, last, given)

    await run_in_threadpool(write)
    return RedirectResponse("/round", 303)


@own.post("/round/my-feed", dependencies=READ)
async def my_feed(request: Request, desk: TheRoundDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Make the calendar address of one's own unit or team."""
    signed: SignedIn = request.state.signed
    if desk.actor.role is Role.UNIT:
        feed = Feed("unit", desk.actor.scope[1])
    elif desk.actor.role is Role.TEAM and signed.account.team:
        feed = Feed("team", signed.account.team)
    else:
        raise NotFound("没有您的日历 / there is no calendar of yours")
    token = await run_in_threadpool(make_token, desk, feed)
    return draw("round_feed.html", lang, name="", address=feed_address(request, token))


# --- calendars and the API -------------------------------------------------------------------


@feeds.get("/calendars/{token}.ics", dependencies=[Depends(open_to_all)])
def feed(token: str, request: Request) -> Response:
    """Give the calendar that a secret address opens: one team's or unit's dates, nobody's name."""
    store: Store = request.app.state.store
    with read_transaction(store.engine) as connection:
        whose = feed_of(connection, token)
        last = last_published(connection)
    if last is None:
        raise NotFound("还没有公布的排期 / nothing is published yet")
    return Response(feed_bytes(last[1], whose), media_type="text/calendar")


api = APIRouter(prefix="/rounds", tags=["rounds"], dependencies=READ)


@api.get("")
def list_rounds(desk: TheRoundDesk) -> list[dict[str, Any]]:
    """List the rounds, the newest first, with how often each was published."""
    with desk.store.reading(desk.actor, "list rounds") as book:
        return [
            {
                "id": each.id,
                "name": frame_of(each).rules.name,
                "title_zh": frame_of(each).rules.title_zh,
                "published": len(published(book, each.id)),
            }
            for each in all_rounds(book)
        ]


@api.get("/{round_id}/timetable")
def timetable(
    round_id: str, request: Request, desk: TheRoundDesk, revision: int = 0
) -> dict[str, Any]:
    """Give a published timetable (``nuantong/timetable/1``), cut to what the reader may see.

    ``revision`` counts from 1; without it, the last one.
    """
    signed: SignedIn = request.state.signed
    with desk.store.reading(desk.actor, "read a timetable") as book:
        find_round(book, round_id)
        revisions = published(book, round_id)
    found = next((r for r in revisions if revision in (0, r.number)), None)
    if found is None:
        raise NotFound("还没有公布的排期 / nothing is published yet")
    hand = at_hand(desk, round_id, found.id)
    return cut_for(hand.document, desk.actor, signed.account.team)
