"""Households: which children go to one caregiver together (同户兄弟姐妹一并结对).

Siblings stay together (decision 7) unless the staff said otherwise: a lock holds its child, and
the household follows the lock as far as the rules and the hard maximum of children let it. What
is larger than the maximum is cut into parts in the order of the children's ids.
"""

from collections import Counter
from collections.abc import Iterator

from casework.eligibility import may_pair
from casework.people import Caregiver, Child
from solver.problem import PairingProblem

Group = tuple[int, ...]
"""Children who go to one caregiver together, as indices in id order."""


class Households:
    """The groups of a problem.

    Attributes
    ----------
    groups, settled
        Groups to place, by least child; groups the locks have placed, with the caregiver.
    """

    def __init__(
        self,
        problem: PairingProblem,
        children: tuple[Child, ...],
        caregivers: tuple[Caregiver, ...],
        locked: dict[int, int],
        excluded: frozenset[int],
    ) -> None:
        self._problem = problem
        self._children = children
        self._caregivers = caregivers
        self._housed = Counter(locked.values())
        groups: list[Group] = []
        settled: list[tuple[Group, int]] = []
        for household in self._households(excluded):
            loose, held = self._follow_locks(household, locked)
            settled += [(tuple(sorted(group)), j) for j, group in held.items()]
            size = problem.programme.max_children
            groups += [tuple(loose[k : k + size]) for k in range(0, len(loose), size)]
        self.groups = tuple(sorted(groups))
        self.settled = tuple(sorted(settled))

    def _households(self, excluded: frozenset[int]) -> Iterator[list[int]]:
        """Give each household's children in id order, the household of the least child first."""
        shared = self._problem.programme.siblings_share_caregiver
        homes: dict[object, list[int]] = {}
        for i, child in enumerate(self._children):
            if i not in excluded:
                key = (child.household, child.home.unit) if shared else i
                homes.setdefault(key, []).append(i)
        yield from homes.values()

    def _follow_locks(
        self, household: list[int], locked: dict[int, int]
    ) -> tuple[list[int], dict[int, list[int]]]:
        """Split a household into who is still to be placed and who is with a lock."""
        held: dict[int, list[int]] = {}
        for i in household:
            if i in locked:
                held.setdefault(locked[i], []).append(i)
        loose = []
        for i in household:
            if i in locked:
                continue
            j = next((j for j in held if self._may_join(i, j)), None)
            if j is None:
                loose.append(i)
            else:
                held[j].append(i)
                self._housed[j] += 1
        return loose, held

    def _may_join(self, i: int, j: int) -> bool:
        """Say whether a child may follow a locked sibling to her caregiver."""
        problem, child, caregiver = self._problem, self._children[i], self._caregivers[j]
        limit = problem.programme.max_children
        if problem.programme.places_count_children:
            limit = min(limit, caregiver.places)
        return (
            self._housed[j] < limit
            and (child.id, caregiver.id) not in problem.forbidden
            and may_pair(child, caregiver, problem.programme, problem.on)
        )
