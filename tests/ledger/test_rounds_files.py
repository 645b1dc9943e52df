"""A round's tables as offices write them: read, or told with row, column and remedy."""

from datetime import date

import pytest

from casework.errors import Unreadable
from casework.findings import Severity
from casework.round_rules import Round
from casework.rounds import EVERYWHERE
from geo.areas import Gazetteer
from ledger.rounds_files import RoundFiles
from tests.rounds_files import write_table

RULES = Round.from_toml()
FILES = RoundFiles(RULES, Gazetteer.on(RULES.window_start))
TEAM = ("团队编号", "团队名称", "驻地", "驻地经度", "驻地纬度", "坐标系", "每天场次")
CLOSURE = ("区县名称", "开始日期", "结束日期", "原因")


def told(findings, *severities):
    return [(f.rule, f.where.row, f.where.column) for f in findings if f.severity in severities]


def errors(findings):
    return told(findings, Severity.ERROR)


def test_columns_stand_in_any_order_under_a_title(tmp_path):
    rows = [
        ("2021年团辅团队", None, None),
        (None, None, None),
        ("专长", "团队名称", "驻地"),
        ("手语、苗语", "甲队", "江北区"),
    ]
    teams, findings = FILES.teams(write_table(tmp_path / "t.xlsx", rows))
    assert errors(findings) == []
    assert [(t.team, t.name, t.group, sorted(t.skills)) for t in teams] == [
        ("甲队", "甲队", "CORE", ["手语", "苗语"])
    ]


def test_a_home_may_be_coordinates_of_a_known_datum(tmp_path):
    rows = [
        TEAM,
        ("T1", "甲队", None, 106.55, 29.6, "WGS-84", None),
        ("T2", "乙队", None, 106.55, 29.6, "GCJ-02", 1),
        ("T3", "丙队", None, 106.55, 29.6, "某坐标", None),
        ("T4", "丁队", None, 29.6, 106.55, "WGS-84", None),
    ]
    teams, findings = FILES.teams(write_table(tmp_path / "t.xlsx", rows))
    assert [team.team for team in teams] == ["T1", "T2"]
    assert teams[0].home.lon == 106.55
    assert teams[0].home != teams[1].home
    assert {("round_datum", 4, "坐标系"), ("round_coordinates", 5, "驻地经度")} <= set(
        errors(findings)
    )


def test_a_team_named_twice_with_other_content_is_told_and_the_same_is_not(tmp_path):
    same = ("T1", "甲队", "江北区", None, None, None, None)
    rows = [TEAM, same, same, ("T1", "甲队", "北碚区", None, None, None, None)]
    teams, findings = FILES.teams(write_table(tmp_path / "t.xlsx", rows))
    assert len(teams) == 1
    assert errors(findings) == [("round_team_twice", 4, "")]


def test_days_off_that_cannot_be_read_hold_the_team_back(tmp_path):
    rows = [("团队名称", "驻地", "休息日期"), ("甲队", "江北区", "国庆前后")]
    teams, findings = FILES.teams(write_table(tmp_path / "t.xlsx", rows))
    assert teams == ()
    assert errors(findings) == [("round_dates", 2, "休息日期")]


def test_a_closure_of_the_whole_city_and_of_old_names(tmp_path):
    rows = [
        CLOSURE,
        ("全市", date(2021, 11, 2), date(2021, 11, 3), "疫情防控"),
        ("武隆县", "11月2日", "2021年11月5日", None),
    ]
    closures, findings = FILES.closures(write_table(tmp_path / "c.xlsx", rows))
    assert errors(findings) == []
    assert [(c.unit, c.first.day, c.last.day) for c in closures] == [
        (EVERYWHERE, 2, 3),
        ("500156", 2, 5),
    ]


@pytest.mark.parametrize(
    ("row", "rule", "column"),
    [
        (("某某区", date(2021, 11, 2), date(2021, 11, 3), None), "round_unit_unknown", "区县名称"),
        (("武隆区", date(2021, 11, 3), date(2021, 11, 2), None), "round_backwards", "结束日期"),
        (("武隆区", None, None, None), "round_closure_days", "开始日期"),
        (("武隆区", "月底", "11月30日", None), "round_dates", "开始日期"),
        (("武隆区", "11月2日、3日", "11月5日", None), "round_one_day", "开始日期"),
    ],
)
def test_a_closure_with_an_error_is_left_out_and_told(tmp_path, row, rule, column):
    closures, findings = FILES.closures(write_table(tmp_path / "c.xlsx", [CLOSURE, row]))
    assert closures == ()
    assert errors(findings) == [(rule, 2, column)]


def test_a_closure_without_an_end_lasts_and_is_told(tmp_path):
    rows = [CLOSURE, ("武隆区", date(2021, 11, 2), None, None)]
    closures, findings = FILES.closures(write_table(tmp_path / "c.xlsx", rows))
    assert closures[0].last == RULES.window_end
    assert told(findings, Severity.WARNING) == [("round_closure_open", 2, "结束日期")]


def test_a_pin_of_an_unknown_team_is_told(tmp_path):
    teams, _ = FILES.teams(
        write_table(tmp_path / "t.xlsx", [("团队名称", "驻地"), ("甲队", "江北区")])
    )
    rows = [
        ("区县", "锁定日期", "锁定团队", "可容纳人数"),
        ("武隆区", "10月16-17日", "甲队", "80人"),
        ("彭水县", None, "乙队", 0),
    ]
    notes, findings = FILES.notes(write_table(tmp_path / "u.xlsx", rows), teams)
    (note,) = notes
    assert (note.room, note.pin.team, len(note.pin.dates)) == (80, "甲队", 2)
    assert set(errors(findings)) == {
        ("round_team_unknown", 3, "锁定团队"),
        ("round_number", 3, "可容纳人数"),
    }


def test_known_drives_are_between_teams_and_units(tmp_path):
    teams, _ = FILES.teams(
        write_table(
            tmp_path / "t.xlsx", [("团队编号", "团队名称", "驻地"), ("T1", "甲队", "江北区")]
        )
    )
    rows = [("起点", "终点", "车程分钟"), ("甲队", "武隆区", 150), ("武隆区", "哪里", 30)]
    roads, findings = FILES.roads(write_table(tmp_path / "r.xlsx", rows), teams)
    assert roads == {("T1", "500156"): 150}
    assert errors(findings) == [("round_end_unknown", 3, "终点")]


def test_a_file_without_the_needed_columns_is_refused(tmp_path):
    path = write_table(tmp_path / "t.xlsx", [("姓名", "电话"), ("某", "1")])
    with pytest.raises(Unreadable, match="团队名称"):
        FILES.teams(path)


def test_a_table_without_rows_is_told(tmp_path):
    teams, findings = FILES.teams(write_table(tmp_path / "t.xlsx", [("团队名称", "驻地")]))
    assert (teams, [f.rule for f in findings]) == ((), ["round_table_empty"])


def test_nobody_is_shown_who_slipped_into_a_column_of_dates(tmp_path):
    rows = [("团队名称", "驻地", "休息日期"), ("甲队", "江北区", "冉文静13800000000")]
    _, findings = FILES.teams(write_table(tmp_path / "t.xlsx", rows))
    text = str([f.as_json() for f in findings])
    assert "冉" not in text
    assert "13800000000" not in text
