"""Work that goes on, in a browser: seen after a reload and by a colleague, stopped by a button."""

import re
import time
from contextlib import contextmanager

import pytest

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record.key_ring import KeyRing
from ledger.record.proposals import list_proposals
from ledger.record.store import Store
from service.access import COOKIE
from service.jobs import ROUND_WORK, Bench
from service.worker import run
from service.workflows.rounds_setup import RoundDesk, newest_round
from tests.served import serving
from tests.service import pretend_work
from tests.service.pretend_work import at_work
from tests.stories.test_the_citys_round import take
from tests.unit_on_record import put_on_record, second_officer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STOPPED_SECONDS = 6
"""Twice and more what it takes on a machine that does something else too."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def store(home, tmp_path_factory):
    with serving(home):
        pass
    store = Store.open(home / "data", KeyRing.load(home / "keys"))
    put_on_record(store, tmp_path_factory.mktemp("ledgers"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def served(home, store):
    with serving(home, "--no-worker") as server:
        server.tokens["second"] = second_officer(store)
        yield server


@contextmanager
def colleague(page, served):
    """Give the other officer's own browser."""
    context = page.context.browser.new_context(locale="zh-CN", reduced_motion="reduce")
    cookie = {"name": COOKIE, "value": served.tokens["second"], "url": served.address}
    context.add_cookies([cookie])
    yield context.new_page()
    context.close()


def made(store):
    with store.reading(SYSTEM_ACTOR, "test") as book:
        return len(list_proposals(book))


def sees_work(page):
    page.locator("#work:not([hidden])", has_text="正在生成结对建议").wait_for()
    page.locator("#work-stage", has_text="计算结对").wait_for()
    assert page.locator("#propose-now").is_disabled()


def test_a_proposal_under_way_shows_to_both_officers_and_stops_at_a_button(
    page, served, store, home
):
    served.sign_in(page, "unit")
    page.goto(served.address + "proposals")
    with at_work(store, home, pretend_work.endless):
        page.locator("#propose-now").click()
        sees_work(page)
        page.reload()
        sees_work(page)
        again = page.context.new_page()
        again.goto(served.address + "proposals")
        sees_work(again)
        with colleague(page, served) as other:
            other.goto(served.address + "proposals")
            sees_work(other)
            pressed = time.monotonic()
            other.get_by_role("button", name="停止").click()
            for shown in (other, page, again):
                shown.locator("#work", has_text="已停止，原来的结果没有变。").wait_for()
            assert time.monotonic() - pressed < STOPPED_SECONDS
            assert other.locator("#work-dismiss").evaluate("x => x === document.activeElement")
    assert made(store) == 0
    assert page.locator("#told").inner_text() == "已停止，原来的结果没有变。"
    with at_work(store, home, run):
        page.locator("#propose-now").click()
        page.wait_for_url(re.compile("proposals/[0-9a-f]{16}"), timeout=60_000)
    assert made(store) == 1


def test_a_line_that_breaks_takes_nothing_from_the_work_and_its_progress_comes_back(
    page, served, store, home
):
    served.sign_in(page, "unit")
    page.goto(served.address + "proposals")
    before = made(store)
    page.locator("#propose-now").click()
    page.locator("#work-stage", has_text="排队等候").wait_for()
    page.context.set_offline(True)
    page.locator("#work-stage", has_text="连接断了").wait_for()
    page.context.set_offline(False)
    page.locator("#work-stage", has_text="排队等候").wait_for()
    page.context.set_offline(True)
    page.locator("#work-stage", has_text="连接断了").wait_for()
    with at_work(store, home, run):
        deadline = time.monotonic() + 60
        while made(store) == before and time.monotonic() < deadline:
            time.sleep(0.1)
        page.context.set_offline(False)
        page.wait_for_url(re.compile("proposals/[0-9a-f]{16}"), timeout=60_000)
    assert made(store) == before + 1


def test_a_round_under_way_converges_again_after_a_reload_and_stops(
    page, served, store, home, city
):
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    served.sign_in(page, "city")
    page.goto(served.address + "round/setup")
    take(page, "declarations", sorted((city / "申报表").iterdir())[:2])
    take(page, "teams", city / "团辅团队.xlsx")
    page.goto(served.address + "round/plan")
    office = Actor("test", Role.CITY, area())
    found = newest_round(RoundDesk(store, office))
    arguments = {"round": found.id, "version": found.version}
    Bench(store, area(), ROUND_WORK).start(office, "round_plan", arguments)
    with at_work(store, home, pretend_work.converging):
        for _ in range(2):
            page.reload()
            page.locator("#levels li", has_text="改期").wait_for()
            page.locator("#chart polyline").first.wait_for(state="attached")
            assert page.locator("button[data-job]").first.is_disabled()
        page.get_by_role("button", name="停止").click()
        page.locator("#work", has_text="已停止").wait_for()
        page.locator("button[data-job]:enabled").first.wait_for()
    assert faults == []
