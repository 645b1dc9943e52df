"""Accounts pages: made, disabled and ended by those above; tokens by their own account."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from casework.office_time import local_time
from ledger.record.accounts import list_accounts
from ledger.record.sessions import PROGRAM, begin_session
from tests.installation import HERE, PASSWORD, SIBLING, TOWNSHIP, UNIT

ORIGIN = {"origin": HERE}
PAGE = ORIGIN | {"accept": "text/html"}


@pytest.fixture
def city(installation, tmp_path):
    with installation.client(tmp_path / "data", who="city") as client:
        yield client


@pytest.fixture
def unit(installation, city):
    return installation.beside(city, "unit")


def ids(client):
    with client.app.state.store.reading(SYSTEM_ACTOR, "test") as book:
        return {account.name: account.id for account in list_accounts(book)}


def make(client, name="zhou", role="township", unit=UNIT, township=TOWNSHIP):
    typed = {"name": name, "role": role, "unit": unit, "township": township}
    return client.post("/accounts", data=typed, headers=ORIGIN)


def test_an_account_of_a_caregiver_or_a_team_says_whose_it_is(city):
    typed = {"name": "mother", "role": "caregiver", "unit": UNIT, "whose": "nobody"}
    refused = city.post("/accounts", data=typed, headers=ORIGIN)
    assert refused.status_code == 403
    assert "没有这位爱心妈妈" in refused.text
    typed = {"name": "bridge", "role": "team", "unit": "", "whose": "T01"}
    assert city.post("/accounts", data=typed, headers=ORIGIN).status_code == 200
    with city.app.state.store.reading(SYSTEM_ACTOR, "test") as book:
        (made,) = [one for one in list_accounts(book) if one.name == "bridge"]
    assert (made.team, made.person) == ("T01", "")


def act(client, who, **given):
    address = f"/accounts/{ids(client).get(who, who)}"
    return client.post(address, data=given, headers=ORIGIN, follow_redirects=False)


def program(client, token):
    browser = TestClient(client.app, base_url=HERE)
    return browser.get("/api/v1/files", headers={"Authorization": f"Bearer {token}"})


def test_a_unit_makes_an_account_of_its_township_and_gives_its_first_password(unit):
    page = make(unit)
    password = re.search(r"<code>([\w-]+)</code>", page.text)[1]
    browser = TestClient(unit.app, base_url=HERE)
    entered = browser.post("/signin", data={"name": "zhou", "password": password}, headers=PAGE)
    assert entered.url.path == "/password", "her own must be chosen first"
    assert password not in unit.get("/accounts").text


@pytest.mark.parametrize("called", ["茄子溪街道", "茄子溪", TOWNSHIP])
def test_the_city_names_a_township_as_people_do(installation, city, called):
    make(city, township=called)
    page = city.get(f"/accounts/{ids(city)['zhou']}").text
    assert "大渡口区茄子溪街道" in page


def test_a_township_of_another_unit_is_refused_and_what_was_typed_stays(city):
    page = make(city, township="解放碑街道")
    assert page.status_code == 403
    assert "请填本单位的镇街" in page.text
    assert 'value="解放碑街道"' in page.text


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("city", {"unit": "", "township": ""}),
        ("township", {"unit": SIBLING, "township": "500103001"}),
        ("unit", {"unit": SIBLING, "township": ""}),
        ("auditor", {"unit": UNIT, "township": ""}),
        ("nonsense", {}),
        ("township", {"unit": UNIT, "township": ""}),
    ],
)
def test_a_unit_makes_no_account_beside_or_above_itself(unit, role, where):
    before = ids(unit)
    assert make(unit, "zhou", role, **where).status_code in (403, 404)
    assert ids(unit) == before


def test_a_unit_lists_its_own_accounts_only(city, unit):
    names = re.findall(r'href="/accounts/\w+">([^<]+)', unit.get("/accounts").text)
    assert names == ["caregiver", "township", "unit"]
    everybody = re.findall(r'href="/accounts/\w+">([^<]+)', city.get("/accounts").text)
    assert set(everybody) == set(ids(city))


def test_an_account_outside_is_answered_as_one_that_is_not(unit):
    foreign, nowhere = (unit.get(f"/accounts/{who}") for who in (ids(unit)["unit2"], "0" * 16))
    assert (foreign.status_code, foreign.content) == (404, nowhere.content)
    assert act(unit, "unit2", act="end_all").status_code == 404


def test_disabling_acts_at_once_and_letting_in_again_needs_a_new_sign_in(installation, unit):
    other = installation.beside(unit, "township")
    assert other.get("/supervision").status_code == 200
    version = re.search(r'name="version" value="(\d+)"', unit.get(
        f"/accounts/{ids(unit)['township']}").text)[1]  # fmt: skip
    assert act(unit, "township", act="disable", version=version).status_code == 303
    assert other.get("/supervision").status_code == 403
    assert act(unit, "township", act="enable", version=version).status_code == 409, "stale page"
    assert act(unit, "township", act="enable", version=int(version) + 1).status_code == 303
    assert other.get("/api/v1/files").status_code == 401


def test_nobody_disables_herself_or_gives_herself_a_password_here(unit):
    assert act(unit, "unit", act="disable", version=1).status_code == 403
    assert act(unit, "unit", act="password").status_code == 403
    assert act(unit, "township", act="nonsense").status_code == 403


def move(client, who, role, unit=UNIT, township=TOWNSHIP, **given):
    page = client.get(f"/accounts/{ids(client).get(who, who)}").text
    version = (re.search(r'name="version" value="(\d+)"', page) or ["", "1"])[1]
    typed = {"role": role, "unit": unit, "township": township, "version": version} | given
    return act(client, who, act="role", **typed)


def test_another_role_or_area_acts_at_once_and_stands_in_the_audit(installation, city, unit):
    other = installation.beside(city, "township")
    assert other.get("/children").status_code == 200
    assert move(unit, "township", "caregiver").status_code == 303
    assert other.get("/children", follow_redirects=False).status_code in (303, 401)
    with city.app.state.store.looking() as connection:
        rows = connection.exec_driver_sql(
            "SELECT outcome FROM audit WHERE action = 'account_role'"
        ).all()
    assert rows == [("done",)]
    page = unit.get(f"/accounts/{ids(unit)['township']}").text
    assert '<option value="caregiver" selected>' in page


def test_nobody_raises_herself_or_anybody_above_what_she_may_appoint(city, unit):
    assert move(unit, "unit", "unit").status_code == 403
    assert move(city, "city", "city").status_code == 403
    assert move(unit, "township", "auditor", unit="", township="").status_code == 404
    assert move(unit, "township", "city", unit="", township="").status_code == 404
    assert move(unit, "township", "township", unit=SIBLING, township="").status_code == 404
    assert move(unit, "unit2", "township").status_code == 404
    assert move(city, "unit2", "unit", unit=UNIT, township="").status_code == 303


def test_who_changes_an_account_that_a_colleague_changed_is_told_so(unit):
    stale = {"version": "1"}
    assert move(unit, "township", "caregiver", **stale).status_code == 303
    assert move(unit, "township", "township", **stale).status_code == 409


def test_a_new_password_is_shown_once_and_the_old_one_is_over(unit):
    page = act(unit, "township", act="password")
    fresh = re.search(r"<code>([\w-]+)</code>", page.text)[1]
    browser = TestClient(unit.app, base_url=HERE)
    old = browser.post("/signin", data={"name": "township", "password": PASSWORD}, headers=ORIGIN)
    assert old.status_code == 403
    new = browser.post("/signin", data={"name": "township", "password": fresh}, headers=PAGE)
    assert new.url.path == "/password"


def test_sessions_and_tokens_are_ended_one_by_one_or_all(installation, unit):
    with unit.app.state.store.writing(SYSTEM_ACTOR, "test") as book:
        token = begin_session(book, ids_of(book)["township"], PROGRAM, 30)
    page = unit.get(f"/accounts/{ids(unit)['township']}").text
    rows = re.findall(
        r"<td>(程序令牌|网页)</td>.*?name=\"session\" value=\"(\w+)\"", page, re.DOTALL
    )
    session = dict(rows)["程序令牌"]
    assert act(unit, "township", act="end", session=session).status_code == 303
    assert program(unit, token).status_code == 401
    assert installation.beside(unit, "township").get("/supervision").status_code == 200
    assert act(unit, "township", act="end_all").status_code == 303
    assert installation.beside(unit, "township").get("/api/v1/files").status_code == 401
    assert act(unit, "township", act="end", session="0" * 16).status_code == 404


def ids_of(book):
    return {account.name: account.id for account in list_accounts(book)}


def test_a_token_acts_as_its_account_until_it_is_taken_back_and_makes_no_other(unit):
    typed = {"act": "make", "days": "30"}
    page = unit.post("/tokens", data=typed, headers=ORIGIN)
    token = re.search(r"<code>([\w-]+)</code>", page.text)[1]
    assert program(unit, token).status_code == 200
    with_token = TestClient(unit.app, base_url=HERE, headers={"Authorization": f"Bearer {token}"})
    assert with_token.post("/tokens", data=typed, headers=ORIGIN).status_code == 403
    again = unit.get("/tokens").text
    assert token not in again
    session = re.search(r'name="session" value="(\w+)"', again)[1]
    unit.post("/tokens", data={"act": "revoke", "session": session}, headers=ORIGIN)
    assert program(unit, token).status_code == 401
    assert (
        unit.post("/tokens", data={"act": "make", "days": "9999"}, headers=ORIGIN).status_code
        == 403
    )


def test_the_trail_is_asked_by_person_action_area_and_day_and_taken_away(installation, city, unit):
    make(unit)
    auditor = installation.beside(city, "auditor")
    rows = trail(auditor, who="unit", action="account_add", area=f"500000/{UNIT}")
    assert [(row["who"], row["action"]) for row in rows] == [("unit", "account_add")]
    day = local_time(datetime.fromisoformat(rows[0]["at"]))[:10]
    assert trail(auditor, action="account_add", since=day, until=day)
    assert trail(auditor, until="2001-01-01") == []
    assert trail(auditor, who="unit", area="500000/500103") == []
    assert auditor.get("/audit", params={"since": "2021-02-31"}).status_code == 403
    assert "account_add" in auditor.get("/audit", params={"action": "account_add"}).text


def test_a_row_of_the_trail_says_in_words_where_and_names_few_of_many_ids(installation, city):
    officer = Actor("test", Role.UNIT, area(UNIT))
    with city.app.state.store.writing(officer, "test") as book:
        book.note("ledger_read", "child", [f"id{n}" for n in range(700)], unit=UNIT)
    auditor = installation.beside(city, "auditor")
    page = auditor.get("/audit", params={"action": "ledger_read"}).text
    assert "id0 id1 id2 等 700 个编号" in page
    assert "id3" not in page
    assert re.search("<td[^>]*>大渡口区</td>", page)
    assert f'<option value="500000/{UNIT}">大渡口区</option>' in page


def test_a_day_of_the_trail_is_a_day_of_the_offices_clock(installation, city):
    store = city.app.state.store
    now, store.clock = store.clock, lambda: datetime(2021, 9, 15, 17, 30, tzinfo=UTC)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        book.note("ledger_read", "child", ["a"])
    store.clock = now
    auditor = installation.beside(city, "auditor")
    asked = {"action": "ledger_read"}
    assert trail(auditor, **asked, since="2021-09-16", until="2021-09-16")
    assert trail(auditor, **asked, until="2021-09-15") == []
    assert "2021-09-16 01:30:00" in auditor.get("/audit", params=asked).text


def trail(auditor, **asked):
    text = auditor.get("/audit/export", params=asked).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))
