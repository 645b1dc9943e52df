"""What routes ask for: the room of whoever is signed in, and what is in it.

These are coroutines, though they wait for nothing: a function would be sent to a thread and back
for each, which costs more than what it does.
"""

from typing import Annotated

from fastapi import Depends, Request

from casework.access import Actor, Role
from casework.errors import NotFound
from ledger.record.sessions import SignedIn
from service.access import put_on_record
from service.desk import Desk
from service.gate import SAFE_METHODS
from service.jobs import Bench
from service.rooms import Room, Rooms

_WITH_A_DESK = frozenset({Role.CITY, Role.UNIT, Role.TOWNSHIP})


def room_of(request: Request) -> Room:
    """Give the room of whoever is signed in."""
    signed: SignedIn = request.state.signed  # set by ``authorize``; without it nothing is given
    if signed.account.role not in _WITH_A_DESK:
        raise NotFound("没有这个工作台 / there is no such desk")
    rooms: Rooms = request.app.state.rooms
    return rooms.of(signed.actor.scope)


async def _room(request: Request) -> Room:
    if request.method not in SAFE_METHODS:
        await put_on_record(request)  # a desk has no transaction that would hold the row
    return room_of(request)


TheRoom = Annotated[Room, Depends(_room)]


async def _actor(request: Request) -> Actor:
    signed: SignedIn = request.state.signed
    return signed.actor


async def _desk(room: TheRoom) -> Desk:
    return room.desk


async def _bench(request: Request) -> Bench:
    return room_of(request).bench


TheDesk = Annotated[Desk, Depends(_desk)]
TheBench = Annotated[Bench, Depends(_bench)]
TheActor = Annotated[Actor, Depends(_actor)]
