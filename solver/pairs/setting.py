"""Setting: what is settled before the solver begins (结对的前提).

Groups of children whom the staff has locked are placed at once, with the places they use;
every other group and place is the solver's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from casework.eligibility import caregiver_state, child_state
from casework.people import Caregiver, Child
from casework.proposals import Ended
from solver.pairs.households import Group, Households
from solver.pairs.standing import Standing, judge_current
from solver.problem import PairingProblem


@dataclass(frozen=True, slots=True)
class Setting:
    """Children and caregivers by index, both in id order, and what is settled about them.

    Attributes
    ----------
    standing
        Current pairs that the rules permit: (child, caregiver).
    locked
        Child to caregiver, for the pairs the staff fixed.
    excluded
        Children who can be in no pair.
    groups, settled
        Groups to place, by least child; groups the locks have placed, with the caregiver.
    eligible
        For each caregiver, whether she may take new children at all.
    places
        Places of each caregiver that ``groups`` may use: households, or children where the
        programme counts those.
    room
        Children each caregiver may still take before the hard maximum.
    settled_load
        Places each caregiver gives to ``settled``.
    ended
        Current pairs that end whatever the solver finds.
    """

    problem: PairingProblem
    children: tuple[Child, ...]
    caregivers: tuple[Caregiver, ...]
    standing: frozenset[tuple[int, int]]
    locked: dict[int, int]
    excluded: frozenset[int]
    groups: tuple[Group, ...]
    settled: tuple[tuple[Group, int], ...]
    eligible: tuple[bool, ...]
    places: tuple[int, ...]
    room: tuple[int, ...]
    settled_load: tuple[int, ...]
    ended: tuple[Ended, ...]

    def takes(self, group: Group) -> int:
        """Count the places a group takes."""
        return _takes(self.problem, group)

    def settled_holder(self) -> dict[int, int]:
        """Return the caregiver of each child whom a lock has placed."""
        return {i: j for group, j in self.settled for i in group}


_Person = TypeVar("_Person", Child, Caregiver)


def settle(problem: PairingProblem) -> Setting:
    """Apply what needs no solver: exclusions, locks, households, places.

    Raises
    ------
    ValueError
        When two children or two caregivers share an id.
    """
    waiting = set(problem.needs_data)
    children = _by_id(child for child in problem.children if child.id not in waiting)
    caregivers = _by_id(problem.caregivers)
    current = judge_current(problem, children, caregivers)
    excluded = _excluded(problem, children, current)
    homes = Households(problem, children, caregivers, current.locked, excluded)
    eligible = tuple(
        caregiver_state(c, problem.programme, problem.on).excluded is None for c in caregivers
    )
    taken = _by_caregiver((j, _takes(problem, group)) for group, j in homes.settled)
    housed = _by_caregiver((j, len(group)) for group, j in homes.settled)
    room = [max(0, problem.programme.max_children - housed[j]) for j in range(len(caregivers))]
    left = [c.places - taken[j] if eligible[j] else 0 for j, c in enumerate(caregivers)]
    held = _held_places(problem, current, homes.groups)
    places = [_free_places(free, held[j]) for j, free in enumerate(left)]
    if problem.programme.places_count_children:
        places = list(map(min, places, room))
    return Setting(
        problem=problem,
        children=children,
        caregivers=caregivers,
        standing=frozenset(current.kept_if_possible),
        locked=current.locked,
        excluded=excluded,
        groups=homes.groups,
        settled=homes.settled,
        eligible=eligible,
        places=tuple(places),
        room=tuple(room),
        settled_load=tuple(taken[j] for j in range(len(caregivers))),
        ended=tuple(current.ended),
    )


def _free_places(left: int, held: tuple[int, int]) -> int:
    """Count the places for others: those held for children who wait go before new claims."""
    waiting, claimed = held
    free = max(0, left)
    return free - max(0, min(waiting, free - claimed))


def _by_caregiver(counts: Iterable[tuple[int, int]]) -> Counter[int]:
    """Add counts up by caregiver."""
    total = Counter[int]()
    for j, count in counts:
        total[j] += count
    return total


def _by_id(people: Iterable[_Person]) -> tuple[_Person, ...]:
    ordered = sorted(people, key=lambda person: person.id)
    if len({person.id for person in ordered}) < len(ordered):
        raise ValueError("two children or two caregivers of the problem share an id")
    return tuple(ordered)


def _takes(problem: PairingProblem, group: Group) -> int:
    return len(group) if problem.programme.places_count_children else 1


def _excluded(
    problem: PairingProblem, children: tuple[Child, ...], current: Standing
) -> frozenset[int]:
    """Find the children who can be in no pair; a lock holds against that too."""
    states = (child_state(child, problem.programme, problem.on) for child in children)
    return frozenset(
        i for i, state in enumerate(states) if state.excluded and i not in current.locked
    )


def _held_places(
    problem: PairingProblem, current: Standing, groups: tuple[Group, ...]
) -> defaultdict[int, tuple[int, int]]:
    """Count for each caregiver children who wait for a correction, and places already claimed.

    She has such a child, so a place is held: otherwise she would be offered another for want of
    a digit. Pairs that stand come first: a held place never drives one out.
    """
    waiting = Counter(current.awaiting)
    claimed = Counter[int]()
    for group in groups if waiting else ():
        for j in {j for i, j in current.kept_if_possible if i in group and j in waiting}:
            claimed[j] += _takes(problem, group)
    found = {j: (count, claimed[j]) for j, count in waiting.items()}
    return defaultdict(lambda: (0, 0), found)
