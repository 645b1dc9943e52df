"""The round's pages and API: set up, planned, moved, published, seen by others, planned again."""

import io
import re
import time
import zipfile
from urllib.parse import quote

import pytest
from icalendar import Calendar

from casework.access import SYSTEM_ACTOR, Role, area
from ledger.record.accounts import Account, add_account
from ledger.record.sessions import begin_session
from service.access import COOKIE
from tests.installation import HERE, PASSWORD
from tests.rounds_files import write_round_files, write_table

WULONG, PENGSHUI, QIANJIANG = "500156", "500243", "500114"


@pytest.fixture(scope="module")
def city(installation, tmp_path_factory):
    """Give the city office's browser, with five forms collected and one team kept."""
    folder = tmp_path_factory.mktemp("round")
    forms, teams = write_round_files(folder)
    with installation.client(folder / "data", "city") as client:
        for path in sorted(forms.iterdir()):
            send(client, f"/api/v1/declarations?name={quote(path.name)}", path)
        send(client, f"/api/v1/rounds/files?what=teams&name={quote('团队.xlsx')}", teams)
        yield client


def send(client, address, path):
    answer = client.post(address, content=path.read_bytes())
    assert answer.status_code == 201, answer.text
    return answer.json()


def do(client, kind, **asked):
    """Do a piece of the round's work to its end."""
    job = client.post("/api/v1/rounds/jobs", json={"kind": kind, **asked})
    assert job.status_code == 202, job.text
    for _ in range(1200):
        now = client.get(f"/api/v1/jobs/{job.json()['id']}").json()
        if now["state"] != "running":
            assert now["state"] == "done", now
            return now
        time.sleep(0.05)
    raise AssertionError("the job never ended")


def begin_as(city, name, role, scope, team=""):
    """Give the browser of one more account at the same server."""
    from fastapi.testclient import TestClient

    with city.app.state.store.writing(SYSTEM_ACTOR, "test") as book:
        made = add_account(book, Account("", name, role, scope, team), PASSWORD)
        token = begin_session(book, made.id)
    return TestClient(city.app, base_url=HERE, cookies={COOKIE: token})


@pytest.fixture(scope="module")
def planned(city):
    return do(city, "round_plan")


@pytest.fixture(scope="module")
def published(city, planned):
    """Publish what is planned; give the id of the round."""
    answer = city.post("/round/publish", data={"note": "主任会议同意"})
    assert "第 1 版" in answer.text
    return city.get("/api/v1/rounds").json()[0]["id"]


def test_what_is_typed_of_teams_and_closures_is_kept_and_nonsense_is_told(city):
    rows = {"code": ["T1", ""], "name": ["第1团辅队", "第2团辅队"], "base": ["江北区", "武隆区"]}
    more = {"off": ["10月1-7日", "10月9日"], "a_day": ["", "1"], "skills": ["手语", ""]}
    assert "第2团辅队" in city.post("/round/teams", data=rows | more).text
    wrong = more | {"off": ["不知道", ""]}
    assert "看不懂" in city.post("/round/teams", data=rows | wrong).json()["detail"]
    gone = city.post("/round/teams", data=rows | more | {"code": ["T1", "T01"], "gone": ["1"]})
    assert "第2团辅队" not in gone.text
    shut = {"unit": "全市", "first": "2021-10-20", "last": "", "reason": "暴雨"}
    assert 'value="全市"' in city.post("/round/closures", data=shut).text
    assert city.post("/round/closures", data=shut | {"unit": "无此区"}).status_code == 403
    assert 'value="全市"' not in city.post("/round/closures", data=shut | {"gone": "0"}).text


def test_roads_and_age_bands_are_taken_from_files_with_what_is_wrong_told(city, tmp_path):
    head = ("起点", "终点", "分钟")
    rows = [head, ("武隆区", "彭水县", 55), ("武隆区", "无此区", 20)]
    told = send(city, "/api/v1/rounds/files?what=roads&name=roads.xlsx",
                write_table(tmp_path / "roads.xlsx", rows))  # fmt: skip
    assert told["rows"] == 1
    assert told["findings"]
    page = city.get("/round/setup").text
    assert "1 段" in page
    rules = tmp_path / "rules.toml"
    rules.write_text("[session]\ngroup_size = 18\n", "utf-8")
    assert send(city, "/api/v1/rounds/files?what=rules&name=rules.toml", rules)["rows"] == 3
    assert 'name="session.group_size" value="18"' in city.get("/round/rules").text
    rules.write_text("[session]\ngroup_size = 0\n[days]\nnone_such = 1\n", "utf-8")
    address = "/api/v1/rounds/files?what=rules&name=rules.toml"
    wrong = city.post(address, content=rules.read_bytes())
    assert (wrong.status_code, "none_such" in wrong.json()["detail"]) == (422, True)
    city.post("/round/rules", data={"preset": "1"})


