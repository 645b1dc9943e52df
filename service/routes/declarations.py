"""Declarations over HTTP: the unit's form, and the city's collection."""

import json
from collections import Counter
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from casework.access import Action
from casework.declaration import COUNTS
from casework.errors import Refused
from casework.reminders import reminder
from casework.rollup import Rollup, State
from casework.rollup_json import rollup_json
from casework.session_writing import write_session_dates
from ledger.declaration_form import COLUMNS, HEADINGS, NOTE
from service.access import authorize
from service.collection_desk import LARGEST_FILE_BYTES, CollectionDesk
from service.describing import FILE_BODY
from service.drawing import Lang, draw, switch_language
from service.routes.deps import TheRoom
from service.routes.downloads import attachment
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.unit_form import FIELDS, UnitForm
from service.workflows.counts_on_record import count_on_record
from service.workflows.receipts import outcome
from service.workflows.unit_on_record import Desk

UNIT = [authorize(Action.DECLARATION_WRITE)]
CITY = [authorize(Action.HAND_IN_RECEIVE)]

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/declarations", tags=["declarations"], dependencies=CITY)

TOO_LARGE = f"文件超过 {LARGEST_FILE_BYTES // 2**20} MB / the file is too large"
FORM_FILES = {"form.xlsx": "申报表.xlsx", "form.pdf": "申报表（盖章）.pdf"}


async def _unit_form(room: TheRoom, desk: TheRecord, unit: OwnUnit) -> UnitForm:
    return form_on_record(room.form, desk, unit)


async def _collection(room: TheRoom) -> CollectionDesk:
    return room.collection


TheForm = Annotated[UnitForm, Depends(_unit_form)]
TheCollection = Annotated[CollectionDesk, Depends(_collection)]


def form_on_record(form: UnitForm, desk: Desk, unit: str) -> UnitForm:
    """Give a unit's form as whoever is signed in sees it: filled from what is on record."""
    return form.as_read_by(unit, partial(count_on_record, desk, unit, form.terms.reader))


# --- the unit ------------------------------------------------------------------------------


