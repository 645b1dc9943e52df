"""People: tables become ledgers of children, caregivers and pairs (表格转台账).

Every data row is accepted, waits for a correction, or went into another row that says the
same; the counts add up. One unit at a time: a row of another unit waits.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from casework import households
from casework.findings import Finding
from casework.records import CaregiverRecord, ChildRecord, HeldRow, PairRecord
from ledger.caregiver_rows import judge_caregiver
from ledger.child_rows import judge_child
from ledger.doubles import hold_who_are_both, settle_doubles
from ledger.judged import Judged
from ledger.locating import Area, Locator
from ledger.pair_rows import read_pair
from ledger.reader import Reader
from ledger.rows import RowReader, Sheet, masked_area, sheet_of
from ledger.sheet_findings import tell_absent_columns
from ledger.tables import Table, TableKind
from ledger.units_here import UnitHere, settle_unit

Kind = TypeVar("Kind", ChildRecord, CaregiverRecord)
RowsTold = Callable[[int, int], None]
"""Told how many rows are judged, of how many."""
ROWS_A_WORD = 100

_READ_AS = {
    TableKind.CHILDREN: (TableKind.CHILDREN,),
    TableKind.CAREGIVERS: (TableKind.CAREGIVERS,),
    TableKind.COMBINED: (TableKind.CHILDREN, TableKind.CAREGIVERS),
    TableKind.PAIRS: (TableKind.PAIRS,),
    TableKind.DECLARATIONS: (),
}
_PEOPLE = (TableKind.CHILDREN, TableKind.CAREGIVERS)


@dataclass(frozen=True, slots=True)
class Counts:
    """Data rows of one kind; the three add up to ``rows``."""

    accepted: int = 0
    rejected: int = 0
    collapsed: int = 0

    @property
    def rows(self) -> int:
        """Data rows read."""
        return self.accepted + self.rejected + self.collapsed


@dataclass(frozen=True, slots=True)
class Ledgers:
    """What a unit's files say, judged; people sorted by id, rows and findings by place.

    Attributes
    ----------
    unit
        The unit; its code is what every home says.
    pairs
        From registers, and from lists with both people in a row.
    noted_pairs
        From a column of a ledger that names the other person; a register is better.
    returned
        (township, file) for each township a file has rows of, or is by its title.
    """

    unit: UnitHere
    children: tuple[ChildRecord, ...]
    caregivers: tuple[CaregiverRecord, ...]
    pairs: tuple[PairRecord, ...]
    noted_pairs: tuple[PairRecord, ...]
    held_children: tuple[HeldRow, ...]
    held_caregivers: tuple[HeldRow, ...]
    counts: Mapping[TableKind, Counts]
    findings: tuple[Finding, ...]
    returned: tuple[tuple[str, str], ...]


def read_ledgers(
    tables: Iterable[Table],
    reader: Reader,
    only: TableKind | None = None,
    told: RowsTold = lambda _done, _total: None,
) -> Ledgers:
    """Judge every row of the tables of one unit; with ``only``, those of one kind."""
    sheets = [
        sheet_of(t, kind) for t in tables for kind in _READ_AS[t.kind] if only in (None, kind)
    ]
    here = settle_unit(sheets, reader)
    findings: list[Finding] = []
    _tell_unknown_areas(here, sheets, findings)
    locators = _locators(sheets, here, reader)
    seen = _Seen(sum(len(s.table.rows) for s in sheets if s.kind in _PEOPLE), told)
    judged_children = list(
        map(seen.one, _judge(TableKind.CHILDREN, judge_child, locators, findings))
    )
    judged_caregivers = list(
        map(seen.one, _judge(TableKind.CAREGIVERS, judge_caregiver, locators, findings))
    )
    returned = set(_returned((*judged_children, *judged_caregivers), locators))
    children, lost_children = settle_doubles(judged_children, reader)
    caregivers, lost_caregivers = settle_doubles(judged_caregivers, reader)
    hold_who_are_both(children, caregivers)
    pairs, noted, pair_counts = _pairs(sheets, findings)
    records = _records(children, ChildRecord)
    findings += households.findings(records)
    return Ledgers(
        unit=here,
        children=records,
        caregivers=_records(caregivers, CaregiverRecord),
        pairs=pairs,
        noted_pairs=noted,
        held_children=_held(children),
        held_caregivers=_held(caregivers),
        counts={
            TableKind.CHILDREN: _count(children, lost_children),
            TableKind.CAREGIVERS: _count(caregivers, lost_caregivers),
            TableKind.PAIRS: pair_counts,
        },
        findings=tuple(sorted(findings, key=lambda f: (f.where, f.rule))),
        returned=tuple(sorted(returned)),
    )


@dataclass(slots=True)
class _Seen:
    """Counts the rows that are judged, and tells of every hundredth."""

    total: int
    told: RowsTold
    done: int = 0

    def one(self, judged: Judged) -> Judged:
        """Count one more row, and let it pass."""
        self.done += 1
        if self.done % ROWS_A_WORD == 0 or self.done == self.total:
            self.told(self.done, self.total)
        return judged


def _locators(sheets: Iterable[Sheet], here: UnitHere, reader: Reader) -> list[Locator]:
    known: dict[str, Area] = {}
    return [Locator(sheet, here, reader, known) for sheet in sheets]


def _judge(
    kind: TableKind,
    judge: Callable[[RowReader, Locator, Reader], Judged],
    locators: Iterable[Locator],
    findings: list[Finding],
) -> Iterator[Judged]:
    for locator in locators:
        sheet = locator.sheet
        if sheet.kind is not kind:
            continue
        tell_absent_columns(sheet, locator.titled, findings)
        for row in _rows(sheet, findings):
            if sheet.table.kind is not TableKind.COMBINED or _names_somebody(row):
                yield judge(row, locator, locator.reader)


def _returned(rows: Iterable[Judged], locators: Iterable[Locator]) -> Iterator[tuple[str, str]]:
    for row in rows:
        yield row.township_name, row.row.sheet.table.file
    for locator in locators:
        if locator.sheet.kind is not TableKind.PAIRS and not locator.sheet.table.rows:
            yield locator.titled, locator.sheet.table.file


def _rows(sheet: Sheet, findings: list[Finding]) -> Iterator[RowReader]:
    return (RowReader(sheet, row, findings) for row in sheet.table.rows)


def _names_somebody(row: RowReader) -> bool:
    """Say whether this half of a row with two people is filled in at all."""
    return any(row.text(name) for name in ("name", "resident_id", "number"))


def _pairs(
    sheets: Iterable[Sheet], findings: list[Finding]
) -> tuple[tuple[PairRecord, ...], tuple[PairRecord, ...], Counts]:
    """Read the pairs stated, the pairs noted beside a person, and the registers' counts."""
    read = [
        (sheet.table.kind, read_pair(row))
        for sheet in sheets
        if _speaks_of_pairs(sheet)
        for row in _rows(sheet, findings)
    ]
    registered = [pair for kind, pair in read if kind is TableKind.PAIRS]
    listed = [pair for kind, pair in read if kind is TableKind.COMBINED]
    noted = [p for kind, p in read if kind in (TableKind.CHILDREN, TableKind.CAREGIVERS)]
    accepted, rejected = len(_distinct(registered)), registered.count(None)
    counts = Counts(accepted, rejected, len(registered) - accepted - rejected)
    return _distinct((*registered, *listed)), _distinct(noted), counts


