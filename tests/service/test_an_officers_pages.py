"""What an officer who never saw the pages needs of them: what waits, and where to go."""

import re
import shutil
from datetime import timedelta

import openpyxl

from casework.access import SYSTEM_ACTOR
from casework.answers import Difference
from ledger.record.imports import Decisions
from service.workflows.ledgers import today
from service.workflows.on_record import confirm, read_for_record
from service.workflows.proposals_on_record import Ask, cost_in_words, hand_in, propose
from tests.installation import UNIT
from tests.unit_on_record import CAREGIVERS, CHILDREN, NAME, form_of, reader, record_desk

API = f"/api/v1/units/{UNIT}"


def waiting(client):
    """Give what today's page says waits, and where each line leads."""
    lines = re.findall(r"<li.*?</li>", client.get("/").text.split("waiting")[1], re.S)
    text = [re.sub(r"<[^>]+>|\s+", "", line) for line in lines]
    return dict(zip(text, [re.search('href="([^"]+)"', line)[1] for line in lines], strict=True))


def line_of(client, words):
    return next((at for text, at in waiting(client).items() if words in text), None)


def test_todays_page_leads_to_the_very_proposal_that_waits(unit, second, submitted):
    assert line_of(second, "份结对建议等您审批") == f"/proposals/{submitted}"
    assert next(iter(waiting(second).values())) == f"/proposals/{submitted}"
    assert line_of(unit, "名应结对儿童") == "/children?unpaired=1"
    assert 'href="/proposals">生成结对建议' in unit.get("/children?unpaired=1").text


def listed(page):
    return re.findall(r'<th scope="row"><a href="/children/([^"]+)"', page)


def test_todays_page_counts_children_without_a_lawful_basis_and_leads_to_them(unit, town):
    def count():
        text = next(text for text in waiting(unit) if "没有合法性基础" in text)
        return int(re.match(r"\d+", text)[0])

    before, at = count(), line_of(unit, "没有合法性基础")
    page = unit.get(at).text
    assert (at, f"共 {before} 人" in page) == ("/children?basis=none", True)
    child = listed(page)[0]
    assert "没有，须补" in unit.get(f"/children/{child}").text
    said = {"basis": "statutory_duty", "by": "区民政局", "paper": "7号", "on": "2021-09-15"}
    assert unit.post(f"/people/{child}/basis", data=said).status_code == 200
    assert count() == before - 1
    assert child not in listed(unit.get(at).text)
    assert line_of(town, "没有合法性基础") is None
    assert town.get(at).status_code == 403


def test_a_proposal_overtaken_by_an_approved_one_waits_no_more(unit, second, submitted):
    newer = propose(record_desk(unit), Ask(UNIT)).id
    assert line_of(unit, "份建议是草稿") == f"/proposals/{newer}"
    hand_in(record_desk(unit), newer)
    assert line_of(second, "份结对建议等您审批") == f"/proposals/{newer}"
    asked = form_of(second.get(f"/proposals/{newer}"), "key", "version") | {"what": "all"}
    assert second.post(f"/proposals/{newer}/approve", data=asked).status_code == 200
    assert line_of(second, "份结对建议等您审批") is None


def test_a_draft_made_anew_counts_once(unit):
    propose(record_desk(unit), Ask(UNIT))
    newer = propose(record_desk(unit), Ask(UNIT)).id
    (text,) = (text for text in waiting(unit) if "草稿" in text)
    assert text.startswith("1")
    assert line_of(unit, "份建议是草稿") == f"/proposals/{newer}"


def test_the_list_of_proposals_calls_a_state_a_state(unit, submitted):
    heads = re.findall(r'<th scope="col">([^<]+)', unit.get("/proposals").text)
    assert "状态" in heads
    assert "原有/新结" not in heads


def test_whoever_is_alone_is_told_to_have_the_sheet_signed(stocked, unit, submitted):
    told = unit.get(f"/proposals/{submitted}?told=submitted").text
    assert "等另一位工作人员审批" in told
    page = stocked.beside(unit, "city")
    accounts = re.findall(r'href="(/accounts/\w+)"[^>]*>second<', page.get("/accounts").text)
    asked = form_of(page.get(accounts[0]), "version") | {"act": "disable"}
    assert page.post(accounts[0], data=asked).status_code == 200
    told = unit.get(f"/proposals/{submitted}?told=submitted").text
    assert "由领导签字" in told
    assert "等另一位工作人员审批" not in told


