"""Recruiting against enumeration: every way of placing k new caregivers in tiny units."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import solver.recruit as door
from casework.answers import Difference, Village
from casework.people import CaregiverId, CheckResult, HouseholdId
from casework.plan_answers import Recruitment
from casework.proposals import Left
from solver.pairing import propose_pairings
from solver.pairs import losses, pool
from solver.pairs.losses import without
from solver.pairs.ranking import order_of
from solver.pairs.resolve import difference, villages_of, with_recruits
from solver.pairs.setting import settle
from solver.problem import PairingProblem
from solver.recruit import recruit
from tests.builders import caregiver, child, current, home, problem
from tests.enumeration import best_pairing, tiny_problem

draws = st.integers(0, 10**9).map(Random)
often = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
seldom = settings(often, max_examples=25)


def gain(before: PairingProblem, after: PairingProblem) -> Difference:
    return difference(propose_pairings(after).objective, propose_pairings(before).objective)


def villages(problem: PairingProblem) -> tuple[Village, ...]:
    setting = settle(problem)
    return villages_of(setting.children[i] for group in setting.groups for i in group)


def spread(answer_villages) -> tuple[Village, ...]:
    return tuple(village for village, count in answer_villages for _ in range(count))


def ways(problem: PairingProblem, k: int) -> Iterator[Difference]:
    """Give what every way of placing k new caregivers brings."""
    before = propose_pairings(problem).objective
    for chosen in combinations_with_replacement(villages(problem), k):
        after = propose_pairings(with_recruits(problem, chosen)).objective
        yield difference(after, before)


def could_be_paired(problem: PairingProblem) -> set[str]:
    setting = settle(problem)
    return {setting.children[i].id for group in setting.groups for i in group}


def assert_steps_are_best(problem: PairingProblem, answer: Recruitment, most: int) -> None:
    """Hold every step against all ways, and the end of the steps against one more."""
    for step in answer.steps[:most]:
        best = min(ways(problem, step.caregivers), key=order_of)
        claimed = gain(problem, with_recruits(problem, spread(step.villages)))
        if step.is_proven:
            assert step.difference == best
        assert step.difference == claimed
        assert sum(count for _, count in step.villages) == step.caregivers
    done = len(answer.steps)
    if done < most and all(step.is_proven for step in answer.steps) and villages(problem):
        last = answer.steps[-1].difference if answer.steps else Difference()
        assert min(ways(problem, done + 1), key=order_of) == last


@often
@given(draws)
def test_no_other_way_of_placing_new_caregivers_is_better(r):
    problem = tiny_problem(r)
    answer = recruit(problem, 2)
    if len(problem.children) <= problem.programme.max_children:  # else it may bind
        assert all(step.is_proven for step in answer.steps)
    assert_steps_are_best(problem, answer, 2)


@seldom
@given(draws)
def test_three_new_caregivers_too(r):
    problem = tiny_problem(r)
    assert_steps_are_best(problem, recruit(problem, 3), 3)


@seldom
@given(draws)
def test_where_the_hard_maximum_binds_a_step_is_true_and_proven_only_when_best(r):
    problem = tiny_problem(r, most_children=r.choice([2, 3]))
    assert_steps_are_best(problem, recruit(problem, 2), 2)


@seldom
@given(draws)
def test_enumerating_the_pairings_themselves_finds_nothing_better(r):
    problem = tiny_problem(r)
    few = replace(problem, children=problem.children[:4], caregivers=problem.caregivers[:2])
    for step in recruit(few, 1).steps:
        base, _ = best_pairing(few)
        best = min(best_pairing(with_recruits(few, [v]))[0][:5] for v in villages(few))
        found = step.difference
        levels = found.covered_mandatory, found.covered_optional, found.broken
        assert (-levels[0], -levels[1], levels[2], found.rungs, found.metres) == tuple(
            after - before for after, before in zip(best, base[:5], strict=True)
        )


@often
@given(draws)
def test_who_is_newly_paired_and_how_many_are_left_add_up(r):
    problem = tiny_problem(r, most_children=r.choice([2, 5]))
    before = {pair.child for pair in propose_pairings(problem).pairs}
    for step in recruit(problem, 3).steps:
        after = propose_pairings(with_recruits(problem, spread(step.villages)))
        now = {pair.child for pair in after.pairs}
        assert step.still_left == len(could_be_paired(problem) - now)
        assert len(step.newly_paired) == len(now - before)


@often
@given(draws)
def test_the_least_number_covers_everyone_and_one_fewer_does_not(r):
    problem = tiny_problem(r, most_children=r.choice([2, 5]))
    least = recruit(problem, 2).least_for_everyone
    if least is None or least > 3:
        return
    wanted = could_be_paired(problem)

    def covers(k: int) -> bool:
        return any(
            wanted <= {p.child for p in propose_pairings(with_recruits(problem, chosen)).pairs}
            for chosen in combinations_with_replacement(villages(problem), k)
        )

    assert covers(least) if wanted else least == 0
    assert least == 0 or not covers(least - 1)


@often
@given(draws)
def test_the_worth_of_a_village_is_that_of_one_place_there_solved_again(r):
    problem = tiny_problem(r, most_children=r.choice([2, 5, 5]))
    answer = recruit(problem, 0)
    assert {line.village for line in answer.worth} == set(villages(problem))
    for line in answer.worth:
        assert line.difference == gain(problem, with_recruits(problem, [line.village]))
        assert line.is_proven
    orders = [order_of(line.difference) for line in answer.worth]
    assert orders == sorted(orders)
    assert answer.steps == ()


@often
@given(draws)
def test_critical_are_exactly_those_without_whom_solving_again_covers_fewer(r):
    problem = tiny_problem(
        r, most_children=r.choice([2, 5, 5]), places_count_children=r.random() < 0.2
    )
    losses = {}
    for one in problem.caregivers:
        found = gain(problem, without(problem, one.id))
        if (found.covered_mandatory, found.covered_optional) < (0, 0):
            losses[one.id] = found
    answer = recruit(problem, 0).critical
    assert {line.caregiver: line.difference for line in answer} == losses
    pairs = propose_pairings(problem).pairs
    for line in answer:
        assert line.children == tuple(p.child for p in pairs if p.caregiver == line.caregiver)


@often
@given(draws)
def test_a_large_unit_that_bends_to_the_hard_maximum_is_told_no_more_than_is_so(r):
    problem = tiny_problem(r, most_children=2)
    with pytest.MonkeyPatch.context() as patch:  # as if the unit were too large to solve again
        for module in (losses, pool, door):
            patch.setattr(module, "SMALL", 0)
        answer = recruit(problem, 2)
    truth = recruit(problem, 2)
    for step in answer.steps:
        claimed = gain(problem, with_recruits(problem, spread(step.villages)))
        assert order_of(claimed) <= order_of(step.difference)
        if step.is_proven:
            assert step.difference == min(ways(problem, step.caregivers), key=order_of)
    worth = {line.village: line.difference for line in truth.worth}
    for line in answer.worth:
        assert order_of(worth[line.village]) <= order_of(line.difference)
        assert not line.is_proven or line.difference == worth[line.village]
    critical = {line.caregiver: line for line in truth.critical}
    assert {line.caregiver for line in answer.critical} <= critical.keys()
    assert not answer.critical_is_whole or len(answer.critical) == len(critical)
    for line in answer.critical:
        exact = critical[line.caregiver].difference
        assert order_of(exact) <= order_of(line.difference)
        assert not line.is_proven or line.difference == exact
    assert answer.least_for_everyone in (None, truth.least_for_everyone)


@seldom
@given(draws)
def test_one_recruit_more_never_covers_fewer(r):
    problem = tiny_problem(r, places_count_children=r.random() < 0.5)
    covered = [step.difference.covered for step in recruit(problem, 4).steps]
    mandatory = [step.difference.covered_mandatory for step in recruit(problem, 4).steps]
    assert mandatory == sorted(mandatory)
    assert all(n >= 0 for n in mandatory)
    assert len(covered) <= 4


@seldom
@given(draws)
def test_where_each_sibling_takes_a_place_a_step_is_a_pairing_that_exists(r):
    problem = tiny_problem(r, places_count_children=True)
    answer = recruit(problem, 2)
    takes = max((len(group) for group in settle(problem).groups), default=1)
    for step in answer.steps:
        more = with_recruits(problem, spread(step.villages), takes)
        assert step.difference == gain(problem, more)
        if takes > 1:
            assert not step.is_proven


@seldom
@given(draws)
def test_the_order_of_the_rows_changes_nothing(r):
    problem = tiny_problem(r)
    shuffled = replace(
        problem,
        children=tuple(r.sample(problem.children, len(problem.children))),
        caregivers=tuple(r.sample(problem.caregivers, len(problem.caregivers))),
    )
    assert recruit(shuffled, 2) == recruit(problem, 2)


def test_a_recruit_goes_where_two_children_wait_rather_than_where_one_does():
    there = [child(f"c{k}", home("T2", "V9"), household=HouseholdId("H")) for k in range(2)]
    answer = recruit(problem([child("a"), *there], []), 2)
    assert [step.villages for step in answer.steps] == [
        ((Village("T2", "V9"), 1),),
        ((Village("T1", "V1"), 1), (Village("T2", "V9"), 1)),
    ]
    assert answer.steps[0].newly_paired == ("c0", "c1")
    assert answer.least_for_everyone == 2


def test_a_recruit_may_serve_by_freeing_somebody_nearer():
    children = [child("far", home("T2", "V9")), child("near", home("T1", "V1"))]
    only = caregiver("g", home("T2", "V9"))
    unit = problem(children, [only], current=current(("near", "g")))
    (step,) = recruit(unit, 1).steps
    assert step.newly_paired == ("far",)
    assert step.villages == ((Village("T2", "V9"), 1),)  # a pair that stands is not given up


def test_steps_end_where_one_more_would_change_nothing():
    unit = problem([child("a")], [caregiver("g")])
    answer = recruit(unit, 5)
    assert answer.steps == ()
    assert answer.least_for_everyone == 0


def test_nobody_is_critical_while_another_can_follow():
    two = [caregiver("g1"), caregiver("g2")]
    assert recruit(problem([child("a")], two), 1).critical == ()
    (line,) = recruit(problem([child("a")], two[:1]), 1).critical
    assert (line.caregiver, line.children) == ("g1", ("a",))
    assert line.difference == Difference(
        covered_mandatory=-1, metres=-8_000
    )  # an unknown distance


def test_who_may_not_follow_is_no_way_out():
    failed = caregiver("g2", check_result=CheckResult.FAILED)
    unit = problem([child("a")], [caregiver("g1"), failed])
    assert [line.caregiver for line in recruit(unit, 1).critical] == ["g1"]


def test_a_lock_does_not_hide_that_a_caregiver_is_critical():
    unit = problem([child("a")], [caregiver("g")], current=current(("a", "g"), locked=True))
    (line,) = recruit(unit, 1).critical
    assert line.children == ("a",)


def test_children_whose_rows_wait_or_who_are_excluded_need_no_recruit():
    unit = problem([child("no", consent_given=False)], [], needs_data=("waits",))
    answer = recruit(unit, 3)
    assert (answer.steps, answer.least_for_everyone, answer.worth) == ((), 0, ())
    reasons = {line.reason for line in propose_pairings(unit).unpaired}
    assert reasons == {Left.EXCLUDED, Left.NEEDS_DATA}


def test_an_empty_unit_needs_nobody():
    assert recruit(problem([], []), 3) == Recruitment((), 0, (), ())
    assert recruit(problem([], [caregiver("g")]), 3).critical == ()


def test_nobody_can_be_recruited_a_negative_number_of_times():
    with pytest.raises(ValueError, match="k_max"):
        recruit(problem([], []), -1)


def test_a_caregiver_is_taken_out_with_her_pairs():
    unit = problem([child("a")], [caregiver("g")], current=current(("a", "g")))
    left = without(unit, CaregiverId("g"))
    assert (left.caregivers, left.current) == ((), ())
