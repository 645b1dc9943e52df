"""A city in which everything has been done once: what the rows of pages and answers look at.

Acts go through the doors that people use. ``said`` is put into whatever somebody types, so that
a row may look for it. ``City.real`` knows a real value for each gap of an address.
"""

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import openpyxl

from casework.access import SYSTEM_ACTOR, Role, SignedPaper, area
from ledger.record.accounts import Account, add_account
from ledger.record.approving import Request
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from ledger.sample_files import write_sample
from service.outputs import write_whole
from service.workflows.demo_accounts import DAY
from service.workflows.proposals_on_record import approve_proposal
from tests.a_year import LI, WANG, propose_by, take_ledgers
from tests.a_year import desk as desk_on_record
from tests.installation import PASSWORD, UNIT
from tests.rounds_files import FORMS, TEAMS, write_round_files
from tests.served import Served, serving

SCAN = b"%PDF-1.7 signed"
UNIT_NAME, TOWNSHIP_NAME = "大渡口区", "茄子溪街道"
ON = date(2021, 9, 15)
TEAM = "T1"


GAPS = {
    *(
        "unit",
        "person",
        "caregiver",
        "proposal",
        "sha256",
        "pairing",
        "preview",
        "task",
        "grant",
    ),
    *(
        "file_id",
        "reading",
        "list_id",
        "roster_id",
        "job_id",
        "account_id",
        "round_id",
        "revision",
        "token",
        "number",
        "name",
        "step",
    ),
}
"""The gaps of addresses for which a real value is known."""
LARGE = {"files": ("大表.xlsx", b"x" * 300_000)}
"""A worker refuses it, and the page of its reading says so."""


@dataclass(frozen=True)
class City:
    """A served installation, and real values for the gaps of its addresses."""

    served: Served
    home: Path
    real: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        """Where the installation has its keys."""
        return self.home / "keys"

    def client(self, who: str) -> httpx2.Client:
        """Give the client of an account; "" is nobody."""
        headers = self.served.headers(who) if who else {}
        return httpx2.Client(
            base_url=self.served.address, headers=headers, timeout=120, trust_env=False
        )


@contextmanager
def lived_in(folder: Path, workbooks: list[Path] | None = None, said: str = "") -> Iterator[City]:
    """Serve a city whose first unit has done everything; its ledgers are a sample's, or given."""
    if workbooks is None:
        write_sample(folder / "sample", UNIT_NAME, city=False, seed=3, on=ON)
        workbooks = sorted((folder / "sample").glob("*台账.xlsx"))
    (folder / "home" / "data").mkdir(parents=True)
    write_whole(folder / "home" / "data" / DAY, ON.isoformat().encode())
    with serving(folder / "home") as served:
        city = City(served, folder / "home")
        _on_record(city, workbooks[0].parent, said)
        with city.client("unit") as unit, city.client("city") as office:
            _on_the_desk(city, unit, workbooks)
            _declared(unit, office, folder, said)
            _planned(city, office, folder, said)
            _of_the_unit(city, unit, workbooks, said)
            with city.client("township") as township:
                own = _of_township(workbooks[0], folder / "本街道.xlsx")
                _sent(township.post("/rows", files=_file(own)))
                asked = _sent(township.post("/rows", files=LARGE))
            city.real["list_id"] = (_found(r"/rows/read/(\w+)", asked.headers["location"]),)
            _known(city, unit, office)
        yield city


def _on_record(city: City, ledgers: Path, said: str) -> None:
    """Import the ledgers, approve what is proposed, begin and end; and a team's account."""
    from casework.pairings import EndReason, PairingState
    from ledger.record.pairings import list_pairings
    from service.workflows.pairings_on_record import activate_known, close_one

    store = Store.open(city.home / "data", KeyRing.load(city.keys))
    take_ledgers(store, ledgers, ON)
    officer = desk_on_record(store, LI, ON)
    first = propose_by(store, WANG, ON, ledgers / "结对台账.xlsx")
    paper = SignedPaper(f"王主席{said}", ON, f"1号{said}", hashlib.sha256(SCAN).hexdigest())
    approve_proposal(officer, Request(first, "accept", paper=paper), SCAN)
    city.real["sha256"] = (paper.scan,)
    activate_known(officer, UNIT)
    with store.reading(LI, "list") as book:
        each = [one.pairing for one in list_pairings(book, unit=UNIT)]
    ended, stays, *_ = (one.id for one in each if one.state is PairingState.ACTIVE)
    close_one(officer, ended, EndReason.MOVED, f"搬走了{said}")
    city.real["proposal"] = (propose_by(store, WANG, ON), first)
    city.real["pairing"] = (stays, ended)
    with store.writing(SYSTEM_ACTOR, "accept") as book:
        made = add_account(book, Account("", "team1", Role.TEAM, area(), TEAM), PASSWORD)
        city.served.tokens["team1"] = begin_session(book, made.id)
    store.close()


