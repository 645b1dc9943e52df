"""The audit page (审计): who saw or changed what, for the auditor."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action
from ledger.record.store import Store
from ledger.record.trail import check_trail
from ledger.record.trail_pages import ROWS_A_PAGE, list_trail
from service.access import Visit, authorize, leave_row
from service.drawing import Lang, draw, switch_language
from service.settings import LANGUAGES

router = APIRouter(include_in_schema=False)

Auditor = Annotated[Visit, authorize(Action.AUDIT_READ)]


@router.get("/audit")
def audit_page(
    request: Request,
    visit: Auditor,
    before: Annotated[int | None, Query(ge=1)] = None,
    who: Annotated[str, Query(max_length=40)] = "",
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show the trail, newest first."""
    return switch_language(request) or _page(request, visit, before, who, lang)


def _page(request: Request, visit: Visit, before: int | None, who: str, lang: str) -> Response:
    store: Store = request.app.state.store
    with store.reading(visit.signed.actor, "GET /audit") as book:
        rows = list_trail(book, before, who)
    more = rows[-1].seq if len(rows) == ROWS_A_PAGE else None
    return draw("audit.html", lang, rows=rows, who=who, more=more)


@router.post("/audit/verify")
async def verify(request: Request, visit: Auditor, lang: Lang = LANGUAGES[0]) -> Response:
    """Check every row, and say whether the trail holds."""
    await run_in_threadpool(leave_row, request, visit.signed, Action.AUDIT_READ)
    found = await run_in_threadpool(check_trail, request.app.state.store)
    return draw("audit_verified.html", lang, found=found)
