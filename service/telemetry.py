"""Telemetry: how many requests, how long, how they ended; never whose or about whom (运行监测).

Every request has a number of its own, which stands in the answer (``X-Request-ID``), in the log
and beside an incident. An address is written as its route is, never with what somebody typed.
With ``NUANTONG_LOG=json`` each request leaves one line on stderr.
"""

import hmac
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.gate import LOOPBACK, named_host
from service.logs import request_number
from service.settings import Settings

API = "/api/v1"
OTHER = "other"
"""What no route of ours answered: files of the pages, and addresses that are none."""

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10)


class Meter:
    """What is counted of one server process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self._requests = Counter(
            "nuantong_requests", "Requests answered", labels, registry=self.registry
        )
        self._seconds = Histogram(
            "nuantong_request_seconds",
            "Seconds until a request was answered",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._jobs = Gauge("nuantong_jobs", "Jobs on record", ("state",), registry=self.registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def told(self, jobs: Mapping[str, int]) -> bytes:
        """Give everything as Prometheus reads it, with the jobs as they stand."""
        self._jobs.clear()
        for state, count in jobs.items():
            self._jobs.labels(state).set(count)
        return generate_latest(self.registry)


class Telemetry:
    """Number every request, measure it, and log it where that is wanted."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app, self._meter = app, meter
        self._log = json_log() if Settings.from_environment().log == "json" else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number, began, status = secrets.token_hex(8), time.perf_counter(), 500
        held = request_number.set(number)

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = number
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        finally:
            request_number.reset(held)
            seconds = time.perf_counter() - began
            method, route = _method(scope), route_of(scope)
            self._meter.count(method, route, status, seconds)
            if self._log:
                told = {"id": number, "method": method, "route": route, "status": status}
                self._log.info("request", **told, ms=round(seconds * 1000), role=_role(scope))


def route_of(scope: Scope) -> str:
    """Give the address as its route is written."""
    path = getattr(scope.get("route"), "path", "")
    if not path:
        return OTHER
    above = API if scope["path"].startswith(f"{API}/") and not path.startswith(API) else ""
    return f"{above}{path}"


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    method: str = scope["method"]
    return method if method in known else OTHER


def _role(scope: Scope) -> str:
    signed = scope.get("state", {}).get("signed")
    return str(signed.account.role) if signed else ""


def json_log() -> Any:
    """Give a log of one JSON line an event, on stderr, its own times in UTC."""
    return structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def may_scrape(headers: Headers, client: str, token: str) -> bool:
    """Whether whoever asks may read the measures: this machine itself, or with the token."""
    given = headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_passed_on = any(name in headers for name in ("x-forwarded-for", "forwarded", "via"))
    is_here = client in LOOPBACK and named_host(headers.get("host", "")) in LOOPBACK
    return is_here and not is_passed_on
