"""Reasons: why a child is left over, and why a current pair ends (未结对原因)."""

from collections import Counter

import numpy as np

from casework.eligibility import may_pair
from casework.proposals import Ended, Ending, Left
from solver.pairs.households import Group
from solver.pairs.landscape import Landscape
from solver.pairs.setting import Setting


def left_reason(landscape: Landscape, i: int) -> Left:
    """Say why a group has no caregiver.

    Nobody in the unit, or nobody the rules on distance and places allow; or everybody in
    question is barred from these children; or all their places are taken.
    """
    near = landscape.serving(i)
    if len(near) and not landscape.setting.problem.programme.beyond_reach_allowed:
        near = near[landscape.within_reach(i, near)]
    if not len(near):
        return Left.NO_CAREGIVER
    permitted = near[landscape.is_permitted(np.full(len(near), i), near)]
    if not len(permitted):
        return Left.EXCLUDED
    places = int(landscape.setting.takes(landscape.setting.groups[i]))
    large_enough = any(landscape.setting.caregivers[j].places >= places for j in permitted)
    return Left.ALL_FULL if large_enough else Left.NO_CAREGIVER


def endings(setting: Setting, holder: dict[int, int]) -> tuple[Ended, ...]:
    """List the current pairs that end, sorted by child.

    Parameters
    ----------
    holder
        Caregiver of each child who has one, by index.
    """
    judge = _Endings(setting, holder)
    given_up = [
        Ended(setting.children[i].id, setting.caregivers[j].id, judge.reason(i, j))
        for i, j in setting.standing
        if holder.get(i) != j
    ]
    return tuple(
        sorted([*setting.ended, *given_up], key=lambda line: (line.child, line.caregiver))
    )


class _Endings:
    """Why permitted pairs are given up all the same."""

    def __init__(self, setting: Setting, holder: dict[int, int]) -> None:
        self._setting = setting
        self._holder = holder
        self._group = {i: group for group in setting.groups for i in group}
        self._group |= {i: group for group, _ in setting.settled for i in group}
        self._theirs: dict[Group, set[int]] = {}
        for i, j in setting.standing:
            self._theirs.setdefault(self._group[i], set()).add(j)
        self._claims = Counter(j for claims in self._theirs.values() for j in claims)

    def reason(self, i: int, j: int) -> Ending:
        """Say why one pair ends: what stands first in the rules stands first here."""
        setting, group = self._setting, self._group[i]
        instead = self._holder.get(i)
        if (i, instead) in setting.standing or i in setting.locked:
            return Ending.NOT_PERMITTED
        if len(group) > 1 and (instead in self._siblings_have(group) or self._is_barred(group, j)):
            return Ending.SIBLINGS_TOGETHER
        claims = self._claims[j] + setting.settled_load[j]
        if claims > setting.caregivers[j].places:
            return Ending.OVER_PLACES
        return Ending.COVERS_MORE

    def _siblings_have(self, group: Group) -> set[int]:
        locked = {self._setting.locked[i] for i in group if i in self._setting.locked}
        return locked | self._theirs[group]

    def _is_barred(self, group: Group, j: int) -> bool:
        """Say whether the caregiver of one may not have a sibling."""
        problem, caregiver = self._setting.problem, self._setting.caregivers[j]
        return any(
            (child.id, caregiver.id) in problem.forbidden
            or not may_pair(child, caregiver, problem.programme, problem.on)
            for child in (self._setting.children[i] for i in group)
        )
