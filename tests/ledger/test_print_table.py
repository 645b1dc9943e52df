import openpyxl
import pytest

from ledger.print_table import PageText, PrintBook, PrintColumn, PrintTable, lines_needed
from ledger.safe_text import new_workbook

COLUMNS = (
    PrintColumn("序号", 5, centred=True),
    PrintColumn("姓名", 10, "儿童"),
    PrintColumn("年龄", 6, "儿童"),
)


def sheet_of(path, rows=((1, "王小雨", 10),), columns=COLUMNS, signatures=(), owner="武隆区妇联"):
    with new_workbook(path, "题") as workbook:
        book = PrintBook(workbook, PageText(owner, "2021年9月15日", "注意保密"))
        book.add(PrintTable("表", "大题", "小题", columns, rows, "没有", signatures))
    return openpyxl.load_workbook(path)["表"]


def test_it_prints_on_a4_across_one_page_wide_with_headings_on_every_page(tmp_path):
    sheet = sheet_of(tmp_path / "a.xlsx")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth in (None, 1)  # None: Excel's default, one page
    assert int(sheet.page_setup.fitToHeight) == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$4"
    assert "&P" in sheet.oddFooter.right.text
    assert "&N" in sheet.oddFooter.right.text


def test_headings_stay_in_sight_and_filter_the_rows_alone(tmp_path):
    sheet = sheet_of(tmp_path / "a.xlsx", signatures=("盖章：", "签字："))
    assert sheet.freeze_panes == "C5"
    assert sheet.auto_filter.ref == "A4:C5"


def test_a_date_after_the_font_size_is_not_read_as_a_size(tmp_path):
    right = sheet_of(tmp_path / "a.xlsx").oddHeader.right
    assert (right.text.strip(), right.size) == ("2021年9月15日", 9)


def test_an_ampersand_in_a_name_is_no_code_of_the_header(tmp_path):
    assert "甲&&乙" in sheet_of(tmp_path / "a.xlsx", owner="甲&乙").oddHeader.left.text


def test_a_long_name_does_not_overflow_the_header(tmp_path):
    assert sheet_of(tmp_path / "a.xlsx", owner="很" * 400).oddHeader.left.text


def test_an_empty_table_says_so(tmp_path):
    sheet = sheet_of(tmp_path / "a.xlsx", rows=())
    assert sheet["A5"].value == "没有"
    assert sheet.auto_filter.ref is None


def test_seal_and_signatures_stand_in_one_tall_row_that_cannot_break_over_pages(tmp_path):
    sheet = sheet_of(tmp_path / "a.xlsx", signatures=("盖章：", "签字："))
    assert [cell.value for cell in sheet[7] if cell.value] == ["盖章：", "签字："]
    assert sheet.row_dimensions[7].height > 100


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("abcdefgh", 10, 1),
        ("一二三四", 10, 1),
        ("一二三四五", 10, 2),
        ("a\nb", 10, 2),
    ],
)
def test_a_chinese_character_takes_two_columns(text, width, lines):
    assert lines_needed(text, width) == lines


def test_a_row_is_as_tall_as_its_longest_cell(tmp_path):
    rows = ((1, "短", 9), (2, "很长的名字" * 6, 9))
    sheet = sheet_of(tmp_path / "a.xlsx", rows=rows)
    assert sheet.row_dimensions[6].height > 2 * sheet.row_dimensions[5].height


def test_numbers_stay_numbers(tmp_path):
    assert sheet_of(tmp_path / "a.xlsx")["C5"].value == 10
