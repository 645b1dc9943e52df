"""Pairs by keyboard alone: suggestions for a new child, a word of the staff taken back, papers."""

import httpx2
import pytest

from casework.access import SYSTEM_ACTOR
from ledger.record.key_ring import KeyRing
from ledger.record.people import PageAsk, page_of
from ledger.record.store import Store
from ledger.record.wishes import wishes_of
from service.workflows.ledgers import today
from tests.installation import UNIT
from tests.served import serving
from tests.unit_on_record import put_on_record, sample

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def served(home):
    with serving(home) as server:
        yield server


@pytest.fixture(scope="module")
def store(home, served, tmp_path_factory):
    store = Store.open(home / "data", KeyRing.load(home / "keys"))
    put_on_record(store, sample(tmp_path_factory.mktemp("ledgers"), today()))
    yield store
    store.close()


def said(store):
    with store.reading(SYSTEM_ACTOR, "test") as book:
        return [(str(line.wish.kind), line.why) for line in wishes_of(book, UNIT)]


def focused(page, what):
    return page.evaluate("what => document.activeElement?.matches(what) ?? false", what)


def press(page, what):
    """Press Enter on what has the focus, or is given it."""
    what.focus()
    page.keyboard.press("Enter")


def test_pairs_are_weighed_locked_forbidden_and_taken_back_without_a_mouse(page, served, store):
    at = served.address
    served.sign_in(page, "unit")
    with store.reading(SYSTEM_ACTOR, "test") as book:
        ask = PageAsk("child", UNIT, "", None, None, 1, unpaired=True)
        child = page_of(book, ask).people[0].record

    # A new child: the ranked caregivers, one chosen with the reason; taken back on the next page.
    page.goto(f"{at}children/{child.id}")
    press(page, page.get_by_role("button", name="推荐人选"))
    page.locator("#suggested tbody tr").nth(1).wait_for()
    page.get_by_label("原因（必填").focus()
    page.keyboard.type("同村熟悉")
    press(page, page.locator("#suggested tbody button").first)
    page.get_by_text("已记下，下一次生成建议时照办。").wait_for()
    assert said(store) == [("lock", "同村熟悉")]
    press(page, page.locator(".wishes").get_by_role("button", name="撤回"))
    page.get_by_text("已撤回这条意见").wait_for()
    assert said(store) == []

    # A proposal: why, in a drawer that gives the focus back; a pair forbidden; proposed again.
    press(page, page.locator("#propose-now"))
    page.wait_for_url("**/proposals/*", timeout=60_000)
    first = page.url
    opener = page.locator("tr:not(.left-over) .ask-why").first
    press(page, opener)
    page.locator("#why-heading").wait_for()
    page.wait_for_function("() => document.activeElement.id === 'why-heading'")
    page.keyboard.press("Escape")
    page.locator("#why-heading").wait_for(state="detached")
    page.wait_for_function("() => document.activeElement.matches('.ask-why')")
    page.keyboard.press("Enter")
    page.get_by_label("原因（必填").focus()
    page.keyboard.type("家长不同意")
    press(page, page.get_by_role("button", name="不要这一对"))
    page.get_by_text("已记下，下一次生成建议时照办。").wait_for()
    assert said(store) == [("forbid", "家长不同意")]
    press(page, page.locator("#propose-now"))
    page.wait_for_url(lambda url: "proposals/" in url and first not in url, timeout=60_000)
    page.get_by_text("这份建议照办的人工意见（1）").wait_for()

    # The two laid side by side; what was said is taken back; papers to print.
    compared = page.locator("details", has_text="对照：")
    press(page, compared.locator("summary"))
    compared.locator("tbody tr").first.wait_for()
    press(page, page.locator(".wishes").get_by_role("button", name="撤回"))
    page.get_by_text("已撤回这条意见").wait_for()
    assert said(store) == []
    sheet = page.url.split("?")[0] + "/sheet.pdf"
    assert httpx2.get(sheet, headers=served.headers("unit")).content.startswith(b"%PDF")
