"""An ID number is seen by whoever asked, while another officer lets her, and by nobody else."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.locked_workbook import unlock_workbook
from ledger.record.accounts import Account, add_account
from ledger.record.people import PageAsk, page_of, whole
from ledger.record.sessions import begin_session
from service.access import COOKIE
from tests.a_year import UNIT, WANG, take_ledgers
from tests.installation import HERE, PASSWORD

ASKED = {"reason": "办理入学", "basis": "statutory_duty", "by": "张主任", "on": "2021-09-15"}


@pytest.fixture
def unit(installation, tmp_path, sample):
    with installation.client(tmp_path / "data") as client:
        take_ledgers(client.app.state.store, sample, date(2021, 9, 15))
        yield client


@pytest.fixture
def person(unit):
    """Give the id and the number of a child."""
    with unit.app.state.store.reading(WANG, "list") as book:
        child = page_of(book, PageAsk("child", UNIT)).people[0].record.id
        (known,) = [p.record for p in whole(book, "child", UNIT) if p.record.id == child]
    return child, known.resident_id


@pytest.fixture
def colleague(unit, installation):
    """Give the browser of a second officer of the unit."""
    store = unit.app.state.store
    with store.writing(SYSTEM_ACTOR, "test") as book:
        made = add_account(book, Account("", "li", Role.UNIT, area(UNIT)), PASSWORD)
        token = begin_session(book, made.id)
    browser = installation.beside(unit, "")
    browser.cookies.set(COOKIE, token)
    return browser


def act(browser, address, **fields):
    return browser.post(address, data=fields, headers={"origin": HERE}, follow_redirects=False)


def grant_of(browser):
    return re.search(r"/grants/(\w+)/", browser.get("/grants").text)[1]


def test_a_number_is_seen_only_while_another_officer_lets_her(unit, colleague, person):
    child, whole_number = person
    number = f"/people/{child}/number"
    assert act(unit, number).status_code == 403
    assert act(unit, "/grants", person=child, **ASKED).status_code == 303
    grant = grant_of(unit)
    assert act(unit, number).status_code == 403  # asked is not given
    assert act(unit, f"/grants/{grant}/approve", hours="2").status_code == 403  # her own
    assert act(colleague, f"/grants/{grant}/approve", hours="9").status_code == 403  # too long
    assert act(colleague, f"/grants/{grant}/approve", hours="2").status_code == 303
    assert whole_number in act(unit, number).text
    assert act(colleague, number).status_code == 403  # it is the asker's alone
    assert whole_number not in unit.get(f"/children/{child}").text
    assert act(unit, f"/grants/{grant}/end").status_code == 303
    assert act(unit, number).status_code == 403


def test_nobody_is_named_to_the_officer_of_another_unit(unit, person, installation):
    child, _ = person
    assert unit.get("/grants", params={"person": child}).status_code == 200
    other = installation.beside(unit, "unit2")
    told, missing = (other.get("/grants", params={"person": p}) for p in (child, "nobody"))
    assert told.status_code == 404
    assert told.content == missing.content.replace(b"nobody", child.encode())


def test_a_grant_is_over_when_its_hours_are(unit, colleague, person, monkeypatch):
    child, whole_number = person
    act(unit, "/grants", person=child, **ASKED)
    act(colleague, f"/grants/{grant_of(unit)}/approve", hours="1")
    assert whole_number in act(unit, f"/people/{child}/number").text
    store = unit.app.state.store
    now = store.clock()
    monkeypatch.setattr(store, "clock", lambda: now + timedelta(minutes=61))
    unit.get("/grants")
    assert whole_number not in act(unit, f"/people/{child}/number").text


def test_a_lone_officer_brings_the_leaders_paper(unit, person):
    child, whole_number = person
    act(unit, "/grants", person=child, **ASKED)
    approve = f"/grants/{grant_of(unit)}/approve"
    assert act(unit, approve, hours="1").status_code == 403
    paper = {"signed_by": "李主席", "signed_on": "2021-09-15", "number": "2021-7"}
    assert act(unit, approve, hours="1", **paper).status_code == 303
    assert whole_number in act(unit, f"/people/{child}/number").text


def test_another_unit_can_neither_ask_nor_learn_that_there_is_such_a_child(
    unit, installation, person
):
    child, _ = person
    other = installation.beside(unit, "unit2")
    missing = act(other, "/grants", person="0" * 16, **ASKED)
    answer = act(other, "/grants", person=child, **ASKED)
    assert (answer.status_code, answer.content) == (404, missing.content)
    assert act(other, f"/people/{child}/number").status_code == 404
    assert act(installation.beside(unit, "city"), f"/people/{child}/number").status_code == 403


@pytest.mark.parametrize("wrong", [{"reason": " "}, {"basis": "habit"}, {"by": ""}, {"on": "x"}])
def test_what_is_not_stated_is_not_asked(unit, person, wrong):
    answer = act(unit, "/grants", person=person[0], **(ASKED | wrong))
    assert answer.status_code == 403
    assert "/grants/" not in unit.get("/grants").text


def test_the_page_leads_from_the_record_and_speaks_both_languages(unit, person):
    child, _ = person
    assert f"/grants?person={child}" in unit.get(f"/children/{child}").text
    assert "办理入学" not in unit.get(f"/grants?person={child}").text
    act(unit, "/grants", person=child, **ASKED)
    assert "Waits for approval" in unit.get("/grants?lang=en").text


EXPORT = ASKED | {"reason": "交市民政局核对"}


def test_the_ledger_is_taken_as_a_locked_workbook_while_another_officer_lets_her(
    unit, colleague, installation, person
):
    _, whole_number = person
    assert 'href="/grants?export"' in unit.get("/grants").text
    assert act(unit, "/export").status_code == 403
    assert act(unit, "/export/ledger.xlsx").status_code == 403
    assert act(unit, "/grants", person="", **EXPORT).status_code == 303
    grant = grant_of(unit)
    assert act(unit, f"/grants/{grant}/approve", hours="24").status_code == 403  # her own
    assert act(colleague, f"/grants/{grant}/approve", hours="24").status_code == 303
    assert 'action="/export"' in unit.get("/grants").text
    shown = act(unit, "/export").text
    password = re.search(r"(?:\w{4}-){4}\w{4}", shown)[0]
    answer = act(unit, "/export/ledger.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    inside = zipfile.ZipFile(io.BytesIO(unlock_workbook(answer.content, password)))
    text = "".join(inside.read(name).decode() for name in inside.namelist())
    assert "儿童姓名" in text
    assert whole_number not in text
    assert act(colleague, "/export").status_code == 403  # it is the asker's alone
    for who in ("unit2", "township", "city", "auditor"):
        assert act(installation.beside(unit, who), "/export/ledger.xlsx").status_code == 403
    assert act(unit, f"/grants/{grant}/end").status_code == 303
    assert act(unit, "/export").status_code == 403


def api(browser, method, address, **body):
    headers = {"origin": HERE}
    return browser.request(method, f"/api/v1/units/{UNIT}{address}", json=body, headers=headers)


def test_a_program_asks_and_another_officers_program_lets_it(
    unit, colleague, installation, person
):
    child, whole_number = person
    ask = {"action": "ledger_export", **EXPORT}
    assert api(unit, "POST", "/grants", **ask, more="1").status_code == 422
    grant = api(unit, "POST", "/grants", **ask).json()
    assert (grant["state"], grant["record"]) == ("waits", UNIT)
    address = f"/grants/{grant['id']}/approve"
    assert api(unit, "POST", address, hours=3).status_code == 403
    assert api(installation.beside(unit, "unit2"), "POST", address, hours=3).status_code == 404
    assert api(unit, "POST", "/export").status_code == 403
    assert api(colleague, "POST", address, hours=3).json()["state"] == "open"
    password = api(unit, "POST", "/export/password").json()["password"]
    locked = api(unit, "POST", "/export").content
    assert unlock_workbook(locked, password)[:2] == b"PK"
    assert api(unit, "POST", f"/grants/{grant['id']}/end").json()["state"] == "over"
    assert api(unit, "POST", "/export").status_code == 403
    one = {**EXPORT, "action": "id_number_read", "person": child}
    number = f"/people/{child}/number"
    assert api(unit, "POST", number).status_code == 403
    grant = api(unit, "POST", "/grants", **one).json()["id"]
    api(colleague, "POST", f"/grants/{grant}/approve", hours=1)
    assert api(unit, "POST", number).json() == {"number": whole_number}
    assert [g["state"] for g in api(unit, "GET", "/grants").json()] == ["open", "over"]


def test_the_basis_of_a_childs_record_is_stated_on_her_page_and_consent_taken_back(
    unit, installation, person
):
    child, _ = person
    page = f"/children/{child}"
    said = {"basis": "statutory_duty", "by": "区民政局", "on": "2021-09-15"}
    said |= {"paper": "渝民发〔2021〕7号"}
    assert act(unit, f"/people/{child}/basis", **(said | {"paper": ""})).status_code == 403
    assert act(unit, f"/people/{child}/basis", **(said | {"basis": "habit"})).status_code == 403
    assert act(unit, f"/people/{child}/basis", **said).status_code == 303
    assert "渝民发〔2021〕7号" in unit.get(page).text
    taken_back = said | {"basis": "withdraw", "by": "奶奶"}
    assert act(unit, f"/people/{child}/basis", **taken_back).status_code == 303
    assert "渝民发〔2021〕7号" in unit.get(page).text  # the duty stays
    assert "撤回同意：奶奶" in unit.get(page).text
    assert "监护人已撤回同意" in unit.get("/tasks").text
    other = installation.beside(unit, "unit2")
    assert act(other, f"/people/{child}/basis", **said).status_code == 404
    assert act(installation.beside(unit, "township"), f"/people/{child}/basis").status_code == 403
