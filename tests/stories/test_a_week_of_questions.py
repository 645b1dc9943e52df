"""A week of questions: whom to recruit, who takes over, what if, in a browser, by hand."""

import io
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import httpx2
import openpyxl
import pytest

from ledger.sample_files import write_sample

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
    """Give the address of a desk with a proposal, as `nuantong serve` tells it."""
    home = tmp_path_factory.mktemp("home")
    server = subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", "--data", home / "data", "--port", "0"],
        stdout=subprocess.PIPE,
        env=os.environ | {"NUANTONG_CONFIG": str(home / "config")},
        text=True,
    )
    assert server.stdout is not None
    address = re.search(r"http://\S+", server.stdout.readline())
    assert address
    propose(address[0], unit)
    yield address[0]
    server.terminate()
    server.wait(20)
    server.stdout.close()


def propose(address, unit):
    for name, role in ((CHILDREN, "ledger"), (CAREGIVERS, "ledger"), (PAIRS, "pairs")):
        target = f"{address}api/v1/files?name={quote(name)}&role={role}"
        assert httpx2.post(target, content=(unit / name).read_bytes()).status_code == 201
    job = httpx2.post(f"{address}api/v1/jobs", json={"kind": "pair"}).json()["id"]
    for _ in range(600):
        state = httpx2.get(f"{address}api/v1/jobs/{job}").json()["state"]
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
    page.goto(f"{desk}questions")
    yield page
    assert heard == []
    assert [url for url in asked if not url.startswith((desk, "data:", "blob:"))] == []


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
    kept = next(p for p in httpx2.get(f"{desk}api/v1/proposal").json()["pairs"] if p["kept"])

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
