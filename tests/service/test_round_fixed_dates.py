"""Dates that the office fixes before the first plan of a round (先定日期)."""

from urllib.parse import quote

from tests.rounds_files import write_round_files
from tests.service.test_round_pages import QIANJIANG, WULONG, do, send


def test_the_form_says_that_step_free_only_informs(installation, tmp_path):
    with installation.client(tmp_path / "data", "city") as city:
        said = city.get("/round/setup").text
    assert "“无障碍”只印在会场名称后面，不影响排期" in said


def test_dates_fixed_before_the_first_plan_are_kept_told_and_taken_back(installation, tmp_path):
    forms, teams = write_round_files(tmp_path)
    with installation.client(tmp_path / "data", "city") as fresh:
        for path in sorted(forms.iterdir()):
            send(fresh, f"/api/v1/declarations?name={quote(path.name)}", path)
        send(fresh, f"/api/v1/rounds/files?what=teams&name={quote('团队.xlsx')}", teams)
        for wrong, said in (
            ({"unit": "无此区", "dates": "11月20日"}, "没有区县"),
            ({"unit": "武隆区", "dates": "月底"}, "看不懂"),
            ({"unit": "武隆区", "dates": "2022年5月1日"}, "之间"),
            ({"unit": ["武隆区"] * 2, "dates": ["11月20日"] * 2}, "两行"),
        ):
            answer = fresh.post("/round/pins", data=wrong)
            assert (answer.status_code, said in answer.json()["detail"]) == (403, True)
        fixed = {"unit": ["武隆区", "黔江区"], "dates": ["11月20-21日", "10月2日"]}
        assert "11月20日" in fresh.post("/round/pins", data=fixed).text
        assert "11月20日" not in fresh.post("/round/setup/undo").text
        fresh.post("/round/pins", data=fixed)
        do(fresh, "round_plan")
        kept = fresh.get("/round/unit", params={"unit": WULONG}).text
        assert "11月20日（六）" in kept
        assert "未安排" not in kept
        assert "解除锁定" in kept
        # the one team is away on 2 October: it is left out, and the pin is given as the reason
        left = fresh.get("/round/unit", params={"unit": QIANJIANG}).text
        assert "无法安排：已锁定的安排" in left
        assert "先定日期" not in fresh.get("/round/setup").text
        assert fresh.post("/round/pins", data=fixed).status_code == 409
