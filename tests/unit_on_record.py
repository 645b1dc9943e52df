"""A unit with its ledgers on record, as of today, for the tests of pages on record."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.record.accounts import Account, add_account
from ledger.record.imports import Decisions
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from ledger.sample_files import write_sample
from service.access import COOKIE
from service.workflows.ledgers import Terms, open_reader, today
from service.workflows.on_record import confirm, read_for_record
from service.workflows.unit_on_record import Desk
from tests.installation import PASSWORD, UNIT

KEY = b"a key of the tests alone"
NAME = "大渡口区"
TOWN = "八桥镇"
"""A township of the unit that has children in the sample."""
CHILDREN, CAREGIVERS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx"


@cache
def sample(folder: Path, on: date) -> Path:
    """Write a made-up unit's ledgers for today."""
    write_sample(folder, NAME, on=on)
    return folder


def reader():
    """Give what the pages judge by today."""
    return open_reader(Terms(KEY, today()))


def put_on_record(store: Store, folder: Path) -> None:
    """Import the unit's children and caregivers."""
    files = sample(folder, today())
    judge = reader()
    read = read_for_record([files / CHILDREN, files / CAREGIVERS], judge, whole=True)
    confirm(store, SYSTEM_ACTOR, read, Decisions(), judge)


def second_officer(store: Store, name: str = "second", town: str = "") -> str:
    """Add another account of the unit, or of a township with children; give its token."""
    scope = area(UNIT, town)
    role = Role.TOWNSHIP if town else Role.UNIT
    with store.writing(SYSTEM_ACTOR, "test") as book:
        made = add_account(book, Account("", name, role, scope), PASSWORD)
        return begin_session(book, made.id)


def town_code(name: str = TOWN) -> str:
    """Give the code of a township of the unit."""
    match = reader().gazetteer.find_township(name, UNIT)
    assert match.township is not None
    return match.township.code


def tokens_of(home: Path) -> dict[str, str]:
    """Give the tokens an installation was made with."""
    return dict(json.loads((home / "tokens.json").read_text()))


def record_desk(client, token=None):
    """Give the store as an account of the client's uses it."""
    from ledger.record.sessions import find_signed_in

    store = client.app.state.store
    with store.looking() as connection:
        signed = find_signed_in(connection, token or client.cookies[COOKIE], store.clock())
    return Desk(store, signed.actor, reader())


def form_of(page, *names):
    """Give hidden fields of a page's form of approval."""
    return {n: re.search(rf'name="{n}" value="([^"]*)"', page.text)[1] for n in names}
