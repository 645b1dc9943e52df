"""Flow: the cheapest placing on a list of arcs, level after level, with its duals.

One unit runs from each group through an arc to a caregiver, or is left out. The levels do not
fit one 64-bit cost for a real unit, so each is solved on the arcs that the levels before leave
free: reduced cost 0; a caregiver whose places have a price stays full. Costs, duals and bounds
are whole numbers throughout.
"""

from dataclasses import dataclass

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from solver.pairs.homes import Bools, Ints

NOT_PLACED = -1
_SAFE = 2**61


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Arcs from groups to caregivers, by group and then caregiver, with their levels.

    Attributes
    ----------
    group, caregiver
        Indices.
    levels
        Cost of each arc on each level, shape (levels, arcs).
    left_out
        Cost of leaving each group out, shape (levels, groups).
    places
        Of each caregiver.
    """

    group: Ints
    caregiver: Ints
    levels: Ints
    left_out: Ints
    places: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """A cheapest placing and the duals that prove it so.

    Attributes
    ----------
    arc
        The arc of each group, or ``NOT_PLACED``.
    u, v
        Duals of groups and of caregivers, shape (levels, …), read lexicographically: v <= 0, u
        at most the cost of leaving out, every arc costs at least u + v and a used one just that.
    """

    arc: Ints
    u: Ints
    v: Ints


def cheapest_placing(arcs: Arcs, before: Placing | None = None) -> Placing:
    """Return a lexicographically cheapest placing.

    Parameters
    ----------
    before
        A cheapest placing on some of these arcs: a level on which its duals still hold is not
        solved again, except the last.

    Raises
    ------
    ArithmeticError
        When the costs cannot be shown to fit, or the engine gives no answer it vouches for.
    """
    free = np.ones(len(arcs.group), dtype=bool)
    may_stay_out = np.ones(arcs.left_out.shape[1], dtype=bool)
    full = np.zeros(len(arcs.places), dtype=bool)
    chosen = np.full(len(may_stay_out), NOT_PLACED, dtype=np.int64)
    u, v = [], []
    last = len(arcs.levels) - 1
    for k, (cost, left_out) in enumerate(zip(arcs.levels, arcs.left_out, strict=True)):
        level = _Level(arcs, cost, left_out, free, may_stay_out, full)
        if before is not None and k < last and level.holds(before.u[k], before.v[k]):
            duals = before.u[k], before.v[k]
        else:
            before = None
            chosen = level.solve()
            duals = level.duals(chosen)
        u.append(duals[0])
        v.append(duals[1])
        free = free & (level.reduced(*duals) == 0)
        may_stay_out = may_stay_out & (left_out == duals[0])
        full = full | (duals[1] < 0)
    return Placing(chosen, np.stack(u), np.stack(v))


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """One level on what the levels before leave free."""

    arcs: Arcs
    cost: Ints
    left_out: Ints
    free: Bools
    may_stay_out: Bools
    full: Bools

    def reduced(self, u: Ints, v: Ints) -> Ints:
        """Return the reduced cost of every arc on this level."""
        return self.cost - u[self.arcs.group] - v[self.arcs.caregiver]

    def holds(self, u: Ints, v: Ints) -> bool:
        """Say whether duals of fewer arcs are duals of these."""
        return bool((self.reduced(u, v)[self.free] >= 0).all())

    def solve(self) -> Ints:
        """Return the arc of each group."""
        groups, caregivers = len(self.left_out), len(self.full)
        sink = groups + caregivers
        used = np.flatnonzero(self.free)
        out = np.flatnonzero(self.may_stay_out)
        open_ = np.flatnonzero(~self.full)
        tails = [self.arcs.group[used], out, groups + open_]
        heads = [groups + self.arcs.caregiver[used], np.full(len(out) + len(open_), sink)]
        costs = [self.cost[used], self.left_out[out], np.zeros(len(open_), dtype=np.int64)]
        one = np.ones(len(used) + len(out), dtype=np.int64)
        unit_costs = np.concatenate(costs)
        _assert_fits(unit_costs, sink + 1)
        flow = SimpleMinCostFlow()
        flow.add_arcs_with_capacity_and_unit_cost(
            np.concatenate(tails),
            np.concatenate(heads),
            np.concatenate([one, self.arcs.places[open_]]),
            unit_costs,
        )
        supply = np.ones(sink + 1, dtype=np.int64)
        supply[groups:sink] = np.where(self.full, -self.arcs.places, 0)
        supply[sink] = -supply[:sink].sum()
        flow.set_nodes_supplies(np.arange(sink + 1), supply)
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise ArithmeticError(f"the flow was not solved: {status.name}")
        carries = used[flow.flows(np.arange(len(used))) > 0]
        chosen = np.full(groups, NOT_PLACED, dtype=np.int64)
        chosen[self.arcs.group[carries]] = carries
        return chosen

    def duals(self, chosen: Ints) -> tuple[Ints, Ints]:
        """Recover the greatest duals of the caregivers: shortest paths on the residual graph.

        A caregiver's v starts at 0, or far above where her places are filled anyway, and falls
        until nobody who has a caregiver would rather have another.
        """
        group, caregiver = self.arcs.group, self.arcs.caregiver
        start = np.searchsorted(group, np.arange(len(chosen) + 1))
        placed = np.flatnonzero(chosen != NOT_PLACED)
        holder = caregiver[chosen[placed]]
        order = np.argsort(holder, kind="stable")
        placed, holder = placed[order], holder[order]
        first = np.searchsorted(holder, np.arange(len(self.full) + 1))
        far = int(np.abs(self.cost).sum() + np.abs(self.left_out).sum()) + 1
        v = np.where(self.full, far, 0)
        u = np.where(chosen == NOT_PLACED, self.left_out, 0)
        movers = np.flatnonzero(chosen == NOT_PLACED)
        fallen = np.arange(len(v))
        for _ in range(len(u) + len(v) + 2):
            members = placed[_ranges(first[fallen], first[fallen + 1])]
            u[members] = self.cost[chosen[members]] - v[caregiver[chosen[members]]]
            movers = np.concatenate([movers, members])
            arc = _ranges(start[movers], start[movers + 1])
            arc = arc[self.free[arc]]
            before = v.copy()
            np.minimum.at(v, caregiver[arc], self.cost[arc] - u[group[arc]])
            fallen = np.flatnonzero(v < before)
            movers = movers[:0]
            if not len(fallen):
                return u, v
        raise ArithmeticError("the flow is not cheapest: its residual graph has a cheaper cycle")


def _assert_fits(costs: Ints, nodes: int) -> None:
    """Prove that cost scaling stays inside 64 bits: prices move by at most 3 n (n + 1) cost."""
    largest = int(np.abs(costs).max(initial=0))
    if 3 * nodes * (nodes + 1) * largest >= _SAFE:
        raise ArithmeticError("the costs do not fit 64 bits: the problem is too large")


def _ranges(starts: Ints, stops: Ints) -> Ints:
    """Return the numbers from each start to its stop, one range after the other."""
    count = stops - starts
    offset = np.repeat(stops - np.cumsum(count), count)
    return np.arange(int(count.sum())) + offset
