"""Downloads: what the officer takes away, under names she can read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from casework.access import Action
from service.access import authorize
from service.desk import CHECK, LEDGER, PROPOSAL, Desk
from service.gate import MAP_POLICY
from service.routes.deps import TheDesk

router = APIRouter(tags=["downloads"])

OF_THE_DESK = [authorize(Action.LEDGER_IMPORT)]


class Stored(NamedTuple):
    """Where a download lies and what it is called, after the unit's name."""

    result: str
    name: str
    called: str


STORED: Mapping[str, Stored] = {
    "ledger": Stored(CHECK, LEDGER, LEDGER),
    "returned": Stored(CHECK, "returned.zip", "退回核查表.zip"),
    "check": Stored(CHECK, "check.json", "核查结果.json"),
    "proposal": Stored(PROPOSAL, "proposal.xlsx", "结对建议.xlsx"),
    "map": Stored(PROPOSAL, "map.html", "结对地图.html"),
    "json": Stored(PROPOSAL, "proposal.json", "结对建议.json"),
}


@router.get("/downloads/{what}", dependencies=OF_THE_DESK)
def download(
    what: Literal["ledger", "returned", "check", "proposal", "map", "json"], desk: TheDesk
) -> Response:
    """Hand out a result."""
    stored = STORED[what]
    content = desk.content(stored.result, stored.name)
    return attachment(content, _unit_name(desk) + stored.called)


@router.get("/downloads/returned/{file_id}", dependencies=OF_THE_DESK)
def returned(file_id: str, desk: TheDesk) -> Response:
    """Hand out one township's workbook with its findings marked."""
    file = desk.file(file_id)
    content = desk.content(CHECK, f"returned/{file.id}.xlsx")
    return attachment(content, f"{Path(file.name).stem}（核查）.xlsx")


@router.get("/map", response_class=HTMLResponse, dependencies=[authorize(Action.MAP_POINTS)])
def framed_map(desk: TheDesk, _: Annotated[str, Query(alias="v")] = "") -> HTMLResponse:
    """Give the map for the page's frame; ``v`` only keeps browsers from showing an old one."""
    html = desk.content(PROPOSAL, "map.html")
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})


def _unit_name(desk: Desk) -> str:
    report = desk.read(CHECK, "check.json") or {}
    return str(report.get("unit_name", ""))


def attachment(
    content: bytes, name: str, media_type: str = "application/octet-stream"
) -> Response:
    """Hand out a file under a name that people read."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type=media_type, headers=headers)
