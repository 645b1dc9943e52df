"""Handover: who takes over a caregiver's children, and who answers for each today (交接).

The unit is solved again without her; fewest other pairs are given up, as always. Until somebody
has taken over, the township's post answers for each child. A suspension for safeguarding is the
same answer with another word on the paper: the child is moved at once, and why is never said.
"""

from casework.answers import RankedCaregiver
from casework.errors import NotFound
from casework.people import CaregiverId, ChildId
from casework.plan_answers import Handover, HandoverLine, HandoverReason
from casework.proposals import Left, Proposal
from solver.pairing import propose_pairings
from solver.pairs.losses import without
from solver.pairs.ranking import ranked_caregivers
from solver.pairs.resolve import moves_between
from solver.pairs.warm import WarmUnit
from solver.problem import PairingProblem

_OTHERS = 3


def handover(
    problem: PairingProblem,
    caregiver: CaregiverId,
    why: HandoverReason,
    proposal: Proposal | None = None,
) -> Handover:
    """Propose a successor for each of a caregiver's children.

    Hers are the children of current pairs, and those the best pairing would give her.

    Parameters
    ----------
    why
        Goes onto the answer; it changes nobody's successor.
    proposal
        The best proposal for the problem with her, if at hand: ``moves`` are told against it.

    Raises
    ------
    NotFound
        When the problem does not know the caregiver.
    """
    her = next((one for one in problem.caregivers if one.id == caregiver), None)
    if her is None:
        raise NotFound("没有这位爱心妈妈 / there is no such caregiver")
    before = proposal or propose_pairings(problem)
    children = _children_of(problem, before, caregiver)
    unit = WarmUnit(without(problem, caregiver))
    townships = {child.id: child.home.township for child in problem.children}
    lines = _Lines(unit)
    return Handover(
        caregiver=caregiver,
        why=why,
        lines=tuple(
            lines.line(child, townships.get(child, her.home.township)) for child in children
        ),
        moves=moves_between(problem, before, unit.best, apart_from=children),
    )


def _children_of(
    problem: PairingProblem, before: Proposal, caregiver: CaregiverId
) -> tuple[ChildId, ...]:
    """List her children: now or by the proposal, as far as the unit still has them."""
    now = {pair.child for pair in problem.current if pair.caregiver == caregiver}
    soon = {pair.child for pair in before.pairs if pair.caregiver == caregiver}
    here = {child.id for child in problem.children} | set(problem.needs_data)
    return tuple(sorted((now | soon) & here))


class _Lines:
    """Lines about children in a unit solved without their caregiver."""

    def __init__(self, unit: WarmUnit) -> None:
        self._unit = unit
        self._pairs = {pair.child: pair for pair in unit.best.pairs}
        self._left = {line.child: line.reason for line in unit.best.unpaired}

    def line(self, child: ChildId, township: str) -> HandoverLine:
        """Say who takes over one child, else why nobody."""
        pair = self._pairs.get(child)
        return HandoverLine(
            child=child,
            township=township,
            successor=pair.caregiver if pair else None,
            rung=pair.rung if pair else None,
            metres=pair.metres if pair else None,
            conditional=pair.conditional if pair else (),
            left=None if pair else self._left.get(child, Left.NEEDS_DATA),
            others=self._others(child, pair.caregiver if pair else None),
        )

    def _others(
        self, child: ChildId, successor: CaregiverId | None
    ) -> tuple[RankedCaregiver, ...]:
        """Rank who else could follow, each with what she would truly cost the unit."""
        ranking = ranked_caregivers(self._unit, child, _OTHERS + 1)
        others = [line for line in ranking.caregivers if line.caregiver != successor]
        return tuple(others[:_OTHERS])
