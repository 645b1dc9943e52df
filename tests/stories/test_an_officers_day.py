"""An officer's day and a township's, in a browser: from the ledgers to pairs that have begun.

With NUANTONG_PICTURES naming a folder, the pages are drawn there for the guide.
"""

import os
import re
from pathlib import Path

import httpx2
import openpyxl
import pytest

from ledger.record.key_ring import KeyRing
from ledger.record.store import Store
from service.workflows.ledgers import today
from tests.served import serving
from tests.unit_on_record import (
    CAREGIVERS,
    CHILDREN,
    TOWN,
    sample,
    second_officer,
    town_code,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    """Give a made-up unit's ledgers of today; one child and one caregiver are called a script."""
    folder = sample(tmp_path_factory.mktemp("ledgers"), today())
    for name in (CHILDREN, CAREGIVERS):
        book = openpyxl.load_workbook(folder / name)
        sheet = book.active
        heads = {str(cell.value): cell.column for cell in sheet[1]}
        column = next(n for head, n in heads.items() if head.endswith("姓名"))
        sheet.cell(3, column).value = SCRIPT
        book.save(folder / name)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with serving(home) as server:
        store = Store.open(home / "data", KeyRing.load(home / "keys"))
        server.tokens["second"] = second_officer(store)
        server.tokens["town"] = second_officer(store, "town", town_code())
        store.close()
        yield server


@pytest.fixture
def watched(page, served):
    """Give a page, and hold it to what it must never do."""
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    # On purpose: rows of another township, and a question about a proposal that has moved.
    refused = [text for text in heard if "403" in text or "409" in text]
    assert len(refused) <= 3
    assert [text for text in heard if text not in refused] == []
    assert [u for u in asked if not u.startswith((served.address, "data:", "blob:"))] == []


def seen(page, name=""):
    """Hold a page to what people with a keyboard or a reader need; draw it where wanted."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state("networkidle")
    found = Axe().run(page).response["violations"]
    faults = [
        (fault["id"], node["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert faults == []
    folder = os.environ.get("NUANTONG_PICTURES")
    if folder and name:
        page.screenshot(path=Path(folder) / f"officer-{name}.png")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_function("() => !document.querySelector('form[aria-busy=true]')")
    page.wait_for_load_state("networkidle")


def test_an_officers_day(watched, served, ledgers):
    page, at = watched, served.address
    served.sign_in(page, "unit")
    page.goto(at)
    page.get_by_text("台账还没有入库").wait_for()
    page.get_by_role("link", name="导入台账").click()

    # Ledgers in: looked at, then confirmed, children and caregivers.
    page.locator("input[type=file]").set_input_files([ledgers / CHILDREN, ledgers / CAREGIVERS])
    press(page, "读取并比对")
    seen(page)
    for _ in range(2):
        page.goto(at + "imports")
        page.get_by_role("link", name="查看并确认").first.click()
        seen(page, "import")
        press(page, "确认入库")
        page.get_by_text("已入库。").wait_for()
    page.goto(at)
    page.get_by_text("名应结对儿童还没有爱心妈妈").wait_for()
    seen(page, "today")

    # A proposal, with progress; why; the officer's word; again; handed in.
    page.get_by_role("link", name="建议", exact=True).click()
    press(page, "生成结对建议")
    page.wait_for_url(re.compile("proposals/[0-9a-f]{16}"), timeout=60_000)
    page.frame_locator("iframe").locator("path.leaflet-interactive").first.wait_for()
    seen(page, "review")
    first = page.url
    page.locator("tr:not(.left-over) .ask-why").first.click()
    page.locator("#why h3").wait_for()
    page.get_by_label("原因（必填").fill("家访时约定")
    page.get_by_role("button", name="锁定这一对").click()
    page.get_by_text("已记下").wait_for()
    press(page, "重新生成")
    page.wait_for_url(lambda url: "proposals/" in url and first not in url, timeout=60_000)
    page.get_by_text("这份建议照办的人工意见（1）").wait_for()
    page.get_by_text("对照：0 名儿童不同").wait_for()
    press(page, "提交审批")
    page.get_by_text("这是您自己提出的建议").wait_for()
    assert page.get_by_role("button", name="审批全部未审批的").count() == 0
    proposal = page.url.split("?")[0]
    sheet = httpx2.get(f"{proposal}/sheet.pdf", headers=served.headers("unit"))
    assert sheet.content.startswith(b"%PDF")

    # The other officer: one line, then the rest.
    served.sign_in(page, "second")
    page.goto(at)
    page.get_by_text("份结对建议等您审批").wait_for()
    page.goto(proposal)
    page.locator("input[name=part]").first.check()
    press(page, "只审批勾选的")
    page.get_by_text("部分已审批").wait_for()
    page.locator(".ask-why").first.click()
    page.locator("#why").get_by_text("当时的理由").or_(
        page.get_by_text("当时提出的理由")
    ).wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#why").inner_text() == ""
    press(page, "审批全部未审批的")
    page.get_by_text("事项齐的结对可以").wait_for()
    page.goto(at + "pairings")
    seen(page, "pairings")
    press(page, "让事项齐备的全部生效")
    page.get_by_text(re.compile("已生效 [1-9]")).wait_for()
    page.goto(at + "pairings?state=active")
    page.locator("tbody a").first.click()
    seen(page)
    page.locator("summary", has_text="保护儿童").click()
    page.get_by_label("情况（加密保存）").fill("有人反映")
    press(page, "立即停止")
    page.get_by_text("现在请按这个顺序报告").wait_for()
    seen(page, "stopped")
    page.goto(at)
    page.get_by_text("因保护儿童已停止").wait_for()
    seen(page, "later")

    # A record: put right with the reason, and brought back.
    page.goto(at + "children")
    seen(page, "children")
    assert page.locator("img[src=x]").count() == 0
    page.get_by_label("姓名含").fill("onerror")
    press(page, "查找")
    page.get_by_role("link", name=SCRIPT).click()
    page.locator("summary", has_text="更正").click()
    page.get_by_label("姓名", exact=True).fill("王小明")
    page.get_by_label("更正原因").fill("写错")
    press(page, "保存更正")
    page.get_by_role("heading", name="王小明").wait_for()
    seen(page, "record")
    press(page, "恢复到这一版")
    page.get_by_role("heading", name=SCRIPT).wait_for()
    assert page.title() == "儿童 · 暖童 · 困境儿童结对工作台"

    _a_township(page, served, ledgers)


def _a_township(page, served, ledgers):
    """A township: its own and nobody else's; it hands a list up, and the unit confirms it."""
    at = served.address
    served.sign_in(page, "town")
    page.goto(at)
    seen(page, "township")
    page.goto(at + "children?status=")
    rows = page.locator("tbody tr").all_inner_texts()
    assert rows
    assert all(TOWN in row for row in rows)
    page.goto(at + "proposals")
    page.get_by_role("link", name=re.compile("查看")).first.click()
    assert 0 < page.locator("tbody tr").count() <= len(rows)
    seen(page)
    page.goto(at + "rows")
    page.locator("input[type=file]").set_input_files(ledgers / CHILDREN)
    press(page, "上报")
    page.get_by_text("只能提交本镇街的").wait_for()

    own = _own_rows(ledgers)
    page.goto(at + "rows")
    page.locator("input[type=file]").set_input_files(own)
    press(page, "上报")
    page.get_by_text("已上报区县").wait_for()
    served.sign_in(page, "unit")
    page.goto(at)
    page.get_by_text("批名单等确认入库").wait_for()
    page.goto(at + "imports")
    page.get_by_text("镇街上报，待确认").wait_for()
    page.get_by_role("link", name="查看并确认").first.click()
    page.get_by_text("改过的住址").wait_for()
    press(page, "确认入库")
    page.get_by_text("已入库。").wait_for()


def _own_rows(ledgers):
    """Write the township's own rows of the ledger, one of them changed."""
    book = openpyxl.load_workbook(ledgers / CHILDREN)
    sheet = book.active
    heads = [str(cell.value) for cell in sheet[1]]
    town, address = heads.index("镇街"), heads.index("住址") if "住址" in heads else -1
    for number in range(sheet.max_row, 1, -1):
        if sheet.cell(number, town + 1).value != TOWN:
            sheet.delete_rows(number)
    if address < 0:
        address = next(n for n, head in enumerate(heads) if "址" in head)
    sheet.cell(2, address + 1).value = "改过的住址"
    out = ledgers / f"{TOWN}上报.xlsx"
    book.save(out)
    return out
