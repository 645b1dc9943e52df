"""Landscape: what pairing any group with any caregiver would cost (就近、属地).

The costs of the complete graph, which is never laid out: they are computed for a list of arcs,
or bounded for some rows. Areas come first, by name; metres are needed only where both homes
are measurable, and are exact geodesics wherever they can decide anything.

Three levels, each an integer: children left out; current pairs broken and then rungs; metres
charged. A price on current pairs given up may be added to each of them. ``i`` is a group, ``j``
a caregiver, a strand one child of a group.
"""

from copy import copy
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casework.eligibility import SexRule, sex_rule
from casework.people import Sex
from casework.proposals import Rung
from geo.distance import LEAST_RADIUS_M, array_metres_between
from solver.pairs.homes import UNKNOWN_VILLAGE, Atlas, Bools, Ints, int_array
from solver.pairs.households import Group
from solver.pairs.setting import Setting

_SEXES = (None, Sex.FEMALE, Sex.MALE)
_BEYOND = int(Rung.BEYOND_REACH)


@dataclass(frozen=True, slots=True)
class Price:
    """What the levels weigh, and what a current pair given up costs on each of them.

    Attributes
    ----------
    children, rungs, metres
        Multiplier of the level's own cost, and what a pair given up adds. None for ``rungs``:
        a pair given up outweighs all rungs together.
    """

    children: tuple[int, int] = (1, 0)
    rungs: tuple[int, int] | None = None
    metres: tuple[int, int] = (1, 0)


NO_PRICE: Final = Price()


@dataclass(frozen=True, slots=True, eq=False)
class ArcCosts:
    """Costs of a list of arcs.

    Attributes
    ----------
    allowed
        Whether the rules allow the arc.
    given_up
        First level: the price of the current pairs it gives up.
    rungs
        Second level: broken pairs and rungs in one number.
    metres
        Third level: metres charged, and the price of pairs given up if there is one.
    farthest_m
        Metres charged for the group's child who is farthest.
    """

    allowed: Bools
    given_up: Ints
    rungs: Ints
    metres: Ints
    farthest_m: Ints


