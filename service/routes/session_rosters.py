"""Who is called to a session, for the team that is booked and for the unit itself (场次名册)."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from casework.access import Action, Role
from casework.round_calendar import SLOTS_ZH
from casework.rounds import Slot
from ledger.record.session_rosters import roster_of
from ledger.rounds_words import day_zh
from service.access import authorize
from service.drawing import Lang, draw, switch_language
from service.routes.on_record import TheRecord
from service.settings import LANGUAGES

router = APIRouter(include_in_schema=False, dependencies=[authorize(Action.SESSION_ROSTER)])


@router.get("/round/sessions/{unit}/{number}")
def roster_page(
    unit: str, number: int, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show a session's roster: names, sex and age band, and no more to a team."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "session roster") as book:
        roster = roster_of(book, unit, number, desk.reader.programme)
    session = roster.session
    return draw(
        "session_roster.html",
        lang,
        roster=roster,
        day=day_zh(date.fromisoformat(session["date"])),
        slot=SLOTS_ZH[Slot(session["slot"])],
        with_area=desk.actor.role is not Role.TEAM,
    )
