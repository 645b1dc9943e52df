"""The workbench as a page: drawn here; its parts are fetched as they change (工作台)."""

from collections import Counter
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from casework.access import Action, Role
from casework.errors import NotFound, Unreadable
from casework.programme import Programme
from casework.proposals import Rung
from casework.wording import label
from geo.areas import Gazetteer
from ledger.record.scope import NOT_THERE
from ledger.record.sessions import SignedIn
from service.access import Visit, authorize
from service.desk import CHECK, PROPOSAL, Desk
from service.drawing import Lang, draw, draw_kept, switch_language
from service.proposal_rows import LEFT_OVER, choose, lines_of_township
from service.rooms import Room
from service.routes.deps import TheDesk, TheRoom
from service.routes.jobs import JobOut
from service.settings import LANGUAGES
from service.workflows.ledgers import today

router = APIRouter(include_in_schema=False)

ROWS_A_PAGE = 100
SCRIPT_WORDS = (
    "uploading", "upload_failed", "skipped_files", "job_check", "job_pair", "job_done_check",
    "job_done_pair", "copied",
    "stage_read", "stage_merge", "stage_return", "stage_problem", "stage_solve", "stage_write",
)  # fmt: skip


DESK = [authorize(Action.LEDGER_IMPORT)]
PROPOSE = [authorize(Action.PROPOSAL_CREATE)]


@router.get("/desk", dependencies=DESK)
def desk_page(request: Request, room: TheRoom, lang: Lang = LANGUAGES[0]) -> Response:
    """Show the workbench: workbooks in, findings, a proposal; ``?lang=en`` is English."""
    return switch_language(request) or _desk_page(room, lang)


