"""What the pages on record ask for: the store as whoever is signed in may use it, today."""

from datetime import date
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, Request

from casework.errors import NotFound
from ledger.reader import Reader
from ledger.record.people import Page
from ledger.record.scope import NOT_THERE
from ledger.record.sessions import SignedIn
from service.keys import key_for
from service.settings import Settings
from service.workflows.ledgers import Terms, open_reader, today
from service.workflows.unit_on_record import Desk

PAGE = 50


def record_desk(request: Request) -> Desk:
    """Give the store to whoever is signed in, with today's areas and rules."""
    signed: SignedIn = request.state.signed
    return Desk(request.app.state.store, signed.actor, _reader(today()))


def own_unit(request: Request) -> str:
    """Give the code of the unit somebody works in, or of the one her township lies in."""
    signed: SignedIn = request.state.signed
    if len(signed.actor.scope) < 2:
        raise NotFound(NOT_THERE)
    return signed.actor.scope[1]


@lru_cache(maxsize=4)
def _reader(on: date) -> Reader:
    return open_reader(Terms(key_for(Settings.from_environment()), on))


async def _record(request: Request) -> Desk:
    return record_desk(request)


async def _unit(request: Request) -> str:
    return own_unit(request)


TheRecord = Annotated[Desk, Depends(_record)]
OwnUnit = Annotated[str, Depends(_unit)]


def after_of(text: str) -> tuple[str, str] | None:
    """Read after whom a page of people begins; what somebody wrote for a township may be in it."""
    township, bar, person = text.rpartition("|")
    return (township, person) if bar and person else None


def next_of(page: Page) -> str:
    """Write after whom the next page begins; empty after the last."""
    return "|".join(page.next or ())
