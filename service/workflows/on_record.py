"""Ledgers on record: files in, a difference out, and what is decided written (台账入库)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casework.actors import Actor
from casework.errors import Refused, Unreadable
from casework.findings import Finding, Where
from casework.import_decisions import Choice
from casework.import_diff import COVERS_NOBODY, Fate, Incoming
from casework.tasks import TaskState, import_tasks
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.record.imports import (
    Batch,
    Confirmed,
    Decisions,
    Difference,
    confirm_now,
    look,
)
from ledger.record.rosters import RosterAsk, RosterResult, compare_roster, take_roster
from ledger.record.tasks import add_tasks, settle_task, version_of
from ledger.spoken import spoken_columns
from ledger.tables import Table, TableKind
from ledger.workbook import Reading, read_many
from service.progress import Progress, Stage, silent

if TYPE_CHECKING:
    from ledger.record.book import Book
    from ledger.record.store import Store

KINDS = {"child": TableKind.CHILDREN, "caregiver": TableKind.CAREGIVERS}
_COVERS_ITS_ROWS: frozenset[str] = frozenset()

NotTaken = tuple[str, str]
"""A file that was not taken, by its name, and why."""


@dataclass(frozen=True, slots=True)
class LedgersRead:
    """Ledgers of one unit from files, ready to be compared with what is on record."""

    ledgers: Ledgers
    batches: tuple[Batch, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a run did, batch by batch."""

    differences: tuple[Difference, ...]
    confirmed: tuple[Confirmed, ...] = ()


def read_for_record(
    files: Sequence[Path],
    reader: Reader,
    progress: Progress = silent,
    *,
    whole: bool = False,
    only: TableKind | None = None,
    keep_good: bool = False,
) -> LedgersRead:
    """Read the ledgers in some files of one unit.

    Parameters
    ----------
    whole
        The files are complete for the unit: who is in none of them is gone, in every township.
    only
        Take the ledger of this kind alone; a file that does not say what it is, is one.
    keep_good
        A file that cannot be taken is told, and does not stop the others.

    Raises
    ------
    Unreadable
        When a file cannot be read or holds no ledger of people; with ``keep_good``, when none can.
    Refused
        When nobody can tell whose ledger it is.
    """
    found = tuple(_readings(files, only, progress))
    refused = [(path, one) for path, one in found if isinstance(one, Unreadable)]
    readings = [one for _, one in found if isinstance(one, Reading)]
    if refused and not (keep_good and readings):
        raise refused[0][1]
    tables = [table for reading in readings for table in reading.tables]
    read = judged(tables, readings, reader, whole, digest_of_files(files), progress)
    return short_of(read, [(path.name, str(reason)) for path, reason in refused])


def short_of(read: LedgersRead, refused: Sequence[NotTaken]) -> LedgersRead:
    """Tell files that were not taken; nobody is gone for being in none of the others."""
    if not refused:
        return read
    told = (Finding("file_not_taken", Where(name), values=_both(why)) for name, why in refused)
    batches = (
        replace(batch, incoming=replace(batch.incoming, covers=COVERS_NOBODY))
        for batch in read.batches
    )
    return replace(read, batches=tuple(batches), findings=(*told, *read.findings))


def _both(why: str) -> dict[str, str]:
    """Tell the two languages of a reason apart where it says one after the other."""
    zh, _, en = why.partition(" / ")
    return {"reason_zh": zh, "reason_en": en or zh}


def preview(store: "Store", actor: Actor, read: LedgersRead) -> Imported:
    """Say what an import would change; nothing is written but who asked."""
    with store.reading(actor, "ledger import preview") as book:
        return Imported(tuple(look(book, batch) for batch in read.batches))


def confirm(
    store: "Store", actor: Actor, read: LedgersRead, decisions: Decisions, reader: Reader
) -> Imported:
    """Compare and write in one transaction, children and caregivers or neither.

    What is not taken, and who is in no row of the file, becomes a task.
    """
    with store.writing(actor, "ledger import") as book:
        done = [confirm_batch(book, batch, decisions, reader) for batch in read.batches]
    return Imported(tuple(found for found, _ in done), tuple(one for _, one in done))


