"""The truth beside damaged workbooks: what every row stands for, and what was done to it.

``真值.json`` is for tests and for whoever wants to try the mending by hand:

* ``children``, ``caregivers``: by number, the cells of the true ledger by field; ``pairs``:
  the register's rows;
* ``files``: for each sheet its columns, and for each row whom it speaks of; ``keep`` is false
  for a row that an officer must strike out;
* ``flaws``: file, sheet, row, column, kind and true value of each thing done.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casework.sample import SampleUnit
from ledger.sample_flaws import Damaged, DamagedFile, Flaw
from ledger.sample_sheets import About, Sheet
from ledger.tables import Value

SCHEMA = "nuantong/sample-truth/1"


def write_truth(
    path: Path, damaged: Damaged, sample: SampleUnit, ledgers: Sequence[Sheet]
) -> None:
    """Write the truth of a damaged unit; ``ledgers`` are the true ones."""
    children, caregivers, pairs = ledgers
    truth = {
        "schema": SCHEMA,
        "unit": sample.unit.code,
        "unit_name": sample.unit.name,
        "on": sample.on.isoformat(),
        "seed": sample.seed,
        "children": _by_number(children),
        "caregivers": _by_number(caregivers),
        "pairs": [_cells(pairs, row) for row in pairs.rows],
        "missing_townships": sorted(damaged.missing),
        "files": [_file(file, damaged) for file in damaged.files],
        "flaws": [_flaw(flaw) for flaw in damaged.flaws],
    }
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _by_number(sheet: Sheet) -> dict[str, dict[str, object]]:
    at = sheet.fields.index("number")
    return {str(row[at]): _cells(sheet, row) for row in sheet.rows}


def _cells(sheet: Sheet, row: Sequence[Value]) -> dict[str, object]:
    return {
        field: as_written(value)
        for field, value in zip(sheet.fields, row, strict=True)
        if field != "row_number"
    }


def _file(file: DamagedFile, damaged: Damaged) -> dict[str, Any]:
    wrong = {id(row) for row in damaged.wrong_rows}
    return {
        "file": file.name,
        "township": file.township,
        "sheets": [
            {
                "sheet": _sheet_name(file, sheet),
                "kind": str(sheet.kind),
                "columns": [{"heading": h, "field": f} for h, f in _columns(sheet)],
                "rows": list(_rows(sheet, wrong)),
            }
            for sheet in file.sheets
        ],
    }


def _columns(sheet: Sheet) -> Iterator[tuple[str, str]]:
    groups = sheet.groups or [""] * len(sheet.headings)
    for group, heading, field in zip(groups, sheet.headings, sheet.fields, strict=True):
        yield group + heading, field


def _rows(sheet: Sheet, wrong: set[int]) -> Iterator[dict[str, object]]:
    for n, (row, about) in enumerate(zip(sheet.rows, sheet.about, strict=True)):
        if about != About():
            yield {
                "row": sheet.first_row + n,
                "child": about.child,
                "caregiver": about.caregiver,
                "keep": id(row) not in wrong,
            }


def _flaw(flaw: Flaw) -> dict[str, object]:
    sheet = flaw.sheet
    row = next((n for n, each in enumerate(sheet.rows) if each is flaw.row), -1) if sheet else -1
    column = sheet.fields.index(flaw.field) if sheet and flaw.field in sheet.fields else -1
    return {
        "kind": flaw.kind,
        "file": flaw.file.name,
        "sheet": _sheet_name(flaw.file, sheet) if sheet else "",
        "row": sheet.first_row + row if sheet and row >= 0 else 0,
        "column": list(_columns(sheet))[column][0] if sheet and column >= 0 else "",
        "column_number": column + 1,
        "field": flaw.field,
        "true": as_written(flaw.true),
        "needs_person": flaw.needs_person,
    }


def _sheet_name(file: DamagedFile, sheet: Sheet) -> str:
    """Name a sheet as a reader will; a csv has none."""
    return "" if file.encoding else sheet.name


def as_written(value: Value) -> object:
    """Give a cell for JSON: days as 2021-09-15."""
    return value.isoformat() if isinstance(value, date) else value