def _speaks_of_pairs(sheet: Sheet) -> bool:
    if sheet.table.kind is TableKind.COMBINED and sheet.kind is TableKind.CAREGIVERS:
        return False  # the child's half of the row has said it
    other = "child_" if sheet.kind is TableKind.CAREGIVERS else "caregiver_"
    return any(name.startswith(other) for name in sheet.present)


def _distinct(pairs: Iterable[PairRecord | None]) -> tuple[PairRecord, ...]:
    found: dict[tuple[object, ...], PairRecord] = {}
    for pair in pairs:
        if pair:
            found.setdefault(_content(pair), pair)
    return tuple(found.values())


def _content(pair: PairRecord) -> tuple[object, ...]:
    return (
        pair.child_key,
        pair.caregiver_key,
        pair.township_name,
        pair.started_on,
        pair.ended_on,
        pair.locked,
    )


def _tell_unknown_areas(here: UnitHere, sheets: Iterable[Sheet], findings: list[Finding]) -> None:
    if here.area is None and any(s.kind is not TableKind.PAIRS and s.table.rows for s in sheets):
        rule = "areas_as_written" if here.name else "areas_of_no_unit"
        findings.append(Finding(rule, values={"unit": masked_area(here.name)}))


def _records(rows: Iterable[Judged], kind: type[Kind]) -> tuple[Kind, ...]:
    records = (row.record for row in rows if isinstance(row.record, kind))
    return tuple(sorted(records, key=lambda record: record.id))


def _held(rows: Iterable[Judged]) -> tuple[HeldRow, ...]:
    return tuple(row.held_row() for row in rows if row.record is None)


def _count(rows: Collection[Judged], collapsed: Collection[Judged]) -> Counts:
    held = sum(row.record is None for row in rows)
    return Counts(len(rows) - held, held, len(collapsed))
