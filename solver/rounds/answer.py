"""From stints to a timetable that people read: sessions, reasons, proof (排期结果)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np

from casework.proposals import Proof, ProofStatus
from casework.round_rules import Term
from casework.rounds import (
    LevelValue,
    Session,
    Slot,
    Timetable,
    UnitPlan,
    Unplaced,
    WhyUnplaced,
    Wish,
)
from solver.round_check import Judgement, judge, moved_days
from solver.rounds.shapes import allowed_mask
from solver.rounds.stint_model import Stint
from solver.rounds.words import why_kept_or_moved, why_unplaced
from solver.timetable_problem import (
    METHOD,
    RoundProblem,
    days_needed,
    levels_of,
    name_of,
    parts_of,
    sessions_a_day,
    sessions_needed,
)


@dataclass(frozen=True, slots=True)
class SettledLevel:
    """One level's value and bound; the bound is None where nothing is known."""

    name: str
    weights: Mapping[Term, int]
    value: int
    bound: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """A plan by stints over the problem without its impossible units.

    Attributes
    ----------
    is_canonical
        Whether the plan is the first of all equal ones.
    """

    problem: RoundProblem
    stints: tuple[Stint, ...]
    levels: tuple[SettledLevel, ...]
    impossible: tuple[str, ...]
    is_canonical: bool = False


def as_timetable(problem: RoundProblem, settled: Settled) -> Timetable:
    """Write the plan out, judge it, and say of each unit what became of its wish."""
    return timetable_of(problem, plans_of(settled.problem, settled.stints), settled)


def timetable_of(
    problem: RoundProblem, plans: tuple[UnitPlan, ...], settled: Settled
) -> Timetable:
    """Judge plans and say of each unit what became of its wish."""
    judgement = judge(problem, plans)
    placed = {plan.unit for plan in plans}
    left = [wish for wish in problem.wishes if wish.unit not in placed]
    levels = _all_levels(problem, settled, judgement)
    units = tuple(_explained(problem, plan, plans) for plan in plans)
    values = tuple(_level(level, judgement.amounts) for level in levels)
    return Timetable(
        problem.round.name,
        units,
        tuple(_unplaced(problem, wish, settled) for wish in left),
        values,
        judgement.amounts,
        proof_of(values),
        judgement.violations,
        fingerprint_of(problem),
    )


def plans_of(problem: RoundProblem, stints: tuple[Stint, ...]) -> tuple[UnitPlan, ...]:
    """Write stints out as sessions, one plan a unit."""
    parts, dates = parts_of(problem), problem.round.days()
    allowed = np.flatnonzero(allowed_mask(problem.round))
    sessions: dict[int, list[Session]] = {}
    for i, j, s in stints:
        part, team = parts[i], problem.teams[j]
        wish = problem.wishes[part.wish]
        a_day, _ = sessions_a_day(team, part, parts, problem.round)
        count = days_needed(part.sessions, a_day, wish, problem.round)
        start = int(np.searchsorted(allowed, s))
        days = [dates[d] for d in allowed[start : start + count]]
        sessions.setdefault(part.wish, []).extend(
            Session(day, slot, team.team, wish.venue) for day, slot in spread(days, part.sessions)
        )
    return tuple(
        _plan(problem, problem.wishes[w], tuple(sorted(sessions[w]))) for w in sorted(sessions)
    )


def spread(days: list[date], sessions: int) -> list[tuple[date, Slot]]:
    """Spread sessions over days: two on the first days where there are more than days."""
    double = sessions - len(days)
    return [
        (day, slot)
        for n, day in enumerate(days)
        for slot in ((Slot.MORNING, Slot.AFTERNOON) if n < double else (Slot.DAY,))
    ]


def _plan(problem: RoundProblem, wish: Wish, sessions: tuple[Session, ...]) -> UnitPlan:
    days = tuple(sorted({session.date for session in sessions}))
    moved = moved_days(wish, days, problem)
    return UnitPlan(
        wish.unit, wish.name, sessions, wish.dates, bool(wish.dates) and not moved, moved
    )


def _explained(problem: RoundProblem, plan: UnitPlan, plans: tuple[UnitPlan, ...]) -> UnitPlan:
    reason = why_kept_or_moved(problem, plan, plans)
    return UnitPlan(
        plan.unit, plan.name, plan.sessions, plan.declared, plan.kept, plan.moved_days, reason
    )


def _unplaced(problem: RoundProblem, wish: Wish, settled: Settled) -> Unplaced:
    impossible = wish.unit in settled.impossible
    reason = WhyUnplaced.IMPOSSIBLE if impossible else WhyUnplaced.ROUND_FULL
    return Unplaced(
        wish.unit,
        wish.name,
        sessions_needed(wish, problem.round),
        reason,
        why_unplaced(problem, wish, impossible=impossible),
    )


def _level(level: SettledLevel, amounts: Mapping[Term, int]) -> LevelValue:
    return LevelValue(
        level.name,
        level.value,
        level.bound,
        {str(term): amounts[term] for term in level.weights},
        {str(term): weight for term, weight in level.weights.items()},
    )


def _all_levels(
    problem: RoundProblem, settled: Settled, judgement: Judgement
) -> tuple[SettledLevel, ...]:
    """Give the settled levels and, without a bound, those that were not reached."""
    known = {level.name for level in settled.levels}
    rest = []
    for terms in levels_of(problem.round):
        if name_of(terms) not in known:
            weights = {term: problem.round.weights[term] for term in terms}
            value = sum(weight * judgement.amounts[term] for term, weight in weights.items())
            rest.append(SettledLevel(name_of(terms), weights, value, None))
    return (*settled.levels, *rest)


def proof_of(levels: tuple[LevelValue, ...]) -> Proof:
    """Say what the levels prove together; the gap is that of the first one left open."""
    bounds = tuple(level.bound for level in levels if level.bound is not None)
    unproven = next((level for level in levels if not level.is_proven), None)
    if unproven is None:
        return Proof(ProofStatus.OPTIMAL, certificate_verified=False, bound=bounds, gap=0.0)
    gap = None
    if unproven.bound is not None:
        gap = round((unproven.value - unproven.bound) / max(1, unproven.value), 6)
    return Proof(ProofStatus.FEASIBLE, certificate_verified=False, bound=bounds, gap=gap)


def fingerprint_of(problem: RoundProblem) -> str:
    """Give the SHA-256 of everything the answer depends on, not of the order of its rows."""
    document = {"method": METHOD, "problem": _plain(problem.in_order())}
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _plain(value: Any) -> Any:
    """Give a value as JSON can hold it, sets and mappings in one order."""
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return sorted([_plain(key), _plain(item)] for key, item in value.items())
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
