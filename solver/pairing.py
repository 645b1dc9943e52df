"""Pairing: from a unit's problem to its proposal (结对建议), the door of this solver.

Strictly lexicographic and in whole numbers: most children with a caregiver, mandatory scope
before optional; fewest permitted pairs given up; nearest rungs; fewest metres; then the
smaller worst distance, the evener load, and the least vector of caregivers by child id. Every
answer passes ``solver.check``, which shares no code with the model, before it leaves.
"""

from collections.abc import Mapping

from casework.people import ChildId
from casework.proposals import Left, Proof, ProofStatus, Proposal, Unpaired
from solver.check import check_proposal
from solver.fingerprint import fingerprint
from solver.limits import Limits
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Landscape
from solver.pairs.lines import levels_of, objective_of, pair_lines, worst_charge
from solver.pairs.placing import Placed, place
from solver.pairs.reasons import endings, left_reason
from solver.pairs.setting import Setting, settle
from solver.problem import PairingProblem


class Inconsistent(AssertionError):  # noqa: N818
    """The checker rejects the solver's own answer: a fault of the program, not of the data."""


def propose_pairings(problem: PairingProblem, limits: Limits | None = None) -> Proposal:
    """Return the best pairing of a unit; every child has a line.

    Raises
    ------
    ValueError
        When two children or two caregivers share an id.
    ArithmeticError
        When the problem is so large that an exact answer cannot be vouched for.
    """
    return propose_with_certificate(problem, limits)[0]


def propose_with_certificate(
    problem: PairingProblem, limits: Limits | None = None
) -> tuple[Proposal, Certificate | None]:
    """Return the best pairing and the duals that prove it; None where there are none.

    Raises as ``propose_pairings``.
    """
    setting = settle(problem)
    landscape = Landscape(setting)
    placed = place(landscape, worst_charge(setting), limits or Limits())
    proposal = _write(setting, landscape, placed)
    broken = check_proposal(problem, proposal)
    if broken:
        raise Inconsistent(f"the proposal breaks {sorted({line.rule for line in broken})}")
    return proposal, placed.certificate


def _write(setting: Setting, landscape: Landscape, placed: Placed) -> Proposal:
    """Put a placing into the words of a proposal."""
    settled = setting.settled_holder()
    holder = settled | placed.holder
    pairs = pair_lines(setting, holder)
    objective = objective_of(setting, pairs)
    bound = levels = levels_of(objective)
    if placed.status is not ProofStatus.OPTIMAL:
        bound = levels_of(objective_of(setting, pair_lines(setting, settled | placed.relaxed)))
    return Proposal(
        pairs=pairs,
        unpaired=_left_over(setting, landscape, holder),
        ended=endings(setting, holder),
        objective=objective,
        proof=Proof(
            status=placed.status,
            certificate_verified=placed.certificate is not None,
            bound=bound,
            gap=_gap(levels, bound),
        ),
        fingerprint=fingerprint(setting.problem),
    )


def _left_over(
    setting: Setting, landscape: Landscape, holder: Mapping[int, int]
) -> tuple[Unpaired, ...]:
    """Give every child without a caregiver a line."""
    reasons: dict[ChildId, Left] = dict.fromkeys(setting.problem.needs_data, Left.NEEDS_DATA)
    for i in setting.excluded:
        reasons[setting.children[i].id] = Left.EXCLUDED
    for g, group in enumerate(setting.groups):
        if group[0] not in holder:
            reason = left_reason(landscape, g)
            reasons |= {setting.children[i].id: reason for i in group}
    return tuple(Unpaired(child, reason) for child, reason in sorted(reasons.items()))


def _gap(levels: tuple[int, ...], bound: tuple[int, ...]) -> float:
    """Give the share by which the first level short of its bound misses it."""
    short = ((abs(a - b), abs(b)) for a, b in zip(levels, bound, strict=True) if a != b)
    return next((missing / max(1, whole) for missing, whole in short), 0.0)
