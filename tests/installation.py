"""An installation with one account of each role, each signed in: made once, copied a test."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.record.accounts import Account, add_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from service.access import COOKIE
from service.app import create_app
from service.workman import Workman

HERE = "http://127.0.0.1:8021"
PASSWORD = "五个 词 连写 的 句子"
UNIT, SIBLING = "500104", "500103"
TOWNSHIP = "500104004"
"""大渡口区、渝中区；茄子溪街道."""

ACCOUNTS = {
    "city": (Role.CITY, area()),
    "unit": (Role.UNIT, area(UNIT)),
    "unit2": (Role.UNIT, area(SIBLING)),
    "township": (Role.TOWNSHIP, area(UNIT, TOWNSHIP)),
    "caregiver": (Role.CAREGIVER, area(UNIT, TOWNSHIP)),
    "team": (Role.TEAM, area()),
    "auditor": (Role.AUDITOR, area()),
}


def make_installation(folder: Path) -> None:
    """Make the store, its accounts and a session of each."""
    store = Store.create(folder / "data", KeyRing.load(folder / "keys"))
    tokens = {}
    with store.writing(SYSTEM_ACTOR, "test") as book:
        for name, (role, scope) in ACCOUNTS.items():
            made = add_account(book, Account("", name, role, scope), PASSWORD)
            tokens[name] = begin_session(book, made.id)
    store.close()
    (folder / "tokens.json").write_text(json.dumps(tokens))


class Installation:
    """Where ``make_installation`` left it; ``client`` opens a copy in a data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokens = json.loads((folder / "tokens.json").read_text())

    def open_store(self, data: Path) -> Store:
        """Open the store of a data folder, copied there at first."""
        keys = data.with_name(f"{data.name}-keys")
        if not keys.exists():
            data.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self.folder / "keys", keys)
            for path in (self.folder / "data").glob("record.sqlite*"):
                shutil.copy(path, data / path.name)
        return Store.open(data, KeyRing.load(keys))

    @contextmanager
    def client(self, data: Path, who: str = "unit", public: str = "") -> Iterator[TestClient]:
        """Give a browser in which an account is signed in; "" is nobody."""
        store = self.open_store(data)
        cookies = {COOKIE: self.tokens[who]} if who else {}
        app = create_app(data, store, public, Workman(store, data))
        base = f"https://{public}" if public else HERE
        with TestClient(app, base_url=base, cookies=cookies) as client:
            yield client
        store.close()

    def beside(self, client: TestClient, who: str) -> TestClient:
        """Give another's browser at the same server."""
        return TestClient(client.app, base_url=HERE, cookies=self.cookies(who) if who else {})

    def cookies(self, who: str) -> dict[str, str]:
        """Give the cookies of an account's session."""
        return {COOKIE: self.tokens[who]}


def desk_of(client: TestClient, who: str = "unit"):
    """Give the desk that an account works on."""
    return client.app.state.rooms.of(ACCOUNTS[who][1]).desk
