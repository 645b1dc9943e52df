"""The named requirements of a round, and the same round without some of them (排期要求).

A requirement is what a person could give up: a unit's place, a closure, a team's days off, a
pin, or one of the round's rules. Giving one up makes another round, so whether requirements
hold together is always asked of the real model.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from casework.round_rules import AllowedDays, Consecutive, Round, TeamsPerUnit, UnitDays
from casework.rounds import Closure, Pin
from casework.workdays import days_between, is_holiday, is_makeup_workday
from solver.rounds.words import days_zh
from solver.timetable_problem import RoundProblem, sessions_needed

LONGER_WINDOW = timedelta(days=28)


class Kind(StrEnum):
    """What sort of requirement it is."""

    PLACE = "place"
    DATES = "dates"
    CLOSURE = "closure"
    DAYS_OFF = "days_off"
    PIN = "pin"
    RULE = "rule"


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """One thing that shall hold.

    Attributes
    ----------
    about
        Unit, team or rule; for a closure its place in the problem's closures.
    words_zh
        How the staff say it.
    """

    kind: Kind
    about: str
    words_zh: str


@dataclass(frozen=True, slots=True)
class _Rule:
    words_zh: str
    relaxed: Mapping[str, object]


def _rules(rules: Round) -> dict[str, _Rule]:
    """Give the round's rules that bind in this round, and what giving each up means."""
    return {key: rule for key, rule, binds in _day_rules(rules) + _team_rules(rules) if binds}


def _day_rules(rules: Round) -> list[tuple[str, _Rule, bool]]:
    start, end = rules.window_start, rules.window_end
    days = days_between(start, end)
    span = f"本轮时间范围（{days_zh((start,))}至{days_zh((end,))}）"
    holidays = not rules.holidays_allowed and any(map(is_holiday, days))
    makeup = not rules.makeup_workdays_allowed and any(map(is_makeup_workday, days))
    only = "休息日" if rules.allowed_days is AllowedDays.REST else "寒暑假"
    across = {"consecutive_in": Consecutive.ALLOWED_DAYS}
    fewest = {"days_of_a_unit": UnitDays.FEWEST}
    return [
        ("window", _Rule(span, {"window_end": end + LONGER_WINDOW}), True),
        ("holidays", _Rule("法定节假日不开展", {"holidays_allowed": True}), holidays),
        ("makeup_workdays", _Rule("调休上班日不开展", {"makeup_workdays_allowed": True}), makeup),
        (
            "allowed_days",
            _Rule(f"只在{only}开展", {"allowed_days": AllowedDays.ANY}),
            rules.allowed_days is not AllowedDays.ANY,
        ),
        (
            "consecutive",
            _Rule("2场以上须连续开展（按自然日连续）", across),
            rules.consecutive_in is Consecutive.CALENDAR_DAYS,
        ),
        (
            "days_of_a_unit",
            _Rule("按申报的天数开展", fewest),
            rules.days_of_a_unit is UnitDays.AS_DECLARED,
        ),
    ]


def _team_rules(rules: Round) -> list[tuple[str, _Rule, bool]]:
    several = {"teams_per_unit": TeamsPerUnit.PARALLEL}
    run = f"团队连续工作不超过{rules.longest_run_days}天"
    rest = f"团队连续{rules.rest_after_days}天后休息{rules.rest_days}天"
    far = f"车程超过{rules.idle_day_after_hours:g}小时须空一天"
    return [
        (
            "sessions_per_day",
            _Rule("每队每天1场", {"sessions_per_day": 2}),
            rules.sessions_per_day == 1,
        ),
        (
            "teams_per_unit",
            _Rule("一个区县由一支团队承担", several),
            rules.teams_per_unit is TeamsPerUnit.ONE,
        ),
        ("longest_run", _Rule(run, {"longest_run_days": 400, "rest_after_days": 400}), True),
        ("rest", _Rule(rest, {"rest_days": 1}), rules.rest_days > 1),
        ("long_travel", _Rule(far, {"idle_day_after_hours": 1e6}), True),
        (
            "nearest_teams",
            _Rule("由就近团队承担", {"nearest_teams": 0}),
            rules.nearest_teams > 0,
        ),
        ("skills", _Rule("团队须具备所需技能", {"skills_required": False}), rules.skills_required),
        (
            "rooms",
            _Rule("人数超过会场须加场", {"rooms_required": False}),
            rules.rooms_required,
        ),
    ]


def requirements_of(problem: RoundProblem, keep: Collection[str] = ()) -> list[Requirement]:
    """Name all requirements of a round.

    Parameters
    ----------
    keep
        Units whose declared dates shall hold, not only be wished.
    """
    found = [
        Requirement(Kind.RULE, key, rule.words_zh) for key, rule in _rules(problem.round).items()
    ]
    for n, closure in enumerate(problem.closures):
        found.append(Requirement(Kind.CLOSURE, str(n), _closure_zh(problem, closure)))
    found += [
        Requirement(Kind.DAYS_OFF, team.team, f"{team.name}的休息日")
        for team in problem.teams
        if team.days_off or team.available != (None, None)
    ]
    names = {wish.unit: wish.name for wish in problem.wishes}
    found += [
        Requirement(Kind.PIN, unit, f"{names[unit]}已锁定的安排")
        for unit in sorted({pin.unit for pin in problem.pins} & set(names))
    ]
    for wish in problem.wishes:
        if wish.unit in keep and wish.dates:
            words = f"{wish.name}申报的日期（{days_zh(wish.dates)}）"
            found.append(Requirement(Kind.DATES, wish.unit, words))
        words = f"{wish.name}须安排{sessions_needed(wish, problem.round)}场"
        found.append(Requirement(Kind.PLACE, wish.unit, words))
    return found


def _closure_zh(problem: RoundProblem, closure: Closure) -> str:
    names = {wish.unit: wish.name for wish in problem.wishes}
    where = names.get(closure.unit, closure.unit) or "全市"
    span = days_zh((closure.first,))
    if closure.last != closure.first:
        span += f"至{days_zh((closure.last,))}"
    return f"{where}{span}{closure.reason_zh or '停办'}"


def holding(problem: RoundProblem, kept: Collection[Requirement]) -> RoundProblem:
    """Give the round in which only the kept requirements hold."""
    about = {kind: {r.about for r in kept if r.kind is kind} for kind in Kind}
    changes: dict[str, object] = {}
    for key, rule in _rules(problem.round).items():
        if key not in about[Kind.RULE]:
            changes |= rule.relaxed
    teams = tuple(
        team
        if team.team in about[Kind.DAYS_OFF]
        else replace(team, days_off=frozenset(), available=(None, None))
        for team in problem.teams
    )
    dates = tuple(
        Pin(wish.unit, dates=wish.dates)
        for wish in problem.wishes
        if wish.unit in about[Kind.DATES]
    )
    return replace(
        problem,
        round=replace(problem.round, **changes),  # type: ignore[arg-type]
        wishes=tuple(wish for wish in problem.wishes if wish.unit in about[Kind.PLACE]),
        teams=teams,
        closures=tuple(c for n, c in enumerate(problem.closures) if str(n) in about[Kind.CLOSURE]),
        pins=(*(pin for pin in problem.pins if pin.unit in about[Kind.PIN]), *dates),
        published=(),
        changes_at_most=None,
    )
