"""Why a round cannot be held: a set in which every requirement is needed, in staff's words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.round_rules import AllowedDays
from casework.rounds import Closure, Pin
from solver.round_check import judge
from solver.rounds.board import board_of
from solver.rounds.conflicts import can_place_all, find_conflict
from solver.rounds.offers import counter_offers
from solver.rounds.requirements import Kind, holding, requirements_of
from solver.rounds.strict_reading import strict_reading
from solver.timetable import plan_round
from solver.timetable_problem import RoundProblem
from tests.solver.rounds_made import START, random_problem, rules, team, wish


def days(*numbers):
    return tuple(START + timedelta(days=n) for n in numbers)


def words(conflict):
    return [requirement.words_zh for requirement in conflict.requirements]


def is_smallest(problem, conflict, keep=()):
    core = list(conflict.requirements)
    together = can_place_all(board_of(holding(problem.in_order(), core)))
    without = [
        can_place_all(board_of(holding(problem.in_order(), [r for r in core if r != left_out])))
        for left_out in core
    ]
    return not together and all(without)


def test_a_round_that_can_be_held_has_no_conflict():
    assert find_conflict(RoundProblem(rules(), (wish("A"),), (team("T"),))) is None


def test_a_wished_range_a_closure_and_consecutive_days_cannot_all_hold():
    shut = Closure("A", *days(1, 4), "因疫情防控关闭")
    problem = RoundProblem(rules(), (wish("A", 2), wish("B")), (team("T"),), (shut,))
    conflict = find_conflict(problem)
    assert is_smallest(problem, conflict)
    assert any("因疫情防控关闭" in said for said in words(conflict))
    assert any("须连续开展" in said or "时间范围" in said for said in words(conflict))
    assert not any("B区" in said for said in words(conflict))


def test_too_many_sessions_for_the_days_there_are():
    wishes = tuple(wish(f"U{n}", 2) for n in range(4))
    problem = RoundProblem(rules(), wishes, (team("T"),))
    conflict = find_conflict(problem)
    assert is_smallest(problem, conflict)
    assert conflict.days_asked > conflict.days_there
    window = next(r for r in conflict.remedies if r.requirement.about == "window")
    assert window.resolves
    assert window.sessions_more > 0


def test_two_units_that_want_one_day_of_one_team():
    wishes = (wish("A", 1, (2,)), wish("B", 1, (2,)), wish("C", 1, (4,)))
    problem = RoundProblem(rules(), wishes, (team("T"),))
    conflict = find_conflict(problem, keep=("A", "B", "C"))
    assert is_smallest(problem, conflict)
    assert {r.about for r in conflict.requirements if r.kind is Kind.DATES} == {"A", "B"}


def test_a_conflict_that_the_linear_bound_does_not_see():
    far = [wish("A", 1, lon=107.6), wish("B", 1, lon=105.4), wish("C", 1, lon=106.5, lat=31.0)]
    four_days = rules(window_end=START + timedelta(days=2))
    problem = RoundProblem(four_days, tuple(far), (team("T"),))
    conflict = find_conflict(problem)
    assert is_smallest(problem, conflict)
    assert any("须空一天" in said for said in words(conflict))


def test_a_pin_and_a_day_off_that_cannot_both_be():
    problem = RoundProblem(
        rules(), (wish("A"),), (team("T", off=[3]),), pins=(Pin("A", days(3), "T"),)
    )
    conflict = find_conflict(problem)
    assert {r.kind for r in conflict.requirements} == {Kind.PLACE, Kind.PIN, Kind.DAYS_OFF}


@pytest.mark.parametrize("seed", range(6))
def test_every_conflict_of_a_crowded_round_is_smallest(seed):
    problem = random_problem(seed, window_end=START + timedelta(days=2))
    conflict = find_conflict(problem)
    left = plan_round(problem).unplaced
    assert (conflict is None) == (not left)
    assert conflict is None or is_smallest(problem, conflict)


def test_requirements_are_named_once_each():
    problem = RoundProblem(
        rules(allowed_days=AllowedDays.REST), (wish("A", 2), wish("B")), (team("T", off=[1]),)
    )
    named = [(r.kind, r.about) for r in requirements_of(problem)]
    assert len(named) == len(set(named))


def test_a_moved_unit_sees_who_holds_its_date_and_what_is_free():
    wishes = (wish("A", 1, (2,)), wish("B", 1, (2,)), wish("C", 1, (3,)))
    problem = RoundProblem(rules(), wishes, (team("T"),))
    timetable = plan_round(problem)
    (offer,) = counter_offers(problem, timetable)
    moved = timetable.plan(offer.unit)
    assert not moved.kept
    assert {h.unit for h in offer.holders} == {"A", "B"} - {offer.unit}
    assert offer.alternatives
    for other in offer.alternatives:
        beside = [plan for plan in timetable.units if plan.unit != offer.unit]
        assert judge(problem, [*beside, other]).violations == ()
        assert other.dates != moved.dates


def test_nobody_gets_an_offer_when_all_wishes_are_kept():
    problem = RoundProblem(rules(), (wish("A", 1, (2,)),), (team("T"),))
    assert counter_offers(problem, plan_round(problem)) == ()


def test_the_strict_reading_says_what_it_would_cost():
    strict = rules(strict_end=START + timedelta(days=1))
    problem = RoundProblem(strict, (wish("A", 1, (4,)), wish("B", 2, (2, 3))), (team("T"),))
    cost = strict_reading(problem, plan_round(problem))
    assert cost.sessions_lost == 1
    assert cost.timetable.round_name == problem.round.name


def test_without_a_strict_end_there_is_no_strict_reading():
    problem = RoundProblem(rules(), (wish("A"),), (team("T"),))
    assert strict_reading(problem, plan_round(problem)) is None
    later = replace(problem, round=replace(problem.round, strict_end=problem.round.window_end))
    assert strict_reading(later, plan_round(later)) is None
