"""Rounds that fall into areas of their own: a nation is its provinces (分片区求解).

Where every unit and every team names an area, no team serves another's, so the best plan of
the whole is the best plans of the areas side by side, level by level.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import zip_longest
from multiprocessing import get_context

from casework.round_rules import Term
from casework.rounds import EVERYWHERE, LevelValue, Timetable
from solver.rounds.answer import proof_of
from solver.timetable_problem import RoundLimits, RoundProblem

Solve = Callable[[RoundProblem, RoundLimits], Timetable]


def areas_of(problem: RoundProblem) -> tuple[RoundProblem, ...]:
    """Split a problem into its areas; the problem itself where anything ties them together."""
    areas = {wish.area for wish in problem.wishes} | {team.area for team in problem.teams}
    if "" in areas or len(areas) < 2 or problem.changes_at_most is not None:
        return (problem,)
    return tuple(_area(problem, area) for area in sorted(areas))


def _area(problem: RoundProblem, area: str) -> RoundProblem:
    wishes = tuple(wish for wish in problem.wishes if wish.area == area)
    units = {wish.unit for wish in wishes}
    return replace(
        problem,
        wishes=wishes,
        teams=tuple(team for team in problem.teams if team.area == area),
        closures=tuple(c for c in problem.closures if c.unit in units | {EVERYWHERE}),
        pins=tuple(pin for pin in problem.pins if pin.unit in units),
        published=tuple(plan for plan in problem.published if plan.unit in units),
    )


def solve_each(
    areas: tuple[RoundProblem, ...], limits: RoundLimits, solve: Solve
) -> list[Timetable]:
    """Solve every area, several at a time where the limits give workers."""
    if limits.workers < 2:
        return [solve(area, limits) for area in areas]
    alone = replace(limits, workers=1)
    with ProcessPoolExecutor(limits.workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(solve, areas, [alone] * len(areas)))


def side_by_side(tables: list[Timetable], fingerprint: str) -> Timetable:
    """Put the areas' timetables together."""
    amounts = Counter[Term]()
    for table in tables:
        amounts.update(table.amounts)
    levels = tuple(
        _together([level for level in found if level])
        for found in zip_longest(*(table.objective for table in tables))
    )
    return Timetable(
        tables[0].round_name,
        tuple(sorted((p for t in tables for p in t.units), key=lambda p: p.unit)),
        tuple(sorted((u for t in tables for u in t.unplaced), key=lambda u: u.unit)),
        levels,
        dict(amounts),
        proof_of(levels),
        tuple(violation for table in tables for violation in table.violations),
        fingerprint,
    )


def _together(levels: list[LevelValue]) -> LevelValue:
    amounts = Counter[str]()
    for level in levels:
        amounts.update(level.amounts)
    bounds = [level.bound for level in levels]
    known = [bound for bound in bounds if bound is not None]
    return replace(
        levels[0],
        value=sum(level.value for level in levels),
        bound=sum(known) if len(known) == len(bounds) else None,
        amounts=dict(amounts),
    )
