"""Results over the API: the last check and the last proposal, as their JSON schemas say."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from casework.access import Action
from service.access import authorize
from service.desk import CHECK, PROPOSAL
from service.routes.deps import TheDesk

router = APIRouter(tags=["results"], dependencies=[authorize(Action.PROPOSAL_CREATE)])


@router.get("/check", response_model=dict[str, Any])
def check(desk: TheDesk) -> Response:
    """Give the last check (``nuantong/check/1``)."""
    return _as_it_is(desk.content(CHECK, "check.json"))


@router.get("/proposal", response_model=dict[str, Any])
def proposal(desk: TheDesk) -> Response:
    """Give the last proposal (``nuantong/proposal/1``): ids only."""
    return _as_it_is(desk.content(PROPOSAL, "proposal.json"))


def _as_it_is(document: bytes) -> Response:
    """Give a document that we wrote ourselves without reading it."""
    return Response(document, media_type="application/json")
