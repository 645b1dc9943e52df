"""The 汇总表 adds up, and can be read again as the numbers of the last round."""

from datetime import timedelta

import openpyxl
import pytest

from casework.declaration import read_declaration
from casework.declaration_checks import check_declaration
from casework.declaration_rules import DeclarationRules
from casework.findings import Where
from casework.rollup import Submission, roll_up
from geo.areas import Gazetteer
from ledger.declarations import DeclarationReader, read_form_files
from ledger.rollup_workbook import write_rollup

RULES = DeclarationRules.from_toml()
AREAS = Gazetteer.on(RULES.due_on)
FORM = {
    "children_total": 30,
    "children_6_plus": 25,
    "participants_children": 24,
    "participants_caregivers": 24,
    "sessions": 1,
    "dates": "10月16日",
    "contact": "=冉文静 13800000000",
    "remarks": "接送电话13911112222",
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    given = {}
    for unit in AREAS.units[:3]:
        cells = {**FORM, "unit": unit.name}
        form, reading = read_declaration(cells, lambda _: Where(), RULES, AREAS, RULES.due_on)
        found = (*reading, *check_declaration(form, RULES))
        given[unit.code] = Submission(form, found, RULES.due_on, 1)
    path = tmp_path_factory.mktemp("rollup") / "汇总表.xlsx"
    write_rollup(path, roll_up(given, AREAS.units, RULES, RULES.due_on + timedelta(days=5)))
    return path


def test_every_unit_has_a_row_and_the_last_row_adds_them_up(path):
    formulas = openpyxl.load_workbook(path)["汇总表"]
    values = openpyxl.load_workbook(path, data_only=True)["汇总表"]
    rows = [row for row in values.values if isinstance(row[0], int)]
    assert [row[1] for row in rows] == [unit.name for unit in AREAS.units]
    last = next(row for row in values.iter_rows() if row[1].value == "合计")
    assert last[2].value == 90
    assert formulas.cell(last[2].row, 3).value == f"=SUM(C4:C{last[2].row - 1})"
    assert rows[3][-1] == "未报（逾期5天）"


def test_a_phone_in_a_remark_does_not_go_round(path):
    sheet = openpyxl.load_workbook(path)["汇总表"]
    assert "13911112222" not in str(list(sheet.values))
    assert "见原表" in str(list(sheet.values))


def test_it_lists_whom_to_ask_and_what_does_not_fit(path):
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["汇总表", "催报与核对", "存疑", "与台账差异"]
    chase = [row for row in book["催报与核对"].values if row[2] and "妇联" in str(row[2])]
    assert len(chase) == 38


def test_it_is_read_again_as_the_last_rounds_numbers(path):
    (file,) = read_form_files([path], DeclarationReader(RULES, AREAS))
    stated = {
        form.declaration.unit: form.declaration.children_total
        for form in file.forms
        if form.declaration.children_total is not None
    }
    assert stated == {unit.code: 30 for unit in AREAS.units[:3]}
