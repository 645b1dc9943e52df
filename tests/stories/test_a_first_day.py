"""A first day: an officer's township workbooks become a proposal, in a browser, by hand."""

import io
import time
import zipfile
from pathlib import Path

import httpx2
import openpyxl
import pytest

from ledger.sample_files import write_sample
from tests.served import serving

ONE = "建胜镇.xlsx"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, "大渡口区", flaws=True)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Give a server with its accounts, as `nuantong serve` starts it."""
    with serving(tmp_path_factory.mktemp("home")) as server:
        yield server


@pytest.fixture
def desk(served):
    """Give the address of a desk that is empty, once the work at hand has ended."""
    address = served.address
    for _ in range(600):
        answer = httpx2.delete(address + "api/v1/files", headers=served.headers("unit"))
        if answer.status_code == 204:
            return address
        time.sleep(0.1)
    raise AssertionError(answer.text)


@pytest.fixture
def watched(page, served, desk):
    """Give the unit's page, and hold it to what it must never do."""
    served.sign_in(page, "unit")
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk}desk")
    yield page
    assert heard == []
    assert [url for url in asked if not url.startswith((desk, "data:", "blob:"))] == []


def saved(page, link):
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).click()
    return Path(download.value.path()).read_bytes(), download.value.suggested_filename


def grave_faults(page):
    """Name what axe finds serious or critical, for people with a keyboard or a reader."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], node["html"])
        for fault in found
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]


def test_a_first_day(watched, sample, desk):
    page = watched
    assert page.get_by_role("button", name="生成结对建议").is_disabled()
    assert page.get_by_text("还没有名单").is_visible()

    # A dozen workbooks at once, as they came by chat.
    workbooks = sorted((sample / "镇街").iterdir())
    page.locator("#pick-files").set_input_files(workbooks)
    page.locator("#check .cards").wait_for(timeout=60_000)
    assert page.locator("#files tbody tr").count() == len(workbooks)
    assert page.locator(".townships .missing").count() == 1
    page.get_by_label("程度").first.select_option("ERROR")
    page.locator("#findings .mark-warning").first.wait_for(state="detached")
    assert page.locator("#findings .mark-error").count() > 5

    ledger, name = saved(page, "下载合并台账")
    assert name == "大渡口区合并台账.xlsx"
    sheets = openpyxl.load_workbook(io.BytesIO(ledger)).sheetnames
    assert {"困境儿童台账", "爱心妈妈台账", "结对台账", "待更正", "交回情况"} <= set(sheets)
    returned, _ = saved(page, "下载全部核查表（zip）")
    assert len(zipfile.ZipFile(io.BytesIO(returned)).namelist()) > 5

    page.get_by_role("button", name="生成结对建议").click()
    page.get_by_role("tab", name="结对表").wait_for(timeout=60_000)
    page.locator("#rows tr.left-over").first.wait_for()
    assert page.locator("#rows tr").nth(1).get_attribute("class") == "left-over"
    page.get_by_label("显示").select_option("kept")
    page.locator("#rows tr.left-over").first.wait_for(state="detached")
    assert "保留" in page.locator("#rows tr").nth(1).inner_text()

    page.get_by_role("tab", name="结对表").press("ArrowRight")
    framed = page.frame_locator("#panel-map iframe")
    framed.locator("path.leaflet-interactive").first.wait_for()

    proposal, name = saved(page, "下载结对建议（Excel）")
    assert name == "大渡口区结对建议.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(proposal)).sheetnames[0] == "结对建议"
    html, _ = saved(page, "下载地图")
    assert html.lstrip().lower().startswith(b"<!doctype html>")

    assert grave_faults(page) == []

    # Closing the browser loses nothing; clearing the desk loses everything, after a question.
    page.goto(f"{desk}desk")
    page.locator("#rows tr.left-over").first.wait_for()
    page.get_by_role("button", name="全部清空").click()
    page.get_by_role("button", name="不清空").click()
    assert page.locator("#files tbody tr").count() == len(workbooks)
    page.get_by_role("button", name="全部清空").click()
    page.get_by_role("button", name="清空", exact=True).click()
    page.get_by_text("还没有名单").wait_for()
    assert page.locator("#rows").count() == 0


def test_files_are_dropped_on_the_page_and_what_is_no_workbook_is_told(watched, sample):
    page = watched
    content = (sample / "镇街" / ONE).read_bytes()
    page.evaluate(
        """([name, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name));
            data.items.add(new File(["x"], "照片.jpg"));
            document.getElementById("drop").dispatchEvent(
                new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }""",
        [ONE, list(content)],
    )
    page.get_by_text("跳过 1 个不是名单的文件").first.wait_for()
    page.locator("#check .cards").wait_for(timeout=60_000)
    assert page.locator("#files tbody tr").count() == 1


def test_a_hostile_file_is_refused_and_the_others_go_on(watched, sample, tmp_path):
    page = watched
    locked = tmp_path / "损坏.xlsx"
    locked.write_bytes(b"PK\x03\x04 not a workbook")
    page.locator("#pick-files").set_input_files([locked, sample / "镇街" / ONE])
    page.locator("#check .cards").wait_for(timeout=60_000)
    assert "无法读取" in page.locator("#files tbody").inner_text()
    page.get_by_role("button", name="移除 损坏.xlsx").click()
    unreadable = page.locator("#desk").get_by_text("无法读取")
    unreadable.first.wait_for(state="hidden", timeout=60_000)
    assert unreadable.count() == 0


def test_work_can_be_stopped_and_the_page_says_so(watched, sample):
    page = watched
    page.locator("#pick-files").set_input_files(sorted((sample / "镇街").iterdir()))
    page.get_by_role("button", name="停止").click(timeout=60_000)
    page.get_by_text("已停止").first.wait_for()
    page.get_by_role("button", name="知道了").click()
    assert page.locator("#files tbody tr").count() > 10


def test_the_page_speaks_english_when_asked(watched):
    page = watched
    page.get_by_role("link", name="English").click()
    page.get_by_text("Drop the townships' workbooks here").wait_for()
    page.get_by_role("link", name="中文").click()
    page.get_by_text("把各镇街交回的名单拖到这里").wait_for()


def test_an_empty_page_has_no_grave_fault_of_accessibility(watched):
    assert grave_faults(watched) == []
