"""A round published over HTTP: revisions, files, feeds, what units and teams see (公布排期)."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.declaration_cells import Contact
from casework.errors import Refused
from casework.round_amounts import term_amount
from geo.areas import Gazetteer
from ledger.record.accounts import list_accounts
from ledger.record.round_voices import (
    Feed,
    answers_of,
    new_feed,
)
from ledger.record.rounds import (
    Revision,
    StoredRound,
    all_rounds,
    find_revision,
    published,
)
from service.drawing import Lang, draw, switch_language
from service.rooms import Room
from service.round_views import difference_rows, summary, unit_rows
from service.routes.deps import TheRoom
from service.routes.downloads import attachment
from service.routes.forms import typed
from service.routes.rounds import (
    GENERATE,
    TheRound,
    TheRoundBench,
    TheRoundDesk,
    closure_rows,
    round_page,
)
from service.settings import LANGUAGES
from service.workflows.rounds_edit import AtHand, at_hand
from service.workflows.rounds_publish import (
    contacts_of,
    differences,
    file_of,
    publish_at_hand,
)
from service.workflows.rounds_setup import RoundDesk, frame_of
from service.workflows.rounds_work import published_from, replanning_of

FILES = {
    "xlsx": ("团辅排期.xlsx", "application/octet-stream"),
    "pdf": ("团辅排期.pdf", "application/pdf"),
    "html": ("团辅行程图.html", "application/octet-stream"),
    "ics": ("团辅日历.zip", "application/zip"),
}

pages = APIRouter(include_in_schema=False, dependencies=GENERATE)


# --- the city publishes ----------------------------------------------------------------------


@pages.get("/round/publish")
def publish_page(
    request: Request,
    found: TheRound,
    desk: TheRoundDesk,
    bench: TheRoundBench,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show what would be published, what was, and what units say to it."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "published rounds") as book:
        revisions = published(book, found.id)
        answers = answers_of(book, found.id)
        earlier = [
            (each, frame_of(each).rules.title_zh, published(book, each.id))
            for each in all_rounds(book)
            if each.id != found.id
        ]
    hand = at_hand(desk, found.id) if found.current else None
    is_new = hand is not None and found.current not in {r.id for r in revisions}
    return round_page(
        "round_publish.html",
        lang,
        found,
        bench,
        hand=hand,
        is_new=is_new,
        summary=summary(hand) if hand else None,
        changes=_changes(hand) if hand and is_new else [],
        revisions=revisions,
        names=account_names(desk),
        answers=_answer_rows(hand, answers),
        **_audience(desk, found, revisions, answers),
        earlier=earlier,
    )


def _audience(
    desk: RoundDesk,
    found: StoredRound,
    revisions: tuple[Revision, ...],
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    """Give whom the last published timetable is for, and which units have not answered it."""
    if not revisions:
        return {}
    hand = at_hand(desk, found.id, revisions[0].id)
    units = [(plan.unit, plan.name) for plan in hand.told.timetable.units]
    return {
        "teams": [(team.team, team.name) for team in hand.told.frame.teams],
        "placed": units,
        "silent": [name for unit, name in units if unit not in answers],
    }


def _changes(hand: AtHand) -> list[dict[str, str]]:
    if hand.before is None:
        return []
    pairs = differences(hand.before.plans, hand.told.timetable.units)
    return difference_rows(pairs, hand.before.frame, hand.told.frame)


def _answer_rows(hand: AtHand | None, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit,
            "name": hand.told.frame.unit_name(unit) if hand else unit,
            "answer": str(each.said.answer),
            "dates": each.said.dates,
            "remark": each.said.remark,
            "at": each.made_at,
        }
        for unit, each in sorted(answers.items())
    ]


def account_names(desk: RoundDesk) -> dict[str, str]:
    """Name the accounts that made or published something."""
    with desk.store.reading(desk.actor, "names of accounts") as book:
        return {account.id: account.name for account in list_accounts(book)}


@pages.post("/round/publish")
async def publish_it(request: Request, found: TheRound, desk: TheRoundDesk) -> Response:
    """Publish the timetable at hand as the next revision."""
    said = await typed(request, "note", "seen")

    def write() -> None:
        publish_at_hand(desk, at_hand(desk, found.id, seen=said["seen"]), said["note"])

    await run_in_threadpool(write)
    return RedirectResponse("/round/publish?done=1", 303)


@pages.post("/round/feed")
async def make_feed(
    request: Request, found: TheRound, desk: TheRoundDesk, lang: Lang = LANGUAGES[0]
) -> Response:
    """Make a team's or unit's calendar address anew, and show it this once."""
    said = await typed(request, "audience", "owner")
    if said["audience"] not in ("team", "unit"):
        raise Refused("请选择团队或区县 / choose a team or a unit")
    feed, frame = Feed(said["audience"], said["owner"]), frame_of(found)
    is_team = feed.audience == "team"
    places = Gazetteer.on(frame.rules.window_start)
    teams = {team.team for team in frame.teams}
    if feed.owner not in teams if is_team else not places.has_unit(feed.owner):
        raise Refused("请选择团队或区县 / choose a team or a unit")
    token = await run_in_threadpool(make_token, desk, feed)
    name = frame.team_name(feed.owner) if is_team else frame.unit_name(feed.owner)
    return draw("round_feed.html", lang, name=name, address=feed_address(request, token))


def make_token(desk: RoundDesk, feed: Feed) -> str:
    """Make the secret of a calendar address."""
    with desk.store.writing(desk.actor, "make a calendar feed") as book:
        return new_feed(book, feed)


def feed_address(request: Request, token: str) -> str:
    """Write a calendar address as programs take it."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}/calendars/{token}.ics"


