"""Grants on pages: an ID number or the ledger, asked for, opened by another for hours (授权)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, BasisKind, LawfulBasis, SignedPaper
from casework.errors import Refused
from casework.office_time import local_time
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.grants import (
    LONGEST_HOURS,
    Grant,
    GrantState,
    approve_grant,
    ask_grant,
    end_grant,
    ledger_target,
    list_grants,
)
from ledger.record.numbers import person_target, read_number
from ledger.record.shown import accounts_called, names_of
from service.access import authorize
from service.drawing import Lang, draw, switch_language
from service.routes.downloads import attachment
from service.routes.forms import day, number, typed
from service.routes.on_record import OwnUnit, TheRecord, own_unit
from service.settings import LANGUAGES
from service.workflows.exports import export_package, package_password
from service.workflows.unit_on_record import Desk

router = APIRouter(include_in_schema=False)

HOURS = LONGEST_HOURS[Action.ID_NUMBER_READ]
EXPORT_HOURS = LONGEST_HOURS[Action.LEDGER_EXPORT]
MOST_SHOWN = 100


@router.get("/grants", dependencies=[authorize(Action.GRANT_ASK)])
def grants_page(
    request: Request, desk: TheRecord, person: str = "", lang: Lang = LANGUAGES[0]
) -> Response:
    """List the unit's grants; ``person`` is whose number is asked for."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "GET /grants") as book:
        if person:
            require(book, Action.GRANT_ASK, person_target(book, person))
        found = list_grants(book)[:MOST_SHOWN]
        names = names_of(book, [grant.record_id for grant in found] + [person][: bool(person)])
        who = accounts_called(book, [a for g in found for a in (g.account_id, g.approver) if a])
        book.note(Action.GRANT_ASK, "grant", [grant.id for grant in found])
        rows = [_row(book, desk, grant, names, who) for grant in found]
    told = request.query_params.get("told", "")
    asked = {"id": person, "name": names[person]} if person in names else None
    return draw(
        "grants.html", lang, rows=rows, asked=asked, told=told, hours=HOURS, kinds=list(BasisKind),
        export_hours=EXPORT_HOURS, wants_export="export" in request.query_params,
        today=desk.reader.on.isoformat(), is_only_officer=desk.actor.is_only_officer,
    )  # fmt: skip


def _row(
    book: Book, desk: Desk, grant: Grant, names: dict[str, str], who: dict[str, str]
) -> dict[str, Any]:
    mine = grant.account_id == desk.actor.id
    is_open = grant.state(book.at) is GrantState.OPEN
    is_waiting = grant.state(book.at) is GrantState.WAITS
    return {
        "id": grant.id,
        "person": grant.record_id,
        "name": names.get(grant.record_id, "—"),
        "is_export": grant.action is Action.LEDGER_EXPORT,
        "most_hours": LONGEST_HOURS[grant.action],
        "by": who.get(grant.account_id, grant.account_id),
        "approver": who.get(grant.approver, grant.approver),
        "reason": grant.reason,
        "basis": str(grant.basis.kind),
        "basis_by": grant.basis.by,
        "until": local_time(grant.ends_at, "%m-%d %H:%M") if is_open and grant.ends_at else "",
        "is_open": is_open,
        "is_waiting": is_waiting,
        "may_see": mine and is_open,
        "may_approve": is_waiting and (not mine or desk.actor.is_only_officer),
        "needs_paper": mine,
    }


@router.post("/grants", dependencies=[authorize(Action.GRANT_ASK)])
async def ask(request: Request, desk: TheRecord) -> Response:
    """Ask to see one person's ID number; without a person, to take out the ledger."""
    given = await typed(request, "person", "reason", "basis", "by", "on")
    if given["basis"] not in set(BasisKind) or not given["by"].strip():
        raise Refused("请写明合法性基础和由谁确认 / state the lawful basis and by whom")
    basis = LawfulBasis(BasisKind(given["basis"]), given["by"].strip(), day(given["on"], "日期"))

    def write() -> None:
        with desk.store.writing(desk.actor, "ask for a grant") as book:
            if given["person"]:
                record = person_target(book, given["person"])
                ask_grant(book, Action.ID_NUMBER_READ, record, given["reason"], basis)
            else:
                record = ledger_target(own_unit(request))
                ask_grant(book, Action.LEDGER_EXPORT, record, given["reason"], basis)

    await run_in_threadpool(write)
    return RedirectResponse("/grants?told=asked", 303)


@router.post("/grants/{grant}/approve", dependencies=[authorize(Action.GRANT_APPROVE)])
async def approve(grant: str, request: Request, desk: TheRecord) -> Response:
    """Open a grant for some hours: another hand's, or with the leader's signed paper."""
    given = await typed(request, "hours", "signed_by", "signed_on", "number")
    paper = None
    if given["signed_by"].strip():
        signed_on = day(given["signed_on"], "签字日期")
        paper = SignedPaper(given["signed_by"].strip(), signed_on, given["number"].strip())

    def write() -> None:
        with desk.store.writing(desk.actor, "approve a grant") as book:
            approve_grant(book, grant, number(given["hours"]), paper)

    await run_in_threadpool(write)
    return RedirectResponse("/grants?told=opened", 303)


@router.post("/grants/{grant}/end", dependencies=[authorize(Action.GRANT_ASK)])
async def end(grant: str, desk: TheRecord) -> Response:
    """Close a grant before its time."""

    def write() -> None:
        with desk.store.writing(desk.actor, "end a grant") as book:
            end_grant(book, grant)

    await run_in_threadpool(write)
    return RedirectResponse("/grants?told=ended", 303)


@router.post("/people/{person}/number", dependencies=[authorize(Action.ID_NUMBER_READ)])
def show_number(person: str, desk: TheRecord, lang: Lang = LANGUAGES[0]) -> Response:
    """Show a whole ID number, once; it stands in no address and no list."""
    with desk.store.reading(desk.actor, "POST /people/{person}/number") as book:
        whole = read_number(book, person)
        name = names_of(book, [person]).get(person, "")
    return draw("number.html", lang, number=whole, name=name)


@router.post("/export", dependencies=[authorize(Action.LEDGER_EXPORT)])
def show_export(desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]) -> Response:
    """Show how to take the unit's ledger, and the password that opens it."""
    password, grant = package_password(desk.store, desk.actor, unit)
    assert grant.ends_at is not None
    return draw(
        "export.html", lang, unit=desk.reader.gazetteer.unit(unit).name, reason=grant.reason,
        password=password, until=local_time(grant.ends_at, "%m-%d %H:%M"),
    )  # fmt: skip


@router.post("/export/ledger.xlsx", dependencies=[authorize(Action.LEDGER_EXPORT)])
def take_export(desk: TheRecord, unit: OwnUnit) -> Response:
    """Hand out the unit's ledger as a locked workbook."""
    package = export_package(desk.store, desk.actor, unit)
    return attachment(package.content, package.name)
