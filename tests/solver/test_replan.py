"""Planning again on a published round: as few changes as can be, and what more would buy."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework.proposals import ProofStatus
from casework.rounds import EVERYWHERE, Closure
from solver.rounds.replan import (
    changed_units,
    fewest_changes,
    first_answer,
    frontier,
    interrupted,
    problem_after,
)
from solver.timetable import plan_round
from solver.timetable_problem import RoundProblem
from tests.solver.rounds_made import START, rules, team, wish


@pytest.fixture(scope="module")
def october():
    """Four weeks, six units in their wished places, two teams; published."""
    allowed = rules(window_end=START + timedelta(days=27))
    places = [(106.3, 29.6), (106.8, 29.4), (107.1, 29.8), (106.1, 29.2), (106.6, 29.9), (107, 29)]
    wishes = tuple(
        wish(f"U{n}", 1 + n % 2, tuple(range(12 + n, 13 + n + n % 2)), lon, lat)
        for n, (lon, lat) in enumerate(places)
    )
    problem = RoundProblem(allowed, wishes, (team("T1"), team("T2", 106.9)))
    return problem, plan_round(problem)


def closed(problem, *units, first=12, last=20):
    closures = tuple(
        Closure(u, START + timedelta(days=first), START + timedelta(days=last), "因疫情防控停办")
        for u in units
    )
    return replace(problem, closures=closures)


def test_without_a_change_nothing_changes(october):
    problem, published = october
    again = fewest_changes(problem_after(problem, published.units, START))
    assert changed_units(problem_after(problem, published.units, START), again) == ()


def test_a_closure_moves_only_the_unit_it_closes(october):
    problem, published = october
    after = problem_after(closed(problem, "U2"), published.units, START)
    for timetable in (first_answer(after), fewest_changes(after)):
        assert changed_units(after, timetable) == ("U2",)
        assert timetable.violations == ()
        assert timetable.unplaced == ()
    assert fewest_changes(after).proof.status is ProofStatus.OPTIMAL


def test_the_first_answer_keeps_every_plan_that_still_stands(october):
    problem, published = october
    after = problem_after(closed(problem, "U0", "U3"), published.units, START)
    answer = first_answer(after)
    for unit in ("U1", "U2", "U4", "U5"):
        assert answer.plan(unit).sessions == published.plan(unit).sessions


def test_what_is_past_stays_even_where_it_is_closed_now(october):
    problem, published = october
    on = START + timedelta(days=15)
    begun = [p for p in published.units if p.dates[0] < on]
    assert begun
    after = problem_after(closed(problem, EVERYWHERE, last=18), published.units, on)
    timetable = fewest_changes(after)
    for past in begun:
        assert timetable.plan(past.unit).sessions == past.sessions
    assert timetable.violations == ()
    assert all(p.dates[0] >= on for p in timetable.units if p.unit not in {b.unit for b in begun})


def test_a_unit_that_withdraws_frees_its_days_and_moves_nobody(october):
    problem, published = october
    after = problem_after(problem, published.units, START, withdrawn=["U1"])
    timetable = fewest_changes(after)
    assert timetable.plan("U1") is None
    assert changed_units(after, timetable) == ()


def test_a_unit_closed_half_way_is_named_for_the_office(october):
    problem, published = october
    two_days = next(p for p in published.units if len(p.dates) == 2)
    on = two_days.dates[1]
    shut = replace(problem, closures=(Closure(two_days.unit, on, on),))
    assert interrupted(shut, published.units, on) == (two_days.unit,)
    assert interrupted(problem, published.units, on) == ()


def test_more_changes_never_cost_more_and_every_point_is_a_timetable(october):
    problem, published = october
    after = problem_after(closed(problem, "U0", "U3"), published.units, START)
    points = frontier(after)
    assert [p.number for p in points] == list(range(1, len(points) + 1))
    assert points[0].changed == ("U0", "U3")
    costs = [[x.value for x in p.timetable.objective if x.name != "changed_units"] for p in points]
    assert costs == sorted(costs, reverse=True)
    assert all(p.timetable.violations == () for p in points)


def test_no_more_plans_change_than_the_office_allows(october):
    problem, published = october
    after = problem_after(closed(problem, "U0", "U3"), published.units, START)
    timetable = plan_round(replace(after, changes_at_most=2))
    assert len(changed_units(after, timetable)) <= 2


def test_the_closures_of_november_2021_move_the_closed_units_and_few_others(october):
    problem, _ = october
    autumn = replace(
        problem,
        round=replace(
            problem.round, window_start=date(2021, 9, 15), window_end=date(2021, 11, 30)
        ),
        wishes=tuple(
            replace(w, dates=(date(2021, 11, 6) + timedelta(days=7 * (n % 3)),), sessions=1)
            for n, w in enumerate(problem.wishes)
        ),
    )
    published = plan_round(autumn)
    assert all(plan.kept for plan in published.units)
    shut = tuple(
        Closure(unit, date(2021, 11, 2), date(2021, 11, 16), "因疫情防控停办")
        for unit in ("U0", "U1")
    )
    after = problem_after(replace(autumn, closures=shut), published.units, date(2021, 11, 2))
    timetable = fewest_changes(after)
    hit = {p.unit for p in published.units if p.unit in ("U0", "U1") and p.dates[0].day <= 16}
    assert set(changed_units(after, timetable)) == hit
    for unit in hit:
        assert timetable.plan(unit).dates[0] > date(2021, 11, 16)
        assert "停办" in timetable.plan(unit).reason_zh
