"""How sheets get damaged on their way through offices: one small function a kind.

Each damages a sheet where it can and says whether it did. Nothing here changes what a data
cell says, but for points whose map service nobody names any more.
"""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

from casework.sample_draw import Draw
from ledger.sample_cell_flaws import gcj02
from ledger.sample_sheets import About, Sheet
from ledger.tables import TableKind, Value

SheetFlaw = Callable[[Sheet, Draw], bool]
PEOPLE = (TableKind.CHILDREN, TableKind.CAREGIVERS, TableKind.COMBINED)

SYNONYMS = {
    "resident_id": ("身份证号", "公民身份号码", "证件号码"),
    "township": ("乡镇（街道）", "所在镇街", "镇街名称"),
    "village": ("村（居）", "所在村社区", "行政村"),
    "birth_date": ("出生年月", "出生年月日"),
    "category": ("儿童类别", "类型"),
    "phone": ("手机号码", "电话"),
    "places": ("可结对人数", "结对能力"),
    "guardian_phone": ("监护人联系电话", "监护人手机号"),
    "guardian_relation": ("监护人与儿童关系", "监护人关系"),
    "remarks": ("备注说明",),
}
UNASKED = ("微心愿", "鞋码", "衣服尺码", "走访照片")
GUARDIAN = {"guardian_name": "姓名", "guardian_phone": "电话", "guardian_resident_id": "身份证号"}


def title_rows(sheet: Sheet, _: Draw) -> bool:
    """Put a title and a line about who filled it in above the headings."""
    township = _said(sheet, "township")
    sheet.titles = [
        f"{_said(sheet, 'unit')}{township}{sheet.name}",
        f"填报单位：{township}妇联      填报日期：2021年9月13日",
    ]
    return True


def total_row(sheet: Sheet, _: Draw) -> bool:
    """Close with a row of totals."""
    row = _blank(sheet)
    row[_column(sheet, "name", 1)] = f"{len(sheet.rows)}人"
    row[0] = "合计"
    sheet.footers.append(row)
    return True


def subtotal_rows(sheet: Sheet, _: Draw) -> bool:
    """Put a subtotal and a blank row between the data."""
    if len(sheet.rows) < 4:
        return False
    half = len(sheet.rows) // 2
    row = _blank(sheet)
    row[_column(sheet, "name", 1)] = half
    row[0] = "小计"
    sheet.rows[half:half] = [row, _blank(sheet)]
    sheet.about[half:half] = [About(), About()]
    return True


def footer(sheet: Sheet, _: Draw) -> bool:
    """Close with notes and who filled it in."""
    notes = (
        "注：1.年龄按周岁计算。2.本表于每月5日前报送。",
        "填表人：        审核人：        联系电话：",
    )
    for note in notes:
        row = _blank(sheet)
        row[0] = note
        sheet.footers.append(row)
    return True


def headings_renamed(sheet: Sheet, draw: Draw) -> bool:
    """Use the names that this office uses."""
    for field, names in SYNONYMS.items():
        if sheet.kind in PEOPLE and field in sheet.fields:
            sheet.headings[sheet.fields.index(field)] = draw.one(names)
    return sheet.kind in PEOPLE


def headings_decorated(sheet: Sheet, _: Draw) -> bool:
    """Break headings over lines, star them, say which must be filled in."""
    for field in ("name", "resident_id", "birth_date"):
        if sheet.kind in PEOPLE and field in sheet.fields:
            at = sheet.fields.index(field)
            heading = sheet.headings[at]
            sheet.headings[at] = f"*{heading[:2]}\n{heading[2:]}（必填）"
    return sheet.kind in PEOPLE


def columns_reordered(sheet: Sheet, draw: Draw) -> bool:
    """Put the columns in another order."""
    order = draw.several(range(len(sheet.fields)), len(sheet.fields))
    sheet.fields = [sheet.fields[i] for i in order]
    sheet.headings = [sheet.headings[i] for i in order]
    for row in sheet.rows:
        row[:] = [row[i] for i in order]
    return True


