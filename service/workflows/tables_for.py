"""Tables for a pairing: what each of the officer's files is asked for, and nothing more.

A list with child and caregiver in one row serves as either ledger; given as only one of them,
its other half stays unread, so that nobody stands twice in a problem.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding
from ledger.columns import ledger_name
from ledger.tables import Column, Table, TableKind
from ledger.workbook import Reading, read_many
from service.progress import Progress, Stage

_AREAS = ("unit", "township")
_BESIDE = "caregiver_"


@dataclass(frozen=True, slots=True)
class PairingFiles:
    """The files a proposal is made from; one file may hold several ledgers.

    Attributes
    ----------
    pairs
        The register whose pairs stand now; None: nobody is paired yet.
    neighbours
        A table of neighbouring townships; None computes them from centres.
    """

    children: Path
    caregivers: Path
    pairs: Path | None = None
    neighbours: Path | None = None

    @property
    def all(self) -> tuple[Path, ...]:
        """Every file, once."""
        given = (self.children, self.caregivers, self.pairs, self.neighbours)
        return tuple(dict.fromkeys(path for path in given if path is not None))


@dataclass(frozen=True, slots=True)
class FilesRead:
    """The tables asked for, what is doubtful about the files, and register rows not asked for."""

    tables: tuple[Table, ...]
    findings: tuple[Finding, ...]
    unused_pairs: int


def read_files(files: PairingFiles, progress: Progress) -> FilesRead:
    """Read each file once and take the tables it was given for.

    Raises
    ------
    Unreadable
        When a file cannot be read, or has no table of what it was given for.
    """
    ledgers = [path for path in files.all if path != files.neighbours]
    readings: dict[Path, Reading] = {}
    for path, reading in read_many(ledgers, presumed=_given_as(files)):
        if isinstance(reading, Unreadable):
            raise reading
        readings[path] = reading
        progress(Stage.READ, len(readings), len(ledgers))
    found = {path: reading.tables for path, reading in readings.items()}
    registers = [t for tables in found.values() for t in tables if t.kind is TableKind.PAIRS]
    return FilesRead(
        tuple(_tables(files, found)),
        tuple(f for reading in readings.values() for f in reading.findings),
        0 if files.pairs else sum(len(table.rows) for table in registers),
    )


def _given_as(files: PairingFiles) -> dict[Path, TableKind]:
    """Say what each file was given as; one given for several things must say itself."""
    given = (
        (files.children, TableKind.CHILDREN),
        (files.caregivers, TableKind.CAREGIVERS),
        (files.pairs, TableKind.PAIRS),
    )
    times = Counter(path for path, _ in given)
    return {path: kind for path, kind in given if path is not None and times[path] == 1}


def _tables(files: PairingFiles, found: dict[Path, tuple[Table, ...]]) -> Iterator[Table]:
    both = files.children == files.caregivers
    children = [t for t in found[files.children] if t.kind in _CHILDREN]
    caregivers = [t for t in found[files.caregivers] if t.kind in _CAREGIVERS]
    _demand(children, files.children, TableKind.CHILDREN, found)
    _demand(caregivers, files.caregivers, TableKind.CAREGIVERS, found)
    yield from (t if both else replace(t, kind=TableKind.CHILDREN) for t in children)
    yield from (
        t if t.kind is TableKind.CAREGIVERS else as_caregivers(t)
        for t in caregivers
        if not (both and t.kind is TableKind.COMBINED)
    )
    if files.pairs is not None:
        own = files.pairs in (files.children, files.caregivers)
        pairs = [t for t in found[files.pairs] if t.kind is TableKind.PAIRS or not own]
        if not own:
            _demand(pairs, files.pairs, TableKind.PAIRS, found)
        yield from map(as_register, pairs)


_CHILDREN = (TableKind.CHILDREN, TableKind.COMBINED)
_CAREGIVERS = (TableKind.CAREGIVERS, TableKind.COMBINED)


def _demand(
    tables: list[Table], path: Path, kind: TableKind, found: dict[Path, tuple[Table, ...]]
) -> None:
    """Refuse a file without what it was given for, and say what it seems to be instead."""
    if tables:
        return
    other = next((ledger_name(t.kind) for t in found[path]), "")
    like = f"（像是{other}）" if other else ""
    raise Unreadable(
        f"{path.name} 里没有找到{ledger_name(kind)}{like}；请核对文件，"
        f"或在标题里写明“{ledger_name(kind)}” / no table of {kind} was found in it"
    )


def as_caregivers(table: Table) -> Table:
    """Take the caregiver's half of a list with both people in a row."""
    fields = {column.field or "" for column in table.columns}

    def rename(column: Column) -> Column:
        name = column.field or ""
        if name.startswith(_BESIDE):
            return replace(column, field=name.removeprefix(_BESIDE))
        shared = name in _AREAS and _BESIDE + name not in fields
        return column if shared else replace(column, field=None)

    columns = tuple(rename(column) for column in table.columns)
    return replace(table, kind=TableKind.CAREGIVERS, columns=columns)


def as_register(table: Table) -> Table:
    """Read any table that names both people of a pair as a register of pairs."""
    own = {TableKind.CHILDREN: "child_", TableKind.COMBINED: "child_"}
    own[TableKind.CAREGIVERS] = _BESIDE
    prefix = own.get(table.kind)
    if prefix is None:
        return table
    persons = ("name", "resident_id", "number")
    columns = tuple(
        replace(column, field=prefix + str(column.field)) if column.field in persons else column
        for column in table.columns
    )
    return replace(table, kind=TableKind.PAIRS, columns=columns)
