"""Odd but honest files: every format and layout that offices send is read right."""

import re
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from casework.findings import Severity
from ledger.tables import TableKind
from ledger.workbook import read_tables

HEADINGS = ["姓名", "身份证号", "镇街", "村社区", "困境类别", "出生日期"]
ROW = ["张三", "500101201501010011", "太安镇", "兴隆村", "散居孤儿", date(2015, 1, 1)]


def book_of(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return book


def read(book, tmp_path, name="名单.xlsx", **options):
    book.save(tmp_path / name)
    return read_tables(tmp_path / name, **options)


def values(table, field):
    (place,) = [i for i, column in enumerate(table.columns) if column.field == field]
    return [row.values[place] for row in table.rows]


def rules(reading):
    return [finding.rule for finding in reading.findings]


def finding(reading, rule):
    (found,) = [f for f in reading.findings if f.rule == rule]
    return found


def csv_of(path, content):
    path.write_bytes(content)
    return read_tables(path)


CSV = (
    "姓名,身份证号,镇街,困境类别\n"
    "张三,500101201501010011,太安镇,散居孤儿\n"
    "李四,00123,白马镇,孤儿\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_text_files_are_read_in_every_encoding_and_separator(encoding, separator, tmp_path):
    text = CSV.replace(",", separator)
    (table,) = csv_of(tmp_path / "名单.csv", text.encode(encoding)).tables
    assert values(table, "name") == ["张三", "李四"]
    assert values(table, "resident_id") == ["500101201501010011", "00123"]
    assert [row.number for row in table.rows] == [2, 3]


def test_big_endian_text_with_a_mark_is_read(tmp_path):
    content = b"\xfe\xff" + CSV.encode("utf-16-be")
    assert len(csv_of(tmp_path / "名单.txt", content).tables[0].rows) == 2


def test_digits_that_a_system_kept_with_a_formula_are_text(tmp_path):
    text = CSV.replace("500101201501010011", '="500101201501010011"')
    (table,) = csv_of(tmp_path / "名单.csv", text.encode("gb18030")).tables
    assert values(table, "resident_id")[0] == "500101201501010011"


def test_quotes_that_never_close_are_refused_not_guessed(tmp_path):
    from casework.errors import Unreadable

    text = CSV.replace("张三", '"张三') + "王五,1,镇,孤儿\n" * 60
    with pytest.raises(Unreadable, match="引号"):
        csv_of(tmp_path / "名单.csv", text.encode())


def test_cells_keep_what_the_file_holds(tmp_path):
    book = book_of(HEADINGS, ROW)
    sheet = book.active
    moment = datetime.combine(date(2015, 3, 5), time(8, 30))
    row = [500199201503010014, "NA", " 有空格 ", True, moment, time(8, 30)]
    for column, value in enumerate(row, 1):
        sheet.cell(3, column, value)
    (table,) = read(book, tmp_path).tables
    assert table.rows[0].values == tuple(ROW)
    assert table.rows[1].values == (5.0019920150301e17, *row[1:5], "08:30:00")


def test_error_values_reach_the_caller_as_text(tmp_path):
    book = book_of(HEADINGS, ROW)
    for column, error in ((2, "#N/A"), (6, "#REF!")):
        cell = book.active.cell(2, column, error)
        cell.data_type = "e"
    (table,) = read(book, tmp_path).tables
    assert (values(table, "resident_id"), values(table, "birth_date")) == (["#N/A"], ["#REF!"])


def test_dates_counted_from_1904_are_the_same_days(tmp_path):
    book = book_of(HEADINGS, ROW)
    book.epoch = CALENDAR_MAC_1904
    (table,) = read(book, tmp_path).tables
    assert values(table, "birth_date") == [date(2015, 1, 1)]


def strict(path):
    """Rewrite a workbook in the strict form of the standard, as 严格 Open XML is saved."""
    names = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": (
            "http://purl.oclc.org/ooxml/spreadsheetml/main"
        ),
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name).decode() for name in old.namelist()}
    for name, text in parts.items():
        for loose, tight in names.items():
            text = text.replace(loose, tight)
        parts[name] = re.sub(r"(<workbook\b)", r'\1 conformance="strict"', text)
    with zipfile.ZipFile(path, "w") as new:
        for name, text in parts.items():
            new.writestr(name, text)


def test_strict_open_xml_is_read_like_any_other(tmp_path):
    path = tmp_path / "名单.xlsx"
    book = book_of(HEADINGS, ROW)
    book.active.row_dimensions[2].hidden = True
    book.save(path)
    strict(path)
    reading = read_tables(path)
    assert reading.tables[0].rows[0].values == tuple(ROW)
    assert "hidden_rows" in rules(reading)


