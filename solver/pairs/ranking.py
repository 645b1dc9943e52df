"""Ranking: caregivers for one child and children for one caregiver, by true cost (逐一排序).

The cost of two people together is that of the best pairing of the whole unit that has them
together, against the best of all: who else would move is part of the answer. A chain of moves
gives it; where whole households do not fit along the chain, that one pair is solved again with
a lock, and the list is finished best first, so its order stays exact.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from casework.answers import ChildRanking, Difference, Move, RankedCaregiver, RankedChild, Ranking
from casework.errors import NotFound
from casework.people import CaregiverId, ChildId
from casework.proposals import Proposal
from solver.pairing import propose_pairings
from solver.pairs.cost_table import Costs
from solver.pairs.homes import Ints
from solver.pairs.lines import pair_lines
from solver.pairs.resolve import difference, moves_between, with_groups, with_lock, without_locks
from solver.pairs.warm import WarmUnit
from solver.problem import PairingProblem

MOST = 10


@dataclass(frozen=True, slots=True)
class Priced:
    """What giving a group to a caregiver would change."""

    group: int
    caregiver: int
    difference: Difference
    moves: tuple[Move, ...]


def rank_caregivers(
    problem: PairingProblem, proposal: Proposal | None, child: ChildId, most: int = MOST
) -> Ranking:
    """Rank the caregivers a child could have; a child who is locked is ranked as if not.

    Parameters
    ----------
    proposal
        The best proposal for the problem, if at hand.

    Raises
    ------
    NotFound
        When the problem does not know the child.
    """
    unit = unit_with_child_free(problem, proposal, child)
    return ranked_caregivers(unit, child, most)


def rank_children(
    problem: PairingProblem, proposal: Proposal | None, caregiver: CaregiverId, most: int = MOST
) -> ChildRanking:
    """Rank the households a caregiver could take.

    Raises
    ------
    NotFound
        When the problem does not know the caregiver.
    """
    return ranked_children(WarmUnit(problem, proposal), caregiver, most)


def unit_with_child_free(
    problem: PairingProblem, proposal: Proposal | None, child: ChildId
) -> WarmUnit:
    """Lay out a unit in which a child is nowhere locked, nor are those locked with her."""
    unit = WarmUnit(problem, proposal)
    index = {c.id: i for i, c in enumerate(unit.setting.children)}
    held = [group for group, _ in unit.setting.settled if index.get(child) in group]
    if not held:
        return unit
    return WarmUnit(without_locks(problem, (unit.setting.children[i].id for i in held[0])))


def ranked_caregivers(unit: WarmUnit, child: ChildId, most: int = MOST) -> Ranking:
    """Rank the caregivers of a child in a warm unit; none where the child may not be paired."""
    if child not in unit.group_of:
        if child not in {c.id for c in unit.problem.children} | set(unit.problem.needs_data):
            raise NotFound("没有这名儿童 / there is no such child")
        return Ranking(child, (), 0)
    g = unit.group_of[child]
    possible = np.flatnonzero(np.isfinite(unit.table.arcs[g]))
    if unit.has_chains:
        delta = unit.forced(g)
        bounds = _Bounds(np.full(len(possible), g), possible, delta[possible])
        found, is_proven = _best_first(unit, bounds, most)
    else:
        found, is_proven = _nearest(unit, np.full(len(possible), g), possible, most)
    return Ranking(child, tuple(_line(unit, child, p) for p in found), len(possible), is_proven)


def ranked_children(unit: WarmUnit, caregiver: CaregiverId, most: int = MOST) -> ChildRanking:
    """Rank the households of a caregiver in a warm unit."""
    if caregiver not in unit.caregiver_of:
        raise NotFound("没有这位爱心妈妈 / there is no such caregiver")
    j = unit.caregiver_of[caregiver]
    possible = np.flatnonzero(np.isfinite(unit.table.arcs[:, j]))
    if unit.has_chains:
        bounds = _Bounds(possible, np.full(len(possible), j), _forced_on(unit, possible, j))
        found, is_proven = _best_first(unit, bounds, most)
    else:
        found, is_proven = _nearest(unit, possible, np.full(len(possible), j), most)
    households = tuple(_household(unit, p) for p in found)
    return ChildRanking(caregiver, households, len(possible), is_proven)


def order_of(found: Difference) -> tuple[int, ...]:
    """Order differences from the best to the worst."""
    mandatory, optional = -found.covered_mandatory, -found.covered_optional
    return mandatory, optional, found.broken, found.rungs, found.metres


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """Arcs and what each costs the unit at least: exactly that, where the chain fits."""

    group: Ints
    caregiver: Ints
    cost: Costs


def _forced_on(unit: WarmUnit, groups: Ints, j: int) -> Costs:
    """Return what it costs the unit to give each of some groups to one caregiver."""
    exchange = unit.exchange
    chains = exchange.from_caregiver(j).cost
    holder = exchange.holder[groups]
    delta: Costs = exchange.arcs[groups, j] - exchange.now[groups] + chains[exchange.node[holder]]
    delta[holder == j] = 0
    return delta


def _best_first(unit: WarmUnit, bounds: _Bounds, most: int) -> tuple[list[Priced], bool]:
    """Price arcs in the order of their bounds until the cheapest are known."""
    order = np.argsort(bounds.cost, kind="stable")
    order = order[np.isfinite(bounds.cost[order])]
    waiting: list[tuple[tuple[int, ...], int, Priced]] = []
    found: list[Priced] = []
    for n in order.tolist():
        least = order_of(unit.difference(complex(bounds.cost[n])))
        while waiting and len(found) < most and waiting[0][:2] < (least, n):
            found.append(heapq.heappop(waiting)[2])
        if len(found) >= most:
            return found, unit.is_exact
        priced = _priced(unit, int(bounds.group[n]), int(bounds.caregiver[n]))
        heapq.heappush(waiting, (order_of(priced.difference), n, priced))
    while waiting and len(found) < most:
        found.append(heapq.heappop(waiting)[2])
    return found, unit.is_exact


def _priced(unit: WarmUnit, g: int, j: int) -> Priced:
    """Price an arc by its chain of moves, or by solving again where the chain does not fit."""
    steps = unit.chain(g, j)
    everything = [(g, j), *steps]
    if not unit.fits(everything):
        return _solved_again(unit, g, j)
    return Priced(g, j, unit.difference(unit.cost_of(everything)), unit.moves(steps))


def _solved_again(unit: WarmUnit, g: int, j: int) -> Priced:
    children, caregiver = unit.children(g), unit.setting.caregivers[j].id
    problem = with_groups(unit.problem, unit.all_groups())
    for child in children:
        problem = with_lock(problem, child, caregiver)
    proposal = propose_pairings(problem)
    return Priced(
        g,
        j,
        difference(proposal.objective, unit.best.objective),
        moves_between(unit.problem, unit.best, proposal, apart_from=children),
    )


def _nearest(
    unit: WarmUnit, groups: Ints, caregivers: Ints, most: int
) -> tuple[list[Priced], bool]:
    """Solve the nearest arcs again, one by one, where chains of moves prove nothing."""
    near = np.argsort(unit.table.arcs[groups, caregivers], kind="stable")[:most].tolist()
    found = [_solved_again(unit, int(groups[n]), int(caregivers[n])) for n in near]
    return sorted(found, key=lambda p: order_of(p.difference)), len(near) == len(groups)


def _line(unit: WarmUnit, child: ChildId, priced: Priced) -> RankedCaregiver:
    i = next(i for i in unit.setting.groups[priced.group] if unit.setting.children[i].id == child)
    pair = pair_lines(unit.setting, {i: priced.caregiver})[0]
    return RankedCaregiver(
        caregiver=pair.caregiver,
        rung=pair.rung,
        metres=pair.metres,
        difference=priced.difference,
        moves=priced.moves,
        conditional=pair.conditional,
        is_proposed=unit.holder[priced.group] == priced.caregiver,
    )


def _household(unit: WarmUnit, priced: Priced) -> RankedChild:
    group = unit.setting.groups[priced.group]
    pair = pair_lines(unit.setting, {group[0]: priced.caregiver})[0]
    return RankedChild(
        children=unit.children(priced.group),
        now=unit.caregiver(unit.holder[priced.group]),
        rung=pair.rung,
        metres=pair.metres,
        difference=priced.difference,
        moves=priced.moves,
    )
