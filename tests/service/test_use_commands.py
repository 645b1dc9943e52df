"""The week's questions on the command line, on a unit with too few caregivers."""

import json

import openpyxl
import pytest

from ledger.sample_files import write_sample
from service import cli

CHILDREN, CAREGIVERS, PAIRS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx"


def thin_out(path, keep):
    """Leave only each so-many-th caregiver in a ledger."""
    book = openpyxl.load_workbook(path)
    sheet = book.active
    for row in range(sheet.max_row, 1, -1):
        if row % keep:
            sheet.delete_rows(row)
    book.save(path)


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unit")
    write_sample(folder, "大渡口区", seed=5)
    thin_out(folder / CAREGIVERS, 9)
    return folder


@pytest.fixture
def run(monkeypatch, capsysbinary):
    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        out, err = capsysbinary.readouterr()
        return left.value.code or 0, out.decode(), err.decode()

    return run


@pytest.fixture
def ask(run, unit):
    """Ask a question of the unit; give exit code, JSON and what was told."""

    def ask(name, *more):
        files = (unit / CHILDREN, unit / CAREGIVERS, "--pairs", unit / PAIRS)
        code, out, err = run(name, *files, *more, "--json", "-")
        return code, json.loads(out) if out else None, err

    return ask


@pytest.fixture
def proposal(ask):
    return ask("pair")[1]


def left_over(proposal):
    return [line["child"] for line in proposal["unpaired"] if line["reason"] == "all_full"]


def sheet_of_wishes(path, *rows):
    book = openpyxl.Workbook()
    for row in (("儿童编号", "爱心妈妈编号", "意见"), *rows):
        book.active.append(row)
    book.save(path)
    return path


def test_explain_gives_every_child_left_over_a_reason_and_a_remedy(ask, proposal, tmp_path):
    code, answer, told = ask("explain", "--out", tmp_path / "x.xlsx")
    assert code == 3
    assert answer["schema"] == "nuantong/explain/1"
    assert answer["fingerprint"] == proposal["fingerprint"]
    assert {line["child"] for line in answer["unpaired"]} == {
        line["child"] for line in proposal["unpaired"]
    }
    full = [line for line in answer["unpaired"] if line["reason"] == "all_full"]
    assert full
    for line in full:
        assert line["shortage"]["needed"] > line["shortage"]["places"]
        assert line["remedies"]
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames == ["未结对原因和办法"]
    assert "名额" in told


def test_explain_answers_about_a_child_by_number_or_by_a_name_of_her_own(ask, unit, proposal):
    pair = proposal["pairs"][0]
    code, answer, _ = ask("explain", "--child", pair["child"])
    assert (code, answer["unpaired"]) == (0, [])
    assert answer["pairs"][0]["caregiver"] == pair["caregiver"]
    sheet = openpyxl.load_workbook(unit / CHILDREN).active
    names = {row[1]: row[6] for row in sheet.iter_rows(values_only=True)}
    name = names[pair["child"]]
    assert sum(other == name for other in names.values()) == 1
    assert ask("explain", "--child", name)[1]["pairs"] == answer["pairs"]


def test_explain_all_explains_every_pair_too(ask, proposal):
    _, answer, _ = ask("explain", "--all")
    assert len(answer["pairs"]) == len(proposal["pairs"])


def test_rank_has_the_proposed_caregiver_at_no_cost_and_is_no_longer_than_asked(ask, proposal):
    pair = proposal["pairs"][3]
    code, answer, _ = ask("rank", "--child", pair["child"], "--most", 4)
    (proposed,) = [line for line in answer["caregivers"] if line["is_proposed"]]
    assert code == 0
    assert proposed["caregiver"] == pair["caregiver"]
    assert not any(proposed["difference"].values())
    assert len(answer["caregivers"]) <= 4


def test_rank_orders_children_for_a_caregiver(ask, proposal):
    pair = proposal["pairs"][0]
    code, answer, _ = ask("rank", "--caregiver", pair["caregiver"], "--lang", "en")
    assert code == 0
    assert pair["child"] in answer["households"][0]["children"]


def test_recruit_covers_one_more_with_each_until_everybody_is(ask, proposal, tmp_path):
    page, book = tmp_path / "m.html", tmp_path / "x.xlsx"
    code, answer, told = ask("recruit", "--upto", 3, "--map", page, "--out", book)
    assert code == 3
    assert answer["schema"] == "nuantong/recruit/1"
    assert answer["fingerprint"] == proposal["fingerprint"]
    gains = [step["difference"]["covered_mandatory"] for step in answer["steps"]]
    assert gains == [1, 2, 3]
    assert all(step["is_proven"] for step in answer["steps"])
    assert answer["least_for_everyone"] == len(left_over(proposal))
    assert "增加爱心妈妈" in page.read_text(encoding="utf-8")
    assert "m.html" in told
    sheets = openpyxl.load_workbook(book).sheetnames
    assert sheets == ["增加爱心妈妈", "名额价值", "关键爱心妈妈"]


def test_handover_names_a_successor_or_a_reason_and_who_answers_today(ask, proposal, tmp_path):
    pair = next(pair for pair in proposal["pairs"] if pair["kept"])
    hers = {p["child"] for p in proposal["pairs"] if p["caregiver"] == pair["caregiver"]}
    book = tmp_path / "h.xlsx"
    more = ("--why", "suspended", "--out", book)
    code, answer, told = ask("handover", "--caregiver", pair["caregiver"], *more)
    assert (code, answer["why"]) == (3, "suspended")
    assert hers <= {line["child"] for line in answer["lines"]}
    for line in answer["lines"]:
        assert (line["successor"] is None) is (line["left"] is not None)
        assert line["successor"] != pair["caregiver"]
    assert "立即交接" in told
    assert "不等接替人到位" in told
    for leak in ("保护", "查询", "犯罪", "举报"):  # why she is suspended is nobody's business
        assert leak not in told
    rows = [*openpyxl.load_workbook(book)["交接表"].iter_rows(values_only=True)]
    assert any("妇联主席" in str(cell) for row in rows for cell in row)


