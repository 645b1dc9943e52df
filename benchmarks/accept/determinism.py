"""Determinism: the same job ten times, rows shuffled and hashing seeded anew: one fingerprint."""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.frame import run as run_command
from tests.rounds_files import TEAMS, write_forms, write_table

ON = "2021-09-15"
DATES = (
    *((2, "10月16-17日"), (1, "10月23日"), (1, "10月16日"), (2, "10月30、31日"), (1, "待定")),
    *((1, "10月24日"), (1, "10月17日")),
)
UNITS = (
    *("武隆区", "彭水县", "黔江区", "江北区", "涪陵区", "渝中区", "大渡口区", "沙坪坝区"),
    *("九龙坡区", "南岸区", "北碚区", "万州区", "巴南区", "长寿区"),
)
MORE_TEAMS = (
    ("T2", "第2团辅队", "万州区", 2, "10月23日", "音乐"),
    ("T3", "第3团辅队", "涪陵区", None, None, None),
)


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    from ledger.sample_files import write_sample

    write_sample(folder / "given", "大渡口区", city=False, seed=3, flaws=False)
    (folder / "key.txt").write_text("a key of sixteen or more characters")
    forms = (DATES[n % len(DATES)] for n in range(len(UNITS)))
    said = {u: {"sessions": n, "dates": on} for u, (n, on) in zip(UNITS, forms, strict=True)}
    write_forms(folder / "forms", said)
    rounds = scale.of(10, 2)
    for what, act in (("proposal", _pair), ("timetable", _plan)):
        documents = [_run_once(act, folder, f"{what}{n}", n) for n in range(rounds)]
        prints = {document["fingerprint"] for document in documents}
        answers = {json.dumps(document, sort_keys=True) for document in documents}
        told = f"{what}, {rounds} runs: {len(prints)} fingerprint {min(prints)[:16]}"
        tally.ask(len(prints) == len(answers) == 1, f"{told}, {len(answers)} answer to the byte")


def _run_once(
    act: Callable[[Path, Path, int], Iterable[object]], folder: Path, name: str, seed: int
) -> dict[str, Any]:
    """Do a job on shuffled sources under a hash seed of its own; give what it answered.

    Findings name the file and row where something stands: those are shuffled.
    """
    place, out = folder / name, folder / f"{name}.json"
    place.mkdir()
    words = act(folder, place, seed)
    environment = os.environ | {"PYTHONHASHSEED": str(seed * 7)}
    done = run_command(*words, "--on", ON, "--json", out, env=environment)
    assert done.returncode in (0, 3), done.stderr[-300:]
    document = json.loads(out.read_text("utf-8"))
    return {name: value for name, value in document.items() if name != "findings"}


def _pair(folder: Path, place: Path, seed: int) -> Iterable[object]:
    """Write the ledgers again, their rows in another order and numbered anew."""
    made = []
    for name in ("困境儿童台账.xlsx", "爱心妈妈台账.xlsx"):
        sheet = openpyxl.load_workbook(folder / "given" / name).active
        head, *rows = list(sheet.iter_rows(values_only=True))
        random.Random(seed).shuffle(rows)
        book = openpyxl.Workbook()
        book.active.append(head)
        for number, row in enumerate(rows, 1):
            book.active.append((number, *row[1:]))
        book.save(place / name)
        made.append(place / name)
    return ("pair", *made, "--key-file", folder / "key.txt")


def _plan(folder: Path, place: Path, seed: int) -> Iterable[object]:
    """Copy the forms under other names, so that they are read in another order; teams too."""
    dice = random.Random(seed)
    head, *teams = *TEAMS, *MORE_TEAMS
    dice.shuffle(teams)
    sheet = write_table(place / "团队.xlsx", [head, *teams])
    forms = sorted((folder / "forms").iterdir())
    dice.shuffle(forms)
    (place / "forms").mkdir()
    for number, form in enumerate(forms):
        shutil.copyfile(form, place / "forms" / f"{number:02}.xlsx")
    return ("round", "plan", place / "forms", "--teams", sheet)
