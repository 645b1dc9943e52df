"""Handing a caregiver's children over, against solving again without her."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.errors import NotFound
from casework.people import CaregiverId, CheckResult, HouseholdId
from casework.plan_answers import HandoverReason
from casework.proposals import Left
from solver.handover import handover
from solver.pairing import propose_pairings
from solver.pairs.losses import without
from solver.pairs.resolve import difference, with_lock
from tests.builders import caregiver, child, current, home, problem
from tests.enumeration import best_pairing, tiny_problem

LEAVES, SUSPENDED = HandoverReason.LEAVES, HandoverReason.SUSPENDED
HER = CaregiverId("g")

draws = st.integers(0, 10**9).map(Random)
often = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@often
@given(draws)
def test_successors_are_those_of_the_best_pairing_without_her(r):
    problem = tiny_problem(r, most_children=r.choice([2, 5]))
    for her in problem.caregivers:
        answer = handover(problem, her.id, LEAVES)
        _, best = best_pairing(without(problem, her.id))
        for line in answer.lines:
            assert line.successor == best.get(line.child)
            assert (line.left is None) is (line.successor is not None)
            assert line.successor != her.id
            assert her.id not in {other.caregiver for other in line.others}


@often
@given(draws)
def test_every_child_who_is_with_her_or_would_be_has_one_line(r):
    problem = tiny_problem(r)
    here = {one.id for one in problem.children} | set(problem.needs_data)
    for her in problem.caregivers:
        pairs = (*problem.current, *propose_pairings(problem).pairs)
        hers = {pair.child for pair in pairs if pair.caregiver == her.id} & here
        lines = handover(problem, her.id, LEAVES).lines
        assert [line.child for line in lines] == sorted(hers)


@often
@given(draws)
def test_others_cost_what_solving_again_with_them_fixed_costs(r):
    drawn = tiny_problem(r)
    alone = replace(drawn.programme, siblings_share_caregiver=False)  # else a lock may split them
    problem = replace(drawn, programme=alone)
    for her in problem.caregivers[:2]:
        rest = without(problem, her.id)
        best = propose_pairings(rest)
        for line in handover(problem, her.id, LEAVES).lines:
            for other in line.others:
                fixed = propose_pairings(with_lock(rest, line.child, other.caregiver))
                again = difference(fixed.objective, best.objective)
                assert replace(again, broken=0) == replace(other.difference, broken=0)


def test_a_successor_near_takes_over_and_nobody_else_moves():
    unit = problem(
        [child("a"), child("b", home("T2", "V2"))],
        [caregiver("g"), caregiver("far", home("T2", "V2"), places=2), caregiver("near")],
        current=current(("a", "g"), ("b", "far")),
    )
    answer = handover(unit, HER, LEAVES)
    (line,) = answer.lines
    assert (line.child, line.successor, line.township) == ("a", "near", "T1")
    assert [other.caregiver for other in line.others] == ["far"]
    assert line.others[0].difference.rungs > 0
    assert answer.moves == ()


def test_a_child_nobody_can_take_is_told_with_the_reason_and_the_post_that_answers():
    unit = problem([child("a", home("T7"))], [caregiver("g")], current=current(("a", "g")))
    (line,) = handover(unit, HER, SUSPENDED).lines
    assert (line.successor, line.left, line.township) == (None, Left.NO_CAREGIVER, "T7")


def test_a_child_whose_row_waits_is_handed_over_by_her_township():
    unit = problem(
        [], [caregiver("g", home("T3"))], current=current(("w", "g")), needs_data=("w",)
    )
    (line,) = handover(unit, HER, LEAVES).lines
    assert (line.child, line.left, line.township) == ("w", Left.NEEDS_DATA, "T3")


def test_a_lock_does_not_keep_a_child_with_somebody_suspended():
    unit = problem(
        [child("a")],
        [caregiver("g"), caregiver("next")],
        current=current(("a", "g"), locked=True),
    )
    (line,) = handover(unit, HER, SUSPENDED).lines
    assert line.successor == "next"


def test_why_she_stops_changes_nobodys_successor():
    unit = problem(
        [child("a"), child("b")],
        [caregiver("g", places=2), caregiver("next")],
        current=current(("a", "g"), ("b", "g")),
    )
    answers = [replace(handover(unit, HER, why), why=LEAVES) for why in HandoverReason]
    assert all(answer == answers[0] for answer in answers)


def test_siblings_go_to_one_successor_together():
    house = HouseholdId("H")
    unit = problem(
        [child("a", household=house), child("b", household=house)],
        [caregiver("g"), caregiver("n1"), caregiver("n2")],
        current=current(("a", "g"), ("b", "g")),
    )
    assert len({line.successor for line in handover(unit, HER, LEAVES).lines}) == 1


def test_who_may_not_be_with_the_child_is_never_named():
    unit = problem(
        [child("a")],
        [caregiver("g"), caregiver("failed", check_result=CheckResult.FAILED)],
        current=current(("a", "g")),
    )
    (line,) = handover(unit, HER, LEAVES).lines
    assert (line.successor, line.others) == (None, ())


def test_others_who_move_are_told():
    elsewhere = home("T2", "V2")
    unit = problem(
        [child("a"), child("b", elsewhere, in_mandatory_scope=False)],
        [caregiver("g"), caregiver("one", elsewhere)],
        current=current(("a", "g")),
    )
    (move,) = handover(unit, HER, LEAVES).moves
    assert (move.children, move.before, move.after) == (("b",), "one", None)


def test_a_caregiver_without_children_has_nothing_to_hand_over():
    unit = problem(
        [child("a")], [caregiver("g"), caregiver("other")], current=current(("a", "other"))
    )
    answer = handover(unit, HER, LEAVES)
    assert (answer.lines, answer.moves) == ((), ())


def test_a_child_only_proposed_for_her_needs_somebody_else_too():
    unit = problem([child("a")], [caregiver("g"), caregiver("far", home("T2"))])
    (line,) = handover(unit, HER, LEAVES).lines
    assert (line.child, line.successor) == ("a", "far")


def test_nobody_of_that_id_is_not_found():
    with pytest.raises(NotFound):
        handover(problem([], []), HER, LEAVES)
