"""The first account in a browser: the link of the first start, signing out and in, a password."""

import pytest

from tests.installation import PASSWORD
from tests.served import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def grave_faults(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [fault["id"] for fault in found if fault["impact"] in ("serious", "critical")]


def test_the_first_account(page, tmp_path):
    heard = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    with serving(tmp_path, made=False) as served:
        page.goto(served.address)
        assert page.get_by_text("这里还没有账号").is_visible()
        page.goto(served.tokens["setup"])
        assert grave_faults(page) == []
        page.get_by_label("单位").select_option(label="大渡口区")
        page.get_by_label("账号").fill("张伟")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_label("再输入一次").fill("不一样")
        page.get_by_role("button", name="建立账号并进入").click()
        assert page.get_by_role("alert").inner_text().startswith("两次输入的密码不一样")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_label("再输入一次").fill(PASSWORD)
        page.get_by_role("button", name="建立账号并进入").click()
        page.get_by_text("台账还没有入库").wait_for()

        page.get_by_role("button", name="退出").click()
        page.goto(served.address + "questions")
        assert page.url.endswith("/signin?next=/questions")
        assert grave_faults(page) == []
        page.get_by_label("账号").fill("张伟")
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_text("还没有结对建议").first.wait_for()
        assert page.url.endswith("/questions")

        page.get_by_role("link", name="张伟").click()
        page.get_by_label("原密码").fill(PASSWORD)
        page.get_by_label("新密码").fill("另外 五个 词 的 句子")
        page.get_by_label("再输入一次").fill("另外 五个 词 的 句子")
        assert grave_faults(page) == []
        page.get_by_role("button", name="保存").click()
        page.get_by_text("台账还没有入库").wait_for()
    assert heard == []
