"""How long the city office waits: 41 hand-ins received, checked and rolled up.

Run ``.venv/bin/python benchmarks/declarations.py``. The hand-ins are made first, off the clock.
"""

import tempfile
import time
from datetime import date
from pathlib import Path

from casework.declaration import read_declaration
from casework.declaration_form import written_cells
from casework.declaration_rules import DeclarationRules
from casework.findings import Where
from casework.hand_in import Manifest, minimise
from casework.programme import Programme
from casework.sample import make_city
from casework.sample_declarations import make_round
from geo.areas import Gazetteer
from ledger.declaration_form import Form, write_form
from ledger.hand_in_file import SUFFIX, HandIn, hand_in_bytes
from ledger.hand_in_store import HandInStore
from ledger.incoming import files_in
from service.workflows.collection import receive, roll_up_folder, write_rollup_file
from service.workflows.declarations import open_terms
from service.workflows.ledgers import Terms
from service.workflows.receipts import write_receipts

DUE = date(2021, 9, 15)
MOST_SECONDS = 10.0


def make_hand_ins(folder: Path) -> int:
    """Write the hand-in of every unit of a made-up city; give the number of children."""
    rules, programme, areas = (
        DeclarationRules.from_toml(),
        Programme.from_toml(),
        Gazetteer.on(DUE),
    )
    units = tuple(make_city(1, DUE))
    names = tuple(unit.name for unit in areas.units)
    folder.mkdir()
    count = 0
    for unit, made in zip(units, make_round(units, programme, rules, 1).declarations, strict=True):
        form, _ = read_declaration(made.cells, lambda _: Where(), rules, areas)
        path = folder / "form.xlsx"
        write_form(path, Form(rules.title_zh, written_cells(form, 2021)), names)
        paired = frozenset(c.id for c in unit.children if c.number.endswith("1"))
        children = minimise(unit.children, paired, programme, DUE, areas)
        manifest = Manifest(unit.unit.code, unit.unit.name, rules.round.name, 1, DUE, "家儿部")
        content = hand_in_bytes(HandIn(manifest, path.read_bytes(), children), areas)
        path.unlink()
        (folder / f"{unit.unit.name}{SUFFIX}").write_bytes(content)
        count += len(children)
    return count


def main() -> None:
    """Measure, and say whether it is fast enough."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        children = make_hand_ins(root / "in")
        terms = open_terms(Terms(b"benchmark benchmark", DUE))
        began = time.perf_counter()
        names = {path: path.name for path in files_in(root / "in")}
        store = HandInStore(root / "store")
        done = receive(names, store, DUE, terms)
        received = time.perf_counter()
        write_receipts(done, store, DUE, terms)
        acknowledged = time.perf_counter()
        rollup, refused = roll_up_folder(store.root, terms, DUE)
        write_rollup_file(rollup, root / "rollup.xlsx")
        ended = time.perf_counter()
        assert not refused
        assert all(line.submission for line in rollup.lines)
        print(f"{len(names)} hand-ins, {children} rows of children")
        print(
            f"receive and check {received - began:.2f} s, receipts {acknowledged - received:.2f} s"
        )
        print(f"roll up and write {ended - acknowledged:.2f} s")
        verdict = "ok" if ended - began <= MOST_SECONDS else "TOO SLOW"
        print(f"in all {ended - began:.2f} s of {MOST_SECONDS:.0f} s: {verdict}")


if __name__ == "__main__":
    main()
