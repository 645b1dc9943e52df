"""The door: signing in and out, the own password, the first account; and who stays outside."""

import re
import time

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from casework.access import SYSTEM_ACTOR, Role, area
from casework.errors import Busy
from ledger.record.accounts import change_password, change_role, named_account, set_active
from ledger.record.accounts_tables import account_sessions, invitations
from ledger.record.audit_tables import audit
from ledger.record.engine import read_transaction, write_transaction
from ledger.record.first_account import invite
from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from service.access import COOKIE
from service.app import create_app
from service.routes.door import own_path
from tests.installation import HERE, PASSWORD, UNIT, desk_of

PAGE = {"accept": "text/html"}
FRESH = "另外 五个 词 的 句子"


@pytest.fixture
def nobody(installation, tmp_path):
    """Give a browser in which nobody is signed in."""
    with installation.client(tmp_path / "data", who="") as client:
        yield client


@pytest.fixture
def unit(installation, nobody):
    return installation.beside(nobody, "unit")


def enter(client, name="unit", password=PASSWORD, after="/", **headers):
    typed = {"name": name, "password": password, "next": after}
    return client.post("/signin", data=typed, headers=headers, follow_redirects=False)


def change(client, how, name="unit"):
    with client.app.state.store.writing(SYSTEM_ACTOR, "test") as book:
        how(book, named_account(book, name))


# --- signing in -----------------------------------------------------------------------------


def test_signing_in_gives_a_cookie_that_no_script_and_no_other_site_can_use(nobody):
    answer = enter(nobody)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert nobody.get("/").status_code == 200


def test_behind_a_tls_proxy_the_cookie_is_secure_and_the_name_is_served(installation, tmp_path):
    name = "pairing.example.cn"
    with installation.client(tmp_path / "data", who="", public=name) as client:
        cookie = enter(client, origin=f"https://{name}").headers["set-cookie"].lower()
        assert "secure" in cookie
        assert enter(client, origin=f"http://{name}").status_code == 403
        assert client.get("/healthz", headers={"host": "other.example"}).status_code == 403


def test_a_session_fixed_beforehand_is_worth_nothing(nobody):
    nobody.cookies.set(COOKIE, "fixed-by-somebody-else")
    fresh = enter(nobody).cookies[COOKIE]
    assert fresh != "fixed-by-somebody-else"
    with TestClient(
        nobody.app, base_url=HERE, cookies={COOKIE: "fixed-by-somebody-else"}
    ) as other:
        assert other.get("/api/v1/files").status_code == 401


def test_signing_in_again_ends_the_session_before(installation, unit):
    enter(unit)
    old = TestClient(unit.app, base_url=HERE, cookies=installation.cookies("unit"))
    assert old.get("/api/v1/files").status_code == 401
    assert unit.get("/api/v1/files").status_code == 200


def test_without_signing_in_a_page_leads_to_the_door_and_back(nobody):
    answer = nobody.get("/questions", headers=PAGE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin?next=/questions")
    assert 'value="/questions"' in nobody.get(answer.headers["location"]).text
    assert enter(nobody, after="/questions").headers["location"] == "/questions"


def test_without_signing_in_a_program_gets_401(nobody):
    for address in ("/", "/api/v1/files", "/parts/rows", "/map", "/api/v1/jobs/x/events"):
        answer = nobody.get(address)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
    part = nobody.get("/parts/rows", headers={"hx-request": "true", **PAGE})
    assert (part.status_code, part.headers["hx-redirect"]) == (401, "/signin")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "evil", "", "/\tx", "/signout", "/api/v1/files", "http:/evil",
        "/\n//evil.example", "///evil.example",
    ],
)  # fmt: skip
def test_after_signing_in_one_only_goes_to_our_own_pages(nobody, elsewhere):
    assert own_path(elsewhere) == "/"
    assert enter(nobody, after=elsewhere).headers["location"] == "/"
    assert nobody.get("/signin", params={"next": elsewhere}).text.count('value="/"') == 1


def test_the_seventh_try_is_refused_though_the_password_is_right(nobody):
    for _ in range(6):
        answer = enter(nobody, password="wrong")
        assert answer.status_code == 403
        assert "账号或密码不对" in answer.text
    locked = enter(nobody)
    assert locked.status_code == 403
    assert "15 分钟后再试" in locked.text
    assert COOKIE not in locked.cookies


def test_a_name_full_of_script_is_shown_as_text(nobody):
    text = enter(nobody, name='"><script>alert(1)</script>', password="x").text
    assert "<script>alert" not in text


