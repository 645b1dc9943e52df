"""A round's files for tests: forms, teams and closures as an office writes them."""

from datetime import date

from casework.declaration_rules import DeclarationRules
from geo.areas import Gazetteer
from ledger.declaration_form import Form, write_form
from ledger.safe_text import new_workbook

ON = date(2021, 9, 15)
CONTACT = "冉文静 13800000000"
FORMS = {
    "武隆区": {"sessions": 2, "dates": "10月16-17日"},
    "彭水县": {"sessions": 2, "dates": "10月16-17日"},
    "黔江区": {"sessions": 1, "dates": "10月23日"},
    "江北区": {"sessions": 1, "dates": "待定"},
    "涪陵区": {"sessions": 2, "dates": "10月30、31日"},
}
TEAMS = [
    ("团队编号", "团队名称", "驻地", "每天场次", "不能安排的日期", "专长"),
    ("T1", "第1团辅队", "江北区", None, "10月1-7日", "手语"),
]


def write_forms(folder, forms=FORMS, **more):
    """Write a form for each unit; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    names = tuple(unit.name for unit in Gazetteer.on(ON).units)
    title = DeclarationRules.from_toml().title_zh
    for unit, said in forms.items():
        numbers = {
            "children_total": 60,
            "children_6_plus": 50,
            "participants_children": 40,
            "participants_caregivers": 40,
            "contact": CONTACT,
        }
        cells = {"unit": unit, **numbers, **said, **more}
        write_form(folder / f"{unit}申报表.xlsx", Form(title, cells), names)
    return folder


def write_table(path, rows, sheet="Sheet1"):
    """Write rows as a workbook; give its path."""
    book = new_workbook(path, sheet)
    page = book.add_worksheet(sheet)
    days = book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(at, column, value, days)
            elif value is not None:
                page.write(at, column, value)
    book.close()
    return path


def write_round_files(folder, forms=FORMS, teams=TEAMS):
    """Write forms and teams; give both paths."""
    return write_forms(folder / "申报表", forms), write_table(folder / "团辅团队.xlsx", teams)