VENUES = {"unit": "武隆区", "venue": "区文化馆", "room": "80", "accessible": "1"}


def test_venues_are_typed_changed_taken_back_and_nonsense_is_told(city):
    page = city.post("/round/venues", data=VENUES).text
    assert 'value="区文化馆"' in page
    assert re.search('value="1" selected>有', page)
    changed = city.post("/round/venues", data=VENUES | {"room": "60", "accessible": ""}).text
    assert 'name="room" inputmode="numeric" value="60"' in changed
    for wrong, said in (
        ({"unit": "无此区"}, "没有区县“无此区”"),
        ({"venue": ""}, "会场名称"),
        ({"room": "很多"}, "1 到 5000"),
        ({"room": "0"}, "1 到 5000"),
    ):
        answer = city.post("/round/venues", data=VENUES | wrong)
        assert (answer.status_code, said in answer.json()["detail"]) == (403, True)
    twice = {name: [value, value] for name, value in VENUES.items()}
    assert "两行" in city.post("/round/venues", data=twice).json()["detail"]
    assert 'value="60"' in city.get("/round/setup").text  # what was refused changed nothing
    assert 'inputmode="numeric" value="80"' in city.post("/round/setup/undo").text
    assert "区文化馆" not in city.post("/round/venues", data=VENUES | {"gone": "0"}).text
    assert "区文化馆" in city.post("/round/setup/undo").text
    assert "区文化馆" not in city.post("/round/setup/undo").text


def test_a_venue_file_replaces_the_venues(city, tmp_path):
    head = ("区县名称", "会场", "可容纳人数")
    table = write_table(tmp_path / "venues.xlsx", [head, ("武隆区", "区少年宫", 90)])
    told = send(city, "/api/v1/rounds/files?what=venues&name=venues.xlsx", table)
    assert told["rows"] == 1
    assert "区少年宫" in city.get("/round/setup").text
    city.post("/round/setup/undo")


def test_rules_are_a_form_kept_or_refused_by_name_and_restored(city):
    page = city.get("/round/rules").text
    fields = dict(re.findall(r'name="([\w.]+)" value="([^"]*)"', page))
    chosen = re.findall(r'<select[^>]*name="([\w.]+)"[^>]*>.*?value="(\w+)" selected', page)
    ticked = re.findall(r'name="([\w.]+)" checked', page)
    del fields["preset"], fields["seen"]  # the button that restores; what the page was drawn from
    form = fields | dict(chosen) | dict.fromkeys(ticked, "on")
    form |= {"travel.mountain_groups": ["NE", "SE"], "days.vacations": ""}
    changed = form | {"teams.longest_run_days": "5", "level.nights": "0"}
    kept = city.post("/round/rules", data=changed).text
    assert 'name="teams.longest_run_days" value="5"' in kept
    wrong = city.post("/round/rules", data=form | {"window.start": "2022-01-01"})
    assert wrong.status_code == 403
    assert "window" in wrong.json()["detail"]
    restored = city.post("/round/rules", data={"preset": "1"}).text
    assert 'name="teams.longest_run_days" value="6"' in restored


def test_planning_tells_count_and_bound_of_every_level_while_it_goes_on(planned):
    steps = planned["news"]["steps"]
    last = {step["name"]: step for step in steps}
    assert {"unplaced_sessions", "moved_units", "moved_days"} <= set(last)
    assert all(step["bound"] <= step["value"] for step in steps)
    assert last["moved_units"]["value"] <= 5  # units, not a weighed sum
    assert last["moved_units"]["bound"] == last["moved_units"]["value"]


def test_a_move_says_what_breaks_and_costs_before_it_is_kept(city, planned):
    shut = {"unit": WULONG, "first": "2021-10-03", "team": "T1"}
    broken = city.get("/round/try", params=shut).text
    assert "团队在岗" in broken
    assert "可用日期" in broken
    fine = city.get("/round/try", params=shut | {"first": "2021-11-20"}).text
    assert "不违反规则" in fine
    assert re.search(r"改期的区县 <strong>\+1</strong>|改期的天数 <strong>\+\d+</strong>", fine)
    before = city.get("/round/plan").text
    assert "手工调整过" not in before  # trying keeps nothing
    assert city.get("/round/try", params=shut | {"unit": "999999"}).status_code == 404


