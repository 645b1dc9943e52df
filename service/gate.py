"""The gate: what every request passes before anything answers it.

Only this machine is served, or the one name under which a TLS proxy serves us. A page elsewhere
that makes the browser call us (CSRF), or points its own name at 127.0.0.1 (DNS rebinding), is
refused by its ``Origin`` and ``Host``. Answers carry a policy that lets our own files in and
nothing else; the framed map has its own. A fault of ours leaves as a number to quote.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.errors import Refused
from service.errors import ANSWERS, OUR_FAULT, Answer, record_incident

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
FORM_SCRIPT = "x-form-script"
"""Header of a form that a page's script sends: it is told where to go on, in ``Location``."""
HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none a form of ours comes without its Origin
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Gate:
    """Refuse what is not this machine's own page; stamp every answer."""

    def __init__(self, app: ASGIApp, public: str = "") -> None:
        self.app = app
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer 403."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        started = False
        is_script = FORM_SCRIPT in Headers(scope=scope)

        async def stamped(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                if is_script and message["status"] == 303:
                    message["status"] = 204  # the script goes there itself: asked once, not twice
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not is_ours(scope["method"], Headers(scope=scope), self._public):
            await _NOT_OURS(scope, receive, stamped)
            return
        try:
            await self.app(scope, receive, stamped)
        except Exception as error:
            # Stopped here: the server would print its text, and that may hold a name.
            number = record_incident(error)
            if not started:
                await fault(number, Headers(scope=scope))(scope, receive, stamped)


def problem(answer: Answer, kind: str, detail: str) -> JSONResponse:
    """Tell an error as problem+json."""
    body = {
        "type": kind,
        "title": f"{answer.title_zh} / {answer.title_en}",
        "status": answer.http_status,
        "detail": detail,
    }
    return JSONResponse(body, answer.http_status, media_type="application/problem+json")


_FAULT_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>暖童</title>
<link rel="stylesheet" href="/static/bootstrap/css/bootstrap.min.css"></head>
<body class="container py-5"><main><h1>程序出错，编号 {number}</h1>
<p>刚才的操作可能没有保存。请返回上一页再试；仍不行的，把编号告诉管理员。</p>
<p lang="en">Our fault, number {number}. What you did may not be saved: go back and try
again, or tell the administrator this number.</p>
<p><a href="/">回到首页 / Home</a></p></main></body></html>"""


def fault(number: str, asked: Headers) -> Response:
    """Tell a fault of ours: a number to quote, and nothing of what happened."""
    if "text/html" in asked.get("accept", "") and "hx-request" not in asked:
        return HTMLResponse(_FAULT_PAGE.format(number=number), OUR_FAULT.http_status)
    return problem(OUR_FAULT, "Fault", f"程序出错，编号 {number} / our fault, number {number}")


_NOT_OURS = problem(
    ANSWERS[Refused],
    "Refused",
    "只回答本机、或所设域名自己的页面；经代理打开的，请核对代理是否原样传递 Host（含端口）"
    " / only our own pages are answered: a proxy must pass Host on unchanged, with its port",
)


def is_ours(method: str, headers: Headers, public: str = "") -> bool:
    """Say whether a request comes to our own name and, if it acts, from our own page."""
    host = headers.get("host", "")
    named = named_host(host)
    is_public = bool(public) and named == public
    if named not in LOOPBACK and not is_public:
        return False
    if method in SAFE_METHODS:
        return True
    origin = headers.get("origin")
    if origin is not None:
        return origin == f"{'https' if is_public else 'http'}://{host}"
    return headers.get("sec-fetch-site", "none") in ("same-origin", "none")


def named_host(host: str) -> str | None:
    """Give the name in a Host header; None where it is not one."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname if not parts.username else None
