"""Children and caregivers on record: lists, records, history, corrections (在案人员)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, BasisKind, Role
from casework.actors import ChildBasis
from casework.errors import NotFound, Refused
from casework.import_diff import OnRecord
from casework.office_time import local_time
from casework.people import CaregiverStatus, ChildStatus
from casework.records import ChildRecord
from casework.wording import label
from ledger.record.bases import basis_of, state_basis, withdraw_consent
from ledger.record.book import Book
from ledger.record.corrections import bring_back, correct
from ledger.record.counselled import born_until
from ledger.record.figures import STALE_DAYS
from ledger.record.people import (
    Page,
    PageAsk,
    PersonVersion,
    find_person,
    history_of,
    named_so,
    page_of,
    read_person,
)
from ledger.record.person_writing import Source, SourceKind
from ledger.record.scope import NOT_THERE
from ledger.record.shown import accounts_called, beside, names_of
from ledger.record_cells import in_words
from service.access import authorize
from service.drawing import Lang, draw, language_of, switch_language
from service.person_form import changed_values, field_changes, form_fields, shown_fields
from service.routes.forms import all_typed, day, number, typed
from service.routes.on_record import PAGE, OwnUnit, TheRecord, after_of, next_of
from service.settings import LANGUAGES
from service.workflows.no_basis import without_basis
from service.workflows.supervision import unknown_township
from service.workflows.unit_on_record import Desk

router = APIRouter(include_in_schema=False)

_STATUS: dict[str, type[ChildStatus] | type[CaregiverStatus]] = {
    "child": ChildStatus,
    "caregiver": CaregiverStatus,
}
ADDRESS = {"child": "/children", "caregiver": "/caregivers"}
Text = Annotated[str, Query(max_length=100)]


@router.get("/children", dependencies=[authorize(Action.CHILD_LIST)])
def children_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List the children on record that the reader may see."""
    return switch_language(request) or _list(request, desk, unit, "child", lang)


@router.get("/caregivers", dependencies=[authorize(Action.CAREGIVER_LIST)])
def caregivers_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List the caregivers on record that the reader may see."""
    return switch_language(request) or _list(request, desk, unit, "caregiver", lang)


@router.get("/children/{person}", dependencies=[authorize(Action.CHILD_READ)])
def child_page(
    person: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show a child's record with its history."""
    return switch_language(request) or _record(request, desk, person, "child", lang)


