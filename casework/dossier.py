"""Dossier: a proposal with all that the unit's own staff need to read it.

The solver's answer knows ids only. Here it lies beside the ledgers' rows, so that a workbook
can name people and a map can count areas; a dossier never leaves the unit's own staff.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from casework import wording
from casework.people import CaregiverId, ChildId
from casework.programme import Programme
from casework.proposals import Proposal
from casework.records import CaregiverRecord, ChildRecord, HeldRow


@dataclass(frozen=True, slots=True)
class Dossier:
    """One unit's proposal beside the rows it speaks of.

    Attributes
    ----------
    children, caregivers
        Rows that were accepted, by id; each id of the proposal is here, or in ``held``.
    on
        The day the proposal was judged on.
    unit_name
        As printed on the papers, such as 武隆区.
    held
        Rows in which a child waits for a correction: more than one where rows conflict.
    reach_m
        Straight metres that still count as nearby in this unit; None where not told.
    contested
        Locked pairs that the ledger asks to keep apart: they stand, and a person must settle it.
    """

    proposal: Proposal
    children: Mapping[ChildId, ChildRecord]
    caregivers: Mapping[CaregiverId, CaregiverRecord]
    programme: Programme
    on: date
    unit_name: str
    held: Mapping[ChildId, tuple[HeldRow, ...]] = field(default_factory=dict)
    reach_m: int | None = None
    contested: frozenset[tuple[ChildId, CaregiverId]] = frozenset()

    @property
    def records(self) -> tuple[ChildRecord | CaregiverRecord, ...]:
        """All accepted rows."""
        return (*self.children.values(), *self.caregivers.values())

    def held_rows(self, child: ChildId) -> tuple[HeldRow, ...]:
        """Give the rows in which this child waits."""
        return self.held.get(child, ())

    def child_name(self, child: ChildId) -> str:
        """Give the name as the ledger writes it, or the id where no row has one."""
        if child in self.children:
            return self.children[child].name
        return next((row.name for row in self.held_rows(child) if row.name), child)

    def township_name(self, child: ChildId) -> str:
        """Give the township as the ledger writes it, of several the first; empty for none."""
        return next(iter(self._townships(child)), "")

    def responsible_zh(self, child: ChildId) -> str:
        """Name the posts that answer for a child: a chair for each township that lists her."""
        return wording.responsible(self.programme, *self._townships(child))

    def _townships(self, child: ChildId) -> tuple[str, ...]:
        """Give the townships that list a child, in the order of the rows that wait."""
        if child in self.children:
            return (self.children[child].township_name,)
        names = (row.township_name for row in self.held_rows(child) if row.township_name)
        return tuple(dict.fromkeys(names))

    def caregiver_name(self, caregiver: CaregiverId) -> str:
        """Give the name as the ledger writes it, or the id where no row has one."""
        record = self.caregivers.get(caregiver)
        return record.name if record else caregiver


def held_by_child(rows: Iterable[HeldRow]) -> dict[ChildId, tuple[HeldRow, ...]]:
    """Gather the rows that wait by whom they speak of, in an order of what they say.

    Neither the order of the rows nor the names of the files tell anything: an answer must not
    hang on them.
    """
    held: dict[ChildId, list[HeldRow]] = {}
    for row in rows:
        held.setdefault(ChildId(row.id), []).append(row)
    return {child: tuple(sorted(found, key=_as_said)) for child, found in held.items()}


def _as_said(row: HeldRow) -> tuple[str, str, str]:
    return row.township_name, row.name, repr(sorted((name, str(v)) for name, v in row.cells))


def reading_order(dossier: Dossier) -> dict[ChildId, int]:
    """Put all children in order: by township, by village, siblings side by side."""
    household = {pair.child: pair.household for pair in dossier.proposal.pairs}

    def key(child: ChildId) -> tuple[str, ...]:
        record = dossier.children.get(child)
        if record is None:
            return ("~", dossier.township_name(child), "", child)
        home = record.home
        return (home.township, home.village or "~", household.get(child, ""), child)

    proposal = dossier.proposal
    children = {*dossier.children, *dossier.held}
    children.update(pair.child for pair in proposal.pairs)
    children.update(line.child for line in proposal.unpaired)
    children.update(line.child for line in proposal.ended)
    return {child: place for place, child in enumerate(sorted(children, key=key))}
