"""What a township and a caregiver are not told, by any detour: counts, reasons, words, tasks."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from casework.access import SYSTEM_ACTOR
from casework.tasks import Task, TaskKind
from ledger.record.accounts import named_account
from ledger.record.audit_tables import audit
from ledger.record.engine import read_transaction
from ledger.record.sessions import begin_session
from ledger.record.tasks import add_tasks
from service.access import COOKIE
from service.workflows.ledgers import today
from tests.care_on_record import PAIRING, begin, let_in
from tests.installation import TOWNSHIP, UNIT
from tests.routes import our_routes
from tests.tables import resident_id
from tests.unit_on_record import CAREGIVERS, TOWN, town_code

API = f"/api/v1/units/{UNIT}"


def handed_up(browser, heads, row):
    """Hand up a row as a township; give what the page and the list say of it."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(heads)
    book.active.append(row)
    book.save(out)
    told = browser.post("/rows", files={"files": ("名单.xlsx", out.getvalue())})
    listed = re.search(r"<tbody><tr>.*?</tr>", browser.get("/rows").text, re.DOTALL)[0]
    said = re.search(r'aria-labelledby="read-heading">.*?</section>', told.text, re.DOTALL)[0]
    return said, re.sub(r"/rows/\w+/|\d\d:\d\d", "", listed)


def test_a_township_does_not_learn_by_a_row_who_is_on_record_or_what_their_check_found(
    town, files
):
    heads, *rows = openpyxl.load_workbook(files / CAREGIVERS).active.iter_rows(values_only=True)
    at = {head: n for n, head in enumerate(heads)}
    own = list(next(row for row in rows if row[at["镇街"]] == TOWN))
    other = list(next(row for row in rows if row[at["镇街"]] != TOWN))
    failed, moved, unknown = list(own), list(other), list(own)
    failed[at["从业查询结果"]] = "不合格"
    moved[at["镇街"]], moved[at["村社区"]] = TOWN, own[at["村社区"]]
    unknown[at["姓名"]], unknown[at["编号"]] = "查无此人", "没有"
    unknown[at["身份证号码"]], unknown[at["联系电话"]] = resident_id("19800102", 2), None
    unknown[at["出生日期"]], unknown[at["性别"]] = date(1980, 1, 2), "女"
    told = [handed_up(town, heads, row) for row in (own, failed, moved, unknown)]
    assert told[0] == told[1] == told[2] == told[3]
    assert "1 行，其中待更正 0 行" in told[0][0]


def test_a_township_is_told_no_reason_of_the_units_for_a_caregivers_record(unit, town):
    one = town.get(f"{API}/caregivers").json()["people"][0]
    said = {"version": one["version"], "reason": "公安反馈有前科", "check_result": "failed"}
    assert unit.patch(f"{API}/caregivers/{one['id']}", json=said).status_code == 200
    assert "公安反馈有前科" in unit.get(f"/caregivers/{one['id']}").text
    assert "公安反馈有前科" not in town.get(f"/caregivers/{one['id']}").text


def test_a_township_is_not_told_which_fact_a_pair_lacks(unit, town):
    values = {"name": "孩子甲", "township": TOWN, "facts": "从业查询结果"}
    given = (TaskKind.FACTS_LAPSED, "x", today(), "主席", TOWN, "p1", values, town_code())
    store = unit.app.state.store
    with store.writing(SYSTEM_ACTOR, "test") as book:
        add_tasks(book, UNIT, [Task(*given)])
    assert "尚缺从业查询结果" in unit.get("/tasks").text
    for address in ("/", "/tasks"):
        assert "孩子甲" in town.get(address).text
        assert "从业查询" not in town.get(address).text


@pytest.fixture
def stopped(unit, stocked):
    """Give the browsers of a caregiver and her township after she was stopped and let on again."""
    store = unit.app.state.store
    _, caregiver_id = begin(store, UNIT, TOWNSHIP, today() - timedelta(days=40))
    let_in(store, "caregiver", caregiver_id)
    with store.writing(SYSTEM_ACTOR, "test") as book:
        token = begin_session(book, named_account(book, "caregiver").id)
    caregiver, town = stocked.beside(unit, ""), stocked.beside(unit, "township")
    caregiver.cookies.set(COOKIE, token)
    said = {"why": "邻居反映打骂"}
    assert town.post(f"/caregivers/{caregiver_id}/suspend", data=said).status_code == 200
    reported = {"version": "2", "words": "派出所张警官"}
    assert town.post(f"/pairings/{PAIRING}/report", data=reported).status_code == 200
    lifted = {"version": "3", "words": "派出所查明不实"}
    assert unit.post(f"/pairings/{PAIRING}/lift", data=lifted).status_code == 200
    return caregiver, town


def test_a_caregiver_who_was_stopped_does_not_read_who_said_what_of_her(unit, stopped):
    caregiver, town = stopped
    every = unit.get(f"/pairings/{PAIRING}").text
    assert "邻居反映打骂" in every
    assert "派出所查明不实" in every
    hers = caregiver.get(f"/pairings/{PAIRING}")
    assert hers.status_code == 200
    assert "停止" in hers.text
    for word in ("邻居", "派出所", "township", ">unit"):
        assert word not in hers.text.partition('id="history-heading"')[2]
    theirs = town.get(f"/pairings/{PAIRING}").text
    assert "邻居反映打骂" in theirs, "whoever wrote it reads it again"
    assert "派出所查明不实" not in theirs


def test_what_somebody_typed_for_an_id_enters_no_trail(unit):
    typed = "张三500104201203057829"
    assert unit.get(f"/suggestions?child={typed}").status_code == 404
    with read_transaction(unit.app.state.store.engine) as connection:
        rows = connection.execute(select(audit.c.ids, audit.c.facts, audit.c.why)).all()
    assert typed not in str(rows)


def test_a_language_that_is_none_is_no_fault(unit, submitted):
    unit.cookies.set("lang", "xx")
    for address in ("/", f"/proposals/{submitted}?text=a"):
        assert unit.get(address).status_code == 200


def test_on_no_route_can_another_site_act_and_no_answer_is_kept_by_a_browser(unit):
    foreign = ({"origin": "http://evil.example"}, {"origin": "null"}, {"origin": ""})
    foreign += ({"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"})
    refused = {}
    for route in our_routes():
        address = re.sub(r"\{[^}]+\}", "x", route.path)
        for headers in foreign if route.method != "GET" else ():
            answer = unit.request(route.method, address, headers=headers)
            refused.setdefault((answer.status_code, answer.content), str(route))
        if route.method == "GET":
            told = unit.get(address, follow_redirects=False).headers
            assert told["cache-control"] == "no-store", str(route)
            assert not {"etag", "last-modified"} & set(told), str(route)
    assert [status for status, _ in refused] == [403], "by the gate, in the same words everywhere"
