"""Imports as pages: workbooks in, what they would change, decided, confirmed, undone (入库)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework import tasks as wording
from casework.access import Action
from casework.errors import Refused
from casework.import_diff import Fate, Line
from casework.office_time import local_time
from casework.records import HeldRow
from casework.wording import day as day_in_words
from ledger.record.import_list import ImportLine, list_imports
from ledger.record.imports import withdraw
from ledger.record.shown import accounts_called, names_of
from ledger.record.undo import look_at_undo
from ledger.record_cells import in_words
from service.access import authorize
from service.desk import CHECK, LEDGER
from service.drawing import Lang, draw, language_of, switch_language
from service.routes.deps import TheDesk, room_of
from service.routes.forms import MOST_ROWS, all_typed
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.uploads import Upload, lay_down, ledgers_of
from service.words import Words
from service.workflows import import_work
from service.workflows import import_writing as writing
from service.workflows.import_words import field_told, undone
from service.workflows.imports_on_record import (
    Received,
    preview_of,
    receive,
)
from service.workflows.unit_on_record import Desk
from service.workroom import scratch

router = APIRouter(include_in_schema=False)

IMPORT = [authorize(Action.LEDGER_IMPORT)]
CONFIRM = [authorize(Action.ROWS_CONFIRM)]
HAND_UP = [authorize(Action.ROWS_PROPOSE)]
MOST_FILES = 60
_ORDER = (Fate.DOUBTFUL, Fate.CHANGED, Fate.NEW, Fate.GONE, Fate.HELD)
Files = Annotated[list[UploadFile], File()]


@router.get("/imports", dependencies=IMPORT)
def imports_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show where ledgers come in, and what came in before."""
    return switch_language(request) or _page(request, desk, unit, lang, "imports.html")


@router.get("/rows", dependencies=HAND_UP)
def rows_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show where a township hands up its list, and what became of those before."""
    return switch_language(request) or _page(request, desk, unit, lang, "rows.html")


def _page(request: Request, desk: Desk, unit: str, lang: str, template: str) -> Response:
    with desk.store.reading(desk.actor, f"GET {request.url.path}") as book:
        found = list_imports(book, unit)
        who = accounts_called(book, [line.made_by for line in found])
    places = desk.reader.gazetteer
    told = request.query_params.get("told", "")

    def row(line: ImportLine) -> dict[str, Any]:
        known = places.has_township(line.township)
        return {
            "id": line.id,
            "kind": line.kind,
            "township": places.township(line.township).name if known else "",
            "state": str(line.state),
            "waits": line.waits,
            "made": local_time(line.made_at),
            "who": who.get(line.made_by, line.made_by),
            "counts": line.counts,
        }

    kinds = (import_work.READ, writing.CONFIRM, writing.UNDO)
    jobs = import_work.at_work(desk, unit, kinds)
    return draw(template, lang, rows=[row(line) for line in found], told=told, at_work=jobs)


@router.post("/imports", dependencies=IMPORT)
def take_in(
    files: Files,
    request: Request,
    desk: TheRecord,
    unit: OwnUnit,
    whole: Annotated[bool, Form()] = False,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Read workbooks, large ones in a job; show what is wrong and keep what they would change."""
    return _read(request, desk, unit, chosen(files), whole=whole, lang=lang)


