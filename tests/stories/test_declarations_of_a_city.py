"""Declarations of a whole city: forms and ledgers of 41 units, handed in, received, rolled up."""

import io
import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from casework.declaration_rules import DeclarationRules
from casework.rollup import State
from casework.rollup_json import rollup_json
from ledger.hand_in_file import SUFFIX, read_hand_in
from ledger.hand_in_store import HandInStore
from ledger.incoming import files_in
from service.workflows.collection import receive, roll_up_folder, write_rollup_file
from service.workflows.declarations import count_ledgers, open_terms
from service.workflows.ledgers import Terms
from service.workflows.packing import Packing, made, pack
from service.workflows.receipts import write_receipts
from tests.served import serving

DUE = date(2021, 9, 15)
LEDGERS = ("困境儿童台账.xlsx", "结对台账.xlsx")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def handed_in(city, tmp_path_factory):
    """Give a folder with the hand-in of every unit, those with errors with a reason."""
    folder = tmp_path_factory.mktemp("in")
    terms = open_terms(Terms(b"a key of sixteen bytes", DUE))
    for unit in terms.units.units:
        counts = count_ledgers([city / unit.name / name for name in LEDGERS], terms)
        packing = Packing(folder / f"{unit.name}{SUFFIX}", "家儿部", "先报，后补")
        made(pack(city / "申报表" / f"{unit.name}申报表.xlsx", counts, packing, terms))
    return folder


def test_a_city_is_received_and_rolled_up_with_nobody_named(city, handed_in, tmp_path):
    terms = open_terms(Terms(b"", DUE))
    store = HandInStore(tmp_path / "store")
    paths = files_in(handed_in)
    assert len(paths) == 41
    done = receive({path: path.name for path in paths}, store, DUE, terms)
    assert {each.refused for each in done} == {""}
    receipts = write_receipts(done, store, DUE, terms)
    assert len(list(receipts.glob("*.txt"))) == 41

    rollup, refused = roll_up_folder(store.root, terms, DUE)
    assert refused == ()
    assert rollup.of(State.MISSING) == ()
    assert rollup.not_added == {}
    forms = [openpyxl.load_workbook(p).active["A4"].value for p in (city / "申报表").iterdir()]
    assert rollup.totals["children_total"] == sum(forms)
    written = tmp_path / "汇总表.xlsx"
    write_rollup_file(rollup, written)
    sheet = openpyxl.load_workbook(written, data_only=True)["汇总表"]
    assert next(row[2] for row in sheet.values if row[1] == "合计") == sum(forms)

    # One form in ten is wrong on purpose: those, and no others, differ from their ledger.
    differing = [line for line in rollup.lines if line.differences]
    assert 1 <= len(differing) <= 8
    text = json.dumps(rollup_json(rollup), ensure_ascii=False)
    for name in _names(city):
        assert name not in text


def _names(city):
    """Give names of children of two units: long ones, which are no part of another word."""
    for unit in ("武隆区", "城口县"):
        sheet = openpyxl.load_workbook(city / unit / LEDGERS[0]).active
        rows = list(sheet.values)
        head = next(row for row in rows if sum(bool(cell) for cell in row) > 5)
        at = next(n for n, cell in enumerate(head) if "姓名" in str(cell))
        yield from (row[at] for row in rows[rows.index(head) + 1 :] if len(str(row[at])) > 2)


def test_every_hand_in_agrees_with_the_ledger_it_was_made_from(city, handed_in):
    rules = DeclarationRules.from_toml()
    for path in list(files_in(handed_in))[:5]:
        hand_in = read_hand_in(path)
        ages = [child.age_years for child in hand_in.children]
        sheet = openpyxl.load_workbook(
            city / "申报表" / f"{hand_in.manifest.unit_name}申报表.xlsx"
        )
        total, older = sheet.active["A4"].value, sheet.active["B4"].value
        assert abs(len(ages) - total) <= 4
        assert abs(sum(age >= rules.from_age_years for age in ages) - older) <= 4


# --- by hand, in a browser ------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Give a server with its accounts, as `nuantong serve` starts it."""
    with serving(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def watched(page, served):
    """Give the unit's page, and hold it to what it must never do."""
    served.sign_in(page, "unit")
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.address + "desk")
    yield page
    assert heard == []
    assert [url for url in asked if not url.startswith((served.address, "data:", "blob:"))] == []


def grave_faults(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], node["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


@pytest.mark.browser
def test_a_unit_fills_its_form_and_the_city_receives_it(
    watched, served, city, handed_in, tmp_path
):
    page = watched
    page.locator("#pick-files").set_input_files(sorted((city / "大渡口区" / "镇街").iterdir()))
    page.locator("#check .cards").wait_for(timeout=90_000)
    page.get_by_role("link", name="申报表", exact=True).click()

    # The numbers stand already; the officer types the rest, and sees at once what is wrong.
    button = page.get_by_role("button", name="生成报送包")
    assert button.is_disabled()
    assert page.get_by_label("困境儿童总数", exact=True).input_value() != ""
    page.get_by_label("项目联系人及联系方式").fill("冉文静 13800000000")
    page.get_by_label("计划开展团辅时间").fill("10月18日、20日")
    page.get_by_label("计划开展团辅场次").fill("2")
    page.get_by_text("不连续").wait_for()
    page.get_by_label("计划开展团辅时间").fill("10月16-17日")
    page.locator(".point-error").first.wait_for(state="detached")
    assert grave_faults(page) == []
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == f"大渡口区{SUFFIX}"
    mine = tmp_path / download.value.suggested_filename
    download.value.save_as(mine)
    assert read_hand_in(mine).manifest.unit_name == "大渡口区"
    with page.expect_download() as download:
        page.get_by_role("link", name="下载盖章件（PDF）").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    # The city: a dozen hand-ins and a ledger that should not have come.
    served.sign_in(page, "city")
    page.goto(served.address)
    page.get_by_role("link", name="汇总", exact=True).click()
    others = [p for p in files_in(handed_in) if not p.name.startswith("大渡口")][:8]
    page.locator("#pick-files").set_input_files(
        [mine, *others, city / "武隆区" / "困境儿童台账.xlsx"]
    )
    page.get_by_text("收到 9 份，已有相同的 0 份，未收 1 份").wait_for(timeout=60_000)
    page.get_by_text("名单不能这样报送").first.wait_for()
    page.locator("#units .missing").nth(32).wait_for(state="detached")
    assert page.locator("#units .missing").count() == 32
    page.get_by_label("截至").fill("2021-09-20")
    page.get_by_text("逾期 5 天").first.wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载汇总表（Excel）").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert book.sheetnames[0] == "汇总表"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="复制给酉阳县的文字").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("酉阳县妇联：")
    assert grave_faults(page) == []
