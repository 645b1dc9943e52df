"""Pages and API of unit and township on the record store: policy, conflicts, what is refused."""

import re
from datetime import timedelta

import openpyxl
import pytest

from ledger.record.corrections import correct
from ledger.record.import_list import list_imports
from ledger.record.pairings import list_pairings
from ledger.record.person_writing import Source, SourceKind
from ledger.record.tasks import tasks_of
from service.access import COOKIE
from service.workflows.ledgers import today
from service.workflows.proposals_on_record import Ask, hand_in, propose
from tests.installation import HERE, SIBLING, UNIT
from tests.unit_on_record import (
    CHILDREN,
    TOWN,
    form_of,
    record_desk,
    second_officer,
    town_code,
)

API = f"/api/v1/units/{UNIT}"


def people(client, kind="children"):
    return client.get(f"{API}/{kind}").json()["people"]


# --- who sees what ---------------------------------------------------------------------------


def test_a_township_sees_its_own_people_and_nobody_else(unit, town):
    own, everybody = people(town), people(unit)
    assert 0 < len(own) < len(everybody)
    assert {p["record"]["township_name"] for p in own} == {TOWN}
    other = next(p for p in everybody if p["record"]["township_name"] != TOWN)
    missing = town.get("/children/nobody")
    hidden = town.get(f"/children/{other['id']}")
    assert (hidden.status_code, hidden.content) == (404, missing.content)
    assert town.get(f"{API}/children/{other['id']}").status_code == 404
    assert town.get(f"/children/{own[0]['id']}").status_code == 200
    assert {p["record"]["check_result"] for p in people(town, "caregivers")} == {None}


def test_the_first_page_counts_what_the_reader_may_see(unit, town):
    def unpaired(client):
        return int(re.search(r'figure">(\d+)</strong>\s*<span>名应结对', client.get("/").text)[1])

    assert 0 < unpaired(town) < unpaired(unit)


def test_a_township_sees_its_lines_of_a_proposal_only_once_it_is_handed_in(unit, town):
    desk = record_desk(unit)
    made = propose(desk, Ask(UNIT)).id
    assert town.get(f"/proposals/{made}").status_code == 404
    assert town.get(f"{API}/proposals").json() == []
    hand_in(desk, made)
    (line,) = town.get(f"{API}/proposals").json()
    (whole,) = unit.get(f"{API}/proposals").json()
    assert 0 < line["pairs"] < whole["pairs"]
    page = town.get(f"/proposals/{made}").text
    others = [p for p in people(unit) if p["record"]["township_name"] != TOWN]
    assert not [p["record"]["name"] for p in others if f"/children/{p['id']}" in page]


def test_id_numbers_show_masked_and_are_found_by_the_whole_number(unit, files):
    sheet = openpyxl.load_workbook(files / CHILDREN).active
    heads = [str(cell.value) for cell in sheet[1]]
    number = sheet.cell(2, next(n for n, h in enumerate(heads) if "身份证" in h) + 1).value
    found = unit.post("/children/find", data={"number": number}, follow_redirects=False)
    assert re.fullmatch("/children/[0-9a-f]{16}", found.headers["location"])
    page = unit.get(found.headers["location"]).text
    assert number not in page
    assert f"{number[:4]}**********" in page
    other = unit.post("/children/find", data={"number": number[:17]}, follow_redirects=False)
    assert other.headers["location"].endswith("told=nobody")


# --- putting right ---------------------------------------------------------------------------


def test_a_correction_by_program_takes_its_fields_and_refuses_any_other(unit):
    child = people(unit)[0]
    address = f"{API}/children/{child['id']}"
    wrong = {"version": child["version"], "reason": "写错", "unit": SIBLING}
    assert unit.patch(address, json=wrong).status_code == 422
    assert unit.patch(address, json={"version": 1, "health": "好"}).status_code == 422
    right = {"version": child["version"], "reason": "写错", "health": "体弱"}
    done = unit.patch(address, json=right)
    assert (done.status_code, done.json()["record"]["health"]) == (200, "体弱")
    assert done.json()["version"] == child["version"] + 1
    assert unit.patch(address, json=right).status_code == 409


