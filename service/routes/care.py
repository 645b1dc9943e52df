"""Care: what a caregiver writes of her child, and what a unit's pairs owe (关爱记录)."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from casework.access import Action
from casework.errors import NotFound, Refused
from casework.handbook import CareEntry, CareKind, CarePlace, Excuse
from casework.pairings import PairingId
from casework.rhythm import Rhythm, tallies
from ledger.record.handbook import Asked, Line, lines_of, lived_of, strike_out, write_entry
from ledger.record.pairings import OnRecord, find
from ledger.record.scope import NOT_THERE
from service.access import NamedUnit, authorize
from service.care_view import Typed, Which, own_view, unit_view
from service.drawing import Lang, draw, switch_language
from service.routes.forms import all_typed, day, typed
from service.routes.on_record import OwnUnit, TheRecord, record_desk
from service.settings import LANGUAGES
from service.workflows.unit_on_record import Desk

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/units/{unit}/pairings/{pairing}/care", tags=["care"])
LONGEST = 1_000


def own_page(request: Request, lang: str, wrong: Typed | None = None) -> Response:
    """Draw a caregiver's page: her children, what is due, the handbook."""
    view = own_view(record_desk(request), lang, wrong)
    page = draw("care_own.html", lang, told=request.query_params.get("told", ""), **view)
    page.status_code = 422 if wrong else 200
    return page


