"""Each rule of a round, held and broken, as the independent judge sees it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework.round_rules import AllowedDays, Consecutive, TeamsPerUnit, Term
from casework.rounds import Closure, Pin, Session, Slot, UnitPlan
from solver.round_check import judge
from solver.timetable_problem import RoundProblem
from tests.solver.rounds_made import START, plan, rules, team, wish

FAR = {"lon": 109.0, "lat": 31.0}


def broken(problem, *plans):
    return {violation.rule for violation in judge(problem, plans).violations}


def problem(*wishes, teams=None, closures=(), pins=(), **changes):
    return RoundProblem(rules(**changes), wishes, teams or (team("T"),), closures, pins)


def test_the_number_of_sessions_is_as_declared():
    asked = problem(wish("A", 2))
    assert broken(asked, plan("A", "T", [1, 2])) == set()
    assert broken(asked, plan("A", "T", [1])) == {"sessions"}


def test_more_people_than_the_room_holds_need_more_sessions():
    asked = problem(wish("A", 1, people=100, room=50))
    assert broken(asked, plan("A", "T", [1, 2])) == set()
    assert broken(asked, plan("A", "T", [1])) == {"sessions"}
    assert broken(replace(asked, round=rules(rooms_required=False)), plan("A", "T", [1])) == set()


def test_dates_are_consecutive_by_the_calendar_or_over_allowed_days():
    weekend = {"allowed_days": AllowedDays.REST, "window_end": START + timedelta(days=13)}
    sunday_saturday = plan("A", "T", [6, 12])
    across = problem(wish("A", 2), consecutive_in=Consecutive.ALLOWED_DAYS, **weekend)
    assert broken(across, sunday_saturday) == set()
    assert broken(problem(wish("A", 2), **weekend), sunday_saturday) == {"consecutive"}


def test_days_lie_in_the_window_and_are_allowed():
    asked = problem(wish("A"))
    assert broken(asked, plan("A", "T", [0])) == set()
    assert broken(asked, plan("A", "T", [-1])) == {"window"}
    rest = problem(wish("A"), allowed_days=AllowedDays.REST)
    assert broken(rest, plan("A", "T", [0])) == {"allowed_days"}
    assert broken(rest, plan("A", "T", [5])) == set()


def test_holidays_and_make_up_workdays_are_switches_of_their_own():
    october = {"window_start": date(2021, 9, 30), "window_end": date(2021, 10, 9)}
    first, ninth = (
        UnitPlan("A", "A区", (Session(date(2021, 10, 1), Slot.DAY, "T"),)),
        UnitPlan("A", "A区", (Session(date(2021, 10, 9), Slot.DAY, "T"),)),
    )
    assert broken(problem(wish("A"), **october), first) == {"allowed_days"}
    assert broken(problem(wish("A"), holidays_allowed=True, **october), first) == set()
    assert broken(problem(wish("A"), **october), ninth) == set()
    without = problem(wish("A"), makeup_workdays_allowed=False, **october)
    assert broken(without, ninth) == {"allowed_days"}


def test_a_team_is_in_one_place_a_day():
    asked = problem(wish("A"), wish("B"))
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [2])) == set()
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [1])) == {"one_place"}


def test_a_team_works_as_many_sessions_a_day_as_it_may():
    two = problem(wish("A", 2), sessions_per_day=2)
    both = plan("A", "T", [1], (Slot.MORNING, Slot.AFTERNOON))
    assert broken(two, both) == set()
    assert broken(problem(wish("A", 2)), both) == {"sessions_per_day"}
    slow = problem(wish("A", 2), sessions_per_day=2, teams=(team("T", sessions_per_day=1),))
    assert broken(slow, both) == {"sessions_per_day"}


def test_a_team_rests_on_its_days_off():
    asked = problem(wish("A"), teams=(team("T", off=[1]),))
    assert broken(asked, plan("A", "T", [2])) == set()
    assert broken(asked, plan("A", "T", [1])) == {"days_off"}


def test_a_closed_unit_holds_no_session():
    closed = Closure("A", START, START + timedelta(days=1), "因疫情防控关闭")
    asked = problem(wish("A"), wish("B"), closures=(closed,))
    assert broken(asked, plan("A", "T", [2]), plan("B", "T", [1])) == set()
    assert broken(asked, plan("A", "T", [1])) == {"closures"}


def test_a_run_of_days_is_no_longer_than_the_longest():
    asked = problem(wish("A", 2), wish("B", 1), longest_run_days=2)
    assert broken(asked, plan("A", "T", [1, 2]), plan("B", "T", [4])) == set()
    assert broken(asked, plan("A", "T", [1, 2]), plan("B", "T", [3])) == {"longest_run"}


def test_after_a_long_run_the_rest_is_as_long_as_asked():
    asked = problem(wish("A", 2), wish("B", 1), rest_after_days=2, rest_days=2)
    assert broken(asked, plan("A", "T", [0, 1]), plan("B", "T", [4])) == set()
    assert broken(asked, plan("A", "T", [0, 1]), plan("B", "T", [3])) == {"rest"}


def test_a_drive_beyond_the_limit_needs_a_day_between():
    asked = problem(wish("A", lon=107.5), wish("B", lon=105.5))
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [3])) == set()
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [2])) == {"long_travel"}
    assert (
        broken(
            replace(asked, round=rules(idle_day_after_hours=9.0)),
            plan("A", "T", [1]),
            plan("B", "T", [2]),
        )
        == set()
    )


def test_between_two_far_units_the_way_home_and_out_takes_two_days():
    asked = problem(wish("A", **FAR), wish("B", lon=104.0, lat=31.0))
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [4])) == set()
    assert broken(asked, plan("A", "T", [1]), plan("B", "T", [3])) == {"long_travel"}
    stays = rules(home_on_idle_days=False)
    assert broken(replace(asked, round=stays), plan("A", "T", [1]), plan("B", "T", [3])) == set()


def test_the_day_on_the_road_is_no_day_off():
    asked = problem(wish("A", **FAR), teams=(team("T", off=[1]),))
    assert broken(asked, plan("A", "T", [3])) == set()
    assert broken(asked, plan("A", "T", [2])) == {"days_off"}


def test_needs_are_a_teams_skills_and_areas_stay_apart():
    needs = problem(
        wish("A", skills=frozenset({"手语"})),
        wish("B", area="东"),
        teams=(team("T", area="西"), team("S", skills=frozenset({"手语"}))),
    )
    assert broken(needs, plan("A", "S", [1]), plan("B", "S", [2])) == set()
    assert broken(needs, plan("A", "T", [1])) == {"skills"}
    assert broken(needs, plan("B", "T", [1])) == {"skills"}


def test_only_the_nearest_teams_serve_where_the_round_says_so():
    teams = (team("T"), team("U", lon=108.0))
    assert broken(problem(wish("A"), teams=teams, nearest_teams=1), plan("A", "T", [1])) == set()
    assert broken(problem(wish("A"), teams=teams, nearest_teams=1), plan("A", "U", [1])) == {
        "nearest_teams"
    }


def test_one_team_serves_a_unit_unless_several_may_at_once():
    two = UnitPlan(
        "A",
        "A区",
        (
            Session(START, Slot.DAY, "T"),
            Session(START, Slot.DAY, "U"),
        ),
    )
    teams = (team("T"), team("U"))
    assert broken(problem(wish("A", 2), teams=teams), two) == {"teams_per_unit"}
    parallel = problem(
        wish("A", 2), teams=teams, teams_per_unit=TeamsPerUnit.PARALLEL, parallel_days=1
    )
    assert broken(parallel, two) == set()


def test_what_is_pinned_stays():
    asked = problem(wish("A"), pins=(Pin("A", (START,), "T"),))
    assert broken(asked, plan("A", "T", [0])) == set()
    assert broken(asked, plan("A", "T", [1])) == {"pinned"}


def test_what_was_held_is_judged_by_no_rule_any_more():
    closed = Closure("A", START, START)
    held = problem(wish("A"), closures=(closed,), pins=(Pin("A", (START,), "T", held=True),))
    assert broken(held, plan("A", "T", [0])) == set()


def test_unknown_units_and_teams_and_doubles_are_named():
    asked = problem(wish("A"))
    assert broken(asked, plan("X", "T", [1])) == {"unit_known"}
    assert "team_known" in broken(asked, plan("A", "X", [1]))
    assert "unit_once" in broken(asked, plan("A", "T", [1]), plan("A", "T", [1]))


def test_amounts_are_counted_as_a_person_would():
    near = {"lon": 106.5, "lat": 29.5}
    asked = problem(wish("A", 2, (1, 2), **near), wish("B", 1, (2,), lon=107.5, lat=29.5))
    amounts = judge(asked, [plan("A", "T", [1, 2]), plan("B", "T", [3])]).amounts
    one_way = round(96.8 * 1.25 / 65 * 60)
    assert amounts[Term.TRAVEL_MINUTES] == pytest.approx(2 * one_way, abs=3)
    assert amounts[Term.NIGHTS] == 1
    assert amounts[Term.MOVED_UNITS] == 1
    assert amounts[Term.MOVED_DAYS] == 1
    assert amounts[Term.SCHOOL_DAYS] == 3
    assert amounts[Term.LATE_DAYS] == 1 + 3
    assert amounts[Term.UNEVEN_DAYS] == 0


def test_minutes_the_office_knows_replace_the_estimate():
    asked = replace(problem(wish("A")), known_minutes={("A", "T"): 77})
    assert judge(asked, [plan("A", "T", [1])]).amounts[Term.TRAVEL_MINUTES] == 154
