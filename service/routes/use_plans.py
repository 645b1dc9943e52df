"""Questions about a whole unit over HTTP: whom to recruit, who takes over, what if."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from casework.access import Action
from casework.plan_answers import HandoverReason
from service.access import authorize
from service.desk import ANSWERS
from service.drawing import Lang
from service.gate import MAP_POLICY
from service.routes.deps import TheDesk
from service.routes.use import Somebody, TheInquiry, told
from service.scenario_form import asked_scenarios
from service.settings import LANGUAGES
from service.workflows.use_plans import ask_handover, ask_recruit, ask_whatif, recruit_page

router = APIRouter(include_in_schema=False, dependencies=[authorize(Action.PROPOSAL_CREATE)])

MAP = "recruit.html"


@router.get("/use/recruit")
def recruit_part(
    inquiry: TheInquiry,
    desk: TheDesk,
    upto: Annotated[int, Query(ge=0, le=50)] = 10,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Say where new caregivers would help, with a map."""
    questions = inquiry.questions()
    answer = ask_recruit(questions, upto)
    desk.safe.write(desk.root / ANSWERS / MAP, recruit_page(questions, answer).encode())
    return told(answer, desk, lang, map="/use/map")


@router.get("/use/map")
def recruit_map_frame(desk: TheDesk) -> HTMLResponse:
    """Give the map of the last question about recruits, for its frame."""
    html = desk.content(ANSWERS, MAP)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})


@router.get("/use/handover")
def handover_part(
    inquiry: TheInquiry,
    desk: TheDesk,
    who: Somebody,
    why: HandoverReason,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Say who takes over a caregiver's children."""
    questions = inquiry.questions()
    return told(ask_handover(questions, questions.caregiver(who.strip()), why), desk, lang)


@router.get("/use/whatif")
def whatif_part(
    request: Request, inquiry: TheInquiry, desk: TheDesk, lang: Lang = LANGUAGES[0]
) -> Response:
    """Lay scenarios side by side."""
    questions = inquiry.questions()
    scenarios = asked_scenarios(request.query_params, questions.villages)
    return told(ask_whatif(questions, scenarios), desk, lang)
