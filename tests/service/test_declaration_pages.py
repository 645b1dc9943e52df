"""The pages of declarations through the API: what they keep, refuse and hand out."""

import io
import re
import shutil
import zipfile
from urllib.parse import quote

import openpyxl
import pytest

from casework.access import area
from service.desk import CHECK, LEDGER, Desk
from service.rooms import desk_folder
from service.routes import declarations as routes
from service.workflows.desk_work import check_desk
from service.workroom import work_folder
from tests.installation import HERE, UNIT, desk_of

CONTACT = "冉文静 13800000000"


@pytest.fixture
def client(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        yield client


@pytest.fixture
def city(installation, client):
    """Give the city office's browser."""
    return installation.beside(client, "city")


@pytest.fixture(scope="module")
def checked_once(installation, sample, tmp_path_factory):
    """Check the sample's ledgers on a desk, to be copied."""
    root = tmp_path_factory.mktemp("checked") / "data"
    store = installation.open_store(root)
    desk = Desk(desk_folder(root, area(UNIT)), store.keys)
    for workbook in sorted((sample / "镇街").iterdir()):
        file_id, path = desk.draft(workbook.name, "ledger")
        shutil.copyfile(workbook, path)
        desk.accept(file_id, workbook.name, "ledger")
    check_desk(desk, {}, lambda *_: None)
    store.close()
    return root


@pytest.fixture
def checked(installation, checked_once, tmp_path):
    """Give the client of a desk whose ledgers are collected and checked."""
    root = shutil.copytree(checked_once, tmp_path / "checked")
    shutil.copytree(checked_once.with_name("data-keys"), tmp_path / "checked-keys")
    with installation.client(root) as client:
        yield client


def fields(text):
    """Read the form's cells out of the page."""
    inputs = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', text))
    areas = dict(re.findall(r'name="(\w+)" rows[^>]*>([^<]*)</textarea>', text))
    chosen = re.search(r"<option selected>([^<]+)", text)
    return {**inputs, **areas, "unit": chosen[1] if chosen else ""}


def take(client, name, content):
    return client.post(f"/api/v1/declarations?name={quote(name)}", content=content)


@pytest.mark.parametrize(("who", "address"), [("unit", "/declaration"), ("city", "/declarations")])
def test_the_pages_speak_both_languages_and_hold_nothing_inline(
    installation, client, who, address
):
    client = installation.beside(client, who)
    chinese = client.get(address).text
    assert 'lang="zh-CN"' in chinese
    assert 'lang="en"' in client.get(f"{address}?lang=en").text
    scripts = re.findall(r"<script\b([^>]*)>", chinese)
    assert all("src=" in s or 'type="application/json"' in s for s in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", chinese)
    for asset in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", chinese):
        assert client.get(asset).status_code == 200


def test_without_a_ledger_the_form_is_blank_and_says_so(client):
    text = client.get("/declaration").text
    assert "还没有台账" in text
    assert fields(text)["children_total"] == ""
    refused = client.post("/declaration/hand-in", data={"unit": "武隆区"})
    assert refused.status_code == 409


def test_the_form_is_filled_from_the_ledgers_on_the_desk(checked):
    got = fields(checked.get("/declaration").text)
    assert got["unit"] == "大渡口区"
    assert int(got["children_total"]) >= int(got["children_6_plus"]) > 0


def test_what_is_typed_is_kept_and_checked_at_once(checked):
    typed = {**fields(checked.get("/declaration").text), "children_6_plus": "999"}
    part = checked.post("/declaration/check", data=typed).text
    assert "大于困境儿童总数" in part
    assert fields(checked.get("/declaration").text)["children_6_plus"] == "999"
    checked.get("/declaration?fill=1")
    assert fields(checked.get("/declaration").text)["children_6_plus"] != "999"


def test_the_room_decides_how_many_sessions_are_filled_in(checked):
    typed = {**fields(checked.get("/declaration").text), "room": "10"}
    checked.post("/declaration/check", data=typed)
    got = fields(checked.get("/declaration?fill=1").text)
    assert int(got["sessions"]) == -(-int(got["participants_children"]) // 10)


def test_the_form_is_downloaded_as_a_workbook_and_for_the_seal(checked):
    typed = {**fields(checked.get("/declaration").text), "contact": "=1+1 <b>"}
    checked.post("/declaration/check", data=typed)
    sheet = openpyxl.load_workbook(
        io.BytesIO(checked.get("/declaration/form.xlsx").content)
    ).active
    assert sheet["A4"].value == int(typed["children_total"])
    assert sheet["G4"].value == "=1+1 <b>"
    assert sheet["G4"].data_type == "s"
    assert checked.get("/declaration/form.pdf").content.startswith(b"%PDF")
    assert not list(desk_of(checked).root.rglob(".form*"))
    assert not list(work_folder().glob(f"{desk_of(checked).work.mark}-form-*"))


def test_a_hand_in_is_made_and_the_city_page_takes_it(installation, checked):
    city = installation.beside(checked, "city")
    typed = {**fields(checked.get("/declaration").text), "dates": "待定", "contact": CONTACT}
    packed = checked.post("/declaration/hand-in", data=typed)
    assert packed.json() == {"address": "/declaration/hand-in"}
    got = checked.get("/declaration/hand-in")
    assert "nthandin" in got.headers["content-disposition"]
    done = take(city, "大渡口区.nthandin.zip", got.content).json()
    assert (done["outcome"], done["units"]) == ("received", ["500104"])
    again = take(city, "大渡口区(1).nthandin.zip", got.content).json()
    assert again["outcome"] == "unchanged"
    rollup = city.get("/api/v1/declarations/rollup").json()
    assert rollup["counts"]["missing"] == 40
    part = city.get("/parts/declarations?on=2021-09-20&due=2021-09-15").text
    assert "逾期 5 天" in part
    assert "13800000000" not in part


def test_errors_and_personal_details_are_refused_by_the_door_too(checked):
    typed = {**fields(checked.get("/declaration").text), "dates": "待定", "contact": ""}
    assert checked.post("/declaration/hand-in", data=typed).status_code == 403
    typed |= {"contact": CONTACT, "remarks": "家长13911112222", "reason": "就这样"}
    assert checked.post("/declaration/hand-in", data=typed).status_code == 403
    assert checked.get("/declaration/hand-in").status_code == 404


@pytest.mark.parametrize("unit", ["a/b", "../../x", "*", "", "\x00"])
def test_a_unit_that_is_none_is_refused_and_reaches_no_other_file(checked, unit):
    assert checked.post("/declaration/hand-in", data={"unit": unit}).status_code == 403
    assert checked.get("/declaration/hand-in").status_code == 404
    assert checked.get("/declaration/form.xlsx").status_code == 200


def test_a_file_that_is_refused_leaves_nothing_behind(client, city, sample, monkeypatch):
    refused = take(city, "../../坏.zip", b"junk").json()
    assert refused["outcome"] == "refused"
    assert ".." not in refused["name"]
    named = take(city, "名单.xlsx", (sample / "困境儿童台账.xlsx").read_bytes()).json()
    assert "人员名单" in named["reason"]
    monkeypatch.setattr(routes, "LARGEST_FILE_BYTES", 10)
    assert take(city, "大.zip", b"x" * 11).status_code == 403
    assert not [p for p in desk_of(client, "city").root.glob("collection/**/*") if p.is_file()]


def test_the_rollup_and_the_receipts_are_downloaded(installation, checked):
    city = installation.beside(checked, "city")
    take(city, "武隆区.xlsx", checked.get("/declaration/form.xlsx").content)
    book = city.get("/declarations/rollup.xlsx?on=2021-09-20&due=2021-09-15").content
    assert openpyxl.load_workbook(io.BytesIO(book)).sheetnames[0] == "汇总表"
    names = zipfile.ZipFile(io.BytesIO(city.get("/declarations/receipts.zip").content)).namelist()
    assert [name[:4] for name in names] == ["大渡口区"]
    assert city.get("/declarations/rollup.json").json()["schema"] == "nuantong/rollup/1"


def test_another_site_cannot_type_or_hand_in(client):
    for address in (
        "/declaration/check",
        "/declaration/hand-in",
        "/api/v1/declarations?name=a.zip",
    ):
        answer = client.post(address, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403


@pytest.mark.parametrize("on", ["", "someday", "2021-13-40"])
def test_a_day_that_is_half_typed_is_no_day(city, on):
    assert city.get(f"/parts/declarations?on={on}&due={on}").status_code == 200


def test_clearing_the_desk_clears_the_form(checked):
    checked.post("/declaration/check", data={"contact": CONTACT})
    assert desk_of(checked).content(CHECK, LEDGER)
    checked.delete("/api/v1/files")
    assert CONTACT not in checked.get("/declaration").text


def test_what_was_collected_and_checked_is_taken_in_without_a_file_going_round(checked):
    page = checked.get("/desk").text
    assert 'action="/imports/desk"' in page
    read = checked.post("/imports/desk", headers={"origin": HERE}).text
    for preview in re.findall(r"/imports/([0-9a-f]{16})", read):
        shown = checked.get(f"/imports/{preview}").text
        assert "合并台账.xlsx" in shown
        done = checked.post(f"/imports/{preview}/confirm", headers={"origin": HERE})
        assert done.status_code == 200
    told = desk_of(checked).read(CHECK, "check.json")["kinds"]["children"]["accepted"]
    assert checked.get(f"/api/v1/units/{UNIT}/children").json()["total"] == told


def test_files_that_changed_since_they_were_checked_are_not_taken_in(checked):
    desk = desk_of(checked)
    file_id, path = desk.draft("又一份.csv", "ledger")
    path.write_text("姓名\n", "utf-8")
    desk.accept(file_id, "又一份.csv", "ledger")
    refused = checked.post("/imports/desk", headers={"origin": HERE})
    assert (refused.status_code, "重新核查" in refused.text) == (403, True)
    assert 'action="/imports/desk"' not in checked.get("/desk").text
