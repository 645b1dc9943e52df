"""Mutations: whatever breaks feasibility, the objective or the canonical order is rejected."""

from itertools import islice
from random import Random

from solver.check_optimal import check_optimal
from solver.pairing import propose_with_certificate
from tests.builders import caregiver, child, home, problem
from tests.enumeration import small_unit
from tests.mutations import Breaks, mutations


def full_of_ties(r):
    """Draw a unit of two villages without any point, so that most pairs cost the same."""
    return problem(
        [child(f"c{k:02}", home("T1", r.choice(["V1", "V2"]))) for k in range(18)],
        [caregiver(f"g{k:02}", home("T1", r.choice(["V1", "V2"]))) for k in range(14)],
    )


def test_three_hundred_mutations_of_every_kind_are_rejected():
    wanted = dict.fromkeys(Breaks, 100)
    for seed in range(12):
        r = Random(seed)
        unit = small_unit(r, children=26, caregivers=24) if seed % 2 else full_of_ties(r)
        proposal, certificate = propose_with_certificate(unit)
        assert certificate is not None
        assert check_optimal(unit, proposal, certificate) == ()
        for breaks, other in islice(mutations(unit, proposal, certificate, r), 120):
            if wanted[breaks]:
                assert check_optimal(unit, other, certificate), breaks
                wanted[breaks] -= 1
        if not any(wanted.values()):
            break
    assert wanted == dict.fromkeys(Breaks, 0)