def test_a_correction_needs_its_reason_and_is_brought_back_whole(unit):
    child = people(unit)[0]
    address, given = f"/people/{child['id']}", {"version": "1", "name": "李四"}
    assert unit.post(address, data=given).status_code == 403
    assert unit.post(address, data=given | {"reason": "错字"}).status_code == 200
    assert "李四" in unit.get(f"/children/{child['id']}").text
    back = unit.post(f"{address}/back", data={"version": "2", "to": "1"})
    assert back.status_code == 200
    after = unit.get(f"{API}/children/{child['id']}").json()
    assert after["record"] == child["record"]
    assert after["version"] == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"birth_date": "二月"},
        {"resident_id": "500101199001011234"},
        {"status": "gone"},
        {"name": " "},
    ],
)
def test_what_cannot_be_is_refused_in_words(unit, wrong):
    child = people(unit)[0]
    given = {"version": "1", "reason": "x"} | wrong
    answer = unit.post(f"/people/{child['id']}", data=given)
    assert answer.status_code == 403
    assert unit.get(f"{API}/children/{child['id']}").json() == child


# --- proposals -------------------------------------------------------------------------------


def test_two_officers_at_one_proposal_have_one_winner_and_a_clear_word_to_the_other(
    unit, second, submitted, stocked
):
    store = unit.app.state.store
    third = second_officer(store, "third")
    other = stocked.beside(unit, "unit")
    other.cookies = {COOKIE: third}
    address = f"/proposals/{submitted}"
    one = form_of(second.get(address), "key", "version") | {"what": "all"}
    two = form_of(other.get(address), "key", "version") | {"what": "all"}
    asked = {"headers": {"accept": "text/html"}, "files": {"none": ("", b"")}}
    assert second.post(f"{address}/approve", data=one, **asked).status_code == 200
    told = other.post(f"{address}/approve", data=two, **asked)
    assert told.status_code == 409
    assert "审批，这次没有再办" in told.text
    again = second.post(f"{address}/approve", data=one, **asked)
    assert again.status_code == 200  # the same act, sent twice
    made = unit.get(f"{API}/pairings").json()
    assert len(made) == len({line["child"] for line in made}) > 20


def test_nobody_approves_her_own_proposal_while_there_is_a_colleague(unit, submitted):
    address = f"/proposals/{submitted}"
    page = unit.get(address)
    assert "这是您自己提出的建议" in page.text
    asked = form_of(page, "key", "version") | {"what": "all"}
    assert unit.post(f"{address}/approve", data=asked).status_code == 403
    paper = {"signed_by": "王主席", "signed_on": today().isoformat(), "number": "1号"}
    half = unit.post(f"{address}/approve", data=asked | paper)
    assert half.status_code == 403
    assert unit.get(f"{API}/pairings").json() == []


def test_the_scan_of_the_leaders_paper_is_kept_and_shown_again_to_the_units_officers(
    unit, second, town, submitted
):
    address = f"/proposals/{submitted}"
    asked = form_of(second.get(address), "key", "version") | {"what": "all"}
    asked |= {"signed_by": "王主席", "signed_on": today().isoformat(), "number": "1号"}
    wrong = {"scan": ("审批表.pdf", b"MZ not a scan")}
    assert second.post(f"{address}/approve", data=asked, files=wrong).status_code == 403
    scan = {"scan": ("x", b"%PDF-1.7 signed")}
    assert second.post(f"{address}/approve", data=asked, files=scan).status_code == 200
    kept = re.search(rf'href="({address}/papers/\w+)"', unit.get(address).text)[1]
    answer = unit.get(kept)
    assert answer.content == b"%PDF-1.7 signed"
    assert "attachment" in answer.headers["content-disposition"]
    assert town.get(kept).status_code == 403
    assert unit.get(f"{address}/papers/{'0' * 64}").status_code == 404


def test_what_the_staff_say_needs_a_reason_and_holds_in_the_next_proposal(unit, submitted):
    pair = unit.get(f"{API}/proposals/{submitted}").json()["proposal"]["pairs"][0]
    said = {"child": pair["child"], "caregiver": pair["caregiver"], "kind": "forbid"}
    assert unit.post("/wishes", data=said).status_code == 403
    assert unit.post("/wishes", data=said | {"why": "亲属"}).status_code == 200
    desk = record_desk(unit)
    after = propose(desk, Ask(UNIT, with_noted=True)).id
    page = unit.get(f"/proposals/{after}").text
    assert "这份建议照办的人工意见（1）" in page
    assert "亲属" in page
    told = unit.get(f"{API}/proposals/{after}").json()
    pairs = {(line["child"], line["caregiver"]) for line in told["proposal"]["pairs"]}
    assert (pair["child"], pair["caregiver"]) not in pairs
    assert unit.post("/wishes/back", data=said).status_code == 200
    assert unit.post("/wishes/back", data=said).status_code == 404


