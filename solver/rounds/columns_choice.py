"""Choose trips: the plan of least cost among given trips, and the canonical one of those.

HiGHS finds and proves the cost (a set-partitioning model with a tight linear bound); CP-SAT
then settles, unit by unit in the order of their codes, the earliest first day and the first
team that still allow that cost, so that among equal plans there is one answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
from ortools.sat.python import cp_model

from solver.rounds.columns_master import Master
from solver.rounds.stint_model import Stint
from solver.rounds.trips import Trip

MOST_NODES = 3_000
MOST_RANKS = 20_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan by trips, its value, and what no plan of these trips can go below."""

    trips: tuple[Trip, ...]
    value: int
    bound: int


def best_choice(master: Master, below: int) -> Choice | None:
    """Choose the cheapest plan among the master's trips; None when none costs ``below``."""
    solver, count = master.solver, master.solver.getNumCol()
    whole = np.array([highspy.HighsVarType.kInteger] * count)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.99)
    solver.setOptionValue("mip_max_nodes", MOST_NODES)
    solver.setOptionValue("objective_bound", below + 0.5)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    x = np.array(solver.getSolution().col_value)[count - len(master.trips) :]
    chosen = tuple(trip for trip, taken in zip(master.trips, x, strict=True) if taken > 0.5)
    bound = int(np.ceil(info.mip_dual_bound - 1e-6 * (1 + abs(info.mip_dual_bound))))
    return Choice(chosen, round(info.objective_function_value), bound)


def stints_of(trips: Iterable[Trip]) -> tuple[Stint, ...]:
    """Give the stints of trips, by part."""
    return tuple(sorted((i, trip.team, s) for trip in trips for i, s in trip.stints))


def canonical(
    master: Master, best: Choice, deterministic_seconds: float
) -> tuple[tuple[Trip, ...], bool]:
    """Give the plan of the same cost that comes first, and whether that is certain.

    First is the plan whose parts, in order, have the earliest first day, then the first team.
    """
    model = _Model(master, best.value)
    plan, left = best.trips, deterministic_seconds
    for parts in model.groups():
        if left <= 0:
            return plan, False
        better, used = model.least(parts, plan, left)
        left -= used
        if better is None:
            return plan, False
        plan = better
        model.fix(parts, plan)
    return plan, True


class _Model:
    """All plans of one cost, over the master's trips."""

    def __init__(self, master: Master, value: int) -> None:
        self.master, self.model = master, cp_model.CpModel()
        self.trips = master.trips
        self.taken = [self.model.new_bool_var("") for _ in self.trips]
        self.serving: dict[int, list[tuple[Stint, int]]] = defaultdict(list)
        rows: dict[int, list[tuple[cp_model.IntVar, int]]] = defaultdict(list)
        for n, trip in enumerate(self.trips):
            for i, s in trip.stints:
                self.serving[i].append(((i, trip.team, s), n))
            for row, amount in zip(*master.entries(trip), strict=True):
                rows[int(row)].append((self.taken[n], int(amount)))
        others: list[cp_model.IntVar] = []
        cost = [trip.cost * taken for trip, taken in zip(self.trips, self.taken, strict=True)]
        for weight, (low, high), at, amounts in master.others:
            var = self.model.new_int_var(low, high, "")
            cost.append(weight * var)
            others.append(var)
            for row, amount in zip(at, amounts, strict=True):
                rows[int(row)].append((var, int(amount)))
        for row, terms in sorted(rows.items()):
            self._state(row, terms)
        self.model.add(sum(cost) <= value)
        variables = [*others, *self.taken]
        for _, weights, most in master.held:
            weighed = zip(weights, variables[-len(weights) :], strict=True)
            self.model.add(sum(weight * var for weight, var in weighed) <= most)

    def _state(self, row: int, terms: list[tuple[cp_model.IntVar, int]]) -> None:
        """State one of the master's rows, in the form that CP-SAT knows best."""
        low, high = self.master.low[row], self.master.high[row]
        plain = all(amount == 1 for _, amount in terms)
        if low == high == 1 and plain:
            self.model.add_exactly_one([var for var, _ in terms])
        elif np.isinf(low) and high == 1 and plain:
            self.model.add_at_most_one([var for var, _ in terms])
        else:
            total = sum(amount * var for var, amount in terms)
            self.model.add(total <= int(high))
            if not np.isinf(low):
                self.model.add(total >= int(low))

    def groups(self) -> list[list[int]]:
        """Group the parts, in order, so that one solve settles a group."""
        groups: list[list[int]] = [[]]
        reach = 1
        for part, serving in sorted(self.serving.items()):
            count = len({stint for stint, _ in serving})
            if reach * count > MOST_RANKS:
                groups.append([])
                reach = 1
            groups[-1].append(part)
            reach *= count
        return groups

    def _ranks(self, part: int) -> dict[Stint, int]:
        """Order the stints a part can have: by first day, then by team."""
        stints = sorted({at for at, _ in self.serving[part]}, key=lambda at: (at[2], at[1]))
        return {at: rank for rank, at in enumerate(stints)}

    def fix(self, parts: list[int], plan: tuple[Trip, ...]) -> None:
        """Hold parts where the plan has them from now on."""
        held = set(stints_of(plan))
        for part in parts:
            for at, n in self.serving[part]:
                if at not in held:
                    self.model.add(self.taken[n] == 0)

    def least(
        self, parts: list[int], plan: tuple[Trip, ...], deterministic_seconds: float
    ) -> tuple[tuple[Trip, ...] | None, float]:
        """Give a plan with the parts, in order, as early as can be; None where left open.

        Beside it stands the work it took, in deterministic seconds.
        """
        terms, step = [], 1
        for part in reversed(parts):
            ranks = self._ranks(part)
            terms += [step * ranks[at] * self.taken[n] for at, n in self.serving[part]]
            step *= len(ranks)
        self.model.minimize(sum(terms))
        chosen = {(trip.team, trip.stints) for trip in plan}
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for trip, taken in zip(self.trips, self.taken, strict=True):
            self.model.add_hint(taken, (trip.team, trip.stints) in chosen)
        solver = one_worker(deterministic_seconds)
        status, used = solver.solve(self.model), solver.response_proto.deterministic_time
        if status != cp_model.OPTIMAL:
            return None, used
        both = zip(self.trips, self.taken, strict=True)
        return tuple(trip for trip, var in both if solver.value(var)), used


def one_worker(deterministic_seconds: float) -> cp_model.CpSolver:
    """Give a solver whose answer does not depend on the machine or its load."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = deterministic_seconds
    return solver
