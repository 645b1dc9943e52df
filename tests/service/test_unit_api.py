"""The API of a unit: units by name or code, what each role reads, what is done by program."""

import base64
from collections import Counter

import pytest

from casework.access import SYSTEM_ACTOR
from ledger.record.accounts import list_accounts, set_active
from service.workflows.ledgers import today
from service.workflows.proposals_on_record import Ask, propose
from tests.installation import SIBLING, UNIT
from tests.unit_on_record import record_desk, town_code

API = f"/api/v1/units/{UNIT}"


@pytest.fixture
def city(stocked, unit):
    return stocked.beside(unit, "city")


@pytest.mark.parametrize("called", [UNIT, "大渡口区", "大渡口"])
def test_a_unit_is_called_by_its_code_or_its_name(unit, town, called):
    whole = unit.get(f"{API}/children").content
    assert unit.get(f"/api/v1/units/{called}/children").content == whole
    assert town.get(f"/api/v1/units/{called}/children").status_code == 200


def test_another_units_name_is_answered_as_one_that_nobody_bears(unit):
    missing = unit.get("/api/v1/units/没有这个区/children")
    other = unit.get("/api/v1/units/渝中区/children")
    assert (other.status_code, other.content) == (404, missing.content)
    assert other.content == unit.get(f"/api/v1/units/{SIBLING}/children").content


# --- proposals -------------------------------------------------------------------------------


def test_each_role_reads_of_a_proposal_what_is_its_own(unit, town, city, submitted):
    whole = unit.get(f"{API}/proposals/{submitted}").json()
    for reader, is_part in ((town, True), (city, False)):
        told = reader.get(f"{API}/proposals/{submitted}").json()
        pairs = {(p["child"], p["caregiver"]) for p in told["proposal"]["pairs"]}
        every = {(p["child"], p["caregiver"]) for p in whole["proposal"]["pairs"]}
        assert pairs < every if is_part else pairs == every
        assert pairs
        text = str(told)
        assert "reason" not in text
        assert "conditional" not in text
        assert "moved" not in told


def test_a_draft_is_not_there_for_a_township(unit, town):
    made = propose(record_desk(unit), Ask(UNIT)).id
    hidden = town.get(f"{API}/proposals/{made}")
    assert (hidden.status_code, hidden.content) == (
        404,
        town.get(f"{API}/proposals/nobody").content,
    )


def test_a_program_hands_in_and_another_hand_approves_a_part_and_then_the_rest(unit, second):
    made = propose(record_desk(unit), Ask(UNIT)).id
    address = f"{API}/proposals/{made}"
    assert second.post(f"{address}/approve", json={"version": 1}).status_code == 409  # a draft
    assert unit.post(f"{address}/submit", json={"version": 9}).status_code == 409
    line = unit.post(f"{address}/submit", json={"version": 1}).json()
    assert line["state"] == "submitted"
    asked = {"version": line["version"]}
    assert unit.post(f"{address}/approve", json=asked).status_code == 403  # her own
    pairs = unit.get(address).json()["proposal"]["pairs"]
    homes = Counter(p["household"] for p in pairs)
    alone = [p["child"] for p in pairs if homes[p["household"]] == 1][:3]
    part = {"json": asked | {"children": alone, "key": "part-1"}}
    first = second.post(f"{address}/approve", **part)
    again = second.post(f"{address}/approve", **part)
    assert (first.status_code, len(first.json()["made"])) == (200, 3)
    assert again.json() == first.json()
    assert second.post(f"{address}/approve", json=asked).status_code == 409  # seen before
    (now,) = unit.get(f"{API}/proposals").json()
    assert now["state"] == "partly"
    rest = second.post(f"{address}/approve", json={"version": now["version"]}).json()
    assert len(rest["made"]) == len(pairs) - 3
    assert unit.get(f"{API}/proposals").json()[0]["state"] == "approved"
    late = {"version": now["version"]}
    assert unit.post(f"{address}/withdraw", json=late).status_code == 409


def test_only_the_unit_hands_in_and_approves_and_only_with_known_keys(unit, town, city, submitted):
    address = f"{API}/proposals/{submitted}"
    for reader in (town, city):
        assert reader.post(f"{address}/approve", json={"version": 2}).status_code == 403
        assert reader.post(f"{address}/submit", json={"version": 2}).status_code == 403
    assert unit.post(f"{address}/submit", json={"version": 2, "x": 1}).status_code == 422
    assert unit.post(f"{address}/approve", json={"version": 2, "x": 1}).status_code == 422
    paper = {"signed_by": "王主席", "on": today().isoformat(), "number": "1号"}
    half = unit.post(f"{address}/approve", json={"version": 2, "paper": paper})
    assert half.status_code == 422
    paper["scan"] = base64.b64encode(b"%PDF-1.4 signed").decode()
    whole = unit.post(f"{address}/approve", json={"version": 2, "paper": paper})
    assert whole.status_code == 403  # there is a colleague


def test_an_only_officers_paper_comes_with_its_scan_by_program_too(unit, submitted):
    store = unit.app.state.store
    with store.writing(SYSTEM_ACTOR, "test") as book:
        (colleague,) = [one for one in list_accounts(book) if one.name == "second"]
        set_active(book, colleague, False)
    address = f"{API}/proposals/{submitted}"
    paper = {"signed_by": "王主席", "on": today().isoformat(), "number": "1号"}
    for content, status in ((b"no scan", 403), (b"%PDF-1.4 signed", 200)):
        paper["scan"] = base64.b64encode(content).decode()
        said = {"version": 2, "paper": paper}
        assert unit.post(f"{address}/approve", json=said).status_code == status


