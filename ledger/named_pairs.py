"""Named pairs: whom the rows of an officer's own sheet mean (意见表、结对名单).

A row names both people as a register does, by 编号, resident ID or name; she is sought near
the child. Whoever is nobody, or several people, is told and left out, never guessed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from casework.findings import Finding, Where
from casework.people import CaregiverId, ChildId
from ledger.pair_rows import read_pair
from ledger.pairings import Directory
from ledger.people import Ledgers
from ledger.rows import RowReader, sheet_of
from ledger.tables import Table, TableKind

Named = tuple[ChildId, CaregiverId]


@dataclass(frozen=True, slots=True)
class Listed:
    """A pair of an officer's list, and the cells that name the two."""

    child: ChildId
    caregiver: CaregiverId
    child_at: Where
    caregiver_at: Where


class PairFinder:
    """Finds the people that rows name in the ledgers of a unit."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._children = Directory(ledgers.children, ledgers.held_children)
        self._caregivers = Directory(ledgers.caregivers, ledgers.held_caregivers)

    def find(self, row: RowReader, rules: str, on: date | None = None) -> Named | None:
        """Give whom a row names; None, and findings of ``rules``, where that is not certain.

        With ``on`` a pair that does not stand on the day is None too, and nothing is told.
        """
        pair = read_pair(row)
        if pair is None:
            return None
        if on and ((pair.started_on or on) > on or (pair.ended_on and pair.ended_on <= on)):
            return None
        child = self._children.find(pair.child_key, pair.township_name)
        near = child[0] if len(child) == 1 else None
        township, village = (near.township, near.village) if near else (pair.township_name, "")
        caregiver = self._caregivers.find(pair.caregiver_key, township, village)
        for person, found in (("child", child), ("caregiver", caregiver)):
            if len(found) != 1:
                row.tell(f"{rules}_{person}_{'ambiguous' if found else 'unknown'}")
        if len(child) != 1 or len(caregiver) != 1:
            return None
        return ChildId(child[0].id), CaregiverId(caregiver[0].id)


def read_list(
    tables: Iterable[Table], ledgers: Ledgers, on: date
) -> tuple[tuple[Listed, ...], tuple[Finding, ...]]:
    """Give the pairs of an officer's own list that stand on the day, as often as it says them."""
    finder = PairFinder(ledgers)
    findings: list[Finding] = []
    found = [
        Listed(
            *named,
            row.sheet.where(row.row.number, "child_name"),
            row.sheet.where(row.row.number, "caregiver_name"),
        )
        for row in _rows(tables, findings)
        if (named := finder.find(row, "pair", on))
    ]
    return tuple(found), tuple(sorted(findings, key=lambda f: (f.where, f.rule)))


def _rows(tables: Iterable[Table], findings: list[Finding]) -> Iterator[RowReader]:
    for table in tables:
        sheet = sheet_of(table, TableKind.PAIRS)
        yield from (RowReader(sheet, row, findings) for row in table.rows)
