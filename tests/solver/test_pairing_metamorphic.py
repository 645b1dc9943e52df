"""Pairing under changes whose effect is known: scale, bans, locks, extremes, nonsense."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.people import Home
from casework.proposals import CurrentPair
from geo.place import Precision
from solver.check_facts import Facts
from solver.pairing import propose_pairings
from solver.stability import propose_with_few_changes
from tests.builders import at, caregiver, child, current, home, problem
from tests.enumeration import tiny_problem

often = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
draws = st.integers(0, 10**9).map(Random)


def pairs(proposal):
    return {(pair.child, pair.caregiver) for pair in proposal.pairs}


@often
@given(draws)
def test_a_map_twice_as_large_with_twice_the_reach_keeps_the_plan(r):
    spots = [(r.randrange(15_000), r.randrange(15_000)) for _ in range(9)]
    held = [(f"c{k}", f"g{r.randrange(4)}") for k in range(5) if r.random() < 0.4]

    def somewhere(k, factor, township):
        east_m, north_m = spots[k]
        return Home("U", township, f"V{k}", at(factor * east_m, factor * north_m), Precision.EXACT)

    def scaled(factor):
        return problem(
            [child(f"c{k}", somewhere(k, factor, "T1")) for k in range(5)],
            [caregiver(f"g{k}", somewhere(5 + k, factor, "T2")) for k in range(4)],
            current=current(*held),
            reach_m=8_000 * factor,
        )

    assert pairs(propose_pairings(scaled(2))) == pairs(propose_pairings(scaled(1)))


@often
@given(draws)
def test_a_forbidden_pair_never_appears_with_or_without_a_limit(r):
    drawn = tiny_problem(r)
    found = propose_pairings(drawn)
    free = [pair for pair in found.pairs if not pair.locked]
    if not free:
        return
    pair = r.choice(free)
    ban = (pair.child, pair.caregiver)
    banned = replace(
        drawn,
        forbidden=drawn.forbidden | {ban},
        current=tuple(p for p in drawn.current if (p.child, p.caregiver) != ban or not p.locked),
    )
    assert ban not in pairs(propose_pairings(banned))
    assert ban not in pairs(propose_with_few_changes(banned, 0))


@often
@given(draws)
def test_a_lock_that_safeguarding_does_not_break_always_appears(r):
    drawn = tiny_problem(r)
    if not (drawn.children and drawn.caregivers):
        return
    lock = r.choice(drawn.children).id, r.choice(drawn.caregivers).id
    locked = replace(drawn, current=(*drawn.current, CurrentPair(*lock, locked=True)))
    held = set(Facts(locked).locked.items())
    assert held <= pairs(propose_pairings(locked))
    assert held <= pairs(propose_with_few_changes(locked, 0))


@pytest.mark.parametrize("reach_m", [0, 1, 10**9])
def test_the_ends_of_the_earth_are_a_distance_like_any_other(reach_m):
    far = problem(
        [child("a", home("T1", "V1", 0)), child("b", home("T9", None))],
        [
            caregiver("g1", home("T2", "V2", 6_000_000)),
            caregiver("g2", home("T2", "V2", -6_000_000)),
        ],
        current=current(("a", "g2"), ("b", "g2")),
        reach_m=reach_m,
    )
    for most in (0, 1, 10**18):
        found = propose_with_few_changes(far, most)
        assert len(found.pairs) == 2
        assert found.objective.broken == 1


def test_numbers_that_cannot_be_vouched_for_are_refused_and_not_guessed():
    many = [child(f"c{k}", home("T1", "V1", 10 * k)) for k in range(3)]
    with pytest.raises(ArithmeticError, match="too large"):
        propose_pairings(problem(many, [caregiver("g", home("T1"))], reach_m=2**61))
