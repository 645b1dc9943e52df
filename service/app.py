"""The application: pages and API over one data folder and its store.

Every route carries ``authorize(action)`` or says that it is open to all. Nobody signed in is
401, or, for a browser that wants a page, the way to the page to sign in on.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from casework.errors import CaseworkError, NotFound
from ledger.record.scope import NOT_THERE
from ledger.record.store import Store
from service.access import API, MustChangePasswordError, NotSignedInError, now_signed_in
from service.assets import mount_assets
from service.describing import Described
from service.drawing import draw, language_of
from service.errors import ANSWERS, Answer, answer_for, from_system, wrong_in_words
from service.gate import Gate, problem
from service.pages import router as pages
from service.rooms import Rooms
from service.routes import (
    accounts,
    audit,
    declarations,
    door,
    downloads,
    files,
    grants,
    health,
    jobs,
    results,
    round_acts,
    round_files,
    round_own,
    round_published,
    round_table,
    rounds,
    session_rosters,
    supervision,
    unit_pages,
    use,
    use_changes,
    use_plans,
)
from service.telemetry import Meter, Telemetry
from service.uploads import TOO_LARGE_STATUS, BoundedUploads
from service.words import Words
from service.workflows.supervision import Supervision
from service.workman import Workman

NOT_FOUND = ANSWERS[NotFound]

THREADS = 8
"""How many requests are worked at side by side; the others wait in line. Python works at one at a
time: with 40 at once each waits for all the others, and the loop that takes new ones in with them.
Measured at 250 requests/s beside solves, by ``benchmarks/accept/load.py``: p95 568 ms with 40
threads, 185 with 8, 260 with 3."""


def create_app(
    data: Path, store: Store, public: str = "", workman: Workman | None = None
) -> FastAPI:
    """Build the application over a data folder, which is made where it is missing.

    Parameters
    ----------
    public
        Name under which a TLS proxy serves us; empty where only this machine does.
    workman
        Who does the jobs while this application runs; None where other processes do.
    """
    app = Described(
        title="暖童 Nuantong",
        version=version("nuantong"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.store, app.state.rooms = store, Rooms(data, store)
    app.state.public, app.state.workman = public, workman
    app.state.supervision = Supervision(store)
    _include_routes(app)
    app.add_exception_handler(CaseworkError, _answer)
    app.add_exception_handler(OSError, _answer_system)
    app.add_exception_handler(RequestValidationError, _answer_wrong_request)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(NotSignedInError, _answer_not_signed_in)
    app.add_middleware(BoundedUploads)
    app.add_middleware(Gate, public=public)
    app.state.meter = Meter()
    app.add_middleware(Telemetry, meter=app.state.meter)  # outermost: what is refused counts too
    return app


def _include_routes(app: FastAPI) -> None:
    """Add every route; each carries ``authorize`` or says that it is open to all.

    An address is looked for from the top: what is asked for most stands first.
    """
    mount_assets(app)
    for router in (files.router, jobs.router, results.router):
        app.include_router(router, prefix=API)
    for router in (unit_pages.pages, pages, declarations.pages, health.router):
        app.include_router(router)
    for router in (unit_pages.api, declarations.api):
        app.include_router(router, prefix=API)
    for router in (door.router, downloads.router, audit.router, grants.router):
        app.include_router(router)
    for router in (use.router, use_plans.router, use_changes.router):
        app.include_router(router)
    for router in (supervision.router, accounts.router):
        app.include_router(router)
    for router in (door.api, supervision.api):
        app.include_router(router, prefix=API)
    _include_rounds(app)


def _include_rounds(app: FastAPI) -> None:
    """Include the counselling round's pages, feeds and API."""
    for router in (rounds.pages, round_table.pages, round_published.pages, round_own.own):
        app.include_router(router)
    app.include_router(round_own.feeds)
    app.include_router(session_rosters.router)
    app.include_router(rounds.api, prefix=API)
    app.include_router(round_files.api, prefix=API)
    app.include_router(round_acts.api, prefix=API)
    app.include_router(round_own.api, prefix=API)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = THREADS
    workman: Workman | None = app.state.workman
    if workman is None:
        yield
        return
    workman.start()
    yield
    await run_in_threadpool(workman.stop)


async def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, MustChangePasswordError) and _wants_page(request):
        return RedirectResponse("/password", 303)
    return _told(request, answer_for(error), type(error).__name__, str(error))


def _told(request: Request, answer: Answer, kind: str, detail: str) -> Response:
    """Tell an error: as a page to a person at a browser, else as problem+json."""
    if not _wants_page(request):
        return problem(
            answer, kind, Words(language_of(request.cookies.get("lang", ""))).one(detail)
        )
    now_signed_in.set(getattr(request.state, "signed", None))
    page = draw("told.html", request.cookies.get("lang", ""), text=detail, error="")
    page.status_code = answer.http_status
    return page


async def _answer_not_signed_in(request: Request, _: Exception) -> Response:
    """Tell 401; send a browser to the page to sign in on, and back to where it was."""
    to_sign_in = "/signin"
    if request.method == "GET" and request.url.path != "/":
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        to_sign_in += f"?next={quote(address)}"
    if _wants_page(request):
        return RedirectResponse(to_sign_in, 303)
    answer = Answer(5, 401, "请先登录", "Sign in first")
    response = problem(answer, "NotSignedIn", "请先登录 / sign in first")
    response.headers["WWW-Authenticate"] = "Bearer"
    if request.headers.get("hx-request"):
        response.headers["HX-Redirect"] = "/signin"
    return response


def _wants_page(request: Request) -> bool:
    """Whether a person at a browser asks for a whole page."""
    return (
        "text/html" in request.headers.get("accept", "")
        and not request.headers.get("hx-request")
        and not request.url.path.startswith("/api/")
    )


async def _answer_system(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    return await _answer(request, from_system(error))


async def _answer_wrong_request(request: Request, error: Exception) -> Response:
    """Tell what is wrong in a request, but first whether it may be asked at all.

    A body that cannot be read is found before anything of the route has run.
    """
    assert isinstance(error, RequestValidationError)
    may_ask = getattr(request.scope.get("route"), "dependant", None)
    for call in (below.call for below in (may_ask.dependencies if may_ask else ())):
        if hasattr(call, "action") and not hasattr(request.state, "signed"):
            try:
                async with asynccontextmanager(call)(request):
                    pass
            except NotSignedInError as unknown:
                return await _answer_not_signed_in(request, unknown)
            except CaseworkError as refused:
                return await _answer(request, refused)
    where = "；".join(map(wrong_in_words, error.errors()[:5]))
    return _told(request, Answer(2, 422, "请求有误", "Wrong request"), "WrongRequest", where)


async def _answer_http(request: Request, error: Exception) -> Response:
    """Tell of an address that is none in the words of a record that is none."""
    assert isinstance(error, HTTPException)
    if error.status_code == NOT_FOUND.http_status:
        return _told(request, NOT_FOUND, "NotFound", NOT_THERE)
    answer = Answer(1, error.status_code, "请求未成功", "Request failed")
    is_large = error.status_code == TOO_LARGE_STATUS
    detail = error.detail if is_large else f"这个地址不接受这样的请求 / {error.detail}"
    told = _told(request, answer, "HTTP", detail)
    told.headers.update(error.headers or {})
    return told
