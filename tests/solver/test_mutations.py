"""Mutations: whatever breaks feasibility, the objective or the canonical order is rejected."""

from collections import Counter
from random import Random

from solver.check_optimal import check_optimal
from solver.pairing import propose_with_certificate
from tests.enumeration import small_unit
from tests.mutations import Breaks, mutations


def test_three_hundred_mutations_of_every_kind_are_rejected():
    rejected = Counter()
    for seed in range(3):
        r = Random(seed)
        unit = small_unit(r, children=26, caregivers=24)
        proposal, certificate = propose_with_certificate(unit)
        assert certificate is not None
        assert check_optimal(unit, proposal, certificate) == ()
        wanted = dict.fromkeys(Breaks, 34)
        for breaks, other in mutations(unit, proposal, certificate, r):
            if wanted[breaks]:
                assert check_optimal(unit, other, certificate), breaks
                wanted[breaks] -= 1
                rejected[breaks] += 1
            if not any(wanted.values()):
                break
    assert rejected == dict.fromkeys(Breaks, 102)
