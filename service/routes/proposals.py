"""Proposals on record as pages: made, looked through, handed in, approved (结对建议)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Role, area
from casework.errors import Conflict, NotFound
from casework.office_time import local_time
from casework.pairings import ProposalId
from casework.people import CaregiverId, ChildId
from casework.proposals import Rung
from casework.wishes import Wish, WishKind
from casework.wording import label
from ledger.record.approving import Request as ApprovalRequest
from ledger.record.paper_scans import read_scan
from ledger.record.proposals import (
    StoredProposal,
    find_proposal,
    list_proposals,
    proposals_for_township,
    submit,
    withdraw,
)
from ledger.record.scope import NOT_THERE
from ledger.record.shown import accounts_called, names_of
from ledger.record.wishes import Noted, note_wish, take_back, wishes_of
from service.access import authorize
from service.drawing import Lang, draw, language_of, switch_language
from service.gate import MAP_POLICY
from service.jobs import PROPOSING, Bench, JobState
from service.proposal_rows import LEFT_OVER, choose
from service.routes.approval_forms import read_approval
from service.routes.downloads import attachment
from service.routes.forms import moment, number, typed
from service.routes.jobs import JobOut
from service.routes.on_record import OwnUnit, TheRecord
from service.settings import LANGUAGES
from service.use_views import child_view, said_then
from service.workflows.pairing_papers import approval_sheet
from service.workflows.proposals_on_record import approve_proposal, cost_in_words
from service.workflows.town_desk import town_lines
from service.workflows.unit_desk import (
    Review,
    asked_about,
    map_of,
    questions_about,
    review,
    suggestions,
)
from service.workflows.unit_on_record import Desk

router = APIRouter(include_in_schema=False)

OTHERS = 10
A_PAGE = 20
SCRIPT_WORDS = (
    *("job_propose", "stage_read", "stage_merge", "stage_problem", "stage_solve", "stage_write"),
)
READ = [authorize(Action.PROPOSAL_READ)]
MAKE = [authorize(Action.PROPOSAL_CREATE)]
Somebody = Annotated[str, Query(min_length=1, max_length=64)]


@router.get("/proposals", dependencies=READ)
def proposals_page(
    request: Request, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """List the unit's proposals, the newest first."""
    switched = switch_language(request)
    if switched:
        return switched
    before = moment(request.query_params.get("before", ""))
    found, who = _listed(desk, unit, before, A_PAGE + 1)
    rows = found[:A_PAGE]
    return draw(
        "proposals.html",
        lang,
        rows=[_line(found, who, lang) for found in rows],
        is_newest=before is None,
        older=rows[-1].made_at.isoformat() if len(found) > len(rows) else "",
        unit=unit,
        may_make=desk.actor.role is Role.UNIT,
        told=request.query_params.get("told", ""),
        noted=_noted_of(desk, unit) if desk.actor.role is Role.UNIT else [],
        job=_at_work(desk, unit),
        script_words=SCRIPT_WORDS,
    )


def _at_work(desk: Desk, unit: str) -> dict[str, Any] | None:
    """Give the unit's proposing that goes on, whoever began it, or how the last one failed."""
    job = Bench(desk.store, area(unit), PROPOSING).job
    told = job and (job.is_under_way or job.state is JobState.FAILED)
    return JobOut.of(job).model_dump() if job and told else None


@router.get("/proposals/newest", dependencies=MAKE)
def newest(desk: TheRecord, unit: OwnUnit) -> Response:
    """Go to the proposal made last."""
    rows, _ = _listed(desk, unit)
    return RedirectResponse(f"/proposals/{rows[0].id}" if rows else "/proposals", 303)


def _listed(
    desk: Desk, unit: str, before: datetime | None = None, most: int = 1
) -> tuple[tuple[StoredProposal, ...], dict[str, str]]:
    """Give the proposals somebody may look at: a township none before it is handed in."""
    is_town = desk.actor.role is Role.TOWNSHIP
    with desk.store.reading(desk.actor, "GET /proposals") as book:
        listed = proposals_for_township if is_town else list_proposals
        found = listed(book, unit, before, most)
        who = accounts_called(book, [p.author for p in found])
        book.note(Action.PROPOSAL_READ, "proposal", [p.id for p in found], unit=unit)
    return found, who


def _line(found: StoredProposal, who: dict[str, str], lang: str) -> dict[str, Any]:
    kept = sum(pair["kept"] for pair in found.answer["pairs"])
    return {
        "id": found.id,
        "made": local_time(found.made_at),
        "author": who.get(found.author, found.author),
        "state": str(found.state),
        "state_name": label(found.state, language_of(lang)),
        "new": len(found.answer["pairs"]) - kept,
        "kept": kept,
        "ended": len(found.answer["ended"]),
        "left": len(found.answer["unpaired"]),
    }


