"""The round from the command line: planned, told, judged and planned again."""

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import date

import openpyxl
import pytest
from icalendar import Calendar

from service import cli
from tests.rounds_files import FORMS, TEAMS, write_forms, write_round_files, write_table


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Run `nuantong` with arguments; give exit code, standard output and standard error."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return left.value.code or 0, out.decode(), err.decode()

    return run


@pytest.fixture
def files(tmp_path):
    return write_round_files(tmp_path)


def plan_args(files, *more):
    forms, teams = files
    return ("round", "plan", forms, "--teams", teams, "--on", "2021-09-15", *more)


@pytest.fixture
def published(run, files, tmp_path):
    path = tmp_path / "published.json"
    run(*plan_args(files, "--json", path))
    return path


def document(path):
    return json.loads(path.read_text("utf-8"))


def unit(doc, name):
    return next(line for line in doc["units"] if line["name"] == name)


# --- plan ---------------------------------------------------------------------------------


def test_a_plan_gives_every_unit_its_line_and_says_what_is_proven(run, files):
    code, out, err = run(*plan_args(files, "--json", "-"))
    doc = json.loads(out)
    assert code == 0
    assert doc["schema"] == "nuantong/timetable/1"
    assert {line["name"] for line in doc["units"]} == set(FORMS)
    assert doc["unplaced"] == doc["violations"] == []
    assert doc["proof"]["status"] == "optimal"
    assert [level["value"] for level in doc["objective"]] == doc["proof"]["bound"]
    session = unit(doc, "武隆区")["sessions"][0]
    assert set(session) == {"date", "slot", "team", "venue", "townships"}
    assert "下限" in err


def test_two_units_that_want_one_team_are_told_who_holds_it(run, files):
    doc = json.loads(run(*plan_args(files, "--json", "-"))[1])
    moved = [line for line in doc["units"] if line["moved_days"]]
    assert [line["name"] for line in moved] in (["武隆区"], ["彭水县"])
    (offer,) = doc["counter_offers"]
    other = "彭水县" if offer["name"] == "武隆区" else "武隆区"
    assert {holder["name"] for holder in offer["held_by"]} == {other}
    assert offer["alternatives"]
    assert offer["alternatives"][0]["dates"] != offer["planned"]["dates"]


def test_a_second_team_lets_every_unit_keep_its_dates(run, tmp_path):
    teams = [*TEAMS, ("T2", "第2团辅队", "北碚区", None, None, None)]
    doc = json.loads(run(*plan_args(write_round_files(tmp_path, FORMS, teams), "--json", "-"))[1])
    assert doc["counter_offers"] == []
    assert {line["moved_days"] for line in doc["units"]} == {0}


def test_open_dates_get_a_proposal(run, files):
    code, out, _ = run(*plan_args(files, "--json", "-"))
    line = unit(json.loads(out), "江北区")
    assert (code, line["declared"], len(line["sessions"])) == (0, [], 1)
    assert "待定" in line["reason_zh"]


def test_nobody_is_named_outside_the_workbook(run, files, tmp_path):
    out, html, pdf = (tmp_path / name for name in ("x.xlsx", "x.html", "x.pdf"))
    ics, saved = tmp_path / "ics", tmp_path / "x.json"
    more = ("--out", out, "--html", html, "--pdf", pdf, "--ics", ics, "--json", saved)
    assert run(*plan_args(files, *more))[0] == 0
    texts = [path.read_text("utf-8") for path in (html, saved, *ics.iterdir())]
    assert not any("冉文静" in text or "13800000000" in text for text in texts)
    assert pdf.read_bytes().startswith(b"%PDF")
    sheets = openpyxl.load_workbook(out)
    assert sheets.sheetnames == [
        "排期表", "场次表", "日历", "横道图", "行程汇总", "答复意见", "通讯录", "权重与证明",
    ]  # fmt: skip
    assert "冉文静" in {cell.value for row in sheets["通讯录"] for cell in row}


