"""Warm unit: a solved unit kept at hand, so that each further question is a short search.

Everything an officer asks of one proposal, who else for this child and what that would cost,
what one more place would bring, is a chain of moves from the best placing. No flow can state the
hard maximum of children. Where the best placing bends to it, only moves that keep it in any case
are looked at: each is a true way, and there might be a cheaper one. Where every child takes a
place and siblings stay together there are no chains, and questions are solved again one by one.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from casework.answers import Difference, Move
from casework.people import CaregiverId, ChildId
from casework.proposals import Proposal
from solver.pairing import propose_pairings
from solver.pairs.cost_table import NEVER, Costs, lay_out
from solver.pairs.exchange import Exchange, NotBest, Step
from solver.pairs.homes import Ints, int_array
from solver.pairs.landscape import Landscape
from solver.pairs.setting import Setting, settle
from solver.problem import PairingProblem


class WarmUnit:
    """A problem, its best proposal, and the chains of moves from it.

    Attributes
    ----------
    best
        The best proposal: the one given, unless something is better.
    table
        What any group with any caregiver would cost, whether her places are taken or not.
    holder
        Caregiver of each group in ``best``; one past the last is nobody.
    group_of, caregiver_of
        Index of the group of every child whom the solver may place; of every caregiver.
    has_chains
        Whether there are chains of moves; without, there is no ``exchange``.
    is_exact
        Whether the cheapest chain is the cheapest way of all.
    """

    def __init__(self, problem: PairingProblem, proposal: Proposal | None = None) -> None:
        """Lay the unit out.

        Raises
        ------
        ValueError
            When the proposal is about other children than the problem.
        """
        self.problem = problem
        self.setting = settle(problem)
        self.landscape = Landscape(_with_a_place_each(self.setting))
        self.table = lay_out(self.landscape)
        self.group_of = {
            self.setting.children[i].id: g
            for g, group in enumerate(self.setting.groups)
            for i in group
        }
        self.caregiver_of = {c.id: j for j, c in enumerate(self.setting.caregivers)}
        if proposal is not None:
            _assert_about(problem, proposal)
        self._start_from(proposal or propose_pairings(problem))
        if not self.has_chains and proposal is not None:
            self._start_from(propose_pairings(problem))

    def forced(self, g: int) -> Costs:
        """Return what it costs the unit to give a group to each caregiver; exact where it fits."""
        exchange = self.exchange
        chains = exchange.to(self.node_of(g)).cost
        delta: Costs = exchange.arcs[g] - exchange.now[g] + chains[exchange.node[:-1]]
        if exchange.holder[g] < exchange.nobody:
            delta[exchange.holder[g]] = 0
        return delta

    def chain(self, g: int, j: int) -> list[Step]:
        """Return who else moves, in one cheapest way, when a group is given to a caregiver."""
        exchange = self.exchange
        if exchange.holder[g] == j:
            return []
        return exchange.steps_to(int(exchange.node[j]), self.node_of(g))

    def node_of(self, g: int) -> int:
        """Return the node of the exchange at which a group is."""
        return int(self.exchange.node[self.exchange.holder[g]])

    def difference(self, delta: complex) -> Difference:
        """Read a cost level by level."""
        return self.table.scale.difference(self._total, self._total + delta)

    def cost_of(self, steps: Iterable[Step]) -> complex:
        """Return what moves cost the unit."""
        arcs, left_out, now = self.table.arcs, self.table.left_out, self.exchange.now
        nobody = self.exchange.nobody
        return sum(complex((arcs[g, j] if j < nobody else left_out[g]) - now[g]) for g, j in steps)

    def fits(self, steps: Iterable[Step]) -> bool:
        """Say whether moves leave every caregiver within the hard maximum of children."""
        more = Counter[int]()
        for g, j in steps:
            size = int(self.landscape.size[g])
            more[j] += size
            more[self.holder[g]] -= size
        room = self.setting.room
        return all(
            j >= len(room) or self._housed[j] + count <= room[j] for j, count in more.items()
        )

    def moves(self, steps: Iterable[Step]) -> tuple[Move, ...]:
        """Say moves by id."""
        return tuple(
            Move(self.children(g), self.caregiver(self.holder[g]), self.caregiver(j))
            for g, j in steps
        )

    def children(self, g: int) -> tuple[ChildId, ...]:
        """Return the children of a group."""
        return tuple(self.setting.children[i].id for i in self.setting.groups[g])

    def all_groups(self) -> list[tuple[ChildId, ...]]:
        """Return the children of every group, those settled before included."""
        setting = self.setting
        groups = [*setting.groups, *(group for group, _ in setting.settled)]
        return [tuple(setting.children[i].id for i in group) for group in groups]

    def caregiver(self, j: int) -> CaregiverId | None:
        """Return the id of a caregiver; None for an index past the last."""
        return self.setting.caregivers[j].id if j < len(self.setting.caregivers) else None

    def _start_from(self, best: Proposal) -> None:
        self.best = best
        nobody = len(self.setting.caregivers)
        caregiver = {pair.child: self.caregiver_of[pair.caregiver] for pair in best.pairs}
        first = [self.setting.children[group[0]].id for group in self.setting.groups]
        self.holder = [caregiver.get(child, nobody) for child in first]
        self.has_chains = self.is_exact = self._lay_chains(self.table.arcs)
        if not self.is_exact:
            self.has_chains = self._lay_chains(self._safe_arcs())

    def _safe_arcs(self) -> Costs:
        """Leave out arcs that could take a caregiver beyond the hard maximum of children."""
        holder, size = int_array(self.holder), self.landscape.size
        nobody = len(self.setting.caregivers)
        housed = np.bincount(holder, size, nobody + 1)[:nobody]
        full = np.bincount(holder, minlength=nobody + 1)[:nobody] >= int_array(self.setting.places)
        least = np.full(nobody + 1, size.max(initial=0))
        np.minimum.at(least, holder, size)
        stay = housed - np.where(full & (housed > 0), least[:nobody], 0)
        fits = stay + size[:, None] <= int_array(self.setting.room)
        placed = np.flatnonzero(holder < nobody)
        fits[placed, holder[placed]] = True
        return np.where(fits, self.table.arcs, NEVER)

    def _lay_chains(self, arcs: Costs) -> bool:
        """Lay out the chains of moves, and say whether they prove anything."""
        if (self.landscape.takes > 1).any():
            return False
        nobody, holder = len(self.setting.caregivers), int_array(self.holder)
        placed = np.flatnonzero(holder < nobody)
        if not np.isfinite(arcs[placed, holder[placed]]).all():
            return False
        places = int_array(self.setting.places)
        try:
            self.exchange = Exchange(arcs, self.table.left_out, places, holder)
        except NotBest:
            return False
        self._total = complex(self.exchange.now.sum())
        self._housed = np.bincount(holder, self.landscape.size, nobody + 1).astype(int).tolist()
        return True


class FittingChains:
    """Chains of moves one after the other, none of which breaks the hard maximum of children.

    Attributes
    ----------
    holder
        Caregiver of each group so far; one past the last is nobody.
    was_cut
        A cheapest chain broke the maximum, and another was taken.
    """

    def __init__(self, unit: WarmUnit, arcs: Costs, holder: Ints) -> None:
        self.holder = holder
        self.was_cut = False
        self._arcs, self._left_out = arcs, unit.table.left_out
        self._size = unit.landscape.size
        beyond = arcs.shape[1] + 1 - len(unit.setting.room)
        self._room = np.append(int_array(unit.setting.room), np.full(beyond, self._size.sum()))

    def fill(self, j: int, places: Ints) -> complex:
        """Let a caregiver without a free place take one more; return what that costs."""
        return self._follow(places, None, lambda e: (e.sink, int(e.node[j])))

    def empty(self, j: int, places: Ints, exchange: Exchange | None) -> complex:
        """Let a caregiver without a free place lose one; return what that costs."""
        return self._follow(places, exchange, lambda e: (int(e.node[j]), e.sink))

    def _follow(
        self, places: Ints, exchange: Exchange | None, ends: Callable[[Exchange], tuple[int, int]]
    ) -> complex:
        while True:
            exchange = exchange or Exchange(self._arcs, self._left_out, places, self.holder)
            start, goal = ends(exchange)
            steps = exchange.steps_to(start, goal)
            holder = self.holder.copy()
            for g, k in steps:
                holder[g] = k
            housed = np.bincount(holder, self._size, len(self._room))
            over = [(g, k) for g, k in steps if housed[k] > self._room[k]]
            if not over:
                self.holder = holder
                return complex(exchange.to(goal).cost[start])
            self.was_cut, exchange = True, None
            self._arcs = self._arcs.copy()
            self._arcs[tuple(zip(*over, strict=True))] = NEVER


def _with_a_place_each(setting: Setting) -> Setting:
    """Let everybody who serves take one household, so that the table costs her too."""
    if any(setting.takes(group) > 1 for group in setting.groups):
        return setting
    places = [
        max(places, 1) if eligible else places
        for places, eligible in zip(setting.places, setting.eligible, strict=True)
    ]
    return replace(setting, places=tuple(places))


def _assert_about(problem: PairingProblem, proposal: Proposal) -> None:
    lines = [pair.child for pair in proposal.pairs] + [line.child for line in proposal.unpaired]
    theirs = {child.id for child in problem.children} | set(problem.needs_data)
    caregivers = {caregiver.id for caregiver in problem.caregivers}
    if set(lines) != theirs or len(lines) != len(theirs):
        raise ValueError("the proposal is about other children than the problem")
    if not all(pair.caregiver in caregivers for pair in proposal.pairs):
        raise ValueError("the proposal is about other caregivers than the problem")
