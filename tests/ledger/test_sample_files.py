"""Sample files: what offices would have, the same bytes from the same seed, nothing real."""

import hashlib
from datetime import date

import pytest
from openpyxl import load_workbook

from casework.declaration_rules import DeclarationRules
from casework.errors import Conflict, NotFound
from casework.sample import make_unit
from geo.areas import Gazetteer
from ledger.columns import ledger_columns, ledger_name
from ledger.declarations import DeclarationReader, read_form_files
from ledger.sample_files import DUE, README, township_books, write_sample
from ledger.sample_round_files import write_round
from ledger.tables import TableKind


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("sample") / "out"
    write_sample(out, "武隆区", seed=1)
    return out


@pytest.fixture(scope="module")
def unit():
    return make_unit("500156", 1, DUE)


def rows_of(path, sheet=None):
    book = load_workbook(path)
    return list((book[sheet] if sheet else book.active).values)


def digest(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_unit_has_three_ledgers_and_a_workbook_for_each_township(folder, unit):
    written = {path.name for path in folder.iterdir()}
    assert written == {"困境儿童台账.xlsx", "爱心妈妈台账.xlsx", "结对台账.xlsx", "镇街", README}
    townships = {path.stem for path in (folder / "镇街").iterdir()}
    assert townships == {township.name for township in unit.townships}


@pytest.mark.parametrize(
    ("kind", "people"),
    [("children", "children"), ("caregivers", "caregivers"), ("pairs", "pairs")],
)
def test_a_ledger_has_our_headings_and_a_row_for_each(folder, unit, kind, people):
    kind = TableKind(kind)
    heading, *rows = rows_of(folder / f"{ledger_name(kind)}.xlsx")
    assert list(heading) == [column.heading for column in ledger_columns(kind)]
    assert len(rows) == len(getattr(unit, people))


def test_a_resident_id_is_text_and_a_birth_date_is_a_date(folder, unit):
    heading, first, *_ = rows_of(folder / "困境儿童台账.xlsx")
    row = dict(zip(heading, first, strict=True))
    assert row["身份证号码"] == unit.children[0].resident_id
    assert row["出生日期"].date() == unit.children[0].birth_date


def test_every_person_is_in_the_townships_workbooks_once(unit):
    children, caregivers = [], []
    for book in township_books(unit):
        for sheet in book.sheets:
            if sheet.kind in (TableKind.CHILDREN, TableKind.COMBINED):
                children += [about.child for about in sheet.about]
            if sheet.kind is TableKind.CAREGIVERS:
                caregivers += [about.caregiver for about in sheet.about]
            if sheet.kind is TableKind.COMBINED:
                caregivers += sorted({about.caregiver for about in sheet.about} - {""})
    assert sorted(children) == sorted(child.number for child in unit.children)
    assert sorted(caregivers) == sorted(c.number for c in unit.caregivers)


def test_some_townships_send_child_and_caregiver_in_one_row(unit):
    kinds = [book.sheets[0].kind for book in township_books(unit)]
    assert 0 < kinds.count(TableKind.COMBINED) < len(kinds) / 2


def test_the_same_seed_gives_the_same_bytes(folder, tmp_path):
    write_sample(tmp_path / "again", "500156", seed=1)
    assert digest(tmp_path / "again") == digest(folder)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Conflict):
        write_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_earlier_sample_is_replaced_and_what_was_added_to_it_is_not(tmp_path):
    write_sample(tmp_path, "大渡口区")
    write_sample(tmp_path, "渝中区")
    assert not list((tmp_path / "镇街").glob("*八桥*"))
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Conflict):
        write_sample(tmp_path, "渝中区")


def test_a_unit_that_does_not_exist_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        write_sample(tmp_path, "天堂区")
    with pytest.raises(NotFound):
        write_sample(tmp_path, "江北区", on=date(2026, 1, 1))
    assert list(tmp_path.iterdir()) == []


def test_the_city_office_gets_forms_teams_and_closures(tmp_path):
    units = [make_unit(code, 1, DUE) for code in ("500104", "500105", "500192")]
    write_round(tmp_path, units, 1, DUE)
    forms = {path.name for path in (tmp_path / "申报表").iterdir()}
    assert forms == {"大渡口区申报表.xlsx", "江北区申报表.xlsx", "重庆高新区申报表.xlsx"}
    heading, *teams = rows_of(tmp_path / "团辅团队.xlsx")
    assert heading[:2] == ("团队编号", "团队名称")
    assert 3 <= len(teams) <= 8
    heading, *closures = rows_of(tmp_path / "停办.xlsx")
    assert heading == ("区县名称", "开始日期", "结束日期", "原因")
    assert all(first < last for _, first, last, _ in closures)
    reader = DeclarationReader(DeclarationRules.from_toml(), Gazetteer.on(DUE))
    read = read_form_files(sorted((tmp_path / "申报表").iterdir()), reader)
    assert {form.declaration.unit for file in read for form in file.forms} == {
        u.unit.code for u in units
    }