def test_another_site_can_neither_sign_in_nor_out_nor_act(nobody, unit):
    evil = {"origin": "http://evil.example"}
    assert enter(nobody, **evil).status_code == 403
    for address in ("/signout", "/password", "/api/v1/jobs", "/declaration/check"):
        assert unit.post(address, headers=evil).status_code == 403
        cross = unit.post(address, headers={"sec-fetch-site": "cross-site"})
        assert cross.status_code == 403
    assert unit.get("/api/v1/files").status_code == 200


def test_a_program_signs_in_with_a_token_and_out_again(nobody):
    token = nobody.post("/api/v1/sessions", json={"name": "unit", "password": PASSWORD})
    assert token.status_code == 201
    bearer = {"authorization": f"Bearer {token.json()['token']}"}
    assert nobody.get("/api/v1/files", headers=bearer).status_code == 200
    assert nobody.delete("/api/v1/sessions", headers=bearer).status_code == 204
    assert nobody.get("/api/v1/files", headers=bearer).status_code == 401
    wrong = nobody.post("/api/v1/sessions", json={"name": "unit", "password": "x"})
    assert wrong.status_code == 403


# --- going out ------------------------------------------------------------------------------


def test_signing_out_ends_the_session_everywhere_within_a_second(unit):
    token = unit.cookies[COOKIE]
    begun = time.monotonic()
    answer = unit.post("/signout", follow_redirects=False)
    other = TestClient(unit.app, base_url=HERE, cookies={COOKIE: token})
    assert other.get("/api/v1/files").status_code == 401
    assert time.monotonic() - begun < 1
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin")


def test_a_disabled_account_is_refused_at_once(unit):
    assert unit.get("/").status_code == 200
    change(unit, lambda book, account: set_active(book, account, is_active=False))
    assert unit.get("/").status_code == 403
    assert unit.get("/api/v1/files").status_code == 403
    assert enter(unit).status_code == 403


def test_a_page_that_is_not_hers_is_told_in_words_with_the_way_out(unit):
    answer = unit.get("/declarations", headers=PAGE)
    assert answer.status_code == 403
    assert "您的账号不能这样做" in answer.text
    assert "退出" in answer.text


def test_another_role_acts_at_once(unit):
    change(
        unit,
        lambda book, account: change_role(book, account, Role.TOWNSHIP, area(UNIT, "500104001")),
    )
    assert unit.get("/api/v1/files").status_code == 401
    enter(unit)
    assert unit.get("/api/v1/files").status_code == 403
    assert unit.get("/").status_code == 200


def test_a_session_unused_for_an_hour_is_over(unit):
    store = unit.app.state.store
    assert unit.get("/api/v1/files").status_code == 200
    with write_transaction(store.engine) as connection:
        long_ago = store.clock().replace(year=2021)
        connection.execute(update(account_sessions).values(used_at=long_ago))
    assert unit.get("/api/v1/files").status_code == 401


# --- the own password -----------------------------------------------------------------------


def choose(client, old=PASSWORD, new=FRESH, again=None):
    typed = {"old": old, "new": new, "again": new if again is None else again}
    return client.post("/password", data=typed, follow_redirects=False)


def test_a_made_password_must_be_changed_before_anything_else(nobody):
    change(nobody, lambda book, account: change_password(book, account, FRESH, must_change=True))
    enter(nobody, password=FRESH)
    api = nobody.get("/api/v1/files")
    assert (api.status_code, "修改密码" in api.text) == (403, True)
    for address in ("/", "/questions"):
        page = nobody.get(address, headers=PAGE, follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (303, "/password")
    assert choose(nobody, old=FRESH, new=PASSWORD).status_code == 303
    assert nobody.get("/api/v1/files").status_code == 200


def test_a_changed_password_ends_every_other_session(installation, unit):
    other = installation.beside(unit, "unit")
    assert choose(unit).status_code == 303
    assert unit.get("/api/v1/files").status_code == 200
    assert other.get("/api/v1/files").status_code == 401
    assert enter(other).status_code == 403
    assert enter(other, password=FRESH).status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [{"old": "x"}, {"new": "short"}, {"again": "differs"}, {"new": PASSWORD}],
)
def test_a_password_is_not_changed_by_mistake(unit, wrong):
    assert choose(unit, **wrong).status_code == 403
    assert unit.get("/api/v1/files").status_code == 200


# --- the first account ----------------------------------------------------------------------


