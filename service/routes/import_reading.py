"""The reading of a large ledger as a page: how far it is, stopped, what came of it (读取进度)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from casework.errors import NotFound
from ledger.record.jobs import Job, JobState
from ledger.record.scope import NOT_THERE
from service.drawing import Lang, draw, switch_language
from service.import_readings import Readings
from service.routes.deps import TheDesk, room_of
from service.routes.imports import IMPORT
from service.routes.jobs import JobOut
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.workflows.import_work import reading_job, stop_reading
from service.workflows.unit_on_record import Desk

router = APIRouter(include_in_schema=False)
SCRIPT_WORDS = ("job_import_read", "stage_read", "stage_rows", "stage_compare")


def _job(desk: Desk, unit: str, reading: str) -> Job:
    job = reading_job(desk.store, unit, reading)
    if job is None:
        raise NotFound(NOT_THERE)
    return job


@router.get("/imports/read/{reading}", dependencies=IMPORT)
def reading_page(
    reading: str,
    request: Request,
    desk: TheRecord,
    folder: TheDesk,
    unit: OwnUnit,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show how far a reading is, or what came of it."""
    switched = switch_language(request)
    if switched:
        return switched
    job = _job(desk, unit, reading)
    if job.state is not JobState.DONE:
        told = JobOut.of(job).model_dump()
        return draw("import_reading.html", lang, job=told, script_words=SCRIPT_WORDS)
    try:
        found = Readings(folder).told(reading)
    except NotFound:  # it is kept for a day; the previews are on the list
        return RedirectResponse("/imports", 303)
    return draw("imports_read.html", lang, to="imports", **found)


@router.delete("/imports/read/{reading}", dependencies=IMPORT)
def stop(reading: str, request: Request, desk: TheRecord, unit: OwnUnit) -> JobOut:
    """Stop a reading; nothing of it stays."""
    job = _job(desk, unit, reading)
    return JobOut.of(stop_reading(desk, room_of(request).desk, job))
