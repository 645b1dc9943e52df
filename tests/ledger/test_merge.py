"""What townships send back becomes one ledger, and can be read again."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from casework.errors import NotFound, Unreadable
from casework.findings import Finding, Severity, Where
from ledger.merge import Merged, merge_files, merge_folder
from ledger.merged_workbook import write_merged
from ledger.pairings import current_pairs
from ledger.people import Ledgers
from ledger.sample_files import write_sample
from ledger.split import split_ledger
from tests.tables import ON, reader, resident_id

READER = reader(unit=None)
HEADINGS = ("镇街", "村社区", "姓名", "性别", "出生日期", "身份证号码", "困境类别")
CHILD = ("太安镇", "凤山村", "张三", "女", "2012-03-05", resident_id(), "散居孤儿")


def book(path: Path, *rows: tuple[object, ...]) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = "困境儿童台账"
    for row in (HEADINGS, *rows):
        workbook.active.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return path


def people(ledgers: Ledgers) -> tuple[object, ...]:
    """Everybody, without where she stands, and without what the register says better."""
    children = tuple(replace(c, where=Where(), caregiver_resident_id="") for c in ledgers.children)
    return children, tuple(replace(c, where=Where()) for c in ledgers.caregivers)


def told(findings: tuple[Finding, ...]) -> Counter[str]:
    return Counter(f.rule for f in findings if f.severity is not Severity.INFO)


@pytest.fixture(scope="module")
def damaged(tmp_path_factory: pytest.TempPathFactory) -> Merged:
    out = tmp_path_factory.mktemp("unit")
    write_sample(out, "武隆区", flaws=True)
    return merge_folder(out / "镇街", READER)


@pytest.fixture(scope="module")
def written(damaged: Merged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("merged") / "汇总.xlsx"
    write_merged(damaged, out)
    return out


def test_a_merged_ledger_reads_again_as_the_same_people_pairs_and_waiting_rows(damaged, written):
    again = merge_files([written], READER)
    assert people(again.ledgers) == people(damaged.ledgers)
    before, after = damaged.ledgers, again.ledgers
    assert current_pairs(after, ON)[0] == current_pairs(before, ON)[0]
    for held in ("held_children", "held_caregivers"):
        assert Counter(r.id for r in getattr(after, held)) == Counter(
            r.id for r in getattr(before, held)
        )


def test_a_merged_ledger_has_no_findings_that_its_files_did_not_have(damaged, written):
    again = merge_files([written], READER)
    new = told(again.findings) - told(damaged.findings)
    # A point that was refused is an empty cell now.
    assert set(new) <= {"coordinates_missing"}


def test_the_merged_workbook_has_its_six_sheets_and_ids_as_text(written):
    workbook = openpyxl.load_workbook(written)
    assert workbook.sheetnames == [
        "困境儿童台账", "爱心妈妈台账", "结对台账", "待更正", "核查问题", "交回情况",
    ]  # fmt: skip
    page = workbook["困境儿童台账"]
    column = [cell.value for cell in page[1]].index("身份证号码")
    ids = [row[column] for row in page.iter_rows(min_row=2) if row[column].value]
    assert ids
    assert {(cell.data_type, cell.number_format) for cell in ids} == {("s", "@")}
    assert not [c for row in page.iter_rows() for c in row if c.data_type == "f"]


def test_the_same_ledger_gives_the_same_bytes(damaged, written, tmp_path):
    write_merged(damaged, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == written.read_bytes()


def test_a_row_mended_in_its_sheet_counts_the_next_time(tmp_path):
    wrong = (*CHILD[:5], "500101201203050010", *CHILD[6:])
    merged = merge_files([book(tmp_path / "太安镇.xlsx", wrong)], READER)
    out = tmp_path / "汇总.xlsx"
    write_merged(merged, out)
    workbook = openpyxl.load_workbook(out)
    page = workbook["待更正"]
    cells = {cell.value: cell for row in page.iter_rows() for cell in row if cell.value}
    assert "身份证号码：身份证号校验码不符" in next(v for v in map(str, cells) if "校验码" in v)
    cells["500101201203050010"].value = resident_id()
    workbook.save(out)
    (child,) = merge_files([out], READER).ledgers.children
    assert (child.name, child.resident_id) == ("张三", resident_id())


def test_copies_of_a_file_are_joined_and_told(tmp_path):
    for name in ("太安镇名单.xlsx", "太安镇名单(1).xlsx", "太安镇名单 - 副本.xlsx"):
        book(tmp_path / name, CHILD)
    merged = merge_folder(tmp_path, READER)
    assert len(merged.ledgers.children) == 1
    assert [f.rule for f in merged.findings].count("file_versions") == 1
    (line,) = (line for line in merged.returns if line.name == "太安镇")
    assert len(line.files) == 3


def test_a_copy_that_says_otherwise_is_a_conflict(tmp_path):
    book(tmp_path / "太安镇.xlsx", CHILD)
    book(tmp_path / "太安镇最终版.xlsx", ("太安镇", "桥村", *CHILD[2:]))
    merged = merge_folder(tmp_path, READER)
    assert len(merged.ledgers.held_children) == 2


def test_townships_that_sent_nothing_are_named(tmp_path):
    book(tmp_path / "太安镇.xlsx", CHILD)
    merged = merge_folder(tmp_path, reader())
    assert "白羊镇" in merged.missing
    assert "太安镇" not in merged.missing
    assert len(merged.missing) == 51


def test_a_file_of_a_township_without_children_came_back(tmp_path):
    book(tmp_path / "太安镇.xlsx", CHILD)
    book(tmp_path / "白羊镇.xlsx")
    assert "白羊镇" not in merge_folder(tmp_path, reader()).missing


def test_a_file_nobody_can_read_is_a_finding_and_stops_nothing(tmp_path):
    book(tmp_path / "太安镇.xlsx", CHILD)
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    (tmp_path / "~$太安镇.xlsx").write_bytes(b"lock")
    seen = []
    merged = merge_folder(tmp_path, READER, lambda *step: seen.append(step))
    assert len(merged.ledgers.children) == 1
    assert [f.where.file for f in merged.findings if f.rule == "file_unreadable"] == ["坏.xlsx"]
    assert [step[1:] for step in seen] == [(1, 2), (2, 2)]
    with pytest.raises(Unreadable):
        merge_files([tmp_path / "坏.xlsx"], READER, tolerant=False)


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(NotFound):
        merge_folder(tmp_path, READER)


def test_formulas_typed_into_cells_stay_text(tmp_path):
    path = tmp_path / "太安镇.csv"
    evil = ("太安镇", "=1+1", "@张三", *CHILD[3:])
    path.write_text("\n".join((",".join(HEADINGS), ",".join(evil))), encoding="utf-8-sig")
    write_merged(merge_files([path], READER), tmp_path / "汇总.xlsx")
    workbook = openpyxl.load_workbook(tmp_path / "汇总.xlsx")
    assert not [c for page in workbook for row in page for c in row if c.data_type == "f"]


def test_split_and_merged_again_a_ledger_is_the_same(written, tmp_path):
    merged, paths = split_ledger(written, tmp_path / "out", READER)
    again = merge_folder(tmp_path / "out", READER)
    assert people(again.ledgers) == people(merged.ledgers)
    assert again.ledgers.counts == merged.ledgers.counts
    assert current_pairs(again.ledgers, ON)[0] == current_pairs(merged.ledgers, ON)[0]
    assert told(again.findings) - told(merged.findings) == Counter()
    assert again.missing == ()
    assert len(paths) == 27


def test_a_township_gets_its_own_rows_locked_where_they_may_not_change(tmp_path):
    book(tmp_path / "台账.xlsx", CHILD)
    split_ledger(tmp_path / "台账.xlsx", tmp_path / "out", reader())
    workbook = openpyxl.load_workbook(tmp_path / "out" / "太安镇困境儿童台账.xlsx")
    page = workbook["困境儿童台账"]
    assert page["A1"].value == "万州区太安镇困境儿童台账"
    assert page.protection.sheet
    headings = {cell.value: cell.column for cell in page[2]}
    assert page.cell(3, headings["镇街"]).protection.locked
    assert not page.cell(3, headings["儿童姓名"]).protection.locked
    free = page.column_dimensions[page.cell(2, headings["身份证号码"]).column_letter]
    assert free.number_format == "@"
    assert any("男" in str(v.formula1) for v in page.data_validations.dataValidation)
    other = openpyxl.load_workbook(tmp_path / "out" / "白羊镇困境儿童台账.xlsx")
    assert other["困境儿童台账"]["A3"].value is None


def test_a_township_name_cannot_lead_out_of_the_folder(tmp_path):
    evil = ("../../evil", *CHILD[1:])
    book(tmp_path / "台账.xlsx", evil)
    _, paths = split_ledger(tmp_path / "台账.xlsx", tmp_path / "out", READER)
    assert {path.parent for path in paths} == {tmp_path / "out"}