def test_no_cell_of_the_workbook_is_a_formula(run, tmp_path):
    teams = [*TEAMS, ("T2", "=1+1", "北碚区", None, None, None)]
    out = tmp_path / "x.xlsx"
    run(*plan_args(write_round_files(tmp_path, FORMS, teams), "--out", out))
    cells = [cell for sheet in openpyxl.load_workbook(out) for row in sheet for cell in row]
    assert "=1+1" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.mark.slow
def test_shuffled_input_and_another_hash_seed_give_the_same_bytes(tmp_path):
    rows = [TEAMS[0], ("T2", "第2团辅队", "北碚区", None, None, None), TEAMS[1]]
    seen = []
    for seed in ("1", "77"):
        folder = tmp_path / seed
        folder.mkdir()
        order = sorted(FORMS)
        random.Random(seed).shuffle(order)
        write_forms(folder / "in", {name: FORMS[name] for name in order})
        table = write_table(folder / "teams.xlsx", rows)
        rows = [rows[0], *reversed(rows[1:])]
        env = os.environ | {"PYTHONHASHSEED": seed, "NUANTONG_CONFIG": str(tmp_path / "c")}
        outs = [folder / name for name in ("x.json", "x.xlsx", "x.pdf", "x.html")]
        names = ("--json", "--out", "--pdf", "--html")
        more = [str(each) for pair in zip(names, outs, strict=True) for each in pair]
        command = [sys.executable, "-m", "service.cli", "round", "plan", str(folder / "in")]
        command += ["--teams", str(table), "--on", "2021-09-15", "--ics", str(folder / "ics")]
        subprocess.run([*command, *more], env=env, check=True, capture_output=True)
        calendars = sorted((folder / "ics").iterdir())
        seen.append([path.read_bytes() for path in (*outs, *calendars)])
    assert seen[0] == seen[1]


def test_what_the_strict_reading_costs_is_reported(run, tmp_path):
    forms = {**FORMS, "南川区": {"sessions": 1, "dates": "11月20日"}}
    doc = json.loads(run(*plan_args(write_round_files(tmp_path, forms), "--json", "-"))[1])
    strict = doc["strict_reading"]
    assert (strict["end"], strict["sessions_lost"], strict["proven"]) == ("2021-10-31", 0, True)
    assert strict["moved_units_more"] == 1


def test_an_over_full_round_gives_the_best_partial_plan_and_the_reasons(run, files, tmp_path):
    rules = tmp_path / "round.toml"
    window = "start = 2021-10-16\nend = 2021-10-19\nstrict_end = 2021-10-31"
    rules.write_text(f"[window]\n{window}\n[days]\nsessions_per_day = 1\n", "utf-8")
    code, out, _ = run(*plan_args(files, "--round", rules, "--json", "-"))
    doc = json.loads(out)
    assert code == 3
    assert sum(len(line["sessions"]) for line in doc["units"]) == 4
    assert all(left["reason"] == "round_full" and left["reason_zh"] for left in doc["unplaced"])
    why = doc["why_not"]
    assert any("时间范围" in words for words in why["requirements_zh"])
    longer = next(e for e in why["giving_up"] if "时间范围" in e["requirement_zh"])
    assert longer["sessions_more"] > 0


def test_every_fault_of_a_rules_file_is_named_at_once(run, files, tmp_path):
    rules = tmp_path / "round.toml"
    rules.write_text('colour = 1\n[days]\nallowed = "weekends"\n[session]\ngroup_size = 0\n')
    code, _, err = run(*plan_args(files, "--round", rules))
    assert code == 7
    assert all(name in err for name in ("colour", "days.allowed", "rest", "session.group_size"))


def test_bad_rows_are_told_with_row_and_column_and_the_others_go_on(run, files, tmp_path):
    forms, _ = files
    teams = write_table(
        tmp_path / "bad.xlsx",
        [
            *TEAMS,
            ("T2", "第2队", "哪里", None, None, None),
            ("T3", "第3队", "北碚区", 9, "坏", None),
        ],
    )
    code, out, _ = run(*plan_args((forms, teams), "--json", "-"))
    doc = json.loads(out)
    found = {(f["rule"], f["row"], f["column"]) for f in doc["findings"]}
    assert code == 3
    assert {
        ("round_team_home", 3, "驻地"),
        ("round_number", 4, "每天场次"),
        ("round_dates", 4, "不能安排的日期"),
    } <= found
    assert {s["team"] for line in doc["units"] for s in line["sessions"]} == {"T1"}


