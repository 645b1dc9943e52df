"""The gate: what every request passes before anything answers it.

Only this machine is served. A page elsewhere that makes the browser call us (CSRF), or points
its own name at 127.0.0.1 (DNS rebinding), is refused by its ``Origin`` and ``Host``. Answers
carry a policy that lets our own files in and nothing else; the framed map has its own.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# The map is one file with its scripts inside; sandboxed, it has an origin of its own.
MAP_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Gate:
    """Refuse what is not this machine's own page; stamp every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if is_ours(scope["method"], Headers(scope=scope)):
            await self.app(scope, receive, stamped)
        else:
            await JSONResponse(_REFUSED, 403, media_type="application/problem+json")(
                scope, receive, stamped
            )


_REFUSED = {
    "type": "Refused",
    "title": "不能这样做 / Refused",
    "status": 403,
    "detail": "只接受本机页面的请求 / only this machine's own page is served",
}


def is_ours(method: str, headers: Headers) -> bool:
    """Say whether a request comes to this machine's name and, if it acts, from our own page."""
    host = headers.get("host", "")
    if _name(f"//{host}") not in LOOPBACK:
        return False
    if method in SAFE_METHODS:
        return True
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"http://{host}"
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def _name(address: str) -> str | None:
    """Give the host name in an address; None where it is not one."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname if not parts.username else None
