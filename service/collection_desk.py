"""The city's collection on the page: hand-ins dropped in, kept and rolled up (收件与汇总).

::

    DATA/collection/files/, records/    the store, see ``ledger.hand_in_store``, each file sealed

Whoever works with it gets it in the work room, as the plain folder that the command line knows;
what is new there when the work ends is kept.
"""

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from casework.rollup import Rollup, State, roll_up
from ledger.hand_in_store import HandInStore
from service.desk import COLLECTION, Desk, clean_name
from service.workflows.collection import (
    Received,
    arrivals,
    receipt_day,
    receive,
    submissions,
    write_rollup_file,
)
from service.workflows.declarations import DeclarationTerms, open_terms
from service.workflows.ledgers import Terms
from service.workflows.receipts import write_all_receipts

LARGEST_FILE_BYTES = 8_000_000


@cache
def _terms() -> DeclarationTerms:
    return open_terms(Terms(b""))


class CollectionDesk:
    """The one collection of this desk; files are taken one at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._root = desk, desk.root / COLLECTION
        self._lock = threading.Lock()
        self._rolled: tuple[object, Rollup | None] = (None, None)

    @property
    def terms(self) -> DeclarationTerms:
        """The round's rules; no ledger is read here, so no key is needed."""
        return _terms()

    @property
    def today(self) -> date:
        """The day a file that comes now is received on."""
        return receipt_day(self.terms)

    @contextmanager
    def opened(self) -> Iterator[HandInStore]:
        """Give the store to work with; what it receives is kept when the block ends well."""
        safe = self._desk.safe
        with self._desk.work.folder(COLLECTION) as folder:
            for path in filter(Path.is_file, self._root.rglob("*")):
                place = folder / path.relative_to(self._root)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(safe.read(path))
            yield HandInStore(folder)
            for path in sorted(filter(Path.is_file, folder.rglob("*"))):  # records come last
                place = self._root / path.relative_to(folder)
                if not place.exists():
                    safe.write(place, path.read_bytes())

    @contextmanager
    def incoming(self, name: str) -> Iterator[Path]:
        """Give a place for a file that is about to arrive, under a cleaned name."""
        with self._desk.work.folder("received") as folder:
            yield folder / clean_name(name)

    def take(self, path: Path) -> Received:
        """Take a file that has arrived into the store, or say why not."""
        with self._lock, self.opened() as store:
            (done,) = receive({path: path.name}, store, self.today, self.terms)
        return done

    def rollup(self, on: date, due: date) -> Rollup:
        """Roll up what is in the store; the same again is remembered."""
        terms = self.terms
        terms = replace(terms, rules=replace(terms.rules, due_on=due))
        records = sorted(path.name for path in (self._root / "records").glob("*.json"))
        state = (tuple(records), on, due)
        with self._lock:
            remembered, rollup = self._rolled
            if rollup is None or remembered != state:
                given = {}
                if records:
                    with self.opened() as store:
                        given = submissions(arrivals(store.root, terms, on), terms)
                rollup = roll_up(given, terms.units.units, terms.rules, on)
                self._rolled = (state, rollup)
            return rollup

    def now(self) -> Rollup:
        """Roll up what there is on the day that counts as today."""
        return self.rollup(self.today, self.terms.rules.due_on)

    def forms(self) -> int:
        """Count the units that have declared."""
        rollup = self.now()
        return len(rollup.lines) - len(rollup.of(State.MISSING))

    def workbook(self, rollup: Rollup) -> bytes:
        """Give the 汇总表."""
        with self.incoming("汇总表.xlsx") as path:
            write_rollup_file(rollup, path)
            return path.read_bytes()

    def receipts(self) -> bytes:
        """Give the receipts of everything in the store, in one zip."""
        out = io.BytesIO()
        with (
            self._desk.work.folder("receipts") as folder,
            self.opened() as store,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle,
        ):
            write_all_receipts(store, self.today, self.terms, folder)
            for path in sorted(folder.glob("*.txt")):
                bundle.write(path, path.name)
        return out.getvalue()
