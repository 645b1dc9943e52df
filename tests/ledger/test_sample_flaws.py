"""Damaged workbooks: every kind of damage there is, and the truth of every cell beside it."""

import csv
import io
import json
from collections import Counter, defaultdict
from datetime import datetime

import pytest
from openpyxl import load_workbook

from casework.sample_draw import Draw
from ledger.sample_cell_flaws import LOST, WRITTEN_OTHERWISE
from ledger.sample_files import write_sample
from ledger.sample_flaws import ENCODINGS
from ledger.sample_sheet_flaws import IN_ANY_FILE, IN_WORKBOOKS

PREFIX = "caregiver_"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("flaws") / "out"
    write_sample(out, "武隆区", seed=1, flaws=True)
    return out


@pytest.fixture(scope="module")
def truth(folder):
    return json.loads((folder / "真值.json").read_text(encoding="utf-8"))


def grids(folder, file):
    """Give each sheet's cells as a list of rows, dates as 2021-09-15."""
    path = folder / "镇街" / file["file"]
    if path.suffix == ".csv":
        return {"": list(csv.reader(io.StringIO(decoded(path))))}
    book = load_workbook(path)
    return {sheet.title: [list(row) for row in sheet.values] for sheet in book}


def decoded(path):
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "身份" in text or "证件" in text:
            return text
    raise AssertionError(path.name)


def written(value):
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def test_every_kind_of_damage_is_done(truth):
    kinds = Counter(flaw["kind"] for flaw in truth["flaws"])
    every = [f.__name__ for f in (*LOST, *WRITTEN_OTHERWISE, *IN_ANY_FILE, *IN_WORKBOOKS)]
    every += [f"csv_{encoding}" for encoding in ENCODINGS]
    every += ["double_identical", "double_conflict", "two_townships", "file_name", "sent_twice"]
    assert [kind for kind in every if not kinds[kind]] == []
    assert len(truth["missing_townships"]) == kinds["missing_township"] == 1


def test_the_truth_is_right_about_every_cell(folder, truth):
    flawed = {(f["file"], f["sheet"], f["row"], f["field"]) for f in truth["flaws"] if f["row"]}
    unsaid = {(f["file"], f["sheet"]) for f in truth["flaws"] if f["kind"] == "datum_unsaid"}
    merged = {(f["file"], f["sheet"]) for f in truth["flaws"] if f["kind"] == "merged_areas"}
    wrong, untouched = [], []
    for file in truth["files"]:
        sheets = grids(folder, file)
        for sheet in file["sheets"]:
            key = (file["file"], sheet["sheet"])
            for place, field, cell, true in cells_of(sheet, sheets[sheet["sheet"]], truth):
                if key in unsaid and field in ("lon", "lat"):
                    continue
                if key in merged and field in ("township", "village") and cell == "":
                    continue
                same = cell == true
                if (*key, place, field) in flawed:
                    same = same and not field.endswith("phone")  # a number reads alike
                    untouched += [(*key, place, field)] * same
                elif not same:
                    wrong.append((*key, place, field))
    assert wrong == []
    assert untouched == []


def cells_of(sheet, grid, truth):
    for row in sheet["rows"]:
        if not row["keep"]:
            continue
        for at, column in enumerate(sheet["columns"]):
            true = true_cell(sheet["kind"], column["field"], row, truth)
            if true is not None:
                yield row["row"], column["field"], written(grid[row["row"] - 1][at]), true


def true_cell(kind, field, row, truth):
    child, caregiver = truth["children"].get(row["child"]), truth["caregivers"]
    if kind == "children" or (kind == "combined" and field in (child or {})):
        cells = child
    elif kind == "caregivers":
        cells = caregiver[row["caregiver"]]
    elif kind == "combined" and field.startswith(PREFIX) and row["caregiver"]:
        cells, field = caregiver[row["caregiver"]], field.removeprefix(PREFIX)
    else:
        return None
    return written(cells[field]) if field in cells else None


def test_headings_stand_above_the_data(folder, truth):
    for file in truth["files"]:
        sheets = grids(folder, file)
        for sheet in file["sheets"]:
            if not sheet["rows"]:
                continue
            grid, first = sheets[sheet["sheet"]], sheet["rows"][0]["row"]
            above = [
                "".join(str(c or "") for c in row).replace("\n", "") for row in grid[: first - 1]
            ]
            assert any(
                "身份证" in text or "证件号码" in text or "公民身份" in text for text in above
            )


def test_a_child_is_in_the_files_once_but_for_the_doubles(truth):
    rows = defaultdict(list)
    copies = {f["file"] for f in truth["flaws"] if f["kind"] == "sent_twice"}
    for file in truth["files"]:
        for sheet in file["sheets"] if file["file"] not in copies else ():
            if sheet["kind"] in ("children", "combined"):
                for row in sheet["rows"]:
                    rows[row["child"]].append(row["keep"])
    twice = [keeps for keeps in rows.values() if len(keeps) > 1]
    assert sorted(map(sorted, twice)) == [[False, True], [False, True], [True, True]]
    gone = [c for n, c in truth["children"].items() if n not in rows]
    assert {c["township"] for c in gone} <= set(truth["missing_townships"])


def test_two_children_share_a_name_by_chance(truth):
    names = Counter(child["name"] for child in truth["children"].values())
    assert names.most_common(1)[0][1] >= 2


def test_a_sheet_a_row_and_a_merged_cell_are_really_there(folder, truth):
    def books(kind):
        for flaw in truth["flaws"]:
            if flaw["kind"] == kind:
                yield load_workbook(folder / "镇街" / flaw["file"])[flaw["sheet"]]

    assert all(sheet.sheet_state == "hidden" for sheet in books("hidden_sheet"))
    for sheet in books("hidden_rows"):
        assert any(row.hidden for row in sheet.row_dimensions.values())
    for sheet in books("merged_areas"):
        assert any(m.min_row < m.max_row for m in sheet.merged_cells.ranges)


def test_the_same_seed_does_the_same_damage(folder, tmp_path):
    write_sample(tmp_path / "again", "武隆区", seed=1, flaws=True)
    for path in folder.rglob("*"):
        if path.is_file():
            assert (
                tmp_path / "again" / path.relative_to(folder)
            ).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("unit", ["大渡口区", "重庆高新区", "两江新区", "渝中区"])
def test_a_small_unit_can_be_damaged_too(tmp_path, unit):
    write_sample(tmp_path / "out", unit, flaws=True)
    truth = json.loads((tmp_path / "out" / "真值.json").read_text(encoding="utf-8"))
    assert len(truth["flaws"]) > 20


def test_a_flaw_that_a_row_cannot_have_is_not_made():
    cells = {"resident_id": "500156200804229706", "birth_date": None, "lon": None, "lat": None}
    cells |= {"township": "双河乡", "unit": "渝中区", "name": "冉文静", "category": "留守儿童"}
    nothing = {
        flaw.__name__ for flaw in (*LOST, *WRITTEN_OTHERWISE) if not flaw(cells, Draw("test"))
    }
    assert nothing >= {"id_lower_x", "birth_conflict", "coordinates_swapped", "name_spaced"}
    assert nothing >= {"township_old", "unit_old", "category_bare", "phone_short"}
    assert "id_numeric" not in nothing
