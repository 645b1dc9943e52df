"""Pairings on record as pages: begin, rest, stop, end, hand over; notices (结对登记)."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Role
from casework.errors import Refused
from casework.pairings import EndReason, HoldReason, Pairing, PairingId, PairingState
from casework.wording import facts, label, texts
from ledger.record.pairings import Event, OnRecord, find, history, page_of_pairings
from ledger.record.shown import accounts_called, names_of
from service.access import authorize
from service.care_view import handbook_view
from service.drawing import Lang, draw, language_of, switch_language
from service.routes.forms import day, number, typed
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.workflows import pairings_on_record as work
from service.workflows.pairing_papers import write_notices
from service.workflows.unit_on_record import Desk
from service.workroom import scratch

router = APIRouter(include_in_schema=False)

READ = [authorize(Action.PAIRING_READ)]
WRITE = [authorize(Action.PAIRING_WRITE)]
SUSPEND = [authorize(Action.CAREGIVER_SUSPEND)]
_S = PairingState
ACTS: Mapping[PairingState, tuple[str, ...]] = {
    _S.PROPOSED: (),
    _S.APPROVED: ("activate", "close"),
    _S.CONDITIONAL: ("activate", "close"),
    _S.ACTIVE: ("hold", "close"),
    _S.ON_HOLD: ("resume", "close"),
    _S.SUSPENDED: ("lift", "close"),
    _S.CLOSED: (),
}
"""What the unit can do with a pairing in each state; suspending is always there."""


@router.get("/pairings", dependencies=READ)
def pairings_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List pairings that the reader may see, in force or of one state."""
    switched = switch_language(request)
    if switched:
        return switched
    asked = request.query_params.get("state", "")
    with desk.store.reading(desk.actor, "GET /pairings") as book:
        township = request.query_params.get("township", "")
        after = request.query_params.get("after", "")[:40]
        found, total, is_more = page_of_pairings(book, unit, asked, township, after)
        people = [who for r in found for who in (r.pairing.child, r.pairing.caregiver)]
        names = names_of(book, people)
        book.note(Action.PAIRING_READ, "pairing", [r.pairing.id for r in found], unit=unit)
    is_unit = desk.actor.role is Role.UNIT
    return draw(
        "register.html",
        lang,
        rows=[_row(desk, record, names, lang) for record in found],
        asked=asked,
        township=township,
        total=total,
        after=found[-1].pairing.id if is_more else "",
        states=[(str(s), label(s, language_of(lang))) for s in _S if s is not _S.PROPOSED],
        is_unit=is_unit,
        told=request.query_params.get("told", ""),
        n=request.query_params.get("n", "")[:6],
        today=desk.reader.on.isoformat(),
    )


def _row(desk: Desk, found: OnRecord, names: Mapping[str, str], lang: str) -> dict[str, Any]:
    pairing, language = found.pairing, language_of(lang)
    codes, is_unit = desk.reader.gazetteer, desk.actor.role is Role.UNIT
    township = found.seat.township
    return {
        "id": pairing.id,
        "child": names[pairing.child],
        "child_id": pairing.child,
        "caregiver": names[pairing.caregiver],
        "caregiver_id": pairing.caregiver,
        "township": codes.township(township).name if codes.has_township(township) else township,
        "village": found.seat.village,
        "state": str(pairing.state),
        "state_name": label(pairing.state, language),
        "missing": facts(pairing.unknown, language) if is_unit else "",
        "waits": bool(pairing.unknown),
        "started": pairing.started_on.isoformat() if pairing.started_on else "",
        "owes": [n for n in ("farewell", "hand_over") if getattr(pairing, f"owes_{n}")],
        "due": _due(pairing),
    }


def _due(pairing: Pairing) -> str:
    closure = pairing.closure
    return closure.due_on.isoformat() if closure and closure.due_on else ""


