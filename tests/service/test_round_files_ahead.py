"""What a file would change of a round is told before it is taken (读入前先看改动)."""

import re
from urllib.parse import quote

from tests.rounds_files import TEAMS, write_table
from tests.service.test_round_pages import send

ROADS = ("起点", "终点", "分钟")


def ahead(client, what, path, **more):
    """Ask what a file would change."""
    asked = "".join(f"&{name}={value}" for name, value in (more | {"preview": "true"}).items())
    return send(client, f"/api/v1/rounds/files?what={what}&name={quote(path.name)}{asked}", path)


def told(answer):
    return {each["what"]: (each["before"], each["now"]) for each in answer["changes"]}


def test_roads_are_shown_before_they_are_taken_and_nothing_is_kept_till_then(
    installation, tmp_path
):
    first = write_table(
        tmp_path / "路途.xlsx", [ROADS, ("武隆区", "彭水县", 55), ("T1", "武隆区", 90)]
    )
    with installation.client(tmp_path / "data", "city") as city:
        send(city, "/api/v1/rounds/files?what=teams&name=t.xlsx",
             write_table(tmp_path / "t.xlsx", TEAMS))  # fmt: skip
        seen = ahead(city, "roads", first)
        assert (seen["rows"], seen["changed"]) == (2, 2)
        assert told(seen) == {
            "武隆区 – 彭水县": ("", "55 分钟"),
            "第1团辅队 – 武隆区": ("", "90 分钟"),
        }
        assert "没有；按直线距离估算" in city.get("/round/setup").text, "nothing is kept yet"
        address = f"/api/v1/rounds/files?what=roads&name=r.xlsx&seen={seen['seen']}"
        send(city, address, first)
        assert "2 段" in city.get("/round/setup").text
        other = write_table(tmp_path / "r.xlsx", [ROADS, ("武隆区", "彭水县", 70)])
        assert told(ahead(city, "roads", other)) == {
            "武隆区 – 彭水县": ("55 分钟", "70 分钟"),
            "第1团辅队 – 武隆区": ("90 分钟", ""),
        }
        assert ahead(city, "roads", first)["changed"] == 0
        late = city.post(address, content=other.read_bytes())
        assert (late.status_code, "别人改过" in late.json()["detail"]) == (409, True)
        assert "2 段" in city.get("/round/setup").text


def test_rules_are_shown_field_by_field_in_the_words_of_the_form(installation, tmp_path):
    rules = tmp_path / "规则.toml"
    rules.write_text(
        '[days]\nallowed = "rest"\nholidays = true\n[session]\ngroup_size = 18\n'
        '[objective]\nlevels = [["moved_units"], ["nights"]]\n',
        "utf-8",
    )
    with installation.client(tmp_path / "data", "city") as city:
        before = city.get("/round/rules").text
        changes = told(ahead(city, "rules", rules))
        assert changes["在哪些日子开展"] == ("任何一天", "只在休息日")
        assert changes["法定节假日也可以开展"] == ("—", "✓")
        assert changes["一组最多多少儿童"] == ("25", "18")
        assert changes["尽量少：外宿夜数"][1].startswith("第 2 级")
        assert "团队最多连续工作几天" not in changes, "what stays is not listed"
        assert city.get("/round/rules").text == before
        city.cookies.set("lang", "en")
        english = told(ahead(city, "rules", rules))
        assert english["On which days"] == ("any day", "rest days only")
        assert english["Children in a group"] == ("25", "18")


def test_teams_that_a_file_would_drop_or_change_are_named(installation, tmp_path):
    with installation.client(tmp_path / "data", "city") as city:
        rows = {"code": ["T1", "T2"], "name": ["第1团辅队", "<b>乙</b>队"]}
        rows |= {"base": ["江北区", "武隆区"], "off": ["", "10月9日"], "a_day": ["", "1"]}
        city.post("/round/teams", data=rows | {"skills": ["", "手语"]})
        changes = told(ahead(city, "teams", write_table(tmp_path / "团队.xlsx", TEAMS)))
        assert changes["T2 <b>乙</b>队"] == (
            "武隆区；不在岗 10月9日（六）；每天场次 1；手语",
            "",
        )
        before, now = changes["T1 第1团辅队"]
        assert before == "江北区"
        assert now.startswith("江北区；不在岗 10月1日（五）、2日（六）")
        assert "乙" in city.get("/round/setup").text


def mark_of(page):
    return re.search('name="seen" value="([0-9a-f]{16})"', page)[1]


def test_what_a_colleague_typed_of_the_setup_meanwhile_is_not_undone_in_silence(
    installation, tmp_path
):
    team = {"code": ["", ""], "name": ["甲队", ""], "base": ["江北区", ""]}
    team |= {"off": ["", ""], "a_day": ["", ""], "skills": ["", ""]}
    shut = {"unit": "武隆区", "first": "2021-10-20", "last": "", "reason": "雨"}
    with installation.client(tmp_path / "data", "city") as city:
        seen = {"seen": mark_of(city.get("/round/setup").text)}
        kept = city.post("/round/teams", data=team | seen).text
        for path, typed in (
            ("teams", team | {"name": ["乙队", ""]}),
            ("closures", shut),
            ("venues", {"unit": "武隆区", "venue": "馆", "room": "", "accessible": ""}),
            ("pins", {"unit": "武隆区", "dates": "11月20日"}),
            ("day", {"on": "2021-10-01"}),
            ("rules", {"preset": "1"}),
            ("setup/undo", {}),
        ):
            late = city.post(f"/round/{path}", data=typed | seen)
            assert (late.status_code, "别人改过" in late.json()["detail"]) == (409, True), path
        assert "甲队" in city.get("/round/setup").text
        again = city.post("/round/closures", data=shut | {"seen": mark_of(kept)}).text
        assert "雨" in again
        assert "甲队" in again
