"""A round's timetable: the best there is, proven, and the same every time."""

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from casework.proposals import ProofStatus
from casework.round_rules import AllowedDays, Consecutive, Term
from solver.timetable import plan_round
from solver.timetable_problem import RoundProblem
from tests.solver.rounds_made import (
    START,
    WEIGHTED,
    best_by_enumeration,
    random_problem,
    rules,
    score,
    team,
    wish,
)


def reached(problem, timetable):
    left = sum(unplaced.sessions for unplaced in timetable.unplaced)
    return score(problem, left, timetable.amounts)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("levels", [None, WEIGHTED], ids=["in order", "weighed"])
def test_no_plan_of_a_tiny_round_is_better_than_the_answer(seed, levels):
    changes = {} if levels is None else {"levels": levels}
    problem = random_problem(seed, **changes)
    timetable = plan_round(problem)
    assert timetable.violations == ()
    assert timetable.proof.status is ProofStatus.OPTIMAL
    assert reached(problem, timetable) == best_by_enumeration(problem)


SWITCHES = [
    {"consecutive_in": Consecutive.ALLOWED_DAYS, "allowed_days": AllowedDays.REST},
    {"home_on_idle_days": False, "stay_away_days": 1},
    {"longest_run_days": 2},
    {"longest_run_days": 3, "rest_after_days": 2, "rest_days": 2},
    {"idle_day_after_hours": 0.8},
    {"nearest_teams": 1},
    {"levels": ((Term.TRAVEL_MINUTES,), (Term.MOVED_UNITS, Term.MOVED_DAYS))},
    {"levels": ((Term.NIGHTS, Term.UNEVEN_DAYS), (Term.LATE_DAYS,), (Term.MOVED_DAYS,))},
    {"levels": ((Term.LATE_DAYS,),)},
]


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda s: "+".join(s))
@pytest.mark.parametrize("seed", range(100, 103))
def test_every_switch_keeps_the_answer_the_best_there_is(seed, switches):
    window = {"window_end": START + timedelta(days=6)}
    problem = random_problem(seed, **window, **switches)
    timetable = plan_round(problem)
    assert timetable.violations == ()
    assert timetable.proof.status is ProofStatus.OPTIMAL
    assert reached(problem, timetable) == best_by_enumeration(problem)


def test_shuffled_input_gives_the_same_bytes():
    problem = random_problem(7)
    shuffled = replace(
        problem,
        wishes=tuple(Random(1).sample(problem.wishes, len(problem.wishes))),
        teams=problem.teams[::-1],
    )
    assert json.dumps(plan_round(problem).as_json()) == json.dumps(plan_round(shuffled).as_json())


def test_among_equal_plans_the_first_unit_goes_first_and_to_the_first_team():
    problem = RoundProblem(
        rules(levels=((Term.MOVED_UNITS,),)),
        (wish("A"), wish("B")),
        (team("T1"), team("T2")),
    )
    timetable = plan_round(problem)
    assert [p.dates[0] for p in timetable.units] == [START, START]
    assert [p.teams for p in timetable.units] == [("T1",), ("T2",)]


def test_a_wish_that_can_be_kept_is_kept():
    problem = RoundProblem(rules(), (wish("A", 2, (3, 4)),), (team("T"),))
    (planned,) = plan_round(problem).units
    assert planned.kept
    assert planned.dates == (START + timedelta(days=3), START + timedelta(days=4))


def test_a_unit_without_dates_cannot_be_moved():
    problem = RoundProblem(rules(), (wish("A", 2),), (team("T"),))
    (planned,) = plan_round(problem).units
    assert (planned.kept, planned.moved_days) == (False, 0)
    assert plan_round(problem).amounts[Term.MOVED_UNITS] == 0


def test_two_units_on_one_day_with_one_team_move_one_of_them_by_one_day():
    problem = RoundProblem(rules(), (wish("A", 1, (2,)), wish("B", 1, (2,))), (team("T"),))
    timetable = plan_round(problem)
    assert timetable.amounts[Term.MOVED_UNITS] == 1
    assert timetable.amounts[Term.MOVED_DAYS] == 1
    moved = next(p for p in timetable.units if not p.kept)
    assert "当日团队已排给" in moved.reason_zh


def test_an_over_full_round_holds_as_many_sessions_as_it_can_and_names_who_is_left():
    wishes = (wish("A", 4), wish("B", 3), wish("C", 2))
    timetable = plan_round(RoundProblem(rules(longest_run_days=7), wishes, (team("T"),)))
    assert [left.unit for left in timetable.unplaced] == ["B"]
    assert timetable.unplaced[0].reason == "round_full"


def test_a_unit_that_nobody_could_serve_is_named_with_the_rule():
    wishes = (wish("A"), wish("B", skills=frozenset({"手语"})))
    timetable = plan_round(RoundProblem(rules(), wishes, (team("T"),)))
    assert [plan.unit for plan in timetable.units] == ["A"]
    (left,) = timetable.unplaced
    assert (left.unit, left.reason) == ("B", "impossible")
    assert "技能" in left.reason_zh


def test_no_wishes_and_no_teams_are_answers():
    assert plan_round(RoundProblem(rules(), (), (team("T"),))).units == ()
    assert [u.unit for u in plan_round(RoundProblem(rules(), (wish("A"),), ())).unplaced] == ["A"]


def test_three_days_cannot_be_consecutive_on_weekends_and_the_answer_says_so():
    weekend = rules(allowed_days=AllowedDays.REST, window_end=START + timedelta(days=20))
    problem = RoundProblem(weekend, (wish("A", 3),), (team("T"),))
    (left,) = plan_round(problem).unplaced
    assert "连续3天" in left.reason_zh
    relaxed = replace(problem, round=replace(weekend, consecutive_in=Consecutive.ALLOWED_DAYS))
    assert plan_round(relaxed).unplaced == ()
