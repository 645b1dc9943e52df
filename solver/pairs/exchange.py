"""Exchange: what one household more or less anywhere does to the whole best placing (置换链).

A best placing turns into the best one with a change by a chain of moves: a household takes a
place, who was there goes elsewhere, and so on, until a free place takes the last or somebody is
left over. The cheapest chain is a shortest path between caregivers, on the residual graph of the
flow; it is exact, since a best placing leaves no cycle of moves that costs less than nothing.

Nodes are the caregivers whose places are all taken, and one more, ``sink``, for everywhere else:
free places, and being left out. Costs are those of ``solver.pairs.cost_table``.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from solver.pairs.cost_table import NEVER, Costs
from solver.pairs.homes import Bools, Ints, int_array

Step = tuple[int, int]
"""A group and the caregiver it moves to; one past the last is nobody."""

_NOBODY = -1


class NotBest(ArithmeticError):  # noqa: N818
    """The placing is not a best one, so chains of moves prove nothing about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Distances:
    """Cheapest chains between a node and all others; ``next`` is the neighbour towards it."""

    cost: Costs
    next: Ints


class Exchange:
    """Chains of moves from one best placing.

    Attributes
    ----------
    node
        Of each caregiver; ``sink`` where a place is free.
    now
        Cost of each group where it is.
    to_sink, from_sink
        Cheapest chains that end, or begin, at a free place or at somebody left out.
    """

    def __init__(self, arcs: Costs, left_out: Costs, places: Ints, holder: Ints) -> None:
        """Lay out the chains.

        Raises
        ------
        NotBest
            When some cycle of moves would improve the placing.
        """
        self.arcs, self.left_out, self.holder = arcs, left_out, holder
        self.nobody = arcs.shape[1]
        taken = np.bincount(holder, minlength=self.nobody + 1)[: self.nobody]
        full = taken >= places
        self.full = np.flatnonzero(full)
        self.sink = len(self.full)
        self.node = np.full(self.nobody + 1, self.sink, dtype=np.int64)
        self.node[self.full] = np.arange(self.sink)
        everybody = np.arange(len(holder))
        placed = holder < self.nobody
        self.now = left_out.copy()
        self.now[placed] = arcs[everybody[placed], holder[placed]]
        self._group_members()
        self._find_exits(~full)
        self._weigh()
        self.to_sink = self._relax(self.costs.T, self.sink)
        self.from_sink = self._relax(self.costs, self.sink)
        self._known_to: dict[int, Distances] = {self.sink: self.to_sink}

    def members(self, node: int) -> Ints:
        """Return the groups at a node, by index."""
        return self._order[self._start[node] : self._start[node + 1]]

    def cost_into(self, column: Costs) -> Costs:
        """Return for each node the cheapest move of one of its groups into a new column."""
        cost = np.full(self.sink + 1, NEVER)
        used = np.flatnonzero(np.diff(self._start))
        if len(used):
            gain = (column - self.now)[self._order]
            cost[used] = np.minimum.reduceat(gain, self._start[used])
        return cost

    def to(self, node: int) -> Distances:
        """Return the cheapest chains to a node, whose place was left."""
        if node not in self._known_to:
            start = self.to_sink.cost + self.from_sink.cost[node]
            start[node] = 0
            self._known_to[node] = self._relax(self.costs.T, node, start)
        return self._known_to[node]

    def out_of(self, group: int) -> Distances:
        """Return the cheapest chains that begin with a group which is left out now."""
        start = np.full(self.sink + 1, NEVER)
        start[: self.sink] = self.arcs[group, self.full] - self.now[group]
        return self._spread(self.costs, start, np.flatnonzero(np.isfinite(start)))

    def from_caregiver(self, j: int) -> Distances:
        """Return the cheapest chains that begin with a household pushed out of a place."""
        node = int(self.node[j])
        return self.from_sink if node == self.sink else self._relax(self.costs, node)

    def steps_to(self, start: int, goal: int) -> list[Step]:
        """Return the moves of the cheapest chain from one node to another."""
        nodes = [start]
        following = self.to(goal).next
        while nodes[-1] != goal and following[nodes[-1]] != _NOBODY:
            nodes.append(int(following[nodes[-1]]))
        if nodes[-1] != goal:
            nodes += self._walk(self.to_sink.next, nodes[-1], self.sink)
            back = self._walk(self.from_sink.next, goal, self.sink)
            nodes += [*back[-2::-1], goal]
        return self._steps(_without_loops(nodes))

    def steps_along(self, chains: Distances, goal: int) -> list[Step]:
        """Return the moves from where some chains begin to a node; the first move is not known."""
        nodes = [goal, *self._walk(chains.next, goal, None)]
        return self._steps(nodes[::-1])

    def first_node(self, chains: Distances, goal: int) -> int:
        """Return the node at which the chain to a goal begins."""
        return [goal, *self._walk(chains.next, goal, None)][-1]

    def mover(self, node: int, column: Costs) -> int:
        """Return the group at a node that moves into a new column most cheaply."""
        members = self.members(node)
        return int(members[np.argmin((column - self.now)[members])])

    def _group_members(self) -> None:
        at = self.node[self.holder]
        self._order = np.argsort(at, kind="stable")
        self._start = np.searchsorted(at[self._order], np.arange(self.sink + 2))

    def _find_exits(self, is_open: Bools) -> None:
        """Find for each group the cheapest way out of the full places: a free one, or nobody."""
        free = np.flatnonzero(is_open)
        self._exit = np.full(len(self.holder), self.nobody)
        leave = self.left_out.copy()
        if len(free) and len(leave):
            best = self._cheapest_free(free)
            nearer = best[0] < leave
            leave[nearer] = best[0][nearer]
            self._exit[nearer] = best[1][nearer]
        self._leave = leave - self.now
        if (self._leave[self.members(self.sink)] < 0).any():
            raise NotBest("a free place would improve the placing")

    def _cheapest_free(self, free: Ints) -> tuple[Costs, Ints]:
        cost = np.full(len(self.holder), NEVER)
        where = np.zeros(len(self.holder), dtype=np.int64)
        height = max(1, (1 << 20) // len(free))
        for first in range(0, len(cost), height):
            rows = slice(first, first + height)
            block = self.arcs[rows][:, free]
            found = block.argmin(axis=1)
            cost[rows] = block[np.arange(len(block)), found]
            where[rows] = free[found]
        return cost, where

    def _weigh(self) -> None:
        """Cost a move from every node to every other: that of its cheapest group."""
        self.costs = np.full((self.sink + 1, self.sink + 1), NEVER)
        for a in np.flatnonzero(np.diff(self._start)).tolist():
            members = self.members(a)
            gain = self.arcs[members][:, self.full] - self.now[members, None]
            self.costs[a, : self.sink] = np.minimum.reduce(gain, axis=0)
            self.costs[a, self.sink] = np.minimum.reduce(self._leave[members])
        self.costs[self.sink] = np.minimum(self.costs[self.sink], 0)
        np.fill_diagonal(self.costs, 0)

    def _relax(self, costs: Costs, source: int, start: Costs | None = None) -> Distances:
        """Find cheapest chains from a node along rows of a matrix."""
        if start is None:
            start = np.full(self.sink + 1, NEVER)
            start[source] = 0
        return self._spread(costs, start, int_array([source]))

    def _spread(self, costs: Costs, cost: Costs, changed: Ints) -> Distances:
        following = np.full(self.sink + 1, _NOBODY, dtype=np.int64)
        for _ in range(self.sink + 3):
            if not len(changed):
                return Distances(cost, following)
            reached = costs[changed] + cost[changed, None]
            best = np.minimum.reduce(reached, axis=0)
            better = np.flatnonzero((best < cost) & np.isfinite(best))
            by = (reached[:, better] == best[better]).argmax(axis=0)
            cost[better] = best[better]
            following[better] = changed[by]
            changed = better
        raise NotBest("some cycle of moves would improve the placing")

    def _walk(self, following: Ints, node: int, goal: int | None) -> list[int]:
        """Follow the chain from a node, which is left out, to the goal or the end."""
        nodes = []
        while node != goal and following[node] != _NOBODY:
            node = int(following[node])
            nodes.append(node)
        return nodes

    def _steps(self, nodes: list[int]) -> list[Step]:
        steps = [self._step(a, b) for a, b in pairwise(nodes)]
        return [step for step in steps if step is not None]

    def _step(self, a: int, b: int) -> Step | None:
        """Return who moves between two nodes; nobody where a place just stays free."""
        members = self.members(a)
        if b == self.sink:
            i = int(members[np.argmin(self._leave[members])])
            return i, int(self._exit[i])
        if a == self.sink and self.costs[a, b] == 0:
            return None
        gain = self.arcs[members, self.full[b]] - self.now[members]
        return int(members[np.argmin(gain)]), int(self.full[b])


def _without_loops(nodes: list[int]) -> list[int]:
    """Cut loops out of a chain; in a best placing they cost nothing."""
    kept: list[int] = []
    for node in nodes:
        if node in kept:
            del kept[kept.index(node) :]
        kept.append(node)
    return kept
