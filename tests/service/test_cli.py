"""The command line, as a person or a script meets it."""

import json
from datetime import date
from importlib.metadata import version

import openpyxl
import pytest

from service import cli
from service.commands.options import read_day
from service.workflows import ledgers

CHILDREN, CAREGIVERS, PAIRS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx"


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
def pair(run, sample):
    """Run `nuantong pair` on the sample."""

    def pair(*more):
        return run("pair", sample / CHILDREN, sample / CAREGIVERS, *more)

    return pair


def test_help_names_every_command(run):
    code, out, _ = run("--help")
    assert code == 0
    for command in ("sample", "ledger", "check", "pair", "serve", "demo"):
        assert f"  {command} " in out


def test_it_says_which_version_it_is(run):
    assert run("--version") == (0, f"nuantong {version('nuantong')}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check", "nonsense", "a.xlsx"],
        ["check", "children"],
        ["pair", "a.xlsx"],
        ["pair", "a.xlsx", "b.xlsx", "--on", "someday"],
        ["sample"],
        ["sample", "--out", "x", "--unit", "武隆区", "--city"],
        ["pair", "a.xlsx", "b.xlsx", "--out", "a.txt"],
        ["pair", "a.xlsx", "b.xlsx", "--map", "a.xlsx"],
        ["check", "children", "a.xlsx", "--out", "a.csv"],
        ["ledger", "merge", "x", "--out", "台账"],
        ["serve", "--port", "70000"],
        ["init", "--database", "a-folder"],
    ],
)
def test_wrong_usage_is_2_and_makes_nothing(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert "用法 / Usage: nuantong" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "没有这个命令 / No such command 'nonsense'"),
        (["pair", "a.xlsx"], "缺少必填的参数或选项 / Missing argument 'caregivers'"),
        (["pair", "a", "b", "c"], "多出了参数 / Got unexpected extra argument"),
        (["pair", "a", "b", "--bogus"], "没有这个选项 / No such option: --bogus"),
        (["pair", "--rules"], "选项的用法不对 / Option '--rules' requires an argument"),
        (["serve", "--port", "x"], "参数或选项的值不对 / Invalid value for '--port'"),
        (["init", "--database", "x"], "参数或选项的值不对 / Invalid value for --database"),
    ],
)
def test_wrong_usage_is_told_in_chinese_first(run, arguments, told):
    code, _, err = run(*arguments)
    assert code == 2
    assert told in err


@pytest.mark.parametrize("below", ["", "x"])
def test_a_file_where_the_data_folder_should_be_is_a_conflict(run, tmp_path, below):
    (tmp_path / "file").write_text("")
    code, _, err = run("init", "--data", tmp_path / "file" / below)
    assert code == 6
    assert "不是文件夹" in err