def test_whatif_lays_options_and_a_file_beside_what_is(ask, proposal, tmp_path):
    (tmp_path / "s.toml").write_text(
        '[[scenario]]\nname = "两户"\nplaces_at_least = 2\n', encoding="utf-8"
    )
    code, answer, told = ask(
        "whatif", "--scenarios", tmp_path / "s.toml", "--without-optional", "--reach-m", 500
    )
    as_is, two, mine = answer["answers"]
    assert code == 0
    assert [as_is["name"], two["name"], mine["name"]] == ["现状", "两户", "您的方案"]
    assert not any(as_is["difference"].values())
    assert as_is["objective"]["covered_mandatory"] == proposal["objective"]["covered_mandatory"]
    assert two["difference"]["covered_mandatory"] > 0
    assert "两户" in told


def test_whatif_puts_more_caregivers_where_they_are_asked_for(ask):
    code, answer, _ = ask("whatif", "--extra", "跳磴镇大坝社区=2", "--no-beyond")
    as_is, more = answer["answers"]
    assert code == 0
    assert more["caregivers"] == as_is["caregivers"] + 2
    assert more["objective"]["rung_counts"][-1] == 0


def test_wishes_hold_and_those_not_met_say_why(ask, proposal, tmp_path):
    kept, moved, other = proposal["pairs"][0], proposal["pairs"][1], proposal["pairs"][5]
    wishes = sheet_of_wishes(
        tmp_path / "w.xlsx",
        (kept["child"], kept["caregiver"], "锁定"),
        (moved["child"], moved["caregiver"], "禁止"),
        (left_over(proposal)[0], other["caregiver"], "希望"),
    )
    _, answer, told = ask("pair", "--wishes", wishes, "--out", tmp_path / "p.xlsx")
    pairs = {line["child"]: line for line in answer["pairs"]}
    assert pairs[kept["child"]]["locked"]
    assert pairs[kept["child"]]["caregiver"] == kept["caregiver"]
    assert pairs.get(moved["child"], {}).get("caregiver") != moved["caregiver"]
    unmet = [line for line in answer["wishes"] if line["unmet"]]
    assert [line["wish"]["kind"] for line in unmet] == ["prefer"]
    assert unmet[0]["unmet"] in ("costs", "not_permitted")
    assert "意见落实情况" in openpyxl.load_workbook(tmp_path / "p.xlsx").sheetnames
    assert "未落实" in told


def test_a_new_lock_is_not_called_a_pair_that_stood(ask, proposal, tmp_path):
    child = left_over(proposal)[0]
    caregiver = next(p["caregiver"] for p in proposal["pairs"] if not p["kept"])
    wishes = sheet_of_wishes(tmp_path / "w.xlsx", (child, caregiver, "锁定"))
    pairs = {line["child"]: line for line in ask("pair", "--wishes", wishes)[1]["pairs"]}
    if child in pairs:  # what safeguarding forbids no lock can hold
        assert (pairs[child]["locked"], pairs[child]["kept"]) == (True, False)


def test_without_wishes_the_proposal_is_byte_for_byte_what_it_was(ask, proposal):
    assert "wishes" not in proposal
    assert ask("pair")[1] == proposal


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank"],
        ["rank", "--child", "C1", "--caregiver", "A1"],
        ["explain", "--child", "C1", "--all"],
        ["handover"],
        ["handover", "--caregiver", "A1", "--why", "bored"],
        ["whatif"],
        ["whatif", "--extra", "太安镇=两"],
        ["whatif", "--places-at-least", "9"],
        ["recruit", "--upto", "-1"],
        ["recruit", "--map", "m.txt"],
    ],
)
def test_wrong_usage_is_2(run, unit, arguments):
    name, *more = arguments
    code, out, err = run(name, unit / CHILDREN, unit / CAREGIVERS, *more)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank", "--child", "没有这个人"],
        ["handover", "--caregiver", "没有这个人"],
        ["whatif", "--extra", "没有这个村=1"],
        ["whatif", "--scenarios", "none.toml"],
        ["explain", "--wishes", "none.xlsx"],
    ],
)
def test_nobody_of_that_name_is_4_and_the_name_is_not_repeated(ask, arguments):
    name, *more = arguments
    code, answer, told = ask(name, *more)
    assert (code, answer) == (4, None)
    assert "没有这个人" not in told


def test_a_file_of_scenarios_that_is_none_is_7(ask, tmp_path):
    (tmp_path / "s.toml").write_text("hello", encoding="utf-8")
    assert ask("whatif", "--scenarios", tmp_path / "s.toml")[0] == 7


def test_an_answer_never_overwrites_a_ledger(ask, unit):
    assert ask("explain", "--out", unit / CHILDREN)[0] == 5


def test_an_answer_in_json_names_nobody(ask, unit):
    _, answer, _ = ask("explain", "--all")
    sheet = openpyxl.load_workbook(unit / CHILDREN).active
    names = [row[6] for row in sheet.iter_rows(min_row=2, values_only=True) if row[6]]
    text = json.dumps(answer, ensure_ascii=False)
    assert not [name for name in names if name in text]