class Landscape:
    """Costs between the groups and the caregivers of a setting.

    Parameters
    ----------
    households
        For each group the children with whom it must stay, when groups are parts of households:
        a caregiver who may not have all of them may have none.
    price
        Weights of the levels.

    Attributes
    ----------
    groups, caregivers
        How many there are.
    size, takes
        Children in each group, and the places it takes.
    places
        Places of each caregiver.
    left_out
        First level: cost of leaving each group out.
    children_left_out
        The same without any price.
    measurable
        Whether any child of each group has a home to measure from.
    broken_cost
        More than all rungs together: what a broken pair weighs where no price is set.
    rung_weight, broken_weight, dearest
        What a rung and a broken pair weigh on the second level, and the most of one arc.
    township_rows
        Rung by name from each township to each caregiver.
    standing, stands
        Arcs of current pairs, shape (arcs, 2); current pairs of each group.
    """

    def __init__(
        self,
        setting: Setting,
        households: tuple[Group, ...] | None = None,
        price: Price = NO_PRICE,
    ) -> None:
        groups = setting.groups
        households = households or groups
        members = [setting.children[i] for group in groups for i in group]
        group_of = {i: g for g, group in enumerate(groups) for i in group}
        self.setting = setting
        self.reach_m = setting.problem.reach_m
        self.groups, self.caregivers = len(groups), len(setting.caregivers)
        self.size = int_array(len(group) for group in groups)
        self.takes = int_array(setting.takes(group) for group in groups)
        self.places = int_array(setting.places)
        self._needs = int_array(setting.takes(household) for household in households)
        self._whole = int_array(len(household) for household in households)
        self._serves = np.array(setting.eligible, dtype=bool)
        self._room = int_array(setting.room)
        self._first = np.concatenate([[0], np.cumsum(self.size)]).astype(np.int64)
        atlas = Atlas()
        self.homes = atlas.homes([child.home for child in members])
        self.their_homes = atlas.homes([c.home for c in setting.caregivers])
        rungs = atlas.township_rungs(setting.problem.neighbours)
        self.township_rows = rungs[:, self.their_homes.township]
        self.measurable = np.logical_or.reduceat(self.homes.measurable, self._first[:-1])
        self._unit = self.homes.unit[self._first[:-1]]
        self._sex_forbids = _forbidden_sexes(setting, households)
        self._sex = int_array(_SEXES.index(c.sex) for c in setting.caregivers)
        self._forbidden = self._counted(_forbidden_pairs(setting, households))
        standing = [(group_of[i], j) for i, j in setting.standing if i in group_of]
        self._standing = self._counted(standing)
        self.standing = np.stack(np.divmod(self._standing[0], max(1, self.caregivers)), axis=1)
        self.stands = np.bincount([i for i, _ in standing], minlength=self.groups).astype(np.int64)
        self.broken_cost = _BEYOND * int(self.size.sum()) + 1
        mandatory = int_array(
            sum(setting.children[i].in_mandatory_scope for i in group) for group in groups
        )
        optional = self.size - mandatory
        self.children_left_out = mandatory * (int(optional.sum()) + 1) + optional
        self.set_price(price)

    def at(self, price: Price) -> "Landscape":
        """Give the same landscape at another price."""
        other = copy(self)
        other.set_price(price)
        return other

    def set_price(self, price: Price) -> None:
        """Weigh the levels by a price."""
        self.price = price
        weight, change = price.children
        self.left_out = weight * self.children_left_out + change * self.stands
        self.rung_weight, self.broken_weight = price.rungs or (1, self.broken_cost)
        self.dearest = self.rung_weight * self.broken_cost
        self.dearest += abs(self.broken_weight) * int(self.stands.max(initial=0))

    @property
    def first_strands(self) -> Ints:
        """First child of each group among the strands."""
        return self._first[:-1]

    def arcs(self, i: Ints, j: Ints, *, bound_only: bool = False) -> ArcCosts:
        """Cost a list of arcs exactly, or bound it from below on the sphere, which is quick.

        A bound allows every arc that the rules allow, and no level of it is above the true one
        unless a level before it is below.
        """
        strand, arc = self._strands(i)
        metres = np.full(len(strand), self.reach_m, dtype=np.int64)
        measured = self.homes.measurable[strand] & self.their_homes.measurable[j[arc]]
        measure = self._least_metres if bound_only else self._metres
        metres[measured] = measure(strand[measured], j[arc[measured]])
        rung = self._rungs_by_name(strand, j[arc])
        rung[metres > self.reach_m] = _BEYOND
        stands = _looked_up(self._standing, self.keys(i, j))
        allowed = self._allowed(i, j)
        if not self.setting.problem.programme.beyond_reach_allowed:
            beyond = np.zeros(len(i), dtype=bool)
            beyond[arc[rung == _BEYOND]] = True
            allowed &= ~beyond | (stands > 0)
        farthest = np.zeros(len(i), dtype=np.int64)
        np.maximum.at(farthest, arc, metres)
        given_up, metre = self.stands[i] - stands, self.price.metres[0]
        return ArcCosts(
            allowed=allowed,
            given_up=self.price.children[1] * given_up,
            rungs=self.broken_weight * given_up + self.rung_weight * _sums(arc, rung, len(i)),
            metres=self.price.metres[1] * given_up + metre * _sums(arc, metres, len(i)),
            farthest_m=farthest,
        )

    def out_levels(self) -> Ints:
        """Return what leaving each group out costs on each level, shape (levels, groups)."""
        return np.stack(
            [
                self.left_out,
                self.broken_weight * self.stands,
                self.price.metres[1] * self.stands,
            ]
        )

    def apart(self, given_up: Ints, rungs: Ints, metres: Ints) -> Ints:
        """Take broken pairs and rungs apart where they are one number; shape (levels, arcs)."""
        if self.price.rungs is not None:
            return np.stack([given_up, rungs, metres])
        return np.stack([given_up, *np.divmod(rungs, self.broken_cost), metres])

    def serving(self, i: int) -> Ints:
        """Return the caregivers of a group's unit who may take children at all."""
        return np.flatnonzero(self._serves & (self.their_homes.unit == self._unit[i]))

    def within_reach(self, i: int, j: Ints) -> Bools:
        """Say of which of some caregivers a group is near, or has one already."""
        near = np.zeros(len(j), dtype=bool)
        group = np.full(len(j), i)
        maybe = self.arcs(group, j, bound_only=True).farthest_m <= self.reach_m
        near[maybe] = self.arcs(group[maybe], j[maybe]).farthest_m <= self.reach_m
        near |= _looked_up(self._standing, self.keys(group, j)) > 0
        return near

    def is_permitted(self, i: Ints, j: Ints) -> Bools:
        """Say which arcs neither kinship, wish nor the rule on sexes forbids."""
        permitted: Bools = _looked_up(self._forbidden, self.keys(i, j)) == 0
        return permitted & ~self._sex_forbids[i, self._sex[j]]

    def keys(self, i: Ints, j: Ints) -> Ints:
        """Give arcs a number each, by group and then caregiver."""
        return i * self.caregivers + j

    def least_rungs(self, i: Ints) -> tuple[NDArray[np.int8], Bools]:
        """Bound the rungs of whole rows from below, by names alone.

        Returns
        -------
        bound
            Shape (rows, caregivers); exact but for children beyond reach.
        allowed
            Same shape; False where the rules forbid the arc whatever the distance.
        """
        bound = self._rung_rows(self._first[i])
        for sibling in range(1, int(self.size[i].max(initial=0))):
            more = np.flatnonzero(self.size[i] > sibling)
            bound[more] += self._rung_rows(self._first[i[more]] + sibling)
        return bound, self._allowed_rows(i)

    def _rung_rows(self, strand: Ints) -> NDArray[np.int8]:
        rung: NDArray[np.int8] = self.township_rows[self.homes.township[strand]]
        village = self.homes.village[strand, None]
        rung[(village == self.their_homes.village) & (village != UNKNOWN_VILLAGE)] = 0
        return rung

    def _strands(self, i: Ints) -> tuple[Ints, Ints]:
        """Return the strands of the groups of a list, and the position in it of each."""
        count = self.size[i]
        arc = np.repeat(np.arange(len(i)), count)
        within = np.arange(len(arc)) - np.repeat(np.cumsum(count) - count, count)
        return self._first[i][arc] + within, arc

    def _rungs_by_name(self, strand: Ints, j: Ints) -> Ints:
        rung = self.township_rows[self.homes.township[strand], j].astype(np.int64)
        village = self.homes.village[strand]
        rung[(village == self.their_homes.village[j]) & (village != UNKNOWN_VILLAGE)] = 0
        return rung

    def _metres(self, strand: Ints, j: Ints) -> Ints:
        lonlat = self.homes.lonlat[strand], self.their_homes.lonlat[j]
        return np.rint(array_metres_between(*lonlat)).astype(np.int64)

    def _least_metres(self, strand: Ints, j: Ints) -> Ints:
        """Bound whole metres from below: the angle on the sphere times the least radius."""
        chord = np.linalg.norm(self.homes.sphere[strand] - self.their_homes.sphere[j], axis=1)
        angle = 2 * np.arcsin(np.minimum(chord / 2, 1.0))
        least: Ints = np.maximum(np.floor(angle * LEAST_RADIUS_M - 1), 0).astype(np.int64)
        return least

    def _allowed(self, i: Ints, j: Ints) -> Bools:
        """Say which arcs the rules allow, distance apart."""
        allowed = self.is_permitted(i, j)
        allowed &= self._unit[i] == self.their_homes.unit[j]
        allowed &= self._needs[i] <= self.places[j]
        allowed &= self._whole[i] <= self._room[j]
        return allowed

    def _allowed_rows(self, i: Ints) -> Bools:
        allowed: Bools = self._unit[i, None] == self.their_homes.unit
        allowed &= self._needs[i, None] <= self.places
        allowed &= self._whole[i, None] <= self._room
        if self._sex_forbids.any():
            allowed &= ~self._sex_forbids[i][:, self._sex]
        keys = self._forbidden[0]
        first, last = np.searchsorted(keys, np.stack([i, i + 1]) * self.caregivers)
        for row in np.flatnonzero(first < last):
            allowed[row, keys[first[row] : last[row]] % self.caregivers] = False
        return allowed

    def _counted(self, pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
        """Count pairs of group and caregiver: sorted keys, and how often each comes."""
        return np.unique(int_array(i * self.caregivers + j for i, j in pairs), return_counts=True)


def _forbidden_sexes(setting: Setting, households: tuple[Group, ...]) -> Bools:
    """Say which sexes of caregivers each household may not have, shape (households, sexes)."""
    programme = setting.problem.programme
    forbidden = {
        a: [sex_rule(a, b, programme) is SexRule.FORBIDDEN for b in _SEXES] for a in _SEXES
    }
    rows = [
        np.any([forbidden[setting.children[i].sex] for i in household], axis=0)
        for household in households
    ]
    return np.array(rows, dtype=bool).reshape(len(rows), len(_SEXES))


def _forbidden_pairs(setting: Setting, households: tuple[Group, ...]) -> list[tuple[int, int]]:
    """List whom no child of a household may have, by household."""
    caregiver = {c.id: j for j, c in enumerate(setting.caregivers)}
    barred: dict[str, list[int]] = {}
    for child, other in setting.problem.forbidden:
        if other in caregiver:
            barred.setdefault(child, []).append(caregiver[other])
    return [
        (k, j)
        for k, household in enumerate(households)
        for i in household
        for j in barred.get(setting.children[i].id, ())
    ]


def _looked_up(counted: tuple[Ints, Ints], keys: Ints) -> Ints:
    """Return how often each key was counted."""
    known, count = counted
    if not len(known):
        return np.zeros(len(keys), dtype=np.int64)
    position = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.where(known[position] == keys, count[position], 0)


def _sums(position: Ints, values: Ints, length: int) -> Ints:
    """Sum values by position; exact, since no sum comes near 2**53."""
    return np.bincount(position, values, length).astype(np.int64)
