"""Civil affairs' roster as a page: compared with the ledger (民政名册比对)."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from casework import tasks as wording
from casework.roster import RosterFate
from service.drawing import Lang, draw, language_of, switch_language
from service.routes.deps import room_of
from service.routes.imports import IMPORT, Files, chosen, is_much, laid_down
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.words import Words
from service.workflows import import_work
from service.workflows.imports_on_record import compare_with_roster

router = APIRouter(include_in_schema=False)


@router.get("/roster", dependencies=IMPORT)
def roster_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show where civil affairs' roster is compared."""
    switched = switch_language(request)
    if switched:
        return switched
    jobs = import_work.at_work(desk, unit, (import_work.ROSTER,))
    return draw("roster.html", lang, counts=None, new_tasks=0, at_work=jobs)


@router.post("/roster", dependencies=IMPORT)
def compare_roster(
    files: Files, request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Compare a roster with the ledger; what it asks for becomes tasks."""
    sent = chosen(files)
    if is_much(sent):
        job = import_work.ask_to_compare(desk, room_of(request).desk, unit, sent)
        return RedirectResponse(f"/roster/read/{job.id}", 303)
    with laid_down(sent) as paths:
        found = compare_with_roster(desk, unit, paths)
    return compared(found.counts, found.new_tasks, lang)


def compared(counts: Mapping[str, int], new_tasks: int, lang: str) -> Response:
    """Tell what a comparison found."""
    told = [(_fate(fate, lang), n) for fate, n in counts.items() if n]
    return draw("roster.html", lang, counts=told, new_tasks=new_tasks, at_work=())


def _fate(fate: str, lang: str) -> str:
    """Name what a comparison says of rows, as the tasks it makes are named."""
    language = language_of(lang)
    if fate == RosterFate.SAME:
        return Words(language)("roster_same")
    known = fate in set(wording.TaskKind)
    kind = wording.TaskKind(fate if known else f"roster_{fate}")
    return wording.kind_name(kind, language)
