"""Explain: why this pair, why nobody for that child, and what would help (结对说明).

Every effect told here is that of a pairing that exists: the best one of the unit with one thing
changed, found by a chain of moves from the proposal or by solving again.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

import numpy as np

from casework.answers import (
    RECRUIT,
    Difference,
    Move,
    Remedy,
    RemedyKind,
    Village,
    WhyPair,
    WhyUnpaired,
)
from casework.errors import NotFound
from casework.people import Caregiver, ChildId, Home
from casework.proposals import Left, Pair, Proposal, Rung
from solver.pairing import propose_pairings
from solver.pairs.cost_table import NEVER
from solver.pairs.exchange import Step
from solver.pairs.lines import charged_m, rung_and_metres
from solver.pairs.openings import MOST_PLACES, NEW, Opening, Openings
from solver.pairs.ranking import order_of, ranked_caregivers, unit_with_child_free
from solver.pairs.resolve import difference, home_in, moves_between, with_places, with_recruits
from solver.pairs.violators import shortage_around
from solver.pairs.warm import WarmUnit
from solver.problem import PairingProblem

_MOST_EACH = 3
_RECRUITS_EACH = 2


def explain_pair(problem: PairingProblem, proposal: Proposal, child: ChildId) -> WhyPair:
    """Say why a child has her caregiver, and what the next best would truly cost.

    Raises
    ------
    NotFound
        When the proposal has no pair for the child.
    """
    pair = next((pair for pair in proposal.pairs if pair.child == child), None)
    if pair is None:
        raise NotFound("这名儿童没有结对 / this child is in no pair")
    return explained_pair(unit_with_child_free(problem, proposal, child), pair)


def explained_pair(unit: WarmUnit, pair: Pair) -> WhyPair:
    """Say why a pair stands, in a warm unit where nothing locks the child."""
    ranking = ranked_caregivers(unit, pair.child, most=2)
    others = [line for line in ranking.caregivers if line.caregiver != pair.caregiver]
    return WhyPair(
        child=pair.child,
        caregiver=pair.caregiver,
        rung=pair.rung,
        metres=pair.metres,
        kept=pair.kept,
        locked=pair.locked,
        nearer=_nearer(unit, pair),
        next_best=others[0] if others else None,
    )


def explain_unpaired(problem: PairingProblem, proposal: Proposal, child: ChildId) -> WhyUnpaired:
    """Say why a child is left over, and what would help.

    Raises
    ------
    NotFound
        When the proposal does not leave the child over.
    """
    left = {line.child: line.reason for line in proposal.unpaired}
    if child not in left:
        raise NotFound("这名儿童不在未结对名单中 / this child is not left over")
    return Explainer(WarmUnit(problem, proposal)).explain(child, left[child])


def explain_all(problem: PairingProblem, proposal: Proposal) -> tuple[WhyUnpaired, ...]:
    """Explain every child who is left over, by child id."""
    if not proposal.unpaired:
        return ()
    explainer = Explainer(WarmUnit(problem, proposal))
    return tuple(explainer.explain(line.child, line.reason) for line in proposal.unpaired)


class Explainer:
    """Explains the children whom a warm unit leaves over."""

    def __init__(self, unit: WarmUnit) -> None:
        self._unit = unit
        self._known: dict[int, WhyUnpaired] = {}

    def explain(self, child: ChildId, reason: Left) -> WhyUnpaired:
        """Explain one child; the reason is the proposal's."""
        if reason is Left.NEEDS_DATA:
            return WhyUnpaired(child, reason, None, (Remedy(RemedyKind.CORRECT_DATA),))
        g = self._unit.group_of.get(child)
        by_hand = Remedy(RemedyKind.ARRANGE_BY_HAND)
        if g is None or self._unit.holder[g] < len(self._unit.setting.caregivers):
            return WhyUnpaired(child, reason, None, (by_hand,))
        first = (by_hand,) if reason is Left.EXCLUDED else ()
        if g not in self._known:
            shortage = shortage_around(self._unit, g) if reason is Left.ALL_FULL else None
            self._known[g] = WhyUnpaired(child, reason, shortage, (*first, *self._remedies(g)))
        return replace(self._known[g], child=child)

    @cached_property
    def _openings(self) -> Openings:
        return Openings(self._unit)

    @cached_property
    def _beyond(self) -> Proposal | None:
        """The best pairing if pairs beyond reach were allowed; None where they are."""
        problem = self._unit.problem
        if problem.programme.beyond_reach_allowed:
            return None
        allowing = replace(problem.programme, beyond_reach_allowed=True)
        return propose_pairings(replace(problem, programme=allowing))

    def _remedies(self, g: int) -> tuple[Remedy, ...]:
        """Try everything that could help, and list what does by its cost."""
        if self._unit.has_chains:
            openings = self._openings.for_group(g, _MOST_EACH, _RECRUITS_EACH)
            found = [self._told(g, opening) for opening in openings]
        else:
            found = [*self._by_solving(g)]
        found += self._by_reaching_further(g)
        return tuple(sorted(found, key=_cheapest_first))

    def _told(self, g: int, opening: Opening) -> Remedy:
        unit = self._unit
        village = None if opening.village is None else self._openings.villages[opening.village]
        gets = opening.steps[0][1]
        rung, metres = self._nearness(g, gets, village)
        return Remedy(
            kind=RemedyKind.MORE_PLACES if village is None else RemedyKind.NEW_CAREGIVER,
            caregiver=None if opening.caregiver is None else unit.caregiver(opening.caregiver),
            village=village,
            difference=unit.difference(opening.cost),
            gets=RECRUIT if gets == NEW else unit.caregiver(gets),
            rung=rung,
            metres=metres,
            moves=self._moves(opening.steps[1:]),
            is_first_in_line=opening.is_first_in_line,
            is_proven=unit.is_exact,
        )

    def _moves(self, steps: tuple[Step, ...]) -> tuple[Move, ...]:
        """Say moves by id; the recruit's comes last."""
        unit = self._unit
        moves = unit.moves(step for step in steps if step[1] != NEW)
        recruited = (
            Move(unit.children(g), unit.caregiver(unit.holder[g]), RECRUIT)
            for g, j in steps
            if j == NEW
        )
        return (*moves, *recruited)

    def _nearness(self, g: int, gets: int, village: Village | None) -> tuple[Rung, int | None]:
        setting, problem = self._unit.setting, self._unit.problem
        child = setting.children[setting.groups[g][0]]
        if gets == NEW and village is not None:
            return rung_and_metres(problem, child.home, home_in(problem, village))
        home = setting.caregivers[gets].home
        return rung_and_metres(problem, child.home, home)

    def _by_solving(self, g: int) -> Iterator[Remedy]:
        """Solve again with more places at the nearest caregivers, or somebody new at home."""
        unit, takes = self._unit, int(self._unit.landscape.takes[g])
        home = unit.setting.children[unit.setting.groups[g][0]].home
        for caregiver in self._nearest(g, home):
            if caregiver.places + takes <= MOST_PLACES:
                changed = with_places(unit.problem, caregiver.id, caregiver.places + takes)
                remedy = Remedy(RemedyKind.MORE_PLACES, caregiver=caregiver.id)
                yield from self._if_it_helps(g, changed, remedy)
        village = Village(home.township, home.village)
        changed = with_recruits(unit.problem, (village,))
        *known, recruit = changed.caregivers
        changed = replace(changed, caregivers=(*known, replace(recruit, places=takes)))
        yield from self._if_it_helps(g, changed, Remedy(RemedyKind.NEW_CAREGIVER, village=village))

    def _nearest(self, g: int, home: Home) -> list[Caregiver]:
        unit, serving = self._unit, self._unit.landscape.serving(g)
        permitted = serving[unit.landscape.is_permitted(np.full(len(serving), g), serving)]
        caregivers = [unit.setting.caregivers[j] for j in permitted]
        return sorted(caregivers, key=lambda c: _how_near(unit.problem, home, c))[:_MOST_EACH]

    def _by_reaching_further(self, g: int) -> Iterator[Remedy]:
        if self._beyond is not None:
            yield from self._if_served(g, self._beyond, Remedy(RemedyKind.BEYOND_REACH))

    def _if_it_helps(self, g: int, changed: PairingProblem, remedy: Remedy) -> Iterator[Remedy]:
        yield from self._if_served(g, propose_pairings(changed), remedy)

    def _if_served(self, g: int, proposal: Proposal, remedy: Remedy) -> Iterator[Remedy]:
        """Give the remedy with its effect where the proposal serves the group."""
        children = self._unit.children(g)
        pair = next((pair for pair in proposal.pairs if pair.child == children[0]), None)
        if pair is not None:
            is_known = pair.caregiver in self._unit.caregiver_of
            before = self._unit.best
            yield replace(
                remedy,
                difference=difference(proposal.objective, before.objective),
                gets=pair.caregiver if is_known else RECRUIT,
                rung=pair.rung,
                metres=pair.metres,
                moves=moves_between(self._unit.problem, before, proposal, apart_from=children),
            )


def _nearer(unit: WarmUnit, pair: Pair) -> int:
    """Count the caregivers whom the rules allow and who are nearer to the household.

    A lock may hold what the rules do not allow; then nothing is compared.
    """
    g = unit.group_of.get(pair.child)
    if g is None:
        return 0
    arcs = unit.table.arcs[g]
    rungs = np.where(np.isfinite(arcs), arcs.real, 0) % unit.table.scale.broken
    near = np.where(np.isfinite(arcs), rungs + 1j * arcs.imag, NEVER)
    hers = near[unit.caregiver_of[pair.caregiver]]
    return int((near < hers).sum()) if np.isfinite(hers) else 0


def _how_near(problem: PairingProblem, home: Home, caregiver: Caregiver) -> tuple[int, int, str]:
    rung, metres = rung_and_metres(problem, home, caregiver.home)
    return rung, charged_m(problem, metres), caregiver.id


def _cheapest_first(remedy: Remedy) -> tuple[object, ...]:
    return (
        not remedy.is_first_in_line,
        order_of(remedy.difference or Difference()),
        len(remedy.moves),
        tuple(RemedyKind).index(remedy.kind),
        remedy.caregiver or "",
    )