def test_a_row_that_moved_keeps_its_line_from_approval_and_says_whose(unit, second, submitted):
    pair = unit.get(f"{API}/proposals/{submitted}").json()["proposal"]["pairs"][0]
    child = unit.get(f"{API}/children/{pair['child']}").json()
    given = {"version": child["version"], "reason": "迁走", "status": "moved_out"}
    assert unit.patch(f"{API}/children/{pair['child']}", json=given).status_code == 200
    page = second.get(f"/proposals/{submitted}")
    assert "须重新生成的儿童" in page.text
    asked = form_of(page, "key", "version") | {"what": "all"}
    assert second.post(f"/proposals/{submitted}/approve", data=asked).status_code == 409


def test_a_new_child_is_given_ranked_suggestions(unit):
    child = people(unit)[0]
    page = unit.get(f"/suggestions?child={child['id']}").text
    assert "指定她" in page or "没有" in page
    assert unit.get("/suggestions?child=nobody").status_code == 404


# --- pairings --------------------------------------------------------------------------------


def test_pairs_begin_when_their_facts_are_known_and_papers_name_them(unit, town, approved):
    unit.post("/pairings/begin")
    lines = unit.get(f"{API}/pairings").json()
    states = {line["state"] for line in lines}
    assert states == {"active", "conditional"}
    assert all(line["unknown"] == [] for line in lines if line["state"] == "active")
    waiting = next(line for line in lines if line["state"] == "conditional")
    refused = unit.post(f"/pairings/{waiting['id']}/activate", data={"version": "1"})
    assert refused.status_code == 409
    assert unit.get("/notices/guardians.pdf").content.startswith(b"%PDF")
    assert {line["township"] for line in town.get(f"{API}/pairings").json()} == {town_code()}
    assert all(line["unknown"] == [] for line in town.get(f"{API}/pairings").json())


def test_a_pairing_rests_goes_on_and_ends_each_at_the_version_somebody_saw(unit, approved):
    unit.post("/pairings/begin")
    line = next(x for x in unit.get(f"{API}/pairings").json() if x["state"] == "active")
    address, seen = f"/pairings/{line['id']}", {"version": str(line["version"])}
    hold = seen | {"reason": "caregiver_away", "until": (today() + timedelta(9)).isoformat()}
    assert unit.post(f"{address}/hold", data=hold).status_code == 200
    assert unit.post(f"{address}/hold", data=hold).status_code == 409
    later = {"version": str(line["version"] + 1)}
    assert unit.post(f"{address}/resume", data=later).status_code == 200
    ends = {"version": str(line["version"] + 2), "reason": "caregiver_left"}
    assert unit.post(f"{address}/close", data=ends).status_code == 200
    told = unit.get(f"{API}/pairings/{line['id']}").json()
    assert [e["step"] for e in told["history"]][-3:] == ["hold", "resume", "close"]
    assert "还欠告别或交接记录" in unit.get("/").text


def test_a_township_stops_a_caregiver_of_its_children_at_once(unit, town, approved):
    line = town.get(f"{API}/pairings").json()[0]
    address = f"/caregivers/{line['caregiver']}/suspend"
    assert town.post(address, data={"why": " "}).status_code == 403
    told = town.post(address, data={"why": "有人反映"})
    assert told.status_code == 200
    assert "110" in told.text
    now = unit.get(f"{API}/pairings/{line['id']}").json()
    assert now["state"] == "suspended"
    assert town.post(f"/pairings/{line['id']}/lift", data={"version": "2"}).status_code == 403
    for browser in (town, unit):
        shown = browser.get(f"/caregivers/{line['caregiver']}").text
        assert "不可安排" in shown
        assert "有人反映" not in shown


# --- imports ---------------------------------------------------------------------------------


def changed(files, out, change):
    """Write the children's ledger with its sheet changed."""
    book = openpyxl.load_workbook(files / CHILDREN)
    change(book.active, [str(cell.value) for cell in book.active[1]])
    book.save(out)
    return {"files": (out.name, out.read_bytes())}


