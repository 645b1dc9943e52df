"""Declarations from files: the annex as printed, as people fill it in, and pasted together."""

from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from casework.declaration import FIELDS_ZH
from casework.declaration_rules import DeclarationRules
from casework.errors import Unreadable
from geo.areas import Gazetteer
from ledger.declaration_form import COLUMNS, HEADINGS, NOTE, Form, write_form
from ledger.declarations import DeclarationReader, read_form_files

AREAS = Gazetteer.on(date(2021, 9, 15))
RULES = DeclarationRules.from_toml()
READER = DeclarationReader(RULES, AREAS)
UNITS = tuple(unit.name for unit in AREAS.units)
CELLS = {
    "unit": "武隆区",
    "children_total": 201,
    "children_6_plus": 178,
    "participants_children": 120,
    "participants_caregivers": 130,
    "sessions": 2,
    "dates": "10-16",
    "contact": "=冉文静 13800000000",
}


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "武隆区申报表.xlsx"
    write_form(path, Form(RULES.title_zh, CELLS), UNITS)
    return path


def typed(path, rows):
    """Write rows as somebody would type them; later cells of a row may be absent."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def handed_in(*paths):
    return [form for file in read_form_files(paths, READER) for form in file.forms]


def read(path):
    (form,) = handed_in(path)
    return form.declaration


def test_the_form_is_the_annex_word_for_word(form):
    sheet = load_workbook(form).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.values]
    assert rows[0] == ["2021年困境儿童团辅项目申报表"]
    assert sheet["A2"].number_format == '"区县名称："@'
    assert rows[2] == [
        "困境儿童总数",
        "6岁以上困境儿童人数",
        "参训困境儿童人数",
        "参训爱心妈妈人数",
        "计划开展团辅场次",
        "计划开展团辅时间（x月X日）",
        "项目联系人及联系方式",
        "备注",
    ]
    assert rows[4] == [NOTE]
    assert sheet.page_setup.orientation == "landscape"


def test_what_people_may_type_is_checked_as_they_type(form):
    sheet = load_workbook(form).active
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert set(rules["A2"].formula1.strip('"').split(",")) == set(UNITS)
    assert "B4<=A4" in rules["B4"].formula1
    assert rules["B4"].errorStyle == "warning"
    assert rules["A4"].errorStyle in (None, "stop")
    assert "待定" in rules["F4"].prompt
    assert sheet["F4"].number_format == "@"  # or Excel makes a date of 10-16


def test_only_what_is_to_be_filled_in_is_unlocked(form):
    sheet = load_workbook(form).active
    unlocked = {cell.coordinate for row in sheet for cell in row if not cell.protection.locked}
    assert {f"{column}4" for column in "ABCDEFGH"} <= unlocked
    assert "A2" in unlocked
    assert not {"A1", "A3", "H3", "A5"} & unlocked
    assert sheet.protection.sheet


def test_nothing_in_a_form_is_a_formula(form):
    cells = [cell for row in load_workbook(form).active for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_the_same_form_has_the_same_bytes(form, tmp_path):
    write_form(tmp_path / "again.xlsx", Form(RULES.title_zh, CELLS), UNITS)
    assert (tmp_path / "again.xlsx").read_bytes() == form.read_bytes()


def test_a_form_is_read_as_it_was_filled_in(tmp_path):
    path = tmp_path / "form.xlsx"
    cells = CELLS | {"dates": "10月16-17日", "contact": "冉文静 13800000000", "remarks": "无"}
    write_form(path, Form(RULES.title_zh, cells), UNITS)
    form = read(path)
    assert (form.unit, form.children_total, form.sessions) == ("500156", 201, 2)
    assert form.dates.dates == (date(2021, 10, 16), date(2021, 10, 17))
    assert form.at("dates").row == 4
    assert form.at("dates").column == HEADINGS["dates"]
    assert form.at("unit").column_number == 0


@pytest.mark.parametrize(
    "above",
    [
        ["区县名称：武隆区"],
        ["区县名称:", "武隆区"],
        ["区县名称", "武隆"],
        ["填报单位：武隆区妇联"],
        ["武隆区2021年困境儿童团辅项目申报表"],
    ],
)
def test_the_unit_may_stand_above_the_table_in_several_ways(tmp_path, above):
    heading = [HEADINGS[field] for field in COLUMNS]
    row = [201, 178, 120, 130, 2, "10月16-17日", "冉文静13800000000"]
    path = typed(tmp_path / "a.xlsx", [["2021年困境儿童团辅项目申报表"], above, heading, row])
    form = read(path)
    assert form.unit == "500156"
    assert form.children_6_plus == 178


def test_several_units_may_stand_in_one_pasted_table(tmp_path):
    heading = ["序号", *FIELDS_ZH.values()]
    rows = [
        [1, "武隆区", 201, 178, 120, 130, 2, "10月16-17日", "冉文静13800000000"],
        [2, "万州", 738, "约650人", 400, 420, 5, "待定", "向莉 023-58200000"],
        ["合计", None, 939, 828, 520, 550, 7],
    ]
    path = typed(tmp_path / "汇总.xlsx", [["2021年团辅申报汇总"], heading, *rows])
    forms = handed_in(path)
    assert [each.declaration.unit for each in forms] == ["500156", "500101"]
    assert [f.rule for f in forms[1].findings] == ["A02_rough"]
    assert forms[1].findings[0].where.row == 4
    assert forms[1].findings[0].where.column == "6岁以上困境儿童人数"


def test_name_and_phone_may_have_columns_of_their_own(tmp_path):
    heading = ["区县名称", "困境儿童总数", "6岁以上困境儿童人数", "团辅场次", "联系人", "联系电话"]
    path = typed(tmp_path / "a.xlsx", [heading, ["武隆区", 9, 8, 1, "冉文静", 13800000000]])
    form = read(path)
    assert form.contact == ("冉文静", "13800000000")
    assert form.at("contact").column == "联系人"


def test_a_form_without_a_unit_says_so(tmp_path):
    heading = [HEADINGS[field] for field in COLUMNS]
    row = [201, 178, 120, 130, 2, "10月16-17日", "冉文静13800000000"]
    path = typed(tmp_path / "a.xlsx", [["区县名称："], heading, row])
    (form,) = handed_in(path)
    assert [f.rule for f in form.findings] == ["A01"]


def test_a_file_that_cannot_be_read_does_not_stop_the_others(form, tmp_path):
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    bad, good = read_form_files([tmp_path / "坏.xlsx", form], READER)
    assert (bad.path.name, bad.forms) == ("坏.xlsx", ())
    assert isinstance(bad.refused, Unreadable)
    assert [each.declaration.unit for each in good.forms] == ["500156"]
