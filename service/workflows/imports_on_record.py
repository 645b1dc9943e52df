"""Imports as pages do them: files to kept previews, decided, confirmed; rosters (导入与名册)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casework.eligibility import NEARLY_AGED_OUT_MONTHS
from casework.errors import Refused
from ledger.record.book import Book
from ledger.record.imports import Difference, keep_preview
from ledger.record.imports import open_preview as reopen
from ledger.record.rosters import RosterResult
from ledger.tables import TableKind
from service.progress import Progress, Stage, silent
from service.workflows.on_record import (
    LedgersRead,
    NotTaken,
    read_for_record,
    reconcile_roster,
    short_of,
)
from service.workflows.unit_on_record import Desk


@dataclass(frozen=True, slots=True)
class Received:
    """Files that were read, and the previews kept of them; empty where nothing can be taken."""

    read: LedgersRead
    previews: tuple[Difference, ...]


def receive(
    desk: Desk,
    unit: str,
    files: Sequence[Path],
    *,
    whole: bool,
    refused: Sequence[NotTaken] = (),
) -> Received:
    """Read workbooks and keep a preview of each ledger in them; ``refused`` are none."""
    read = short_of(read_files(desk, unit, files, whole=whole), refused)
    with desk.store.writing(desk.actor, "import preview") as book:
        return Received(read, keep_previews(book, read))


def keep_previews(book: Book, read: LedgersRead) -> tuple[Difference, ...]:
    """Keep a preview of each ledger that was read; a township's is a proposal."""
    return tuple(
        keep_preview(book, batch)
        for batch in read.batches
        if batch.incoming.rows or batch.incoming.held
    )


def preview_of(desk: Desk, import_id: str) -> Difference:
    """Give a kept preview as it is against the people on record now."""
    with desk.store.reading(desk.actor, "GET /imports/{preview}") as book:
        return reopen(book, import_id)


def all_but(found: Difference, left_out: Collection[int]) -> frozenset[int] | None:
    """Give the lines that count, where some are left out; None where all do."""
    return frozenset(range(len(found.lines))) - frozenset(left_out) if left_out else None


def compare_with_roster(
    desk: Desk, unit: str, files: Sequence[Path], progress: Progress = silent
) -> RosterResult:
    """Compare civil affairs' roster with the ledger and keep its tasks (民政名册比对)."""
    only = TableKind.CHILDREN
    read = read_files(desk, unit, files, whole=True, only=only, progress=progress)
    progress(Stage.COMPARE, 0, 0)
    return reconcile_roster(
        desk.store,
        desk.actor,
        read,
        desk.reader,
        keep=True,
        warn_months=NEARLY_AGED_OUT_MONTHS,
    )


def read_files(
    desk: Desk,
    unit: str,
    files: Sequence[Path],
    *,
    whole: bool,
    only: TableKind | None = None,
    progress: Progress = silent,
) -> LedgersRead:
    """Read workbooks of this unit; see ``read_for_record``."""
    reader = replace(desk.reader, unit=unit)
    # of a roster that is not whole nobody could say who is missing in it
    keep_good = only is None
    read = read_for_record(files, reader, progress, whole=whole, only=only, keep_good=keep_good)
    if read.ledgers.unit.code != unit:
        raise Refused("这是别的区县的台账 / this is another unit's ledger")
    return read