def test_macros_do_not_hinder_and_do_not_run(tmp_path):
    path = tmp_path / "名单.xlsm"
    book_of(HEADINGS, ROW).save(path)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xcc\x61Auto_Open" + bytes(500))
    reading = read_tables(path)
    assert len(reading.tables[0].rows) == 1
    assert rules(reading) == []


def test_a_workbook_named_xls_is_known_by_its_bytes(tmp_path):
    reading = read(book_of(HEADINGS, ROW), tmp_path, "老系统导出.xls")
    assert len(reading.tables[0].rows) == 1
    assert finding(reading, "file_not_as_named").severity is Severity.INFO


def test_tags_with_a_prefix_are_counted_like_others(tmp_path):
    """Some report tools write <x:row> and <x:c>."""
    path = tmp_path / "名单.xlsx"
    book = book_of(HEADINGS, ROW)
    book.active.row_dimensions[2].hidden = True
    book.save(path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")
    with zipfile.ZipFile(path, "w") as new:
        for name, content in (parts | {"xl/worksheets/sheet1.xml": sheet.encode()}).items():
            new.writestr(name, content)
    reading = read_tables(path)
    assert len(reading.tables[0].rows) == 1
    assert "hidden_rows" in rules(reading)


def test_hidden_rows_columns_and_sheets_are_read_and_told(tmp_path):
    book = book_of(HEADINGS, ROW, ROW, ROW)
    book.active.title = "儿童"
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    second = book.create_sheet("旧名单")
    for row in (HEADINGS, ROW):
        second.append(row)
    second.sheet_state = "hidden"
    reading = read(book, tmp_path)
    first, hidden = reading.tables
    assert [row.hidden for row in first.rows] == [False, True, False]
    assert (hidden.sheet_hidden, len(hidden.rows)) == (True, 1)
    assert finding(reading, "hidden_rows").where.row == 3
    assert "B" in finding(reading, "hidden_columns").message_zh
    assert finding(reading, "hidden_sheet").where.sheet == "旧名单"


def test_nothing_hidden_is_told_of_nothing(tmp_path):
    assert read(book_of(HEADINGS, ROW), tmp_path).findings == ()


def test_a_formula_nobody_calculated_is_told_and_a_calculated_one_is_not(tmp_path):
    reading = read(book_of(HEADINGS, [*ROW[:5], "=TODAY()"]), tmp_path)
    assert "F2" in finding(reading, "formula_not_calculated").message_zh
    assert values(reading.tables[0], "birth_date") == [None]


def test_a_file_without_a_ledger_says_so(tmp_path):
    reading = read(book_of(["通知"], ["请各镇街于15日前报送"]), tmp_path)
    assert reading.tables == ()
    assert finding(reading, "no_table").severity is Severity.ERROR


def test_a_sheet_of_notes_beside_a_ledger_is_told(tmp_path):
    book = book_of(HEADINGS, ROW)
    book.create_sheet("填报要求").append(["请如实填写"])
    book.create_sheet("空表")
    reading = read(book, tmp_path)
    assert [f.where.sheet for f in reading.findings] == ["填报要求"]
    assert rules(reading) == ["sheet_without_table"]


def test_only_the_kinds_asked_for_are_read(tmp_path):
    book = book_of(HEADINGS, ROW)
    caregivers = book.create_sheet("爱心妈妈")
    caregivers.append(["姓名", "身份证号", "职务", "可结对人数"])
    caregivers.append(["王五", "500101198001010025", "妇联主席", 1])
    reading = read(book, tmp_path, kinds={TableKind.CAREGIVERS})
    assert [table.kind for table in reading.tables] == [TableKind.CAREGIVERS]
    assert "困境儿童台账" in finding(reading, "table_not_asked").message_zh


def test_an_old_workbook_is_read_with_what_it_hides(tmp_path, old_workbook):
    reading = read_tables(old_workbook)
    (table,) = reading.tables
    assert values(table, "name") == ["张三", "李四"]
    assert values(table, "birth_date") == [date(2015, 1, 1), date(2016, 2, 2)]
    assert values(table, "township") == ["太安镇", "太安镇"]
    assert {"hidden_rows", "merged_filled"} <= set(rules(reading))


@pytest.fixture(scope="module")
def old_workbook(tmp_path_factory):
    """Save a workbook as xls through LibreOffice, which the demo's documents need as well."""
    import subprocess

    folder = tmp_path_factory.mktemp("old")
    second = ["李四", "500101201602020022", None, "兴隆村", "散居孤儿", date(2016, 2, 2)]
    book = book_of(HEADINGS, ROW, second)
    book.active.merge_cells("C2:C3")
    book.active.row_dimensions[3].hidden = True
    book.save(folder / "名单.xlsx")
    home = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", home, "--headless", "--convert-to", "xls", "--outdir", str(folder)]
    subprocess.run(
        [*command, str(folder / "名单.xlsx")], check=True, capture_output=True, timeout=120
    )
    return folder / "名单.xls"