@pages.get("/declaration", dependencies=UNIT)
def declaration_page(
    request: Request, form: TheForm, fill: bool = False, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show the unit's form; ``?fill=1`` fills its numbers anew from the ledgers."""
    switched = switch_language(request)
    if switched:
        return switched
    fields = form.fields()
    if fill:
        form.save(form.filled(fields["room"], fields))
        return RedirectResponse("/declaration", 303)
    return draw(
        "declaration.html",
        lang,
        fields=fields,
        columns=[(field, HEADINGS[field]) for field in COLUMNS],
        counts_fields=COUNTS,
        note=NOTE,
        title=form.terms.rules.title_zh,
        units=[unit.name for unit in form.terms.units.units],
        is_stale=form.is_stale,
        is_from_record=form.is_from_record,
        **_judged(form, fields),
    )


@pages.post("/declaration/check", dependencies=UNIT)
async def check_form(request: Request, form: TheForm, lang: Lang = LANGUAGES[0]) -> Response:
    """Keep what is typed, and draw what does not fit in it."""
    fields = await _typed(request)
    return await run_in_threadpool(_checked, form, fields, lang)


def _checked(form: UnitForm, fields: dict[str, str], lang: str) -> Response:
    form.save(fields)
    return draw("_declaration.html", lang, fields=fields, **_judged(form, fields))


async def _typed(request: Request) -> dict[str, str]:
    async with request.form(max_files=0, max_fields=40) as typed:
        return {field: str(typed.get(field, "")) for field in FIELDS}


def _judged(form: UnitForm, fields: dict[str, str]) -> dict[str, Any]:
    counts, judged = form.counts, form.judge(fields)
    terms = form.terms
    return {
        "counts": counts,
        "ledger": counts.known(terms.rules).ledger if counts else None,
        "age_on": terms.rules.age_on,
        "judged": judged,
        "severities": Counter(str(finding.severity) for finding in judged.findings),
    }


@pages.get("/declaration/{name}", dependencies=UNIT)
def download_form(name: str, form: TheForm) -> Response:
    """Hand out the form as a workbook, as a PDF for the seal, or as the hand-in made last."""
    if name == "hand-in":
        called, content = form.hand_in
        return attachment(content, called)
    if name not in FORM_FILES:
        return RedirectResponse("/declaration", 303)
    unit = form.fields()["unit"]
    return attachment(form.write(name), f"{unit}{FORM_FILES[name]}")


class PackedOut(BaseModel):
    """Where a hand-in can be fetched."""

    address: str


@pages.post("/declaration/hand-in", dependencies=[authorize(Action.HAND_IN_WRITE)])
async def hand_in(request: Request, form: TheForm) -> PackedOut:
    """Make the hand-in of what is typed."""
    fields = await _typed(request)
    await run_in_threadpool(_pack, form, fields)
    return PackedOut(address="/declaration/hand-in")


def _pack(form: UnitForm, fields: dict[str, str]) -> None:
    form.save(fields)
    form.pack()


# --- the city ------------------------------------------------------------------------------


class ReceivedOut(BaseModel):
    """What became of a file: ``received``, ``unchanged`` or ``refused``."""

    name: str
    outcome: str
    units: list[str]
    reason: str


@api.post("", status_code=201, openapi_extra=FILE_BODY)
async def take(
    request: Request,
    collection: TheCollection,
    name: Annotated[str, Query(min_length=1, max_length=400)],
) -> ReceivedOut:
    """Receive a hand-in or a form: its bytes are the request's body."""
    with collection.incoming(name) as path:
        count = 0
        with path.open("xb") as file:
            async for chunk in request.stream():
                count += len(chunk)
                if count > LARGEST_FILE_BYTES:
                    raise Refused(TOO_LARGE)
                file.write(chunk)
        done = await run_in_threadpool(collection.take, path)
    return ReceivedOut(
        name=done.name,
        outcome=outcome(done),
        units=list(done.incoming.units),
        reason=done.refused,
    )


Day = Annotated[date | None, Query()]


def _rolled(collection: CollectionDesk, on: date | None, due: date | None) -> Rollup:
    rules = collection.terms.rules
    return collection.rollup(on or collection.today, due or rules.due_on)


@api.get("/rollup")
def rollup(collection: TheCollection, on: Day = None, due: Day = None) -> dict[str, object]:
    """Give the rollup (``nuantong/rollup/1``)."""
    return rollup_json(_rolled(collection, on, due))


@pages.get("/declarations", dependencies=CITY)
def collection_page(
    request: Request, collection: TheCollection, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show all units at a glance."""
    return switch_language(request) or draw(
        "declarations.html", lang, **_collection_values(_rolled(collection, None, None))
    )


@pages.get("/parts/declarations", dependencies=CITY)
def collection_part(
    collection: TheCollection, lang: Lang = LANGUAGES[0], on: str = "", due: str = ""
) -> Response:
    """Draw the units anew, as of a day."""
    done = _rolled(collection, _day(on), _day(due))
    return draw("_declarations.html", lang, **_collection_values(done))


def _day(text: str) -> date | None:
    """Read a day of a date field; one that is being typed is none yet."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _collection_values(done: Rollup) -> dict[str, Any]:
    year = done.rules.round.window_start.year
    return {
        "rollup": done,
        "got": len(done.lines) - len(done.of(State.MISSING)),
        "in_doubt": done.of(State.IN_DOUBT),
        "missing": done.of(State.MISSING),
        "counts_fields": [(field, HEADINGS[field]) for field in COUNTS],
        "reminders": {line.unit.code: reminder(line, done) for line in done.lines},
        "dates": {
            line.unit.code: write_session_dates(line.submission.declaration.dates, year)
            if line.submission
            else ""
            for line in done.lines
        },
        "query": f"on={done.on}&due={done.rules.due_on}",
    }


@pages.get("/declarations/{name}", dependencies=CITY)
def download_collection(
    name: str, collection: TheCollection, on: Day = None, due: Day = None
) -> Response:
    """Hand out the 汇总表, its JSON, or all receipts."""
    if name == "receipts.zip":
        return attachment(collection.receipts(), "回执.zip")
    done = _rolled(collection, on, due)
    if name == "rollup.xlsx":
        return attachment(collection.workbook(done), f"申报汇总表（{done.on}）.xlsx")
    if name == "rollup.json":
        return attachment(_json(done), f"申报汇总（{done.on}）.json")
    return RedirectResponse("/declarations", 303)


def _json(done: Rollup) -> bytes:
    return json.dumps(rollup_json(done), ensure_ascii=False, indent=2).encode()
