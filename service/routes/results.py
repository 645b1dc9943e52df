"""Results over the API: the last check and the last proposal, as their JSON schemas say."""

import json
from typing import Any

from fastapi import APIRouter

from casework.access import Action
from service.access import authorize
from service.desk import CHECK, PROPOSAL
from service.routes.deps import TheDesk

router = APIRouter(tags=["results"], dependencies=[authorize(Action.PROPOSAL_CREATE)])


@router.get("/check")
def check(desk: TheDesk) -> dict[str, Any]:
    """Give the last check (``nuantong/check/1``)."""
    document: dict[str, Any] = json.loads(desk.content(CHECK, "check.json"))
    return document


@router.get("/proposal")
def proposal(desk: TheDesk) -> dict[str, Any]:
    """Give the last proposal (``nuantong/proposal/1``): ids only."""
    document: dict[str, Any] = json.loads(desk.content(PROPOSAL, "proposal.json"))
    return document