def test_an_import_is_confirmed_as_decided_and_undone(unit, files, tmp_path):
    def change(sheet, heads):
        name = next(n for n, head in enumerate(heads) if head.endswith("姓名")) + 1
        sheet.cell(2, name).value = "另一个名"
        sheet.delete_rows(3)

    sent = changed(files, tmp_path / "new.xlsx", change)
    read = unit.post("/imports", files=sent, data={"whole": "true"})
    preview = re.search(r"/imports/([0-9a-f]{16})", read.text)[1]
    page = unit.get(f"/imports/{preview}").text
    place = re.search(r'name="(line\d+)" value="(take:[^"]+)"', page)
    assert unit.post(f"/imports/{preview}/confirm").status_code == 409
    gone = re.search(r'<select[^>]* name="(line\d+)"', page)[1]
    decided = {place[1]: place[2], gone: "moved_out"}
    assert unit.post(f"/imports/{preview}/confirm", data=decided).status_code == 200
    assert "另一个名" in unit.get("/children?text=另一个名").text
    assert unit.get(f"{API}/children?status=moved_out").json()["total"] >= 1
    before = unit.get(f"{API}/children?status=active").json()["total"]
    would = unit.get(f"/imports/{preview}/undo").text
    assert re.search(r'<span class="before">另一个名</span> → <span class="after">', would)
    assert unit.post(f"/imports/{preview}/undo").status_code == 200
    assert unit.get(f"/imports/{preview}/undo").status_code == 409
    assert unit.get(f"{API}/children?status=active").json()["total"] == before + 1


def test_who_was_corrected_since_stands_in_the_way_of_an_undo_and_is_named(unit, town):
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        first = next(line.id for line in list_imports(book, UNIT) if line.kind == "child")
    would = unit.get(f"/imports/{first}/undo").text
    assert "不再在册（" in would
    person = people(unit)[0]
    source = Source(SourceKind.HAND, "", today(), "听错了")
    with desk.store.writing(desk.actor, "test") as book:
        correct(book, person["id"], person["version"], {"name": "改过的名"}, source)
    would = unit.get(f"/imports/{first}/undo").text
    assert f'<a href="/children/{person["id"]}">改过的名</a>' in would
    assert 'action="/imports/' not in would
    assert unit.post(f"/imports/{first}/undo").status_code == 409
    assert town.get(f"/imports/{first}/undo").status_code in (403, 404)


def test_whoever_is_missing_and_not_decided_becomes_a_task(unit, files, tmp_path):
    sent = changed(files, tmp_path / "short.xlsx", lambda sheet, _: sheet.delete_rows(3))
    read = unit.post("/imports", files=sent, data={"whole": "true"})
    preview = re.search(r"/imports/([0-9a-f]{16})", read.text)[1]
    assert unit.post(f"/imports/{preview}/confirm").status_code == 200
    desk = record_desk(unit)
    with desk.store.reading(desk.actor, "test") as book:
        (task,) = tasks_of(book, UNIT)
    page = unit.get("/tasks").text
    assert f"/children/{task.person}" in page
    given = {"version": str(task.version), "outcome": "已迁出", "state": "done"}
    assert unit.post(f"/tasks/{task.id}", data=given).status_code == 200
    assert unit.post(f"/tasks/{task.id}", data=given).status_code == 409


def test_a_roster_that_lists_all_but_one_makes_its_task(unit, files, tmp_path):
    sent = changed(files, tmp_path / "roster.xlsx", lambda sheet, _: sheet.delete_rows(2))
    page = unit.post("/roster", files=sent)
    assert page.status_code == 200
    assert re.search(r"新增待办 [1-9]", page.text)


def test_a_file_that_is_no_workbook_is_refused_in_words(unit):
    for name, content in (("a.exe", b"x"), ("a.xlsx", b"x")):
        answer = unit.post("/imports", files={"files": (name, content)})
        assert answer.status_code in (403, 422)


def test_an_empty_installation_says_what_to_do_first(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        assert client.base_url == HERE
        assert "台账还没有入库" in client.get("/").text
        assert client.post(f"{API}/proposals").status_code == 404
        desk = record_desk(client)
        with desk.store.reading(desk.actor, "test") as book:
            assert list_pairings(book) == ()
