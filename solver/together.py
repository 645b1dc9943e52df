"""Together: households that a flow would tear apart or pile up (多子女家庭的整户安排).

Where each child takes a place, a household must still go to one caregiver as a whole; and no
caregiver may have more than the hard maximum of children. Neither fits a flow. A search
re-places the part of the unit in which the relaxed placing breaks such a rule: all groups that
are connected by arcs whose reduced cost does not exceed the gap, since no better placing uses
any other arc. So the answer is exact as soon as the gap found needs no further arc.
"""

from dataclasses import dataclass

import numpy as np

from solver.homes import Ints, int_array
from solver.landscape import Landscape
from solver.limits import Limits
from solver.relaxed import Relaxed
from solver.zone import Zone, ZoneArcs

MOST_ARCS = 300_000
"""Arcs of one search; beyond, the placing found so far is called feasible, not optimal."""

_CELLS_AT_ONCE = 1 << 18
_SAFE = 2**62
_LEFT_OUT = -1

Gap = tuple[int, int]
"""How much dearer than the relaxed placing: the first two levels in one number, and metres."""


def broken_groups(landscape: Landscape, holder: dict[int, int]) -> set[int]:
    """Return the groups that a relaxed placing tears apart or puts where they do not fit."""
    setting = landscape.setting
    homes = [{holder.get(i, _LEFT_OUT) for i in group} for group in setting.groups]
    torn = {g for g, home in enumerate(homes) if len(home) > 1}
    whole = {g: min(home) for g, home in enumerate(homes) if g not in torn}
    housed = np.bincount(list(holder.values()), minlength=landscape.caregivers)
    piled = set(np.flatnonzero(housed > np.array(setting.room)).tolist())
    placed = {g: j for g, j in whole.items() if j != _LEFT_OUT}
    allowed = landscape.arcs(int_array(placed), int_array(placed.values())).allowed.tolist()
    misplaced = {g for g, fits in zip(placed, allowed, strict=True) if not fits}
    return torn | misplaced | {g for g, home in enumerate(homes) if home & piled}


@dataclass(frozen=True, slots=True)
class Whole:
    """A placing of whole households.

    Attributes
    ----------
    holder
        Caregiver of each child who gets one.
    is_proven
        Whether nothing is better.
    is_relaxed
        Whether the relaxed placing is good as it is, so that its duals prove it.
    """

    holder: dict[int, int]
    is_proven: bool
    is_relaxed: bool


def place_whole(landscape: Landscape, relaxed: Relaxed, settled_m: int, limits: Limits) -> Whole:
    """Place all groups, each as a whole and no caregiver beyond the hard maximum."""
    holder, _ = relaxed.break_ties(list(range(relaxed.landscape.groups)), settled_m)
    broken = broken_groups(landscape, holder)
    if not broken:
        return Whole(holder, is_proven=True, is_relaxed=True)
    costs = _Costs(landscape, relaxed)
    gap: Gap = (0, 0)
    found: dict[int, int] = {}
    while (keys := costs.keys_within(gap)) is not None:
        inside = _connected(keys, landscape, broken, holder)
        zone = costs.zone(keys, inside, holder, limits)
        zone.lessen_costs()
        found = costs.outside(holder, inside) | costs.children(zone)
        dearer = costs.gap(found)
        if not zone.is_proven:
            break
        if dearer > gap:
            gap = dearer
            continue
        units = [k for k, g in enumerate(costs.owner.tolist()) if g not in inside]
        worst_m = max(settled_m, zone.lessen_worst())
        others, worst_m = relaxed.break_ties(units, worst_m)
        newly = broken_groups(landscape, others) - inside
        if newly:
            holder = costs.outside(holder, set(range(landscape.groups)) - inside) | others
            broken |= newly
            continue
        zone.forbid_beyond(worst_m)
        zone.even_out(list(landscape.setting.settled_load))
        zone.order_canonically()
        return Whole(others | costs.children(zone), zone.is_proven, is_relaxed=False)
    return Whole(found or costs.outside(holder, broken), is_proven=False, is_relaxed=False)


