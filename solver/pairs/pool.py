"""Pool: so many new caregivers in the same flow, one household each (新爱心妈妈名额池).

A recruit takes one household, so where she lives matters to nobody else: a household that gets a
recruit gets one of its best village. All recruits are therefore one more caregiver with k places,
whose arcs cost what the best village costs. The best placing with k + 1 of them follows from the
best with k by one cheapest chain of moves into the pool, so every k up to the last is exact.

Where the hard maximum of children cuts a chain, or there are no chains, each step is a pairing
that exists, and there might be a better one; a small unit is solved again with these recruits.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from casework.answers import Difference, Village
from casework.people import ChildId
from casework.plan_answers import RecruitStep
from casework.proposals import Left, ProofStatus, Proposal
from solver.pairing import propose_pairings
from solver.pairs.cost_table import Costs
from solver.pairs.homes import int_array
from solver.pairs.losses import SMALL
from solver.pairs.openings import Openings
from solver.pairs.resolve import difference, village_order, villages_of, with_recruits
from solver.pairs.warm import FittingChains, WarmUnit

_TRIES = 6
"""Villages tried at each step where nothing but solving again tells."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """The unit solved again with recruits, against the unit without them."""

    proposal: Proposal
    difference: Difference
    is_proven: bool


def resolved_with(unit: WarmUnit, villages: tuple[Village, ...]) -> Resolved:
    """Solve again with one recruit in each village."""
    proposal = propose_pairings(with_recruits(unit.problem, villages, household_takes(unit)))
    proofs = {unit.best.proof.status, proposal.proof.status}
    found = difference(proposal.objective, unit.best.objective)
    return Resolved(proposal, found, proofs == {ProofStatus.OPTIMAL})


def household_takes(unit: WarmUnit) -> int:
    """Count the places a recruit needs, so that she can take any one household."""
    return int(unit.landscape.takes.max(initial=1))


def recruit_steps(unit: WarmUnit, openings: Openings | None, most: int) -> tuple[RecruitStep, ...]:
    """Give the best that one, two, ... up to ``most`` recruits can do, while one more helps."""
    if openings is None:
        return tuple(_searched(unit, most))
    return tuple(_flowing(unit, openings, most))


def place_in(unit: WarmUnit, column: Costs) -> complex:
    """Return what one recruit brings who fits: at best, or at least where a chain was cut."""
    pool = len(unit.setting.caregivers)
    chains = _chains_with(unit, column)
    return chains.fill(pool, int_array([*unit.setting.places, 0]))


def _chains_with(unit: WarmUnit, column: Costs) -> FittingChains:
    """Lay out chains with one more caregiver, the pool, who has no place yet."""
    exchange, pool = unit.exchange, len(unit.setting.caregivers)
    holder = np.where(exchange.holder == exchange.nobody, pool + 1, exchange.holder)
    return FittingChains(unit, np.column_stack([exchange.arcs, column]), holder)


def left_out(unit: WarmUnit) -> list[int]:
    """List the groups that nobody has."""
    nobody = len(unit.setting.caregivers)
    return [g for g, j in enumerate(unit.holder) if j == nobody]


def _flowing(unit: WarmUnit, openings: Openings, most: int) -> Iterator[RecruitStep]:
    """Fill the pool place by place, each by one cheapest chain."""
    if not openings.villages:
        return
    pool = len(unit.setting.caregivers)
    best_village = np.argmin(openings.costs, axis=1)
    chains = _chains_with(unit, openings.costs[np.arange(len(best_village)), best_village])
    total = 0j
    for k in range(1, most + 1):
        total += chains.fill(pool, int_array([*unit.setting.places, k - 1]))
        served = np.flatnonzero(chains.holder == pool)
        if len(served) < k:
            return
        villages = [openings.villages[best_village[g]] for g in served]
        is_proven = unit.is_exact and not chains.was_cut
        if is_proven or len(unit.setting.groups) > SMALL:
            left = np.flatnonzero(chains.holder > pool).tolist()
            yield RecruitStep(
                caregivers=k,
                villages=counted(villages),
                difference=unit.difference(total),
                newly_paired=_newly(unit, left),
                still_left=sum(len(unit.children(g)) for g in left),
                is_proven=is_proven,
            )
        else:
            yield _told(unit, villages, resolved_with(unit, tuple(villages)))


def _searched(unit: WarmUnit, most: int) -> Iterator[RecruitStep]:
    """Add recruits one by one where solving again says that they do most."""
    chosen: list[Village] = []
    best = Resolved(unit.best, Difference(), is_proven=False)
    while len(chosen) < most:
        tried = [
            (village, resolved_with(unit, (*chosen, village)))
            for village in _heaviest(unit, best.proposal)[:_TRIES]
        ]
        if not tried:
            return
        village, best = max(tried, key=lambda found: _gain(found[1]))
        chosen.append(village)
        yield _told(unit, chosen, best)


def _heaviest(unit: WarmUnit, proposal: Proposal) -> list[Village]:
    """List the villages of children left over, those with the most of mandatory scope first."""
    left = {line.child for line in proposal.unpaired}
    weight = Counter[Village]()
    for child in (unit.setting.children[i] for group in unit.setting.groups for i in group):
        if child.id in left:
            (village,) = villages_of([child])
            weight[village] += 1_000 if child.in_mandatory_scope else 1
    return sorted(weight, key=lambda village: (-weight[village], village_order(village)))


def _gain(found: Resolved) -> tuple[int, ...]:
    gain = found.difference
    return gain.covered_mandatory, gain.covered_optional, -gain.broken, -gain.rungs, -gain.metres


def _told(unit: WarmUnit, villages: list[Village], found: Resolved) -> RecruitStep:
    """Say what solving again found; which villages are best is then not proven."""
    before = {pair.child for pair in unit.best.pairs}
    return RecruitStep(
        caregivers=len(villages),
        villages=counted(villages),
        difference=found.difference,
        newly_paired=tuple(p.child for p in found.proposal.pairs if p.child not in before),
        still_left=sum(
            line.reason is not Left.NEEDS_DATA and line.child in unit.group_of
            for line in found.proposal.unpaired
        ),
        is_proven=False,
    )


def _newly(unit: WarmUnit, left: list[int]) -> tuple[ChildId, ...]:
    children = (child for g in set(left_out(unit)) - set(left) for child in unit.children(g))
    return tuple(sorted(children))


def counted(villages: list[Village]) -> tuple[tuple[Village, int], ...]:
    """Count villages, in their order."""
    count = Counter(villages)
    return tuple((village, count[village]) for village in sorted(count, key=village_order))
