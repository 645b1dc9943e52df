"""The caregiver's page, the office's list and the API of care, through the door."""

import re
from datetime import timedelta

import pytest

from casework.access import SYSTEM_ACTOR
from ledger.record.accounts import named_account
from ledger.record.sessions import begin_session
from service.access import COOKIE
from service.workflows.ledgers import today
from tests.care_on_record import PAIRING, begin, let_in
from tests.installation import HERE, TOWNSHIP, UNIT

FORM = {
    "kind": "weekly_meeting",
    "place": "home",
    "summary": "一起读了书",
    "key": "a-key-of-a-form",
}
API = f"/api/v1/units/{UNIT}/pairings/{PAIRING}/care"


@pytest.fixture
def unit(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        yield client


@pytest.fixture
def child(unit):
    store = unit.app.state.store
    child_id, caregiver_id = begin(store, UNIT, TOWNSHIP, today() - timedelta(days=40))
    let_in(store, "caregiver", caregiver_id)
    return child_id


@pytest.fixture
def caregiver(unit, installation, child):
    store = unit.app.state.store
    with store.writing(SYSTEM_ACTOR, "test") as book:
        token = begin_session(book, named_account(book, "caregiver").id)
    browser = installation.beside(unit, "")
    browser.cookies.set(COOKIE, token)
    return browser


def send(browser, **fields):
    data = FORM | {"on": today().isoformat()} | fields
    return browser.post(
        f"/care/{PAIRING}", data=data, headers={"origin": HERE}, follow_redirects=False
    )


def test_a_caregiver_sees_her_own_child_and_writes(caregiver, unit, child):
    assert "每周见面" in caregiver.get("/").text
    assert caregiver.get(f"/children/{child}").status_code == 200
    assert caregiver.get("/children").status_code == 403
    assert send(caregiver).status_code == 303
    assert "一起读了书" in caregiver.get("/").text
    assert "一起读了书" in unit.get(f"/pairings/{PAIRING}").text


def test_what_is_wrong_stands_in_the_form_again_with_what_was_typed(caregiver):
    answer = send(caregiver, place="phone", summary="电话里聊了很久")
    assert answer.status_code == 422
    assert "住校或外出" in answer.text
    assert "电话里聊了很久" in answer.text
    assert send(caregiver, kind="another").status_code == 422
    assert send(caregiver, minutes="一小时").status_code == 422
    assert send(caregiver, on="昨天").status_code == 422


def test_a_line_is_struck_out_on_the_page(caregiver):
    send(caregiver)
    line = re.search(r"/care/entries/(\w+)/strike", caregiver.get("/").text)[1]
    address = f"/care/entries/{line}/strike"
    caregiver.post(address, data={"why": "写错了"}, headers={"origin": HERE})
    assert "已划去：写错了" in caregiver.get("/").text


def test_the_office_sees_who_missed_what_and_writes_nothing(unit, caregiver, installation):
    township = installation.beside(unit, "township")
    for browser in (unit, township):
        page = browser.get("/care").text
        assert "1 对有缺次，共 1 对" in page
        assert "缺" in page
        assert send(browser).status_code == 403
    assert unit.get("/care?township=999").status_code == 200
    assert installation.beside(unit, "city").get("/care").status_code == 403


def test_another_units_officer_is_told_of_no_such_pairing(unit, caregiver, installation):
    other = installation.beside(unit, "unit2")
    sibling = API.replace(UNIT, "500103")
    missing = sibling.replace(PAIRING, "nobody")
    assert other.get(sibling).status_code == 404
    assert other.get(sibling).content == other.get(missing).content
    assert other.get(API).content == other.get(missing).content


def test_a_program_reads_and_writes_the_handbook(unit, caregiver):
    line = {"kinds": ["weekly_meeting"], "on": today().isoformat(), "place": "home"}
    line |= {"summary": "一起做饭", "key": "one-request"}
    sent = {"headers": {"origin": HERE}}
    first = caregiver.post(API, json=line, **sent)
    assert first.status_code == 201
    assert caregiver.post(API, json=line, **sent).json() == first.json()
    assert caregiver.post(API, json=line | {"extra": 1}, **sent).status_code == 422
    assert unit.post(API, json=line, **sent).status_code == 403
    told = unit.get(API).json()
    assert [e["summary"] for e in told["entries"]] == ["一起做饭"]
    assert {d["kind"] for d in told["due"]} >= {"weekly_meeting", "yearly_festival"}


def figures(browser):
    """Give what the office's list says of each pair, the first first, over all its pages."""
    found, address = [], "/care?every=1"
    while address and len(found) < 100:
        page = browser.get(address).text
        found += re.findall(r'<a href="/pairings/([^"?]+)">', page)
        more = re.search(r'href="(/care[^"]*after[^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    return found


def test_the_offices_list_follows_what_is_written_and_struck_out(unit, caregiver, child):
    def weekly():
        return re.search(r"合计.*?</th>\s*<td>(.*?)</td>", unit.get("/care?every=1").text, re.S)[1]

    before = weekly()
    last_week = (today() - timedelta(days=7)).isoformat()
    assert send(caregiver, on=last_week).status_code == 303
    written = weekly()
    assert written != before
    line = re.search(r'action="(/care/entries/\w+/strike)"', caregiver.get("/").text)
    assert caregiver.post(line[1], data={"why": "记错"}, headers={"origin": HERE}).is_success
    assert weekly() == before


def test_the_list_of_pairs_comes_by_pages_the_worst_first(unit, child, monkeypatch):
    from service import care_view

    store = unit.app.state.store
    for number in range(5):
        at = today() - timedelta(days=20 + 15 * number)
        begin(store, UNIT, TOWNSHIP, at, f"q{number}")
    whole = figures(unit)
    assert len(whole) == len(set(whole)) == 6
    monkeypatch.setattr(care_view, "MOST", 2)
    assert figures(unit) == whole
    assert whole[0] == "q4"
    assert unit.get("/care?after=x.y").status_code == 200
