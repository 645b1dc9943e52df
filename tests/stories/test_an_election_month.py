"""Election month: two fifths of the caregivers leave, and as little as possible is changed."""

import json
from random import Random

import openpyxl
import pytest

from ledger.sample_files import write_sample
from service import cli

CHILDREN, CAREGIVERS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx"


@pytest.fixture
def run(monkeypatch, capsysbinary):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments), "--json", "-"])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return left.value.code or 0, json.loads(out) if out else {}, err.decode()

    return run


def register(path, pairs):
    book = openpyxl.Workbook()
    for row in (("儿童编号", "爱心妈妈编号"), *pairs):
        book.active.append(row)
    book.save(path)
    return path


def hold_an_election(path):
    """Let two fifths of the caregivers leave their office."""
    r, book = Random(3), openpyxl.load_workbook(path)
    sheet = book.active
    status = [cell.value for cell in sheet[1]].index("在岗状态") + 1
    for row in range(2, sheet.max_row + 1):
        if r.random() < 0.4:
            sheet.cell(row, status).value = "换届离任"
    book.save(path)


def crowd(path, keep):
    """Leave so few caregivers that pairs have to be given up to cover more."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row in range(sheet.max_row, 1, -1):
        if row % keep:
            sheet.delete_rows(row)
    book.save(path)


@pytest.fixture
def unit(tmp_path):
    """Give a district whose pairs were made when nobody was near anybody."""
    write_sample(tmp_path, "大渡口区", seed=5)
    crowd(tmp_path / CAREGIVERS, 3)
    return tmp_path


def test_an_election_is_repaired_with_the_fewest_changes(run, unit):
    files = unit / CHILDREN, unit / CAREGIVERS
    _, before, _ = run("pair", *files)
    pairs = [(pair["child"], pair["caregiver"]) for pair in before["pairs"]]
    now = register(unit / "现在.xlsx", pairs)
    hold_an_election(unit / CAREGIVERS)

    _, free, _ = run("pair", *files, "--pairs", now, "--out", unit / "x.xlsx")
    code, firm, told = run("pair", *files, "--pairs", now, "--max-changes", 0)
    assert code == 3
    assert firm["objective"]["broken"] == 0
    assert firm["max_changes"] == 0
    assert firm["fingerprint"] != free["fingerprint"]
    assert "变更对照" in told
    kinds = [line["kind"] for line in firm["changes"]["lines"]]
    ended = {(line["child"], line["caregiver"]): line["reason"] for line in firm["ended"]}
    assert kinds.count("kept") == len({*pairs} - ended.keys())
    assert "caregiver_left" in ended.values()
    assert kinds.count("moved") > 0

    _, drawn, _ = run("curve", *files, "--pairs", now, "--out", unit / "c.xlsx")
    points = drawn["points"]
    assert drawn["forced"] == len(firm["ended"])
    assert points[-1]["objective"]["covered_mandatory"] == free["objective"]["covered_mandatory"]
    for point in points:
        _, found, _ = run("pair", *files, "--pairs", now, "--max-changes", point["changes"])
        assert found["objective"]["rungs"] == point["objective"]["rungs"]
        assert found["objective"]["broken"] == point["changes"]

    sheet = openpyxl.load_workbook(unit / "x.xlsx")["变更对照"]
    text = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "调整" in text
    assert "调整与成效" in openpyxl.load_workbook(unit / "c.xlsx").sheetnames


def test_an_officers_own_repair_is_judged_line_by_line(run, unit):
    files = "--children", unit / CHILDREN, "--caregivers", unit / CAREGIVERS
    _, before, _ = run("pair", unit / CHILDREN, unit / CAREGIVERS)
    pairs = [(pair["child"], pair["caregiver"]) for pair in before["pairs"]]
    code, answer, _ = run("check", "pairs", register(unit / "名单.xlsx", pairs), *files)
    assert answer["schema"] == "nuantong/check/1"
    assert answer["accepted"] == len(pairs)
    assert answer["judgement"]["broken"] == []
    assert answer["judgement"]["left_out"] == []
    assert answer["judgement"]["difference"]["rungs"] == 0
    assert code == 0
    assert answer["fingerprint"] == before["fingerprint"]

    stranger = register(unit / "名单.xlsx", [*pairs, ("查无此童", pairs[0][1])])
    code, answer, told = run("check", "pairs", stranger, *files)
    assert code == 3
    assert answer["judgement"]["broken"] == []
    assert "有 1 行的人不在台账中" in told

    hers = pairs[0][1]
    crowded = [*pairs[:-6], *((child, hers) for child, _ in pairs[-6:-1]), pairs[0]]
    marked = unit / "核查.xlsx"
    wrong = register(unit / "名单.xlsx", crowded)
    code, answer, told = run("check", "pairs", wrong, *files, "--out", marked)
    assert code == 3
    rules = {finding["rule"] for finding in answer["findings"]}
    assert {"list_places", "list_child_twice"} <= rules
    assert answer["judgement"]["left_out"]
    assert answer["judgement"]["best"] == before["objective"] | {
        "rung_counts": [*before["objective"]["rung_counts"].values()]
    }
    assert marked.name in told
    assert "核查问题" in openpyxl.load_workbook(marked).sheetnames


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "pairs", "a.xlsx", "--children", "a.xlsx"),
        ("check", "children", "a.xlsx", "--children", "a.xlsx", "--caregivers", "a.xlsx"),
        ("check", "pairs", "a.xlsx", "a.xlsx", "--children", "a.xlsx", "--caregivers", "a.xlsx"),
        ("pair", "a.xlsx", "a.xlsx", "--max-changes", "-1"),
        ("pair", "a.xlsx", "a.xlsx", "--max-changes", "many"),
        ("curve", "a.xlsx", "a.xlsx", "--points", "1"),
    ],
)
def test_half_a_question_is_wrong_usage(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    register("a.xlsx", [])
    assert run(*arguments)[0] == 2


def test_a_list_is_never_overwritten_and_no_list_is_unreadable(run, unit):
    files = "--children", unit / CHILDREN, "--caregivers", unit / CAREGIVERS
    nothing = unit / "空.xlsx"
    openpyxl.Workbook().save(nothing)
    assert run("check", "pairs", nothing, *files)[0] == 7
    mine = register(unit / "名单.xlsx", [("C1", "A1")])
    assert run("check", "pairs", mine, *files, "--out", unit / CHILDREN)[0] == 5
