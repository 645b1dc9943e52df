"""Pairing: from a unit's problem to its proposal (结对建议), the door of this solver.

Strictly lexicographic and in whole numbers: most children with a caregiver, mandatory scope
before optional; fewest permitted pairs given up; nearest rungs; fewest metres; then the
smaller worst distance, the evener load, and the least vector of caregivers by child id. Every
answer passes ``solver.check``, which shares no code with the model, before it leaves.
"""

from casework.proposals import Proposal
from solver.check import check_proposal
from solver.limits import Limits
from solver.pairs.certificate import Certificate
from solver.pairs.landscape import Landscape
from solver.pairs.lines import worst_charge
from solver.pairs.placing import place
from solver.pairs.setting import settle
from solver.pairs.writing import write_proposal
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
    proposal = write_proposal(landscape, placed)
    assert_consistent(problem, proposal)
    return proposal, placed.certificate


def assert_consistent(problem: PairingProblem, proposal: Proposal) -> None:
    """Let a proposal leave the solver only when the checker finds nothing.

    Raises
    ------
    Inconsistent
        When it finds anything.
    """
    broken = check_proposal(problem, proposal)
    if broken:
        raise Inconsistent(f"the proposal breaks {sorted({line.rule for line in broken})}")