@router.get("/pairings/{pairing}", dependencies=READ)
def pairing_page(
    pairing: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show a pairing with its history and what can be done with it."""
    switched = switch_language(request)
    if switched:
        return switched
    with desk.store.reading(desk.actor, "GET /pairings/{pairing}") as book:
        found = find(book, PairingId(pairing))
        events = history(book, PairingId(pairing))
        names = names_of(book, [found.pairing.child, found.pairing.caregiver])
        who = accounts_called(book, [event.by for event in events])
        care = handbook_view(book, PairingId(pairing), lang)
        book.note(Action.PAIRING_READ, "pairing", pairing, history=True)
    return draw(
        "pairing.html",
        lang,
        row=_row(desk, found, names, lang),
        version=found.version,
        next_step=texts()["NextStep"][found.pairing.state][language_of(lang)],
        acts=ACTS[found.pairing.state] if desk.actor.role is Role.UNIT else (),
        is_unit=desk.actor.role is Role.UNIT,
        reported=found.pairing.suspension.reported_to if found.pairing.suspension else "",
        end_reasons=_choices(EndReason, lang),
        hold_reasons=_choices(HoldReason, lang, (HoldReason.AFTER_REVIEW,)),
        history=[_step(desk, event, who, lang) for event in events],
        care=care,
        today=desk.reader.on.isoformat(),
        told=request.query_params.get("told", ""),
    )


def _step(desk: Desk, event: Event, who: Mapping[str, str], lang: str) -> dict[str, str]:
    """Give a step as its reader may see it.

    What was written with it (who suspects what, what an inquiry found) is for the unit, and for
    whoever wrote it; a caregiver is not told who spoke of her either.
    """
    role, is_own = desk.actor.role, event.by == desk.actor.id
    return {
        "on": event.on.isoformat(),
        "step": label(event.step, language_of(lang)),
        "state": label(event.state, language_of(lang)),
        "who": who.get(event.by, event.by) if is_own or role is not Role.CAREGIVER else "",
        "words": "；".join(event.words.values()) if is_own or role is Role.UNIT else "",
    }


def _choices(of: Any, lang: str, without: tuple[Any, ...] = ()) -> list[tuple[str, str]]:
    return [(str(v), label(v, language_of(lang))) for v in of if v not in without]


# --- many at once ----------------------------------------------------------------------------


@router.post("/pairings/begin", dependencies=WRITE)
def begin(desk: TheRecord, unit: OwnUnit) -> Response:
    """Let every pairing begin whose facts are known today."""
    begun, _ = work.activate_known(desk, unit)
    return RedirectResponse(f"/pairings?told=begun&n={len(begun)}", 303)


@router.post("/pairings/review", dependencies=WRITE)
def look_again(desk: TheRecord, unit: OwnUnit) -> Response:
    """Look at every pairing against today's ledger; what lapsed rests at once."""
    moved = work.review_facts(desk, unit)
    return RedirectResponse(f"/pairings?told=reviewed&n={len(moved)}", 303)


@router.get("/notices/{side}.pdf", dependencies=WRITE)
def notices(
    side: Literal["guardians", "caregivers"],
    desk: TheRecord,
    unit: OwnUnit,
    pairing: str = "",
    since: str = "",
) -> Response:
    """Give the notices for guardians or for caregivers: of one pairing, or of the active ones."""
    began = day(since, "生效日期") if since else None
    with scratch() as folder:
        to_guardians, to_caregivers = write_notices(
            desk, unit, [pairing] if pairing else [], folder, began
        )
        path = to_guardians if side == "guardians" else to_caregivers
        content = path.read_bytes()
    headers = {"Content-Disposition": f"inline; filename={side}.pdf"}
    return Response(content, media_type="application/pdf", headers=headers)


# --- one pairing -----------------------------------------------------------------------------


@router.post("/pairings/{pairing}/report", dependencies=SUSPEND)
async def report(pairing: str, request: Request, desk: TheRecord) -> Response:
    """Write down to whom a suspicion was reported."""
    said = await _said(request)
    to = said.must("请写明报告给谁 / say to whom")
    await run_in_threadpool(work.record_report, desk, PairingId(pairing), to, said.seen)
    return RedirectResponse(f"/pairings/{pairing}?told=done", 303)


@router.post("/pairings/{pairing}/{step}", dependencies=WRITE)
async def take(
    pairing: str,
    step: Literal["activate", "hold", "resume", "lift", "close", "farewell", "hand_over"],
    request: Request,
    desk: TheRecord,
) -> Response:
    """Take one step of a pairing's life."""
    await run_in_threadpool(work.take, desk, PairingId(pairing), step, await _said(request))
    return RedirectResponse(f"/pairings/{pairing}?told=done", 303)


async def _said(request: Request) -> work.Said:
    said = await typed(request, "version", "reason", "words", "until")
    until = day(said["until"], "预计恢复日期") if said["until"] else None
    return work.Said(number(said["version"]), said["reason"], said["words"], until)


@router.post("/caregivers/{caregiver}/suspend", dependencies=SUSPEND)
async def suspend(
    caregiver: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Stop every pairing of a caregiver at once, and show whom to tell now."""
    said = await typed(request, "why")
    if not said["why"].strip():
        raise Refused("请写明情况 / say what happened")
    done = await run_in_threadpool(work.suspend_caregiver, desk, caregiver, said["why"].strip())
    language = language_of(lang)
    return draw(
        "suspended.html",
        lang,
        pairings=[r.pairing.id for r in done.pairings],
        report_to=[label(to, language) for to in done.report_to],
        complain_to=[label(to, language) for to in done.complain_to],
    )
