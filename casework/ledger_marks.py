"""Ledger marks: the state of the ledger a proposal was made from, and what moved (台账版本).

A mark names, for every person the proposal could see, the version of her row and a digest of
what the solver saw of it: a new telephone number moves the version and no proposal, a new
address moves both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Moved(StrEnum):
    """How a row differs from what the proposal was made from (台账变动)."""

    CHANGED = "changed"
    ADDED = "added"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class RowMark:
    """One person's row: its version, and the keyed digest of what the solver sees of it."""

    version: int
    seen: str


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """The rows a proposal was made from, by the person's id; children and caregivers alike.

    Attributes
    ----------
    pairings
        How often the unit's pairings had changed.
    """

    rows: Mapping[str, RowMark]
    pairings: int = 0


@dataclass(frozen=True, slots=True)
class MarkDifference:
    """What moved between two marks; empty when the proposal is as good as new.

    Attributes
    ----------
    rows
        How each row moved, by the person's id, in the order of the ids.
    pairings_moved
        Pairs were made or ended meanwhile.
    """

    rows: Mapping[str, Moved] = field(default_factory=dict)
    pairings_moved: bool = False

    def __bool__(self) -> bool:
        """Say whether anything moved."""
        return bool(self.rows) or self.pairings_moved

    def touching(self, people: Iterable[str]) -> tuple[str, ...]:
        """Give those of the people whose rows moved, in the order of their ids."""
        return tuple(sorted(set(people) & self.rows.keys()))


def difference(then: LedgerMark, now: LedgerMark) -> MarkDifference:
    """Say what moved from ``then`` to ``now``; a version without a new sight moves nothing."""
    moved = {
        person: how
        for person in sorted(then.rows.keys() | now.rows.keys())
        if (how := _how(then.rows.get(person), now.rows.get(person)))
    }
    return MarkDifference(moved, then.pairings != now.pairings)


def _how(then: RowMark | None, now: RowMark | None) -> Moved | None:
    if then is None:
        return Moved.ADDED
    if now is None:
        return Moved.GONE
    return Moved.CHANGED if then.seen != now.seen else None
