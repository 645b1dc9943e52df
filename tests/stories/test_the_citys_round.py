"""The city office's day on the page: forms in, plan, move one, publish, closures, again."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.record.accounts import Account, add_account
from ledger.record.key_ring import KeyRing
from ledger.record.sessions import begin_session
from ledger.record.store import Store
from tests.installation import PASSWORD
from tests.served import serving
from tests.stories.test_a_first_day import grave_faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PICTURES = os.environ.get("NUANTONG_PICTURES")
"""A folder to leave the guide's pictures in, when they are to be made anew."""
LONG_MS = 120_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with serving(home) as server:
        store = Store.open(home / "data", KeyRing.load(home / "keys"))
        with store.writing(SYSTEM_ACTOR, "test") as book:
            made = add_account(book, Account("", "t01", Role.TEAM, area(), "T01"), PASSWORD)
            server.tokens["t01"] = begin_session(book, made.id)
        store.close()
        yield server


@pytest.fixture
def watched(page, served):
    """Give the city office's page, and hold it to what it must never do."""
    served.sign_in(page, "city")
    heard, asked = [], []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page
    assert [text for text in heard if "409" not in text] == []  # a colleague was first, once
    assert [url for url in asked if not url.startswith((served.address, "data:"))] == []


def picture(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"round-{name}.png")


def take(page, what, files):
    """Give files to a button that takes them, and wait until they are kept."""
    with page.expect_navigation(timeout=LONG_MS):
        page.locator(f"[data-take={what}]").set_input_files(files)
        if what != "declarations":  # what they would change is looked over first
            page.locator("#ahead-changes tr").first.wait_for(timeout=LONG_MS)
            assert grave_faults(page) == []
            page.get_by_role("button", name="采用", exact=True).click()


