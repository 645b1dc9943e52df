"""How a command shows a table on a terminal: columns where they fit, else one block a row."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from service.commands.options import Talk

if TYPE_CHECKING:
    from ledger.print_table import Cell, PrintTable

MOST_ROWS = 30
WIDTH = 110
_SHORT, _MOST_IN_HEAD = 30, 4
_TO_FILL_IN = frozenset(("交接情况", "签字", "办理结果", "handed over", "signature", "result"))


def tell_table(talk: Talk, table: "PrintTable") -> None:
    """Tell a table; of many rows the first, and how many more the workbook has."""
    talk.say(f"{table.title}\n  {table.lead}")
    rows = [*table.rows[:MOST_ROWS]]
    kept = _worth_showing(table, rows)
    headings = [table.columns[place].heading for place in kept]
    cells = [[str(row[place]) for place in kept] for row in rows]
    if not rows:
        talk.say(f"  {table.when_empty}")
    for line in _lines(headings, cells):
        talk.say(f"  {line}")
    if len(table.rows) > len(rows):
        talk.line("more_rows", n=len(table.rows) - len(rows))


def _worth_showing(table: "PrintTable", rows: Sequence[Sequence["Cell"]]) -> list[int]:
    """Leave out columns to fill in by hand, and those that say nothing."""
    return [
        place
        for place, column in enumerate(table.columns)
        if column.heading not in _TO_FILL_IN and any(row[place] != "" for row in rows)
    ]


def _lines(headings: list[str], rows: list[list[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(map(_width, column)) for column in zip(headings, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) <= WIDTH and not any("\n" in c for row in rows for c in row):
        for row in (headings, *rows):
            yield "  ".join(map(_padded, row, widths)).rstrip()
        return
    for row in rows:
        head = [*takewhile(lambda text: _width(text) <= _SHORT, row[:_MOST_IN_HEAD])]
        yield "  ".join(filter(None, map(_named_number, headings, head, range(len(head)))))
        for heading, text in [*zip(headings, row, strict=True)][len(head) :]:
            if text:
                yield f"    {heading}：{text.replace(chr(10), chr(10) + ' ' * 6)}"


def _named_number(heading: str, text: str, place: int) -> str:
    """Say what a number is; the first cell is the row's own name or number."""
    return f"{heading} {text}" if place and text.isdecimal() else text


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)
