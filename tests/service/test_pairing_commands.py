"""Proposals and pairings on record, through the door of the command line."""

import json
import re
import subprocess
from pathlib import Path

import openpyxl
import pytest

from casework.pairings import EndReason
from casework.safeguarding import told_outside
from casework.wording import label
from service import cli
from tests.service.conftest import UNIT

SHEETS = ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx")
ON = ("--on", "2021-09-15")
SIGNED = ("--signed-by", "陈主席", "--signed-on", "2021-09-16", "--number", "渡妇〔2021〕12号")


@pytest.fixture
def run(monkeypatch, capsysbinary):
    """Run `nuantong` with arguments; give exit code and all it said."""

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["nuantong", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


@pytest.fixture
def work(run, sample, tmp_path):
    """Give a way to run commands on a store that holds the sample's ledgers."""
    data = tmp_path / "data"
    run("init", "--data", data)
    files = [sample / name for name in SHEETS]
    run("ledger", "import", *files, "--data", data, *ON, "--confirm", "--doubtful", "keep")
    return lambda *words: run(*words, "--data", data)


@pytest.fixture
def submitted(work, sample):
    register = sample / "结对台账.xlsx"
    _, said, _ = work("proposal", "create", "--unit", UNIT, "--pairs", register, *ON)
    proposal = re.search(r"建议 ([0-9a-f]{16})", said).group(1)
    assert work("proposal", "submit", proposal)[0] == 0
    return proposal


@pytest.fixture
def scan(tmp_path):
    path = tmp_path / "签批.jpg"
    path.write_bytes(b"\xff\xd8\xff a scan")
    return path


@pytest.fixture
def begun(work, submitted, scan):
    """Give the lines of the pairings that have begun."""
    work("proposal", "approve", submitted, "--paper", scan, *SIGNED, *ON)
    work("pairing", "activate", "--unit", UNIT, *ON)
    lines = work("pairing", "list")[1].splitlines()
    return [line for line in lines if "结对中" in line]


def text_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True, text=True)
    return re.sub(r"\s", "", done.stdout)


def test_the_command_line_approves_on_the_signed_paper_only_and_once(work, submitted, scan):
    assert work("proposal", "approve", submitted, *ON)[0] == 5
    assert work("proposal", "approve", submitted, "--paper", scan, *ON)[0] == 2
    paper = ("--paper", scan, *SIGNED, *ON)
    once, twice = (work("proposal", "approve", submitted, *paper) for _ in range(2))
    assert once == twice
    assert re.search(r"新结对 (\d+)", once[1]).group(1) > "0"
    out = scan.parent / "papers"
    assert work("proposal", "paper", submitted, "--out", out)[0] == 0
    (kept,) = out.iterdir()
    assert (kept.suffix, kept.read_bytes()) == (".jpg", scan.read_bytes())
    other = ("--paper", scan, *SIGNED[:-1], "别号", *ON)
    assert work("proposal", "approve", submitted, *other)[0] == 6


def test_a_part_is_named_by_its_children(work, submitted, scan):
    _, shown, _ = work("proposal", "show", submitted, "--json", "-", *ON)
    pairs = json.loads(shown)["proposal"]["pairs"]
    homes = [p["household"] for p in pairs]
    alone = next(p["child"] for p in pairs if homes.count(p["household"]) == 1)
    words = ("proposal", "approve", submitted, "--paper", scan, *SIGNED, *ON)
    _, said, _ = work(*words, "--part", alone)
    assert "新结对 1（" in said
    assert "部分已审批" in work("proposal", "list")[1]
    assert work(*words, "--part", "没有这个人")[0] == 4


def test_lists_and_json_name_nobody(work, begun, sample):
    sheet = openpyxl.load_workbook(sample / SHEETS[0]).active
    rows = list(sheet.iter_rows(values_only=True))
    heading = next(row for row in rows if "姓名" in row or "儿童姓名" in row)
    column = next(i for i, cell in enumerate(heading) if cell in ("姓名", "儿童姓名"))
    names = {str(row[column]) for row in rows[rows.index(heading) + 1 :] if row[column]}
    said = work("pairing", "list")[1] + work("proposal", "list")[1]
    assert begun
    assert not {name for name in names if len(name) > 2 and name in said}


def test_the_sheet_and_the_notices_print_and_say_nothing_of_an_inquiry(work, begun, tmp_path):
    pairing, _, _, _, caregiver = begun[0].split()[:5]
    _, stopped, _ = work("pairing", "suspend", caregiver, "--why", "邻居来电", *ON)
    assert "110" in stopped
    assert "12338" in stopped
    folder = tmp_path / "通知"
    notices = ("pairing", "notices", pairing, "--unit", UNIT, "--out", folder, *ON)
    assert work(*notices)[0] == 6  # while the inquiry runs nobody is told
    assert work("pairing", "close", pairing, "--reason", "safeguarding", *ON)[0] == 6
    work("pairing", "report", pairing, "--to", "区公安分局", *ON)
    assert work("pairing", "lift", pairing, "--finding", "无", *ON)[0] == 5
    assert work("pairing", "close", pairing, "--reason", "safeguarding", *ON)[0] == 0
    assert work(*notices)[0] == 0
    told = "".join(text_of(path) for path in sorted(folder.glob("*.pdf")))
    assert label(told_outside(EndReason.SAFEGUARDING)) in told
    assert not {word for word in ("保护儿童", "停止", "公安分局", "邻居") if word in told}
    history = work("pairing", "history", pairing)[1]
    assert "邻居来电" in history
    assert "区公安分局" in history


def test_an_ended_pair_is_listed_until_farewell_and_hand_over_are_written_down(work, begun):
    pairing = begun[0].split()[0]
    _, said, _ = work("pairing", "close", pairing, "--reason", "caregiver_left", *ON)
    assert "告别记录、交接" in said
    assert pairing in work("pairing", "list", "--owing")[1]
    work("pairing", "farewell", pairing, "--words", "一起吃了饭", *ON)
    work("pairing", "handover", pairing, "--by", "镇妇联主席", *ON)
    assert pairing not in work("pairing", "list", "--owing")[1]


def test_an_illegal_step_says_what_to_do_instead(work, begun):
    pairing = begun[0].split()[0]
    code, _, said = work("pairing", "resume", pairing, *ON)
    assert code == 6
    assert "可以暂停" in said


def test_the_staffs_word_needs_a_reason_and_keeps_what_it_cost(work, submitted, tmp_path):
    _, shown, _ = work("proposal", "show", submitted, "--json", "-", *ON)
    pair = json.loads(shown)["proposal"]["pairs"][0]
    wishes = tmp_path / "意见.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["儿童编号", "爱心妈妈编号", "意见"])
    book.active.append([pair["child"], pair["caregiver"], "禁止"])
    book.save(wishes)
    create = ("proposal", "create", "--unit", UNIT, "--wishes", wishes, *ON)
    assert work(*create)[0] == 5
    _, said, _ = work(*create, "--why", "孩子提出")
    made = re.search(r"建议 ([0-9a-f]{16})", said).group(1)
    _, told, _ = work("proposal", "show", made, *ON)
    assert "孩子提出" in told
    assert "代价" in told
    sheet = tmp_path / "审批表.pdf"
    assert work("proposal", "sheet", made, "--out", sheet, *ON)[0] == 0
    printed = text_of(sheet)
    assert "困境儿童结对审批表" in printed
    assert "孩子提出" in printed
