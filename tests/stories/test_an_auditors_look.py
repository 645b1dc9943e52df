"""An auditor's look at the trail: who read what, and whether the chain holds.

With NUANTONG_PICTURES naming a folder, the page is drawn there.
"""

import os
import re
from pathlib import Path

import pytest

from tests.served import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as server:
        yield server


def draw(page, name):
    folder = os.environ.get("NUANTONG_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_an_auditor_finds_who_did_what_and_checks_the_chain(page, served):
    served.sign_in(page, "unit")
    page.goto(served.address + "children")
    served.sign_in(page, "auditor")
    page.goto(served.address)
    page.get_by_role("heading", name="审计日志").wait_for()
    page.get_by_role("cell", name=re.compile("查看儿童名单")).first.wait_for()
    page.get_by_label("账号").fill("unit")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("cell", name=re.compile("查看儿童名单")).first.wait_for()
    page.get_by_role("button", name="逐行核对").click()
    page.get_by_text("完整").first.wait_for()
    draw(page, "auditor-trail")
    page.goto(served.address + "children")
    assert page.get_by_text("您的账号不能这样做").count()