def reconcile_roster(
    store: "Store",
    actor: Actor,
    read: LedgersRead,
    reader: Reader,
    *,
    keep: bool,
    warn_months: int,
) -> RosterResult:
    """Compare a civil-affairs roster with the ledger; with ``keep`` its tasks are kept."""
    (batch,) = read.batches
    places = reader.gazetteer
    ask = RosterAsk(
        batch.unit,
        replace(batch.incoming, covers=None),
        reader.programme,
        reader.on,
        warn_months,
        lambda code: places.unit(code).name if places.has_unit(code) else code,
    )
    if not keep:
        with store.reading(actor, "roster compare") as book:
            return compare_roster(book, ask)
    with store.writing(actor, "roster compare") as book:
        return take_roster(book, ask)


def settle_one(store: "Store", actor: Actor, task: str, outcome: str) -> None:
    """Settle a task as it stands now."""
    with store.writing(actor, "task settle") as book:
        settle_task(book, task, version_of(book, task), TaskState.DONE, outcome)


def confirm_batch(
    book: "Book", batch: Batch, decisions: Decisions, reader: Reader
) -> tuple[Difference, Confirmed]:
    """Confirm one batch and keep a task for everybody it leaves open."""
    found, done = confirm_now(book, batch, decisions)
    open_lines = [
        line
        for n, line in enumerate(found.lines)
        if n not in decisions.by_line and (decisions.chosen is None or n in decisions.chosen)
    ]
    if decisions.standing is not Choice.KEEP:
        open_lines = [line for line in open_lines if line.fate is Fate.GONE]
    tasks = import_tasks(open_lines, reader.programme, reader.on)
    add_tasks(book, batch.unit, tasks)
    return found, done


def _readings(
    files: Sequence[Path], only: TableKind | None, progress: Progress
) -> Iterator[tuple[Path, Reading | Unreadable]]:
    kinds = (only,) if only else tuple(KINDS.values())
    presumed = dict.fromkeys(files, only) if only else None
    for n, (path, reading) in enumerate(read_many(files, kinds=kinds, presumed=presumed), 1):
        progress(Stage.READ, n, len(files))
        try:
            yield path, _of_people(path, reading, only)
        except Unreadable as refused:
            yield path, refused


def _of_people(path: Path, reading: Reading | Unreadable, only: TableKind | None) -> Reading:
    if isinstance(reading, Unreadable):
        raise reading
    refuse_without_ledger(path, reading, only)
    return replace(reading, tables=tuple(_tables(reading, only)))


def refuse_without_ledger(path: Path, reading: Reading, only: TableKind | None = None) -> None:
    """Refuse a file that has no ledger of people."""
    if not any(_is_of_people(table, only) for table in reading.tables):
        raise Unreadable(
            f"{path.name} 里没有找到儿童或爱心妈妈台账 / no ledger of people was found in it"
        )


def _is_of_people(table: Table, only: TableKind | None) -> bool:
    wanted = (only,) if only else tuple(KINDS.values())
    return table.kind in (*wanted, TableKind.COMBINED)


def _tables(reading: Reading, only: TableKind | None) -> Iterator[Table]:
    for table in reading.tables:
        if not _is_of_people(table, only):
            continue
        yield replace(table, kind=only) if only is TableKind.CHILDREN else table


def judged(
    tables: Sequence[Table],
    readings: Sequence[Reading],
    reader: Reader,
    whole: bool,
    digest: str,
    progress: Progress = silent,
) -> LedgersRead:
    """Judge the tables of one unit; see ``read_for_record``."""
    ledgers = read_ledgers(tables, reader, told=partial(progress, Stage.ROWS))
    if not ledgers.unit.code:
        raise Refused("看不出是哪个区县的台账，请用 --unit 写明 / whose ledger is it? Give --unit")
    covers = None if whole else _COVERS_ITS_ROWS
    batches = []
    for kind, rows, held in (
        ("child", ledgers.children, ledgers.held_children),
        ("caregiver", ledgers.caregivers, ledgers.held_caregivers),
    ):
        table_kind = KINDS[kind]
        if any(_is_of_people(table, table_kind) for table in tables):
            spoken = spoken_columns(tables, table_kind)
            incoming: Incoming[Any] = Incoming(rows, held, reader.on, spoken, covers)
            batches.append(Batch(ledgers.unit.code, kind, incoming, digest))
    found = [f for reading in readings for f in reading.findings]
    return LedgersRead(ledgers, tuple(batches), (*found, *ledgers.findings))


def digest_of_files(files: Sequence[Path]) -> str:
    """Give the SHA-256 of some files, in the order given."""
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
