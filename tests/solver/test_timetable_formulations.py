"""The same rounds by other formulations: what we call optimal, they call optimal."""

from dataclasses import replace
from datetime import timedelta

import pytest

from casework.proposals import ProofStatus
from casework.round_rules import AllowedDays, Consecutive, Term
from casework.rounds import Closure
from solver.rounds import columns_level, trips
from solver.timetable import plan_round
from solver.timetable_problem import RoundLimits
from tests.solver.rounds_made import (
    START,
    WEIGHTED,
    best_by_enumeration,
    every_plan,
    random_problem,
    score,
)
from tests.solver.successors import best_by_successors
from tests.solver.time_space import best_by_network

SWITCHES = [
    {},
    {"levels": WEIGHTED},
    {
        "levels": WEIGHTED,
        "consecutive_in": Consecutive.ALLOWED_DAYS,
        "allowed_days": AllowedDays.REST,
    },
    {"longest_run_days": 3, "rest_after_days": 2, "rest_days": 2, "levels": WEIGHTED},
    {"idle_day_after_hours": 0.8, "levels": ((Term.TRAVEL_MINUTES,), (Term.MOVED_DAYS,))},
    {"levels": ((Term.NIGHTS,), (Term.UNEVEN_DAYS,), (Term.LATE_DAYS,))},
    {"commute_hours": 3.0, "levels": WEIGHTED},
]


def reached(problem):
    timetable = plan_round(problem)
    assert timetable.violations == ()
    assert timetable.proof.status is ProofStatus.OPTIMAL
    left = sum(unplaced.sessions for unplaced in timetable.unplaced)
    return score(problem, left, timetable.amounts)


@pytest.mark.parametrize("switches", SWITCHES, ids=lambda s: "+".join(s) or "as they are")
@pytest.mark.parametrize("seed", range(40, 43))
def test_four_ways_of_asking_give_one_answer(seed, switches):
    problem = random_problem(seed, window_end=START + timedelta(days=6), **switches)
    shut = Closure("U0", START + timedelta(days=1), START + timedelta(days=1))
    problem = replace(problem, closures=(shut,))
    ours = reached(problem)
    assert ours == best_by_network(problem)
    assert ours == best_by_successors(problem)
    assert ours == best_by_enumeration(problem)


@pytest.mark.parametrize("seed", range(60, 63))
def test_the_bound_of_each_level_is_below_every_plan(seed):
    problem = random_problem(seed, levels=WEIGHTED)
    level = plan_round(problem).objective[-1]
    whole = [score(problem, left, amounts) for left, amounts, _ in every_plan(problem)]
    least = min(left for left, _ in whole)
    assert all(level.bound <= cost for left, cost in whole if left == least)


@pytest.mark.parametrize("limit", [0, 1, 5])
@pytest.mark.parametrize("seed", range(70, 74))
def test_a_search_that_is_cut_short_never_claims_more_than_it_knows(seed, limit, monkeypatch):
    problem = random_problem(seed, levels=WEIGHTED)
    best = best_by_enumeration(problem)
    monkeypatch.setattr(columns_level, "MOST_SEARCHED", limit)
    monkeypatch.setattr(columns_level, "MOST_ITERATIONS", 1 + limit)
    monkeypatch.setattr(trips, "MOST_STEPS", 2 * limit)
    timetable = plan_round(problem, RoundLimits(most_columns=limit))
    level = timetable.objective[-1]
    assert timetable.violations == ()
    assert level.bound <= best[1] <= level.value
    assert (timetable.proof.status is ProofStatus.OPTIMAL) == (level.bound == level.value)
