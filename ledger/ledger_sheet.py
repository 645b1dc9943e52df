"""A ledger on a sheet: our columns, numbers of people as text, drop-downs (写台账).

Merged ledgers and the workbooks sent to townships look alike, and both are read again.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ledger.columns import LedgerColumn
from ledger.safe_text import cell_text
from ledger.tables import Value

_TEXT_FIELDS = ("resident_id", "phone", "number", "siblings")


@dataclass(frozen=True, slots=True)
class Looks:
    """The formats of one workbook, unlocked and locked."""

    title: Any
    heading: Any
    note: Any
    text: Any
    plain: Any
    day: Any
    locked: Any


def make_looks(book: Any) -> Looks:
    """Make the formats of a ledger's sheets."""
    open_cell = {"locked": False, "valign": "vcenter"}
    return Looks(
        title=book.add_format({"bold": True, "font_size": 14, "valign": "vcenter"}),
        heading=book.add_format(
            {"bold": True, "border": 1, "bg_color": "#DDE7EE", "text_wrap": True}
            | {"align": "center", "valign": "vcenter"}
        ),
        note=book.add_format({"text_wrap": True, "valign": "top"}),
        text=book.add_format(open_cell | {"num_format": "@"}),
        plain=book.add_format(open_cell),
        day=book.add_format(open_cell | {"num_format": "yyyy-mm-dd"}),
        locked=book.add_format({"num_format": "@", "valign": "vcenter", "bg_color": "#F2F2F2"}),
    )


def write_table(
    page: Any,
    looks: Looks,
    columns: Sequence[LedgerColumn],
    rows: Iterable[Mapping[str, Value]],
    top: int = 0,
    locked: frozenset[str] = frozenset(),
) -> int:
    """Write headings at row ``top`` (from 0) and the rows below; give the next free row."""
    for index, column in enumerate(columns):
        page.write_string(top, index, column.heading, looks.heading)
    number = top
    for number, row in enumerate(rows, top + 1):
        for index, column in enumerate(columns):
            value = number - top if column.field == "row_number" else row.get(column.field)
            write_value(page, (number, index), value, _look(column.field, value, looks, locked))
    return number + 1


def write_value(page: Any, at: tuple[int, int], value: Value, look: Any) -> None:
    """Write a cell as what it is; a string stays a string."""
    if value is None:
        page.write_blank(*at, None, look)
    elif isinstance(value, bool):
        page.write_boolean(*at, value, look)
    elif isinstance(value, int | float) and math.isfinite(value):
        page.write_number(*at, value, look)
    elif isinstance(value, datetime):
        page.write_datetime(*at, value.replace(tzinfo=None), look)
    elif isinstance(value, date):
        page.write_datetime(*at, value, look)
    else:
        page.write_string(*at, cell_text(value), look)


def set_columns(page: Any, looks: Looks, columns: Sequence[LedgerColumn]) -> None:
    """Set widths, and text as the format of ID cells still empty, so that IDs survive."""
    for index, column in enumerate(columns):
        page.set_column(index, index, column.width, _empty_look(column.field, looks))


def add_choices(page: Any, columns: Sequence[LedgerColumn], first: int, last: int) -> None:
    """Put a drop-down on each column of few answers; another answer is asked about, not barred."""
    for index, column in enumerate(columns):
        if column.choices:
            page.data_validation(first, index, last, index, _choice(column.choices))
        elif column.field.endswith("resident_id"):
            page.data_validation(first, index, last, index, _id_length())


def _choice(choices: Sequence[str]) -> dict[str, object]:
    return {
        "validate": "list",
        "source": list(choices),
        "error_type": "warning",
        "error_title": "不在选项中",
        "error_message": "请尽量从下拉选项中选择。",
    }


def _id_length() -> dict[str, object]:
    return {
        "validate": "length",
        "criteria": "==",
        "value": 18,
        "error_type": "warning",
        "error_title": "身份证号",
        "error_message": "身份证号应为18位。",
    }


def _look(field: str, value: Value, looks: Looks, locked: frozenset[str]) -> Any:
    if field in locked or field == "row_number":
        return looks.locked
    if isinstance(value, str):
        return looks.text
    return looks.day if isinstance(value, date) else _empty_look(field, looks)


def _empty_look(field: str, looks: Looks) -> Any:
    return looks.text if field.endswith(_TEXT_FIELDS) else looks.plain
