"""A folder of ledgers on record, file by file (批量入库).

A few files share a transaction, because a disk takes as long for one file as for ten; no file is
ever half on record. A file that was taken before is passed over by its bytes, so a run that was
killed is run again and goes on where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casework.actors import Actor
from casework.errors import CaseworkError, Conflict, NotFound, Refused, Unreadable
from casework.import_diff import Fate
from ledger.reader import Reader
from ledger.record.imports import Decisions, was_imported
from ledger.workbook import Reading, read_many
from service.ahead import ahead
from service.progress import Progress, Stage, silent
from service.workflows.on_record import (
    KINDS,
    LedgersRead,
    confirm_batch,
    digest_of_files,
    judged,
)

if TYPE_CHECKING:
    from ledger.record.book import Book
    from ledger.record.store import Store

_ROWS_A_TRANSACTION = 1_500


@dataclass(frozen=True, slots=True)
class FileImported:
    """What became of one file of many; ``refused`` says why it was not taken."""

    file: str
    rows: int = 0
    written: int = 0
    held: int = 0
    doubtful: int = 0
    skipped: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class FolderImport:
    """Whoever imports a folder, where to, and by what rules."""

    store: "Store"
    actor: Actor
    reader: Reader
    decisions: Decisions

    def run(self, folder: Path, progress: Progress = silent) -> Iterator[FileImported]:
        """Import every ledger of a folder; one that is refused does not stop the others."""
        from service.workflows.ledgers import workbooks_in

        digests = {path: digest_of_files([path]) for path in sorted(workbooks_in(folder))}
        with self.store.reading(self.actor, _WHY) as book:
            done = {path for path, digest in digests.items() if was_imported(book, digest)}
        yield from (FileImported(path.name, skipped=True) for path in digests if path in done)
        left = [path for path in digests if path not in done]
        together: list[tuple[Path, LedgersRead]] = []
        for n, (path, reading) in enumerate(ahead(read_many(left, kinds=KINDS.values())), 1):
            read = self._judge(reading, digests[path])
            if isinstance(read, LedgersRead):
                together.append((path, read))
            else:
                yield FileImported(path.name, refused=str(read))
            if n == len(left) or sum(_rows(one) for _, one in together) >= _ROWS_A_TRANSACTION:
                yield from self._take(together)
                together = []
            progress(Stage.IMPORT, n, len(left))

    def _judge(self, reading: Reading | Unreadable, digest: str) -> LedgersRead | CaseworkError:
        if isinstance(reading, Unreadable):
            return reading
        try:
            return judged(reading.tables, [reading], self.reader, False, digest)
        except (Refused, NotFound) as refused:
            return refused

    def _take(self, together: list[tuple[Path, LedgersRead]]) -> list[FileImported]:
        """Write some files in one transaction; where one cannot be, each in its own."""
        try:
            with self.store.writing(self.actor, _WHY) as book:
                return [self._write(book, path, read) for path, read in together]
        except (Conflict, Refused, NotFound) as refused:
            if len(together) == 1:
                return [FileImported(together[0][0].name, refused=str(refused))]
        return [line for one in together for line in self._take([one])]

    def _write(self, book: "Book", path: Path, read: LedgersRead) -> FileImported:
        done = [confirm_batch(book, b, self.decisions, self.reader) for b in read.batches]
        return FileImported(
            path.name,
            rows=_rows(read),
            written=sum(one.added + one.changed for _, one in done),
            held=sum(one.held for _, one in done),
            doubtful=sum(found.counts[Fate.DOUBTFUL] for found, _ in done),
        )


_WHY = "ledger import folder"


def _rows(read: LedgersRead) -> int:
    return sum(len(b.incoming.rows) + len(b.incoming.held) for b in read.batches)
