"""Exports: text a spreadsheet could run, through the writers and in all that is handed out."""

import csv
import io
import random
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from benchmarks.accept.city import ON, UNIT_NAME, lived_in
from benchmarks.accept.frame import Scale, Tally, ask_tests
from benchmarks.accept.sweep import Answer, Covered, answers_of, packed
from ledger.safe_text import csv_text

ALPHABET = "=+-@＝＋－＠\t\r\n \u3000\u200b\ufeff\u202e'\"|{}()!:;,%0123456789.eE王小雨𠮷<&>_x"
RUNS = '=HYPERLINK("http://x.invalid","点我")'
SAID = '=HYPERLINK("http://y.invalid","看看")'
"""In ledgers, and in what officers type: a form may not repeat what stands in a ledger."""
FIELDS = ("就读学校", "健康状况", "备注", "现居住地址")


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
    running = [text for text in texts if _runs(text)]
    escaped = sum(csv_text(text).startswith("'") for text in running)
    told = f"csv: {escaped:,} of {len(running):,} made harmless"
    tally.ask(escaped == len(running) > len(texts) / 10, told)
    back = sum(_round_trips(text) for text in texts)
    tally.ask(back == len(texts), f"csv: {back:,} of {len(texts):,} come back as written")
    _handed_out(tally, folder)
    ask_tests(tally, "hypothesis through xlsx and csv", "tests/ledger/test_safe_text.py")


def _many(scale: Scale) -> int:
    return scale.of(5_000, 500)


def _runs(text: str) -> bool:
    """Whether a spreadsheet may run a text: said here once more, apart from the product."""
    return bool(re.match("[\\s\u200b\ufeff\u202e]*[=+@＝＋＠\\-－]", text))


def _round_trips(text: str) -> bool:
    """Whether a csv reader finds what was typed, but for the apostrophe before it."""
    out = io.StringIO()
    csv.writer(out).writerow([csv_text(text)])
    (row,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
    typed = text.replace("\r\n", "\n").replace("\r", "\n")
    return [cell.removeprefix("'") for cell in row] == [typed.removeprefix("'")]


def _handed_out(tally: Tally, folder: Path) -> None:
    """Let everybody take whatever is handed out of a city whose texts are formulas."""
    books, sheets, held, live, covered = 0, 0, 0, set(), Covered()
    with lived_in(folder, _formula_books(folder), SAID) as city:
        for who in ("unit", "city", "township", "auditor"):
            for answer in answers_of(city, who, covered):
                for name, content in _tables(answer):
                    sheets += name.endswith(".csv")
                    books += not name.endswith(".csv")
                    cells = list(_cells(name, content))
                    held += any(RUNS in text or SAID in text for text, _ in cells)
                    live |= {answer.path for _, is_live in cells if is_live}
    told = f"handed out to 4 roles: {books} workbooks, {sheets} csv, the text in {held},"
    told = f"{told} live in {len(live)} {sorted(live)[:3] or ''}".strip()
    tally.ask(held > 0 and sheets > 0 and not live, told)
    covered.tell(tally)


def _tables(answer: Answer) -> Iterator[tuple[str, bytes]]:
    """Give the workbooks and csv of an answer, also those in a package."""
    if answer.status != 200:
        return
    if answer.kind == "text/csv" or ".csv" in answer.name:
        yield "answer.csv", answer.content
    for name, content in packed(answer.content, "answer.xlsx"):
        if name.endswith((".xlsx", ".csv")):
            yield name, content


def _cells(name: str, content: bytes) -> Iterator[tuple[str, bool]]:
    """Give the text of each cell, and whether a spreadsheet would run what somebody typed."""
    if name.endswith(".csv"):
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            yield from ((text, _runs(text) and "HYPERLINK" in text) for text in row)
        return
    for sheet in openpyxl.load_workbook(io.BytesIO(content)):
        for row in sheet.iter_rows():
            for cell in row:
                typed, link = str(cell.value or ""), cell.hyperlink
                is_live = cell.data_type == "f" and "HYPERLINK" in typed
                yield typed, is_live or bool(link and ".invalid" in str(link.target))


def _formula_books(folder: Path) -> list[Path]:
    """Give the sample with a formula in the fields of free text of every person."""
    from ledger.sample_files import write_sample

    write_sample(folder / "given", UNIT_NAME, city=False, seed=3, on=ON)
    made = []
    for path in sorted((folder / "given").glob("*台账.xlsx")):
        book = openpyxl.load_workbook(path)
        head, *rows = book.active.iter_rows()
        for row in rows if "结对" not in path.name else []:
            for cell, heading in zip(row, head, strict=True):
                if heading.value in FIELDS and cell.value:
                    cell.value = RUNS
                    cell.data_type = "s"
        book.save(folder / path.name)
        made.append(folder / path.name)
    return made
