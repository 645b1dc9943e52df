"""Assets: scripts and styles, from installed wheels and ``static``, never from outside.

A page names them below a mark of all their content, ``/static/<mark>/desk.js``, so that a browser
keeps them for a year and yet never runs an old script after an upgrade. They are few and small,
and held in memory.
"""

import hashlib
from functools import cache
from importlib.resources import files
from mimetypes import guess_type
from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

BASE = "/static/"
_WHEELS = {
    "bootstrap/css/bootstrap.min.css": ("js_lib_bootstrap5", "static/js-lib-bootstrap5/css"),
    "htmx/htmx.min.js": ("js_lib_htmx", "static/htmx"),
}
_KEEP = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"  # under an address without the mark, or with that of another version


@cache
def contents() -> dict[str, bytes]:
    """Give every asset by its name below ``/static/``."""
    ours = Path(str(files("service"))) / "static"
    found = {path.name: path.read_bytes() for path in sorted(ours.iterdir())}
    for name, (package, folder) in _WHEELS.items():
        found[name] = (Path(str(files(package))) / folder / Path(name).name).read_bytes()
    return found


@cache
def mark() -> str:
    """Give what changes with any byte of any asset."""
    digest = hashlib.sha256()
    for name, content in contents().items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def marked(page: str) -> str:
    """Let a template name its assets below the mark."""
    return page.replace(f'"{BASE}', f'"{BASE}{mark()}/')


async def _serve(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"].removeprefix(BASE)
    first, _, rest = path.partition("/")
    is_current = first == mark()
    name = path if path in contents() else rest
    content = contents().get(name)
    if content is None or scope["method"] not in ("GET", "HEAD"):
        await Response(status_code=404 if content is None else 405)(scope, receive, send)
        return
    tag = f'"{mark()}"'
    headers = {"Cache-Control": _KEEP if is_current else _ASK_AGAIN, "ETag": tag}
    if tag in Headers(scope=scope).get("if-none-match", ""):
        await Response(status_code=304, headers=headers)(scope, receive, send)
        return
    body = Response(content, media_type=guess_type(name)[0], headers=headers)
    await body(scope, receive, send)


def mount_assets(app: FastAPI) -> None:
    """Serve the assets under ``/static``."""
    app.mount("/static", _serve, name="static")