def test_a_kept_move_is_pinned_planned_around_and_undone(city, planned):
    move = {"unit": WULONG, "first": "2021-11-20", "team": "T1", "pin": "1"}
    moved = city.post("/round/move", data=move).text
    assert "手工调整过" in moved
    assert "已锁定" in moved
    own = city.get("/round/unit", params={"unit": WULONG}).text
    assert "由市级手工调整" in own, "nobody else is said to stand in its way"
    do(city, "round_plan")
    again = city.get("/round/unit", params={"unit": WULONG}).text
    assert "11月20日" in again
    assert "解除锁定" in again
    loose = city.post("/round/pin", data={"unit": WULONG, "pin": ""}).text
    assert "解除锁定" not in loose
    for _ in range(3):
        back = city.post("/round/undo").text
    assert "手工调整过" not in back
    assert "11月20日" not in city.get("/round/unit", params={"unit": WULONG}).text


def test_a_venue_typed_after_planning_marks_the_plan_old_until_it_is_planned_anew(city, planned):
    assert "用以前的条件排的" not in city.get("/round/plan").text
    city.post("/round/venues", data=VENUES)
    assert "用以前的条件排的" in city.get("/round/plan").text
    do(city, "round_plan")
    assert "用以前的条件排的" not in city.get("/round/plan").text
    city.post("/round/setup/undo")
    assert "用以前的条件排的" in city.get("/round/plan").text
    assert "用以前的条件排的" not in city.post("/round/undo").text


def test_the_pages_hold_nothing_inline_and_speak_english(city, planned):
    for page in ("setup", "rules", "plan", "publish", "again"):
        text = city.get(f"/round/{page}").text
        scripts = re.findall(r"<script\b([^>]*)>", text)
        assert all("src=" in s or 'type="application/json"' in s for s in scripts)
        assert not re.search(r"<style|\sstyle=|\son\w+=", text)
        assert 'lang="en"' in city.get(f"/round/{page}?lang=en").text
        city.cookies.delete("lang")


def test_a_published_round_is_handed_out_in_every_form(city, published):
    revision = re.search(r"/round/files/(\w+)/xlsx", city.get("/round/publish").text)[1]
    start = {"xlsx": b"PK", "pdf": b"%PDF", "html": b"<!DOCTYPE html>", "ics": b"PK"}
    for what, begins in start.items():
        answer = city.get(f"/round/files/{revision}/{what}")
        assert answer.status_code == 200
        assert answer.content.lstrip()[: len(begins)].lower() == begins.lower()
    bundle = zipfile.ZipFile(io.BytesIO(city.get(f"/round/files/{revision}/ics").content))
    assert any(name.startswith("团队_") for name in bundle.namelist())
    assert city.get(f"/api/v1/rounds/{published}/timetable").json()["schema"].endswith("/1")


def test_a_program_tries_moves_pins_takes_back_and_publishes_as_the_page_does(city, published):
    at = f"/api/v1/rounds/{published}"
    before = city.get(f"{at}/plan").json()
    assert not before["can_undo"], "what is published stays"
    line = next(u for u in before["timetable"]["units"] if u["sessions"])
    ask = {"unit": line["name"], "first": "2021-11-20", "team": line["sessions"][0]["team"]}
    tried = city.get(f"{at}/try", params=ask).json()
    assert tried["dates"][0] == "2021-11-20"
    moved = city.post(f"{at}/move", json=ask | {"seen": before["revision"]}).json()
    after = city.get(f"{at}/plan").json()
    assert (after["revision"], after["can_undo"]) == (moved["revision"], True)
    broken = {(v["rule"], v["unit"]) for v in after["timetable"]["violations"]}
    assert {(v["rule"], v["unit"]) for v in tried["broken"]} <= broken
    shut = city.get(f"{at}/try", params=ask | {"first": "2021-10-03"}).json()["broken"]
    told = {(v["message_zh"], v["message_en"]) for v in shut}
    assert ("本轮不在这一天开展", "no sessions on this day in this round") in told
    late = city.post(f"{at}/move", json=ask | {"seen": before["revision"]})
    assert (late.status_code, "别人改过" in late.json()["detail"]) == (409, True)
    pin = {"unit": line["unit"], "pinned": False, "seen": moved["revision"]}
    pinned = city.post(f"{at}/pin", json=pin).json()["revision"]
    for seen, back in ((pinned, moved["revision"]), (moved["revision"], before["revision"])):
        assert city.post(f"{at}/undo", json={"seen": seen}).json()["revision"] == back
    assert city.post(f"{at}/undo", json={"seen": before["revision"]}).status_code == 409
    again = city.post(f"{at}/publish", json={"seen": before["revision"], "note": "再公布"})
    assert again.status_code == 409, "the same is not published twice"
    assert city.get(f"{at}/frontier").status_code == 409, "no choices are open"


