"""Board: who is with whom, on the arcs that a cheapest placing may use.

Sets of caregivers are whole numbers, bit j for caregiver j; the bit after the last stands for
being left out.
"""

from collections import defaultdict
from collections.abc import Iterator

Move = tuple[int, int]
"""A group and the caregiver it moves to."""


def bits(numbers: int) -> Iterator[int]:
    """Give the members of a set, the least first."""
    while numbers:
        least = numbers & -numbers
        yield least.bit_length() - 1
        numbers ^= least


class Board:
    """A cheapest placing that searches change in place.

    Attributes
    ----------
    holder
        Caregiver of each group, or ``left_out``.
    tight
        Caregivers each group may have.
    members
        Groups of each caregiver that may still move.
    with_load
        By load, the caregivers whose number of households may change.
    roomy
        By load, those of them who may take one more.
    """

    def __init__(self, holder: list[int], tight: list[int], places: list[int]) -> None:
        self.holder = holder
        self.tight = tight
        self.left_out = len(places)
        self.members: list[set[int]] = [set() for _ in range(self.left_out + 1)]
        for i, j in enumerate(holder):
            self.members[j].add(i)
        self._free = [p - len(self.members[j]) for j, p in enumerate(places)]
        self._load: dict[int, int] = {}
        self.with_load: defaultdict[int, int] = defaultdict(int)
        self.roomy: defaultdict[int, int] = defaultdict(int)

    def count_loads(self, settled: list[int], priced: list[bool]) -> None:
        """Count the households of each caregiver, those settled before included.

        Parameters
        ----------
        priced
            Caregivers whose places are all taken in every cheapest placing: their number of
            households stays.
        """
        for j, count in enumerate(settled):
            if not priced[j]:
                self._load[j] = count + len(self.members[j])
                self._mark(j)

    def load_if_roomy(self, j: int) -> int | None:
        """Give the load of a caregiver who may take one more household."""
        return self._load[j] if j in self._load and self._free[j] > 0 else None

    def apply(self, moves: list[Move]) -> None:
        """Move groups."""
        for i, j in moves:
            self.members[self.holder[i]].discard(i)
            self._change(self.holder[i], -1)
            self.holder[i] = j
            self.members[j].add(i)
            self._change(j, 1)

    def _change(self, j: int, more: int) -> None:
        if j == self.left_out:
            return
        self._free[j] -= more
        if j in self._load:
            self._unmark(j)
            self._load[j] += more
            self._mark(j)

    def _mark(self, j: int) -> None:
        self.with_load[self._load[j]] |= 1 << j
        if self._free[j] > 0:
            self.roomy[self._load[j]] |= 1 << j

    def _unmark(self, j: int) -> None:
        self.with_load[self._load[j]] &= ~(1 << j)
        self.roomy[self._load[j]] &= ~(1 << j)
