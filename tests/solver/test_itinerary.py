"""Every drive told is a drive counted."""

import pytest

from casework.round_rules import Term
from solver.round_check import judge
from solver.rounds.itinerary import legs_of
from solver.rounds.watching import watching
from solver.timetable import plan_dates, plan_round
from tests.solver.rounds_made import random_problem


@pytest.mark.parametrize("home", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_the_drives_told_add_up_to_the_drives_counted(seed, home):
    problem = random_problem(seed, home_on_idle_days=home)
    table = plan_round(problem)
    legs, amounts = legs_of(problem, table.units), judge(problem, table.units).amounts
    assert sum(leg.minutes for leg in legs) == amounts[Term.TRAVEL_MINUTES]
    assert sum(leg.nights for leg in legs) == amounts[Term.NIGHTS]


def test_whoever_watches_is_told_each_level_and_the_answer_stays_the_same():
    problem, told = random_problem(3), []
    with watching(lambda *news: told.append(news)):
        watched = plan_round(problem)
    assert watched == plan_round(problem)
    final = {(level, value, bound) for level, value, bound in told}
    assert {(x.name, x.value, x.bound) for x in watched.objective} <= final


@pytest.mark.parametrize("seed", range(4))
def test_dates_alone_are_settled_as_in_the_whole_plan(seed):
    problem = random_problem(seed)
    whole, quick = plan_round(problem), plan_dates(problem)
    assert quick.violations == ()
    for level, same in zip(whole.objective[:3], quick.objective[:3], strict=True):
        assert (level.name, level.value, level.bound) == (same.name, same.value, same.bound)
