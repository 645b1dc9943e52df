"""Together: households that a flow would tear apart or pile up (多子女家庭的整户安排).

Where each child takes a place, a household must still go to one caregiver as a whole; and no
caregiver may have more than the hard maximum of children. Neither fits a flow. A search
re-places the part of the unit in which the relaxed placing breaks such a rule: all groups that
are connected by arcs whose reduced cost does not exceed the gap, since no better placing uses
any other arc. So the answer is exact as soon as the gap found needs no further arc.
"""

from dataclasses import dataclass

import numpy as np

from solver.limits import Limits
from solver.pairs.homes import Bools, Ints, int_array
from solver.pairs.landscape import Landscape
from solver.pairs.relaxed import Relaxed
from solver.pairs.zone import Zone, ZoneArcs

ZONES = (100, 400, 1_000)
"""Groups of the searches, one after the other until one is proven best."""

MOST_ARCS = 40_000
"""Arcs within the gap that are worth listing; beyond, only those of the flow are taken."""

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
    units = list(range(relaxed.landscape.groups))
    holder, worst_m = relaxed.break_ties(units, settled_m)
    broken = broken_groups(landscape, holder)
    if not broken:
        return Whole(holder, is_proven=True, is_relaxed=True)
    return _Search(_Costs(landscape, relaxed), (settled_m, worst_m), limits).run(holder, broken)


