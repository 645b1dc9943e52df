"""Each rule of a round in the answer: obeyed, and binding by exactly so much."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.proposals import ProofStatus
from casework.round_rules import AllowedDays, Consecutive, Span, TeamsPerUnit, Term, UnitDays
from casework.rounds import Closure, Pin, Slot
from solver.timetable import plan_round
from solver.timetable_problem import RoundProblem
from tests.solver.rounds_made import START, WEIGHTED, random_problem, rules, score, team, wish

BY_DATE = ((Term.MOVED_UNITS,), (Term.MOVED_DAYS,), (Term.LATE_DAYS,))
FAR = {"lon": 108.5, "lat": 29.5}


def days(*numbers):
    return tuple(START + timedelta(days=n) for n in numbers)


def planned(*wishes, teams=None, closures=(), pins=(), **changes):
    """Plan a small round and give it, proven and without a fault."""
    made = rules(**{"levels": BY_DATE, **changes})
    problem = RoundProblem(made, wishes, teams or (team("T"),), closures, pins)
    timetable = plan_round(problem)
    assert timetable.violations == ()
    assert timetable.proof.status is ProofStatus.OPTIMAL
    return timetable


def offsets(timetable, unit):
    return [(day - START).days for day in timetable.plan(unit).dates]


def test_a_closure_moves_a_unit_by_as_many_days_as_it_must():
    shut = Closure("A", *days(0, 1), "停办")
    assert offsets(planned(wish("A", 1, (1,)), closures=(shut,)), "A") == [2]
    assert offsets(planned(wish("A", 1, (2,)), closures=(shut,)), "A") == [2]


def test_a_pin_holds_dates_team_or_both():
    two = (team("T"), team("U"))
    assert offsets(planned(wish("A", 1, (1,)), pins=(Pin("A", days(4)),)), "A") == [4]
    assert planned(wish("A"), teams=two, pins=(Pin("A", None, "U"),)).plan("A").teams == ("U",)
    both = planned(wish("A"), teams=two, pins=(Pin("A", days(3), "U"),)).plan("A")
    assert (both.dates, both.teams) == (days(3), ("U",))


def test_a_team_away_is_not_booked_and_the_day_beside_it_is():
    assert offsets(planned(wish("A", 1, (2,)), teams=(team("T", off=[2]),)), "A") in ([1], [3])
    booked = team("T", available=(START + timedelta(days=3), None))
    assert offsets(planned(wish("A"), teams=(booked,)), "A") == [3]


@pytest.mark.parametrize(("longest", "second"), [(2, 3), (3, 2)])
def test_the_longest_run_ends_a_run_and_one_day_more_does_not(longest, second):
    timetable = planned(wish("A", 2, (0, 1)), wish("B"), longest_run_days=longest)
    assert offsets(timetable, "B") == [second]


@pytest.mark.parametrize(("rest", "second"), [(1, 3), (2, 4), (3, 5)])
def test_rest_after_a_long_run_lasts_as_long_as_asked(rest, second):
    timetable = planned(
        wish("A", 2, (0, 1)), wish("B"), longest_run_days=2, rest_after_days=2, rest_days=rest
    )
    assert offsets(timetable, "B") == [second]


def test_a_long_drive_between_two_units_takes_a_day_and_a_shorter_limit_two():
    east, west = wish("A", 1, (0,), lon=107.4), wish("B", lon=105.6)
    assert offsets(planned(east, west, idle_day_after_hours=9.0), "B") == [1]
    assert offsets(planned(east, west, idle_day_after_hours=3.0), "B") == [2]
    assert offsets(planned(east, west, idle_day_after_hours=1.0), "B") == [3]


@pytest.mark.parametrize(("between", "moved"), [((), 1), ((1,), 0)])
def test_work_on_the_day_between_two_far_units_saves_the_way_home(between, moved):
    far = (wish("A", 1, (0,), **FAR), wish("C", 1, (2,), lon=108.6, lat=29.5))
    middle = tuple(wish("B", 1, (day,), lon=108.55, lat=29.5) for day in between)
    table = planned(*far, *middle, home_on_idle_days=True)
    assert table.amounts[Term.MOVED_UNITS] == moved
    assert table.proof.status == "optimal"


def test_staying_out_over_an_idle_day_saves_the_way_home():
    far = (wish("A", 1, (0,), **FAR), wish("B", 1, (2,), lon=108.6, lat=29.5))
    minutes = [
        planned(*far, home_on_idle_days=home, idle_day_after_hours=9.0).amounts
        for home in (True, False)
    ]
    assert minutes[1][Term.TRAVEL_MINUTES] < minutes[0][Term.TRAVEL_MINUTES]
    assert (minutes[0][Term.NIGHTS], minutes[1][Term.NIGHTS]) == (0, 2)


def test_a_skill_is_asked_for_only_where_the_round_says_so():
    signs = frozenset({"手语"})
    needs, able = wish("A", skills=signs), (team("T"), team("U", skills=signs))
    assert planned(needs, teams=able).plan("A").teams == ("U",)
    assert planned(needs, teams=able, skills_required=False).plan("A").teams == ("T",)


def test_one_person_more_than_the_room_holds_is_one_session_more():
    assert len(planned(wish("A", 1, people=50, room=50)).plan("A").sessions) == 1
    assert len(planned(wish("A", 1, people=51, room=50)).plan("A").sessions) == 2
    freely = planned(wish("A", 1, people=51, room=50), rooms_required=False)
    assert len(freely.plan("A").sessions) == 1


def test_a_unit_larger_than_one_team_may_take_is_shared_from_the_same_day():
    two = (team("T"), team("U"))
    shared = planned(
        wish("A", 4), teams=two, teams_per_unit=TeamsPerUnit.PARALLEL, parallel_days=2
    ).plan("A")
    assert shared.teams == ("T", "U")
    assert shared.dates == days(0, 1)
    alone = planned(
        wish("A", 4), teams=two, teams_per_unit=TeamsPerUnit.PARALLEL, parallel_days=4
    ).plan("A")
    assert alone.teams == ("T",)
    assert len(alone.dates) == 4


def test_two_sessions_a_day_take_half_the_days_unless_the_team_is_slower():
    assert [s.slot for s in planned(wish("A", 2), sessions_per_day=2).plan("A").sessions] == [
        Slot.MORNING,
        Slot.AFTERNOON,
    ]
    slow = planned(wish("A", 2), sessions_per_day=2, teams=(team("T", sessions_per_day=1),))
    assert len(slow.plan("A").dates) == 2


def test_days_are_as_declared_or_the_fewest():
    asked = wish("A", 2, (1, 2))
    declared = planned(asked, sessions_per_day=2, days_of_a_unit=UnitDays.AS_DECLARED)
    fewest = planned(asked, sessions_per_day=2, days_of_a_unit=UnitDays.FEWEST)
    assert (len(declared.plan("A").dates), len(fewest.plan("A").dates)) == (2, 1)


def test_the_nearest_teams_are_asked_first_and_others_only_without_the_rule():
    teams = (team("T", off=range(6)), team("U", lon=108.0))
    assert planned(wish("A"), teams=teams).plan("A").teams == ("U",)
    assert planned(wish("A"), teams=teams, nearest_teams=2).plan("A").teams == ("U",)
    assert planned(wish("A"), teams=teams, nearest_teams=1).plan("A") is None


def test_the_nearest_team_is_the_nearest_of_those_that_may_serve_the_area():
    teams = (team("T", area="东"), team("U", lon=107.5, area="西"), team("V", lon=108.0))
    timetable = planned(wish("A", area="西"), teams=teams, nearest_teams=1)
    assert timetable.plan("A").teams == ("U",)


def test_areas_side_by_side_are_the_same_as_each_alone():
    def area(name, lon):
        wishes = [wish(f"{name}{n}", 1, (2,), lon=lon + n / 10, area=name) for n in range(2)]
        return wishes, team(f"T{name}", lon, area=name)

    (east, one), (west, two) = area("东", 106.5), area("西", 106.6)
    together = planned(*east, *west, teams=(one, two), nearest_teams=1)
    apart = [planned(*east, teams=(one,)), planned(*west, teams=(two,))]
    assert together.units == tuple(
        sorted((*apart[0].units, *apart[1].units), key=lambda p: p.unit)
    )
    assert [level.value for level in together.objective] == [
        a.value + b.value for a, b in zip(apart[0].objective, apart[1].objective, strict=True)
    ]


def test_vacations_rest_days_holidays_and_make_up_workdays_decide_which_days_there_are():
    autumn = {"window_start": date(2021, 9, 30), "window_end": date(2021, 10, 12)}

    def first(**changes):
        return planned(wish("A"), **{**autumn, **changes}).plan("A").dates[0]

    assert first(allowed_days=AllowedDays.REST) == date(2021, 10, 10)
    assert first(allowed_days=AllowedDays.REST, holidays_allowed=True) == date(2021, 10, 1)
    vacation = (Span(date(2021, 10, 9), date(2021, 10, 9)),)
    assert first(allowed_days=AllowedDays.VACATION, vacations=vacation) == date(2021, 10, 9)
    none = planned(
        wish("A"),
        **autumn,
        allowed_days=AllowedDays.VACATION,
        vacations=vacation,
        makeup_workdays_allowed=False,
    )
    assert none.plan("A") is None


def test_a_home_near_enough_is_slept_at_and_a_minute_less_is_not():
    problem = RoundProblem(rules(commute_hours=1.0), (wish("A", 2),), (team("T"),))
    for minutes, nights in ((60, 0), (61, 1)):
        known = replace(problem, known_minutes={("T", "A"): minutes})
        assert plan_round(known).amounts[Term.NIGHTS] == nights


RELAXED = {
    "window_end": START + timedelta(days=8),
    "longest_run_days": 7,
    "rest_days": 1,
    "idle_day_after_hours": 99.0,
    "nearest_teams": 0,
    "consecutive_in": Consecutive.ALLOWED_DAYS,
    "skills_required": False,
}


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(200, 400),
    given_up=st.sampled_from(sorted(RELAXED)),
    levels=st.sampled_from([rules().levels, WEIGHTED]),
)
def test_a_round_with_one_rule_less_never_costs_more(seed, given_up, levels):
    strict = {
        "longest_run_days": 3,
        "rest_after_days": 2,
        "rest_days": 2,
        "idle_day_after_hours": 1.5,
        "nearest_teams": 1,
        "levels": levels,
    }
    problem = random_problem(seed, **strict)
    relaxed = replace(problem, round=replace(problem.round, **{given_up: RELAXED[given_up]}))
    assert reached(relaxed) <= reached(problem)


def reached(problem):
    timetable = plan_round(problem)
    assert timetable.violations == ()
    assert timetable.proof.status is ProofStatus.OPTIMAL
    left = sum(unit.sessions for unit in timetable.unplaced)
    return score(problem, left, timetable.amounts)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_never_changes_the_answer(seed):
    problem, draw = random_problem(seed % 97, levels=WEIGHTED), Random(seed)
    mixed = replace(
        problem,
        wishes=tuple(draw.sample(problem.wishes, len(problem.wishes))),
        teams=tuple(draw.sample(problem.teams, len(problem.teams))),
    )
    assert plan_round(problem).as_json() == plan_round(mixed).as_json()


@pytest.mark.parametrize("weight", [0, 1, 100_000])
def test_the_smallest_and_the_largest_weights_are_counted_exactly(weight):
    problem = random_problem(3, levels=WEIGHTED, weights=dict.fromkeys(Term, weight))
    timetable = plan_round(problem)
    assert timetable.proof.status is ProofStatus.OPTIMAL
    (level,) = [x for x in timetable.objective if x.name != "unplaced_sessions"]
    assert level.value == weight * sum(timetable.amounts.values())


def test_the_longest_window_and_the_largest_unit_there_can_be_are_planned():
    year = rules(
        window_start=date(2021, 1, 1),
        window_end=date(2021, 12, 31),
        longest_run_days=400,
        rest_after_days=400,
        holidays_allowed=True,
        levels=BY_DATE,
    )
    timetable = plan_round(RoundProblem(year, (wish("A", 365), wish("B", 1000)), (team("T"),)))
    assert len(timetable.plan("A").dates) == 365
    assert [left.reason for left in timetable.unplaced] == ["impossible"]


@pytest.mark.parametrize("teams", [(), (team("T"),)])
def test_a_round_in_which_nothing_can_be_placed_is_settled_and_says_so(teams):
    impossible = wish("A", skills=frozenset({"手语"}))
    for wishes in ((), (impossible,)):
        timetable = plan_round(RoundProblem(rules(), wishes, teams))
        assert timetable.proof.status is ProofStatus.OPTIMAL
        assert len(timetable.unplaced) == len(wishes)


def test_one_unit_and_one_day_is_a_round():
    one = planned(wish("A"), window_end=START)
    assert offsets(one, "A") == [0]
