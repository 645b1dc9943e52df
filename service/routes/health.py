"""Health: whether the server answers; no data."""

from fastapi import APIRouter, Depends

from service.access import open_to_all

router = APIRouter(tags=["health"])


@router.get("/healthz", dependencies=[Depends(open_to_all)])
async def healthz() -> dict[str, str]:
    """Say that the server answers."""
    return {"status": "ok"}