class _Search:
    """Zones around the broken groups, larger and larger, until one is proven best."""

    def __init__(self, costs: "_Costs", worst_m: tuple[int, int], limits: Limits) -> None:
        self._costs = costs
        self._settled_m, self._worst_m = worst_m
        self._limits = limits

    def run(self, holder: dict[int, int], broken: set[int]) -> Whole:
        """Return the first placing proven best, else the best of all."""
        costs = self._costs
        best = costs.outside(holder, broken)
        least = costs.gap(best)
        gap: Gap = (0, 0)
        for most in ZONES:
            again = True
            while again:
                keys, is_complete = costs.keys_within(gap)
                inside, is_closed = costs.connected(keys, broken, holder, most)
                is_closed &= is_complete
                zone = costs.zone(keys, inside, holder, self._limits)
                zone.lessen_costs()
                found = costs.outside(holder, inside) | costs.children(zone)
                dearer = costs.gap(found)
                if dearer < least:
                    best, least = found, dearer
                if not zone.is_proven:
                    return Whole(best, is_proven=False, is_relaxed=False)
                if dearer == (0, 0) or (is_closed and dearer <= gap):
                    return self._break_ties(zone, is_closed, found, broken)
                again = is_closed
                gap = least
        return Whole(best, is_proven=False, is_relaxed=False)

    def _break_ties(
        self, zone: Zone, is_closed: bool, found: dict[int, int], broken: set[int]
    ) -> Whole:
        """Settle the last levels: over the whole unit where nothing connects zone and others.

        Where the zone was cut out of something larger, the others stay as they are, and the last
        levels hold inside the zone.
        """
        costs = self._costs
        inside = set(zone.groups.tolist())
        zone.forbid(costs.dearer_than(zone, costs.gap(found)))
        others, worst_m = costs.outside(found, inside), zone.lessen_worst()
        if not is_closed:
            worst_m = max(worst_m, self._worst_m)
        else:
            units = [k for k, g in enumerate(costs.owner.tolist()) if g not in inside]
            others, worst_m = costs.relaxed.break_ties(units, max(worst_m, self._settled_m))
            newly = broken_groups(costs.landscape, others) - inside
            if newly:
                rest = set(range(costs.landscape.groups)) - inside
                return self.run(costs.outside(found, rest) | others, broken | newly)
        zone.forbid_beyond(worst_m)
        zone.even_out(costs.loads(others))
        zone.order_canonically()
        return Whole(others | costs.children(zone), is_proven=True, is_relaxed=False)


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
        self.landscape = landscape
        self.relaxed = relaxed
        self._out = landscape.out_levels()
        self.owner = int_array(group_of[unit[0]] for unit in units)
        u = np.zeros((3, landscape.groups), dtype=np.int64)
        for level, duals in zip(u, relaxed.placing.u, strict=True):
            np.add.at(level, self.owner, duals)
        v = relaxed.placing.v
        most = int(landscape.takes.max())
        self._weight = 2 * (landscape.dearest + _most(u[1]) + most * _most(v[1])) + 1
        change = landscape.price.children[1]
        self._broken = landscape.broken_weight + change * self._weight
        given_up = change * int(landscape.stands.max())
        if self._weight * (_most(u[0]) + most * _most(v[0]) + given_up + 1) >= _SAFE:
            raise ArithmeticError("the duals do not fit 64 bits: the problem is too large")
        self._u = np.stack([u[0] * self._weight + u[1], u[2]])
        self._v = np.stack([v[0] * self._weight + v[1], v[2]])
        totals = [sum(row.tolist()) for row in self._u]
        priced = [sum((row * landscape.places).tolist()) for row in self._v]
        self._least = totals[0] + priced[0], totals[1] + priced[1]
        unit_arcs = self.owner[relaxed.arcs.group], relaxed.arcs.caregiver
        self._working = np.unique(landscape.keys(*unit_arcs))

    def keys_within(self, gap: Gap) -> tuple[Ints, bool]:
        """Return the arcs whose reduced cost is at most the gap, and whether these are all.

        Where there are too many, only those among the flow's own arcs.
        """
        found, count = [], 0
        height = max(1, _CELLS_AT_ONCE // self.landscape.caregivers)
        for start in range(0, self.landscape.groups, height):
            i = np.arange(start, min(start + height, self.landscape.groups))
            found.append(self._row_keys(i, gap))
            count += len(found[-1])
            if count > MOST_ARCS:
                return self._within(
                    *np.divmod(self._working, self.landscape.caregivers), gap
                ), False
        return np.concatenate(found), True

    def _row_keys(self, i: Ints, gap: Gap) -> Ints:
        landscape, start = self.landscape, int(i[0])
        rungs, hot = landscape.least_rungs(i)
        least = landscape.rung_weight * rungs.astype(np.int64)
        least -= landscape.takes[i, None] * self._v[0]
        least += (self._broken * landscape.stands[i] - self._u[0, i])[:, None]
        hot &= least <= gap[0]
        stands = landscape.standing[np.isin(landscape.standing[:, 0], i)]
        hot[stands[:, 0] - start, stands[:, 1]] = True
        row, j = np.nonzero(hot)
        return self._within(row + start, j, gap)

    def _within(self, i: Ints, j: Ints, gap: Gap) -> Ints:
        costs, takes = self.landscape.arcs(i, j), self.landscape.takes[i]
        rungs = costs.given_up * self._weight + costs.rungs
        rungs -= self._u[0, i] + takes * self._v[0, j]
        metres = costs.metres - self._u[1, i] - takes * self._v[1, j]
        near = (rungs < gap[0]) | ((rungs == gap[0]) & (metres <= gap[1]))
        keys: Ints = self.landscape.keys(i, j)[costs.allowed & near]
        return keys

    def connected(
        self, keys: Ints, broken: set[int], holder: dict[int, int], most: int
    ) -> tuple[set[int], bool]:
        """Return groups that arcs connect with broken groups or with whom they had.

        Stops at ``most`` groups, and says whether it found all.
        """
        landscape = self.landscape
        group, caregiver = np.divmod(keys, landscape.caregivers)
        inside, reached = self._seeds(broken, holder)
        while True:
            reached[caregiver[inside[group]]] = True
            more = np.unique(group[reached[caregiver] & ~inside[group]])
            room = max(0, most - int(inside.sum()))
            inside[more[:room]] = True
            if not len(more) or len(more) > room:
                return set(np.flatnonzero(inside).tolist()), not len(more)

    def _seeds(self, broken: set[int], holder: dict[int, int]) -> tuple[Bools, Bools]:
        inside = np.zeros(self.landscape.groups, dtype=bool)
        inside[list(broken)] = True
        reached = np.zeros(self.landscape.caregivers, dtype=bool)
        members = [i for g in broken for i in self.landscape.setting.groups[g]]
        reached[[holder[i] for i in members if i in holder]] = True
        return inside, reached

    def zone(self, keys: Ints, inside: set[int], holder: dict[int, int], limits: Limits) -> Zone:
        """Model the groups inside, on their arcs and the places that the others leave."""
        landscape, members = self.landscape, int_array(sorted(inside))
        keys = np.union1d(keys, self._working)
        group = keys // landscape.caregivers
        costs = landscape.arcs(group, keys % landscape.caregivers)
        kept = costs.allowed & np.isin(group, members)
        i = group[kept]
        arcs = ZoneArcs(
            group=i,
            caregiver=keys[kept] % landscape.caregivers,
            levels=landscape.apart(costs.given_up, costs.rungs, costs.metres)[:, kept],
            farthest_m=costs.farthest_m[kept],
            takes=landscape.takes[i],
            size=landscape.size[i],
        )
        left_out = landscape.apart(*landscape.out_levels()[:, members])
        zone = Zone(arcs, members, left_out, limits)
        outside = self.outside(holder, inside)
        housed = np.bincount(list(outside.values()), minlength=landscape.caregivers)
        room = int_array(landscape.setting.room) - housed
        zone.limit(landscape.places - self._taken(outside), room)
        return zone

    def loads(self, holder: dict[int, int]) -> list[int]:
        """Count the places of each caregiver that are settled or taken."""
        loads: list[int] = (self._taken(holder) + self.landscape.setting.settled_load).tolist()
        return loads

    def _taken(self, holder: dict[int, int]) -> Ints:
        taken = np.zeros(self.landscape.caregivers, dtype=np.int64)
        for g, group in enumerate(self.landscape.setting.groups):
            if group[0] in holder:
                taken[holder[group[0]]] += self.landscape.takes[g]
        return taken

    def outside(self, holder: dict[int, int], inside: set[int]) -> dict[int, int]:
        """Return the caregivers of children who are not in the zone."""
        groups = self.landscape.setting.groups
        return {
            i: holder[i]
            for g, group in enumerate(groups)
            if g not in inside
            for i in group
            if i in holder
        }

    def children(self, zone: Zone) -> dict[int, int]:
        """Return the caregivers that a zone gave to children."""
        groups = self.landscape.setting.groups
        return {i: j for g, j in zone.placed().items() for i in groups[g]}

    def gap(self, holder: dict[int, int]) -> Gap:
        """Say how much dearer a placing is than the bound."""
        landscape = self.landscape
        homes = {g: holder.get(group[0]) for g, group in enumerate(landscape.setting.groups)}
        placed = {g: j for g, j in homes.items() if j is not None}
        costs = landscape.arcs(int_array(placed), int_array(placed.values()))
        out = [self._left_out(g) for g, j in homes.items() if j is None]
        hi = sum(cover * self._weight + rungs for cover, rungs, _ in out)
        hi += sum(costs.rungs.tolist()) + self._weight * sum(costs.given_up.tolist())
        metres = sum(costs.metres.tolist()) + sum(metres for *_, metres in out)
        return hi - self._least[0], metres - self._least[1]

    def dearer_than(self, zone: Zone, gap: Gap) -> Bools:
        """Say which arcs of a zone no placing within the gap can use."""
        keys = self.landscape.keys(*zone.arcs)
        return ~np.isin(keys, self._within(*zone.arcs, gap))

    def _left_out(self, g: int) -> tuple[int, int, int]:
        left_out, broken, metres = self._out[:, g].tolist()
        return left_out, broken, metres


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))
