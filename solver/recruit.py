"""Recruit: where new caregivers would help, and on whom children depend (招募建议).

With k recruits of one household each, k = 1, 2, ...: the best pairing over all ways to spread
them over the villages where children live, exactly, by a pool of k places in the same flow
(``solver.pairs.pool``). Beside that what one place in each village is worth, the fewest recruits
who leave nobody over, and the caregivers without whom fewer children would have one.
"""

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from casework.answers import Difference, Village
from casework.plan_answers import Recruitment, RecruitStep, VillageWorth
from casework.proposals import ProofStatus, Proposal
from solver.pairs.losses import SMALL, critical_caregivers
from solver.pairs.openings import NEW, Openings, placed_villages
from solver.pairs.pool import left_out, place_in, recruit_steps, resolved_with
from solver.pairs.ranking import order_of
from solver.pairs.resolve import village_order, villages_of
from solver.pairs.warm import WarmUnit
from solver.problem import PairingProblem


def recruit(problem: PairingProblem, k_max: int, proposal: Proposal | None = None) -> Recruitment:
    """Say where up to ``k_max`` new caregivers would help most, and what one place is worth.

    Parameters
    ----------
    k_max
        Most new caregivers to think of; steps end earlier where one more would change nothing.
    proposal
        The best proposal for the problem, if at hand.

    Raises
    ------
    ValueError
        When ``k_max`` is below 0, or the proposal is about other people than the problem.

    Examples
    --------
    ``recruit(problem, 3).steps[1].villages`` is ``((Village("500153101", "凤山村"), 2),)`` when
    the second recruit, too, is best found there.
    """
    if k_max < 0:
        raise ValueError("k_max is how many caregivers to recruit at most: 0 or more")
    unit = WarmUnit(problem, proposal)
    openings = Openings(unit) if unit.has_chains else None
    steps = recruit_steps(unit, openings, k_max)
    critical, is_whole = critical_caregivers(unit)
    return Recruitment(
        steps=steps,
        least_for_everyone=_least_for_everyone(unit, openings, steps),
        worth=_worth(unit, openings),
        critical=critical,
        critical_is_whole=is_whole,
    )


def _least_for_everyone(
    unit: WarmUnit, openings: Openings | None, steps: tuple[RecruitStep, ...]
) -> int | None:
    """Count the fewest recruits with whom nobody is left over; None where none is shown.

    Each recruit serves at most one household more than could be served without her, so as many
    are needed as the largest matching of households and places leaves out; and as many do, when
    the proposal leaves out no more and each of those may have a recruit of its own village.
    """
    left = left_out(unit)
    if not left:
        return 0
    if unit.best.proof.status is not ProofStatus.OPTIMAL:
        return None
    if openings is not None and len(left) == _unmatched(unit):
        may_have_one = np.isfinite(openings.costs[left].min(axis=1))
        if may_have_one.all():
            return len(left)
    covering = next((step for step in steps if not step.still_left), None)
    shown = covering is not None and (covering.is_proven or covering.caregivers == 1)
    return covering.caregivers if covering and shown else None


def _unmatched(unit: WarmUnit) -> int:
    """Count the households a largest matching with single places leaves out."""
    if unit.is_exact:
        return len(left_out(unit))
    seats = np.repeat(np.arange(len(unit.setting.caregivers)), unit.setting.places)
    allowed = np.isfinite(unit.table.arcs[:, seats])
    matched = maximum_bipartite_matching(csr_matrix(allowed), perm_type="column")
    return int((matched < 0).sum())


def _worth(unit: WarmUnit, openings: Openings | None) -> tuple[VillageWorth, ...]:
    """Price one more place in every village, the best village first."""
    here = [unit.setting.children[i] for group in unit.setting.groups for i in group]
    left = {child for g in left_out(unit) for child in unit.children(g)}
    children: dict[Village, list[bool]] = {}
    for child in here:
        (village,) = villages_of([child])
        children.setdefault(village, []).append(child.id in left)
    lines = []
    for x, village in enumerate(placed_villages(unit)):
        found, is_proven = _worth_in(unit, openings, x, village)
        lines.append(
            VillageWorth(village, len(children[village]), sum(children[village]), found, is_proven)
        )
    return tuple(
        sorted(lines, key=lambda line: (order_of(line.difference), village_order(line.village)))
    )


def _worth_in(
    unit: WarmUnit, openings: Openings | None, x: int, village: Village
) -> tuple[Difference, bool]:
    """Price one place by its cheapest chain, or by solving again where that proves nothing."""
    if openings is not None:
        steps = openings.cheapest_steps(x)
        fits = unit.fits(step for step in steps if step[1] != NEW)
        if fits and unit.is_exact:
            return unit.difference(complex(openings.worth[x])), True
        if len(unit.setting.groups) > SMALL:
            return unit.difference(place_in(unit, openings.costs[:, x])), False
    found = resolved_with(unit, (village,))
    return found.difference, found.is_proven
