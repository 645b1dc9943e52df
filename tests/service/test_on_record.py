"""Ledgers, rosters and tasks on record, through the door of the command line."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from stdnum.cn import ric

from casework.access import SYSTEM_ACTOR
from geo.areas import Gazetteer
from ledger.record.engine import FILE
from ledger.record.people import PageAsk, page_of
from service import cli
from service.on_record import open_record
from tests.service.conftest import UNIT

CODE = Gazetteer.on(date(2021, 9, 15)).find_unit(UNIT).code
CHILDREN, CAREGIVERS = "困境儿童台账.xlsx", "爱心妈妈台账.xlsx"
ON = ("--on", "2021-09-15")


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
def data(tmp_path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def take(run, sample, data):
    """Import the sample, or files given."""

    def take(*more, files=None):
        files = files or (sample / CHILDREN, sample / CAREGIVERS)
        return run("ledger", "import", *files, "--data", data, "--json", "-", *ON, *more)

    return take


def roster_of(sample: Path, out: Path, change) -> Path:
    """Write civil affairs' list of the sample's children, changed."""
    rows = list(openpyxl.load_workbook(sample / CHILDREN).active.iter_rows(values_only=True))
    headings = ("儿童姓名", "身份证号码", "镇街", "村社区", "困境类别", "监护人姓名", "在册状态")
    places = [rows[0].index(name) for name in headings]
    listed = [[row[place] for place in places] for row in rows[1:]]
    change(listed)
    book = openpyxl.Workbook()
    book.active.append([f"{UNIT}孤儿和事实无人抚养儿童名册"])
    book.active.append(["姓名", *headings[1:]])
    for row in listed:
        book.active.append(row)
    book.save(out)
    return out


def test_a_look_writes_nobody_and_a_confirmed_import_writes_once(take, run, data):
    code, out, _ = take()
    looked = json.loads(out)
    assert (code, looked["confirmed"]) == (0, False)
    assert looked["counts"]["child"]["new"] > 20
    first = json.loads(take("--confirm")[1])
    assert sum(one["added"] for one in first["imports"]) == sum(
        looked["counts"][kind]["new"] for kind in ("child", "caregiver")
    )
    again = json.loads(take("--confirm")[1])
    assert {one["id"] for one in again["imports"]} == {""}
    assert again["lines"] == []


def test_an_import_is_undone_by_its_id(take, run, data):
    done = json.loads(take("--confirm")[1])
    undo = ("ledger", "undo", done["imports"][0]["id"], "--data", data)
    code, told, _ = run(*undo, "--preview")
    assert (code, told.count("不再在册")) == (0, done["imports"][0]["added"] + 1)
    assert json.loads(take()[1])["counts"]["child"]["new"] == 0
    assert run(*undo, "--yes")[0] == 0
    assert json.loads(take()[1])["counts"]["child"]["new"] > 20
    assert run("ledger", "undo", done["imports"][0]["id"], "--data", data)[0] == 6
    assert run("ledger", "undo", "0" * 16, "--data", data)[0] == 4


def test_undoing_is_told_field_by_field_and_refused_for_whoever_changed_since(
    take, run, data, sample, tmp_path
):
    first = json.loads(take("--confirm")[1])["imports"][0]["id"]
    book = openpyxl.load_workbook(sample / CHILDREN)
    heads = [cell.value for cell in book.active[1]]
    place = heads.index("监护人姓名") + 1
    before = book.active.cell(2, place).value
    book.active.cell(2, place).value = "<script>赵</script>"
    book.save(tmp_path / CHILDREN)
    files = (tmp_path / CHILDREN, sample / CAREGIVERS)
    done = json.loads(take("--confirm", "--on", "2021-10-15", files=files)[1])
    second = next(one["id"] for one in done["imports"] if one["id"])
    name = book.active.cell(2, heads.index("儿童姓名") + 1).value
    code, told, _ = run("ledger", "undo", first, "--preview", "--data", data)
    assert (code, name in told) == (3, True)
    assert run("ledger", "undo", first, "--yes", "--data", data)[0] == 6
    code, told, _ = run("ledger", "undo", second, "--preview", "--data", data)
    assert (code, f"<script>赵</script> → {before}" in told) == (0, True)
    assert run("ledger", "undo", second, "--yes", "--data", data)[0] == 0
    assert (
        run("ledger", "undo", first, "--yes", "--data", data)[0] == 6
    )  # history is not forgotten


def test_an_export_names_no_number_and_comes_back_as_the_same_people(
    take, run, sample, data, tmp_path
):
    take("--confirm")
    out = tmp_path / "台账.xlsx"
    where = ("--unit", UNIT, "--data", data)
    assert run("ledger", "export", *where, "--out", out)[0] == 5  # nobody has let her
    assert not out.exists()
    basis = ("--basis", "statutory_duty", "--by", "李主任", "--why", "交市民政局核对")
    _, told, _ = run("grant", "ask", *where, *basis)
    grant = re.search(r"approve (\w+)", told)[1]
    assert "等待批准" in run("grant", "list", "--data", data)[1]
    assert run("ledger", "export", *where, "--out", out)[0] == 5  # asked is not given
    assert run("grant", "approve", grant, "--data", data)[0] == 5  # her own, without a paper
    paper = ("--signed-by", "李主席", "--signed-on", "2021-09-15", "--number", "2021-7")
    assert run("grant", "approve", grant, "--hours", "2", *paper, "--data", data)[0] == 0
    code, told, _ = run("ledger", "export", *where, "--out", out)
    assert code == 0
    exported = told
    password = re.search(r"(?:\w{4}-){4}\w{4}", told)[0]
    opened = ("ledger", "open", out, "--out", tmp_path / "开.xlsx", "--password")
    assert run(*opened, password[::-1])[0] == 7
    assert run(*opened, password)[0] == 0
    out = tmp_path / "开.xlsx"
    cells = {
        str(value)
        for sheet in openpyxl.load_workbook(out)
        for row in sheet.iter_rows(values_only=True)
        for value in row
    }
    assert not [text for text in cells if ric.is_valid(text)]
    back = json.loads(take("--on", "2021-10-15", files=(out,))[1])
    left_out = int(re.search(r"另有 (\d+) 名儿童", exported)[1])  # nobody consented for them
    assert [line["fate"] for line in back["lines"]] == ["gone"] * left_out


def test_a_grant_that_was_closed_lets_nothing_out_and_one_number_is_shown_by_another(
    take, run, data, tmp_path
):
    take("--confirm")
    out = tmp_path / "台账.xlsx"
    why = ("--basis", "consent", "--by", "监护人", "--why", "办理入学")
    assert run("grant", "ask", "--data", data, *why)[0] == 5  # of whom, of what?
    _, told, _ = run("grant", "ask", "--unit", UNIT, "--data", data, *why)
    grant = re.search(r"approve (\w+)", told)[1]
    paper = ("--signed-by", "李主席", "--number", "2021-7")
    run("grant", "approve", grant, *paper, "--data", data)
    assert run("grant", "end", grant, "--data", data)[0] == 0
    assert run("ledger", "export", "--unit", UNIT, "--data", data, "--out", out)[0] == 5
    store = open_record(data)
    with store.reading(SYSTEM_ACTOR, "list") as book:
        child = page_of(book, PageAsk("child", CODE)).people[0].record.id
    store.close()
    assert run("grant", "number", child, "--data", data)[0] == 5
    _, told, _ = run("grant", "ask", "--person", child, "--data", data, *why)
    grant = re.search(r"approve (\w+)", told)[1]
    assert run("grant", "approve", grant, "--hours", "9", *paper, "--data", data)[0] == 5
    run("grant", "approve", grant, "--hours", "8", *paper, "--data", data)
    code, told, _ = run("grant", "number", child, "--data", data)
    assert (code, ric.is_valid(told.strip())) == (0, True)


def test_who_has_no_lawful_basis_is_listed_until_one_is_stated(take, run, data):
    take("--confirm")
    where = ("--unit", UNIT, "--data", data)
    code, told, _ = run("basis", "list", *where, "--keep")
    lines = [line.split("\t")[0] for line in told.splitlines() if "没有合法性基础" in line]
    assert code == 3
    assert f"新列待办 {len(lines) - 1} 项" in told
    child = lines[0]
    say = ("basis", "state", child, "--data", data, "--by", "区民政局", "--paper", "7号")
    assert run(*say, "--basis", "consent", "--own", "--on", "2005-01-01")[0] == 5
    assert run(*say, "--basis", "statutory_duty")[0] == 0
    assert child not in run("basis", "list", *where)[1]
    assert run("basis", "withdraw", child, "--by", "奶奶", "--data", data)[0] == 0
    assert "监护人已撤回同意" in run("tasks", "list", *where)[1]


def test_the_doubtful_wait_for_a_decision_and_kept_ones_become_tasks(
    take, run, sample, data, tmp_path
):
    take("--confirm")
    book = openpyxl.load_workbook(sample / CHILDREN)
    sheet = book.active
    name = next(c.column for c in sheet[1] if c.value == "儿童姓名")
    sheet.cell(2, name).value = "改名了"
    sheet.delete_rows(3)
    changed = tmp_path / "十月台账.xlsx"
    book.save(changed)
    october = ("--on", "2021-10-15")
    code, out, _ = take(*october, files=(changed,))
    looked = json.loads(out)
    assert code == 3
    assert [(line["fate"], line["doubts"]) for line in looked["lines"]] == [
        ("doubtful", ["other_name"]),
        ("gone", []),
    ]
    assert take("--confirm", *october, files=(changed,))[0] == 6
    sheets = tmp_path / "比对.xlsx"
    kept = ("--confirm", "--doubtful", "keep", "--out", sheets)
    assert take(*kept, *october, files=(changed,))[0] == 3
    assert openpyxl.load_workbook(sheets)["儿童存疑"].max_row >= 4
    listed = json.loads(run("tasks", "list", "--unit", UNIT, "--data", data, "--json", "-")[1])
    assert sorted(task["kind"] for task in listed["tasks"]) == ["import_doubtful", "import_gone"]


def test_two_months_of_rosters(take, run, sample, data, tmp_path):
    take("--confirm")

    def october(rows):
        rows[0][-1] = "被收养"
        rows[1][5] = "新监护人"
        number = rows[2][1]
        rows[2][1] = number[:16] + str((int(number[16]) + 1) % 10) + number[17]
        del rows[3]

    file = roster_of(sample, tmp_path / "十月名册.xlsx", october)
    asked = ("--data", data, "--json", "-")
    code, out, _ = run("roster", "compare", file, "--on", "2021-10-31", *asked)
    found = json.loads(out)
    counts = {kind: n for kind, n in found["counts"].items() if n and kind != "same"}
    assert code == 3
    assert counts["adopted"] == counts["changed"] == counts["suspected"] == 1
    assert counts["gone_unknown"] == 1
    assert found["new_tasks"] == len(found["tasks"])
    again = json.loads(run("roster", "compare", file, "--on", "2021-10-31", *asked)[1])
    assert again["new_tasks"] == 0
    listed = json.loads(run("tasks", "list", "--unit", UNIT, *asked)[1])["tasks"]
    one = next(task for task in listed if task["kind"] == "gone_unknown")
    settled = ("tasks", "settle", one["id"], "--outcome", "漏报，已补", "--data", data)
    assert run(*settled)[0] == 0
    file = roster_of(sample, tmp_path / "十一月名册.xlsx", lambda rows: None)
    november = json.loads(run("roster", "compare", file, "--on", "2021-11-30", *asked)[1])
    assert november["counts"]["gone_unknown"] == november["counts"]["suspected"] == 0
    assert {task["responsible"][-4:] for task in listed} == {"妇联主席"}


def test_a_folder_is_imported_file_by_file_and_again_from_where_it_stopped(
    run, sample, damaged, data, tmp_path
):
    folder, out = tmp_path / "镇街", tmp_path / "结果.xlsx"
    shutil.copytree(damaged, folder)
    (folder / "坏.xlsx").write_bytes(b"no workbook")
    ask = ("ledger", "import", folder, "--data", data, *ON, "--json", "-")
    take = (*ask, "--confirm", "--doubtful", "keep")
    assert run(*ask, "--confirm")[0] == 5
    code, looked, _ = run(*ask)
    assert code == 3
    would = json.loads(looked)["totals"]["written"]
    assert json.loads(run(*ask)[1])["totals"]["written"] == would, "a preview writes nothing"
    code, said, told = run(*take, "--out", out)
    first = json.loads(said)
    assert code == 3
    assert first["confirmed"]
    assert first["totals"]["skipped"] == 0
    assert 0 < first["totals"]["written"] <= would, "the preview compares each file by itself"
    refused = {one["file"]: one["refused"] for one in first["files"] if one["refused"]}
    assert "没有找到" in refused["坏.xlsx"]
    assert len(refused) == first["totals"]["refused"]
    assert "坏.xlsx" in told
    assert openpyxl.load_workbook(out)["批量导入结果"].max_row >= len(first["files"])
    again = json.loads(run(*take)[1])["totals"]
    assert again["skipped"] > 0
    assert again["written"] == 0


def test_no_name_or_number_stands_in_plain_in_the_data_folder(take, sample, data):
    take("--confirm")
    rows = openpyxl.load_workbook(sample / CHILDREN).active.iter_rows(values_only=True)
    heading, *people = rows
    wanted = ("儿童姓名", "身份证号码", "监护人姓名", "监护人联系电话", "现居住地址", "就读学校")
    secrets = {str(row[heading.index(name)]) for row in people for name in wanted}
    stored = b"".join(path.read_bytes() for path in data.iterdir() if path.is_file())
    assert (data / FILE).stat().st_size > 50_000
    assert not [text for text in secrets if len(text) > 2 and text.encode() in stored]


def test_a_ledger_of_nobody_knows_which_unit_is_refused(run, tmp_path, data):
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号码", "困境类别"])
    book.active.append(["张三", "11010119900307299X", "孤儿"])
    file = tmp_path / "名单.xlsx"
    book.save(file)
    assert run("ledger", "import", file, "--data", data)[0] == 5
    assert run("tasks", "list", "--unit", "没有县", "--data", data)[0] == 4
