"""The application: pages and API for one officer on one machine.

``create_app(data)`` joins the routes over one data folder. There are no accounts yet: whoever
can reach the loopback address of this machine is the officer, and the page says so.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from casework.errors import CaseworkError
from service.assets import mount_assets
from service.desk import Desk
from service.errors import Answer, answer_for, from_system
from service.gate import Gate, problem
from service.jobs import Bench
from service.pages import router as pages
from service.routes import declarations, downloads, files, health, jobs, results, use, use_plans


def create_app(data: Path) -> FastAPI:
    """Build the application over a data folder, which is made where it is missing."""
    app = FastAPI(
        title="暖童 Nuantong",
        version=version("nuantong"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.desk = Desk(data)
    app.state.desk.sweep()
    app.state.bench = Bench(data)
    for router in (files.router, jobs.router, results.router, declarations.api):
        app.include_router(router, prefix="/api/v1")
    questions = use.router, use_plans.router
    for router in (health.router, downloads.router, pages, declarations.pages, *questions):
        app.include_router(router)
    mount_assets(app)
    app.add_exception_handler(CaseworkError, _answer)
    app.add_exception_handler(OSError, _answer_system)
    app.add_exception_handler(RequestValidationError, _answer_wrong_request)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_middleware(Gate)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.bench.close()


async def _answer(_: Request, error: Exception) -> Response:
    return problem(answer_for(error), type(error).__name__, str(error))


async def _answer_system(_: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)
    known = from_system(error)
    return problem(answer_for(known), type(known).__name__, str(known))


async def _answer_wrong_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = "；".join(".".join(map(str, e["loc"])) + "：" + e["msg"] for e in error.errors()[:5])
    return problem(Answer(2, 422, "请求有误", "Wrong request"), "WrongRequest", where)


async def _answer_http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = Answer(1, error.status_code, "请求未成功", "Request failed")
    return problem(answer, "HTTP", str(error.detail))
