"""A folder of ledgers on record, file by file (批量入库).

A few files share a transaction, because a disk takes as long for one file as for ten; no file is
ever half on record. A file that was taken before is passed over by its bytes, so a run that was
killed is run again and goes on where it stopped.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from casework.actors import Actor
from casework.errors import CaseworkError, Conflict, NotFound, Refused
from casework.import_diff import Fate
from ledger.print_table import Cell, PrintColumn, PrintTable
from ledger.reader import Reader
from ledger.record.imports import Batch, Decisions, look, was_imported
from service.progress import Progress, Stage, silent
from service.workflows.import_ahead import judged_ahead
from service.workflows.on_record import confirm_batch, digest_of_files

if TYPE_CHECKING:
    from ledger.record.book import Book
    from ledger.record.store import Store

_ROWS_A_TRANSACTION = 1_500


@dataclass(frozen=True, slots=True)
class FileImported:
    """What became of one file of many; ``refused`` says why it was not taken.

    Attributes
    ----------
    written
        People who are new or changed; in a preview, who would be.
    """

    file: str
    rows: int = 0
    written: int = 0
    held: int = 0
    doubtful: int = 0
    skipped: bool = False
    refused: str = ""

    @property
    def is_to_look_at(self) -> bool:
        """Whether a person must see to the file."""
        return bool(self.refused or self.held or self.doubtful)


@dataclass(frozen=True, slots=True)
class FolderImport:
    """Whoever imports a folder, where to, by what rules, and whether it is only a preview."""

    store: "Store"
    actor: Actor
    reader: Reader
    decisions: Decisions
    is_preview: bool = False

    def run(self, folder: Path, progress: Progress = silent) -> Iterator[FileImported]:
        """Import every ledger of a folder; one that is refused does not stop the others."""
        from service.workflows.ledgers import workbooks_in

        digests = {path: digest_of_files([path]) for path in sorted(workbooks_in(folder))}
        with self.store.reading(self.actor, _WHY) as book:
            done = {path for path, digest in digests.items() if was_imported(book, digest)}
        yield from (FileImported(path.name, skipped=True) for path in digests if path in done)
        left = {path: digest for path, digest in digests.items() if path not in done}
        together: list[_File] = []
        for n, (path, found) in enumerate(judged_ahead(left, self.reader), 1):
            if isinstance(found, CaseworkError):
                yield FileImported(path.name, refused=str(found))
            else:
                together.append((path, found))
            if n == len(left) or sum(_rows(one) for _, one in together) >= _ROWS_A_TRANSACTION:
                yield from self._take(together)
                together = []
            progress(Stage.IMPORT, n, len(left))

    def _take(self, together: list["_File"]) -> list[FileImported]:
        """Write some files in one transaction; where one cannot be, each in its own."""
        opened = self.store.reading if self.is_preview else self.store.writing
        try:
            with opened(self.actor, _WHY) as book:
                return [self._take_one(book, path, batches) for path, batches in together]
        except (Conflict, Refused, NotFound) as refused:
            if len(together) == 1:
                return [FileImported(together[0][0].name, refused=str(refused))]
        return [line for one in together for line in self._take([one])]

    def _take_one(self, book: "Book", path: Path, batches: tuple[Batch, ...]) -> FileImported:
        written, held, counts = 0, 0, Counter[str]()
        for batch in batches:
            if self.is_preview:
                found = look(book, batch)
                written += found.counts[Fate.NEW] + found.counts[Fate.CHANGED]
                held += found.counts[Fate.HELD]
            else:
                found, done = confirm_batch(book, batch, self.decisions, self.reader)
                written += done.added + done.changed
                held += done.held
            counts.update(found.counts)
        return FileImported(path.name, _rows(batches), written, held, counts[Fate.DOUBTFUL])


def totals(done: Sequence[FileImported]) -> dict[str, int]:
    """Add up what became of the files."""
    return {
        "files": len(done),
        "skipped": sum(one.skipped for one in done),
        "refused": sum(bool(one.refused) for one in done),
        **{name: sum(getattr(one, name) for one in done) for name in _COUNTS},
    }


def folder_json(done: Sequence[FileImported], *, is_preview: bool) -> dict[str, object]:
    """Give what became of every file as ``nuantong/import_folder/1``."""
    return {
        "schema": "nuantong/import_folder/1",
        "confirmed": not is_preview,
        "totals": totals(done),
        "files": [asdict(one) for one in done],
    }


def folder_table(name: str, done: Sequence[FileImported]) -> PrintTable:
    """Lay out what became of every file of a folder (批量导入结果)."""
    return PrintTable(
        sheet="批量导入结果",
        title=f"{name}：批量导入结果",
        lead=f"共 {len(done)} 个文件",
        columns=_COLUMNS,
        rows=[(n, one.file, *_told(one)) for n, one in enumerate(done, 1)],
        when_empty="没有文件",
    )


def _told(one: FileImported) -> tuple[Cell, ...]:
    if one.refused or one.skipped:
        return ("", "", "", "", one.refused or "以前导入过")
    outcome = "有行要看" if one.is_to_look_at else "好"
    return (*(getattr(one, name) for name in _COUNTS), outcome)


_COUNTS = ("rows", "written", "held", "doubtful")
_COLUMNS = (
    PrintColumn("序号", 6, centred=True),
    PrintColumn("文件", 40),
    *(PrintColumn(name, 10, centred=True) for name in ("数据行", "写入", "待更正", "存疑")),
    PrintColumn("结果", 60),
)
_File = tuple[Path, tuple[Batch, ...]]
_WHY = "ledger import folder"


def _rows(batches: tuple[Batch, ...]) -> int:
    return sum(len(b.incoming.rows) + len(b.incoming.held) for b in batches)