def test_a_pair_that_lacks_a_fact_leads_to_where_it_is_written(unit, approved):
    lines = unit.get(f"{API}/pairings").json()
    lacking = next(line for line in lines if line["unknown"])
    page = unit.get(f"/pairings/{lacking['id']}").text
    child = f"/children/{lacking['child']}?correct"
    caregiver = f"/caregivers/{lacking['caregiver']}?correct"
    assert f'href="{child}#correct"' in page
    assert f'href="{caregiver}#correct"' in page
    assert re.search(r'<details id="correct" class="fold" open>', unit.get(child).text)
    assert not re.search(r'id="correct" class="fold" open', unit.get(child.split("?")[0]).text)


def test_what_the_staffs_word_cost_is_said_without_signs_and_noughts():
    said = cost_in_words(Difference(broken=1, metres=-1450))
    assert said == "多解除 1 对原结对，合计近约 1.4 公里"
    assert cost_in_words(Difference()) == "无"
    assert cost_in_words(None) == "无法比较"


def test_each_page_has_a_title_of_its_own(unit):
    titles = {re.search("<title>(.*?)</title>", unit.get(at).text)[1] for at in ("/", "/tasks")}
    assert titles == {"今日 · 暖童 · 困境儿童结对工作台", "待办 · 暖童 · 困境儿童结对工作台"}


def test_the_button_that_chooses_stands_first_in_its_row(unit):
    children = unit.get(f"{API}/children").json()["people"]  # for some of them nobody can be
    pages = (unit.get(f"/suggestions?child={child['id']}").text for child in children)
    rows = (re.search(r"<tbody>\s*<tr>(.*?)</tr>", page, re.S) for page in pages)
    row = next(filter(None, rows))[1]
    assert re.match(r"\s*<td[^>]*><button", row)


# --- the declaration -------------------------------------------------------------------------


def cells(client):
    return client.get(f"{API}/declarations").json()["form"]["fields"]


def test_the_declaration_is_filled_from_what_is_on_record(unit, approved):
    page = unit.get("/declaration").text
    assert "人数按在案台账和结对统计" in page
    assert "还没有台账" not in page
    filled, pairs = cells(unit), unit.get(f"{API}/pairings").json()
    assert filled["unit"] == NAME
    assert int(filled["children_total"]) > int(filled["children_6_plus"]) > 20
    beside = re.search(r"台账：已结对爱心妈妈</dt><dd>(\d+)", page)[1]
    assert int(beside) == len({line["caregiver"] for line in pairs})


def test_the_declaration_follows_the_record_once_it_is_filled_anew(unit):
    before = int(cells(unit)["children_total"])
    everybody = unit.get(f"{API}/children").json()["people"]
    own = (c for c in everybody if c["record"]["category"] == "scattered_orphan")
    child = next(c for c in own if c["record"]["birth_date"] < "2015")
    given = {"version": child["version"], "reason": "迁走", "status": "moved_out"}
    assert unit.patch(f"{API}/children/{child['id']}", json=given).status_code == 200
    assert int(cells(unit)["children_total"]) == before - 1


def test_a_hand_in_is_made_of_what_is_on_record(unit):
    typed = cells(unit) | {"dates": "待定", "contact": "冉文静 13800000000", "by": "家儿部"}
    typed |= {"reason": "先报"}
    made = unit.post("/declaration/hand-in", data=typed)
    assert made.status_code == 200
    assert unit.get(made.json()["address"]).content.startswith(b"PK")


