"""The declaration form as the annex prints it, with choices and checks (申报表).

Header line, eight columns, one row, and the annex's own note below. What the cells accept is
checked by Excel and WPS while the officer types: whole numbers, each part of the one before,
dates and phone kept as text. Only the cells to fill in are unlocked; there is no password.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from casework.declaration import FIELDS_ZH
from ledger.print_table import lines_needed
from ledger.safe_text import cell_text, new_workbook
from ledger.tables import Value

SHEET = "申报表"
HEADINGS = {**FIELDS_ZH, "dates": "计划开展团辅时间（x月X日）"}
COLUMNS = tuple(field for field in HEADINGS if field != "unit")
WIDTHS = (12, 14, 14, 14, 14, 24, 24, 18)
NOTE = "备注：为了统筹项目实施，需要开展 2场以上团辅的区县请集中时间连续开展。"
DATES_HINT = "如：10月16日；10月16-17日；10月16日上午、下午；11月29、30日；由市级安排的填“待定”"
CONTACT_HINT = "姓名和11位手机号，或023-加8位座机号"
A4 = 9
ROW = 4  # of the numbers, in Excel


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in a form, by field of ``FIELDS_ZH``; an absent field is left to fill in."""

    title: str
    cells: Mapping[str, Value]


def write_form(path: Path, form: Form, units: tuple[str, ...]) -> None:
    """Write a form; ``units`` are the names to choose from."""
    book = new_workbook(path, form.title)
    page = book.add_worksheet(SHEET)
    _lay_out(page)
    _write_head(book, page, form, units)
    _write_row(book, page, form.cells)
    small = book.add_format({"font_name": "宋体", "font_size": 11, "text_wrap": True})
    page.merge_range(4, 0, 4, len(COLUMNS) - 1, NOTE, small)
    page.set_row(4, 34)
    book.close()


def _lay_out(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 1)
    page.center_horizontally()
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.protect("", {"format_columns": True, "format_rows": True})


def _write_head(book: Workbook, page: Worksheet, form: Form, units: tuple[str, ...]) -> None:
    title = book.add_format(_looks(font_name="黑体", font_size=18, align="center"))
    # The label is the cell's format, so that the cell itself is one of the choices.
    label = f'"{HEADINGS["unit"]}："@'
    name = book.add_format(_looks(font_size=14, locked=False, num_format=label))
    heading = book.add_format(_looks(bold=True, border=1, align="center", text_wrap=True))
    page.merge_range(0, 0, 0, len(COLUMNS) - 1, cell_text(form.title), title)
    page.set_row(0, 40)
    page.merge_range(1, 0, 1, len(COLUMNS) - 1, cell_text(form.cells.get("unit")), name)
    page.data_validation(1, 0, 1, 0, {"validate": "list", "source": list(units)})
    page.set_row(1, 30)
    for column, field in enumerate(COLUMNS):
        page.write_string(2, column, HEADINGS[field], heading)
    page.set_row(2, 52)


def _write_row(book: Workbook, page: Worksheet, cells: Mapping[str, Value]) -> None:
    number = book.add_format(_looks(border=1, align="center", locked=False))
    text = book.add_format(
        _looks(border=1, align="center", locked=False, text_wrap=True, num_format="@")
    )
    for column, field in enumerate(COLUMNS):
        value, looks = cells.get(field), text if column >= 5 else number
        if isinstance(value, int | float):
            page.write_number(ROW - 1, column, value, looks)
        elif value is None:
            page.write_blank(ROW - 1, column, None, looks)
        else:
            page.write_string(ROW - 1, column, cell_text(value), looks)
        if rule := _rule(field):
            page.data_validation(ROW - 1, column, ROW - 1, column, rule)
    lines = [
        lines_needed(cell_text(cells.get(field)), width - 2)
        for field, width in zip(COLUMNS, WIDTHS, strict=True)
    ]
    page.set_row(ROW - 1, max(60, 18 * max(lines) + 8))


def _looks(**looks: Any) -> dict[str, Any]:
    return {"font_name": "宋体", "font_size": 12, "valign": "vcenter", **looks}


def _rule(field: str) -> dict[str, Any] | None:
    """Say what a cell accepts: stop at what is no number, warn of what does not fit."""
    at = {name: f"{chr(ord('A') + column)}{ROW}" for column, name in enumerate(COLUMNS)}
    whole = f"AND(ISNUMBER({at[field]}),{at[field]}>=0,{at[field]}=INT({at[field]}))"
    parts = {
        "children_6_plus": ("children_total", "6岁以上人数不应大于困境儿童总数"),
        "participants_children": (
            "children_6_plus",
            "参训人数不应大于6岁以上人数；确有的请在备注说明",
        ),
    }
    if field in ("children_total", "participants_caregivers", "sessions"):
        return _custom(f"={whole}", "请填不小于0的整数", "stop")
    if field in parts:
        above, message = parts[field]
        return _custom(f"=AND({whole},{at[field]}<={at[above]})", message, "warning")
    hints = {"dates": DATES_HINT, "contact": CONTACT_HINT}
    if field in hints:
        title = FIELDS_ZH[field][:32]
        return {"validate": "any", "input_title": title, "input_message": hints[field]}
    return None


def _custom(formula: str, message: str, how: str) -> dict[str, Any]:
    return {
        "validate": "custom",
        "value": formula,
        "error_title": "请核对",
        "error_message": message,
        "error_type": how,
    }
