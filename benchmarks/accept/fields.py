"""Fields: a token of its own in each field of each person, searched in all that leaves.

What a role may see is read from the policy; what the city, other units, other townships, teams
and auditors may not see must be in none of their answers, nor in logs, temporary files, the
database or backups. The unit's own uploads on its desk are searched like all else.
"""

import re
import tempfile
from datetime import date
from pathlib import Path

import openpyxl

from benchmarks.accept.city import UNIT_NAME, City, lived_in
from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.frame import run as run_command
from benchmarks.accept.sweep import (
    READERS,
    Covered,
    addresses,
    answers_of,
    body_of,
    text_in,
    text_of,
)
from ledger.locked_workbook import unlock_workbook
from service.workroom import work_folder
from tests.routes import our_routes

NOBODYS = ("city", "unit2", "caregiver", "team", "auditor", "")
"""Whom none of these people is shown: no field of anybody."""
TEXTS = {
    "儿童姓名": "name", "姓名": "name", "身份证号码": "id", "监护人姓名": "guardian",
    "监护人联系电话": "phone", "联系电话": "phone", "监护人身份证号码": "guardian_id",
    "现居住地址": "address", "就读学校": "school", "健康状况": "health", "备注": "remarks",
}  # fmt: skip
Tokens = dict[str, list[str]]
Found = dict[str, dict[str, str]]
"""By field, each token that was found and one place of it."""
TOKENS = {"address", "school", "health", "remarks"}
"""Fields of free text, in which a token of its own is put; the others are unlike any other."""


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    books, tokens, own = _marked_books(folder)
    before = set(Path(tempfile.gettempdir()).iterdir())
    with lived_in(folder, books) as city:
        _answers(tally, city, tokens, own)
        _extra_keys(tally, city)
    _left_behind(tally, city, tokens, before)
    _exports(tally, folder, books, tokens)


def _answers(tally: Tally, city: City, tokens: Tokens, own: set[str]) -> None:
    """Ask everything as everybody; search what was answered for what the reader may not see."""
    covered, count, asked = Covered(), sum(map(len, tokens.values())), 0
    for who in NOBODYS:
        found: Found = {}
        for answer in answers_of(city, who, covered):
            asked += 1
            _search(text_of(answer), tokens, found, answer.asked)
        tally.ask(not found, f"{who or 'nobody'}: {_told(found)} of {count} tokens")
    named: Found = {}
    beside_names = {field: values for field, values in tokens.items() if field != "name"}
    for answer in answers_of(city, "team1", covered):
        _search(text_of(answer), beside_names, named, answer.asked)
    tally.ask(not named, f"team with sessions: beside names {_told(named)} tokens")
    others = {f: [t for t in values if t not in own] for f, values in tokens.items()}
    found = {}
    for answer in answers_of(city, "township", covered):
        _search(text_of(answer), others, found, answer.asked)
    tally.ask(not found, f"township: of other townships {_told(found)} tokens")
    seen: Found = {}
    numbers: Found = {}
    ids = {field: tokens[field] for field in ("id", "guardian_id")}
    for answer in answers_of(city, "unit", covered):
        _search(text_of(answer), tokens, seen, "unit")
        if not answer.path.startswith("/downloads/"):
            _search(text_of(answer), ids, numbers, answer.asked)
    told = f"unit: ID numbers outside its own uploads handed back: {_told(numbers)}"
    tally.ask(not numbers, told)
    is_all = seen.keys() == tokens.keys() == set(TEXTS.values())
    tally.ask(is_all, f"unit: sees its own ({', '.join(sorted(seen))})")
    tally.tell(f"{asked} answers of {len(NOBODYS)} kinds of reader searched")
    covered.tell(tally)


def _marked_books(folder: Path) -> tuple[list[Path], Tokens, set[str]]:
    """Give the sample with a token in each field of each row; and those of the own township."""
    from ledger.sample_files import write_sample

    write_sample(folder / "given", UNIT_NAME, city=False, seed=3, on=date(2021, 9, 15))
    made, tokens, own = [], {}, set()
    for path in sorted((folder / "given").glob("*台账.xlsx")):
        book = openpyxl.load_workbook(path)
        head, *rows = book.active.iter_rows()
        heads = [str(cell.value) for cell in head]
        for number, row in enumerate(rows if "结对" not in path.name else [], 1):
            home = row[heads.index("镇街")].value
            for cell, heading in zip(row, heads, strict=True):
                field = TEXTS.get(heading)
                if field in TOKENS:
                    cell.value = f"{cell.value or ''}雀{path.name[0]}{number}{field[:2]}"
                if field and len(str(cell.value or "")) > 2:
                    tokens.setdefault(field, []).append(str(cell.value))
                    if home == "茄子溪街道":
                        own.add(str(cell.value))
        book.save(folder / path.name)
        made.append(folder / path.name)
    return made, tokens, own


