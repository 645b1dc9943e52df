"""Supervision pages and their API: map, table, list and downloads of one view (督导)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, BackgroundTasks, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import AfterValidator
from starlette.concurrency import run_in_threadpool

from casework.access import Action, Actor, Role, area
from casework.disclosure import Audience
from casework.supervision import NAMES_EN, NAMES_ZH, SHORT_EN, SHORT_ZH, Measure
from ledger.figures_paper import (
    FiguresPaper,
    figures_csv,
    figures_pdf,
    figures_png,
    figures_workbook,
)
from ledger.record import jobs as queue
from ledger.record.recruits import recruits_of
from ledger.record.store import Store
from maps.palette import PATTERNS
from service.access import Visit, authorize, unit_code
from service.drawing import Lang, draw, switch_language
from service.gate import MAP_POLICY
from service.routes.downloads import attachment
from service.settings import LANGUAGES
from service.supervision_view import beside_of, lines_of, urgent_lines, village_lines
from service.trend import trend_of
from service.workflows.ledgers import today
from service.workflows.recruits import KIND, ask_for_recruits
from service.workflows.supervision import Ask, Supervision, View
from service.workflows.supervision_papers import (
    framed,
    geojson,
    layers_of,
    legend_of,
    map_file,
    paper_of,
    title_of,
)

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/maps", tags=["maps"])

Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="2021-09")]
Code = Annotated[
    str, Query(max_length=40, description="unit, by code or name"), AfterValidator(unit_code)
]
By = Annotated[Literal["", "unit", "township"], Query()]


def the_view(
    request: Request,
    visit: Annotated[Visit, authorize(Action.MAP_AGGREGATE)],
    later: BackgroundTasks,
    month: Month = "",
    unit: Code = "",
    by: By = "",
) -> View:
    """Give the view that is asked for, as far as whoever asks may see."""
    return view_now(request, visit.signed.actor, Ask(month, unit, by), later)


def view_now(request: Request, actor: Actor, ask: Ask, later: BackgroundTasks) -> View:
    """Give a view; where it is one of before, the new one is made after the answer."""
    supervision: Supervision = request.app.state.supervision
    view = supervision.view(actor, ask, today())
    if view.told_at:
        later.add_task(supervision.make_anew, today())
    if view.audience is not Audience.OWN_ROWS:
        later.add_task(supervision.tell_months, today())
    return view


TheView = Annotated[View, Depends(the_view)]


@router.get("/supervision")
def supervision_page(
    request: Request, view: TheView, layer: Measure | None = None, lang: Lang = LANGUAGES[0]
) -> Response:
    """Show map, table and what needs doing first, of one month and one layer."""
    switched = switch_language(request)
    if switched:
        return switched
    shown = _layer(view, layer)
    names, short = (NAMES_EN, SHORT_EN) if lang == "en" else (NAMES_ZH, SHORT_ZH)
    asked = {"month": view.month, "unit": view.unit, "by": view.by}
    return draw(
        "supervision.html",
        lang,
        view=view,
        title=title_of(view, lang),
        layers=[(m, names[m]) for m in layers_of(view)],
        layer=shown,
        layer_name=names[shown],
        lines=lines_of(view, shown, lang),
        beside=[short[m] for m in beside_of(view, shown)],
        urgent=urgent_lines(view, lang),
        legend=legend_of(view, shown, lang),
        here=urlencode(asked | {"layer": shown}),
        asked=urlencode({k: v for k, v in asked.items() if v}),
        is_city=not view.unit,
        empty=_empty(request, view),
        patterns=PATTERNS,
        up=view.unit and view.whole and not _own(request),
        trend=_trend(request, view, shown, lang),
        **(_recruits(request, view, lang) if view.audience is Audience.OWN_ROWS else {}),
    )


def _empty(request: Request, view: View) -> dict[str, str]:
    """Give what is said where nothing is on record, and where whoever reads it can go."""
    role = request.state.signed.actor.role
    if role is Role.UNIT:
        return {"words": "sup_empty_unit", "address": "/imports", "name": "menu_imports"}
    if role is Role.TOWNSHIP:
        return {"words": "sup_empty_township", "address": "/rows", "name": "menu_rows"}
    if role is Role.CITY and not view.unit:
        return {"words": "sup_no_data_city", "address": "/accounts", "name": "sup_make_accounts"}
    return {"words": "sup_empty_above_unit" if view.unit else "sup_empty_above", "address": ""}


def _trend(request: Request, view: View, layer: Measure, lang: str) -> dict[str, Any] | None:
    supervision: Supervision = request.app.state.supervision
    views = supervision.trend(request.state.signed.actor, view, today())
    return trend_of(views, layer, lang)


def _recruits(request: Request, view: View, lang: str) -> dict[str, Any]:
    """Give where a unit should recruit, village by village, to its own people."""
    store: Store = request.app.state.store
    actor = request.state.signed.actor
    with store.reading(actor, "GET /supervision recruits") as book:
        answer = recruits_of(book, view.unit)
        job = queue.last(book.connection, area(view.unit), (KIND,))
    return {
        "may_ask": actor.role is Role.UNIT,
        "is_asked": job is not None and job.is_under_way,
        "failed": job.message if job is not None else "",
        "answer": answer,
        "villages": village_lines(answer, lang) if answer else [],
    }


@router.post("/supervision/recruits")
async def ask_recruits(
    request: Request, visit: Annotated[Visit, authorize(Action.PROPOSAL_CREATE)]
) -> Response:
    """Have it worked out anew where the unit should recruit."""
    store: Store = request.app.state.store
    actor = visit.signed.actor

    def ask() -> None:
        with store.writing(actor, "where to recruit") as book:
            ask_for_recruits(book, actor.scope[1])

    await run_in_threadpool(ask)
    return RedirectResponse("/supervision?layer=recruits#recruits-heading", 303)


def _own(request: Request) -> bool:
    """Whether somebody's own area is one unit or less: there is no city above it for her."""
    return len(request.state.signed.actor.scope) > 1


