"""Telemetry: how many requests, how long, how they ended; never whose or about whom (运行监测).

Every request has a number of its own, which stands in the answer (``X-Request-ID``), in the log
and beside an incident. An address is written as its route is, never with what somebody typed.
With ``NUANTONG_LOG=json`` each request leaves one line on stderr.
"""

import hmac
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.gate import LOOPBACK, named_host
from service.logs import request_number
from service.settings import Settings

API = "/api/v1"
OTHER = "other"
"""What no route of ours answered: files of the pages, and addresses that are none."""

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library of the measures, once loaded, looks for a folder that processes share."""

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10)


class Meter:
    """What is counted of the requests, of all processes together where they share a folder."""

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

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def told(self, jobs: Mapping[str, int] | None) -> bytes:
        """Give everything as Prometheus reads it, with the jobs; None: no database answers."""
        registry = CollectorRegistry() if SHARED in os.environ else self.registry
        if SHARED in os.environ:
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        on_record = CollectorRegistry()
        on_record.register(_Record(jobs))
        return generate_latest(registry) + generate_latest(on_record)


@dataclass(frozen=True, eq=False)
class _Record(Collector):
    """What the store says: not a measure of any process, so that none shares it."""

    jobs: Mapping[str, int] | None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        is_up = float(self.jobs is not None)
        yield GaugeMetricFamily("nuantong_database_up", "Whether the database answers", is_up)
        told = GaugeMetricFamily("nuantong_jobs", "Jobs on record", labels=("state",))
        for state, count in (self.jobs or {}).items():
            told.add_metric((state,), count)
        yield told


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


def may_scrape(headers: Headers, client: str, token: str, is_behind_proxy: bool = False) -> bool:
    """Whether whoever asks may read the measures: this machine itself, or with the token.

    Behind a proxy everybody comes from this machine, under any name that is written in the
    request: there only the token opens.
    """
    given = headers.get("authorization", "").removeprefix("Bearer ").strip()
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    if is_behind_proxy:
        return False
    is_passed_on = any(name in headers for name in ("x-forwarded-for", "forwarded", "via"))
    is_here = client in LOOPBACK and named_host(headers.get("host", "")) in LOOPBACK
    return is_here and not is_passed_on
