"""What routes ask for: the desk and the bench of this application."""

from typing import Annotated

from fastapi import Depends, Request

from service.desk import Desk
from service.jobs import Bench


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _bench(request: Request) -> Bench:
    bench: Bench = request.app.state.bench
    return bench


TheDesk = Annotated[Desk, Depends(_desk)]
TheBench = Annotated[Bench, Depends(_bench)]
