"""Losses: what the unit loses when one caregiver stops (关键爱心妈妈).

Nothing is lost where free places of others take her households just as they are. Else her
households leave her one after the other, each by the cheapest chain of moves; that is exact.
Where a lock holds a child with her, or a chain breaks the hard maximum of children, the unit is
solved again without her. Where the best placing itself bends to that maximum, a large unit is not
solved again: a loss then is told only if the placing that may break the maximum shows it, since
that covers at least as many; what it comes to is that of a true way, and somebody may be missing.
"""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from casework.answers import Difference
from casework.eligibility import may_pair
from casework.people import CaregiverId
from casework.plan_answers import CriticalCaregiver
from casework.proposals import ProofStatus, Rung
from solver.pairing import propose_pairings
from solver.pairs.exchange import Exchange
from solver.pairs.homes import Ints, int_array
from solver.pairs.households import Group
from solver.pairs.lines import rung_and_metres
from solver.pairs.relaxed import Relaxed
from solver.pairs.resolve import difference
from solver.pairs.warm import FittingChains, WarmUnit
from solver.problem import PairingProblem

MOST_SOLVED = 30
"""Times a large unit is solved again, if a flow solves it; beyond, somebody may be missing."""

SMALL = 40
"""Groups of a unit that may be solved again as often as it takes."""


def without(problem: PairingProblem, caregiver: CaregiverId) -> PairingProblem:
    """Take a caregiver and her pairs out of a problem."""
    return replace(
        problem,
        caregivers=tuple(c for c in problem.caregivers if c.id != caregiver),
        current=tuple(pair for pair in problem.current if pair.caregiver != caregiver),
    )


def critical_caregivers(unit: WarmUnit) -> tuple[tuple[CriticalCaregiver, ...], bool]:
    """List the caregivers without whom fewer children would have one, the gravest first.

    Returns
    -------
    critical
        Each proven to be one.
    is_whole
        Whether nobody else is.
    """
    losses = _Losses(unit)
    found = [losses.of(caregiver) for caregiver in sorted({p.caregiver for p in unit.best.pairs})]
    critical = [line for line in found if line is not None]
    return tuple(sorted(critical, key=_gravest_first)), losses.is_whole


@dataclass(slots=True)
class _Seats:
    """Free places and room for children of every caregiver."""

    free: Ints
    room: Ints

    def take(self, fits: Ints, takes: int, size: int) -> bool:
        """Take a place at the first of some caregivers who has one free."""
        fits = fits[(self.free[fits] >= takes) & (self.room[fits] >= size)]
        if not len(fits):
            return False
        self.free[fits[0]] -= takes
        self.room[fits[0]] -= size
        return True


