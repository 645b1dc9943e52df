import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.print_table import PageText, PrintBook, PrintColumn, PrintTable
from ledger.safe_text import LONGEST_CELL, cell_text, csv_text, is_formula_like, new_workbook

NAUGHTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋86",
    "－5",
    "＠x",
    "\u200b=1",
    "\ufeff=1",
    " =1",
    "\u3000=1",
    "\t=1",
    "\n=1",
    "\u202e=1",
    '=HYPERLINK("http://x","点我")',
    "=cmd|' /C calc'!A0",
    "{=1+1}",
    "http://example.org",
    "_x0041_",
    "<b>&'\"",
    "NA",
    "1e5",
    "0012",
    "𠮷野",
]


@pytest.mark.parametrize("text", NAUGHTY[:17])
def test_what_a_spreadsheet_may_run_is_known(text):
    assert is_formula_like(text)
    assert csv_text(text).startswith("'")


@pytest.mark.parametrize("text", ["", "王小雨", "白马镇=", "3-4 组", "电话：023", "😀"])
def test_plain_text_is_left_as_it_is(text):
    assert not is_formula_like(text)
    assert csv_text(text) == text


def test_what_no_cell_can_hold_is_taken_out_and_the_rest_stays():
    assert cell_text("王\x00小\x1b雨\ud800") == "王小雨"
    assert cell_text(None) == ""
    assert cell_text("一\r\n二\r三") == "一\n二\n三"
    assert len(cell_text("长" * 40_000)) == LONGEST_CELL


def write(path, texts):
    with new_workbook(path, "测试") as workbook:
        book = PrintBook(workbook, PageText("单位", "今天", "注"))
        columns = (PrintColumn("文字", 20), PrintColumn("又", 9, centred=True))
        book.add(PrintTable("表", "题", "", columns, [(text, text) for text in texts], "无"))
    return path


def read(path):
    sheet = openpyxl.load_workbook(path)["表"]
    rows = list(sheet.iter_rows(min_row=4))
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return [row[0].value or "" for row in rows]


def sheet_xml(path):
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_no_naughty_string_becomes_a_formula_a_link_or_a_number(tmp_path):
    path = write(tmp_path / "a.xlsx", NAUGHTY)
    assert read(path) == [cell_text(text) for text in NAUGHTY]
    xml = sheet_xml(path)
    assert "<f>" not in xml
    assert "hyperlink" not in xml


def test_a_formula_like_text_stays_text_when_somebody_edits_the_cell(tmp_path):
    path = write(tmp_path / "a.xlsx", ["=1+1", "王小雨"])
    risky, plain = (openpyxl.load_workbook(path)["表"].cell(row, 1) for row in (4, 5))
    assert risky.quotePrefix
    assert not plain.quotePrefix


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
def test_any_text_comes_back_as_it_was_written(tmp_path_factory, texts):
    path = write(tmp_path_factory.mktemp("any") / "a.xlsx", texts)
    assert read(path) == [cell_text(text) for text in texts]
    assert not re.search(r"<f[ >]", sheet_xml(path))