def test_the_form_of_a_unit_without_a_ledger_is_that_units(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        assert cells(client)["unit"] == NAME


# --- papers and rows -------------------------------------------------------------------------


def test_notices_are_printed_of_those_that_began_since_a_day(unit, approved):
    unit.post("/pairings/begin")
    assert f'name="since" value="{today()}"' in unit.get("/pairings").text
    every = unit.get("/notices/guardians.pdf")
    assert unit.get(f"/notices/guardians.pdf?since={today()}").content == every.content
    later = unit.get(f"/notices/guardians.pdf?since={today() + timedelta(1)}")
    assert later.status_code == 404
    assert unit.get("/notices/guardians.pdf?since=soon").status_code == 403


def test_a_row_says_which_pair_ends_once_it_is_approved(unit, approved):
    pair = unit.get(f"{API}/pairings").json()[0]
    said = {"child": pair["child"], "caregiver": pair["caregiver"], "kind": "forbid", "why": "x"}
    assert unit.post("/wishes", data=said).status_code == 200
    made = propose(record_desk(unit), Ask(UNIT, with_noted=True)).id
    name = unit.get(f"{API}/caregivers/{pair['caregiver']}").json()["record"]["name"]
    rows = re.findall(r"<tr.*?</tr>", unit.get(f"/proposals/{made}").text, re.S)
    (row,) = (r for r in rows if f'href="/children/{pair["child"]}"' in r)
    assert f"批准后解除与{name}的原结对" in row


def test_a_row_that_waits_for_a_correction_leads_to_the_import_and_to_no_record(
    installation, files, tmp_path
):
    book = openpyxl.load_workbook(files / CHILDREN)
    sheet = book.active
    name = next(cell.column for cell in sheet[1] if str(cell.value).endswith("姓名"))
    sheet.cell(2, name).value = None
    book.save(tmp_path / CHILDREN)
    shutil.copy(files / CAREGIVERS, tmp_path)
    with installation.client(tmp_path / "data") as client:
        store, judge = client.app.state.store, reader()
        read = read_for_record([tmp_path / CHILDREN, tmp_path / CAREGIVERS], judge, whole=True)
        confirm(store, SYSTEM_ACTOR, read, Decisions(), judge)
        made = propose(record_desk(client), Ask(UNIT)).id
        page = client.get(f"/proposals/{made}").text
        (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*（没有姓名）.*?</tr>", page, re.S)
        assert 'href="/imports"' in row
        assert "/children/" not in row
        for address in set(re.findall(r'href="(/children/\w+)"', page)):
            assert client.get(address).status_code == 200


def test_why_is_told_of_a_proposal_that_its_own_approval_moved(unit, approved, submitted):
    pair = unit.get(f"{API}/pairings").json()[0]
    told = unit.get(f"/proposals/{submitted}/why", params={"child": pair["child"]})
    assert told.status_code == 200
    assert "这一对已经批准、在案" in told.text
    name = unit.get(f"{API}/caregivers/{pair['caregiver']}").json()["record"]["name"]
    assert name in told.text
    assert "/others?" not in told.text
    assert 'action="/wishes"' not in told.text
    unknown = unit.get(f"/proposals/{submitted}/why", params={"child": "nobody"})
    assert unknown.status_code == 404


def test_why_is_told_of_a_line_left_open_when_others_were_approved(unit, second, submitted):
    page = second.get(f"/proposals/{submitted}")
    child, other = re.findall(r'name="part" value="([^"]+)"', page.text)[:2]
    asked = form_of(page, "key", "version") | {"what": "part", "part": child}
    assert second.post(f"/proposals/{submitted}/approve", data=asked).status_code == 200
    page = unit.get(f"/proposals/{submitted}").text
    left = re.search(r'form="ask-why"[^>]*value="([^"]+)"', page)[1]  # who has nobody stands first
    for one in (other, left):
        told = unit.get(f"/proposals/{submitted}/why", params={"child": one})
        assert told.status_code == 200
        assert "有变动" in told.text
    assert "办法（由易到难）" in told.text


def test_why_is_told_of_each_line_of_a_proposal_at_hand(unit, submitted):
    page = unit.get(f"/proposals/{submitted}").text
    children = re.findall(r'form="ask-why"[^>]*value="([^"]+)"', page)
    assert len(children) > 20
    for child in (children[0], children[-1]):
        told = unit.get(f"/proposals/{submitted}/why", params={"child": child})
        assert told.status_code == 200
        assert "当时" not in told.text


def test_the_second_officer_is_told_who_was_first(unit, second):
    made = propose(record_desk(unit), Ask(UNIT, with_noted=True)).id
    seen = form_of(second.get(f"/proposals/{made}"), "version")
    assert unit.post(f"/proposals/{made}/submit", data=seen).status_code == 200
    page = second.get(f"/proposals/{made}").text
    assert "unit 提交" in page
    late = second.post(f"/proposals/{made}/withdraw", data=seen)
    assert late.status_code == 409
    assert "已由 unit 提交" in late.text
    asked = form_of(second.get(f"/proposals/{made}"), "key", "version") | {"what": "all"}
    assert second.post(f"/proposals/{made}/approve", data=asked).status_code == 200
    assert "second 审批" in unit.get(f"/proposals/{made}").text
    late = unit.post(f"/proposals/{made}/submit", data=seen)
    assert "已由 second 审批" in late.text


def test_a_record_whose_basis_stands_elsewhere_does_not_call_it_missing(unit):
    for person in unit.get(f"{API}/children").json()["people"][:3]:
        page = unit.get(f"/children/{person['id']}").text
        empty = re.search(r"未填：([^<]*)", page)[1]
        assert "合法性基础" not in empty
        assert "合法性基础：" in page