@router.post("/imports/desk", dependencies=IMPORT)
def take_from_desk(
    collected: TheDesk,
    request: Request,
    desk: TheRecord,
    unit: OwnUnit,
    whole: Annotated[bool, Form()] = False,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Read the ledger that was merged of what townships sent, as if it were uploaded."""
    report = collected.read(CHECK, "check.json")
    if report is None or collected.has_changed_since(report):
        raise Refused("名单核查以后有变动，请先重新核查 / the files changed: check them again")
    merged = [(LEDGER, collected.content(CHECK, LEDGER))]
    return _read(request, desk, unit, merged, whole=whole, lang=lang)


def _read(
    request: Request, desk: Desk, unit: str, sent: list[Upload], *, whole: bool, lang: str
) -> Response:
    if is_much(sent):
        return _read_later(request, desk, unit, sent, "imports", whole=whole)
    good, refused = ledgers_of(sent)
    with laid_down(good) as paths:
        received = receive(desk, unit, paths, whole=whole, refused=refused)
    return _received(received, lang, "imports")


def is_much(sent: list[Upload]) -> bool:
    """Whether workbooks are so large that they are read in a job."""
    return sum(len(content) for _, content in sent) > import_work.AT_ONCE_BYTES


def _read_later(
    request: Request, desk: Desk, unit: str, sent: list[Upload], to: str, *, whole: bool
) -> Response:
    job = import_work.ask_to_read(desk, room_of(request).desk, unit, sent, whole=whole)
    return RedirectResponse(f"/{to}/read/{job.id}", 303)


@router.post("/rows", dependencies=HAND_UP)
def hand_up(
    files: Files, request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Take a township's list, a large one in a job, and propose its rows to the unit."""
    sent = chosen(files)
    if is_much(sent):
        return _read_later(request, desk, unit, sent, "rows", whole=False)
    good, refused = ledgers_of(sent)
    with laid_down(good) as paths:
        received = receive(desk, unit, paths, whole=False, refused=refused)
    return _received(received, lang, "rows")


@contextmanager
def laid_down(sent: list[Upload]) -> Iterator[list[Path]]:
    """Lay uploads down under the names people gave them, for as long as they are read."""
    with scratch() as folder:
        yield [lay_down(*upload, folder / str(n)) for n, upload in enumerate(sent)]


def chosen(files: list[UploadFile]) -> list[Upload]:
    """Give the files that came with a form."""
    sent = [(file.filename, file.file.read()) for file in files if file.filename]
    if not sent:
        raise Refused("请选择文件 / choose a file")
    if len(sent) > MOST_FILES:
        raise Refused(f"一次最多 {MOST_FILES} 个文件 / at most {MOST_FILES} files at once")
    return sent


def _received(received: Received, lang: str, to: str) -> Response:
    previews = [import_work.preview_told(found) for found in received.previews]
    told = import_work.told_of(received.read, previews)
    return draw("imports_read.html", lang, to=to, **told)


# --- one preview -----------------------------------------------------------------------------


@router.get("/imports/{preview}", dependencies=IMPORT)
def preview_page(
    preview: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show what an import would change, with a decision for each doubtful row."""
    switched = switch_language(request)
    if switched:
        return switched
    found = preview_of(desk, preview)
    statuses = writing.STATUSES[found.batch.kind]
    groups = [
        (str(fate), [_line(n, x, lang) for n, x in enumerate(found.lines) if x.fate is fate])
        for fate in _ORDER
    ]
    return draw(
        "import.html",
        lang,
        id=preview,
        kind=found.batch.kind,
        on=day_in_words(found.batch.incoming.on),
        counts=found.counts,
        groups=[(fate, lines) for fate, lines in groups if lines],
        uncovered=found.uncovered,
        was_confirmed=found.was_confirmed,
        leavings=[
            (str(s), in_words(s, language_of(lang))) for s in statuses if s.value != "active"
        ],
    )


def _where(row: Any, language: str) -> str:
    where = row.where if row else None
    if where is None or not where.row:
        return ""
    return Words(language)("import_row", file=where.file, row=where.row)


def _line(n: int, line: Line[Any], lang: str) -> dict[str, Any]:
    language, row = language_of(lang), line.incoming
    record: Any = row or (line.on_record and line.on_record.record)
    return {
        "n": n,
        "name": record.name,
        "township": record.township_name,
        "row": _where(row, language),
        "person": line.on_record.record.id if line.on_record else "",
        "is_held": isinstance(row, HeldRow),
        "doubts": wording.doubt_names(line.doubts, language),
        "changes": [field_told(c.name, c.before, c.after, language) for c in line.changes],
        "candidates": [
            {
                "id": c.record.id,
                "name": c.record.name,
                "about": f"{c.record.township_name}{c.record.village_name}",
                "born": c.record.birth_date.isoformat() if c.record.birth_date else "",
            }
            for c in line.candidates
        ],
    }


@router.post("/imports/{preview}/confirm", dependencies=CONFIRM)
async def confirm(preview: str, request: Request, desk: TheRecord, unit: OwnUnit) -> Response:
    """Write an import as decided; one of many people in a job."""
    said = await all_typed(request, MOST_ROWS)

    def write() -> str:
        found = writing.in_list(desk, preview)
        if found.waits and writing.is_much(found):
            writing.see_that_all_is_decided(found, said)
            job = writing.ask_to_write(desk, writing.CONFIRM, unit, preview, said)
            return f"/imports/read/{job.id}"
        writing.confirm_kept(desk, preview, partial(writing.said_in, said=said))
        return "/imports?told=confirmed"

    return RedirectResponse(await run_in_threadpool(write), 303)


@router.post("/imports/{preview}/withdraw", dependencies=IMPORT)
def let_go(preview: str, desk: TheRecord) -> Response:
    """Let go of a preview that is not to be confirmed."""
    with desk.store.writing(desk.actor, "withdraw an import") as book:
        withdraw(book, preview)
    return RedirectResponse("/imports?told=withdrawn", 303)


@router.post("/rows/{preview}/withdraw", dependencies=HAND_UP)
def take_back_rows(preview: str, desk: TheRecord) -> Response:
    """Let a township take back what it handed up."""
    with desk.store.writing(desk.actor, "withdraw rows") as book:
        withdraw(book, preview)
    return RedirectResponse("/rows?told=withdrawn", 303)


@router.get("/imports/{preview}/undo", dependencies=IMPORT)
def undo_page(
    preview: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show what taking a confirmed import back would do, and what stands in its way."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, f"GET {request.url.path}") as book:
        found = look_at_undo(book, preview)
        in_the_way = sorted(names_of(book, sorted(found.in_the_way)).items())
    lines = [undone(change, language_of(lang)) for change in found.changes]
    return draw(
        "import_undo.html",
        lang,
        id=preview,
        kind=found.kind,
        gone=[line for line in lines if line["is_gone"]],
        back=[line for line in lines if not line["is_gone"]],
        in_the_way=in_the_way,
        count_in_the_way=len(found.in_the_way),
    )


@router.post("/imports/{preview}/undo", dependencies=IMPORT)
def undo(preview: str, desk: TheRecord, unit: OwnUnit) -> Response:
    """Take a confirmed import back, whole; one of many people in a job."""
    if writing.is_much(writing.in_list(desk, preview)):
        job = writing.ask_to_write(desk, writing.UNDO, unit, preview)
        return RedirectResponse(f"/imports/read/{job.id}", 303)
    writing.undo_kept(desk, preview)
    return RedirectResponse("/imports?told=undone", 303)