def _search(text: str, tokens: Tokens, found: Found, where: str) -> None:
    for field, values in tokens.items():
        for value in values:
            if value in text:
                found.setdefault(field, {})[value] = where


def _told(found: Found) -> str:
    count = sum(map(len, found.values()))
    some = [f"{field} in {next(iter(places.values()))}" for field, places in found.items()]
    return f"{count}" + (f" ({', '.join(some[:4])})" if some else "")


def _extra_keys(tally: Tally, city: City) -> None:
    """Send a key that nobody asked for to every route that takes JSON: it is refused by name."""
    taken, extra = [], "nuantong_extra"
    takes = [route for route in our_routes() if body_of(route) is not None]
    for route in takes:
        for who in READERS:
            with city.client(who) as client:
                (address, *_) = addresses(route, city)
                answer = client.request(
                    route.method, address, json=(body_of(route) or {}) | {extra: "1"}
                )
            if answer.status_code == 422 and extra in answer.text:
                break
        else:
            taken.append(f"{route} {answer.status_code}")
    told = f"an extra key: refused by name on {len(takes) - len(taken)} of {len(takes)}"
    tally.ask(bool(takes) and not taken, f"{told} routes that take JSON {taken or ''}".strip())


def _left_behind(tally: Tally, city: City, tokens: Tokens, before: set[Path]) -> None:
    """Search logs, database, and whatever the run left among temporary files."""
    home = city.home
    places = {
        "logs": list((home / "config").rglob("*.log")),
        "data folder (database, WAL, desks)": list((home / "data").rglob("*")),
        "work room": list(work_folder().rglob("*")),
        "temporary files": [
            path
            for root in set(Path(tempfile.gettempdir()).iterdir()) - before
            if root != home.parent
            for path in ([root] if root.is_file() else root.rglob("*"))
        ],
    }
    for name, paths in places.items():
        found: Found = {}
        for path in paths:
            if path.is_file():
                _search(text_in(path.read_bytes()), tokens, found, path.name)
        tally.ask(not found, f"{name}: {_told(found)} tokens in {len(paths)} files")


def _exports(tally: Tally, folder: Path, books: list[Path], tokens: Tokens) -> None:
    """Import on record, export, back up: no ID number in the export, nothing in the backup."""
    data, out = folder / "record", folder / "out.xlsx"
    ledgers = [path for path in books if "结对" not in path.name]
    run_command("ledger", "import", *ledgers, "--confirm", "--data", data, "--on", "2021-09-15")
    given = ("--unit", UNIT_NAME, "--data", data)
    basis = ("--basis", "statutory_duty", "--by", "张主任", "--why", "交市级核对")
    done = run_command("grant", "ask", *given, *basis)
    grant = re.search(r"approve (\w+)", done.stdout + done.stderr)
    assert grant, done.stderr[-300:]
    paper = ("--signed-by", "李主席", "--signed-on", "2021-09-15", "--number", "2021-7")
    run_command("grant", "approve", grant[1], *paper, "--data", data)
    done = run_command("ledger", "export", "--out", out, *given)
    assert done.returncode == 0, done.stderr[-300:]
    password = re.search(r"(?:\w{4}-){4}\w{4}", done.stdout + done.stderr)
    assert password
    found: Found = {}
    _search(text_in(out.read_bytes()), tokens, found, "locked export")
    tally.ask(not found, f"export as it lies on a disk: {_told(found)} tokens")
    _search(text_in(unlock_workbook(out.read_bytes(), password[0])), tokens, found, "export")
    ids = {field for field in found if field in ("id", "guardian_id")}
    tally.ask(not ids and "name" in found, f"export: {_told(found)}, ID numbers {len(ids)}")
    copy = folder / "a.ntbackup"
    run_command("backup", "--data", data, "--out", copy)
    found = {}
    for path in (copy, *data.glob("record.*")):
        _search(path.read_bytes().decode("utf-8", "replace"), tokens, found, path.name)
    tally.ask(copy.is_file() and not found, f"database and backup: {_told(found)} tokens")
