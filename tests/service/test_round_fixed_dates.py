"""Dates that the office fixes before the first plan of a round (先定日期)."""

import re
from urllib.parse import quote

import pytest

from tests.rounds_files import write_round_files, write_table
from tests.service.test_round_pages import QIANJIANG, WULONG, do, send


def test_the_form_says_that_step_free_only_informs(installation, tmp_path):
    with installation.client(tmp_path / "data", "city") as city:
        said = city.get("/round/setup").text
    assert "“无障碍”只印在会场名称后面，不影响排期" in said


@pytest.fixture
def fresh(installation, tmp_path):
    """Give the city office's browser, with five forms and one team, before the first plan."""
    forms, teams = write_round_files(tmp_path)
    with installation.client(tmp_path / "data", "city") as fresh:
        for path in sorted(forms.iterdir()):
            send(fresh, f"/api/v1/declarations?name={quote(path.name)}", path)
        send(fresh, f"/api/v1/rounds/files?what=teams&name={quote('团队.xlsx')}", teams)
        yield fresh


def test_dates_fixed_before_the_first_plan_are_kept_told_and_taken_back(fresh):
    for wrong, said in (
        ({"unit": "无此区", "dates": "11月20日"}, "没有区县"),
        ({"unit": "武隆区", "dates": "月底"}, "看不懂"),
        ({"unit": "武隆区", "dates": "2022年5月1日"}, "之间"),
        ({"unit": ["武隆区"] * 2, "dates": ["11月20日"] * 2}, "两行"),
    ):
        answer = fresh.post("/round/pins", data=wrong)
        assert (answer.status_code, said in answer.json()["detail"]) == (403, True)
    fixed = {"unit": ["武隆区", "黔江区"], "dates": ["11月20-21日", "10月23日"]}
    assert "11月20日" in fresh.post("/round/pins", data=fixed).text
    assert "11月20日" not in fresh.post("/round/setup/undo").text
    fresh.post("/round/pins", data=fixed)
    off = {"code": "T1", "name": "第1团辅队", "base": "江北区", "off": "10月23日"}
    fresh.post("/round/teams", data=off | {"a_day": "", "skills": ""})
    do(fresh, "round_plan")
    kept = fresh.get("/round/unit", params={"unit": WULONG}).text
    assert "11月20日（六）" in kept
    assert "未安排" not in kept
    assert "解除锁定" in kept
    # the one team is away since: it is left out, and the pin is given as the reason
    left = fresh.get("/round/unit", params={"unit": QIANJIANG}).text
    assert re.search("无法安排：[^<]*已锁定的安排", left)
    assert 'action="/round/pins"' not in fresh.get("/round/setup").text
    assert fresh.post("/round/pins", data=fixed).status_code == 409


def test_dates_that_no_plan_can_keep_are_refused_as_they_are_typed(fresh):
    for dates, said in (
        ("11月20日", "申报2场，要定2天，现在是1天"),
        ("11月18-20日", "申报2场，要定2天，现在是3天"),
        ("11月20日、23日", "日期要连续"),
        ("10月1-2日", "本轮不开展"),
    ):
        answer = fresh.post("/round/pins", data={"unit": "武隆区", "dates": dates})
        assert (answer.status_code, said in answer.json()["detail"]) == (403, True), dates
    shut = {"unit": "武隆区", "first": "2021-11-20", "last": "", "reason": "停电"}
    fresh.post("/round/closures", data=shut)
    both = {"unit": ["武隆区", "黔江区"], "dates": ["11月20-21日", "10月1日"]}
    said = fresh.post("/round/pins", data=both).json()["detail"]
    assert "“武隆区”11月20日停办" in said
    assert "“黔江区”10月1日本轮不开展" in said
    off = {"code": "T1", "name": "第1团辅队", "base": "江北区", "off": "10月23日"}
    fresh.post("/round/teams", data=off | {"a_day": "", "skills": ""})
    away = fresh.post("/round/pins", data={"unit": "黔江区", "dates": "10月23日"})
    assert "10月23日没有在岗的团队" in away.json()["detail"]
    assert 'name="dates" maxlength="200" value=""' in fresh.get("/round/setup").text
    fresh.cookies.set("lang", "en")
    said = fresh.post("/round/pins", data=both).json()["detail"]
    assert said == "黔江区: no sessions on 1 Oct in this round; 武隆区: closed on 20 Nov"


def test_dates_and_team_fixed_in_the_venue_workbook_are_taken_or_told(fresh, tmp_path):
    head = ("区县名称", "会场", "锁定日期", "锁定团队")
    rows = [
        head,
        ("武隆区", "区文化馆", "11月20-21日", None),
        ("黔江区", "区少年宫", "10月1日", "T1"),
        ("彭水县", "县图书馆", None, "第1团辅队"),
    ]
    table = write_table(tmp_path / "venues.xlsx", rows)
    told = send(fresh, "/api/v1/rounds/files?what=venues&name=venues.xlsx", table)
    assert told["rows"] == 3
    assert ["10月1日本轮不开展" in f["message_zh"] for f in told["findings"]] == [True]
    page = fresh.get("/round/setup").text
    assert 'value="11月20日、11月21日"' in page
    assert 'value="10月1日"' not in page
    typed = {"unit": ["武隆区", "彭水县"], "dates": ["11月20-21日", ""]}
    again = fresh.post("/round/pins", data=typed).text  # the team that is fixed stays
    assert '<span class="hint">第1团辅队</span>' in again
    do(fresh, "round_plan")
    kept = fresh.get("/round/unit", params={"unit": WULONG}).text
    assert "11月20日（六）" in kept
    late = send(fresh, "/api/v1/rounds/files?what=venues&name=venues.xlsx", table)
    (finding,) = late["findings"]
    assert (finding["rule"], "武隆区" in finding["message_zh"]) == ("round_pins_in_plan", True)
