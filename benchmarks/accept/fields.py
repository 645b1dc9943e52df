"""Fields: a token of its own in each field of each person, searched in all that leaves.

What a role may see is read from the policy; what the city, other units, other townships, teams
and auditors may not see must be in none of their answers, nor in logs, temporary files, the
database or backups. The unit's own uploads on its desk are searched like all else.
"""

import re
import tempfile
from datetime import date
from pathlib import Path

import httpx2
import openpyxl

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.frame import run as run_command
from benchmarks.accept.sweep import UNIT_NAME, answers_of, full_unit, text_in, text_of
from ledger.locked_workbook import unlock_workbook
from service.workroom import work_folder

NOBODYS = ("city", "unit2", "caregiver", "team", "auditor", "")
"""Whom none of these people is shown: no field of anybody."""
TEXTS = {
    "儿童姓名": "name", "姓名": "name", "身份证号码": "id", "监护人姓名": "guardian",
    "监护人联系电话": "phone", "联系电话": "phone", "监护人身份证号码": "guardian_id",
    "现居住地址": "address", "就读学校": "school", "健康状况": "health", "备注": "remarks",
}  # fmt: skip
TOKENS = {"address", "school", "health", "remarks"}
"""Fields of free text, in which a token of its own is put; the others are unlike any other."""


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    books, tokens, own = _marked_books(folder)
    count = sum(map(len, tokens.values()))
    before = set(Path(tempfile.gettempdir()).iterdir())
    with full_unit(folder, books) as served:
        asked = 0
        for who in NOBODYS:
            found: Found = {}
            for answer in answers_of(served, who):
                asked += 1
                _search(text_of(answer), tokens, found, answer.asked)
            tally.ask(not found, f"{who or 'nobody'}: {_told(found)} of {count} tokens")
        others = {f: [t for t in values if t not in own] for f, values in tokens.items()}
        found = {}
        for answer in answers_of(served, "township"):
            _search(text_of(answer), others, found, answer.asked)
        tally.ask(not found, f"township: of other townships {_told(found)} tokens")
        seen: Found = {}
        numbers: Found = {}
        ids = {field: tokens[field] for field in ("id", "guardian_id")}
        for answer in answers_of(served, "unit"):
            _search(text_of(answer), tokens, seen, "unit")
            if not answer.asked.startswith("GET /downloads/"):
                _search(text_of(answer), ids, numbers, answer.asked)
        told = f"unit: ID numbers outside its own uploads handed back: {_told(numbers)}"
        tally.ask(not numbers, told)
        tally.ask("name" in seen, f"unit: sees its own ({', '.join(sorted(seen))})")
        tally.tell(f"{asked} answers of {len(NOBODYS)} kinds of reader searched")
        _extra_keys(tally, served)
    _left_behind(tally, folder, tokens, before)
    _exports(tally, folder, books, tokens)


def _marked_books(folder: Path) -> tuple[list[Path], dict[str, list[str]], set[str]]:
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


Found = dict[str, dict[str, str]]
"""By field, each token that was found and one place of it."""


def _search(text: str, tokens: dict[str, list[str]], found: Found, where: str) -> None:
    for field, values in tokens.items():
        for value in values:
            if value in text:
                found.setdefault(field, {})[value] = where


def _told(found: Found) -> str:
    count = sum(map(len, found.values()))
    some = [f"{field} in {next(iter(places.values()))}" for field, places in found.items()]
    return f"{count}" + (f" ({', '.join(some[:4])})" if some else "")


def _extra_keys(tally: Tally, served) -> None:
    headers = served.headers("unit")
    with httpx2.Client(base_url=served.address, headers=headers, trust_env=False) as client:
        answer = client.post("/api/v1/jobs", json={"kind": "pair", "resident_id": "1"})
    tally.ask(answer.status_code == 422, f"an extra key is answered {answer.status_code}")


def _left_behind(
    tally: Tally, folder: Path, tokens: dict[str, list[str]], before: set[Path]
) -> None:
    """Search logs, database, and whatever the run left among temporary files."""
    home = folder / "home"
    places = {
        "logs": list((home / "config").rglob("*.log")),
        "data folder (database, WAL, desks)": list((home / "data").rglob("*")),
        "work room": list(work_folder().rglob("*")),
        "temporary files": [
            path
            for root in set(Path(tempfile.gettempdir()).iterdir()) - before
            if root != folder and _is_ours(root)
            for path in ([root] if root.is_file() else root.rglob("*"))
        ],
    }
    for name, paths in places.items():
        found: Found = {}
        for path in paths:
            if path.is_file():
                _search(text_in(path.read_bytes()), tokens, found, path.name)
        tally.ask(not found, f"{name}: {_told(found)} tokens in {len(paths)} files")


def _is_ours(root: Path) -> bool:
    return root.name.startswith(("nuantong", "tmp"))


def _exports(tally: Tally, folder: Path, books: list[Path], tokens: dict[str, list[str]]) -> None:
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
