"""Sign-in sheets made at a unit for a published session."""

import json

import openpyxl
import pytest

from service import cli
from tests.rounds_files import write_round_files

LEDGERS = ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx")
UNIT = "大渡口区"


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
def published(run, tmp_path):
    forms, teams = write_round_files(
        tmp_path, {UNIT: {"sessions": 2, "dates": "10月16日"}, "黔江区": {"sessions": 1}}
    )
    saved = tmp_path / "published.json"
    run("round", "plan", forms, "--teams", teams, "--on", "2021-09-15", "--json", saved)
    return saved


@pytest.fixture
def roster(run, published, sample, tmp_path):
    def roster(session, *more):
        out = tmp_path / "签到表.xlsx"
        names = ("--children", "--caregivers", "--pairs")
        files = [
            x for pair in zip(names, LEDGERS, strict=True) for x in (pair[0], sample / pair[1])
        ]
        return run(
            "round", "roster", session, "--published", published, *files, "--out", out, *more
        ), out

    return roster


def column(sheet, heading):
    rows = [*sheet.values]
    at = rows[2].index(heading)
    return [row[at] for row in rows[3:] if isinstance(row[0], int | float)]


def test_every_child_of_age_signs_in_once_and_townships_come_whole(roster, sample):
    (code, *_), out = roster(UNIT)
    book = openpyxl.load_workbook(out)
    assert code == 0
    assert book.sheetnames == ["第1场儿童", "第1场大人", "第2场儿童", "第2场大人"]
    first, second = (book[name] for name in ("第1场儿童", "第2场儿童"))
    names = column(first, "儿童姓名") + column(second, "儿童姓名")
    assert len(names) > 10
    assert not set(column(first, "镇街")) & set(column(second, "镇街"))
    ages = column(first, "年龄") + column(second, "年龄")
    assert all(6 <= age <= 17 for age in ages)


def test_adults_are_caregivers_by_name_and_a_line_for_each_supervisor(roster):
    (_, out) = roster(f"{UNIT}-1")
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["第1场儿童", "第1场大人"]
    roles = column(book["第1场大人"], "身份")
    townships = set(column(book["第1场儿童"], "镇街"))
    assert roles.count("片区督导") == len(townships)
    assert roles.count("区县督导") == 1
    assert set(column(book["第1场儿童"], "爱心妈妈")) - {None} <= set(
        column(book["第1场大人"], "姓名")
    )


def test_no_id_no_phone_and_no_ailment_stands_on_a_sheet(roster, sample):
    (_, out) = roster(UNIT)
    cells = {str(v) for s in openpyxl.load_workbook(out) for row in s.values for v in row if v}
    assert not any(len(text) >= 11 and text.isdigit() for text in cells)
    assert not any("残疾" in text for text in cells)


def test_the_published_townships_decide_who_comes_when(roster, published):
    doc = json.loads(published.read_text("utf-8"))
    unit = next(line for line in doc["units"] if line["name"] == UNIT)
    unit["sessions"][0]["townships"] = ["500104001"]
    published.write_text(json.dumps(doc), "utf-8")
    (code, out, _), book = roster(UNIT)
    assert (code, "没有编入这些镇街" in out) == (0, True)
    sheets = openpyxl.load_workbook(book)
    townships = set(column(sheets["第1场儿童"], "镇街"))
    assert townships
    assert not townships & set(column(sheets["第2场儿童"], "镇街"))


def test_another_units_ledger_is_refused_and_no_such_session_is_told(roster):
    assert roster("黔江区-1")[0][0] == 7
    assert roster(f"{UNIT}-3")[0][0] == 4
    assert roster("哪里-1")[0][0] == 4


def test_the_paper_has_a_page_for_children_and_one_for_adults(roster, tmp_path):
    pdf = tmp_path / "签到表.pdf"
    (code, *_), _ = roster(f"{UNIT}-1", "--pdf", pdf)
    assert (code, pdf.read_bytes()[:4]) == (0, b"%PDF")
