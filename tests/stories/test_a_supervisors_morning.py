"""A supervisor's morning: a unit looks where it hurts, the city and an auditor look at bands."""

import os
from pathlib import Path

import pytest

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.record.accounts import Account, add_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from service.workflows.ledgers import today
from tests.figures_on_record import pair, put
from tests.installation import PASSWORD
from tests.served import Served, serving
from tests.stories.test_a_first_day import grave_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WULONG = "500156"
LEFT = {"500156003": 12, "500156101": 6, "500156102": 2, "500156104": 0}
EVIL = "</script><img src=x onerror=\"document.title='x'\">"
PICTURES = os.environ.get("NUANTONG_PICTURES")
"""A folder to leave the guide's pictures in, when they are to be made anew."""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Give a server with one unit on record; ``wulong`` is its office."""
    home = tmp_path_factory.mktemp("home")
    with serving(home) as server:
        store = Store.open(home / "data", KeyRing.load(home / "keys"))
        with store.writing(SYSTEM_ACTOR, "test") as book:
            made = add_account(book, Account("", "wulong", Role.UNIT, area(WULONG)), PASSWORD)
            token = begin_session(book, made.id)
        for township, left in LEFT.items():
            given = {"township": township, "unit": WULONG, "as_of": today(), "name": EVIL}
            children = put(store, children=left + 1, **given)
            (mother,) = put(store, caregivers=1, **given)
            pair(store, children[0], mother, unit=WULONG, township=township)
        store.close()
        yield Served(server.address, server.tokens | {"wulong": token})


@pytest.fixture
def watched(page, served):
    """Give a page, and hold it to what it must never do."""
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert heard == []
    assert [url for url in asked if not url.startswith((served.address, "data:"))] == []


def picture(page, name):
    if PICTURES:
        page.set_viewport_size({"width": 1366, "height": 1180})
        page.wait_for_timeout(1_500)
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


def shown(page):
    """Give the rows of the table as the page shows them."""
    rows = page.locator(".sup-pair tbody tr")
    return {
        row.locator("th").inner_text().removesuffix(" ※"): row.locator("td")
        .first.inner_text()
        .strip()
        for row in rows.all()
    }


def test_a_supervisors_morning(watched, served):
    page = watched
    served.sign_in(page, "wulong")
    page.goto(f"{served.address}supervision")
    assert page.locator(".urgent li").first.inner_text().startswith("仙女山街道")
    table = shown(page)
    assert (table["仙女山街道"], table["江口镇"], table["火炉镇"]) == ("12", "2", "0")
    assert table["羊角街道"] == "无数据"
    frame = page.frame_locator(".sup-pair iframe")
    frame.locator("path.nt-area").first.wait_for()
    assert page.title() == "督导 · 暖童 · 困境儿童结对工作台"
    assert grave_faults(page) == []
    picture(page, "supervision-unit")

    # Another layer, by the keyboard alone.
    page.get_by_role("link", name="已有爱心妈妈的儿童", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="已有爱心妈妈的儿童").wait_for()
    assert shown(page)["火炉镇"] == "1"

    with page.expect_download() as download:
        page.get_by_role("link", name="打印（PDF）").click()
    assert download.value.suggested_filename.startswith("武隆区督导统计（")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    # What the city sees of the same children, and an auditor.
    for who in ("city", "auditor"):
        served.sign_in(page, who)
        page.goto(f"{served.address}supervision")
        assert shown(page)["武隆区"] == "20"
        page.locator(".sup-pair tbody").get_by_role("link", name="武隆区").click()
        page.get_by_role("heading", name="武隆区督导统计").wait_for()
        table = shown(page)
        assert (table["仙女山街道"], table["江口镇"], table["火炉镇"]) == ("10–19", "1–4", "0")
        assert page.locator(".sup-pair tbody a").count() == 0
        frame.locator("path.nt-area").first.wait_for()
        assert grave_faults(page) == []
        picture(page, f"supervision-{who}")
