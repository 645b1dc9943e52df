"""Scenarios side by side, against solving each changed problem again."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.answers import Difference, Village
from casework.people import CaregiverStatus
from casework.plan_answers import Scenario
from casework.proposals import Left, ProofStatus, Rung
from solver.pairing import propose_pairings
from solver.pairs.resolve import difference
from solver.whatif import problem_of, whatif
from tests.builders import caregiver, child, current, home, problem
from tests.enumeration import best_pairing, tiny_problem

AS_IS = Scenario("现状")

draws = st.integers(0, 10**9).map(Random)
often = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def scenario(r: Random) -> Scenario:
    return Scenario(
        "x",
        reach_m=r.choice([None, 500, 50_000]),
        beyond_reach_allowed=r.choice([None, True, False]),
        places_at_least=r.choice([None, 2]),
        with_optional=r.random() < 0.6,
        extra=r.choice([(), ((Village("T1", "V1"), 1),)]),
    )


@often
@given(draws)
def test_as_is_changes_nothing(r):
    problem = tiny_problem(r, most_children=r.choice([2, 5]))
    assert problem_of(problem, AS_IS) is problem
    first, second = whatif(problem, [AS_IS, replace(AS_IS, name="再来")])
    proposal = propose_pairings(problem)
    assert first.objective == second.objective == proposal.objective
    assert second.difference == Difference()
    assert first.proof == proposal.proof
    assert sum(first.left.values()) == len(proposal.unpaired)
    assert first.ended == len(proposal.ended)


@often
@given(draws)
def test_every_row_is_the_best_pairing_of_the_changed_unit(r):
    problem = tiny_problem(r)
    few = replace(problem, children=problem.children[:4])
    asked = scenario(r)
    first, other = whatif(few, [AS_IS, asked])
    levels = best_pairing(problem_of(few, asked))[0]
    found = other.objective
    assert levels[:5] == (
        -found.covered_mandatory,
        -found.covered_optional,
        found.broken,
        found.rungs,
        found.metres_charged,
    )
    same_reach = asked.reach_m in (None, problem.reach_m)
    levels = difference(found, first.objective)
    known_m = found.metres - first.objective.metres
    assert other.difference == (levels if same_reach else replace(levels, metres=known_m))
    assert other.proof.status is ProofStatus.OPTIMAL


@often
@given(draws)
def test_more_places_or_caregivers_never_cover_fewer(r):
    problem = tiny_problem(r)
    where = Village(r.choice(["T1", "T2"]), "V1")
    more = Scenario("m", places_at_least=3), Scenario("e", extra=((where, 2),))
    first, *others = whatif(problem, [AS_IS, *more])
    for other in others:
        gained = other.difference
        assert (gained.covered_mandatory, gained.covered_optional) >= (0, 0)
        assert other.children == first.children


def test_a_shorter_reach_makes_a_pair_one_beyond_it():
    unit = problem([child("a", home("T1", "V1", 0))], [caregiver("g", home("T1", "V1", 3_000))])
    near, short = whatif(unit, [AS_IS, Scenario("一公里", reach_m=1_000)])
    assert near.objective.rung_counts[Rung.SAME_VILLAGE] == 1
    assert short.objective.rung_counts[Rung.BEYOND_REACH] == 1
    assert short.difference == Difference(rungs=4)


def test_a_wider_reach_does_not_make_unknown_distances_longer():
    unit = problem([child("a")], [caregiver("g")])
    assert whatif(unit, [AS_IS, Scenario("远", reach_m=20_000)])[1].difference == Difference()


def test_beyond_reach_is_allowed_or_not_as_the_scenario_says():
    unit = problem([child("a", home("T1", "V1", 0))], [caregiver("g", home("T1", "V1", 30_000))])
    asked = (
        Scenario("不许", beyond_reach_allowed=False),
        Scenario("可以", beyond_reach_allowed=True),
    )
    forbidden, allowed = whatif(unit, asked)
    assert (forbidden.objective.covered_mandatory, dict(forbidden.left)) == (
        0,
        {Left.NO_CAREGIVER: 1},
    )
    assert allowed.difference.covered_mandatory == 1


def test_left_behind_children_are_out_or_in():
    unit = problem([child("a"), child("o", in_mandatory_scope=False)], [caregiver("g", places=2)])
    both, without = whatif(unit, [AS_IS, Scenario("不含", with_optional=False)])
    assert (both.children, without.children) == (2, 1)
    assert without.difference.covered_optional == -1


def test_places_are_given_to_who_serves_and_to_nobody_else():
    gone = caregiver("gone", status=CaregiverStatus.SUSPENDED)
    unit = problem([child("a"), child("b"), child("c")], [caregiver("g"), gone])
    one, two = whatif(unit, [AS_IS, Scenario("两户", places_at_least=2)])
    assert (one.objective.covered_mandatory, two.objective.covered_mandatory) == (1, 2)
    assert (one.caregivers, two.caregivers) == (1, 1)


def test_places_at_least_never_takes_places_away():
    unit = problem([child("a"), child("b"), child("c")], [caregiver("g", places=3)])
    assert whatif(unit, [AS_IS, Scenario("一户", places_at_least=1)])[1].difference == Difference()


def test_more_caregivers_live_where_the_scenario_puts_them():
    unit = problem([child("a", home("T5", "V5")), child("b", home("T6", "V6"))], [])
    asked = Scenario("加两位", extra=((Village("T5", "V5"), 1), (Village("T6", "V6"), 1)))
    outcome = whatif(unit, [AS_IS, asked])[1]
    assert outcome.caregivers == 2
    assert outcome.objective.rung_counts[Rung.SAME_VILLAGE] == 2


def test_a_current_pair_that_a_scenario_ends_is_counted():
    unit = problem(
        [child("o", in_mandatory_scope=False)], [caregiver("g")], current=current(("o", "g"))
    )
    as_is, without = whatif(unit, [AS_IS, Scenario("不含", with_optional=False)])
    assert (as_is.ended, without.ended) == (0, 1)


def test_an_empty_unit_and_no_scenario_at_all_are_answers():
    (outcome,) = whatif(problem([], []), [AS_IS])
    assert (outcome.children, outcome.caregivers, dict(outcome.left)) == (0, 0, {})
    assert whatif(problem([], []), []) == ()


@pytest.mark.parametrize("wrong", [Scenario("x", reach_m=-1), Scenario("x", places_at_least=-1)])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="0 or more"):
        whatif(problem([], []), [wrong])