def test_a_form_without_sessions_waits_and_the_others_are_planned(run, tmp_path):
    forms = {**FORMS, "南川区": {"sessions": None, "dates": "11月20日"}}
    code, out, _ = run(*plan_args(write_round_files(tmp_path, forms), "--json", "-"))
    doc = json.loads(out)
    assert code == 3
    assert [(left["name"], left["reason"]) for left in doc["unplaced"]] == [
        ("南川区", "needs_data")
    ]
    assert len(doc["units"]) == len(FORMS)


def test_a_file_that_is_no_table_of_teams_is_refused(run, files):
    forms, _ = files
    wrong = next(forms.iterdir())
    code, _, err = run("round", "plan", forms, "--teams", wrong)
    assert (code, "团队名称" in err) == (7, True)


def test_one_rollup_workbook_serves_as_well_as_a_folder_of_forms(run, files, tmp_path):
    forms, teams = files
    book = tmp_path / "汇总表.xlsx"
    run("declare", "rollup", forms, "--out", book, "--on", "2021-09-15")
    ways = [
        json.loads(run(*plan_args((source, teams), "--json", "-"))[1]) for source in (forms, book)
    ]
    assert ways[0]["units"] == ways[1]["units"]
    assert ways[0]["fingerprint"] == ways[1]["fingerprint"]


def test_a_pinned_unit_keeps_its_day_and_its_room_takes_more_sessions(run, files, tmp_path):
    notes = write_table(
        tmp_path / "units.xlsx",
        [
            ("区县名称", "会场", "可容纳人数", "锁定日期"),
            ("黔江区", "区委党校", 30, None),
            ("江北区", None, None, "11月6日"),
        ],
    )
    doc = json.loads(run(*plan_args(files, "--units", notes, "--json", "-"))[1])
    assert len(unit(doc, "黔江区")["sessions"]) == 3  # 80 people in a room for 30
    assert {s["venue"] for s in unit(doc, "黔江区")["sessions"]} == {"区委党校"}
    assert [s["date"] for s in unit(doc, "江北区")["sessions"]] == ["2021-11-06"]


def test_a_remark_that_needs_sign_language_gets_a_team_that_can(run, tmp_path):
    forms = {**FORMS, "南川区": {"sessions": 1, "dates": "10月16日", "remarks": "需手语老师"}}
    teams = [TEAMS[0], ("T0", "第0队", "南川区", None, None, None), TEAMS[1]]
    doc = json.loads(run(*plan_args(write_round_files(tmp_path, forms, teams), "--json", "-"))[1])
    assert {s["team"] for s in unit(doc, "南川区")["sessions"]} == {"T1"}


# --- check --------------------------------------------------------------------------------


def test_our_own_plan_breaks_no_rule_as_json_and_as_workbook(run, files, tmp_path):
    saved, book = tmp_path / "x.json", tmp_path / "x.xlsx"
    run(*plan_args(files, "--json", saved, "--out", book))
    for arguments in ((saved,), (book, "--published", saved)):
        code, out, _ = run("round", "check", *arguments, "--json", "-")
        judged = json.loads(out)
        assert (code, judged["violations"], judged["left"]) == (0, [], [])
        assert {level["value"] - level["proven_plan"] for level in judged["cost"]} == {0}


