"""An officer's own list: every rule broken by exactly so much is named, and its cost is true."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.answers import Difference
from casework.people import CheckResult
from casework.plan_answers import ListRule
from solver.check import check_proposal
from solver.judge import judge
from solver.pairing import propose_pairings
from solver.pairs.landscape import Landscape
from solver.pairs.placing import Placed
from solver.pairs.setting import settle
from solver.pairs.writing import write_proposal
from tests.builders import caregiver, child, current, forbidden, home, problem
from tests.enumeration import tiny_problem

often = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
draws = st.integers(0, 10**9).map(Random)

GIVEN = problem(
    [
        child("a", home("T1", "V1", 0)),
        child("s1", household="H"),
        child("s2", household="H"),
        child("locked"),
        child("kin"),
    ],
    [
        caregiver("g1", home("T1", "V1", 500)),
        caregiver("g2", places=2),
        caregiver("g3"),
        caregiver("failed", check_result=CheckResult.FAILED),
    ],
    current=current(("locked", "g3"), locked=True),
    forbidden=forbidden(("kin", "g1")),
    needs_data=("waits",),
)
BEST = tuple((pair.child, pair.caregiver) for pair in propose_pairings(GIVEN).pairs)


def broken(pairs, given=GIVEN):
    return {line.rule: set(line.children) for line in judge(given, pairs).broken}


def test_the_best_pairing_breaks_nothing_and_costs_nothing():
    answer = judge(GIVEN, BEST)
    assert answer.broken == ()
    assert answer.left_out == ()
    assert answer.difference == Difference()
    assert answer.objective == answer.best


def test_an_empty_list_leaves_everybody_out_and_breaks_only_the_lock():
    answer = judge(GIVEN, ())
    assert [line.rule for line in answer.broken] == [ListRule.LOCKED]
    assert set(answer.left_out) == {name for name, _ in BEST}
    assert answer.difference.covered == -len(BEST)


@pytest.mark.parametrize(
    ("pairs", "rule", "children"),
    [
        ((*BEST, ("a", "g2")), ListRule.CHILD_TWICE, {"a"}),
        ((*BEST, BEST[0]), ListRule.CHILD_TWICE, {BEST[0][0]}),
        ((*BEST, ("nobody", "g2")), ListRule.UNKNOWN_CHILD, {"nobody"}),
        ((*BEST, ("kin", "nobody")), ListRule.UNKNOWN_CAREGIVER, {"kin"}),
        ((*BEST, ("waits", "g2")), ListRule.NEEDS_DATA, {"waits"}),
        ((("locked", "g3"), ("a", "failed")), ListRule.NOT_PERMITTED, {"a"}),
        ((("locked", "g3"), ("kin", "g1")), ListRule.NOT_PERMITTED, {"kin"}),
        ((("locked", "g2"),), ListRule.LOCKED, {"locked"}),
        ((("locked", "g3"), ("s1", "g2")), ListRule.TOGETHER, {"s1", "s2"}),
        ((("locked", "g3"), ("a", "g3")), ListRule.PLACES, {"a", "locked"}),
    ],
)
def test_a_rule_broken_is_named_with_its_children(pairs, rule, children):
    assert broken(pairs)[rule] == children


def test_a_failed_check_a_refusal_and_a_conflict_are_one_word():
    rules = [set(broken((("locked", "g3"), pair))) for pair in (("a", "failed"), ("kin", "g1"))]
    assert rules == [{ListRule.NOT_PERMITTED}] * 2


def test_reach_and_the_hard_maximum_are_rules_too():
    near = replace(
        GIVEN,
        reach_m=100,
        current=(),
        programme=replace(GIVEN.programme, beyond_reach_allowed=False, max_children=1),
    )
    found = broken((("a", "g1"), ("locked", "g2"), ("kin", "g2")), near)
    assert found[ListRule.BEYOND_REACH] == {"a"}
    assert found[ListRule.MOST_CHILDREN] == {"locked", "kin"}


def test_absurd_lists_are_judged_all_the_same():
    answer = judge(problem([], []), (("", ""), ("x" * 10_000, "\ud83d"), ("", "")))
    assert {line.rule for line in answer.broken} == {
        ListRule.CHILD_TWICE,
        ListRule.UNKNOWN_CHILD,
        ListRule.UNKNOWN_CAREGIVER,
    }


@often
@given(draws)
def test_the_judge_and_the_checker_agree_on_which_lists_are_lawful(r):
    drawn = replace(tiny_problem(r), needs_data=())
    setting = settle(drawn)
    landscape = Landscape(setting)
    people = len(setting.caregivers)
    holder = {
        i: r.randrange(people)
        for group in setting.groups
        for i in group
        if people and r.random() < 0.8
    }
    proposal = write_proposal(landscape, Placed(holder, holder, None))
    listed = [(pair.child, pair.caregiver) for pair in proposal.pairs]
    answer = judge(drawn, r.sample(listed, len(listed)))
    torn = {"together", "each_child_once"}  # a child of a torn household has no line at all
    grave = {"eligible", "forbidden", "places", "most_children", "beyond_reach"} | torn
    found = {violation.rule for violation in check_proposal(drawn, proposal)} & grave
    assert bool(answer.broken) == bool(found)
    assert answer.objective == proposal.objective
    if not answer.broken:
        assert answer.difference.decisive is None or not is_better(answer.difference)


def is_better(found):
    levels = (
        found.covered_mandatory,
        found.covered_optional,
        -found.broken,
        -found.rungs,
        -found.metres,
    )
    return levels > (0, 0, 0, 0, 0)
