"""The first page of each role, and the tasks (首页、待办)."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, AreaPath, Role
from casework.errors import Refused
from casework.tasks import TaskState
from geo.areas import Gazetteer
from ledger.record.tasks import MOST_ON_A_PAGE, count_tasks, page_of_tasks, settle_task
from service.access import Visit, authorize
from service.city_view import city_view
from service.drawing import Lang, draw, switch_language
from service.routes.care import own_page
from service.routes.deps import room_of
from service.routes.forms import number, typed
from service.routes.on_record import OwnUnit, TheRecord, own_unit, record_desk
from service.routes.supervision import view_now
from service.settings import LANGUAGES
from service.today_view import task_row, today_view
from service.words import Words
from service.workflows.ledgers import today
from service.workflows.rounds_setup import RoundDesk
from service.workflows.supervision import Ask

router = APIRouter(include_in_schema=False)

_ELSEWHERE = {Role.TEAM: "/round", Role.AUDITOR: "/audit"}


@router.get("/")
def first_page(
    request: Request,
    visit: Annotated[Visit, authorize(Action.OWN_ACCOUNT)],
    later: BackgroundTasks,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show what somebody's work begins with; ``?lang=en`` switches the language."""
    switched = switch_language(request)
    if switched:
        return switched
    account = visit.signed.account
    if account.role in _ELSEWHERE:
        return RedirectResponse(_ELSEWHERE[account.role], 303)
    if account.role is Role.CAREGIVER:
        return own_page(request, lang)
    if account.role is Role.CITY:
        return _city(request, visit, later, lang)
    form = room_of(request).form if account.role is Role.UNIT else None
    view = today_view(record_desk(request), own_unit(request), lang, form)
    return draw("today.html", lang, place=place_name(visit.signed.actor.scope), **view)


def _city(request: Request, visit: Visit, later: BackgroundTasks, lang: str) -> Response:
    actor = visit.signed.actor
    desk = RoundDesk(request.app.state.store, actor)
    figures = view_now(request, actor, Ask(), later)
    view = city_view(desk, room_of(request).collection, figures, lang)
    return draw("today.html", lang, place=Words(lang)("city_place"), **view)


@router.get("/tasks", dependencies=[authorize(Action.TASK_READ)])
def tasks_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List a page of the open tasks, the first due first."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "tasks") as book:
        after = request.query_params.get("after", "")[:40]
        found = page_of_tasks(book, unit, after, MOST_ON_A_PAGE + 1)
        total, late = count_tasks(book, unit, desk.reader.on)
    is_town = desk.actor.role is Role.TOWNSHIP
    return draw(
        "tasks.html",
        lang,
        rows=[task_row(one, desk.reader.on, lang, is_town) for one in found[:MOST_ON_A_PAGE]],
        total=total,
        late=late,
        is_first=not after,
        after=found[-2].id if len(found) > MOST_ON_A_PAGE else "",
        told=request.query_params.get("told", ""),
    )


@router.post("/tasks/{task}", dependencies=[authorize(Action.TASK_WRITE)])
async def settle(task: str, request: Request, desk: TheRecord) -> Response:
    """Say what became of a task."""
    said = await typed(request, "version", "outcome", "state")
    state = TaskState.DROPPED if said["state"] == "dropped" else TaskState.DONE
    if state is TaskState.DROPPED and not said["outcome"].strip():
        raise Refused("不需办理的，请写明原因 / say why it is not needed")

    def write() -> None:
        with desk.store.writing(desk.actor, "settle a task") as book:
            settle_task(book, task, number(said["version"]), state, said["outcome"].strip())

    await run_in_threadpool(write)
    return RedirectResponse("/tasks?told=settled", 303)


def place_name(scope: AreaPath) -> str:
    """Name an area as people do."""
    places = Gazetteer.on(today())
    if len(scope) > 2 and places.has_township(scope[2]):
        return places.township(scope[2]).name
    if len(scope) > 1 and places.has_unit(scope[1]):
        return places.unit(scope[1]).name
    return ""