class _Losses:
    """The losses of one warm unit.

    Attributes
    ----------
    is_whole
        Whether every question so far was answered.
    """

    def __init__(self, unit: WarmUnit) -> None:
        self.is_whole = True
        self._unit = unit
        self._places = int_array(unit.setting.places)
        holder, nobody = int_array(unit.holder), len(unit.setting.caregivers)
        self._groups = [np.flatnonzero(holder == j).tolist() for j in range(nobody)]
        taken, housed = Counter[int](), Counter[int]()
        for g, j in enumerate(unit.holder):
            taken[j] += int(unit.landscape.takes[g])
            housed[j] += int(unit.landscape.size[g])
        self._free = self._places - int_array(taken[j] for j in range(nobody))
        self._room = int_array(unit.setting.room) - int_array(housed[j] for j in range(nobody))
        self._locked = {j: group for group, j in unit.setting.settled}
        self._left_to_solve = MOST_SOLVED if unit.is_exact else 0
        if len(unit.setting.groups) <= SMALL:
            self._left_to_solve = nobody
        self._bound: tuple[Exchange, complex] | None = None

    def of(self, caregiver: CaregiverId) -> CriticalCaregiver | None:
        """Say what a caregiver's loss means; None where as many children have somebody."""
        j = self._unit.caregiver_of[caregiver]
        if self._fit_elsewhere(j):
            return None
        loss = self._loss(j)
        if loss is None or (loss[0].covered_mandatory, loss[0].covered_optional) >= (0, 0):
            return None
        hers = tuple(p.child for p in self._unit.best.pairs if p.caregiver == caregiver)
        return CriticalCaregiver(caregiver, hers, *loss)

    def _fit_elsewhere(self, j: int) -> bool:
        """Say whether free places of others take her households just as they are."""
        unit, seats = self._unit, _Seats(self._free.copy(), self._room.copy())
        seats.free[j] = 0
        for g in self._groups[j]:
            possible = np.flatnonzero(np.isfinite(unit.table.arcs[g]))
            takes, size = int(unit.landscape.takes[g]), int(unit.landscape.size[g])
            if not seats.take(possible, takes, size):
                return False
        for group in (group for group, whom in unit.setting.settled if whom == j):
            open_ = np.flatnonzero(seats.free > 0).tolist()
            possible = int_array(k for k in open_ if self._may_have(group, k))
            if not seats.take(possible, unit.setting.takes(group), len(group)):
                return False
        return True

    def _may_have(self, group: Group, k: int) -> bool:
        """Say whether a caregiver may have children whom a lock holds elsewhere."""
        setting, problem = self._unit.setting, self._unit.problem
        whom, rules = setting.caregivers[k], self._unit.problem.programme
        return all(
            may_pair(child, whom, rules, problem.on)
            and (child.id, whom.id) not in problem.forbidden
            and (
                rules.beyond_reach_allowed
                or rung_and_metres(problem, child.home, whom.home)[0] is not Rung.BEYOND_REACH
            )
            for child in (setting.children[i] for i in group)
        )

    def _loss(self, j: int) -> tuple[Difference, bool] | None:
        """Return what is lost and whether that is proven; None where nothing can be shown."""
        unit = self._unit
        if j not in self._locked and unit.has_chains:
            if unit.is_exact:
                found, was_cut = self._chained(j, unit.exchange)
                if not was_cut:
                    return self._told(j, found), True
            elif len(unit.setting.groups) > SMALL:
                return self._bounded(j)
        if not self._left_to_solve:
            self.is_whole = False
            return None
        self._left_to_solve -= 1
        proposal = propose_pairings(without(unit.problem, unit.setting.caregivers[j].id))
        proofs = {unit.best.proof.status, proposal.proof.status}
        lost = difference(proposal.objective, unit.best.objective)
        return lost, proofs == {ProofStatus.OPTIMAL}

    def _bounded(self, j: int) -> tuple[Difference, bool] | None:
        """Bound the loss by placings that may break the hard maximum, then tell a true way."""
        unit = self._unit
        if self._bound is None:
            relaxed = Relaxed(unit.landscape).holder()
            nobody = len(unit.setting.caregivers)
            holder = int_array(relaxed.get(g[0], nobody) for g in unit.setting.groups)
            bound = Exchange(unit.table.arcs, unit.table.left_out, self._places, holder)
            self._bound = bound, complex(bound.now.sum() - unit.exchange.now.sum())
        exchange, gap = self._bound
        at_least = self._told(j, unit.difference(gap + self._emptied(j, exchange)))
        found, _ = self._chained(j, unit.exchange)
        true_way = self._told(j, found)
        if (at_least.covered_mandatory, at_least.covered_optional) < (0, 0):
            return true_way, at_least == true_way
        self.is_whole &= (true_way.covered_mandatory, true_way.covered_optional) >= (0, 0)
        return None

    def _emptied(self, j: int, exchange: Exchange) -> complex:
        """Return what it costs at least to empty her places, whatever the hard maximum says."""
        holder, places, total = exchange.holder.copy(), self._places.copy(), 0j
        for taken in range(int((holder == j).sum()), 0, -1):
            places[j] = taken
            now = Exchange(exchange.arcs, exchange.left_out, places, holder)
            start = int(now.node[j])
            total += complex(now.to(now.sink).cost[start])
            for g, k in now.steps_to(start, now.sink):
                holder[g] = k
        return total

    def _chained(self, j: int, exchange: Exchange) -> tuple[Difference, bool]:
        """Empty her places by chains that fit; say whether one of them was not the cheapest."""
        unit, places, total = self._unit, self._places.copy(), 0j
        chains = FittingChains(unit, exchange.arcs, exchange.holder)
        for taken in range(len(self._groups[j]), 0, -1):
            is_laid_out = not total and taken == self._places[j]
            places[j] = taken
            total += chains.empty(j, places, exchange if is_laid_out else None)
        return unit.difference(total), chains.was_cut

    def _told(self, j: int, found: Difference) -> Difference:
        """Leave out the current pairs that end with her: nobody gives them up."""
        hers = sum(whom == j for _, whom in self._unit.setting.standing)
        return replace(found, broken=found.broken - hers)


def _gravest_first(line: CriticalCaregiver) -> tuple[int, int, str]:
    found = line.difference
    return found.covered_mandatory, found.covered_optional, line.caregiver
