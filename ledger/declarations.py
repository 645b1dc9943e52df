"""Declarations from files: forms of one unit, and tables of many (读取申报表).

The annex has the unit in a line above the table (区县名称：武隆区); a table the city office has
pasted together has it in a column. Each row is a declaration.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.declaration import FIELDS_ZH, Declaration, read_declaration
from casework.declaration_rules import DeclarationRules
from casework.errors import Unreadable
from casework.findings import Finding, Where
from casework.writing import said
from geo.areas import Gazetteer
from ledger.tables import Row, Table, TableKind, Value
from ledger.workbook import read_many

LABEL = re.compile(r"(?:区县名称|区县|申报单位|填报单位|单位)\s*[:：]?\s*")
AFTER_UNIT = re.compile(
    r"\s|[:：]|20\d\d|困境儿童|[6六]周?岁|参训|计划开展|项目联系人|团辅|备注|申报表"
)
PARTS_OF_CONTACT = ("contact_name", "contact_phone")


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A declaration as it was read, with what could not be read in it."""

    declaration: Declaration
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class DeclarationReader:
    """What reading a declaration may depend on besides the file."""

    rules: DeclarationRules
    gazetteer: Gazetteer
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class FormFile:
    """What one file held: its declarations, and what is wrong with file and sheets.

    Attributes
    ----------
    people
        Rows of ledgers of people beside them; not looked for where ``kinds`` leaves them out.
    refused
        Why the file was not read at all.
    """

    path: Path
    forms: tuple[HandedIn, ...] = ()
    findings: tuple[Finding, ...] = ()
    people: int = 0
    refused: Unreadable | None = None


def read_form_files(
    paths: Iterable[Path],
    reader: DeclarationReader,
    kinds: Iterable[TableKind] = (TableKind.DECLARATIONS,),
) -> Iterator[FormFile]:
    """Read the files one after another; one that is refused does not stop the others."""
    for path, reading in read_many(paths, kinds=kinds):
        if isinstance(reading, Unreadable):
            yield FormFile(path, refused=reading)
            continue
        declared = [t for t in reading.tables if t.kind is TableKind.DECLARATIONS]
        yield FormFile(
            path,
            tuple(form for table in declared for form in _of_table(table, reader)),
            reading.findings,
            sum(len(table.rows) for table in reading.tables if table not in declared),
        )


def _of_table(table: Table, reader: DeclarationReader) -> Iterator[HandedIn]:
    above = _unit_above(table, reader.gazetteer)
    for row in table.rows:
        cells = _cells(table, row)
        if above and not said(cells.get("unit")):
            cells["unit"] = above
        declaration, findings = read_declaration(
            cells, _Places(table, row).of, reader.rules, reader.gazetteer, reader.submitted_on
        )
        yield HandedIn(declaration, findings)


def _unit_above(table: Table, gazetteer: Gazetteer) -> str:
    """Find the unit's name in the lines above the table.

    A line of two cells, 区县名称 and the name, may have been taken for the upper of two heading
    rows; then the name is the beginning of a heading.
    """
    for text in (*table.title.splitlines(), *(column.heading for column in table.columns)):
        name = AFTER_UNIT.split(LABEL.sub("", text.strip(), count=1), maxsplit=1)[0]
        if name and gazetteer.find_unit(name) is not None:
            return name
    return ""


def _cells(table: Table, row: Row) -> dict[str, Value]:
    """Give a row's cells by field; of two columns of one field the first that says anything."""
    cells: dict[str, Value] = {}
    for column, value in zip(table.columns, row.values, strict=True):
        if column.field and not said(cells.get(column.field)):
            cells[column.field] = value
    return cells


@dataclass(frozen=True, slots=True)
class _Places:
    """Finds the cell of a field in one row; a field without a column is the row."""

    table: Table
    row: Row

    def of(self, field: str) -> Where:
        fields = (field, *PARTS_OF_CONTACT) if field == "contact" else (field,)
        for column in self.table.columns:
            if column.field in fields:
                return Where(
                    self.table.file,
                    self.table.sheet,
                    self.row.number,
                    column.heading,
                    column.number,
                )
        heading: Mapping[str, str] = FIELDS_ZH
        return Where(self.table.file, self.table.sheet, self.row.number, heading.get(field, ""))
