"""Work on imports as a page: how far it is, stopped, what came of it (读取、入库、撤销进度)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from casework.errors import NotFound
from ledger.record.jobs import Job, JobState
from service.drawing import Lang, draw, switch_language
from service.import_readings import Readings
from service.routes.deps import TheDesk, room_of
from service.routes.imports import HAND_UP, IMPORT
from service.routes.jobs import JobOut
from service.routes.on_record import OwnUnit, TheRecord
from service.routes.roster import compared
from service.settings import LANGUAGES
from service.workflows.import_work import READ, ROSTER, job_of, stop_work
from service.workflows.import_writing import CONFIRM, UNDO

router = APIRouter(include_in_schema=False)
SCRIPT_WORDS = (
    *(f"job_{kind}" for kind in (READ, CONFIRM, UNDO, ROSTER)),
    *("stage_read", "stage_rows", "stage_compare", "stage_import"),
)
_IMPORTS = (READ, CONFIRM, UNDO)
_TOLD = {CONFIRM: "confirmed", UNDO: "undone"}


def _how_far(job: Job, to: str, lang: str) -> Response:
    told = JobOut.of(job).model_dump()
    of = job.arguments.get("import")
    again = f"/imports/{of}{'/undo' if job.kind == UNDO else ''}" if of else ""
    given = {"job": told, "to": to, "again": again}
    return draw("import_reading.html", lang, script_words=SCRIPT_WORDS, **given)


def _read(folder: TheDesk, reading: str, to: str, lang: str) -> Response:
    try:
        found = Readings(folder).told(reading)
    except NotFound:  # it is kept for a day; the previews are on the list
        return RedirectResponse(f"/{to}", 303)
    return draw("imports_read.html", lang, to=to, **found)


@router.get("/imports/read/{reading}", dependencies=IMPORT)
def import_page(
    reading: str,
    request: Request,
    desk: TheRecord,
    folder: TheDesk,
    unit: OwnUnit,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show how far reading, confirming or undoing an import is, or what came of it."""
    switched = switch_language(request)
    if switched:
        return switched
    job = job_of(desk, unit, _IMPORTS, reading)
    if job.state is not JobState.DONE:
        return _how_far(job, "imports", lang)
    if job.kind in _TOLD:
        return RedirectResponse(f"/imports?told={_TOLD[job.kind]}", 303)
    return _read(folder, reading, "imports", lang)


@router.delete("/imports/read/{reading}", dependencies=IMPORT)
def stop_import(reading: str, request: Request, desk: TheRecord, unit: OwnUnit) -> JobOut:
    """Stop work on an import; nothing of it stays."""
    job = job_of(desk, unit, _IMPORTS, reading)
    return JobOut.of(stop_work(desk, room_of(request).desk, job))


@router.get("/rows/read/{list_id}", dependencies=HAND_UP)
def rows_page(
    list_id: str,
    request: Request,
    desk: TheRecord,
    folder: TheDesk,
    unit: OwnUnit,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show how far the reading of a township's list is, or what came of it."""
    switched = switch_language(request)
    if switched:
        return switched
    job = job_of(desk, unit, (READ,), list_id)
    if job.state is not JobState.DONE:
        return _how_far(job, "rows", lang)
    return _read(folder, list_id, "rows", lang)


@router.delete("/rows/read/{list_id}", dependencies=HAND_UP)
def stop_rows(list_id: str, request: Request, desk: TheRecord, unit: OwnUnit) -> JobOut:
    """Stop the reading of a township's list; nothing of it stays."""
    job = job_of(desk, unit, (READ,), list_id)
    return JobOut.of(stop_work(desk, room_of(request).desk, job))


@router.get("/roster/read/{roster_id}", dependencies=IMPORT)
def roster_page(
    roster_id: str, request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show how far the comparison of a roster is, or what it found."""
    switched = switch_language(request)
    if switched:
        return switched
    job = job_of(desk, unit, (ROSTER,), roster_id)
    if job.state is not JobState.DONE:
        return _how_far(job, "roster", lang)
    return compared(job.result["counts"], job.result["new_tasks"], lang)


@router.delete("/roster/read/{roster_id}", dependencies=IMPORT)
def stop_roster(roster_id: str, request: Request, desk: TheRecord, unit: OwnUnit) -> JobOut:
    """Stop a comparison; nothing of it stays."""
    job = job_of(desk, unit, (ROSTER,), roster_id)
    return JobOut.of(stop_work(desk, room_of(request).desk, job))