@pytest.fixture
def new(tmp_path):
    """Give an installation that nobody has set up, and the token of its link."""
    store = Store.create(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
    token = invite(store)
    with TestClient(create_app(tmp_path / "data", store), base_url=HERE) as client:
        yield client, token
    store.close()


def set_up(client, token, **typed):
    form = {"token": token, "office": UNIT, "name": "张伟", "password": FRESH, "again": FRESH}
    return client.post("/setup", data=form | typed, follow_redirects=False)


def test_the_link_makes_the_first_account_and_signs_it_in(new):
    client, token = new
    assert "设置链接" in client.get("/signin").text
    assert "大渡口区" in client.get(f"/setup?token={token}").text
    assert set_up(client, token).status_code == 303
    assert "张伟（区县）" in client.get("/").text


def test_the_link_holds_once_and_only_with_its_token(new):
    client, token = new
    assert client.get("/setup?token=guess").status_code == 404
    assert set_up(client, "guess").status_code == 404
    set_up(client, token)
    assert client.get(f"/setup?token={token}").status_code == 404
    assert set_up(client, token, name="another").status_code == 404
    assert invite(client.app.state.store) is None


def test_the_link_holds_for_a_day(new):
    client, token = new
    store = client.app.state.store
    with write_transaction(store.engine) as connection:
        connection.execute(update(invitations).values(ends_at=store.clock()))
    assert client.get(f"/setup?token={token}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"again": "x"}, {"office": "999999"}, {"office": ""}, {"password": "x", "again": "x"}],
)
def test_a_first_account_that_does_not_fit_is_told_and_can_be_mended(new, wrong):
    client, token = new
    assert set_up(client, token, **wrong).status_code == 403
    assert set_up(client, token).status_code == 303


def test_the_desk_of_an_older_version_becomes_the_first_accounts(new):
    client, token = new
    data = client.app.state.rooms.data
    (data / "inbox").mkdir()
    (data / "wishes.json").write_text("[]")
    set_up(client, token)
    assert (data / "desks" / UNIT / "wishes.json").is_file()
    assert not (data / "inbox").exists()
    assert (data / "record.sqlite").is_file()


# --- the audit of the pages -----------------------------------------------------------------


def test_as_many_rows_as_requests_for_what_holds_personal_data(unit):
    store = unit.app.state.store

    def rows():
        with read_transaction(store.engine) as connection:
            return connection.execute(select(audit.c.action, audit.c.why, audit.c.outcome)).all()

    before = len(rows())
    for address in ("/", "/parts/rows?text=张三", "/api/v1/files", "/downloads/ledger"):
        unit.get(address)
    unit.get("/api/v1/declarations/rollup")  # the city's, so refused
    told = rows()[before:]
    assert [(row.why, row.outcome) for row in told] == [
        ("GET /", "read"),
        ("GET /parts/rows", "read"),
        ("GET /api/v1/files", "read"),
        ("GET /downloads/{what}", "not_found"),
        ("GET /api/v1/declarations/rollup", "refused"),
    ]
    assert not re.search("张三", str(told))


# --- the auditor ----------------------------------------------------------------------------


def test_the_auditor_begins_with_the_trail_and_checks_it(installation, unit):
    unit.get("/api/v1/files")
    auditor = installation.beside(unit, "auditor")
    text = auditor.get("/").text
    assert "GET /api/v1/files" in text
    assert ">unit<" in text
    assert "审计日志完整" in auditor.post("/audit/verify").text
    assert "GET /api/v1/files" not in auditor.get("/audit?who=city").text


def test_nobody_but_the_auditor_reads_the_trail(installation, unit):
    for who in ("unit", "city", "township", "team", "caregiver"):
        assert installation.beside(unit, who).get("/audit").status_code == 403


def test_a_page_on_record_leaves_one_row_whatever_it_reads(unit):
    store = unit.app.state.store

    def count():
        with read_transaction(store.engine) as connection:
            return len(connection.execute(select(audit.c.seq)).all())

    kinds = ("children", "caregivers", "pairings", "proposals")
    pages = ["/", "/desk", "/tasks", "/care", "/imports", *(f"/{kind}" for kind in kinds)]
    for address in [*pages, *(f"/api/v1/units/{UNIT}/{kind}" for kind in kinds)]:
        before = count()
        assert unit.get(address).status_code == 200
        assert (address, count() - before) == (address, 1)


def test_what_cannot_be_put_on_record_is_neither_told_nor_done(unit, monkeypatch):
    def full(_):
        raise Busy("full")

    unit.get("/desk")
    monkeypatch.setattr(unit.app.state.store._read_rows, "_commit", full)
    for address in ("/children", "/desk", "/api/v1/files"):
        assert unit.get(address).status_code == 503
    assert unit.post("/api/v1/files?name=a.xlsx", content=b"x").status_code == 503
    assert not desk_of(unit).files
