"""Rows: one ledger row at a time, its cells by field and its findings (逐行核查).

A table that has the child and the caregiver in one row is two sheets here, one for each. A
column that is empty in five rows or more is as good as absent; in fewer, each cell is missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from casework.fields import Cell, T
from casework.findings import Finding, Severity, Where, rule_texts
from casework.identity import mask_name, mask_phone, mask_resident_id
from casework.writing import said, text_of
from casework.written_dates import read_date
from ledger.columns import accepted_fields, canonical_heading
from ledger.tables import Row, Table, TableKind, Value

_DIGITS = re.compile(r"[0-9０-９]{7,}")
_DIGIT = re.compile(r"\d")
_FOUR_DIGITS = re.compile(r"\d{4}")
_AREA_LIKE = re.compile(r"[镇乡区县市]|街道|街$|办事处|管委会|开发区|[0-9]{6}|^[0-9 ]+$")
_LONGEST_SHOWN = 20
_HIDDEN = (
    *("address", "remarks", "health", "school_name", "siblings", "kin", "lon", "lat"),
    *("basis_by", "basis_paper"),
)
_BESIDE = "caregiver_"
_MANY_ROWS = 5
_OUR_NOTES = ("row_number", "mend", "came_from")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table, read as a ledger of children or of caregivers.

    Attributes
    ----------
    positions
        Field to the index of its column.
    present
        Fields whose column is there, and not empty throughout a table of some length.
    """

    table: Table
    kind: TableKind
    positions: Mapping[str, int]
    present: frozenset[str]

    def value(self, row: Row, name: str) -> Value:
        """Give a cell by field; None where there is no such column."""
        position = self.positions.get(name)
        return row.values[position] if position is not None else None

    def where(self, row: int = 0, name: str = "") -> Where:
        """Give the place of a cell, a row (no field) or the sheet (no row)."""
        position = self.positions.get(name)
        if position is None:
            return Where(self.table.file, self.table.sheet, row, heading(self.kind, name))
        column = self.table.columns[position]
        return Where(self.table.file, self.table.sheet, row, column.heading, column.number)


def sheet_of(table: Table, kind: TableKind) -> Sheet:
    """Read a table as a ledger of ``kind``: CHILDREN or CAREGIVERS."""
    positions: dict[str, int] = {}
    beside = table.kind is TableKind.COMBINED and kind is TableKind.CAREGIVERS
    for index, column in enumerate(table.columns):
        name = column.field or ""
        if beside:
            name = name.removeprefix(_BESIDE) if name.startswith(_BESIDE) else ""
        if name in accepted_fields(kind):
            positions.setdefault(name, index)
    if beside:
        _share_areas(table, positions)
    present = {
        name
        for name, index in positions.items()
        if len(table.rows) < _MANY_ROWS
        or any(row.values[index] is not None and text_of(row.values[index]) for row in table.rows)
    }
    return Sheet(table, kind, positions, frozenset(present))


def heading(kind: TableKind, name: str) -> str:
    """Give a field's heading as we write it; the empty text for no field."""
    try:
        return canonical_heading(kind, name) if name else ""
    except KeyError:
        return name


@dataclass(slots=True)
class RowReader:
    """Reads the cells of one row and collects what is wrong with them."""

    sheet: Sheet
    row: Row
    findings: list[Finding]
    errors: list[str] = field(default_factory=list)

    @property
    def where(self) -> Where:
        """The row's place."""
        return self.sheet.where(self.row.number)

    def value(self, name: str) -> Value:
        """Give a cell as it came out of the file."""
        position = self.sheet.positions.get(name)
        return self.row.values[position] if position is not None else None

    def text(self, name: str) -> str:
        """Give a cell as text, empty where it says nothing."""
        position = self.sheet.positions.get(name)
        return said(self.row.values[position]) if position is not None else ""

    def read(self, name: str, reader: Callable[[object], Cell[T]]) -> T | None:
        """Give a cell's meaning; whatever is wrong with it becomes a finding."""
        value = self.value(name)
        if value is None:
            return None
        cell = reader(value)
        if cell.rule:
            self.tell(cell.rule, name)
        return cell.value

    def tell(self, rule: str, name: str = "", **values: object) -> None:
        """Note a finding about a cell of this row, or about the row."""
        shown = str(values.get("value", masked(name, self.value(name)) if name else ""))
        values = {"field": self.sheet.where(0, name).column, "value": shown, **values}
        where = self.sheet.where(self.row.number, name)
        self.findings.append(Finding(rule, where, shown, values))
        if rule_texts()[rule].severity is Severity.ERROR:
            self.errors.append(rule)


def masked(name: str, value: object) -> str:
    """Show a cell in a finding: never a whole number, name, address or phone."""
    text = text_of(value)
    if name.endswith("resident_id"):
        return mask_resident_id(text)
    if name.endswith("phone"):
        return mask_phone(text)
    if name.endswith("name"):
        return mask_name(text)
    if name in _HIDDEN:
        return "…" if text else ""
    if name == "birth_date":
        return _masked_birth_date(value)
    shown = _DIGITS.sub(lambda digits: mask_resident_id(digits[0]), text)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def masked_area(text: str) -> str:
    """Show the name of an area nobody knows, unless it may be somebody's name in its place."""
    return masked("", text) if _AREA_LIKE.search(text) else mask_name(text)


def masked_day(day: date) -> str:
    """Show a birth date without its day."""
    return f"{day:%Y-%m}-**"


def _masked_birth_date(value: object) -> str:
    """Show year and month where they can be read, else no digit but the first four."""
    if not isinstance(value, int | float) and (day := read_date(value).day):
        return masked_day(day)
    text = text_of(value)[:_LONGEST_SHOWN]
    year = _FOUR_DIGITS.match(text)
    kept = year[0] if year else ""
    return kept + _DIGIT.sub("*", text[len(kept) :])


def written_cells(sheet: Sheet, row: Row) -> tuple[tuple[str, object], ...]:
    """Give a row as written, by heading as we write it, so that nothing is lost."""
    names = {index: name for name, index in sheet.positions.items()}
    cells = []
    for index, value in enumerate(row.values):
        name = names.get(index)
        if value is None or name in _OUR_NOTES:
            continue
        if name:
            cells.append((heading(sheet.kind, name), value))
        elif sheet.table.columns[index].field is None and sheet.kind is TableKind.CHILDREN:
            cells.append((sheet.table.columns[index].heading, value))
    return tuple(cells)


def _share_areas(table: Table, positions: dict[str, int]) -> None:
    """Take the row's unit and township for the caregiver too where she has none of her own."""
    for index, column in enumerate(table.columns):
        if column.field in ("unit", "township"):
            positions.setdefault(column.field, index)