def test_only_the_city_changes_a_round_and_only_one_that_is_there(city, published):
    unit = begin_as(city, "unit9", Role.UNIT, area(WULONG))
    asked = {"seen": "0" * 16}
    for client, round_id, status in ((unit, published, 403), (city, "0" * 16, 404)):
        answer = client.post(f"/api/v1/rounds/{round_id}/undo", json=asked)
        assert answer.status_code == status


def test_what_a_colleague_changed_meanwhile_is_not_moved_published_or_taken_back(city, published):
    seen = {"seen": "0" * 16}
    move = {"unit": WULONG, "first": "2021-10-20", "team": "T1"}
    for act, said in (("move", move), ("pin", {"unit": WULONG}), ("undo", {}), ("publish", {})):
        answer = city.post(f"/round/{act}", data=said | seen)
        assert (answer.status_code, "别人改过" in answer.text) == (409, True), act


def test_the_button_that_undoes_says_when_there_is_nothing_to_undo(city, published):
    assert "没有可以撤销的改动" in city.get("/round/plan").text


def test_a_unit_sees_its_own_dates_alone_and_answers(city, published):
    unit = begin_as(city, "wulong", Role.UNIT, area(WULONG))
    page = unit.get("/round").text
    assert "10月16日" in page or "改" in page
    shown = unit.get(f"/api/v1/rounds/{published}/timetable").json()
    assert {line["unit"] for line in shown["units"]} == {WULONG}
    assert "problem" not in shown
    unit.post("/round/answer", data={"answer": "other", "remark": "会场被占用"})
    assert "会场被占用" in city.get("/round/publish").text
    assert "希望另选时间" in city.get("/round/unit", params={"unit": WULONG}).text
    told = city.get("/round/publish").text
    assert "5 个区县中 1 个已答复" in told
    silent = re.search("还没有答复的 4 个区县</summary><p[^>]*>(.*?)</p>", told)[1]
    assert set(silent.split("、")) == {"彭水县", "黔江区", "江北区", "涪陵区"}
    assert unit.post("/round/answer", data={"answer": "perhaps"}).status_code == 403
    for address in ("/round/plan", "/round/publish", "/round/rules"):
        assert unit.get(address).status_code == 403


def test_an_auditor_sees_what_was_published_of_every_unit(city, published, installation):
    auditor = installation.beside(city, "auditor")
    shown = auditor.get(f"/api/v1/rounds/{published}/timetable").json()
    page = auditor.get("/round").text
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
    left = [line["name"] for line in shown["unplaced"]]
    assert sorted(rows) == sorted([*(line["name"] for line in shown["units"]), *left])


def test_a_team_sees_the_sessions_it_is_booked_for_and_nothing_else(city, published, installation):
    team = begin_as(city, "team1", Role.TEAM, area(), "T1")
    page = team.get("/round").text
    assert "武隆区" in page
    shown = team.get(f"/api/v1/rounds/{published}/timetable").json()
    assert all(s["team"] == "T1" for line in shown["units"] for s in line["sessions"])
    assert set(shown) == {
        *("schema", "round", "title_zh", "on", "revision", "fingerprint", "units")
    }
    ways = re.findall(r'href="(/round/sessions/[\w/]+)"', page)
    assert len(ways) == sum(len(line["sessions"]) for line in shown["units"])
    roster = team.get(ways[0])
    assert (roster.status_code, "请向区县妇联要签到表" in roster.text) == (200, True)
    assert city.get(ways[0]).status_code == 403
    nobody = installation.beside(city, "team").get("/round").text  # an account without a team
    assert "武隆区" not in nobody
    assert "联系市妇联" in nobody


def first_page(browser, day, monkeypatch):
    """Give the lines of somebody's first page on a day."""
    monkeypatch.setenv("NUANTONG_TODAY", day)
    return browser.get("/").text