def unknown_columns(sheet: Sheet, draw: Draw) -> bool:
    """Keep columns that nobody asked for."""
    for heading in draw.several(UNASKED, 2):
        sheet.fields.append("")
        sheet.headings.append(heading)
        for row in sheet.rows:
            row.append("书包" if heading == "微心愿" else None)
    return True


def two_row_headings(sheet: Sheet, _: Draw) -> bool:
    """Put the guardian's columns under one heading."""
    if sheet.kind is not TableKind.CHILDREN:
        return False
    order = [f for f in sheet.fields if f not in GUARDIAN] + list(GUARDIAN)
    old = [sheet.fields.index(field) for field in order]
    sheet.groups = [
        "监护人" if f in GUARDIAN else sheet.headings[i] for f, i in zip(order, old, strict=True)
    ]
    sheet.headings = [GUARDIAN.get(field, "") for field in order]
    for row in sheet.rows:
        row[:] = [row[i] for i in old]
    sheet.fields = order
    return True


def hidden_rows(sheet: Sheet, draw: Draw) -> bool:
    """Leave rows hidden by a filter long gone."""
    if len(sheet.rows) < 4:
        return False
    sheet.hidden_rows = set(draw.several(range(len(sheet.rows)), 2))
    return True


def hidden_sheet(sheet: Sheet, _: Draw) -> bool:
    """Hide a sheet that has data."""
    sheet.hidden = sheet.kind is TableKind.CAREGIVERS and bool(sheet.rows)
    return sheet.hidden


def merged_areas(sheet: Sheet, _: Draw) -> bool:
    """Merge equal townships and villages downwards: one cell for many rows."""
    merged = []
    for field in ("township", "village"):
        if field not in sheet.fields:
            return False
        column = sheet.fields.index(field)
        cells = [(row[column], n) for n, row in enumerate(sheet.rows)]
        for value, run in groupby(cells, itemgetter(0)):
            rows = [n for _, n in run]
            if value is not None and len(rows) > 1:
                merged.append((rows[0], rows[-1], column))
    sheet.merged = merged
    return bool(merged)


def datum_unsaid(sheet: Sheet, _: Draw) -> bool:
    """Take every point from a map service, and drop the column that says so."""
    if sheet.kind not in PEOPLE or "datum" not in sheet.fields:
        return False
    for row in sheet.rows:
        cells = dict(zip(sheet.fields, row, strict=True))
        shown = gcj02(cells) if cells["datum"] == "WGS-84" else {}
        for field, value in shown.items():
            row[sheet.fields.index(field)] = value
    at = sheet.fields.index("datum")
    del sheet.fields[at], sheet.headings[at]
    for row in sheet.rows:
        del row[at]
    return True


def _said(sheet: Sheet, field: str) -> str:
    """Give what most rows would say; the first row that says anything does."""
    at = _column(sheet, field, -1)
    return next((str(row[at]) for row in sheet.rows if at >= 0 and row[at]), "")


def _column(sheet: Sheet, field: str, otherwise: int) -> int:
    return sheet.fields.index(field) if field in sheet.fields else otherwise


def _blank(sheet: Sheet) -> list[Value]:
    return [None] * len(sheet.fields)


IN_ANY_FILE: tuple[SheetFlaw, ...] = (
    datum_unsaid,
    headings_renamed,
    columns_reordered,
    unknown_columns,
    headings_decorated,
    title_rows,
    subtotal_rows,
    total_row,
    footer,
)
"""Flaws that csv can have too, in the order in which they are made."""

IN_WORKBOOKS: tuple[SheetFlaw, ...] = (
    two_row_headings,
    merged_areas,
    hidden_rows,
    hidden_sheet,
)
"""Flaws that need a workbook, made last."""
