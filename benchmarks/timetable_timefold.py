"""Timefold (constraint streams in Python, on Java) as a peer of the timetable.

One planning variable a unit: its place, a team and first day among those the round allows. A
team's list of units is walked as the judge walks it. It begins from the officer's greedy, since
its own construction took longer than the race. The score is bendable: one hard level and the
round's own levels. Not stated: units served by several teams at once, pauses away from home,
and the idle team that has nobody at all when loads are compared.
"""

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from timefold.solver import SolverFactory
from timefold.solver.config import (
    Duration,
    ScoreDirectorFactoryConfig,
    SolverConfig,
    TerminationConfig,
)
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    BendableScore,
    ConstraintCollectors,
    ConstraintFactory,
    constraint_provider,
)
from timetable_peers import greedy_stints

from casework.round_rules import Term
from solver.rounds.answer import plans_of
from solver.rounds.board import board_of


@dataclass
class Place:
    """A team and first day of one unit, and what it adds to each term by itself."""

    team: int
    start: int
    last: int
    days: int
    moved: int
    moved_days: int
    school_days: int
    late_days: int
    minutes: int
    nights: int
    home: int
    is_far: bool
    commutes: bool


@planning_entity
@dataclass
class Visit:
    """One unit; ``drives`` are minutes to every other, ``apart`` whether beyond a night."""

    part: Annotated[int, PlanningId]
    drives: list[int]
    apart: list[bool]
    longest: int
    places: Annotated[list[Place], ValueRangeProvider(id="places")]
    place: Annotated[Place | None, PlanningVariable(value_range_provider_refs=["places"])] = field(
        default=None
    )


@planning_solution
@dataclass
class Plan:
    """All units of a round."""

    visits: Annotated[list[Visit], PlanningEntityCollectionProperty]
    score: Annotated[
        BendableScore, PlanningScore(bendable_hard_levels_size=1, bendable_soft_levels_size=4)
    ] = field(default=None)


def next_after(visits: list[Visit], day: int) -> Visit | None:
    """Give the unit that begins next after a day."""
    found = None
    for visit in visits:
        if visit.place.start > day and (found is None or visit.place.start < found.place.start):
            found = visit
    return found


def faults(team: int, visits: list[Visit]) -> int:
    """Count what a team's list breaks: overlaps, runs too long, drives too long."""
    broken = 0
    for one in visits:
        for other in visits:
            if one.part < other.part:
                first = max(one.place.start, other.place.start)
                broken += max(0, min(one.place.last, other.place.last) - first + 1)
    before = next_after(visits, -1)
    run = before.place.days
    after = next_after(visits, before.place.start)
    while after is not None:
        pause = after.place.start - before.place.last - 1
        if pause == 0:
            run += after.place.days
            near = before.place.commutes and after.place.commutes
            if before.apart[after.part] and not near:
                broken += 1
        else:
            run = after.place.days
            if pause == 1 and before.place.is_far and after.place.is_far:
                broken += 1
        if run > after.longest:
            broken += 1
        before = after
        after = next_after(visits, before.place.start)
    return broken


def minutes(team: int, visits: list[Visit]) -> int:
    """Count a team's minutes on the road."""
    before = next_after(visits, -1)
    total = before.place.home
    for visit in visits:
        total += visit.place.minutes
    after = next_after(visits, before.place.start)
    while after is not None:
        near = before.place.commutes and after.place.commutes
        if after.place.start == before.place.last + 1 and not near:
            total += before.drives[after.part]
        else:
            total += before.place.home + after.place.home
        before = after
        after = next_after(visits, before.place.start)
    return total + before.place.home


def nights(team: int, visits: list[Visit]) -> int:
    """Count a team's nights away."""
    before = next_after(visits, -1)
    total = 0
    for visit in visits:
        total += visit.place.nights
    after = next_after(visits, before.place.start)
    while after is not None:
        near = before.place.commutes and after.place.commutes
        if after.place.start == before.place.last + 1 and not near:
            total += 1
        before = after
        after = next_after(visits, before.place.start)
    return total