def test_an_officers_timetable_is_judged_row_by_row_with_its_cost(run, files, published, tmp_path):
    own = write_table(
        tmp_path / "own.xlsx",
        [
            ("区县名称", "日期", "时段", "团队编号"),
            ("武隆区", "10月16日", "上午", "T1"),
            ("武隆区", "10月16日", "下午", "T1"),
            ("彭水县", "10月16日", "上午", "T1"),
            ("彭水县", "10月18日", "上午", "T1"),
            ("黔江区", date(2021, 10, 2), "全天", "T1"),
            ("江北区", "12月1日", "全天", "T9"),
        ],
    )
    forms, teams = files
    code, out, _ = run(
        "round", "check", own, "--declarations", forms, "--teams", teams, "--json", "-"
    )
    judged = json.loads(out)
    broken = {(v["rule"], v["unit_name"]): v["rows"] for v in judged["violations"]}
    assert code == 3
    assert broken["consecutive", "彭水县"] == [4]
    assert broken["allowed_days", "黔江区"] == [6]
    assert broken["days_off", "黔江区"] == [6]
    assert broken["window", "江北区"] == [7]
    assert broken["team_known", "江北区"] == [7]
    assert broken["not_placed", "涪陵区"] == []
    lost = next(level for level in judged["cost"] if level["level"] == "unplaced_sessions")
    assert (lost["value"], lost["proven_plan"]) == (2, 0)


def test_rows_that_cannot_be_read_are_told_and_not_judged(run, published, tmp_path):
    rows = [("区县", "日期", "团队"), ("某某区", "10月16日", "T1"), ("武隆区", "哪天", "T1")]
    own = write_table(tmp_path / "own.xlsx", rows)
    code, out, _ = run("round", "check", own, "--published", published, "--json", "-")
    found = {(f["rule"], f["row"], f["column"]) for f in json.loads(out)["findings"]}
    assert code == 3
    assert {("round_unit_unknown", 2, "区县"), ("round_dates", 3, "日期")} <= found


def test_a_published_file_that_was_tampered_with_is_refused_by_place(run, published, tmp_path):
    doc = document(published)
    doc["problem"]["wishes"][2]["sessions"] = "many"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(doc), "utf-8")
    code, _, err = run("round", "check", wrong)
    assert (code, "problem.wishes[2]" in err) == (7, True)


def test_a_unit_or_team_that_there_is_not_in_a_published_file_is_refused_by_name(
    run, published, tmp_path
):
    doc = document(published)
    doc["units"][0]["unit"] = "999999"
    doc["units"][1]["sessions"][0]["team"] = "T99"
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(doc), "utf-8")
    on = ("--on", "2021-10-01", "--withdraw", "黔江区")
    code, _, err = run("round", "replan", wrong, *on)
    assert (code, "999999" in err, "T99" in err) == (7, True, True)


def test_a_round_in_which_nothing_can_be_placed_says_so_first(run, files, tmp_path):
    shut = closures(tmp_path, ("全市", "2021-09-01", "2021-12-31", "停课"))
    code, out, _ = run(*plan_args(files, "--closures", shut))
    assert code == 3
    assert "一场也没有排上，5 个区县申报的 8 场都没有安排" in out
    assert "按申报日期 0" not in out


def test_a_form_of_no_known_unit_is_told_to_be_mended_not_to_be_saved_anew(run, tmp_path):
    forms, teams = write_round_files(tmp_path)
    write_forms(forms, {"无此区": {"sessions": 1, "dates": "10月16日"}})
    _, out, _ = run(*plan_args((forms, teams), "--json", "-"))
    (told,) = [f for f in json.loads(out)["findings"] if f["rule"] == "form_not_taken"]
    assert "核对区县名称" in told["remedy_zh"]


# --- replan -------------------------------------------------------------------------------


def closures(tmp_path, *rows):
    head = ("区县名称", "开始日期", "结束日期", "原因")
    return write_table(tmp_path / "停办.xlsx", [head, *rows])


def test_a_closure_moves_the_closed_unit_alone(run, published, tmp_path):
    shut = closures(tmp_path, ("涪陵区", date(2021, 10, 30), date(2021, 11, 5), "疫情防控"))
    args = ("round", "replan", published, "--closures", shut, "--on", "2021-10-28")
    code, out, _ = run(*args, "--json", "-")
    found = json.loads(out)
    assert (code, found["schema"]) == (0, "nuantong/replan/1")
    assert [change["name"] for change in found["points"][0]["changes"]] == ["涪陵区"]
    assert found["points"][0]["changes"][0]["from"] == ["2021-10-30", "2021-10-31"]
    assert found["first"]["changed"] == found["points"][0]["changed"]


