"""The audit page (审计): who saw or changed what, for the auditor."""

import csv
import io
import json
from dataclasses import asdict
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from casework.access import Action, area, lies_in
from casework.errors import Refused
from geo.areas import Gazetteer
from ledger.record.store import Store
from ledger.record.trail import check_trail
from ledger.record.trail_pages import ROWS_A_PAGE, TrailAsk, TrailRow, list_trail
from ledger.safe_text import csv_text
from service.access import Visit, authorize, leave_row
from service.area_words import area_name
from service.audit_words import deed, deeds, outcome
from service.drawing import Lang, draw, language_of, switch_language
from service.settings import LANGUAGES
from service.words import Words
from service.workflows.ledgers import today

router = APIRouter(include_in_schema=False)

MOST_EXPORTED = 20_000
IDS_SHOWN = 3
_DAY = r"^(\d{4}-\d{2}-\d{2})?$"

Auditor = Annotated[Visit, authorize(Action.AUDIT_READ)]


def the_ask(
    who: Annotated[str, Query(max_length=40)] = "",
    action: Annotated[str, Query(max_length=40)] = "",
    area: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(pattern=_DAY)] = "",
    until: Annotated[str, Query(pattern=_DAY)] = "",
) -> TrailAsk:
    """Read what of the trail is asked for."""
    return TrailAsk(who, action, area, _day(since), _day(until))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("日期不存在 / there is no such day") from None


TheAsk = Annotated[TrailAsk, Depends(the_ask)]


@router.get("/audit")
def audit_page(
    request: Request,
    visit: Auditor,
    ask: TheAsk,
    before: Annotated[int | None, Query(ge=1, le=2**53)] = None,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Show the trail, newest first."""
    return switch_language(request) or _page(request, visit, before, ask, lang)


def _page(
    request: Request, visit: Visit, before: int | None, ask: TrailAsk, lang: str
) -> Response:
    rows = _rows(request, visit, before, ask)
    more = rows[-1].seq if len(rows) == ROWS_A_PAGE else None
    asked = {name: str(value or "") for name, value in asdict(ask).items()}
    words, places = Words(language_of(lang)), Gazetteer.on(today())
    shown = [
        {
            "row": row,
            "deed": deed(row.action, lang),
            "ids": _some(row.ids, words),
            "where": area_name(tuple(row.area.split("/")), places, words) if row.area else "",
            "outcome": outcome(row.outcome, lang),
        }
        for row in rows
    ]
    around = {"known": deeds(), "asked": asked, "query": urlencode(asked), "more": more}
    return draw("audit.html", lang, rows=shown, areas=_areas(visit, places), **around)


def _some(ids: str, words: Words) -> str:
    """Write the first ids that a row names: one that read a whole list names hundreds."""
    named = list(map(str, json.loads(ids)))
    more = [words("audit_ids_more", n=len(named))] if len(named) > IDS_SHOWN else []
    return " ".join([*named[:IDS_SHOWN], *more])


def _areas(visit: Visit, places: Gazetteer) -> list[tuple[str, str]]:
    """Give the units whose rows the reader may ask for."""
    scope = visit.signed.actor.scope
    mine = [unit for unit in places.units if lies_in(area(unit.code), scope)]
    return [("/".join(area(unit.code)), unit.name) for unit in mine]


def _rows(
    request: Request, visit: Visit, before: int | None, ask: TrailAsk
) -> tuple[TrailRow, ...]:
    store: Store = request.app.state.store
    with store.reading(visit.signed.actor, "GET /audit") as book:
        return list_trail(book, before, ask=ask)


@router.get("/audit/export")
def export(request: Request, visit: Auditor, ask: TheAsk) -> Response:
    """Hand out what is asked for as csv, newest first; it names accounts and nobody else."""
    rows: list[TrailRow] = []
    while len(rows) < MOST_EXPORTED:
        page = _rows(request, visit, rows[-1].seq if rows else None, ask)
        rows += page
        if len(page) < ROWS_A_PAGE:
            break
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(TrailRow.__dataclass_fields__)
    for row in rows:
        said = asdict(row) | {"at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}"}
        writer.writerow([csv_text(cell) for cell in said.values()])
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(
        out.getvalue().encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers
    )


@router.post("/audit/verify")
async def verify(request: Request, visit: Auditor, lang: Lang = LANGUAGES[0]) -> Response:
    """Check every row, and say whether the trail holds."""
    leave_row(request, visit.signed, Action.AUDIT_READ)
    found = await run_in_threadpool(check_trail, request.app.state.store)
    return draw("audit_verified.html", lang, found=found)
