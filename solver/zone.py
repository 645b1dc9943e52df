"""Zone: some groups placed whole by CP-SAT, level after level (整户安排的搜索).

One worker and deterministic time, so that every machine gives the same answer.
"""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
from ortools.sat.python import cp_model

from solver.homes import Ints
from solver.limits import Limits

_BLOCK = 1 << 40


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
    """A model of one zone; each call fixes one more level.

    Attributes
    ----------
    groups
        All groups of the zone.
    is_proven
        Whether every level so far was solved to the end.
    chosen
        The arc of each group that has one, by group.
    """

    def __init__(
        self, arcs: ZoneArcs, left_out: dict[int, tuple[int, ...]], limits: Limits
    ) -> None:
        self._arcs = arcs
        self._left_out = left_out
        self.groups = set(left_out)
        self._seconds = limits.deterministic_seconds
        self._model = cp_model.CpModel()
        self._solver = cp_model.CpSolver()
        self._solver.parameters.num_workers = 1
        self._solver.parameters.random_seed = limits.seed
        self._takes = [self._model.new_bool_var("") for _ in arcs.group]
        self._stays = {g: self._model.new_bool_var("") for g in left_out}
        for g in left_out:
            first, last = np.searchsorted(arcs.group, [g, g + 1])
            self._model.add_exactly_one([*self._takes[first:last], self._stays[g]])
            self._model.add_hint(self._stays[g], True)
        self.is_proven = True
        self.chosen: dict[int, int] = {}

    def limit(self, places: Ints, room: Ints) -> None:
        """Keep every caregiver within her places and within the hard maximum of children."""
        for j, arcs in self._by_caregiver().items():
            for weight, most in ((self._arcs.takes, places[j]), (self._arcs.size, room[j])):
                load = sum(int(weight[a]) * self._takes[a] for a in arcs)
                self._model.add(load <= int(most))

    def lessen_costs(self) -> None:
        """Minimise the levels of cost in their order."""
        for k, cost in enumerate(self._arcs.levels):
            spent = cp_model.LinearExpr.weighted_sum(self._takes, cost.tolist())
            left_out = [levels[k] for levels in self._left_out.values()]
            spent += cp_model.LinearExpr.weighted_sum(list(self._stays.values()), left_out)
            self._minimise(spent)

    def placed(self) -> dict[int, int]:
        """Return the caregiver of each group that got one."""
        return {g: int(self._arcs.caregiver[a]) for g, a in self.chosen.items()}

    def lessen_worst(self) -> int:
        """Minimise the worst distance, and return it."""
        worst = self._model.new_int_var(0, int(self._arcs.farthest_m.max(initial=0)), "")
        for taken, metres in zip(self._takes, self._arcs.farthest_m.tolist(), strict=True):
            self._model.add(worst >= metres).only_enforce_if(taken)
        self._minimise(worst)
        return max((int(self._arcs.farthest_m[a]) for a in self.chosen.values()), default=0)

    def forbid_beyond(self, worst_m: int) -> None:
        """Leave out arcs that are farther than the worst distance of the whole unit."""
        for a in np.flatnonzero(self._arcs.farthest_m > worst_m).tolist():
            self._model.add(self._takes[a] == 0)

    def even_out(self, settled: list[int]) -> None:
        """Minimise the sum of squares of the places that caregivers fill."""
        squares = []
        for j, arcs in self._by_caregiver().items():
            most = settled[j] + int(sum(self._arcs.takes[a] for a in arcs))
            square = self._model.new_int_var(0, most * most, "")
            load = settled[j] + sum(int(self._arcs.takes[a]) * self._takes[a] for a in arcs)
            self._model.add_multiplication_equality(square, [load, load])
            squares.append(square)
        self._minimise(cp_model.LinearExpr.sum(squares))

    def order_canonically(self) -> None:
        """Fix the least vector of caregivers, as many groups at a time as one number holds."""
        ranked: list[tuple[int, cp_model.LinearExprT]] = []
        span = 1
        for g in sorted(self._stays):
            first, last = np.searchsorted(self._arcs.group, [g, g + 1]).tolist()
            options = last - first + 1
            if span * options > _BLOCK:
                self._fix(ranked)
                ranked, span = [], 1
            rank = sum(k * self._takes[first + k] for k in range(last - first))
            ranked.append((options, rank + (last - first) * self._stays[g]))
            span *= options
        self._fix(ranked)

    def _fix(self, ranked: list[tuple[int, cp_model.LinearExprT]]) -> None:
        value: cp_model.LinearExprT = 0
        for options, rank in ranked:
            value = options * value + rank
        self._minimise(value)

    def _by_caregiver(self) -> dict[int, list[int]]:
        order = np.argsort(self._arcs.caregiver, kind="stable").tolist()
        ends = self._arcs.caregiver.tolist()
        return {j: list(arcs) for j, arcs in groupby(order, key=lambda a: ends[a])}

    def _minimise(self, value: cp_model.LinearExprT) -> None:
        """Solve for one level and fix it; without a proof nothing after it is fixed."""
        if not self.is_proven or isinstance(value, int):
            return
        self._model.minimize(value)
        self._solver.parameters.max_deterministic_time = max(self._seconds, 0.01)
        status = self._solver.solve(self._model)
        self._seconds -= self._solver.response_proto.deterministic_time
        self.is_proven = status == cp_model.OPTIMAL
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return
        self._model.clear_hints()
        for variable in (*self._takes, *self._stays.values()):
            self._model.add_hint(variable, self._solver.value(variable))
        taken = [a for a, variable in enumerate(self._takes) if self._solver.value(variable)]
        self.chosen = {int(self._arcs.group[a]): a for a in taken}
        if self.is_proven:
            self._model.add(value == round(self._solver.objective_value))
