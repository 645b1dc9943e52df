"""Health: whether the server answers, and its measures; no data of anybody."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from casework.errors import Busy, Refused
from ledger.record.jobs import count_by_state
from ledger.record.store import Store
from service.access import open_to_all
from service.settings import Settings
from service.telemetry import Meter, may_scrape

router = APIRouter(tags=["health"])


@router.get("/healthz", dependencies=[Depends(open_to_all)])
async def healthz() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}


@router.get("/metrics", dependencies=[Depends(open_to_all)], include_in_schema=False)
def metrics(request: Request) -> Response:
    """Give the measures to this machine, or to whoever has the token for them."""
    client = request.client.host if request.client else ""
    token, public = Settings.from_environment().metrics_token, request.app.state.public
    if not may_scrape(request.headers, client, token, bool(public)):
        raise Refused(
            "只向本机提供，代理后只凭令牌 / for this machine, behind a proxy for the token only"
        )
    meter: Meter = request.app.state.meter
    told = meter.told(_jobs(request.app.state.store))
    return Response(told, media_type="text/plain; version=0.0.4; charset=utf-8")


def _jobs(store: Store) -> dict[str, int] | None:
    """Count the jobs; None while the database is away, which is when measures are looked at."""
    try:
        with store.looking() as connection:
            return count_by_state(connection)
    except Busy:
        return None