def test_what_is_past_stays_and_calendars_learn_just_what_changed(run, published, tmp_path):
    shut = closures(tmp_path, ("涪陵区", date(2021, 10, 30), date(2021, 11, 5), "疫情防控"))
    args = ("round", "replan", published, "--closures", shut, "--on", "2021-10-28")
    saved, ics = tmp_path / "new.json", tmp_path / "ics"
    code, *_ = run(*args, "--choose", "1", "--json", saved, "--ics", ics)
    before, after = document(published), document(saved)
    assert (code, after["revision"]) == (0, 1)
    for name in set(FORMS) - {"涪陵区"}:
        assert unit(after, name)["sessions"] == unit(before, name)["sessions"]
    events = {
        str(e["uid"]): int(e["sequence"])
        for path in ics.glob("区县_*.ics")
        for e in Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    }
    assert {uid.split("/")[3] for uid, n in events.items() if n == 1} == {"500102"}
    assert set(events.values()) == {0, 1}
    assert set(events) == {uid for uid in before["calendar"]["sequences"] if "/unit/" in uid}


def test_a_unit_that_withdraws_is_cancelled_in_its_calendar_and_its_teams(
    run, published, tmp_path
):
    args = ("round", "replan", published, "--withdraw", "黔江区", "--on", "2021-10-01")
    saved, ics = tmp_path / "new.json", tmp_path / "ics"
    assert run(*args, "--choose", "1", "--json", saved, "--ics", ics)[0] == 0
    assert "黔江区" not in {line["name"] for line in document(saved)["units"]}
    for name in ("区县_黔江区（取消）.ics", "团队_第1团辅队（取消）.ics"):
        calendar = Calendar.from_ical((ics / name).read_bytes())
        (event,) = calendar.walk("VEVENT")
        assert str(calendar["method"]) == "CANCEL"
        assert (str(event["status"]), int(event["sequence"])) == ("CANCELLED", 1)


def test_a_unit_that_has_begun_and_is_closed_waits_for_a_person(run, tmp_path):
    forms = {**FORMS, "万州区": {"sessions": 4, "dates": "11月9-12日"}}
    saved = tmp_path / "long.json"
    run(*plan_args(write_round_files(tmp_path, forms), "--json", saved))
    shut = closures(tmp_path, ("万州区", date(2021, 11, 11), date(2021, 11, 20), "疫情防控"))
    args = ("round", "replan", saved, "--closures", shut, "--on", "2021-11-10", "--json", "-")
    code, out, _ = run(*args)
    found = json.loads(out)
    assert (code, found["interrupted"]) == (3, ["500101"])
    assert "round_interrupted" in {finding["rule"] for finding in found["findings"]}


def test_no_such_choice_and_no_such_unit_are_told(run, published):
    on = ("--on", "2021-10-01")
    assert run("round", "replan", published, *on, "--choose", "9")[0] == 4
    assert run("round", "replan", published, *on, "--withdraw", "哪里")[0] == 4
    doc = document(published)
    published.write_text(json.dumps({**doc, "units": doc["units"] * 2}), "utf-8")
    code, _, err = run("round", "replan", published, *on)
    assert code == 7
    assert "同一区县重复" in err


def test_outputs_without_a_choice_are_wrong_usage(run, published, tmp_path):
    assert run("round", "replan", published, "--on", "2021-10-01", "--ics", tmp_path / "i")[0] == 2


def test_new_forms_beside_a_published_plan_change_as_little_as_can_be(run, published, tmp_path):
    forms = {**FORMS, "南川区": {"sessions": 1, "dates": "10月16日"}}
    files = write_round_files(tmp_path / "more", forms)
    doc = json.loads(run(*plan_args(files, "--published", published, "--json", "-"))[1])
    before = document(published)
    assert doc["changed"] == []
    for name in FORMS:
        assert unit(doc, name)["sessions"] == unit(before, name)["sessions"]


def test_a_folder_with_other_files_is_not_taken_for_calendars(run, files, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("x")
    assert run(*plan_args(files, "--ics", folder))[0] == 6
    assert (folder / "letter.txt").exists()
    shutil.rmtree(folder)