def test_the_city_plans_moves_publishes_and_plans_again_after_closures(watched, served, city):
    page, here = watched, served.address.rstrip("/")

    # 1 forms, teams
    page.goto(f"{here}/round/setup")
    take(page, "declarations", sorted((city / "申报表").iterdir()))
    take(page, "teams", city / "团辅团队.xlsx")
    assert page.locator(".cards dd").first.inner_text().startswith("41")
    assert grave_faults(page) == []
    picture(page, "setup")

    # a colleague adds a team meanwhile: hers stays, and what is typed here is not lost
    colleague = page.context.new_page()
    colleague.goto(f"{here}/round/setup")
    for who, name, base in ((colleague, "丙队", "武隆区"), (page, "丁队", "万州区")):
        who.get_by_label("名称 6").fill(name)
        who.get_by_label("驻地（区县） 6").fill(base)
    with colleague.expect_navigation():
        colleague.get_by_role("button", name="保存团队").click()
    colleague.close()
    page.get_by_role("button", name="保存团队").click()
    page.get_by_role("button", name="看最新的，保留所填").click()
    expect(page.get_by_label("名称 7")).to_have_value("丁队")
    expect(page.get_by_label("驻地（区县） 7")).to_have_value("万州区")
    expect(page.get_by_label("名称 6")).to_have_value("丙队")
    expect(page.get_by_label("名称 5")).not_to_have_value("丁队")
    with page.expect_navigation():
        page.get_by_role("button", name="撤销上一步改动").click()
    expect(page.get_by_label("名称 6")).to_have_value("")

    # a venue is typed, and taken back with the step before it
    page.get_by_label("会场所在区县 1").fill("武隆区")
    page.get_by_label("会场 1", exact=True).fill("区文化馆")
    page.get_by_label("可容纳人数 1").fill("80")
    page.get_by_label("无障碍 1").select_option("1")
    with page.expect_navigation():
        page.get_by_role("button", name="保存会场").click()
    expect(page.get_by_label("会场 1", exact=True)).to_have_value("区文化馆")
    expect(page.get_by_label("无障碍 1")).to_have_value("1")
    page.locator("#venues").scroll_into_view_if_needed()
    assert grave_faults(page) == []
    picture(page, "venues")
    page.get_by_label("删 区文化馆").check()
    with page.expect_navigation():
        page.get_by_role("button", name="保存会场").click()
    expect(page.get_by_label("会场 1", exact=True)).to_have_value("")
    with page.expect_navigation():
        page.get_by_role("button", name="撤销上一步改动").click()
    expect(page.get_by_label("会场 1", exact=True)).to_have_value("区文化馆")
    with page.expect_navigation():
        page.get_by_role("button", name="撤销上一步改动").click()

    # 2 rules, in the notice's words
    page.get_by_role("link", name="下一步：规则").click()
    page.get_by_label("团队最多连续工作几天").fill("5")
    page.get_by_role("button", name="保存规则").click()
    page.get_by_text("规则已保存").wait_for()
    assert grave_faults(page) == []
    picture(page, "rules")
    with page.expect_navigation():
        page.get_by_role("button", name="恢复预设规则").click()
    expect(page.get_by_label("团队最多连续工作几天")).to_have_value("6")

    # 3 generate: counts and bounds converge, then the calendar
    page.get_by_role("link", name="下一步：排期").click()
    page.get_by_role("button", name="生成排期").click()
    page.locator("#work-cancel").wait_for()
    colleague = page.context.new_page()  # who begins it too is shown the work, and can stop it
    colleague.goto(f"{here}/round/plan")
    colleague.locator("#work-cancel").wait_for()
    colleague.close()
    page.locator("#levels li").nth(2).wait_for(timeout=LONG_MS)
    page.locator("#chart polyline.cost").wait_for(state="attached")
    picture(page, "progress")
    page.locator("#calendar .entry").first.wait_for(timeout=LONG_MS)
    page.get_by_text("已证明没有更好的排法").wait_for()
    assert grave_faults(page) == []
    picture(page, "plan")

    # drag a unit on a day its team is off: what breaks is told at once, and nothing is kept
    entry = page.locator("#calendar .entry.kept").first
    unit = entry.get_attribute("data-unit")
    entry.drag_to(page.locator("#calendar td.off").first)
    page.locator(".tried.broken").wait_for()
    assert "团队在岗" in page.locator(".tried").inner_text()
    picture(page, "move")
    page.get_by_role("link", name="不改").click()
    page.get_by_text("已证明没有更好的排法").wait_for()

    # move it by typing to what still fits, pinned; the keyboard is enough
    with page.expect_response("**/round/unit?*"):
        page.locator(f"#calendar .entry[data-unit='{unit}']").first.press("Enter")
    expect(page.locator("#one h3")).to_be_focused()  # the panel is next, not every other entry
    page.keyboard.press("Escape")
    expect(page.locator(f"#calendar .entry[data-unit='{unit}']").first).to_be_focused()
    page.get_by_label("第一天").fill("2021-11-18")
    page.locator(".tried button").press("Enter")
    page.get_by_text("手工调整过", exact=True).wait_for()
    assert "已锁定" in page.locator("#one").inner_text()
    expect(page.locator("#one h3")).to_be_focused()
    expect(page.locator("#calendar .chosen").first).to_be_in_viewport()  # where it is now
    page.get_by_role("button", name="解除锁定").press("Enter")
    page.get_by_role("button", name="锁定在这里").wait_for()
    page.wait_for_load_state("load")
    expect(page.locator("#one h3")).to_be_focused()  # one reads on where one was
    with page.expect_navigation():
        page.get_by_role("button", name="撤销").click()
    page.get_by_role("button", name="撤销").click()
    page.get_by_text("已证明没有更好的排法").wait_for()
    for tab in ("按区县", "横道图", "排不下与答复", "行程"):
        page.get_by_role("tab", name=tab, exact=True).click()
        assert grave_faults(page) == []
        if tab == "横道图":
            expect(page.locator("#one")).to_be_hidden()  # it takes no room from the bars
            picture(page, "gantt")

    # the map's words take little of its height
    page.get_by_role("tab", name="行程图", exact=True).click()
    framed = page.frame_locator(".round-map").locator(".folium-map").bounding_box()
    around = page.locator(".round-map").bounding_box()
    assert framed["y"] - around["y"] < 60
    assert framed["height"] > 0.6 * around["height"]

    # at 200 % zoom the calendar is on the first screen, and what is chosen comes into sight
    page.set_viewport_size({"width": 683, "height": 384})
    page.get_by_role("tab", name="日历", exact=True).click()
    page.goto(f"{here}/round/plan")
    expect(page.locator("#calendar")).to_be_in_viewport()
    page.locator("#calendar .entry").first.click()
    expect(page.locator("#one h3")).to_be_in_viewport()
    page.set_viewport_size({"width": 1366, "height": 768})

    # 4 publish
    page.get_by_role("link", name="去公布").click()
    page.get_by_label("说明").fill("主任会议同意")
    page.get_by_role("button", name="公布第 1 版").click()
    page.get_by_role("row", name="第 1 版").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="工作簿").click()
    assert download.value.suggested_filename == "第1版团辅排期.xlsx"

    # a unit's calendar is made for it; the page that tells its address is drawn without a fault
    page.locator("form[action='/round/feed']").nth(1).get_by_role("button").click()
    page.get_by_text("地址只显示这一次").wait_for()
    page.goto(f"{here}/round/publish")

    # 5 closures of 2 November: the frontier, a choice, the next revision
    page.get_by_role("link", name="停办重排").click()
    take(page, "closures", city / "停办.xlsx")
    page.get_by_label("今天").fill("2021-11-02")
    page.locator("summary", has_text="有区县退出本轮").click()
    expect(page.get_by_role("checkbox", name="武隆区")).not_to_be_checked()
    page.get_by_role("button", name="找改动最少的办法").click()
    page.locator(".choice").first.wait_for(timeout=LONG_MS)
    assert grave_faults(page) == []
    picture(page, "again")
    page.get_by_role("button", name="采用这个方案").first.click()
    page.get_by_role("button", name="公布第 2 版").wait_for(timeout=LONG_MS)
    assert grave_faults(page) == []
    picture(page, "publish")
    page.get_by_role("button", name="公布第 2 版").click()
    page.get_by_role("row", name="第 2 版").wait_for()

    # the unit sees its own dates and answers
    served.sign_in(page, "unit")
    page.goto(f"{here}/round")
    page.locator(".big-date").wait_for()
    assert grave_faults(page) == []
    picture(page, "unit")
    page.get_by_role("button", name="同意这个时间").click()
    page.get_by_text("已于").wait_for()

    # a team sees the sessions it is booked for, the next one first
    served.sign_in(page, "t01")
    page.goto(here)
    page.get_by_role("link", name="名册").first.wait_for()
    assert grave_faults(page) == []
    picture(page, "team")
