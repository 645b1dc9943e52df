"""A caregiver's week in a browser: what is due, a line with what is wrong in it, a line written.

With NUANTONG_PICTURES naming a folder, the page is drawn there for the guide.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from casework.access import SYSTEM_ACTOR
from ledger.record.accounts import named_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from service.workflows.ledgers import today
from tests.care_on_record import begin, let_in
from tests.installation import TOWNSHIP, UNIT
from tests.served import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as server:
        store = Store.open(tmp_path / "data", KeyRing.load(tmp_path / "keys"))
        _, caregiver_id = begin(store, UNIT, TOWNSHIP, today() - timedelta(days=40))
        let_in(store, "caregiver", caregiver_id)
        with store.writing(SYSTEM_ACTOR, "test") as book:
            server.tokens["caregiver"] = begin_session(book, named_account(book, "caregiver").id)
        store.close()
        yield server


def serious(page):
    """Name what axe finds serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")]


def test_a_caregiver_writes_down_her_visit(page, served):
    served.sign_in(page, "caregiver")
    page.goto(served.address)
    page.get_by_role("heading", name="我的孩子").wait_for()
    assert serious(page) == []

    # A call is no meeting: she is told, and what she typed is still there.
    page.get_by_label("每周见面").check()
    page.get_by_label("地点").select_option("phone")
    page.get_by_label("情况").fill("这周作业都写完了")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("alert").get_by_text("要当面").wait_for()
    assert page.get_by_label("情况").input_value() == "这周作业都写完了"
    assert serious(page) == []

    page.get_by_label("地点").select_option("home")
    page.get_by_label("每半月谈心").check()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已记下。").wait_for()
    page.get_by_text("这周作业都写完了").wait_for()
    folder = os.environ.get("NUANTONG_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / "caregiver-week.png", full_page=True)

    # The office reads it, and sees what was missed.
    served.sign_in(page, "unit")
    page.goto(served.address + "care")
    page.get_by_text("1 对有缺次").wait_for()
    assert serious(page) == []
    page.goto(served.address + "care?every=1&lang=en")
    page.get_by_role("heading", name="How the six ones are kept").wait_for()
