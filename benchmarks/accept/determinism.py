"""Determinism: the same job ten times, rows shuffled and hashing seeded anew: one fingerprint."""

import json
import os
import random
from pathlib import Path

import openpyxl

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.frame import run as run_command

ON = "2021-09-15"


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from ledger.sample_files import write_sample

    write_sample(folder / "given", "大渡口区", city=False, seed=3, flaws=False)
    (folder / "key.txt").write_text("a key of sixteen or more characters")
    prints, documents, rounds = set(), set(), scale.of(10, 3)
    for number in range(rounds):
        sources = _shuffled(folder / "given", folder / str(number), number)
        out = folder / f"{number}.json"
        done = run_command(
            "pair", *sources, "--on", ON, "--json", out, "--key-file", folder / "key.txt",
            env=os.environ | {"PYTHONHASHSEED": str(number * 7)},
        )  # fmt: skip
        assert done.returncode in (0, 3), done.stderr[-300:]
        document = json.loads(out.read_text("utf-8"))
        prints.add(document["fingerprint"])
        documents.add(json.dumps(document, sort_keys=True))
    tally.ask(len(prints) == 1, f"{rounds} runs: {len(prints)} fingerprint, {_first(prints)}")
    tally.ask(len(documents) == 1, f"{rounds} runs: {len(documents)} answer, byte for byte")


def _first(prints: set[str]) -> str:
    return next(iter(prints))[:16]


def _shuffled(given: Path, out: Path, seed: int) -> list[Path]:
    """Write the ledgers again, their rows in another order and numbered anew."""
    out.mkdir()
    made = []
    for name in ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx"):
        sheet = openpyxl.load_workbook(given / name).active
        head, *rows = list(sheet.iter_rows(values_only=True))
        random.Random(seed).shuffle(rows)
        book = openpyxl.Workbook()
        book.active.append(head)
        for number, row in enumerate(rows, 1):
            book.active.append((number, *row[1:]))
        book.save(out / name)
        made.append(out / name)
    return made
