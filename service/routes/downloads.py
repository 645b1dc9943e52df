"""Downloads: what the officer takes away, under names she can read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, HTMLResponse

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
) -> FileResponse:
    """Hand out a result."""
    stored = STORED[what]
    path = desk.find(stored.result, stored.name)
    return _attachment(path, _unit_name(desk) + stored.called)


@router.get("/downloads/returned/{file_id}", dependencies=OF_THE_DESK)
def returned(file_id: str, desk: TheDesk) -> FileResponse:
    """Hand out one township's workbook with its findings marked."""
    file = desk.file(file_id)
    path = desk.find(CHECK, f"returned/{file.id}.xlsx")
    return _attachment(path, f"{Path(file.name).stem}（核查）.xlsx")


@router.get("/map", response_class=HTMLResponse, dependencies=[authorize(Action.MAP_POINTS)])
def framed_map(desk: TheDesk, _: Annotated[str, Query(alias="v")] = "") -> HTMLResponse:
    """Give the map for the page's frame; ``v`` only keeps browsers from showing an old one."""
    html = desk.find(PROPOSAL, "map.html").read_text("utf-8")
    return HTMLResponse(html, headers={"Content-Security-Policy": MAP_POLICY})


def _unit_name(desk: Desk) -> str:
    report = desk.read(CHECK, "check.json") or {}
    return str(report.get("unit_name", ""))


def _attachment(path: Path, name: str) -> FileResponse:
    return FileResponse(path, filename=name, media_type="application/octet-stream")