def _on_the_desk(city: City, unit: httpx2.Client, workbooks: list[Path]) -> None:
    """Upload, check, pair; ask each question once, so that its workbook is there."""
    for path in workbooks:
        role = "pairs" if "结对" in path.name else "ledger"
        to = f"/api/v1/files?name={quote(path.name)}&role={role}"
        _sent(unit.post(to, content=path.read_bytes()))
    for kind in ("check", "pair"):
        asked: dict[str, Any] = {"kind": kind, "on": ON.isoformat()}
        more = {"with_points": True, "with_names": True} if kind == "pair" else {}
        city.real["job_id"] = (_done(unit, "/api/v1/jobs", asked | more),)
    pair = unit.get("/api/v1/proposal").json()["pairs"][0]
    city.real.update({name: (pair[name],) for name in ("child", "caregiver")})
    who = {"child": pair["child"], "caregiver": pair["caregiver"]}
    _sent(unit.get("/use/rank", params={"who": who["child"], "of": "child"}))
    _sent(unit.get("/use/handover", params={"who": who["caregiver"], "why": "leaves"}))
    for name in ("explain", "recruit", "whatif?places1=3", "curve", "changes"):
        _sent(unit.get(f"/use/{name}"))
    _sent(unit.post("/use/wishes", params={**who, "kind": "prefer"}))
    listed = f"儿童,爱心妈妈\n{who['child']},{who['caregiver']}\n".encode()
    _sent(unit.post("/use/judge", files={"file": ("名单.csv", listed)}))


def _declared(unit: httpx2.Client, office: httpx2.Client, folder: Path, said: str) -> None:
    """Fill in the unit's form, hand it in, and collect it with the forms of others."""
    form = {
        "unit": UNIT_NAME,
        "sessions": "1",
        "dates": "10月24日",
        "children_total": "60",
        "children_6_plus": "50",
        "participants_children": "40",
        "participants_caregivers": "40",
        "contact": "冉文静 13800000000",
        "remarks": f"备注{said}",
        "room": "0",
    }
    _sent(unit.post("/declaration/check", data=form))
    _sent(unit.post("/declaration/hand-in", data=form))
    packed = unit.get("/declaration/hand-in").content
    forms, _ = write_round_files(folder, FORMS)
    name = "/api/v1/declarations?name="
    for path in sorted(forms.iterdir()):
        _sent(office.post(name + quote(path.name), content=path.read_bytes()))
    _sent(office.post(f"{name}{quote(f'{UNIT_NAME}.zip')}", content=packed))


def _planned(city: City, office: httpx2.Client, folder: Path, said: str) -> None:
    """Plan the round, publish it, plan it anew after a closure; make a feed."""
    code, _, base, *_ = TEAMS[1]
    team = {"code": code, "name": f"第1团辅队{said}", "base": base, "off": "", "a_day": ""}
    _sent(office.post("/round/teams", data=team | {"skills": "手语"}))
    shut = {"unit": "渝中区", "first": "2021-10-20", "last": "", "reason": f"装修{said}"}
    _sent(office.post("/round/closures", data=shut))
    _done(office, "/api/v1/rounds/jobs", {"kind": "round_plan"})
    _sent(office.post("/round/publish", data={"note": f"同意{said}"}))
    again = {"kind": "round_replan", "on": "2021-10-01"}
    city.real["job_id"] += (_done(office, "/api/v1/rounds/jobs", again),)
    feed = _sent(office.post("/round/feed", data={"audience": "team", "owner": code}))
    city.real["token"] = (_found(r"/calendars/([\w-]+)\.ics", feed.text),)
    page = office.get("/round/publish").text
    city.real["revision"] = (_found(r"/round/files/(\w+)/xlsx", page),)
    city.real["round_id"] = (office.get("/api/v1/rounds").json()[0]["id"],)


