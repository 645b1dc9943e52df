"""Openings: what one more place would do, at somebody who serves or at somebody new (新增名额).

A chain of moves begins with a household that has nobody and ends at the new place. Its cost is
that of the best pairing with the place and this household in it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from casework.answers import Village
from solver.pairs.cost_table import NEVER, Costs, lay_out
from solver.pairs.exchange import Distances, Step
from solver.pairs.homes import Ints
from solver.pairs.landscape import Landscape
from solver.pairs.resolve import villages_of, with_recruits
from solver.pairs.setting import settle
from solver.pairs.warm import WarmUnit

MOST_PLACES = 5
"""Households a caregiver can take in all, by the ledger (decision 7)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One more place, and the cheapest way in which a household comes to have a caregiver.

    Attributes
    ----------
    caregiver, village
        Whose place it is, by index: of somebody who serves, or of the village of a recruit.
    steps
        All moves, the household's own first; a recruit is ``NEW``.
    """

    caregiver: int | None
    village: int | None
    cost: complex
    steps: tuple[Step, ...]
    is_first_in_line: bool


NEW = -2
"""Stands for the recruit in a step."""


class Openings:
    """New places in a unit that has chains of moves.

    Attributes
    ----------
    villages
        Where recruits are thought of: wherever a child lives. Somebody in a village without
        children is never nearer to any child than somebody in the child's own.
    costs
        Of each group with a recruit in each village, shape (groups, villages).
    """

    def __init__(self, unit: WarmUnit) -> None:
        self._unit = unit
        self.villages = placed_villages(unit)
        self.costs = recruit_costs(unit, self.villages)

    def for_group(self, g: int, places: int, recruits: int) -> Iterator[Opening]:
        """Give the cheapest openings of either kind, so many, for a group that is left out."""
        chains = self._unit.exchange.out_of(g)
        yield from self._places(g, chains, places)
        yield from self._recruits(g, chains, recruits)

    @cached_property
    def worth(self) -> Costs:
        """What one recruit in each village brings the unit at best, whoever it serves."""
        best: Costs = np.minimum(self._ways_in(self._unit.exchange.from_sink.cost), 0)
        return best

    def cheapest_steps(self, x: int) -> tuple[Step, ...]:
        """Return the moves behind the worth of a recruit in a village."""
        if not self.worth[x] < 0:
            return ()
        exchange = self._unit.exchange
        node = int(np.argmin(exchange.from_sink.cost + self._into[:, x]))
        last = exchange.mover(node, self.costs[:, x]), NEW
        return (*exchange.steps_to(exchange.sink, node), last)

    @cached_property
    def _may_take_more(self) -> list[bool]:
        """Say of each caregiver whether one place more would be free for these children.

        Not so where locks overfill her already, or a child whose row waits has the next claim.
        """
        setting, problem = self._unit.setting, self._unit.problem
        caregivers = tuple(
            replace(c, places=c.places + 1) if may and c.places < MOST_PLACES else c
            for c, may in zip(setting.caregivers, setting.eligible, strict=True)
        )
        more = settle(replace(problem, caregivers=caregivers)).places
        return [after > before for after, before in zip(more, setting.places, strict=True)]

    @cached_property
    def _into(self) -> Costs:
        """Cheapest move from each node to each village, shape (nodes, villages)."""
        into = np.full((self._unit.exchange.sink + 1, len(self.villages)), NEVER)
        for x, column in enumerate(self.costs.T):
            into[:, x] = self._unit.exchange.cost_into(column)
        return into

    def _ways_in(self, chains: Costs) -> Costs:
        ways: Costs = np.minimum.reduce(chains[:, None] + self._into, axis=0)
        return ways

    def _places(self, g: int, chains: Distances, most: int) -> Iterator[Opening]:
        exchange = self._unit.exchange
        found = 0
        for node in _cheapest(chains.cost[: exchange.sink]):
            j = int(exchange.full[node])
            if found >= most:
                return
            if not self._may_take_more[j]:
                continue
            cost = complex(chains.cost[node])
            first = int(exchange.full[exchange.first_node(chains, node)])
            steps = ((g, first), *exchange.steps_along(chains, node))
            if self._unit.fits(steps):
                found += 1
                yield Opening(j, None, cost, steps, bool(cost == exchange.from_sink.cost[node]))

    def _recruits(self, g: int, chains: Distances, most: int) -> Iterator[Opening]:
        exchange = self._unit.exchange
        direct = self.costs[g] - exchange.now[g]
        around = self._ways_in(chains.cost)
        cost = np.where(around < direct, around, direct)
        found = 0
        for x in _cheapest(cost):
            if found >= most:
                return
            steps = ((g, NEW),) if not around[x] < direct[x] else self._steps_in(g, x, chains)
            if self._unit.fits(step for step in steps if step[1] != NEW):
                found += 1
                yield Opening(None, x, complex(cost[x]), steps, bool(cost[x] == self.worth[x]))

    def _steps_in(self, g: int, x: int, chains: Distances) -> tuple[Step, ...]:
        exchange = self._unit.exchange
        node = int(np.argmin(chains.cost + self._into[:, x]))
        first = int(exchange.full[exchange.first_node(chains, node)])
        last = exchange.mover(node, self.costs[:, x]), NEW
        return ((g, first), *exchange.steps_along(chains, node), last)


def placed_villages(unit: WarmUnit) -> tuple[Village, ...]:
    """List the villages of the children whom the solver may place."""
    return villages_of(unit.setting.children[i] for group in unit.setting.groups for i in group)


def recruit_costs(unit: WarmUnit, villages: Iterable[Village]) -> Costs:
    """Cost every group with a new caregiver in every village, shape (groups, villages)."""
    wanted = tuple(villages)
    setting, old = unit.setting, len(unit.problem.caregivers)
    recruits = with_recruits(unit.problem, wanted).caregivers[old:]
    one_each = (1,) * len(wanted)
    only = replace(
        setting,
        caregivers=recruits,
        standing=frozenset(),
        eligible=(True,) * len(wanted),
        places=tuple(5 for _ in wanted),
        room=tuple(setting.problem.programme.max_children for _ in wanted),
        settled_load=one_each,
    )
    costs = lay_out(Landscape(only)).arcs
    broken: Ints = unit.landscape.broken_cost * unit.landscape.stands
    return costs + broken[:, None]


def _cheapest(costs: Costs) -> Iterator[int]:
    order = np.argsort(costs, kind="stable")
    yield from order[np.isfinite(costs[order])].tolist()
