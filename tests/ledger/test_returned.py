"""The officer's own workbook back: marked where it must be mended, and harmless."""

import subprocess
import zipfile
from datetime import date

import openpyxl
import pytest
from openpyxl.styles import PatternFill

from casework.errors import Unreadable
from casework.findings import Finding, Where
from ledger.marks import COLOURS, SHEET_NAME, Mark
from ledger.returned import write_returned
from ledger.workbook import read_tables

HEADINGS = ["姓名", "身份证号码", "镇街", "困境类别", "出生日期"]
NAUGHTY = ["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1+1", "\t=1+1", "\u200b=1+1", "=cmd|' /C calc'!A0"]


def office_book(path, *rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "儿童"
    sheet.append(["2021年困境儿童台账"])
    sheet.merge_cells("A1:E1")
    sheet.append(HEADINGS)
    for row in rows or [["张三", 500101201501010011, "太安镇", "散居孤儿", date(2015, 1, 1)]]:
        sheet.append(row)
    sheet.column_dimensions["A"].width = 33
    sheet["A2"].fill = PatternFill("solid", fgColor="00FF00")
    book.save(path)
    return path


def about(path, row, column, rule="merged_identity", heading="身份证号码"):
    where = Where(path.name, "儿童" if path.suffix == ".xlsx" else "", row, heading, column)
    return Finding(rule, where, "5001***", {"heading": heading, "rows": "3"})


def returned(path, findings, tmp_path):
    out = tmp_path / "退回" / "名单.xlsx"
    write_returned(path, findings, out)
    return openpyxl.load_workbook(out)


def test_marked_cells_have_a_colour_and_a_comment_that_tells_what_to_do(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    findings = [about(path, 3, 2), about(path, 3, 2, "column_without_heading", "B")]
    findings[1] = Finding("no_table", findings[1].where)
    book = returned(path, findings, tmp_path)
    cell = book["儿童"]["B3"]
    assert cell.fill.fgColor.rgb.endswith(COLOURS["ERROR"])  # the worst of the two
    assert all(f.message_zh in cell.comment.text for f in findings)
    assert all(f.remedy_zh in cell.comment.text for f in findings)
    with zipfile.ZipFile(tmp_path / "退回" / "名单.xlsx") as package:
        (drawing,) = [name for name in package.namelist() if name.endswith(".vml")]
        assert b"width:320px" in package.read(drawing)
    assert cell.number_format == "@"  # so that the ID can be typed again whole


def test_the_rest_of_the_file_keeps_its_look(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    sheet = returned(path, [about(path, 3, 2)], tmp_path)["儿童"]
    assert sheet.column_dimensions["A"].width == 33
    assert sheet["A2"].fill.fgColor.rgb.endswith("00FF00")
    assert sheet["A3"].comment is None
    assert [str(merge) for merge in sheet.merged_cells.ranges] == ["A1:E1"]


def test_everything_is_listed_on_a_sheet_of_its_own_worst_first(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    book = returned(path, [about(path, 3, 2), Finding("no_table", Where(path.name))], tmp_path)
    rows = list(book[SHEET_NAME].iter_rows(values_only=True))
    assert book.sheetnames[0] == SHEET_NAME
    assert [row[-1] for row in rows] == ["规则", "no_table", "merged_identity"]
    assert rows[2][2:7] == ("儿童", 3, "B", "身份证号码", "5001***")


def test_findings_of_other_files_stay_out(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    other = Finding("no_table", Where("别的.xlsx"))
    assert returned(path, [other], tmp_path)[SHEET_NAME].max_row == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_no_text_of_the_data_becomes_a_formula(suffix, tmp_path):
    path = tmp_path / f"名单{suffix}"
    rows = [[text, "500101201501010011", "太安镇", "散居孤儿", text] for text in NAUGHTY]
    if suffix == ".csv":
        lines = [",".join(HEADINGS), *(",".join(row) for row in rows)]
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        office_book(path, *rows)
        book = openpyxl.load_workbook(path)
        for row in book["儿童"].iter_rows(min_row=3):
            for cell in row:
                cell.data_type = "s"
        book.save(path)
    finding = Finding("no_table", Where(path.name, "", 2, "=1+1"), "=1+1")
    book = returned(path, [finding], tmp_path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    shown = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"=1+1", "+1", "@SUM(A1)", "＝1+1"} <= shown
    assert b"<f>" not in zipfile.ZipFile(tmp_path / "退回" / "名单.xlsx").read(
        "xl/worksheets/sheet2.xml"
    )


def test_a_formula_of_the_file_comes_back_as_its_value(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    book = openpyxl.load_workbook(path)
    book["儿童"]["D3"] = "=HYPERLINK(A1)"
    book.save(path)
    sheet = returned(path, [], tmp_path)["儿童"]
    assert sheet["D3"].value is None  # nobody had calculated it
    assert sheet["D3"].data_type != "f"


def test_a_text_file_comes_back_as_a_workbook_with_whole_ids(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text("姓名,身份证号码,镇街\n张三,500101201501010011,太安镇\n", encoding="gb18030")
    book = returned(path, [about(path, 2, 2)], tmp_path)
    cell = book["名单"]["B2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("500101201501010011", "s", "@")
    assert cell.comment is not None


def test_strict_open_xml_comes_back_with_all_its_rows(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    loose = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    tight = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content.replace(loose, tight))
    sheet = returned(path, [about(path, 3, 2)], tmp_path)["儿童"]
    assert sheet["A3"].value == "张三"
    assert sheet["B3"].comment is not None


def test_a_second_return_takes_off_the_marks_of_the_first(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    first = tmp_path / "一" / "名单.xlsx"
    write_returned(path, [about(path, 3, 2)], first)
    book = returned(first, [about(path, 3, 4, heading="困境类别")], tmp_path)
    sheet = book["儿童"]
    assert sheet["B3"].comment is None
    assert sheet["B3"].fill.fill_type is None
    assert sheet["D3"].comment is not None
    assert book.sheetnames.count(SHEET_NAME) == 1


def test_a_returned_workbook_reads_the_same_again(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    out = tmp_path / "退回" / "名单.xlsx"
    write_returned(path, [about(path, 3, 2)], out)
    before, after = read_tables(path), read_tables(out)
    assert before.tables == after.tables
    assert after.findings == ()


def test_only_one_sheet_is_selected(tmp_path):
    """Two selected sheets would be edited as one."""
    path = office_book(tmp_path / "名单.xlsx")
    book = returned(path, [], tmp_path)
    assert [sheet.sheet_view.tabSelected for sheet in book] == [True, False]


def test_a_mark_on_a_merged_cell_lands_where_it_is_seen(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    sheet = returned(path, [about(path, 1, 4)], tmp_path)["儿童"]
    assert sheet["A1"].comment is not None


def test_a_hostile_file_is_not_opened_for_return(tmp_path):
    path = tmp_path / "名单.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(Unreadable):
        write_returned(path, [], tmp_path / "退回.xlsx")
    assert not (tmp_path / "退回.xlsx").exists()


def test_a_longer_comment_is_a_higher_one():
    short, long = Mark(1, 1, "ERROR", "短"), Mark(1, 1, "ERROR", "很长" * 80)
    assert short.height_px < long.height_px <= 600


def test_what_comes_back_opens_in_libreoffice(tmp_path):
    path = office_book(tmp_path / "名单.xlsx")
    out = tmp_path / "退回.xlsx"
    write_returned(path, [about(path, 3, 2)], out)
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76",
    ]
    done = subprocess.run(
        [*command, "--outdir", str(tmp_path), str(out)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert "Error" not in done.stderr.decode()
    assert "merged_identity" in (tmp_path / "退回.csv").read_text(encoding="utf-8")
