"""Exports: text that a spreadsheet could run, through the writers of workbooks and of csv."""

import csv
import io
import random
from pathlib import Path

import openpyxl

from benchmarks.accept.frame import Scale, Tally, ask_tests
from ledger.safe_text import csv_text, is_formula_like

ALPHABET = "=+-@＝＋－＠\t\r\n \u3000\u200b\ufeff\u202e'\"|{}()!:;,%0123456789.eE王小雨𠮷<&>_x"


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from tests.ledger.test_safe_text import NAUGHTY, write

    dice = random.Random(11)
    made = ["".join(dice.choices(ALPHABET, k=dice.randint(1, 12))) for _ in range(_many(scale))]
    texts = [*NAUGHTY, *made]
    path = write(folder / "out.xlsx", texts)
    sheet = openpyxl.load_workbook(path)["表"]
    cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row]
    live = sum(cell.data_type == "f" or cell.hyperlink is not None for cell in cells)
    numbers = sum(cell.data_type == "n" and cell.value is not None for cell in cells)
    tally.ask(
        live == 0 and numbers == 0,
        f"xlsx: {len(texts):,} strings, {live} live formulas or links, {numbers} became numbers",
    )
    running = [text for text in texts if is_formula_like(text)]
    escaped = sum(csv_text(text).startswith("'") for text in running)
    tally.ask(escaped == len(running), f"csv: {escaped:,} of {len(running):,} made harmless")
    back = sum(_round_trips(text) for text in texts)
    tally.ask(back == len(texts), f"csv: {back:,} of {len(texts):,} come back as written")
    ask_tests(tally, "hypothesis through xlsx and csv", "tests/ledger/test_safe_text.py")


def _many(scale: Scale) -> int:
    return scale.of(5_000, 500)


def _round_trips(text: str) -> bool:
    said = csv_text(text)
    out = io.StringIO()
    csv.writer(out).writerow([said])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    return row == [said]
