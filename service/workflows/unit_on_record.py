"""A unit on record, as it is now: its ledgers, its pairings, the problem they pose (现时情况).

Read in one moment of the store, so that ledger and pairings fit together.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from casework.access import Actor
from casework.errors import Conflict, NotFound
from casework.findings import Finding
from casework.people import Caregiver, CaregiverId, Child, ChildId
from casework.proposals import CurrentPair
from casework.unit_now import UnitNow, why_left
from ledger.pairings import Directory, Known
from ledger.people import Ledgers
from ledger.reader import Reader
from ledger.record.book import Book
from ledger.record.pairings import OnRecord, standing
from ledger.record.people import ledgers_of
from ledger.record.proposals import mark_of
from ledger.record.store import Store
from ledger.units_here import UnitHere
from service.workflows.pairing import Posed, pose


@dataclass(frozen=True, slots=True)
class UnitOnRecord:
    """One unit at one moment.

    Attributes
    ----------
    now
        What approvals and activations are judged by.
    posed
        The problem, with the pairs on record as those that stand.
    """

    now: UnitNow
    posed: Posed
    standing: tuple[OnRecord, ...]

    @property
    def ledgers(self) -> Ledgers:
        """The rows on record, in full."""
        return self.posed.ledgers


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works, in which store, by which rules and on which day."""

    store: Store
    actor: Actor
    reader: Reader

    def look(self, unit: str, why: str) -> UnitOnRecord:
        """Read a unit as it is now."""
        with self.store.reading(self.actor, why) as book:
            return unit_on_record(book, unit, self.reader)


def unit_on_record(
    book: Book, unit: str, reader: Reader, neighbours: Path | None = None
) -> UnitOnRecord:
    """Read a unit as it is now.

    Raises
    ------
    NotFound
        When nobody of the unit is on record.
    """
    stands = standing(book, unit)
    ledgers = named(ledgers_of(book, unit), unit, reader)
    if not ledgers.children and not ledgers.held_children:
        raise NotFound("这个区县还没有在案的台账，请先导入 / no ledger of this unit is on record")
    current = _current(stands)
    problem, findings = pose(ledgers, current, neighbours, reader)
    posed = Posed(ledgers, reader, problem, current, (), _all(ledgers, findings), 0)
    everybody: tuple[Child | Caregiver, ...] = (*problem.children, *problem.caregivers)
    mark = mark_of(book, unit, everybody, problem.forbidden)
    left = ((c.id, why_left(c, reader.programme, reader.on)) for c in ledgers.children)
    now = UnitNow(
        children={child.id: child for child in problem.children},
        caregivers={caregiver.id: caregiver for caregiver in problem.caregivers},
        programme=reader.programme,
        on=reader.on,
        mark=mark,
        forbidden=problem.forbidden,
        left={child: why for child, why in left if why},
    )
    return UnitOnRecord(now, posed, stands)


def children_called(shown: UnitOnRecord, called: Iterable[str]) -> frozenset[ChildId]:
    """Find children by id, 编号, resident ID or, where it is hers alone, by name."""
    ledgers = shown.ledgers
    directory = Directory(ledgers.children, ledgers.held_children)
    return frozenset(ChildId(_only(directory.find(text), text)) for text in called)


def caregiver_called(shown: UnitOnRecord, called: str) -> CaregiverId:
    """Find a caregiver by id, 编号, resident ID or, where it is hers alone, by name."""
    ledgers = shown.ledgers
    directory = Directory(ledgers.caregivers, ledgers.held_caregivers)
    return CaregiverId(_only(directory.find(called), called))


def _all(ledgers: Ledgers, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return (*ledgers.findings, *findings)


def named(ledgers: Ledgers, unit: str, reader: Reader) -> Ledgers:
    """Say where the unit lies, as files of it do."""
    gazetteer = reader.gazetteer
    area = gazetteer.unit(unit) if gazetteer.has_unit(unit) else None
    name = area.name if area else ledgers.unit.name
    return replace(ledgers, unit=UnitHere(unit, name, area))


def _current(stands: tuple[OnRecord, ...]) -> tuple[CurrentPair, ...]:
    held = (found.pairing for found in stands if found.pairing.holds_child)
    pairs = (CurrentPair(p.child, p.caregiver, p.locked) for p in held)
    return tuple(sorted(pairs, key=lambda pair: (pair.child, pair.caregiver)))


def _only(found: tuple[Known, ...], called: str) -> str:
    if not found:
        raise NotFound("台账中没有这个人，请用编号 / nobody of that number or name: use the id")
    if len(found) > 1:
        listed = "、".join(known.id for known in found)
        raise Conflict(f"有 {len(found)} 人同名，请改用编号：{listed} / several: use the id")
    return found[0].id
