"""Losses: what the unit loses when one caregiver stops (关键爱心妈妈).

Her households leave her places one after the other, each by the cheapest chain of moves. Where a
lock holds a child with her, or a chain breaks the hard maximum of children, the unit is solved
again without her. Nothing is looked for where a free place elsewhere takes each of her households.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from casework.answers import Difference
from casework.people import CaregiverId
from casework.plan_answers import CriticalCaregiver
from casework.proposals import ProofStatus
from solver.pairing import propose_pairings
from solver.pairs.homes import int_array
from solver.pairs.resolve import difference
from solver.pairs.warm import FittingChains, WarmUnit
from solver.problem import PairingProblem


def without(problem: PairingProblem, caregiver: CaregiverId) -> PairingProblem:
    """Take a caregiver and her pairs out of a problem."""
    return replace(
        problem,
        caregivers=tuple(c for c in problem.caregivers if c.id != caregiver),
        current=tuple(pair for pair in problem.current if pair.caregiver != caregiver),
    )


def critical_caregivers(unit: WarmUnit) -> tuple[CriticalCaregiver, ...]:
    """List the caregivers without whom fewer children would have one, the gravest first."""
    return tuple(sorted(_Losses(unit).critical(), key=_gravest_first))


class _Losses:
    """The losses of one warm unit."""

    def __init__(self, unit: WarmUnit) -> None:
        self._unit = unit
        self._places = int_array(unit.setting.places)
        self._groups: dict[int, list[int]] = {}
        for g, j in enumerate(unit.holder):
            self._groups.setdefault(j, []).append(g)
        self._locked = {j for _, j in unit.setting.settled}
        nobody = len(unit.setting.caregivers)
        takes = np.bincount(int_array(unit.holder), unit.landscape.takes, nobody + 1)
        sizes = np.bincount(int_array(unit.holder), unit.landscape.size, nobody + 1)
        self._free = self._places - takes[:nobody].astype(np.int64)
        self._room = int_array(unit.setting.room) - sizes[:nobody].astype(np.int64)

    def critical(self) -> Iterator[CriticalCaregiver]:
        """Give those whose loss covers fewer."""
        unit = self._unit
        with_her: dict[CaregiverId, list[str]] = {}
        for pair in unit.best.pairs:
            with_her.setdefault(pair.caregiver, []).append(pair.child)
        for caregiver in sorted(with_her):
            j = unit.caregiver_of[caregiver]
            if j not in self._locked and self._fit_elsewhere(j):
                continue
            found, is_proven = self._loss(j)
            if (found.covered_mandatory, found.covered_optional) < (0, 0):
                children = tuple(p.child for p in unit.best.pairs if p.caregiver == caregiver)
                yield CriticalCaregiver(caregiver, children, found, is_proven)

    def _fit_elsewhere(self, j: int) -> bool:
        """Say whether free places of others take her households just so."""
        unit, free, room = self._unit, self._free.copy(), self._room.copy()
        free[j] = 0
        for g in self._groups.get(j, ()):
            takes, size = int(unit.landscape.takes[g]), int(unit.landscape.size[g])
            fits = np.isfinite(unit.table.arcs[g]) & (free >= takes) & (room >= size)
            if not fits.any():
                return False
            whom = int(np.argmax(fits))
            free[whom] -= takes
            room[whom] -= size
        return True

    def _loss(self, j: int) -> tuple[Difference, bool]:
        unit = self._unit
        if unit.has_chains and unit.is_exact and j not in self._locked:
            found = self._chained(j, self._groups[j])
            if found is not None:
                return found, True
        proposal = propose_pairings(without(unit.problem, self._id(j)))
        proofs = {unit.best.proof.status, proposal.proof.status}
        found = difference(proposal.objective, unit.best.objective)
        return found, proofs == {ProofStatus.OPTIMAL}

    def _chained(self, j: int, groups: list[int]) -> Difference | None:
        """Empty her places by chains; None where one of them breaks the hard maximum."""
        unit = self._unit
        places = self._places.copy()
        chains = FittingChains(unit, unit.exchange.arcs, unit.exchange.holder)
        total = 0j
        for taken in range(len(groups), 0, -1):
            is_laid_out = taken == len(groups) and taken == self._places[j]
            places[j] = taken
            total += chains.empty(j, places, unit.exchange if is_laid_out else None)
        if chains.was_cut:
            return None
        found = unit.difference(total)
        return replace(found, broken=found.broken - self._stood_with(j))

    def _stood_with(self, j: int) -> int:
        """Count the current pairs that end with her: nobody gives them up."""
        return sum(whom == j for _, whom in self._unit.setting.standing)

    def _id(self, j: int) -> CaregiverId:
        return self._unit.setting.caregivers[j].id


def _gravest_first(line: CriticalCaregiver) -> tuple[int, int, str]:
    found = line.difference
    return found.covered_mandatory, found.covered_optional, line.caregiver