@router.post("/care/{pairing}", dependencies=[authorize(Action.CARE_WRITE)])
async def write(
    pairing: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Write a line; what cannot be right stands in the form again, with what is wrong."""
    given = await all_typed(request)
    said = {name: values[0] for name, values in given.items()}
    kinds = given.get("kind", [])
    try:
        asked = Asked(PairingId(pairing), _entry(said, kinds), desk.reader.on, _key(said))
        await run_in_threadpool(_write, desk, asked)
    except Refused as error:
        wrong = Typed(pairing, str(error), said, kinds)
        return await run_in_threadpool(own_page, request, lang, wrong)
    return RedirectResponse("/?told=written", 303)


@router.post("/care/entries/{entry}/strike", dependencies=[authorize(Action.CARE_WRITE)])
async def strike(entry: str, request: Request, desk: TheRecord) -> Response:
    """Strike out a line of one's own."""
    said = await typed(request, "why")

    def act() -> None:
        with desk.store.writing(desk.actor, "strike out a care entry") as book:
            strike_out(book, entry, said["why"])

    await run_in_threadpool(act)
    return RedirectResponse("/?told=struck", 303)


@router.get("/care", dependencies=[authorize(Action.CARE_READ)])
def care_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List what the pairs owe of the six ones, the worst first."""
    switched = switch_language(request)
    if switched:
        return switched
    asked = request.query_params
    township, every = asked.get("township", "")[:64], asked.get("every") == "1"
    view = unit_view(desk, unit, lang, Which(township, every, asked.get("after", "")[:60]))
    codes = desk.reader.gazetteer
    towns = codes.townships(unit) if codes.has_unit(unit) and len(desk.actor.scope) == 2 else ()
    names = [(place.code, place.name) for place in towns]
    return draw("care.html", lang, townships=names, asked=township, every=every, **view)


def _write(desk: Desk, asked: Asked) -> str:
    with desk.store.writing(desk.actor, "write a care entry") as book:
        return write_entry(book, asked, desk.reader.programme)


def _entry(said: dict[str, str], kinds: list[str]) -> CareEntry:
    """Read the form; a choice that is none of ours was not sent by it."""
    minutes = said.get("minutes", "").strip() or "0"
    if not minutes.isascii() or not minutes.isdigit():
        raise Refused("时长请填整数分钟 / give whole minutes")
    try:
        excuse = Excuse(said["excuse"]) if said.get("excuse") else None
        counted = frozenset(CareKind(kind) for kind in kinds)
        place = CarePlace(said.get("place", ""))
    except ValueError:
        raise Refused("表单不完整，请刷新页面再试 / the form is incomplete: reload") from None
    return CareEntry(
        kinds=counted,
        on=day(said.get("on", ""), "日期"),
        place=place,
        minutes=int(minutes[:6]),
        summary=said.get("summary", "")[:LONGEST],
        is_boarding="boarding" in said,
        has_concern="concern" in said,
        excuse=excuse,
    )


def _key(said: dict[str, str]) -> str:
    key = said.get("key", "")
    if not 8 <= len(key) <= 64:
        raise Refused("表单不完整，请刷新页面再试 / the form is incomplete: reload")
    return key


# --- the API ----------------------------------------------------------------------------------


class EntryIn(BaseModel):
    """A line to write; ``key`` makes the same request the same line."""

    model_config = ConfigDict(extra="forbid")

    kinds: list[CareKind] = Field(min_length=1, max_length=6)
    on: date
    place: CarePlace
    minutes: int = Field(0, ge=0, le=1_440)
    summary: str = Field(min_length=1, max_length=LONGEST)
    boarding: bool = False
    concern: bool = False
    excuse: Excuse | None = None
    key: str = Field(min_length=8, max_length=64)


class EntryOut(BaseModel):
    """A line of the handbook; ``struck`` says why it counts no more."""

    id: str
    kinds: list[str]
    on: date
    place: str
    minutes: int
    summary: str
    concern: bool
    excuse: str | None
    written_on: date
    struck: str | None


class DueOut(BaseModel):
    """How one of the six stands: over what is past, and in the window that goes on."""

    kind: str
    first: date | None
    last: date | None
    done_now: bool
    owed: int
    done: int
    missed: int
    to_write: int


class CareOut(BaseModel):
    """A pair's handbook and what it owes."""

    pairing: str
    due: list[DueOut]
    entries: list[EntryOut]


class EntryMade(BaseModel):
    """The line that was written."""

    id: str


@api.get("", dependencies=[authorize(Action.CARE_READ, is_cut=True)])
def handbook(unit: NamedUnit, pairing: str, desk: TheRecord) -> CareOut:
    """Give a pair's handbook and how the six ones stand."""
    with desk.store.reading(desk.actor, "read a handbook") as book:
        found = _found(find(book, PairingId(pairing), Action.CARE_READ), unit)
        lines = lines_of(book, PairingId(pairing))
        counted = [line.written for line in lines if line.struck is None]
        began = found.pairing.started_on is not None
        lived = lived_of(book, found) if began else None
    due = tallies(Rhythm.preset(), lived, counted, desk.reader.on) if lived else ()
    return CareOut(
        pairing=pairing,
        due=[
            DueOut(
                kind=str(one.kind),
                first=one.now.first if one.now else None,
                last=one.now.last if one.now else None,
                done_now=one.is_done_now,
                owed=one.owed,
                done=one.done,
                missed=one.missed,
                to_write=one.to_write,
            )
            for one in due
        ],
        entries=[_out(line) for line in lines],
    )


@api.post("", status_code=201, dependencies=[authorize(Action.CARE_WRITE, is_cut=True)])
def add_entry(unit: NamedUnit, pairing: str, body: EntryIn, desk: TheRecord) -> EntryMade:
    """Write a line: the caregiver of the pair alone may."""
    entry = CareEntry(
        kinds=frozenset(body.kinds),
        on=body.on,
        place=body.place,
        minutes=body.minutes,
        summary=body.summary,
        is_boarding=body.boarding,
        has_concern=body.concern,
        excuse=body.excuse,
    )
    with desk.store.writing(desk.actor, "write a care entry") as book:
        _found(find(book, PairingId(pairing), Action.CARE_WRITE), unit)
        asked = Asked(PairingId(pairing), entry, desk.reader.on, body.key)
        return EntryMade(id=write_entry(book, asked, desk.reader.programme))


def _found(found: OnRecord, unit: str) -> OnRecord:
    if found.seat.unit != unit:
        raise NotFound(NOT_THERE)
    return found


def _out(line: Line) -> EntryOut:
    entry = line.written.entry
    return EntryOut(
        id=line.id,
        kinds=sorted(entry.kinds),
        on=entry.on,
        place=entry.place,
        minutes=entry.minutes,
        summary=entry.summary,
        concern=entry.has_concern,
        excuse=entry.excuse,
        written_on=line.written.written_on,
        struck=line.struck,
    )