def test_the_first_pages_say_what_of_the_round_waits_for_the_city_and_a_unit(
    city, published, monkeypatch
):
    day = "2021-09-15"
    home = first_page(city, day, monkeypatch)
    assert re.search(r"36</strong>\s*<span>.*个区县还没有申报", home)
    assert "2021-09-15 截止，还有 0 天" in home
    assert "个区县还没有答复排期" in home
    assert "撞上停办" not in home
    unit = begin_as(city, "qianjiang", Role.UNIT, area(QIANJIANG))
    assert "请答复是否同意" in first_page(unit, day, monkeypatch)
    unit.post("/round/answer", data={"answer": "accept"})
    assert "请答复是否同意" not in first_page(unit, day, monkeypatch)
    document = city.get(f"/api/v1/rounds/{published}/timetable").json()
    mine = next(line for line in document["units"] if line["unit"] == QIANJIANG)
    assert "本区县的团辅快到了" in first_page(unit, mine["sessions"][0]["date"], monkeypatch)
    shut = {"unit": "黔江区", "first": mine["sessions"][0]["date"], "last": "", "reason": "雨"}
    city.post("/round/closures", data=shut)
    home = first_page(city, day, monkeypatch)
    assert re.search(r"urgent.*撞上停办，要重排 <span class=\"hint\">黔江区", home, re.DOTALL)
    city.post("/round/closures", data=shut | {"gone": "0"})
    assert "撞上停办" not in first_page(city, day, monkeypatch)
    assert "还没有申报" not in first_page(city, "2022-03-01", monkeypatch)  # the round is over


def test_a_feed_opens_for_its_secret_address_and_a_new_one_ends_it(city, published, installation):
    def feed():
        page = city.post("/round/feed", data={"audience": "team", "owner": "T1"}).text
        return re.search(r"/calendars/[\w-]+\.ics", page)[0]

    page = city.get("/round/publish").text
    assert f'<option value="{WULONG}">武隆区</option>' in page, "a unit's is offered too"
    old = feed()
    anybody = installation.beside(city, "")
    events = Calendar.from_ical(anybody.get(old).content).walk("VEVENT")
    shown = city.get(f"/api/v1/rounds/{published}/timetable").json()
    assert len(events) == sum(len(line["sessions"]) for line in shown["units"])
    new = feed()
    assert [anybody.get(one).status_code for one in (old, new)] == [404, 200]
    assert city.post("/round/feed", data={"audience": "team", "owner": "张三"}).status_code == 403


def test_a_closure_is_planned_again_and_published_as_the_next_revision(city, published):
    before = {
        line["unit"]: [s["date"] for s in line["sessions"]]
        for line in city.get(f"/api/v1/rounds/{published}/timetable").json()["units"]
    }
    day = before[QIANJIANG][0]
    shut = {"unit": "黔江区", "first": day, "last": day, "reason": "疫情防控", "back": "again"}
    assert "疫情防控" in city.post("/round/closures", data=shut).text
    do(city, "round_replan", on="2021-10-01")
    assert "改动最少" in city.get("/round/again").text
    choices = city.get(f"/api/v1/rounds/{published}/frontier").json()["choices"]
    assert choices[0]["changed"] == [QIANJIANG]
    do(city, "round_choose", number=1)
    assert "黔江区" in city.get("/round/publish").text
    assert "第 2 版" in city.post("/round/publish", data={"note": "停办"}).text
    after = city.get(f"/api/v1/rounds/{published}/timetable").json()
    assert after["revision"] == 1
    assert after["changed"] == [QIANJIANG]
    sequences = after["calendar"]["sequences"]
    moved = {uid for uid, n in sequences.items() if n}
    assert moved
    assert all(QIANJIANG in uid for uid in moved)
    first = city.get(f"/api/v1/rounds/{published}/timetable?revision=1").json()
    assert first["revision"] == 0
    assert set(first["calendar"]["sequences"]) == set(sequences)


def test_an_earlier_round_is_looked_up_and_not_changed(city, published):
    assert "这一步不能撤销" in city.get("/round/setup").text
    late = city.post("/round/begin", data={"seen": "0" * 16})
    assert (late.status_code, "刚另起" in late.json()["detail"]) == (409, True)
    city.post("/round/begin", data={"seen": published})
    assert city.get(f"/api/v1/rounds/{published}/timetable").status_code == 200
    answer = city.post(f"/api/v1/rounds/{published}/undo", json={"seen": ""})
    assert (answer.status_code, "以前的轮次" in answer.json()["detail"]) == (409, True)