@pages.get("/round/again")
def again_page(
    request: Request,
    found: TheRound,
    desk: TheRoundDesk,
    bench: TheRoundBench,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show closures and withdrawals, the frontier of plans, and what each would change."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "published rounds") as book:
        last = next(iter(published(book, found.id)), None)
    frame = frame_of(found)
    values: dict[str, Any] = {"hand": None, "points": [], "last": last, "withdrawn": []}
    if last is not None:
        hand = at_hand(desk, found.id, last.id)
        values |= {"hand": hand, "units": unit_rows(hand)}
        if found.choices:
            values |= _frontier(found, hand)
    return round_page(
        "round_again.html",
        lang,
        found,
        bench,
        closures=closure_rows(frame),
        **values,
    )


def _frontier(found: StoredRound, hand: AtHand) -> dict[str, Any]:
    """Give the choices of the last replanning, each with what it changes and costs."""
    before = published_from(hand.document)
    done = replanning_of(found, before)
    points = []
    for point in done.points:
        stays = {plan.unit: plan for plan in point.timetable.units}
        pairs = [
            (old, stays.get(old.unit))
            for old in before.plans
            if old.unit in point.changed or old.unit in done.withdrawn
        ]
        points.append(
            {
                "number": point.number,
                "count": len(point.changed),
                "left": sum(left.sessions for left in point.timetable.unplaced),
                "costs": [term_amount(str(t), n) for t, n in point.timetable.amounts.items()],
                "changes": difference_rows(pairs, before.frame, done.frame),
                "proof": str(point.timetable.proof.status),
            }
        )
    name = done.frame.unit_name
    return {
        "points": points,
        "on": done.frame.on,
        "withdrawn": [name(unit) for unit in done.withdrawn],
        "interrupted": [name(unit) for unit in done.interrupted],
    }


@pages.get("/round/files/{revision}/{what}")
def download(
    revision: str,
    what: Literal["xlsx", "pdf", "html", "ics"],
    found: TheRound,
    desk: TheRoundDesk,
    room: TheRoom,
) -> Response:
    """Hand out one of a timetable's files."""
    hand = at_hand(desk, _round_of(desk, found, revision), revision)
    contacts = _contacts(hand, room) if what == "xlsx" else {}
    content = file_of(hand, what, contacts)
    name, kind = FILES[what]
    number = hand.told.calendar.revision + 1
    return attachment(content, f"第{number}版{name}", kind)


def _contacts(hand: AtHand, room: Room) -> dict[str, Contact]:
    with room.collection.opened() as store:
        return contacts_of(hand, store.root)


def _round_of(desk: RoundDesk, found: StoredRound, revision: str) -> str:
    with desk.store.reading(desk.actor, "find a revision") as book:
        return find_revision(book, revision).round
