"""Assets: scripts and styles, from installed wheels and ``static``, never from outside."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_WHEELS = {
    "bootstrap": ("js_lib_bootstrap5", "static/js-lib-bootstrap5"),
    "htmx": ("js_lib_htmx", "static/htmx"),
}


class _Lasting(StaticFiles):
    """Files that a browser may keep: they change with the version of the product only."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "max-age=3600"
        return response


def mount_assets(app: FastAPI) -> None:
    """Serve the assets under ``/static``."""
    for name, (package, folder) in _WHEELS.items():
        directory = Path(str(files(package))) / folder
        app.mount(f"/static/{name}", _Lasting(directory=directory), name=name)
    ours = Path(str(files("service"))) / "static"
    app.mount("/static", _Lasting(directory=ours), name="static")
