"""Unit counts: what a unit's ledgers say of its declaration (台账人数)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from casework.declaration_checks import Known
from casework.declaration_rules import DeclarationRules
from casework.errors import Unreadable
from casework.findings import Finding
from casework.hand_in import HandInChild, count_handed_in, minimise
from casework.people import CaregiverStatus, ChildId
from casework.personal import names_in_ledgers
from casework.records import ChildRecord
from geo.areas import Unit
from ledger.pairings import register
from ledger.people import Ledgers, read_ledgers
from ledger.reader import Reader
from ledger.tables import Table, TableKind
from ledger.workbook import read_many

Paired = tuple[frozenset[ChildId], frozenset[str]]
"""The children who have a caregiver, and the caregivers who have a child."""


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """A unit's ledgers, as far as its declaration is about them.

    Attributes
    ----------
    unit
        None where the files do not tell, or the gazetteer does not know it.
    children
        The records of the unit's children, for its own office only.
    minimised
        What the city office may know of those in scope.
    caregivers_paired, caregivers_serving
        Different caregivers who have a child now, and all who serve; None where no file says.
    rows_held
        Rows of children that wait for a correction, and are in no number.
    names
        Names and addresses that nothing handed in may hold.
    """

    unit: Unit | None
    unit_name: str
    children: tuple[ChildRecord, ...]
    minimised: tuple[HandInChild, ...]
    caregivers_paired: int | None
    caregivers_serving: int | None
    rows_held: int
    names: frozenset[str]
    findings: tuple[Finding, ...]

    def known(self, rules: DeclarationRules) -> Known:
        """Give what A14 compares a form with."""
        counted = count_handed_in(self.minimised, rules.from_age_years)
        if self.caregivers_serving is not None:
            counted["participants_caregivers"] = self.caregivers_serving
        return Known(ledger=counted)


def count_unit(paths: Iterable[Path], reader: Reader) -> UnitCounts:
    """Read a unit's ledgers, whatever sheets each file has, and count.

    Raises
    ------
    Unreadable
        When a file cannot be read, or none has a ledger of children.
    """
    tables: list[Table] = []
    findings: list[Finding] = []
    paths = tuple(dict.fromkeys(paths))
    for _, reading in read_many(paths):
        if isinstance(reading, Unreadable):
            raise reading
        tables += reading.tables
        findings += reading.findings
    if not any(table.kind in (TableKind.CHILDREN, TableKind.COMBINED) for table in tables):
        names = "、".join(path.name for path in paths)
        raise Unreadable(f"{names} 里没有找到困境儿童台账 / no table of children was found")
    ledgers = read_ledgers(tables, reader)
    paired = _paired(ledgers, reader.on) if ledgers.pairs or ledgers.noted_pairs else None
    return count_people(ledgers, paired, reader, (*findings, *ledgers.findings))


def count_people(
    ledgers: Ledgers, paired: Paired | None, reader: Reader, findings: tuple[Finding, ...] = ()
) -> UnitCounts:
    """Count people that are read already; ``paired`` is None where nobody knows of pairs."""
    serving = [c for c in ledgers.caregivers if c.status is CaregiverStatus.ACTIVE]
    held = (*ledgers.held_children, *ledgers.held_caregivers)
    return UnitCounts(
        unit=ledgers.unit.area,
        unit_name=ledgers.unit.name,
        children=ledgers.children,
        minimised=minimise(
            ledgers.children,
            paired[0] if paired else None,
            reader.programme,
            reader.on,
            reader.gazetteer,
        ),
        caregivers_paired=len(paired[1]) if paired else None,
        caregivers_serving=len(serving) if ledgers.caregivers else None,
        rows_held=len(ledgers.held_children),
        names=names_in_ledgers(ledgers.children, ledgers.caregivers, held),
        findings=findings,
    )


def _paired(ledgers: Ledgers, on: date) -> Paired:
    """Give the children who have a caregiver on a day, and the caregivers who have a child.

    A caregiver counts under whatever the row calls her where no ledger of caregivers is given.
    """
    standing = [
        (child, caregiver or pair.caregiver_key)
        for pair, child, caregiver in register(ledgers)
        if child
        and pair.caregiver_key
        and not (pair.started_on and pair.started_on > on)
        and not (pair.ended_on and pair.ended_on <= on)
    ]
    return (
        frozenset(ChildId(child) for child, _ in standing),
        frozenset(caregiver for _, caregiver in standing),
    )