def _of_the_unit(city: City, unit: httpx2.Client, workbooks: list[Path], said: str) -> None:
    """Answer to the dates, read ledgers once more, ask for a number, make a program's token."""
    remark = {"answer": "other", "remark": f"会场被占用{said}", "dates": f"10月25日{said}"}
    _sent(unit.post("/round/answer", data=remark))
    _sent(unit.post("/imports", files=_file(workbooks[0]), data={"whole": "true"}))
    asked = _sent(unit.post("/imports", files=LARGE))
    city.real["reading"] = (_found(r"/imports/read/(\w+)", asked.headers["location"]),)
    asked = _sent(unit.post("/roster", files=LARGE))
    city.real["roster_id"] = (_found(r"/roster/read/(\w+)", asked.headers["location"]),)
    city.real["preview"] = (_preview(unit.get("/imports").text),)
    person = unit.get(f"/api/v1/units/{UNIT}/children").json()
    city.real["person"] = (_first_id(person),)
    ask = {"person": city.real["person"][0], "reason": f"办理{said}", "basis": "statutory_duty"}
    _sent(unit.post("/grants", data=ask | {"by": f"张主任{said}", "on": ON.isoformat()}))
    _sent(unit.post("/tokens", data={"act": "make", "days": "30"}))


def _known(city: City, unit: httpx2.Client, office: httpx2.Client) -> None:
    """Note a real value for each other gap of an address."""
    city.real["file_id"] = (unit.get("/api/v1/files").json()[0]["id"],)
    theirs = unit.get(f"/api/v1/units/{UNIT}/caregivers").json()
    stored = unit.get(f"/api/v1/units/{UNIT}/proposals/{city.real['proposal'][0]}").json()
    child = stored["proposal"]["pairs"][0]["child"]
    imports = unit.get(f"/api/v1/units/{UNIT}/imports").json()
    rest = {
        "/imports/{preview}/undo": (
            next(one["id"] for one in imports if one["state"] == "confirmed"),
        ),
        "/proposals/{proposal}/why?child": (child,),
        "/proposals/{proposal}/others?child": (child,),
        "/suggestions?child": (child,),
        "/children/{person}": city.real["person"],
        "/caregivers/{person}": (_first_id(theirs),),
        "/declaration/{name}": ("form.xlsx", "form.pdf", "hand-in"),
        "/declarations/{name}": ("receipts.zip", "rollup.xlsx", "rollup.json"),
        "account_id": (_found(r"/accounts/(\w+)", office.get("/accounts").text),),
        "unit": (UNIT,),
        "/caregivers/{caregiver}/suspend": (_first_id(theirs),),
        "task": (_found(r"/tasks/(\w+)", unit.get("/tasks").text),),
        "grant": (_found(r"/grants/(\w+)/", unit.get("/grants").text),),
        "step": ("hold", "close"),
        "number": ("1",),
        "who": city.real["caregiver"],
    }
    city.real.update(rest)
    known = {gap for gap in GAPS if any(gap in end for end in city.real)}
    assert known == GAPS, GAPS - known


# --- small things -----------------------------------------------------------------------------


def _sent(answer: httpx2.Response) -> httpx2.Response:
    assert answer.status_code < 400, f"{answer.request.url}: {answer.status_code} {answer.text}"
    return answer


def _done(client: httpx2.Client, to: str, asked: dict[str, Any]) -> str:
    """Ask for a job and wait for its end; give its id."""
    job = _sent(client.post(to, json=asked)).json()
    for _ in range(2400):
        now = client.get(f"/api/v1/jobs/{job['id']}").json()
        if now["state"] != "running":
            assert now["state"] == "done", now["message"]
            return str(job["id"])
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def _file(path: Path) -> dict[str, tuple[str, bytes]]:
    return {"files": (path.name, path.read_bytes())}


def _of_township(ledger: Path, out: Path) -> Path:
    """Write the rows of the township that has an account."""
    sheet = openpyxl.load_workbook(ledger).active
    head, *rows = list(sheet.iter_rows(values_only=True))
    book = openpyxl.Workbook()
    book.active.append(head)
    for row in rows:
        if row[head.index("镇街")] == TOWNSHIP_NAME:
            book.active.append(row)
    book.save(out)
    return out


def _preview(page: str) -> str:
    return _found(r"/imports/([0-9a-f]{16})", page)


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"{pattern} is not on the page"
    return found[1]


def _first_id(told: Any) -> str:
    """Find the id of the first record of a list, however the list is wrapped."""
    if isinstance(told, dict):
        told = next(value for value in told.values() if isinstance(value, list))
    return str(told[0]["id"])
