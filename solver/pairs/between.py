"""Between: a placing with a limit on changes that no price hits (限制调整的整数规划).

The limit is one row of a mixed-integer model, in which everything else is as in a zone of
households. Where the complete graph is small all of it is in the model, and what comes out is
proven. Elsewhere only the groups whom the two corners place differently may move, on the arcs
that lie in one of them or are among the nearest: a true placing, whose cover alone is bounded.
"""

import numpy as np

from casework.proposals import ProofStatus
from solver.limits import Limits
from solver.pairs.candidates import first_arcs
from solver.pairs.homes import Ints, int_array
from solver.pairs.landscape import Landscape
from solver.pairs.placing import Placed
from solver.pairs.zone import Zone, ZoneArcs

MOST_CELLS = 1_500
"""Cells of a complete graph that are all worth modelling."""

_BROKEN = 1


class Between:
    """Placings between two corners of one edge.

    Parameters
    ----------
    least, most
        The corner with fewer changes and the one with more.
    """

    def __init__(self, landscape: Landscape, least: Placed, most: Placed) -> None:
        self._landscape = landscape
        self._least, self._most = least.holder, most.holder
        groups, caregivers = landscape.groups, landscape.caregivers
        self._is_whole = groups * caregivers <= MOST_CELLS
        if self._is_whole:
            self._inside = np.arange(groups)
            self._keys = np.arange(groups * caregivers)
        else:
            self._inside = self._moved()
            self._keys = self._worth_modelling()

    def place(self, most_changes: int, settled_m: int, limits: Limits) -> Placed:
        """Place everybody with at most so many changes."""
        zone, outside = self._zone(limits), self._outside()
        zone.hold(_BROKEN, most_changes - self._broken_outside(outside))
        zone.lessen_costs()
        is_proven = zone.is_proven and self._is_whole
        zone.forbid_beyond(max(settled_m, self._worst_m(outside), zone.lessen_worst()))
        zone.even_out(self._loads(outside))
        zone.order_canonically()
        groups = self._landscape.setting.groups
        holder = outside | {i: j for g, j in zone.placed().items() for i in groups[g]}
        status = ProofStatus.OPTIMAL if is_proven and zone.is_proven else ProofStatus.FEASIBLE
        return Placed(holder, holder, None, status)

    def _moved(self) -> Ints:
        firsts = [group[0] for group in self._landscape.setting.groups]
        return np.flatnonzero([self._least.get(i) != self._most.get(i) for i in firsts])

    def _worth_modelling(self) -> Ints:
        """Give the nearest arcs of the groups inside, those of both corners among them."""
        landscape = self._landscape
        firsts = [landscape.setting.groups[g][0] for g in self._inside]
        theirs = [
            (g, holder[i])
            for holder in (self._least, self._most)
            for g, i in zip(self._inside.tolist(), firsts, strict=True)
            if i in holder
        ]
        own = int_array(g * landscape.caregivers + j for g, j in theirs)
        near = first_arcs(landscape)
        return np.union1d(own, near[np.isin(near // landscape.caregivers, self._inside)])

    def _zone(self, limits: Limits) -> Zone:
        landscape = self._landscape
        group, caregiver = np.divmod(self._keys, max(1, landscape.caregivers))
        costs = landscape.arcs(group, caregiver)
        kept = costs.allowed
        i, j = group[kept], caregiver[kept]
        broken, rungs = np.divmod(costs.rungs[kept], landscape.broken_cost)
        arcs = ZoneArcs(
            group=i,
            caregiver=j,
            levels=np.stack([np.zeros_like(rungs), broken, rungs, costs.metres[kept]]),
            farthest_m=costs.farthest_m[kept],
            takes=landscape.takes[i],
            size=landscape.size[i],
        )
        inside = self._inside
        nothing = np.zeros_like(inside)
        left_out = [
            landscape.children_left_out[inside],
            landscape.stands[inside],
            nothing,
            nothing,
        ]
        zone = Zone(arcs, inside, np.stack(left_out), limits)
        outside = self._outside()
        housed = np.bincount(list(outside.values()), minlength=landscape.caregivers)
        zone.limit(
            landscape.places - self._taken(outside), int_array(landscape.setting.room) - housed
        )
        return zone

    def _outside(self) -> dict[int, int]:
        inside = set(self._inside.tolist())
        groups = self._landscape.setting.groups
        stay = {i for g, group in enumerate(groups) if g not in inside for i in group}
        return {i: j for i, j in self._least.items() if i in stay}

    def _taken(self, holder: dict[int, int]) -> Ints:
        landscape = self._landscape
        taken = np.zeros(landscape.caregivers, dtype=np.int64)
        for g, group in enumerate(landscape.setting.groups):
            if group[0] in holder:
                taken[holder[group[0]]] += landscape.takes[g]
        return taken

    def _loads(self, outside: dict[int, int]) -> list[int]:
        settled = int_array(self._landscape.setting.settled_load)
        loads: list[int] = (self._taken(outside) + settled).tolist()
        return loads

    def _broken_outside(self, outside: dict[int, int]) -> int:
        setting, inside = self._landscape.setting, set(self._inside.tolist())
        group_of = {i: g for g, group in enumerate(setting.groups) for i in group}
        return sum(
            outside.get(i) != j for i, j in setting.standing if group_of.get(i) not in inside
        )

    def _worst_m(self, outside: dict[int, int]) -> int:
        landscape = self._landscape
        placed = [
            (g, outside[group[0]])
            for g, group in enumerate(landscape.setting.groups)
            if group[0] in outside
        ]
        if not placed:
            return 0
        i, j = int_array(g for g, _ in placed), int_array(j for _, j in placed)
        return int(landscape.arcs(i, j).farthest_m.max())