@router.get("/caregivers/{person}", dependencies=[authorize(Action.CAREGIVER_READ)])
def caregiver_page(
    person: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show a caregiver's record with its history."""
    return switch_language(request) or _record(request, desk, person, "caregiver", lang)


@router.post("/children/find", dependencies=[authorize(Action.CHILD_LIST)])
async def find_child(request: Request, desk: TheRecord) -> Response:
    """Find a child by her exact resident ID; the number never stands in an address."""
    return await _find(request, desk, "child")


@router.post("/caregivers/find", dependencies=[authorize(Action.CAREGIVER_LIST)])
async def find_caregiver(request: Request, desk: TheRecord) -> Response:
    """Find a caregiver by her exact resident ID."""
    return await _find(request, desk, "caregiver")


async def _find(request: Request, desk: Desk, kind: str) -> Response:
    given = await typed(request, "number")

    def look() -> tuple[str, ...]:
        with desk.store.reading(desk.actor, f"POST {ADDRESS[kind]}/find") as book:
            return find_person(book, kind, given["number"].strip().upper())

    found = await run_in_threadpool(look)
    to = f"/{found[0]}" if found else "?told=nobody"
    return RedirectResponse(ADDRESS[kind] + to, 303)


@router.post("/people/{person}", dependencies=[authorize(Action.PERSON_WRITE)])
async def put_right(person: str, request: Request, desk: TheRecord) -> Response:
    """Put fields of a record right, with the reason."""
    given = {name: values[0] for name, values in (await all_typed(request)).items()}
    address = await run_in_threadpool(_put_right, desk, person, given)
    return RedirectResponse(f"{address}?told=corrected", 303)


@router.post("/people/{person}/basis", dependencies=[authorize(Action.PERSON_WRITE)])
async def say_basis(person: str, request: Request, desk: TheRecord) -> Response:
    """State the lawful basis of a child's record, or take consent back."""
    given = await typed(request, "basis", "by", "paper", "on", "own")

    def write() -> None:
        on = day(given["on"], "日期")
        with desk.store.writing(desk.actor, "state a lawful basis") as book:
            if given["basis"] == "withdraw":
                withdraw_consent(book, person, given["by"], on, desk.reader.programme)
                return
            if given["basis"] not in set(BasisKind):
                raise Refused("请选择合法性基础 / choose the lawful basis")
            kind = BasisKind(given["basis"])
            stated = ChildBasis(kind, given["by"], on, given["paper"], bool(given["own"]))
            state_basis(book, person, stated)

    await run_in_threadpool(write)
    return RedirectResponse(f"{ADDRESS['child']}/{person}?told=corrected", 303)


@router.post("/people/{person}/back", dependencies=[authorize(Action.PERSON_WRITE)])
async def take_back(person: str, request: Request, desk: TheRecord) -> Response:
    """Let an earlier version of a record stand again."""
    given = {name: values[0] for name, values in (await all_typed(request)).items()}

    def write() -> str:
        seen, version = number(given.get("version", "")), number(given.get("to", ""))
        source = Source(SourceKind.HAND, "", desk.reader.on, f"恢复到第 {version} 版")
        with desk.store.writing(desk.actor, "bring a record back") as book:
            return _address(bring_back(book, person, seen, version, source))

    return RedirectResponse(f"{await run_in_threadpool(write)}?told=corrected", 303)


def _put_right(desk: Desk, person: str, given: dict[str, str]) -> str:
    reason = given.get("reason", "").strip()
    if not reason:
        raise Refused("请写明更正原因 / say why it is corrected")
    source = Source(SourceKind.HAND, "", desk.reader.on, reason)
    with desk.store.writing(desk.actor, "correct a record") as book:
        known = read_person(book, person)
        values = changed_values(known.record, given)
        return _address(correct(book, person, number(given.get("version", "")), values, source))


def _address(known: OnRecord[Any]) -> str:
    kind = "caregiver" if hasattr(known.record, "places") else "child"
    return f"{ADDRESS[kind]}/{known.record.id}"


# --- lists ----------------------------------------------------------------------------------

_PLACES = ("free", "full")


def _list(request: Request, desk: Desk, unit: str, kind: str, lang: str) -> Response:
    asked = request.query_params
    township = asked.get("township", "")[:64]
    text, after = asked.get("text", "").strip()[:60], asked.get("after", "")
    statuses = _STATUS[kind]
    status = asked.get("status", "active")
    ask = PageAsk(
        kind,
        unit,
        township,
        statuses(status) if status in set(statuses) else None,
        after_of(after),
        PAGE,
        unpaired=kind == "child" and asked.get("unpaired") in ("1", "all"),
        with_optional=asked.get("unpaired") == "all",
        stale_before=desk.reader.on - timedelta(days=STALE_DAYS) if asked.get("stale") else None,
    )
    ask = _cut_as_supervised(ask, desk, asked)
    with desk.store.reading(desk.actor, f"GET {ADDRESS[kind]}") as book:
        if kind == "child" and asked.get("basis") == "none":
            ask = replace(ask, among=without_basis(desk, book, unit))
        page = _found(book, ask, text)
        rows = _rows(book, page, kind, lang)
    return draw(
        "people.html",
        lang,
        kind=kind,
        rows=rows,
        total=page.total,
        after=next_of(page),
        asked={"text": text, "township": township, "status": status}
        | {name: asked.get(name, "") for name in ("unpaired", "stale", "basis", "aged", "place")},
        told=asked.get("told", ""),
        may_export=desk.actor.role is Role.UNIT,
        statuses=[(str(s), in_words(s, language_of(lang))) for s in statuses],
        townships=_townships(desk, unit),
    )


def _cut_as_supervised(ask: PageAsk, desk: Desk, asked: Mapping[str, str]) -> PageAsk:
    """Cut a list to whom a line of the supervision page counts."""
    if ask.kind == "child" and asked.get("aged"):
        ask = replace(ask, born_until=born_until(desk.reader.on))
    if ask.kind == "caregiver" and asked.get("place") in _PLACES:
        ask = replace(ask, has_place=asked["place"] == "free")
    if ask.township == unknown_township(ask.unit):
        places = desk.reader.gazetteer
        known = (town.code for one in places.units for town in places.townships(one.code))
        ask = replace(ask, township="", outside=frozenset(known))
    return ask


def _found(book: Book, ask: PageAsk, text: str) -> Page:
    return named_so(book, ask, text) if text else page_of(book, ask)


def _townships(desk: Desk, unit: str) -> list[tuple[str, str]]:
    """Give the townships to choose from: of the unit, or the reader's own alone."""
    if desk.actor.role is Role.TOWNSHIP or not desk.reader.gazetteer.has_unit(unit):
        return []
    return [(place.code, place.name) for place in desk.reader.gazetteer.townships(unit)]


def _rows(book: Book, page: Page, kind: str, lang: str) -> list[dict[str, Any]]:
    ids = [p.record.id for p in page.people]
    pairs = beside(book, ids)
    others = names_of(book, [p.caregiver if kind == "child" else p.child for p in pairs])
    theirs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for pair in pairs:
        own, other = (pair.child, pair.caregiver)[:: 1 if kind == "child" else -1]
        state = label(pair.state, language_of(lang))
        theirs[own].append(
            {"name": others.get(other, other), "state": state, "pairing": pair.pairing}
        )
    return [_row(known, theirs[known.record.id], kind, lang) for known in page.people]


def _row(
    known: OnRecord[Any], pairs: list[dict[str, str]], kind: str, lang: str
) -> dict[str, Any]:
    record, language = known.record, language_of(lang)
    row = {
        "id": record.id,
        "name": record.name,
        "township": record.township_name,
        "village": record.village_name,
        "status": in_words(record.status, language),
        "is_in_force": known.is_in_force,
        "as_of": known.as_of.isoformat(),
        "pairs": pairs,
        "sex": in_words(record.sex, language),
        "born": record.birth_date.isoformat() if record.birth_date else "",
    }
    if kind == "child":
        return row | {"about": in_words(record.category, language)}
    role = in_words(record.role, language)
    return row | {"about": role, "places": record.places, "phone": record.phone}


# --- one record -----------------------------------------------------------------------------


def _record(request: Request, desk: Desk, person: str, kind: str, lang: str) -> Response:
    with desk.store.reading(desk.actor, f"GET {ADDRESS[kind]}/{{person}}") as book:
        known = read_person(book, person)
        if (kind == "child") is not isinstance(known.record, ChildRecord):
            raise NotFound(NOT_THERE)
        versions = history_of(book, person)
        who = accounts_called(book, [v.actor for v in versions])
        (row,) = _rows(book, Page((known,), 1, None), kind, lang)
        asks_basis = kind == "child" and desk.actor.role is Role.UNIT
        basis = basis_of(book, known.record) if asks_basis else None
    told, empty = shown_fields(known.record, lang)
    may_write = desk.actor.role is Role.UNIT
    return draw(
        "person.html",
        lang,
        kind=kind,
        row=row,
        version=known.version,
        fields=told,
        empty=empty,
        form=form_fields(known.record, lang) if may_write else [],
        may_write=may_write,
        asks_basis=asks_basis,
        basis=basis,
        kinds=list(BasisKind),
        today=desk.reader.on.isoformat(),
        history=_history(versions, who, lang),
        told=request.query_params.get("told", ""),
        correcting="correct" in request.query_params,
    )


def _history(
    versions: tuple[PersonVersion, ...], who: dict[str, str], lang: str
) -> list[dict[str, Any]]:
    """Give the versions, the newest first, each with what it changed."""
    earlier = (*versions[1:], None)
    return [
        {
            "version": now.version,
            "at": local_time(now.at),
            "who": who.get(now.actor, now.actor),
            "source": now.source,
            "as_of": now.as_of.isoformat(),
            "reason": now.reason,
            "changes": field_changes(then.record, now.record, lang) if then else [],
            "number_changed": "resident_id" in now.fields,
        }
        for now, then in zip(versions, earlier, strict=True)
    ]