@router.get("/proposals/{proposal}", dependencies=READ)
def proposal_page(
    proposal: str, request: Request, desk: TheRecord, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show a proposal: the unit all of it, a township its own children's lines."""
    switched = switch_language(request)
    if switched:
        return switched
    if desk.actor.role is Role.TOWNSHIP:
        return draw("proposal_town.html", lang, **town_lines(desk, ProposalId(proposal), lang))
    if desk.actor.role is not Role.UNIT:
        raise NotFound(NOT_THERE)
    return draw("proposal.html", lang, **_view(desk, review(desk, ProposalId(proposal)), request))


def _view(desk: Desk, found: Review, request: Request) -> dict[str, Any]:
    stored, lines = found.shown.proposal, found.lines()
    lang = language_of(request.cookies.get("lang", ""))
    approved = len(found.approved)
    return {
        "id": stored.id,
        "unit": stored.unit,
        "version": stored.version,
        "state": str(stored.state),
        "line": _line(stored, dict(found.accounts), lang),
        "is_own": stored.author == desk.actor.id,
        "is_only_officer": desk.actor.is_only_officer,
        "may_approve": stored.state.may_be_approved,
        "turned_by": found.accounts.get(stored.turned_by, ""),
        "approved": approved,
        "has_moved": found.has_moved,
        "touched": [row["child"] for row in lines if row["is_touched"]],
        "rows": choose(lines, request.query_params, lang),
        "asked": {n: request.query_params.get(n, "") for n in ("only", "township", "text")},
        "townships": sorted({row["township"] for row in lines if row["township"]}),
        "ended": found.ended(),
        "left_over": LEFT_OVER,
        "rungs": [(int(rung), label(rung), label(rung, "en")) for rung in Rung],
        "rung_counts": found.proposal.objective.rung_counts,
        "proof": str(found.proposal.proof.status),
        "fingerprint": found.proposal.fingerprint,
        "said": [_said(found, line, lang) for line in found.shown.said],
        "noted": _noted(found.noted, found.names, found.accounts),
        "changes": found.changes(),
        "before": found.before,
        "key": secrets.token_hex(16),
        "scans": found.scans,
        "told": request.query_params.get("told", ""),
        "job": _at_work(desk, stored.unit),
        "script_words": SCRIPT_WORDS,
    }


def _noted_of(desk: Desk, unit: str) -> list[dict[str, str]]:
    """Give what the staff of a unit have said for its next proposal."""
    with desk.store.reading(desk.actor, "GET /proposals") as book:
        lines = wishes_of(book, unit)
        people = [who for line in lines for who in (line.wish.child, line.wish.caregiver)]
        return _noted(lines, names_of(book, people), accounts_called(book, [w.by for w in lines]))


def _noted(
    lines: Sequence[Noted], names: Mapping[str, str], accounts: Mapping[str, str]
) -> list[dict[str, str]]:
    """Lay out what the staff have said for the next proposal."""
    return [
        {
            "child": line.wish.child,
            "caregiver": line.wish.caregiver,
            "child_name": names.get(line.wish.child, ""),
            "caregiver_name": names.get(line.wish.caregiver, ""),
            "kind": str(line.wish.kind),
            "why": line.why,
            "by": accounts.get(line.by, line.by),
        }
        for line in lines
    ]


def _said(found: Review, line: Any, lang: str) -> dict[str, str]:
    from service.words import Words

    return {
        "child": found.dossier.child_name(line.child),
        "caregiver": found.dossier.caregiver_name(line.caregiver),
        "kind": label(line.kind, language_of(lang)),
        "why": line.override.why,
        "cost": cost_in_words(line.override.cost, Words(language_of(lang))),
    }


# --- why, who else, what the staff say -------------------------------------------------------


@router.get("/proposals/{proposal}/why", dependencies=MAKE)
def why(proposal: str, child: Somebody, desk: TheRecord, lang: Lang = LANGUAGES[0]) -> Response:
    """Say why a child has this caregiver, or none."""
    found = asked_about(desk, ProposalId(proposal))
    if isinstance(found, Review):
        view = said_then(found, child, lang)
    else:
        view = child_view(found, ChildId(child), lang) | {"is_then": False, "is_approved": False}
    return draw("record_why.html", lang, proposal=proposal, **view)


@router.get("/proposals/{proposal}/others", dependencies=MAKE)
def others(proposal: str, child: Somebody, desk: TheRecord, lang: Lang = LANGUAGES[0]) -> Response:
    """Rank the caregivers the child could have."""
    questions = questions_about(desk, ProposalId(proposal))
    answer = questions.rank_caregivers(ChildId(child), OTHERS)
    return draw(
        "record_others.html", lang, proposal=proposal, child=child, **_ranked(answer, lang)
    )


def _ranked(answer: Any, lang: str) -> dict[str, Any]:
    (table,) = answer.tables_in(lang)
    ids = [line.caregiver for line in answer.value.caregivers]
    return {"table": table, "rows": [*zip(ids, table.rows, strict=True)]}


@router.get("/suggestions", dependencies=MAKE)
def suggest(
    child: Somebody, desk: TheRecord, unit: OwnUnit, lang: Lang = LANGUAGES[0]
) -> Response:
    """Rank the caregivers a new child could have, every pairing on record standing."""
    answer = suggestions(desk, unit, ChildId(child), OTHERS)
    return draw("record_others.html", lang, proposal="", child=child, **_ranked(answer, lang))


@router.post("/wishes", dependencies=MAKE)
async def wish(request: Request, desk: TheRecord, unit: OwnUnit) -> Response:
    """Note what the staff say of a pair, with the reason; the next proposal heeds it."""
    said = await typed(request, "child", "caregiver", "kind", "why", "back")
    if said["kind"] not in set(WishKind):
        raise NotFound(NOT_THERE)
    pair = Wish(ChildId(said["child"]), CaregiverId(said["caregiver"]), WishKind(said["kind"]))

    def write() -> None:
        with desk.store.writing(desk.actor, "note a wish") as book:
            note_wish(book, unit, pair, said["why"])

    await run_in_threadpool(write)
    return _back(said["back"], "noted")


@router.post("/wishes/back", dependencies=MAKE)
async def unwish(request: Request, desk: TheRecord, unit: OwnUnit) -> Response:
    """Take back what was said of a pair."""
    said = await typed(request, "child", "caregiver", "back")

    def write() -> None:
        with desk.store.writing(desk.actor, "take a wish back") as book:
            take_back(book, unit, ChildId(said["child"]), CaregiverId(said["caregiver"]))

    await run_in_threadpool(write)
    return _back(said["back"], "taken_back")


def _back(proposal: str, told: str) -> Response:
    """Go back to the proposal somebody was looking at."""
    to = f"/proposals/{proposal}" if proposal.isalnum() else "/proposals"
    return RedirectResponse(f"{to}?told={told}", 303)


# --- handing in, approving, papers -----------------------------------------------------------


@router.post("/proposals/{proposal}/submit", dependencies=MAKE)
async def hand_in(proposal: str, request: Request, desk: TheRecord) -> Response:
    """Hand a draft in for approval."""
    seen = number((await typed(request, "version"))["version"])

    def write() -> None:
        with desk.store.writing(desk.actor, "submit a proposal") as book:
            submit(book, ProposalId(proposal), seen)

    await run_in_threadpool(write)
    return _back(proposal, "submitted")


@router.post("/proposals/{proposal}/withdraw", dependencies=MAKE)
async def take_it_back(proposal: str, request: Request, desk: TheRecord) -> Response:
    """Take a proposal back before anything of it is approved."""
    seen = number((await typed(request, "version"))["version"])

    def write() -> None:
        with desk.store.writing(desk.actor, "withdraw a proposal") as book:
            withdraw(book, ProposalId(proposal), seen)

    await run_in_threadpool(write)
    return _back(proposal, "withdrawn")


@router.post("/proposals/{proposal}/approve", dependencies=[authorize(Action.PROPOSAL_APPROVE)])
async def approve(proposal: str, request: Request, desk: TheRecord) -> Response:
    """Approve a proposal or the lines that are ticked."""
    asked = await read_approval(request)
    if asked.part is not None and not asked.part:
        raise Conflict("没有勾选任何一行 / no line is ticked")
    wanted = ApprovalRequest(ProposalId(proposal), asked.key, asked.part, asked.paper, asked.seen)
    await run_in_threadpool(approve_proposal, desk, wanted, asked.scan)
    return _back(proposal, "approved")


@router.get("/proposals/{proposal}/papers/{sha256}", dependencies=MAKE)
def paper(proposal: str, sha256: str, desk: TheRecord) -> Response:
    """Hand out the scan of a signed paper."""
    with desk.store.reading(desk.actor, "GET /proposals/{proposal}/papers") as book:
        found = find_proposal(book, ProposalId(proposal), Action.PROPOSAL_CREATE)
        content, kind = read_scan(book, found, sha256)
    return attachment(content, f"审批表扫描件.{kind}")


@router.get("/proposals/{proposal}/sheet.pdf", dependencies=MAKE)
def sheet(proposal: str, desk: TheRecord) -> Response:
    """Give the sheet on which the leader approves (审批表)."""
    headers = {"Content-Disposition": "inline; filename=approval.pdf"}
    content = approval_sheet(desk, ProposalId(proposal))
    return Response(content, media_type="application/pdf", headers=headers)


@router.get(
    "/proposals/{proposal}/map",
    response_class=HTMLResponse,
    dependencies=[authorize(Action.MAP_POINTS)],
)
def framed_map(proposal: str, desk: TheRecord) -> Response:
    """Give the map of a proposal for the page's frame: townships, without a name."""
    html = map_of(desk, ProposalId(proposal))
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})
