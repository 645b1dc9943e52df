"""Damaged workbooks become a clean ledger by mending what the findings ask for, nothing else.

The officer of this story does as she is told: for each finding she looks up the paper (the
truth) and corrects that cell, or strikes out the row that should not be there. What is left
must be the true ledger, without one wrong cell.
"""

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casework.findings import Severity
from casework.programme import Programme
from geo.areas import Gazetteer
from ledger.merge import merge_folder
from ledger.reader import Reader
from ledger.record_cells import caregiver_cells, child_cells
from ledger.sample_files import DUE, write_sample

DEGREES = 2e-6  # GCJ-02 and back, written with six decimals
CARE = "caregiver_"
POINT = ("lon", "lat", "datum", "location_source")


class Office:
    """An officer with the workbooks on her desk, the papers at hand, and no other knowledge."""

    def __init__(self, folder):
        self.inbox = folder / "镇街"
        self.truth = json.loads((folder / "真值.json").read_text(encoding="utf-8"))
        self.sheets = {
            (file["file"], sheet["sheet"]): sheet
            for file in self.truth["files"]
            for sheet in file["sheets"]
        }
        self.encodings = {
            flaw["file"]: flaw["kind"].removeprefix("csv_")
            for flaw in self.truth["flaws"]
            if flaw["kind"].startswith("csv_")
        }
        self.two_row_headings = {
            (flaw["file"], flaw["sheet"])
            for flaw in self.truth["flaws"]
            if flaw["kind"] == "two_row_headings"
        }
        self.mended = 0

    def merge(self):
        reader = Reader(
            on=DUE,
            key=b"story" * 8,
            gazetteer=Gazetteer.on(DUE),
            programme=Programme.from_toml(),
        )
        return merge_folder(self.inbox, reader)

    def mend(self, findings):
        """Do what the findings ask for, file by file."""
        asked = [f for f in findings if f.severity is not Severity.INFO]
        for name in sorted({f.where.file for f in asked} - {""}):
            own = [finding for finding in asked if finding.where.file == name]
            if name.endswith(".csv"):
                self._mend_csv(name, own)
            else:
                self._mend_workbook(name, own)

    def _mend_csv(self, name, findings):
        path, encoding = self.inbox / name, self.encodings[name]
        grid = list(csv.reader(io.StringIO(path.read_bytes().decode(encoding))))
        for row, column, value in self._corrections(name, "", findings):
            grid[row - 1] += [""] * (column - len(grid[row - 1]))
            grid[row - 1][column - 1] = "" if value is None else value
        text = io.StringIO()
        csv.writer(text).writerows(grid)
        path.write_bytes(text.getvalue().encode(encoding))

    def _mend_workbook(self, name, findings):
        book = load_workbook(self.inbox / name)
        for sheet in book:
            unmerge(sheet)
            own = [finding for finding in findings if finding.where.sheet == sheet.title]
            for row, column, value in self._corrections(name, sheet.title, own):
                sheet.cell(row, column).value = value
        book.save(self.inbox / name)

    def _corrections(self, file, sheet, findings):
        """Give (row, column, true value) of all that the findings ask for."""
        layout = self.sheets[file, sheet]
        rows = {row["row"]: row for row in layout["rows"]}
        for finding in findings:
            if finding.rule == "datum_column_absent":
                heading_rows = 2 if (file, sheet) in self.two_row_headings else 1
                yield from self._name_the_map(layout, heading_rows)
        for finding in findings:
            row = rows.get(finding.where.row)
            if row:
                self.mended += 1
                yield from self._mended_row(layout, row, finding.where.column_number)

    def _name_the_map(self, layout, heading_rows):
        """Add the column that says the points are a map service's."""
        layout["columns"].append({"heading": "坐标系", "field": "datum"})
        at, first = len(layout["columns"]), layout["rows"][0]["row"]
        self.mended += 1
        yield first - heading_rows, at, "坐标系"
        for row in layout["rows"]:
            yield row["row"], at, "GCJ-02"

    def _mended_row(self, layout, row, asked):
        """Correct the cell asked for, a point as a whole; strike a row that is not true."""
        fields = [column["field"] for column in layout["columns"]]
        for column, field in enumerate(fields, 1):
            is_point = field.removeprefix(CARE) in POINT
            same_point = asked and is_point and fields[asked - 1].removeprefix(CARE) in POINT
            if not row["keep"]:
                yield row["row"], column, None
            elif asked in (0, column) or same_point:
                known, value = self._true(layout["kind"], field, row)
                if known:
                    yield row["row"], column, value

    def _true(self, kind, field, row):
        child = self.truth["children"].get(row["child"], {})
        caregiver = self.truth["caregivers"].get(row["caregiver"], {})
        if kind == "caregivers":
            return field in caregiver, caregiver.get(field)
        if kind == "combined" and field.startswith(CARE):
            field = field.removeprefix(CARE)
            return field in caregiver, caregiver.get(field)
        return kind != "pairs" and field in child, child.get(field)

    def wrong_cells(self, merged):
        """Give every cell of the merged ledger that differs from the truth."""
        missing = set(self.truth["missing_townships"])
        for kind, records, cells_of in (
            ("children", merged.ledgers.children, child_cells),
            ("caregivers", merged.ledgers.caregivers, caregiver_cells),
        ):
            true = self.truth[kind]
            expected = {n for n, cells in true.items() if cells["township"] not in missing}
            found = {record.number: cells_of(record) for record in records}
            yield from ((n, "missing", "", "") for n in sorted(expected - set(found)))
            yield from ((n, "not real", "", "") for n in sorted(set(found) - expected))
            for number in sorted(expected & set(found)):
                for field, value in found[number].items():
                    if not alike(value, true[number][field]):
                        yield number, field, value, true[number][field]


