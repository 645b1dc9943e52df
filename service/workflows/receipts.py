"""Receipts: text and JSON for every file received, a text for every one refused (回执)."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from casework.rollup import Rollup, roll_up
from casework.rollup_json import receipt_json
from ledger.hand_in_store import HandInStore
from service.desk import clean_name
from service.outputs import write_whole
from service.workflows.collection import Arrival, Received, arrivals, by_unit, judge
from service.workflows.declarations import DeclarationTerms

FOLDER = "回执"
RECEIVE_SCHEMA = "nuantong/receive/1"


def write_receipts(
    done: Sequence[Received], store: HandInStore, on: date, terms: DeclarationTerms
) -> Path:
    """Write a receipt for each new file and each refused one; give their folder."""
    folder = store.root / FOLDER
    for each in done:
        if each.refused:
            _write_text(folder / f"未收_{clean_name(each.name)}.txt", f"{each.refused}\n")
    new = {each.incoming.sha256 for each in done if each.is_new}
    if new:
        _write_of(new, store, on, terms, folder)
    return folder


def write_all_receipts(
    store: HandInStore, on: date, terms: DeclarationTerms, folder: Path
) -> None:
    """Write a receipt for everything in the store."""
    _write_of({record.sha256 for record in store.records}, store, on, terms, folder)


def _write_of(
    wanted: set[str], store: HandInStore, on: date, terms: DeclarationTerms, folder: Path
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if wanted:
        for unit, line in by_unit(arrivals(store.root, terms, on)).items():
            for arrival, rollup in _receipts(unit, line, wanted, terms):
                _write(folder, arrival, rollup)


def _receipts(
    unit: str, line: Sequence[Arrival], wanted: set[str], terms: DeclarationTerms
) -> Iterator[tuple[Arrival, Rollup]]:
    """Judge each file that is wanted beside those before it."""
    units = [terms.units.unit(unit)]
    for n, arrival in enumerate(line, 1):
        if arrival.incoming.sha256 in wanted:
            given = judge(unit, line[:n], terms)
            yield arrival, roll_up({unit: given}, units, terms.rules, arrival.received_on)


def _write(folder: Path, arrival: Arrival, rollup: Rollup) -> None:
    (line,) = rollup.lines
    sha256 = arrival.incoming.sha256
    document = receipt_json(line, rollup, sha256)
    stem = f"{line.unit.name}_{sha256[:8]}_回执"
    _write_text(folder / f"{stem}.txt", f"{document['text_zh']}\n")
    text = json.dumps(document, ensure_ascii=False, indent=1)
    write_whole(folder / f"{stem}.json", text.encode())


def _write_text(path: Path, text: str) -> None:
    """Write a text as Notepad on an office machine reads it."""
    write_whole(path, text.replace("\n", "\r\n").encode("utf-8-sig"))


def receive_json(done: Iterable[Received], received_on: date) -> dict[str, object]:
    """Tell what became of each file, as ``nuantong/receive/1``."""
    return {
        "schema": RECEIVE_SCHEMA,
        "received_on": received_on.isoformat(),
        "files": [
            {
                "name": each.name,
                "sha256": each.incoming.sha256,
                "outcome": outcome(each),
                "units": list(each.incoming.units),
                "reason": each.refused,
            }
            for each in done
        ],
    }


def outcome(each: Received) -> str:
    """Say in one word what became of a file."""
    return "refused" if each.refused else "received" if each.is_new else "unchanged"
