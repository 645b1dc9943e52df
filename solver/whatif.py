"""What if: the unit solved again under other conditions, side by side (方案比较).

Reach, pairs beyond it, places, children of the optional scope in or out, more caregivers. Every
scenario is a whole problem of its own, solved and proven as any other.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from casework.answers import Difference
from casework.eligibility import caregiver_state
from casework.plan_answers import Outcome, Scenario
from casework.proposals import Proposal
from solver.pairing import propose_pairings
from solver.pairs.resolve import difference, with_recruits
from solver.problem import PairingProblem


def whatif(problem: PairingProblem, scenarios: Sequence[Scenario]) -> tuple[Outcome, ...]:
    """Give what each scenario comes to; differences are against the first.

    Raises
    ------
    ValueError
        When a scenario asks for what cannot be: a reach or places below 0.

    Examples
    --------
    ``whatif(problem, [Scenario("现状"), Scenario("8 公里", reach_m=8_000)])[1].difference`` says
    how many children more would have a caregiver, then what it does to rungs and metres.
    """
    solved = [(scenario, problem_of(problem, scenario)) for scenario in scenarios]
    found = [(scenario, changed, propose_pairings(changed)) for scenario, changed in solved]
    return tuple(
        _outcome(scenario, changed, proposal, _against(found[0][1:], (changed, proposal)))
        for scenario, changed, proposal in found
    )


def problem_of(problem: PairingProblem, scenario: Scenario) -> PairingProblem:
    """Give the problem as it would be; one that changes nothing gives the very same."""
    if (scenario.reach_m or 0) < 0 or (scenario.places_at_least or 0) < 0:
        raise ValueError("reach and places are 0 or more")
    changed = problem
    if scenario.reach_m is not None:
        changed = replace(changed, reach_m=scenario.reach_m)
    if scenario.beyond_reach_allowed is not None:
        rules = replace(changed.programme, beyond_reach_allowed=scenario.beyond_reach_allowed)
        changed = replace(changed, programme=rules)
    if not scenario.with_optional:
        children = tuple(child for child in changed.children if child.in_mandatory_scope)
        changed = replace(changed, children=children)
    if scenario.places_at_least is not None:
        changed = _with_places_at_least(changed, scenario.places_at_least)
    villages = [village for village, count in scenario.extra for _ in range(count)]
    return with_recruits(changed, villages) if villages else changed


def _with_places_at_least(problem: PairingProblem, places: int) -> PairingProblem:
    """Let everybody who serves take so many households; who has no place offers none."""
    return replace(
        problem,
        caregivers=tuple(
            replace(one, places=max(one.places, places))
            if caregiver_state(one, problem.programme, problem.on).excluded is None
            else one
            for one in problem.caregivers
        ),
    )


def _against(
    first: tuple[PairingProblem, Proposal], other: tuple[PairingProblem, Proposal]
) -> Difference:
    """Say how a scenario differs from the first.

    An unknown distance is charged as the reach. Where that differs, charges say nothing, and the
    known metres are compared.
    """
    before, after = first[1].objective, other[1].objective
    found = difference(after, before)
    if first[0].reach_m == other[0].reach_m:
        return found
    return replace(found, metres=after.metres - before.metres)


def _outcome(
    scenario: Scenario, problem: PairingProblem, proposal: Proposal, against: Difference
) -> Outcome:
    serving = sum(
        caregiver_state(one, problem.programme, problem.on).excluded is None
        for one in problem.caregivers
    )
    return Outcome(
        name=scenario.name,
        children=len(proposal.pairs) + len(proposal.unpaired),
        caregivers=serving,
        objective=proposal.objective,
        left=dict(Counter(line.reason for line in proposal.unpaired)),
        ended=len(proposal.ended),
        proof=proposal.proof,
        difference=against,
    )