def unmerge(sheet):
    """Undo merged data cells, as one must before correcting one of them."""
    for area in list(sheet.merged_cells.ranges):
        if area.min_row < area.max_row and area.min_col == area.max_col:
            value = sheet.cell(area.min_row, area.min_col).value
            sheet.unmerge_cells(str(area))
            for row in range(area.min_row, area.max_row + 1):
                sheet.cell(row, area.min_col).value = value


def alike(found, true):
    if isinstance(found, datetime | date):
        found = found.isoformat()
    if isinstance(found, float) and isinstance(true, float):
        return abs(found - true) < DEGREES
    return found == true


@pytest.mark.parametrize(("unit", "seed"), [("武隆区", 1), ("酉阳县", 2)])
def test_mending_what_is_asked_for_gives_the_true_ledger(tmp_path: Path, unit: str, seed: int):
    write_sample(tmp_path / "unit", unit, seed=seed, flaws=True)
    office = Office(tmp_path / "unit")
    before = office.merge()
    assert before.ledgers.held_children
    assert before.ledgers.held_caregivers
    office.mend(before.findings)
    after = office.merge()
    assert list(office.wrong_cells(after)) == []
    assert not after.ledgers.held_children
    assert not after.ledgers.held_caregivers
    assert set(after.missing) == set(office.truth["missing_townships"])


def test_what_nobody_mends_waits_and_nothing_else_is_wrong(tmp_path: Path):
    write_sample(tmp_path / "unit", "武隆区", seed=3, flaws=True)
    office = Office(tmp_path / "unit")
    merged = office.merge()
    held = merged.ledgers.held_children + merged.ledgers.held_caregivers
    doubtful = {
        (finding.where.file, finding.where.sheet, finding.where.row)
        for finding in merged.findings
        if finding.where.row or finding.rule == "datum_column_absent"
    }
    told = {
        row[who]
        for (file, sheet), layout in office.sheets.items()
        for row in layout["rows"]
        for who in ("child", "caregiver")
        if (file, sheet, row["row"]) in doubtful or (file, sheet, 0) in doubtful
    }
    wrong = {cell[0] for cell in office.wrong_cells(merged)}
    assert held
    assert wrong
    assert wrong <= told
