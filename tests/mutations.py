"""Mutations: proposals that are wrong in one way, each told in full as the solver would."""

from collections.abc import Iterator
from enum import StrEnum
from random import Random

from casework.proposals import Objective, Proposal
from solver.check import check_proposal
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Landscape
from solver.pairs.lines import levels_of
from solver.pairs.placing import Placed
from solver.pairs.setting import settle
from solver.pairs.writing import write_proposal
from solver.problem import PairingProblem


class Breaks(StrEnum):
    """What a mutation breaks."""

    FEASIBILITY = "feasibility"
    OBJECTIVE = "objective"
    ORDER = "canonical order"


def mutations(
    problem: PairingProblem, proposal: Proposal, certificate: Certificate, r: Random
) -> Iterator[tuple[Breaks, Proposal]]:
    """Give other pairings without end: moves, exchanges, places left, and what each breaks."""
    setting = settle(problem)
    landscape = Landscape(setting)
    index = {child.id: i for i, child in enumerate(setting.children)}
    whom = {person.id: j for j, person in enumerate(setting.caregivers)}
    settled = setting.settled_holder()
    free = {
        index[pair.child]: whom[pair.caregiver]
        for pair in proposal.pairs
        if index[pair.child] not in settled
    }
    while True:
        holder = dict(free)
        _change(holder, setting.groups, len(setting.caregivers), r)
        if holder == free:
            continue
        other = write_proposal(landscape, Placed(holder, holder, certificate))
        yield _breaks(problem, other, proposal.objective), other


def _change(
    holder: dict[int, int], groups: tuple[tuple[int, ...], ...], caregivers: int, r: Random
) -> None:
    one, two = r.choice(groups), r.choice(groups)
    kind = r.random()
    if kind < 0.6:
        theirs = holder.get(one[0]), holder.get(two[0])
        _put(holder, one, theirs[1])
        _put(holder, two, theirs[0])
    elif kind < 0.9:
        _put(holder, one, r.randrange(caregivers))
    else:
        _put(holder, one, None)


def _put(holder: dict[int, int], group: tuple[int, ...], j: int | None) -> None:
    for i in group:
        holder.pop(i, None)
        if j is not None:
            holder[i] = j


def _breaks(problem: PairingProblem, other: Proposal, best: Objective) -> Breaks:
    if check_proposal(problem, other):
        return Breaks.FEASIBILITY
    same = levels_of(other.objective) == levels_of(best)
    return Breaks.ORDER if same else Breaks.OBJECTIVE
