"""Text files of rows: csv, tsv and txt as offices and systems export them.

Encodings: UTF-8 and UTF-16 with their marks, UTF-8 without, else GB18030 (which holds GBK and
GB2312). Separator: comma, tab, semicolon or full-width comma, whichever divides the lines
most evenly. Every cell stays text.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from ledger.limits import Limits, Refusal

_SEPARATORS = ",\t;，"
_SAMPLE_LINES = 40
_MOST_LINES_IN_CELL = 40
_LONGEST_CELL = 100_000
# Cells may hold line breaks, but on the whole a row is a line.
_LINES_A_ROW = 2
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")
# Systems export ="500..." so that Excel keeps the digits of an ID.
_KEPT_DIGITS = re.compile(r'="?([^"=]*)"?')


def read_rows(path: Path, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, cells) of every row that is not blank, numbered as Excel would.

    Raises
    ------
    Refusal
        No text in an encoding we know, more than the limits, or quotes that never close.
    """
    content = path.read_bytes()
    if content.count(b"\n") > _LINES_A_ROW * limits.rows:  # long before they are decoded
        raise Refusal("too_large", what="行", most=limits.rows)
    text = _decode(content)
    separator = sniff_separator(text)
    csv.field_size_limit(_LONGEST_CELL)
    cells = 0
    number = 0
    try:
        for number, row in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1
        ):
            cells += len(row)
            if len(row) > limits.columns:
                raise Refusal("too_large", what="列", most=limits.columns)
            if number > limits.rows or cells > limits.cells:
                raise Refusal("too_large", what="行", most=limits.rows)
            if any(cell.count("\n") > _MOST_LINES_IN_CELL for cell in row):
                raise Refusal("quotes", row=number)
            if any(row):
                yield number, [_unwrap(cell) for cell in row]
    except csv.Error as error:
        raise Refusal("quotes", row=number + 1) from error


def _unwrap(cell: str) -> str:
    if cell.startswith("=") and (kept := _KEPT_DIGITS.fullmatch(cell)) and '"' in cell:
        return kept[1]
    return cell


def _decode(content: bytes) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _as_text(content, encoding)
    try:
        return _as_text(content, "utf-8")
    except Refusal:
        return _as_text(content, "gb18030")


def _as_text(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise Refusal("binary" if b"\x00" in content else "encoding") from error
    if _CONTROL.search(text):
        raise Refusal("binary")
    return text


def sniff_separator(text: str) -> str:
    """Choose the separator that stands most often in the middling line."""
    lines = [line for line in islice(io.StringIO(text), _SAMPLE_LINES) if line.strip()]
    counts = (
        {mark: median(line.count(mark) for line in lines) for mark in _SEPARATORS} if lines else {}
    )
    best = max(counts, key=lambda mark: counts[mark], default=",")
    if counts and counts[best] == 0:
        best = max(_SEPARATORS, key=text[:10_000].count)
    return best
