"""An installation in which nothing is on record: every page says what to do first (第一天)."""

from concurrent.futures import ThreadPoolExecutor

from casework.access import SYSTEM_ACTOR, Actor, Role, area
from ledger.record.accounts import change_role, list_accounts
from ledger.record.rounds import all_rounds
from service.workflows.rounds_setup import RoundDesk, begin_round


def test_an_empty_round_says_on_every_page_what_to_do_first(installation, tmp_path):
    with installation.client(tmp_path / "data", "city") as fresh:
        plan = fresh.get("/round/plan").text
        assert 'href="/declarations">收申报表' in plan
        assert 'href="/round/setup#teams">填团辅团队' in plan
        assert "生成排期</button>" not in plan
        assert 'href="/round/plan">下一步：排期' in fresh.get("/round/publish").text
        assert 'href="/round/plan">下一步：排期' in fresh.get("/round/again").text
        team = {"code": "", "name": "第1团辅队", "base": "江北区"}
        fresh.post("/round/teams", data=team | {"off": "", "a_day": "", "skills": ""})
        asked = fresh.post("/api/v1/rounds/jobs", json={"kind": "round_plan"})
        assert (asked.status_code, "还没有收到申报表" in asked.json()["detail"]) == (409, True)
        plan = fresh.get("/round/plan").text
        assert 'href="/round/setup#teams"' not in plan
        home = fresh.get("/").text
        assert "已收 0 个区县的申报表，团队 1 支" in home


def test_a_city_office_without_any_unit_is_led_to_making_accounts_first(installation, tmp_path):
    with installation.client(tmp_path / "data", "city") as city:
        assert "先给各区县妇联建账号" not in city.get("/").text
        with city.app.state.store.writing(SYSTEM_ACTOR, "test") as book:
            for one in list_accounts(book):
                if one.role is Role.UNIT:
                    change_role(book, one, Role.AUDITOR, area())
        home = city.get("/").text
        assert home.index("先给各区县妇联建账号") < home.index("本轮团辅还没有排期")
        assert 'href="/accounts">去建区县账号' in city.get("/supervision").text


def test_pages_asked_for_at_once_begin_one_round(installation, tmp_path):
    store = installation.open_store(tmp_path / "data")
    desk = RoundDesk(store, Actor("city", Role.CITY, area()))
    with ThreadPoolExecutor(4) as pool:
        begun = {found.id for found in pool.map(begin_round, [desk] * 4)}
    with store.reading(desk.actor, "list") as book:
        assert {found.id for found in all_rounds(book)} == begun
    assert len(begun) == 1
    store.close()
