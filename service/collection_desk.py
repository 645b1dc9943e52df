"""The city's collection on the page: hand-ins dropped in, kept and rolled up (收件与汇总).

::

    DATA/collection/files/, records/    the store, see ``ledger.hand_in_store``
    DATA/collection/回执/               receipts, written anew when they are downloaded
"""

import io
import secrets
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from casework.rollup import Rollup, roll_up
from ledger.hand_in_store import HandInStore
from service.desk import Desk, clean_name
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

FOLDER = "collection"
LARGEST_FILE_BYTES = 8_000_000


class CollectionDesk:
    """The one collection of this desk; files are taken one at a time."""

    def __init__(self, desk: Desk) -> None:
        self.store = HandInStore(desk.root / FOLDER)
        self._lock = threading.Lock()
        self._rolled: tuple[object, Rollup | None] = (None, None)

    @property
    def terms(self) -> DeclarationTerms:
        """The round's rules; no ledger is read here, so no key is needed."""
        return open_terms(Terms(b""))

    @property
    def today(self) -> date:
        """The day a file that comes now is received on."""
        return receipt_day(self.terms)

    @contextmanager
    def incoming(self, name: str) -> Iterator[Path]:
        """Give a place for a file that is about to arrive, under a cleaned name."""
        folder = self.store.root / f".in-{secrets.token_hex(6)}"
        folder.mkdir(parents=True, mode=0o700)
        try:
            yield folder / clean_name(name)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def take(self, path: Path) -> Received:
        """Take a file that has arrived into the store, or say why not."""
        with self._lock:
            (done,) = receive({path: path.name}, self.store, self.today, self.terms)
        return done

    def rollup(self, on: date, due: date) -> Rollup:
        """Roll up what is in the store; the same again is remembered."""
        terms = self.terms
        terms = replace(terms, rules=replace(terms.rules, due_on=due))
        records = self.store.records
        state = (tuple(record.sha256 for record in records), on, due)
        with self._lock:
            remembered, rollup = self._rolled
            if rollup is None or remembered != state:
                given = submissions(arrivals(self.store.root, terms, on), terms) if records else {}
                rollup = roll_up(given, terms.units.units, terms.rules, on)
                self._rolled = (state, rollup)
            return rollup

    def workbook(self, rollup: Rollup) -> bytes:
        """Give the 汇总表."""
        with self.incoming("汇总表.xlsx") as path:
            write_rollup_file(rollup, path)
            return path.read_bytes()

    def receipts(self) -> bytes:
        """Give the receipts of everything in the store, in one zip."""
        folder = write_all_receipts(self.store, self.today, self.terms)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path in sorted(folder.glob("*.txt")):
                bundle.write(path, path.name)
        return out.getvalue()