def _layer(view: View, asked: Measure | None) -> Measure:
    layers = layers_of(view)
    return asked if asked in layers else layers[0] if layers else Measure.LEFT


@router.get("/supervision/map", response_class=HTMLResponse)
def supervision_frame(
    view: TheView, layer: Measure | None = None, lang: Lang = LANGUAGES[0]
) -> HTMLResponse:
    """Give the map for the page's frame."""
    html = framed(view, _layer(view, layer), lang)
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})


_PAPERS: Mapping[str, tuple[Callable[[FiguresPaper], bytes], str]] = {
    "pdf": (figures_pdf, "application/pdf"),
    "png": (figures_png, "image/png"),
    "xlsx": (figures_workbook, "application/octet-stream"),
    "csv": (figures_csv, "text/csv; charset=utf-8"),
}


@router.get("/supervision/figures.{kind}")
def supervision_download(
    kind: Literal["pdf", "png", "xlsx", "csv", "html"],
    request: Request,
    view: TheView,
    layer: Measure | None = None,
    lang: Lang = LANGUAGES[0],
) -> Response:
    """Hand out what the page shows: printed, as a picture, a workbook, csv, or the map's file."""
    shown = _layer(view, layer)
    facts = {"month": view.month, "unit": view.unit, "by": view.by, "layer": str(shown)}
    store: Store = request.app.state.store
    with store.reading(request.state.signed.actor, f"GET /supervision/figures.{kind}") as book:
        book.note(Action.MAP_AGGREGATE, "figures", (), None, **facts)
    name = f"{title_of(view, lang)}（{view.month}）.{kind}"
    if kind == "html":
        return attachment(map_file(view, lang).encode(), name)
    make, media_type = _PAPERS[kind]
    return attachment(make(paper_of(view, shown, lang)), name, media_type)


@api.get("/{layer}")
def map_layer(layer: Measure, view: TheView) -> dict[str, Any]:
    """Give a layer as GeoJSON: of each area a range and words, as its page tells them."""
    return geojson(view, layer)
