"""A unit with everything on its desk and on record, and all that each role is answered."""

import io
import re
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2

from tests.routes import our_routes
from tests.served import Served, serving

UNIT_NAME = "大渡口区"
ON = "2021-09-15"
NAMES = {
    "/downloads/{what}": ("ledger", "returned", "check", "proposal", "map", "json"),
    "/declaration/{name}": ("form.xlsx", "form.pdf", "hand-in"),
    "/declarations/{name}": ("receipts.zip", "rollup.xlsx", "rollup.json"),
    "/use/workbook/{name}": ("curve.xlsx", "recruit.xlsx", "handover.xlsx", "whatif.xlsx"),
}
_LEAVES = ("/signout", "/setup", "/signin", "/events", "/password")


@dataclass(frozen=True)
class Answer:
    """What one account was answered."""

    who: str
    asked: str
    status: int
    content: bytes


@contextmanager
def full_unit(folder: Path, workbooks: list[Path] | None = None) -> Iterator[Served]:
    """Serve an installation in which the unit has checked, paired and handed in."""
    from ledger.sample_files import write_sample

    if workbooks is None:
        write_sample(folder / "sample", UNIT_NAME, city=False, seed=3, on=date.fromisoformat(ON))
        workbooks = sorted((folder / "sample").glob("*台账.xlsx"))
    with serving(folder / "home") as served, _client(served, "unit") as client:
        for path in workbooks:
            role = "pairs" if "结对" in path.name else "ledger"
            to = f"/api/v1/files?name={quote(path.name)}&role={role}"
            assert client.post(to, content=path.read_bytes()).status_code == 201
        for kind in ("check", "pair"):
            _do(client, kind)
        _put_on_record(folder / "home", workbooks[0].parent)
        yield served


def _put_on_record(home: Path, ledgers: Path) -> None:
    """Import the same ledgers, propose and approve, as two officers of the unit."""
    from ledger.record.key_ring import KeyRing
    from ledger.record.store import Store
    from tests.a_year import LI, WANG, approve_by, propose_by, take_ledgers

    on = date.fromisoformat(ON)
    store = Store.open(home / "data", KeyRing.load(keys_of(home)))
    take_ledgers(store, ledgers, on)
    proposal = propose_by(store, WANG, on, ledgers / "结对台账.xlsx")
    approve_by(store, LI, proposal, "accept", on)
    propose_by(store, WANG, on)
    store.close()


def keys_of(home: Path) -> Path:
    """Say where a served installation has its keys."""
    return home / "keys"


def _do(client: httpx2.Client, kind: str) -> None:
    body = {"kind": kind, "on": ON, "with_points": kind == "pair"}
    body["with_names"] = kind == "pair"
    job = client.post("/api/v1/jobs", json=body).json()
    for _ in range(2400):
        now = client.get(f"/api/v1/jobs/{job['id']}").json()
        if now["state"] != "running":
            assert now["state"] == "done", now["message"]
            return
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def _client(served: Served, who: str) -> httpx2.Client:
    headers = served.headers(who) if who else {}
    return httpx2.Client(base_url=served.address, headers=headers, timeout=120, trust_env=False)


def answers_of(served: Served, who: str) -> Iterator[Answer]:
    """Ask every address that reads, as one account."""
    ids = _ids(served)
    with _client(served, who) as client:
        for route in our_routes():
            if route.method != "GET" or route.path.endswith(_LEAVES):
                continue
            for address in _addresses(route.path, ids):
                answer = client.get(address, headers={"accept": "text/html"})
                yield Answer(who, f"GET {address}", answer.status_code, answer.content)


def _ids(served: Served) -> dict[str, str]:
    """Give real ids of what the unit has, for others to ask for too."""
    with _client(served, "unit") as client:
        files = client.get("/api/v1/files").json()
        proposal = client.get("/api/v1/proposal").json()
        own = "/api/v1/units/500104"
        lists = ("children", "caregivers", "proposals", "pairings")
        found = {name: client.get(f"{own}/{name}").json() for name in lists}
    pair = proposal["pairs"][0]
    ids = {"file_id": files[0]["id"], "child": pair["child"], "caregiver": pair["caregiver"]}
    for name in lists:
        ids[name] = _first_id(found[name])
    return ids


def _first_id(told: Any) -> str:
    """Find the id of the first record of a list, however the list is wrapped."""
    if isinstance(told, dict):
        told = next((value for value in told.values() if isinstance(value, list)), [])
    return str(told[0]["id"]) if told else "x"


def _addresses(path: str, ids: dict[str, str]) -> Iterator[str]:
    for name in NAMES.get(path, ("x",)):
        filled = re.sub(
            r"\{(\w+)(:\w+)?\}",
            lambda m, n=name: _filling(m[1], path, ids, n),
            path,
        )
        yield filled
        if path.startswith("/use/"):
            yield f"{filled}?child={ids['child']}&caregiver={ids['caregiver']}&start=0"


def _filling(gap: str, path: str, ids: dict[str, str], name: str) -> str:
    """Give a real value for a gap of an address: an id of the unit's, for others to ask for."""
    if gap == "person":
        return ids["children" if "children" in path else "caregivers"]
    known = {"unit": "500104", "proposal": ids["proposals"], "pairing": ids["pairings"]}
    known |= {"side": "caregivers", "layer": "uncovered", "kind": "xlsx"}
    return known.get(gap) or ids.get(gap, name)


def text_of(answer: Answer) -> str:
    """Give all text in an answer: of a page, a workbook, a PDF or a package of these."""
    return text_in(answer.content)


def text_in(content: bytes) -> str:
    """Give all text in bytes, opening packages and papers."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "\n".join(text_in(package.read(name)) for name in package.namelist())
    if content.startswith(b"%PDF"):
        done = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True)
        return done.stdout.decode("utf-8", "replace")
    return content.decode("utf-8", "replace")