def provider(levels, weights):
    """State the rules and terms, each term at the round's level with the round's weight."""

    def soft(term):
        at = next((n for n, level in enumerate(levels) if term in level), None)
        amounts = [0, 0, 0, 0]
        if at is not None:
            amounts[at] = weights[term]
        return BendableScore.of([0], amounts)

    own = {
        Term.MOVED_UNITS: lambda visit: visit.place.moved,
        Term.MOVED_DAYS: lambda visit: visit.place.moved_days,
        Term.SCHOOL_DAYS: lambda visit: visit.place.school_days,
        Term.LATE_DAYS: lambda visit: visit.place.late_days,
    }

    @constraint_provider
    def constraints(factory: ConstraintFactory):
        def by_team():
            return factory.for_each(Visit).group_by(
                lambda visit: visit.place.team, ConstraintCollectors.to_list()
            )

        loads = factory.for_each(Visit).group_by(
            lambda visit: visit.place.team,
            ConstraintCollectors.sum(lambda visit: visit.place.days),
        )
        return [
            by_team().penalize(BendableScore.of([1], [0, 0, 0, 0]), faults).as_constraint("rules"),
            by_team().penalize(soft(Term.TRAVEL_MINUTES), minutes).as_constraint("minutes"),
            by_team().penalize(soft(Term.NIGHTS), nights).as_constraint("nights"),
            loads.group_by(
                ConstraintCollectors.max(lambda team, days: days),
                ConstraintCollectors.min(lambda team, days: days),
            )
            .penalize(soft(Term.UNEVEN_DAYS), lambda most, least: most - least)
            .as_constraint("uneven"),
            *(
                factory.for_each(Visit).penalize(soft(term), amount).as_constraint(str(term))
                for term, amount in own.items()
            ),
        ]

    return constraints


def timefold(problem, seconds):
    """Give Timefold's plans within the time, the start of Java not counted."""
    board = board_of(problem)
    rules = problem.round
    if any(part.rank for part in board.parts) or not rules.home_on_idle_days:
        return "left out: it cannot state this round"
    first = {i: (j, s) for i, j, s in greedy_stints(problem)}
    if len(first) < board.size[0]:
        return "left out: the greedy it begins from leaves units over"
    plan = Plan([_visit(board, i, first[i], rules) for i in range(board.size[0])])
    spent = Duration(milliseconds=int(seconds * 1000))
    config = SolverConfig(
        solution_class=Plan,
        entity_class_list=[Visit],
        score_director_factory_config=ScoreDirectorFactoryConfig(
            constraint_provider_function=provider(rules.levels, rules.weights)
        ),
        termination_config=TerminationConfig(spent_limit=spent),
        random_seed=1,
    )
    solved = SolverFactory.create(config).build_solver().solve(plan)
    if any(visit.place is None for visit in solved.visits):
        return "nothing whole found in the time"
    stints = tuple(sorted((v.part, v.place.team, v.place.start) for v in solved.visits))
    return plans_of(problem, stints)


def _visit(board, i, first, rules):
    travel = board.travel
    places = [
        Place(
            int(j),
            int(s),
            *(int(getattr(board, name)[i, j, s]) for name in ("last", "days", "moved")),
            *(int(getattr(board, name)[i, j, s]) for name in ("moved_days", "school_days")),
            *(int(getattr(board, name)[i, j, s]) for name in ("late_days", "minutes", "nights")),
            int(travel.home_minutes[j, i]),
            bool(travel.far[j, i]),
            bool(travel.commutes[j, i]),
        )
        for j, s in np.argwhere(board.possible[i])
    ]
    drives = [int(minutes_) for minutes_ in travel.unit_minutes[i]]
    apart = [bool(far) for far in travel.apart[i]]
    begins = next(place for place in places if (place.team, place.start) == first)
    return Visit(i, drives, apart, rules.longest_run_days, places, begins)
