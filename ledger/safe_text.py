"""Safe text: what people typed goes into a file as text, never as a formula.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` as a formula, also in
full width and behind characters that nobody sees. In xlsx a string cell is inert and marked as
text, so that editing it does not wake it; in csv only an apostrophe before it helps.
"""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

LONGEST_CELL = 32_767
_STARTERS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_CREATED = datetime(2021, 9, 10, tzinfo=UTC)


def is_formula_like(text: str) -> bool:
    """Say whether a spreadsheet might take the text for a formula."""
    for character in text:
        if character in _BREAKS:
            return True
        if character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Mn", "Zs"):
            continue
        return unicodedata.normalize("NFKC", character)[0] in _STARTERS
    return False


def cell_text(value: object) -> str:
    """Give text that a cell can hold: no lone surrogates, no control characters, not too long."""
    text = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    kept = text if text.isprintable() else "".join(filter(_fits_a_cell, text))
    return kept if len(kept) <= LONGEST_CELL else kept[: LONGEST_CELL - 1] + "…"


def _fits_a_cell(character: str) -> bool:
    return character in _BREAKS or unicodedata.category(character) not in ("Cc", "Cs")


def csv_text(value: object) -> str:
    """Give text for a csv cell that no spreadsheet takes for a formula."""
    text = cell_text(value)
    return f"'{text}" if is_formula_like(text) else text


def new_workbook(path: Path, title: str) -> xlsxwriter.Workbook:
    """Open a workbook in which every string stays a string, and that names no time of its own.

    The same content gives the same bytes.
    """
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    book.set_properties({"title": cell_text(title), "created": _CREATED})
    return book