@router.get("/township")
def township_page(
    request: Request,
    visit: Annotated[Visit, authorize(Action.PROPOSAL_READ)],
    room: TheRoom,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show a township its lines of the proposal on the unit's workbench."""
    if visit.signed.account.role is not Role.TOWNSHIP:
        raise NotFound(NOT_THERE)
    return switch_language(request) or _township_page(room, visit.signed, lang)


def _desk_page(room: Room, lang: str) -> Response:
    desk, job = room.desk, room.bench.job
    at_work = JobOut.of(job).model_dump() if job else None
    state = (*desk.state(), repr(at_work))
    return draw_kept(
        state,
        "desk.html",
        lang,
        lambda: {
            "folder": desk.root.resolve().parent.parent.name,
            "job": at_work,
            "script_words": SCRIPT_WORDS,
            "accept": ".xlsx,.xlsm,.xls,.csv,.tsv,.txt",
            **_files_values(desk),
            **_check_values(desk),
            **_proposal_values(desk),
        },
    )


def _township_page(room: Room, signed: SignedIn, lang: str) -> Response:
    """Show a township its own children's lines of the unit's proposal."""
    stored = room.desk.read(PROPOSAL, "rows.json")
    name = _township_name(signed)
    rows = lines_of_township(stored["lines"], name) if stored else None
    return draw(
        "township.html", lang, name=name, rows=rows, left_over=LEFT_OVER, start=0,
        count=len(rows or ()), next_count=0,
    )  # fmt: skip


def _township_name(signed: SignedIn) -> str:
    code = signed.actor.scope[2]
    places = Gazetteer.on(today())
    return places.township(code).name if places.has_township(code) else ""


@router.get("/parts/files", dependencies=DESK)
def files_part(desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Draw the list of files anew."""
    return draw_kept(desk.state(), "_files.html", lang, lambda: _files_values(desk))


@router.get("/parts/check", dependencies=DESK)
def check_part(desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Draw what the check found anew."""
    return draw_kept(desk.state(), "_check.html", lang, lambda: _check_values(desk))


@router.get("/parts/proposal", dependencies=PROPOSE)
def proposal_part(desk: TheDesk, lang: Lang = LANGUAGES[0]) -> Response:
    """Draw the proposal anew."""
    return draw_kept(desk.state(), "_proposal.html", lang, lambda: _proposal_values(desk))


@router.get("/parts/findings", dependencies=DESK)
def findings_part(
    desk: TheDesk,
    lang: Lang = LANGUAGES[0],
    severity: str = "",
    file: str = "",
    text: str = "",
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Draw the findings that match, a page of them."""
    asked = (severity, file, text, start)

    def values() -> dict[str, Any]:
        return _page(_findings(desk, severity, file, text), start)

    return draw_kept((*desk.state(), *asked), "_findings.html", lang, values)


def _findings(desk: Desk, severity: str, file: str, text: str) -> list[dict[str, Any]]:
    report = desk.read(CHECK, "check.json") or {"findings": []}
    sought = text.strip().casefold()
    return [
        finding
        for finding in report["findings"]
        if severity in ("", finding["severity"])
        and file in ("", finding["file"])
        and (not sought or sought in " ".join(map(str, finding.values())).casefold())
    ]


@router.get("/parts/rows", dependencies=PROPOSE)
def rows_part(
    request: Request,
    desk: TheDesk,
    lang: Lang = LANGUAGES[0],
    start: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Draw the lines of the proposal that match, a page of them."""
    asked = request.query_params

    def values() -> dict[str, Any]:
        stored = desk.read(PROPOSAL, "rows.json") or {"lines": []}
        found = choose(stored["lines"], asked, lang)
        return {"left_over": LEFT_OVER, **_page(found, start)}

    return draw_kept((*desk.state(), *asked.multi_items()), "_rows.html", lang, values)


def _page(found: list[dict[str, Any]], start: int) -> dict[str, Any]:
    rest = max(len(found) - start - ROWS_A_PAGE, 0)
    return {
        "rows": found[start : start + ROWS_A_PAGE],
        "count": len(found),
        "start": start,
        "next_start": start + ROWS_A_PAGE,
        "next_count": min(rest, ROWS_A_PAGE),
    }


def _files_values(desk: Desk) -> dict[str, Any]:
    report = desk.read(CHECK, "check.json") or {"files": []}
    return {
        "files": desk.of_role("ledger"),
        "pairs_file": next(iter(desk.of_role("pairs")), None),
        "wishes_file": next(iter(desk.of_role("wishes")), None),
        "rules_file": next(iter(desk.of_role("rules")), None),
        "checked": {entry["id"]: entry for entry in report["files"]},
    }


def _check_values(desk: Desk) -> dict[str, Any]:
    report = desk.read(CHECK, "check.json")
    can_check = bool(desk.of_role("ledger"))
    values: dict[str, Any] = {"report": report, "check_is_stale": False, "can_check": can_check}
    if report:
        severities = Counter(finding["severity"] for finding in report["findings"])
        values |= {
            "check_is_stale": desk.has_changed_since(report),
            "severities": severities,
            "missing": [place for place in report["townships"] if not place["returned"]],
            "finding_files": sorted({f["file"] for f in report["findings"] if f["file"]}),
            **_page(report["findings"], 0),
        }
    return values


def _reference_day(desk: Desk) -> date | None:
    """Give the rules' own day; of a rules file that cannot be read the check will tell."""
    try:
        with desk.staged("rules") as rules:
            return Programme.from_toml(next(rules.iterdir(), None)).reference_date
    except Unreadable:
        return None


def _proposal_values(desk: Desk) -> dict[str, Any]:
    summary = desk.read(PROPOSAL, "summary.json")
    day = _reference_day(desk)
    options = {"on": None, "unit": None, "datum": "wgs84", "max_changes": None}
    options |= desk.options
    judged_on = date.fromisoformat(options["on"]) if options["on"] else day or today()
    values: dict[str, Any] = {
        "can_propose": bool(desk.of_role("ledger")),
        "reference_day": day,
        "options": options,
        "units": Gazetteer.on(judged_on).units,
        "summary": summary,
        "proposal_is_stale": desk.has_changed_since(summary),
        "rungs": [(int(rung), label(rung), label(rung, "en")) for rung in Rung],
        "left_over": LEFT_OVER,
    }
    if summary:
        rows = desk.read(PROPOSAL, "rows.json")
        values |= {
            "ended": rows["ended"],
            "groups": desk.read(PROPOSAL, "groups.json"),
            "townships": sorted({row["township"] for row in rows["lines"] if row["township"]}),
        }
    return values