class _Costs:
    """What whole households cost beyond the duals of the relaxed placing.

    Attributes
    ----------
    owner
        Group of each unit that the relaxed placing placed.
    """

    def __init__(self, landscape: Landscape, relaxed: Relaxed) -> None:
        groups, units = landscape.setting.groups, relaxed.landscape.setting.groups
        group_of = {i: g for g, group in enumerate(groups) for i in group}
        self._landscape = landscape
        self.owner = int_array(group_of[unit[0]] for unit in units)
        u = np.zeros((3, landscape.groups), dtype=np.int64)
        np.add.at(u, (slice(None), self.owner), relaxed.placing.u)
        v = relaxed.placing.v
        most = int(landscape.takes.max())
        dearest = landscape.broken_cost * (int(landscape.stands.max()) + 1)
        self._weight = 2 * (dearest + _most(u[1]) + most * _most(v[1])) + 1
        if self._weight * (_most(u[0]) + most * _most(v[0]) + 1) >= _SAFE:
            raise ArithmeticError("the duals do not fit 64 bits: the problem is too large")
        self._u = np.stack([u[0] * self._weight + u[1], u[2]])
        self._v = np.stack([v[0] * self._weight + v[1], v[2]])
        totals = [sum(row.tolist()) for row in self._u]
        priced = [sum((row * landscape.places).tolist()) for row in self._v]
        self._least = totals[0] + priced[0], totals[1] + priced[1]
        unit_arcs = self.owner[relaxed.arcs.group], relaxed.arcs.caregiver
        self._working = np.unique(landscape.keys(*unit_arcs))

    def keys_within(self, gap: Gap) -> Ints | None:
        """Return all arcs whose reduced cost is at most the gap; None when they are too many."""
        landscape, found, count = self._landscape, [], 0
        height = max(1, _CELLS_AT_ONCE // landscape.caregivers)
        for start in range(0, landscape.groups, height):
            i = np.arange(start, min(start + height, landscape.groups))
            rungs, hot = landscape.least_rungs(i)
            least = rungs.astype(np.int64) - landscape.takes[i, None] * self._v[0]
            least += (landscape.broken_cost * landscape.stands[i] - self._u[0, i])[:, None]
            hot &= least <= gap[0]
            stands = landscape.standing[np.isin(landscape.standing[:, 0], i)]
            hot[stands[:, 0] - start, stands[:, 1]] = True
            row, j = np.nonzero(hot)
            found.append(self._within(row + start, j, gap))
            count += len(found[-1])
            if count > MOST_ARCS:
                return None
        return np.concatenate(found)

    def _within(self, i: Ints, j: Ints, gap: Gap) -> Ints:
        costs, takes = self._landscape.arcs(i, j), self._landscape.takes[i]
        rungs = costs.rungs - self._u[0, i] - takes * self._v[0, j]
        metres = costs.metres - self._u[1, i] - takes * self._v[1, j]
        near = (rungs < gap[0]) | ((rungs == gap[0]) & (metres <= gap[1]))
        return self._landscape.keys(i, j)[costs.allowed & near]

    def zone(self, keys: Ints, inside: set[int], holder: dict[int, int], limits: Limits) -> Zone:
        """Model the groups inside, on their arcs and the places that the others leave."""
        landscape, members = self._landscape, int_array(sorted(inside))
        keys = np.union1d(keys, self._working)
        group = keys // landscape.caregivers
        costs = landscape.arcs(group, keys % landscape.caregivers)
        kept = costs.allowed & np.isin(group, members)
        i, rungs = group[kept], costs.rungs[kept]
        arcs = ZoneArcs(
            group=i,
            caregiver=keys[kept] % landscape.caregivers,
            levels=np.stack([np.zeros_like(rungs), rungs, costs.metres[kept]]),
            farthest_m=costs.farthest_m[kept],
            takes=landscape.takes[i],
            size=landscape.size[i],
        )
        left_out = {g: self._left_out(g) for g in members.tolist()}
        zone = Zone(arcs, left_out, limits)
        outside = self.outside(holder, inside)
        taken, housed = np.zeros((2, landscape.caregivers), dtype=np.int64)
        for g, group in enumerate(landscape.setting.groups):
            if group[0] in outside:
                taken[outside[group[0]]] += landscape.takes[g]
                housed[outside[group[0]]] += len(group)
        zone.limit(landscape.places - taken, int_array(landscape.setting.room) - housed)
        return zone

    def outside(self, holder: dict[int, int], inside: set[int]) -> dict[int, int]:
        """Return the caregivers of children who are not in the zone."""
        groups = self._landscape.setting.groups
        return {
            i: holder[i]
            for g, group in enumerate(groups)
            if g not in inside
            for i in group
            if i in holder
        }

    def children(self, zone: Zone) -> dict[int, int]:
        """Return the caregivers that a zone gave to children."""
        groups = self._landscape.setting.groups
        return {i: j for g, j in zone.placed().items() for i in groups[g]}

    def gap(self, holder: dict[int, int]) -> Gap:
        """Say how much dearer a placing is than the bound."""
        landscape = self._landscape
        homes = {g: holder.get(group[0]) for g, group in enumerate(landscape.setting.groups)}
        placed = {g: j for g, j in homes.items() if j is not None}
        costs = landscape.arcs(int_array(placed), int_array(placed.values()))
        out = [self._left_out(g) for g, j in homes.items() if j is None]
        hi = sum(cover * self._weight + rungs for cover, rungs, _ in out)
        hi += sum(costs.rungs.tolist())
        return hi - self._least[0], sum(costs.metres.tolist()) - self._least[1]

    def _left_out(self, g: int) -> tuple[int, int, int]:
        landscape = self._landscape
        broken = landscape.broken_cost * int(landscape.stands[g])
        return int(landscape.left_out[g]), broken, 0


def _connected(
    keys: Ints, landscape: Landscape, broken: set[int], holder: dict[int, int]
) -> set[int]:
    """Return the groups that arcs connect with broken groups or with whom they had."""
    group, caregiver = np.divmod(keys, landscape.caregivers)
    inside = np.zeros(landscape.groups, dtype=bool)
    inside[list(broken)] = True
    reached = np.zeros(landscape.caregivers, dtype=bool)
    members = [i for g in broken for i in landscape.setting.groups[g]]
    reached[[holder[i] for i in members if i in holder]] = True
    while True:
        reached[caregiver[inside[group]]] = True
        more = group[reached[caregiver]]
        if inside[more].all():
            return set(np.flatnonzero(inside).tolist())
        inside[more] = True


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))