def test_an_address_of_a_database_that_cannot_be_read_is_not_found(run):
    code, _, err = run("init", "--database", "postgresql://host:port/x")
    assert code == 4
    assert "数据库地址写得不对" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["pair", "none.xlsx", "none.xlsx"],
        ["check", "children", "none.xlsx"],
        ["ledger", "merge", "none", "--out", "x.xlsx"],
        ["ledger", "split", "none.xlsx", "--out", "x"],
        ["sample", "--out", "x", "--unit", "没有这个区"],
    ],
)
def test_what_is_not_there_is_4(run, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    code, out, err = run(*arguments)
    assert (code, out) == (4, "")
    assert "找不到" in err


def test_an_option_that_names_a_missing_file_is_4_too(pair):
    for option in ("--pairs", "--rules", "--neighbours", "--key-file"):
        assert pair(option, "none")[0] == 4


def test_a_neighbour_table_of_which_no_row_is_usable_is_7(pair, tmp_path):
    table = tmp_path / "neighbours.csv"
    for garbage in (b"\x00\x01\x02 garbage", "这不是,相邻镇街表".encode(), b""):
        table.write_bytes(garbage)
        code, _, err = pair("--neighbours", table)
        assert (code, "没有一行能用的相邻镇街" in err) == (7, True), garbage


def test_a_page_for_other_machines_is_refused_with_5(run):
    for host in ("0.0.0.0", "192.168.1.5", "::"):
        assert run("serve", "--host", host)[0] == 5


def test_an_output_over_an_input_is_refused_with_5(pair, sample):
    before = (sample / CHILDREN).read_bytes()
    assert pair("--out", sample / CHILDREN)[0] == 5
    assert pair("--json", sample / CHILDREN)[0] == 5
    assert (sample / CHILDREN).read_bytes() == before


def test_a_file_that_is_no_workbook_is_7(run, tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 broken")
    code, _, err = run("check", "children", broken)
    assert code == 7
    assert "坏.xlsx" in err
    assert str(tmp_path) not in err


def test_one_unreadable_file_of_several_is_7_and_the_others_are_told(run, sample, tmp_path):
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"MZ\x90\x00")
    code, out, _ = run("check", "caregivers", sample / CAREGIVERS, broken)
    assert code == 7
    assert "数据行" in out
    first = next(line for line in out.splitlines() if line.startswith("  错误"))
    assert "坏.xlsx" in first
    assert "不是表格文件" in first


def test_a_workbook_without_the_ledger_asked_for_is_7(run, sample):
    code, _, err = run("pair", sample / CAREGIVERS, sample / CAREGIVERS)
    assert code == 7
    assert "困境儿童" in err


def test_a_wrong_rules_file_is_7_and_names_what_is_wrong(pair, tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text("[households]\nmax_childs = 3\n")
    code, _, err = pair("--rules", rules)
    assert code == 7
    assert "max_childs" in err


def test_a_clean_ledger_is_0_and_one_with_an_error_is_3(run, sample, damaged):
    assert run("check", "caregivers", sample / CAREGIVERS)[0] == 0
    code, out, _ = run("check", "children", damaged / "八桥镇困境儿童台账.csv")
    assert code == 3
    assert "错误" in out


def test_the_marked_copy_and_the_json_hold_every_finding(run, damaged, tmp_path):
    out, report = tmp_path / "新" / "核查.xlsx", tmp_path / "核查.json"
    run("check", "children", damaged / "建胜镇.xlsx", "--out", out, "--json", report)
    document = json.loads(report.read_text("utf-8"))
    assert document["schema"] == "nuantong/check/1"
    counts = document["accepted"], document["rejected"], document["collapsed"]
    assert sum(counts) == document["rows"]
    listed = openpyxl.load_workbook(out)["核查问题"]
    assert listed.max_row > len(document["findings"]) > 0


def test_several_files_are_returned_one_by_one(run, damaged, tmp_path):
    files = [damaged / "建胜镇.xlsx", damaged / "名单(1).xlsx"]
    run("check", "children", *files, "--out", tmp_path / "核查.xlsx")
    assert {path.name for path in tmp_path.glob("*.xlsx")} == {
        "核查_建胜镇.xlsx",
        "核查_名单(1).xlsx",
    }


def test_two_files_of_one_name_do_not_overwrite_each_others_return(tmp_path):
    sources = [tmp_path / "a" / "名单.xlsx", tmp_path / "b" / "名单.xlsx"]
    names = ledgers.returned_names(sources, tmp_path / "核查.xlsx")
    assert len(set(names.values())) == 2


def test_json_on_standard_output_is_alone_there(pair, run, sample):
    code, out, err = pair("--json", "-")
    assert json.loads(out)["schema"] == "nuantong/proposal/1"
    assert code == 3
    assert "结对建议" in err
    assert json.loads(run("check", "pairs", sample / PAIRS, "--json", "-")[1])


def test_a_proposal_writes_what_it_is_asked_for_and_nothing_else(pair, sample, tmp_path):
    out, html, report = (tmp_path / name for name in ("建议.xlsx", "图.html", "建议.json"))
    arguments = ("--out", out, "--map", html, "--json", report)
    code, told, _ = pair("--pairs", sample / PAIRS, *arguments)
    assert code == 3
    assert "大渡口区结对建议（按 2021-09-15 判断）" in told
    made = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert made == {"建议.xlsx", "图.html", "建议.json"}
    assert json.loads(report.read_text("utf-8"))["on"] == "2021-09-15"


def test_pairs_that_stand_are_kept_only_when_they_are_given(pair, sample):
    def kept(*more):
        return sum(p["kept"] for p in json.loads(pair(*more, "--json", "-")[1])["pairs"])

    assert kept() == 0
    assert kept("--pairs", sample / PAIRS) > 10


def test_one_merged_ledger_serves_as_all_three(run, sample, tmp_path):
    ledger = tmp_path / "台账.xlsx"
    assert run("ledger", "merge", sample / "镇街", "--out", ledger)[0] in (0, 3)
    code, told, _ = run("pair", ledger, ledger)
    assert code == 3
    assert "--pairs" in told
    code, told, _ = run("pair", ledger, ledger, "--pairs", ledger)
    assert code == 3
    assert "--pairs" not in told


def test_the_day_is_the_rules_own_unless_one_is_given(pair, tmp_path):
    def on(*more):
        return json.loads(pair(*more, "--json", "-")[1])["on"]

    rules = tmp_path / "rules.toml"
    rules.write_text("reference_date = 2021-08-31\n")
    assert on() == "2021-09-15"
    assert on("--rules", rules) == "2021-08-31"
    assert on("--rules", rules, "--on", "2021年9月1日") == "2021-09-01"


@pytest.mark.parametrize(
    "text", ["2021-09-05", "2021.9.5", "2021/9/5", "20210905", "2021年9月5日", " 2021-9-5 "]
)
def test_a_day_is_read_as_people_write_it(text):
    assert read_day(text) == date(2021, 9, 5)


def test_same_files_and_key_give_the_same_bytes(pair, tmp_path):
    key = tmp_path / "key"
    key.write_text("the secret of the office")
    first, second = (pair("--json", "-", "--key-file", key)[1] for _ in range(2))
    assert first == second


def test_a_map_with_points_or_names_is_written_in_the_audit_and_one_without_is_not(pair, tmp_path):
    audit = tmp_path / "config" / "audit.log"
    pair("--map", tmp_path / "a.html")
    assert not audit.exists()
    pair("--map", tmp_path / "b.html", "--with-names")
    assert "points=True names=True" in audit.read_text()
    assert "含姓名" in (tmp_path / "b.html").read_text("utf-8")
    assert "含姓名" not in (tmp_path / "a.html").read_text("utf-8")


def test_a_township_that_has_not_returned_is_named_and_needs_a_person(run, sample, tmp_path):
    folder = tmp_path / "交回"
    folder.mkdir()
    for book in sorted((sample / "镇街").iterdir())[1:]:
        (folder / book.name).write_bytes(book.read_bytes())
    missing = min((sample / "镇街").iterdir()).stem
    code, out, _ = run("ledger", "merge", folder, "--out", tmp_path / "台账.xlsx")
    assert code == 3
    assert f"未交回：{missing}" in out


def test_split_workbooks_merge_to_the_same_people(run, sample, tmp_path):
    whole, again = tmp_path / "whole.xlsx", tmp_path / "again.xlsx"
    run("ledger", "merge", sample / "镇街", "--out", whole)
    code, told, _ = run("ledger", "split", whole, "--out", tmp_path / "分")
    assert code in (0, 3)
    assert "未交回" not in told  # nobody was asked yet
    run("ledger", "merge", tmp_path / "分", "--out", again)
    people = [
        json.loads(run("check", kind, path, "--json", "-")[1])["accepted"]
        for path in (whole, again)
        for kind in ("children", "caregivers")
    ]
    assert people[:2] == people[2:]


def test_messages_come_in_english_when_asked(run, sample, monkeypatch):
    assert "usable" in run("check", "children", sample / CHILDREN, "--lang", "en")[1]
    monkeypatch.setenv("NUANTONG_LANG", "en")
    assert "usable" in run("check", "children", sample / CHILDREN)[1]
    assert "可用" in run("check", "children", sample / CHILDREN, "--lang", "zh")[1]


def test_a_fault_of_ours_is_1_with_a_number_and_without_data(run, sample, monkeypatch, tmp_path):
    def fail(*_):
        raise KeyError("张三")

    monkeypatch.setattr(ledgers, "check_files", fail)
    code, out, err = run("check", "children", sample / CHILDREN)
    assert code == 1
    log = (tmp_path / "config" / "incidents.log").read_text("utf-8")
    assert "张三" not in out + err + log
    assert "编号" in err


def test_a_full_disk_is_8(run, sample, monkeypatch, tmp_path):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ledger.returned.write_returned", full)
    code, _, err = run("check", "children", sample / CHILDREN, "--out", tmp_path / "x.xlsx")
    assert code == 8
    assert "磁盘" in err
    assert not list(tmp_path.glob("*.xlsx"))


def test_the_screen_shows_rows_of_one_kind_in_one_line(run, sample):
    out = run("check", "children", sample / CHILDREN)[1]
    assert out.count("缺经纬度") == 1