# --- pairings --------------------------------------------------------------------------------


def test_a_pairing_moves_by_program_at_the_version_somebody_saw(unit, town, approved):
    unit.post("/pairings/begin")
    line = next(x for x in unit.get(f"{API}/pairings").json() if x["state"] == "active")
    address, seen = f"{API}/pairings/{line['id']}", {"version": line["version"]}
    assert unit.post(f"{address}/hold", json=seen).status_code == 403  # no reason
    rests = unit.post(f"{address}/hold", json=seen | {"reason": "caregiver_away"})
    assert rests.json()["state"] == "on_hold"
    assert unit.post(f"{address}/resume", json=seen).status_code == 409
    goes_on = unit.post(f"{address}/resume", json={"version": rests.json()["version"]}).json()
    assert goes_on["state"] == "active"
    assert town.post(f"{address}/hold", json=seen).status_code == 403
    elsewhere = f"/api/v1/units/{SIBLING}/pairings/{line['id']}"
    assert unit.post(f"{elsewhere}/hold", json=seen).status_code == 404
    assert unit.post(f"{address}/forget", json=seen).status_code == 422


def test_an_end_makes_its_tasks_whichever_door_it_comes_by(unit, approved):
    unit.post("/pairings/begin")
    lines = [x for x in unit.get(f"{API}/pairings").json() if x["state"] == "active"]
    ends = {"reason": "caregiver_left"}
    by_page, by_program = lines[:2]
    said = ends | {"version": str(by_page["version"])}
    assert unit.post(f"/pairings/{by_page['id']}/close", data=said).status_code == 200
    said = ends | {"version": by_program["version"]}
    closed = unit.post(f"{API}/pairings/{by_program['id']}/close", json=said).json()
    assert closed["state"] == "closed"
    tasks = unit.get("/tasks").text
    assert tasks.count("告别") >= 2
    done = {"version": closed["version"], "words": "一起吃了饭"}
    assert unit.post(f"{API}/pairings/{by_program['id']}/farewell", json=done).status_code == 200
    assert unit.get("/tasks").text.count("告别") < tasks.count("告别")


def test_a_township_stops_a_caregiver_of_its_own_by_program(unit, town, approved):
    line = town.get(f"{API}/pairings").json()[0]
    address = f"{API}/caregivers/{line['caregiver']}/suspend"
    assert town.post(address, json={"why": ""}).status_code == 422
    told = town.post(address, json={"why": "有人反映"}).json()
    assert {p["state"] for p in told["pairings"]} == {"suspended"}
    assert told["report_to"]
    other = next(x for x in unit.get(f"{API}/pairings").json() if x["township"] != town_code())
    hidden = town.post(f"{API}/caregivers/{other['caregiver']}/suspend", json={"why": "x"})
    missing = town.post(f"{API}/caregivers/nobody/suspend", json={"why": "x"})
    assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_a_caregiver_without_a_pairing_is_stopped_in_the_ledger_and_not_proposed(unit, town):
    free, other = (one["id"] for one in town.get(f"{API}/caregivers").json()["people"][:2])
    told = town.post(f"{API}/caregivers/{free}/suspend", json={"why": "有人反映"}).json()
    assert told["pairings"] == []
    assert told["report_to"]
    assert unit.get(f"{API}/caregivers/{free}").json()["record"]["status"] == "suspended"
    assert unit.get(f"{API}/caregivers/{other}").json()["record"]["status"] == "active"
    made = propose(record_desk(unit), Ask(UNIT)).id
    pairs = unit.get(f"{API}/proposals/{made}").json()["proposal"]["pairs"]
    assert free not in {pair["caregiver"] for pair in pairs}
    back = {"reason": "查无此事", "status": "active", "version": 2}
    assert town.patch(f"{API}/caregivers/{free}", json=back).status_code == 403
    assert unit.patch(f"{API}/caregivers/{free}", json=back).status_code == 200
    child = unit.get(f"{API}/children").json()["people"][0]["id"]
    assert unit.post(f"{API}/caregivers/{child}/suspend", json={"why": "x"}).status_code == 404


# --- declarations ----------------------------------------------------------------------------


def test_a_declaration_is_typed_by_the_unit_and_its_form_is_nobody_elses(unit, town, city):
    typed = unit.put(f"{API}/declarations", json={"contact": "李芳 023-68000000", "sessions": 2})
    assert typed.json()["fields"]["sessions"] == "2"
    assert typed.json()["fields"]["contact"] == "李芳 023-68000000"
    told = unit.get(f"{API}/declarations").json()
    assert told["form"]["fields"]["sessions"] == "2"
    assert told["received"]["state"] == "missing"
    assert unit.put(f"{API}/declarations", json={"unit": "渝中区"}).status_code == 422
    seen = city.get(f"{API}/declarations").json()
    assert (seen["form"], seen["received"]["state"]) == (None, "missing")
    assert "李芳" not in str(seen)
    assert city.put(f"{API}/declarations", json={"sessions": 1}).status_code == 403
    assert city.get("/api/v1/units/nowhere/declarations").status_code == 404
    assert town.get(f"{API}/declarations").status_code == 403
