"""Flow, pricing and ties: their parts, where the door would hide a fault."""

from random import Random

import numpy as np
import pytest

from solver.pairs.board import bits
from solver.pairs.candidates import costed, first_arcs
from solver.pairs.certificate import Unproven, certify
from solver.pairs.flow import NOT_PLACED, Arcs, Placing, cheapest_placing
from solver.pairs.landscape import Landscape
from solver.pairs.pricing import Prices, cheaper_arcs, tight_arcs
from solver.pairs.setting import settle
from tests.builders import caregiver, child, home, problem
from tests.enumeration import tiny_problem


def arcs(costs, left_out, places):
    cost = np.array(costs, dtype=np.int64)
    group, whom = np.indices(cost.shape).reshape(2, -1)
    return Arcs(
        group=group,
        caregiver=whom,
        levels=cost.reshape(1, -1),
        left_out=np.array([left_out], dtype=np.int64),
        places=np.array(places, dtype=np.int64),
    )


def test_the_cheapest_placing_and_the_greatest_duals():
    placing = cheapest_placing(arcs([[1, 5], [2, 9]], [100, 100], [1, 1]))
    assert placing.arc.tolist() == [1, 2]
    assert (placing.u.sum(), placing.v.sum()) == (11, -4)


def test_somebody_is_left_out_when_that_is_cheaper():
    placing = cheapest_placing(arcs([[7], [3]], [5, 5], [2]))
    assert placing.arc.tolist() == [NOT_PLACED, 1]


def test_costs_that_do_not_fit_are_refused_and_never_answered_wrongly():
    with pytest.raises(ArithmeticError, match="64 bits"):
        cheapest_placing(arcs([[2**55, 1], [2, 3]], [9, 9], [1, 1]))


def test_an_equal_placing_is_not_solved_again_when_its_duals_still_hold():
    few = arcs([[1], [2]], [9, 9], [1])
    before = cheapest_placing(few)
    assert cheapest_placing(few, before).arc.tolist() == before.arc.tolist()


def landscape_of(seed):
    given = tiny_problem(Random(seed))
    return Landscape(settle(given))


def everything(landscape):
    return np.arange(landscape.groups * landscape.caregivers)


@pytest.mark.parametrize("seed", range(60))
def test_bounds_never_exceed_the_cost_of_an_arc(seed):
    landscape = landscape_of(seed)
    if not landscape.groups or not landscape.caregivers:
        return
    i, j = np.divmod(everything(landscape), landscape.caregivers)
    exact, bound = landscape.arcs(i, j), landscape.arcs(i, j, bound_only=True)
    below = (bound.rungs < exact.rungs) | (
        (bound.rungs == exact.rungs) & (bound.metres <= exact.metres)
    )
    assert below.all()
    assert (bound.allowed | ~exact.allowed).all()
    names, allowed = landscape.least_rungs(np.arange(landscape.groups))
    assert (allowed.ravel() | ~exact.allowed).all()
    stands = np.isin(everything(landscape), landscape.keys(*landscape.standing.T))
    generic = names.ravel() + landscape.broken_cost * landscape.stands[i]
    assert (generic[~stands] <= exact.rungs[~stands]).all()


@pytest.mark.parametrize("seed", range(60))
def test_pricing_finds_every_arc_that_is_too_cheap_and_every_tight_one(seed):
    landscape = landscape_of(seed)
    if not landscape.groups or not landscape.places.any():
        return
    few = costed(landscape, first_arcs(landscape)[::3])
    prices = Prices(landscape, cheapest_placing(few))
    i, j = np.divmod(everything(landscape), landscape.caregivers)
    costs = landscape.arcs(i, j)
    rungs, metres = prices.reduced(i, j, costs)
    below = costs.allowed & ((rungs < 0) | ((rungs == 0) & (metres < 0)))
    tight = costs.allowed & (rungs == 0) & (metres == 0)
    groups = np.arange(landscape.groups)
    found = cheaper_arcs(landscape, prices, groups, most=landscape.caregivers)
    assert found.tolist() == np.flatnonzero(below).tolist()
    rows = tight_arcs(landscape, prices).rows
    keys = [g * landscape.caregivers + whom for g, row in enumerate(rows) for whom in bits(row)]
    assert keys == np.flatnonzero(tight).tolist()
    one_each = cheaper_arcs(landscape, prices, groups, most=1) // landscape.caregivers
    assert set(one_each) == set(np.flatnonzero(below) // landscape.caregivers)


def test_a_certificate_is_not_issued_for_duals_that_prove_nothing():
    landscape = Landscape(settle(problem([child("a"), child("b")], [caregiver("g")])))
    few = costed(landscape, first_arcs(landscape))
    placing = cheapest_placing(few)
    assert certify(landscape, few, placing).v
    for u, v in ((1, 0), (0, 1), (-1, 1)):
        forged = Placing(placing.arc, placing.u + u, placing.v + v)
        with pytest.raises(Unproven):
            certify(landscape, few, forged)
    swapped = Placing(placing.arc[::-1].copy(), placing.u, placing.v)
    if swapped.arc.tolist() != placing.arc.tolist():
        nobody = Placing(np.full_like(placing.arc, NOT_PLACED), placing.u, placing.v)
        with pytest.raises(Unproven):
            certify(landscape, few, nobody)


def test_an_arc_that_was_left_aside_breaks_the_certificate():
    given = problem(
        [child("a", home("T1", "V1"))],
        [caregiver("near", home("T1", "V1")), caregiver("far", home("T9"))],
    )
    landscape = Landscape(settle(given))
    only_far = costed(landscape, np.array([0]))
    assert landscape.setting.caregivers[0].id == "far"
    with pytest.raises(Unproven, match="arc"):
        certify(landscape, only_far, cheapest_placing(only_far))
