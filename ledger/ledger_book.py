"""A workbook of ledgers: the sheets that merged and sent-out workbooks share (台账工作簿)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from casework.records import HeldRow
from ledger.columns import ledger_columns, ledger_name
from ledger.ledger_rows import NOTES, LedgerRows, Messages, cells_to_mend, columns_to_mend
from ledger.ledger_sheet import add_choices, make_looks, set_columns, write_table
from ledger.record_cells import Cells
from ledger.safe_text import cell_text
from ledger.tables import TableKind

TO_MEND = "待更正"
_MEND_NOTE = "请直接在本表更正，改好后重新汇总或核查本工作簿即可；不该有的行请删除。"
_A3 = 8
_SHEET_ALLOWS = {
    "sort": True,
    "autofilter": True,
    "insert_rows": True,
    "format_columns": True,
    "format_rows": True,
    "format_cells": True,
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the ledgers of a workbook look.

    Attributes
    ----------
    title
        Unit and township above the headings; empty for none.
    locked
        Fields that may not be changed in rows that are there; none: nothing is protected.
    free_rows
        Empty rows below with drop-downs.
    """

    title: str = ""
    locked: frozenset[str] = frozenset()
    free_rows: int = 200


def write_ledgers(book: Any, rows: LedgerRows, messages: Messages, layout: Layout) -> None:
    """Write the three ledgers and the rows to mend."""
    looks = make_looks(book)
    for kind, cells in (
        (TableKind.CHILDREN, rows.children),
        (TableKind.CAREGIVERS, rows.caregivers),
        (TableKind.PAIRS, rows.pairs),
    ):
        page = book.add_worksheet(ledger_name(kind))
        _write_ledger(page, looks, kind, cells, layout)
    page = book.add_worksheet(TO_MEND)
    top = _write_held(page, looks, TableKind.CHILDREN, rows.held_children, messages, 0)
    if rows.held_caregivers:
        _write_held(page, looks, TableKind.CAREGIVERS, rows.held_caregivers, messages, top + 1)


def _write_ledger(
    page: Any, looks: Any, kind: TableKind, cells: Sequence[Cells], layout: Layout
) -> None:
    columns = ledger_columns(kind)
    set_columns(page, looks, columns)
    top = 0
    if layout.title:
        page.write_string(0, 0, cell_text(layout.title + ledger_name(kind)), looks.title)
        top = 1
    end = write_table(page, looks, columns, cells, top, layout.locked)
    add_choices(page, columns, top + 1, end + layout.free_rows)
    page.freeze_panes(top + 1, 0)
    page.autofilter(top, 0, max(end - 1, top + 1), len(columns) - 1)
    page.set_landscape()
    page.set_paper(_A3)
    page.fit_to_pages(2, 0)
    page.repeat_rows(top)
    if layout.locked:
        page.protect("", _SHEET_ALLOWS)


def _write_held(
    page: Any,
    looks: Any,
    kind: TableKind,
    held: Sequence[HeldRow],
    messages: Messages,
    top: int,
) -> int:
    """Write the rows that wait under headings of their own; give the next free row."""
    columns = columns_to_mend(kind, held)
    if top == 0:
        set_columns(page, looks, columns)
        page.write_string(0, 0, _MEND_NOTE, looks.title)
    cells = [cells_to_mend(kind, row, messages) for row in held]
    locked = frozenset(note.field for note in NOTES)
    end = write_table(page, looks, columns, cells, top + 1, locked)
    add_choices(page, columns, top + 2, max(end - 1, top + 2))
    return end
