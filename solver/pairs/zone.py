"""Zone: some groups placed whole by a mixed-integer search, level after level (整户安排).

HiGHS on one thread, limited in branches and not in seconds, so that every machine gives the
same answer. Levels are small whole numbers, each solved apart and then held by a row.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from solver.limits import Limits
from solver.linear import quiet_highs
from solver.pairs.homes import Bools, Floats, Ints

_RANKS = 1_000_000
"""Largest number that the ranks of some groups together may make: floats hold it safely."""


@dataclass(frozen=True, slots=True, eq=False)
class ZoneArcs:
    """Arcs of the groups of a zone, by group and then caregiver.

    Attributes
    ----------
    levels
        Cost of each arc on each level, shape (levels, arcs).
    farthest_m
        Metres charged for the group's farthest child.
    takes, size
        Places and children of the arc's group.
    """

    group: Ints
    caregiver: Ints
    levels: Ints
    farthest_m: Ints
    takes: Ints
    size: Ints


class Zone:
    """A model of one zone; each call minimises one thing more and keeps it at its least.

    Attributes
    ----------
    groups
        All groups of the zone, in order.
    is_proven
        Whether every search so far was carried to its end.
    """

    def __init__(self, arcs: ZoneArcs, groups: Ints, left_out: Ints, limits: Limits) -> None:
        self.groups = groups
        self.is_proven = True
        self._arcs = arcs
        self._costs = np.concatenate([arcs.levels, left_out], axis=1)
        self._position = np.searchsorted(groups, arcs.group)
        self._taken = np.zeros(len(arcs.group), dtype=bool)
        self._places: dict[int, int] = {}
        self._orderings = limits.orderings
        self._model = quiet_highs()
        self._model.setOptionValue("random_seed", limits.seed)
        self._model.setOptionValue("mip_max_nodes", limits.nodes)
        self._model.setOptionValue("mip_rel_gap", 0.0)
        self._model.setOptionValue("mip_abs_gap", 0.99)
        self._width = len(arcs.group) + len(groups)
        self._model.addVars(self._width, np.zeros(self._width), np.ones(self._width))
        integer = np.full(self._width, highspy.HighsVarType.kInteger)
        self._model.changeColsIntegrality(self._width, np.arange(self._width), integer)
        for k in range(len(groups)):
            columns = self._columns(k)
            self._add_row(1, 1, columns, np.ones(len(columns)))

    @property
    def arcs(self) -> tuple[Ints, Ints]:
        """Groups and caregivers of the arcs."""
        return self._arcs.group, self._arcs.caregiver

    def forbid_beyond(self, worst_m: int) -> None:
        """Leave out arcs that are farther than the worst distance of the whole unit."""
        self.forbid(self._arcs.farthest_m > worst_m)

    def limit(self, places: Ints, room: Ints) -> None:
        """Keep every caregiver within her places and within the hard maximum of children."""
        for j in np.unique(self._arcs.caregiver).tolist():
            columns = np.flatnonzero(self._arcs.caregiver == j)
            self._places[j] = int(places[j])
            self._add_row(0, int(places[j]), columns, self._arcs.takes[columns])
            self._add_row(0, int(room[j]), columns, self._arcs.size[columns])

    def hold(self, level: int, most: int) -> None:
        """Keep one level of cost at so much at most."""
        columns = np.flatnonzero(self._costs[level])
        self._add_row(-highspy.kHighsInf, most, columns, self._costs[level][columns])

    def lessen_costs(self) -> None:
        """Minimise the levels of cost in their order."""
        for cost in self._costs:
            self._minimise(cost)

    def placed(self) -> dict[int, int]:
        """Return the caregiver of each group that got one."""
        group, caregiver = self._arcs.group[self._taken], self._arcs.caregiver[self._taken]
        return dict(zip(group.tolist(), caregiver.tolist(), strict=True))

    def forbid(self, arcs: Bools) -> None:
        """Leave arcs out from now on."""
        columns = np.flatnonzero(arcs)
        nothing = np.zeros(len(columns))
        self._model.changeColsBounds(len(columns), columns, nothing, nothing)

    def lessen_worst(self) -> int:
        """Minimise the worst distance, and return it."""
        while True:
            worst_m = int(self._arcs.farthest_m[self._taken].max(initial=0))
            far = np.append(self._arcs.farthest_m >= worst_m, np.zeros(len(self.groups), bool))
            if worst_m == 0 or self._search(far.astype(np.int64)) or not self.is_proven:
                return worst_m
            self.forbid(far[: len(self._taken)])

    def even_out(self, settled: list[int]) -> None:
        """Minimise the sum of squares of the places that caregivers fill.

        A caregiver's first place more costs the difference of two squares, the next one more.
        """
        costs: list[int] = []
        for j, places in self._places.items():
            columns = np.flatnonzero(self._arcs.caregiver == j)
            steps = np.arange(places)
            filled = self._width + len(costs) + steps
            self._model.addVars(places, np.zeros(places), np.ones(places))
            weights = np.concatenate([self._arcs.takes[columns], -np.ones(places)])
            self._add_row(0, 0, np.concatenate([columns, filled]), weights)
            costs += (2 * (settled[j] + steps) + 1).tolist()
        self._minimise(np.append(np.zeros(self._width, dtype=np.int64), costs))

    def order_canonically(self) -> None:
        """Fix the least vector of caregivers, some groups at a time, as far as limits let."""
        block: list[int] = []
        span = 1
        for k in range(len(self.groups)):
            options = int((self._position == k).sum()) + 1
            if span * options > _RANKS:
                self._order(block)
                block, span = [], 1
            block.append(k)
            span *= options
        self._order(block)

    def _order(self, block: list[int]) -> None:
        """Give some groups the least vector, and hold them there."""
        if not self.is_proven or not self._orderings:
            return
        self._orderings -= 1
        rank = np.zeros(self._model.getNumCol(), dtype=np.int64)
        for k in block:
            columns = self._columns(k)
            rank *= len(columns)
            rank[columns] = np.arange(len(columns))
        self._search(rank)
        here = np.isin(self._position, block)
        self.forbid(here & ~self._taken)

    def _columns(self, k: int) -> Ints:
        """Return the arcs of a group, and last its being left out."""
        return np.append(np.flatnonzero(self._position == k), len(self._taken) + k)

    def _minimise(self, cost: Ints) -> None:
        """Search for the least cost and hold it; without a proof nothing more is held."""
        if not self.is_proven or not cost.any():
            return
        least = self._search(cost)
        if self.is_proven:
            columns = np.flatnonzero(cost)
            self._add_row(-highspy.kHighsInf, least, columns, cost[columns])

    def _search(self, cost: Ints) -> int:
        """Return the least cost found, and note whether it is proven."""
        self._model.changeColsCost(len(cost), np.arange(len(cost)), cost.astype(np.float64))
        self._model.run()
        info = self._model.getInfo()
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            self.is_proven = False
            return 0
        values = np.rint(self._model.getSolution().col_value).astype(np.int64)
        least = int(values @ cost)
        self.is_proven &= least - info.mip_dual_bound < 1
        self._taken = values[: len(self._taken)] == 1
        return least

    def _add_row(self, low: float, high: float, columns: Ints, weights: Ints | Floats) -> None:
        self._model.addRow(low, high, len(columns), columns, np.asarray(weights, np.float64))
