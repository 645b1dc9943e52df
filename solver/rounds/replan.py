"""Plan again on a published timetable: closures, withdrawals, as few changes as can be (重排).

What is past or pinned stays. The first answer keeps every plan that still stands and fits the
others in; the next one is proven to change the fewest; the frontier shows what more changes
would buy, each point a timetable that can be chosen.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from casework.rounds import EVERYWHERE, Closure, Pin, Timetable, UnitPlan
from solver.round_check import judge
from solver.rounds.answer import Settled, timetable_of
from solver.rounds.places import fill_in
from solver.timetable import plan_round
from solver.timetable_problem import RoundLimits, RoundProblem

MORE_CHANGES = (1, 2, 4, 8)
"""How many changes beyond the fewest the frontier looks at."""


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The best timetable that changes at most so many published plans.

    Attributes
    ----------
    changed
        Units whose dates or team differ from what was published.
    """

    number: int
    changed: tuple[str, ...]
    timetable: Timetable


def problem_after(
    problem: RoundProblem,
    published: Iterable[UnitPlan],
    on: date,
    withdrawn: Collection[str] = (),
) -> RoundProblem:
    """Return the round as it stands on a day: the past held, the rest free from then on.

    Parameters
    ----------
    problem
        With the closures as known on that day.
    withdrawn
        Units that take no part any more; what they already held stays.
    """
    plans = {plan.unit: plan for plan in published}
    begun = {unit for unit, plan in plans.items() if plan.dates and plan.dates[0] < on}
    gone = set(withdrawn) - begun
    held = tuple(pin for unit in sorted(begun) for pin in _held(plans[unit]))
    before = Closure(EVERYWHERE, problem.round.window_start, on - timedelta(days=1), "已过日期")
    past = (before,) if before.first <= before.last else ()
    return replace(
        problem,
        wishes=tuple(wish for wish in problem.wishes if wish.unit not in gone),
        closures=(*problem.closures, *past),
        pins=(*(pin for pin in problem.pins if pin.unit not in begun), *held),
        published=tuple(plan for unit, plan in sorted(plans.items()) if unit not in gone),
    ).in_order()


def interrupted(problem: RoundProblem, published: Iterable[UnitPlan], on: date) -> tuple[str, ...]:
    """Name the units that have begun and are closed on a day still to come.

    What has begun is held, so the office itself must say when such a unit goes on.
    """
    return tuple(
        sorted(
            plan.unit
            for plan in published
            if plan.dates
            and plan.dates[0] < on
            and any(
                closure.closes(plan.unit, day)
                for closure in problem.closures
                for day in plan.dates
                if day >= on
            )
        )
    )


def _held(plan: UnitPlan) -> list[Pin]:
    """Hold what has begun, a pin for each of its teams, the longest share first."""
    days = {
        team: tuple(sorted({s.date for s in plan.sessions if s.team == team}))
        for team in plan.teams
    }
    counts = {team: sum(s.team == team for s in plan.sessions) for team in plan.teams}
    ranked = sorted(days, key=lambda team: (-counts[team], team))
    return [Pin(plan.unit, days[team], team, held=True) for team in ranked]


def first_answer(problem: RoundProblem) -> Timetable:
    """Return at once a timetable that keeps every published plan that still stands.

    Not proven to be the best; ``fewest_changes`` is.
    """
    units = {wish.unit for wish in problem.wishes}
    standing = [plan for plan in problem.published if plan.unit in units]
    faulty = {v.unit for v in judge(problem, standing).violations}
    plans, _ = fill_in(problem, [plan for plan in standing if plan.unit not in faulty])
    return timetable_of(problem, plans, Settled(problem, (), (), ()))


def fewest_changes(problem: RoundProblem, limits: RoundLimits | None = None) -> Timetable:
    """Return the timetable that changes the fewest published plans, proven where it says so."""
    return plan_round(problem, limits)


def changed_units(problem: RoundProblem, timetable: Timetable) -> tuple[str, ...]:
    """Name the units whose dates or teams differ from what was published."""
    published = {plan.unit: _placement(plan) for plan in problem.published}
    now = {plan.unit: _placement(plan) for plan in timetable.units}
    units = {wish.unit for wish in problem.wishes}
    return tuple(
        sorted(u for u, placement in published.items() if u in units and now.get(u) != placement)
    )


def _placement(plan: UnitPlan) -> frozenset[tuple[date, str]]:
    return frozenset((session.date, session.team) for session in plan.sessions)


def frontier(
    problem: RoundProblem, limits: RoundLimits | None = None
) -> tuple[FrontierPoint, ...]:
    """Return what changing more plans would buy, from the fewest changes up.

    A point that is no better than one with fewer changes is left out; the last is the best
    timetable whatever it changes.
    """
    fewest = fewest_changes(problem, limits)
    least = len(changed_units(problem, fewest))
    free = plan_round(replace(problem, published=()), limits)
    tables = [fewest]
    most = len(changed_units(problem, free))
    tables += [
        plan_round(replace(problem, changes_at_most=least + more), limits)
        for more in MORE_CHANGES
        if least + more < most
    ]
    tables.append(free)
    return tuple(_points(problem, tables))


def _points(problem: RoundProblem, tables: list[Timetable]) -> Iterable[FrontierPoint]:
    best: tuple[int, ...] | None = None
    number = 0
    for table in tables:
        cost = tuple(level.value for level in table.objective if level.name != "changed_units")
        if best is None or cost < best:
            best, number = cost, number + 1
            yield FrontierPoint(number, changed_units(problem, table), table)
