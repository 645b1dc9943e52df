"""What each file of a pairing is asked for: its place among the arguments decides in doubt."""

from collections.abc import Iterable
from pathlib import Path

import openpyxl
import pytest

from casework.errors import Unreadable
from ledger.checking import check_files
from ledger.tables import TableKind
from ledger.workbook import read_tables
from service.workflows.outcomes import worst_first
from service.workflows.tables_for import PairingFiles, read_files
from tests.tables import reader

BARE = ["编号", "姓名", "镇街", "村", "出生日期"]
CHILD = ["E1", "张三", "太安镇", "凤山村", "2012-03-05"]


def write(path: Path, *rows: Iterable[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def silent(*_: object) -> None: ...


def kinds_read(files: PairingFiles) -> list[TableKind]:
    return [table.kind for table in read_files(files, silent).tables]


def test_headings_that_fit_both_ledgers_are_read_as_what_the_file_was_given_for(tmp_path):
    one = write(tmp_path / "k.xlsx", BARE, CHILD)
    two = write(tmp_path / "c.xlsx", BARE, ["M1", "王芳", "太安镇", "凤山村", "1980-03-05"])
    assert kinds_read(PairingFiles(one, two)) == [TableKind.CHILDREN, TableKind.CAREGIVERS]
    assert kinds_read(PairingFiles(two, one)) == [TableKind.CHILDREN, TableKind.CAREGIVERS]


def test_a_title_counts_before_the_place_of_the_argument(tmp_path):
    one = write(tmp_path / "k.xlsx", ["困境儿童台账"], BARE, CHILD)
    two = write(tmp_path / "c.xlsx", BARE, CHILD)
    with pytest.raises(Unreadable, match=r"没有找到爱心妈妈台账（像是困境儿童台账）"):
        read_files(PairingFiles(two, one), silent)


def test_the_words_under_an_open_heading_tell_whose_ledger_it_is(tmp_path):
    headings = ["姓名", "镇街", "村", "类别"]
    child = write(tmp_path / "1.xlsx", headings, ["张三", "太安镇", "凤山村", "散居孤儿"])
    woman = write(tmp_path / "2.xlsx", headings, ["王芳", "太安镇", "凤山村", "教师"])
    nobody = write(tmp_path / "3.xlsx", headings, ["王芳", "太安镇", "凤山村", "其他"])
    assert [t.kind for t in read_tables(child).tables] == [TableKind.CHILDREN]
    assert [t.kind for t in read_tables(woman).tables] == [TableKind.CAREGIVERS]
    unclear = read_tables(nobody)
    assert unclear.tables == ()
    assert [f.rule for f in unclear.findings] == ["table_kind_unclear"]
    assert "困境儿童台账" in unclear.findings[0].remedy_zh


def test_one_workbook_with_every_ledger_serves_all_arguments(tmp_path):
    book = openpyxl.Workbook()
    for title, rows in (
        ("困境儿童台账", [BARE, CHILD]),
        ("爱心妈妈台账", [BARE, ["M1", "王芳", "太安镇", "凤山村", "1980-03-05"]]),
        ("结对台账", [["儿童编号", "爱心妈妈编号"], ["E1", "M1"]]),
    ):
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / "全部.xlsx")
    path = tmp_path / "全部.xlsx"
    found = kinds_read(PairingFiles(path, path, path))
    assert found == [TableKind.CHILDREN, TableKind.CAREGIVERS, TableKind.PAIRS]


def test_checking_the_wrong_ledger_is_an_error_told_first(tmp_path):
    path = write(tmp_path / "名单.xlsx", ["困境儿童台账"], [*BARE, "学校"], [*CHILD, "村小"])
    report = check_files([path], TableKind.CAREGIVERS, reader())
    first = worst_first(report.findings)[0]
    assert (first.rule, str(first.severity)) == ("ledger_not_in_file", "ERROR")
    assert "没有爱心妈妈台账（像是困境儿童台账）" in first.message_zh
    right = check_files([path], TableKind.CHILDREN, reader())
    assert "ledger_not_in_file" not in {finding.rule for finding in right.findings}


def test_a_ledger_of_headings_only_is_told(tmp_path):
    path = write(tmp_path / "名单.xlsx", ["爱心妈妈台账"], BARE)
    report = check_files([path], TableKind.CAREGIVERS, reader())
    told = {f.rule: f.message_zh for f in report.findings}
    assert "没有数据行" in told["ledger_not_in_file"]
