"""Small rounds for tests, and every plan they can have, by enumeration."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from casework.round_rules import Consecutive, Round, Term
from casework.rounds import Session, Slot, Team, UnitPlan, Wish
from geo.place import Place
from solver.round_check import judge
from solver.timetable_problem import RoundProblem

START = date(2021, 10, 11)


def rules(**changes):
    """A week in October, one session a day, unless changed."""
    base = replace(
        Round.from_toml(),
        window_start=START,
        window_end=START + timedelta(days=5),
        strict_end=None,
        sessions_per_day=1,
        idle_day_after_hours=2.0,
        commute_hours=0.5,
    )
    return replace(base, **changes)


def wish(unit, sessions=1, dates=(), lon=106.5, lat=29.5, **more):
    days = tuple(day if isinstance(day, date) else START + timedelta(days=day) for day in dates)
    return Wish(unit, f"{unit}区", Place(lon, lat), "NEW", sessions, days, **more)


def team(code, lon=106.5, lat=29.5, off=(), **more):
    days = frozenset(START + timedelta(days=day) for day in off)
    return Team(code, f"{code}队", Place(lon, lat), "CORE", days, **more)


def plan(unit, code, days, slots=(Slot.DAY,)):
    sessions = [Session(START + timedelta(days=d), s, code) for d in days for s in slots]
    return UnitPlan(unit, f"{unit}区", tuple(sorted(sessions)))


def random_problem(seed, **changes):
    """Two or three units spread over some hours of driving, one or two teams."""
    rng = Random(seed)
    allowed = rules(**changes)
    size = (allowed.window_end - allowed.window_start).days + 1
    wishes = []
    for n in range(rng.randint(2, 3)):
        sessions = rng.choice([1, 1, 2, 2, 3])
        start = rng.randrange(0, size - sessions + 1)
        dates = () if rng.random() < 0.2 else tuple(range(start, start + sessions))
        place = (106.0 + rng.random() * 2.5, 29.0 + rng.random() * 1.5)
        wishes.append(wish(f"U{n}", sessions, dates, *place))
    teams = [
        team(f"T{n}", 106.2 + rng.random(), 29.5, off=rng.sample(range(size), 1))
        for n in range(rng.randint(1, 2))
    ]
    return RoundProblem(allowed, tuple(wishes), tuple(teams))


def every_plan(problem):
    """Give the judged amounts of every plan without a violation, left-over sessions first."""
    allowed = [day for day in problem.round.days() if problem.round.is_allowed(day)]
    across = problem.round.consecutive_in is Consecutive.ALLOWED_DAYS
    choices = []
    for wanted in problem.wishes:
        ways = [None]
        for n in range(len(allowed) - wanted.sessions + 1):
            block = allowed[n : n + wanted.sessions]
            if across or (block[-1] - block[0]).days == wanted.sessions - 1:
                ways += [_held(wanted, block, t.team) for t in problem.teams]
        choices.append(ways)
    for combination in itertools.product(*choices):
        plans = [held for held in combination if held is not None]
        busy = [(s.team, s.date) for held in plans for s in held.sessions]
        if len(busy) > len(set(busy)):
            continue
        left = sum(
            w.sessions for w, held in zip(problem.wishes, combination, strict=True) if not held
        )
        judgement = judge(problem, plans)
        if not judgement.violations:
            yield left, judgement.amounts, plans


def _held(wanted, block, code):
    sessions = tuple(Session(day, Slot.DAY, code) for day in block)
    return UnitPlan(wanted.unit, wanted.name, sessions, wanted.dates)


def score(problem, left, amounts):
    """Give a plan's score by level, smaller is better."""
    levels = [
        sum(problem.round.weights[term] * amounts[term] for term in level)
        for level in problem.round.levels
    ]
    return (left, *levels)


def best_by_enumeration(problem):
    """Give the least score of all plans."""
    return min(score(problem, left, amounts) for left, amounts, _ in every_plan(problem))


WEIGHTED = (tuple(Term),)
