"""A week of questions: whom to recruit, who takes over, what if, in a browser, by hand."""

import io
import time
from pathlib import Path
from urllib.parse import quote

import httpx2
import openpyxl
import pytest

from ledger.sample_files import write_sample
from tests.served import serving

CHILDREN, CAREGIVERS, PAIRS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    """Give the ledgers of a unit with a ninth of its caregivers."""
    folder = tmp_path_factory.mktemp("unit")
    write_sample(folder, "大渡口区", seed=5)
    book = openpyxl.load_workbook(folder / CAREGIVERS)
    for row in range(book.active.max_row, 1, -1):
        if row % 9:
            book.active.delete_rows(row)
    book.save(folder / CAREGIVERS)
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory, unit):
    """Give a server whose unit has a proposal on its desk, as `nuantong serve` starts it."""
    with serving(tmp_path_factory.mktemp("home")) as served:
        propose(served, unit)
        yield served


def propose(served, unit):
    api, who = f"{served.address}api/v1", served.headers("unit")
    for name, role in ((CHILDREN, "ledger"), (CAREGIVERS, "ledger"), (PAIRS, "pairs")):
        target = f"{api}/files?name={quote(name)}&role={role}"
        done = httpx2.post(target, content=(unit / name).read_bytes(), headers=who)
        assert done.status_code == 201
    job = httpx2.post(f"{api}/jobs", json={"kind": "pair"}, headers=who).json()["id"]
    for _ in range(600):
        state = httpx2.get(f"{api}/jobs/{job}", headers=who).json()["state"]
        if state != "running":
            assert state == "done"
            return
        time.sleep(0.1)
    raise AssertionError("the job never ended")


@pytest.fixture
def page_of_questions(page, desk):
    """Give the page, and hold it to what it must never do."""
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    desk.sign_in(page, "unit")
    page.goto(f"{desk.address}questions")
    yield page
    assert heard == []
    assert [url for url in asked if not url.startswith((desk.address, "data:", "blob:"))] == []


def section(page, heading):
    return page.locator("section.question").filter(has=page.get_by_role("heading", name=heading))


def ask(question):
    question.get_by_role("button", name="查看").click()
    question.locator("table.answer").first.wait_for(timeout=60_000)


def saved(page, link):
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes(), download.value.suggested_filename


def test_a_week_of_questions(page_of_questions, desk):
    from axe_playwright_python.sync_playwright import Axe

    page = page_of_questions
    answer = httpx2.get(f"{desk.address}api/v1/proposal", headers=desk.headers("unit"))
    kept = next(p for p in answer.json()["pairs"] if p["kept"])

    recruit = section(page, "再动员爱心妈妈")
    recruit.get_by_label("最多新增几位").fill("3")
    ask(recruit)
    assert recruit.locator("table.answer").first.locator("tbody tr").count() == 3
    assert "精确" in recruit.inner_text()
    framed = recruit.frame_locator("iframe")
    framed.get_by_role("heading", name="增加在哪里").wait_for()
    assert kept["child"] not in framed.locator("body").inner_text()
    drawn, name = saved(page, recruit.get_by_role("link", name="下载地图"))
    assert name == "增加爱心妈妈建议图.html"
    assert drawn.lstrip().lower().startswith(b"<!doctype html>")

    handover = section(page, "离任或暂停")
    handover.get_by_label("编号或姓名").fill(kept["caregiver"])
    handover.get_by_label("原因").select_option("suspended")
    ask(handover)
    assert "不等接替人到位" in handover.inner_text()
    assert "妇联主席" in handover.inner_text()
    paper, name = saved(page, handover.get_by_role("link", name="下载表格"))
    assert name == "交接表.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(paper)).sheetnames == ["交接表"]

    whatif = section(page, "换个条件")
    whatif.get_by_label("每位至少几户").first.fill("2")
    whatif.get_by_label("新增爱心妈妈").nth(1).fill("跳磴镇大坝社区=2")
    ask(whatif)
    rows = whatif.locator("tbody tr").all_inner_texts()
    assert [row.split()[0] for row in rows] == ["现状", "方案1", "方案2"]

    faults = Axe().run(page).response["violations"]
    assert [f["id"] for f in faults if f["impact"] in ("serious", "critical")] == []


def test_the_questions_are_put_in_english_too(page_of_questions):
    page = page_of_questions
    page.get_by_role("link", name="English").click()
    for heading in ("Where new caregivers would help most", "who takes over", "What if"):
        page.get_by_role("heading", name=heading).wait_for()
