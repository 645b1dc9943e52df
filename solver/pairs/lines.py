"""Lines: a placing in the words of a proposal, pair by pair and level by level (结对明细)."""

from collections.abc import Mapping
from dataclasses import replace

from casework.eligibility import SexRule, pair_unknowns, sex_rule
from casework.people import Caregiver, CaregiverStatus, Child, Home
from casework.proposals import Objective, Pair, Rung, Unknown
from geo.distance import whole_metres_between
from solver.pairs.setting import Setting
from solver.problem import PairingProblem


def pair_lines(setting: Setting, holder: Mapping[int, int]) -> tuple[Pair, ...]:
    """Write the pairs, sorted by child.

    Parameters
    ----------
    holder
        Caregiver of each child who has one, by index.
    """
    current = {(pair.child, pair.caregiver) for pair in setting.problem.current}
    pairs = []
    for i, j in sorted(holder.items()):
        child, caregiver = setting.children[i], setting.caregivers[j]
        rung, metres = rung_and_metres(setting.problem, child.home, caregiver.home)
        beside = rung is Rung.NEIGHBOURING_TOWNSHIP
        pairs.append(
            Pair(
                child=child.id,
                caregiver=caregiver.id,
                household=child.household,
                rung=rung,
                metres=metres,
                kept=(child.id, caregiver.id) in current,
                locked=i in setting.locked,
                conditional=_conditional(setting.problem, child, caregiver),
                neighbours_approximate=beside and setting.problem.neighbours_approximate,
            )
        )
    return tuple(pairs)


def rung_and_metres(problem: PairingProblem, a: Home, b: Home) -> tuple[Rung, int | None]:
    """Say how near two homes are: areas by name first, metres where both are measurable."""
    metres = None
    if a.place and b.place and a.precision.is_measurable and b.precision.is_measurable:
        metres = whole_metres_between(a.place, b.place)
    if metres is not None and metres > problem.reach_m:
        return Rung.BEYOND_REACH, metres
    if a.township == b.township:
        same_village = a.village is not None and a.village == b.village
        return (Rung.SAME_VILLAGE if same_village else Rung.SAME_TOWNSHIP), metres
    beside = b.township in problem.neighbours.get(a.township, ())
    beside = beside or a.township in problem.neighbours.get(b.township, ())
    return (Rung.NEIGHBOURING_TOWNSHIP if beside else Rung.UNIT), metres


def charged_m(problem: PairingProblem, metres: int | None) -> int:
    """Charge an unknown distance as the reach: nobody can say it is nearer."""
    return problem.reach_m if metres is None else metres


def worst_charge(setting: Setting) -> int:
    """Return the most metres charged for a pair that is settled before the solver begins."""
    problem = setting.problem
    return max(
        (
            charged_m(problem, pair.metres)
            for pair in pair_lines(setting, setting.settled_holder())
        ),
        default=0,
    )


def objective_of(setting: Setting, pairs: tuple[Pair, ...]) -> Objective:
    """Add the pairs up, level by level."""
    scope = {child.id: child.in_mandatory_scope for child in setting.children}
    mandatory = sum(scope[pair.child] for pair in pairs)
    paired = {(pair.child, pair.caregiver) for pair in pairs}
    stood = [(setting.children[i].id, setting.caregivers[j].id) for i, j in setting.standing]
    rungs = [pair.rung for pair in pairs]
    return Objective(
        covered_mandatory=mandatory,
        covered_optional=len(pairs) - mandatory,
        broken=sum(pair not in paired for pair in stood),
        rungs=sum(rungs),
        metres=sum(pair.metres or 0 for pair in pairs),
        metres_charged=sum(charged_m(setting.problem, pair.metres) for pair in pairs),
        rung_counts=(
            rungs.count(Rung.SAME_VILLAGE),
            rungs.count(Rung.SAME_TOWNSHIP),
            rungs.count(Rung.NEIGHBOURING_TOWNSHIP),
            rungs.count(Rung.UNIT),
            rungs.count(Rung.BEYOND_REACH),
        ),
    )


def levels_of(objective: Objective) -> tuple[int, ...]:
    """Return the levels that are proven, in their order."""
    return (
        objective.covered_mandatory,
        objective.covered_optional,
        objective.broken,
        objective.rungs,
        objective.metres_charged,
    )


def _conditional(
    problem: PairingProblem, child: Child, caregiver: Caregiver
) -> tuple[Unknown, ...]:
    """List what blocks activation; what a lock overrides is listed as not established.

    A locked pair may stand against a refusal, but then the refusal has to be cleared first.
    """
    refused: set[Unknown] = set()
    if child.consent_given is False:
        refused.add(Unknown.GUARDIAN_CONSENT)
    if caregiver.commitment_signed is False:
        refused.add(Unknown.COMMITMENT)
    if sex_rule(child.sex, caregiver.sex, problem.programme) is SexRule.FORBIDDEN:
        refused.add(Unknown.SECOND_ADULT)
    in_service = replace(
        caregiver,
        status=CaregiverStatus.ACTIVE,
        available_from=None,
        available_to=None,
        commitment_signed=caregiver.commitment_signed or None,
        places=1,
    )
    willing = replace(child, consent_given=child.consent_given or None)
    unknown = pair_unknowns(willing, in_service, problem.programme, problem.on)
    return tuple(fact for fact in Unknown if fact in refused or fact in unknown)
