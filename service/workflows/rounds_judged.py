"""An officer's own timetable judged by the round's rules, and published files read (排期核查)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from casework.errors import Unreadable
from casework.findings import Finding
from casework.round_document import is_timetable
from casework.round_frame_json import (
    Odd,
    calendar_from,
    composed_from,
    declared_from,
    frame_from,
    plans_from,
    unreadable,
)
from casework.round_report import RoundFrame
from casework.rounds import LevelValue, Timetable, UnitPlan, Violation
from geo.areas import Gazetteer
from ledger.rounds_timetable import RowOf, read_timetable
from service.progress import Stage
from service.workflows.outcomes import has_errors
from service.workflows.rounds import Published, Telling, problem_of
from solver.round_check import Judgement, judge
from solver.rounds.watching import watching
from solver.timetable import plan_round
from solver.timetable_problem import RoundProblem, levels_of, name_of, sessions_needed

LARGEST_BYTES = 40_000_000
CHECK_SCHEMA = "nuantong/round-check/1"


def read_document(path: Path) -> Mapping[str, Any]:
    """Read a timetable's document, whoever wrote it.

    Raises
    ------
    Unreadable
        When it is no JSON, or no timetable.
    """
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError("too large")
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise Unreadable(f"{path.name} 不是 JSON 文件，或已损坏 / not JSON, or damaged") from None
    if not is_timetable(document):
        raise Unreadable(
            f"{path.name} 不是排期文件（round plan --json 写出的）/ not a timetable of ours"
        )
    found: Mapping[str, Any] = document
    return found


def read_published(path: Path) -> Published:
    """Read a published timetable with what it was planned from.

    Raises
    ------
    Unreadable
        When anything in it is not as we write it; the place is named.
    """
    document = read_document(path)
    try:
        if not isinstance(document.get("problem"), Mapping):
            raise Odd("problem")
        frame = frame_from(document["problem"])
        plans, known = plans_from(document), calendar_from(document)
        if len({plan.unit for plan in plans}) < len(plans):
            raise Odd("units: 同一区县重复 / a unit twice")
        _refuse_strangers(frame, plans)
        return Published(frame, plans, known, declared_from(document), composed_from(document))
    except Odd as odd:
        raise unreadable(path.name, odd) from None


def _refuse_strangers(frame: RoundFrame, plans: Iterable[UnitPlan]) -> None:
    """Refuse a unit that is none of the city's, and a team that the round does not have."""
    areas, teams = Gazetteer.on(frame.rules.window_start), {team.team for team in frame.teams}
    named = [wish.unit for wish in frame.wishes] + [plan.unit for plan in plans]
    unknown = [unit for unit in dict.fromkeys(named) if not areas.has_unit(unit)]
    strange = {s.team for plan in plans for s in plan.sessions} - teams
    faults = [f"units: 没有这个区县 {unit[:20]} / no such unit" for unit in unknown]
    faults += [f"sessions: 没有这支团队 {team[:20]} / no such team" for team in sorted(strange)]
    if faults:
        raise Odd("；".join(faults))


@dataclass(frozen=True, slots=True)
class Judged:
    """An officer's timetable judged: what it breaks, what it costs, and the proven plan beside it.

    Attributes
    ----------
    rows
        For each violation the rows of the file it is about; none where the file has none.
    levels
        The officer's cost by level, in the order of ``best.objective``.
    left
        Units with a wish that the timetable does not hold.
    """

    frame: RoundFrame
    plans: tuple[UnitPlan, ...]
    violations: tuple[Violation, ...]
    rows: tuple[tuple[int, ...], ...]
    levels: tuple[LevelValue, ...]
    left: tuple[str, ...]
    best: Timetable
    findings: tuple[Finding, ...] = ()

    @property
    def needs_a_person(self) -> bool:
        """Whether a rule is broken, a unit left out, or a row could not be read."""
        return bool(self.violations) or has_errors(self.findings)

    def as_json(self) -> dict[str, Any]:
        """Give the judgement as ``nuantong/round-check/1``."""
        return {
            "schema": CHECK_SCHEMA,
            "round": self.frame.rules.name,
            "units": len(self.plans),
            "violations": [
                {
                    "rule": broken.rule,
                    "unit": broken.unit,
                    "unit_name": self.frame.unit_name(broken.unit),
                    "team": broken.team,
                    "date": broken.date.isoformat() if broken.date else None,
                    "rows": list(rows),
                    "message_zh": broken.message_zh,
                }
                for broken, rows in zip(self.violations, self.rows, strict=True)
            ],
            "left": list(self.left),
            "cost": [
                {
                    "level": level.name,
                    "value": level.value,
                    "proven_plan": best.value,
                    "bound": best.bound,
                    "amounts": dict(level.amounts),
                }
                for level, best in zip(self.levels, self.best.objective, strict=True)
            ],
            "proof": str(self.best.proof.status),
            "fingerprint": self.best.fingerprint,
            "findings": [finding.as_json() for finding in self.findings],
        }


def check_timetable(
    path: Path, frame: RoundFrame, findings: Sequence[Finding], telling: Telling
) -> Judged:
    """Judge a timetable, ours or an officer's, by the round's rules.

    Raises
    ------
    Unreadable
        When the file cannot be read or holds no timetable.
    """
    plans, rows, told = _plans_of(path, frame)
    problem = problem_of(frame, past=False)
    telling.progress(Stage.TIMETABLE, 0, 0)
    judgement = judge(problem, plans)
    with watching(telling.watch):
        best = plan_round(problem, telling.limits)
    held = {plan.unit for plan in plans}
    left = tuple(wish.unit for wish in problem.wishes if wish.unit not in held)
    missing = tuple(Violation("not_placed", unit, "", None, "没有安排") for unit in left)
    violations = (*judgement.violations, *missing)
    return Judged(
        frame,
        plans,
        violations,
        tuple(_rows_of(broken, rows) for broken in violations),
        _levels(problem, judgement, left, best),
        left,
        best,
        (*findings, *told),
    )


def _levels(
    problem: RoundProblem, judgement: Judgement, left: tuple[str, ...], best: Timetable
) -> tuple[LevelValue, ...]:
    """Weigh a timetable's amounts as the proven plan is weighed."""
    rules = problem.round
    lost = sum(sessions_needed(w, rules) for w in problem.wishes if w.unit in left)
    costs = {"unplaced_sessions": lost}
    for terms in levels_of(rules):
        costs[name_of(terms)] = sum(rules.weights[t] * judgement.amounts[t] for t in terms)
    amounts = {str(term): amount for term, amount in judgement.amounts.items()}
    return tuple(
        replace(
            level,
            value=costs[level.name],
            bound=None,
            amounts={term: amounts[term] for term in level.amounts},
        )
        for level in best.objective
    )


def _plans_of(
    path: Path, frame: RoundFrame
) -> tuple[tuple[UnitPlan, ...], tuple[RowOf, ...], tuple[Finding, ...]]:
    if path.suffix.lower() == ".json":
        document = read_document(path)
        try:
            return plans_from(document), (), ()
        except Odd as odd:
            raise unreadable(path.name, odd) from None
    gazetteer = Gazetteer.on(frame.rules.window_start)
    return read_timetable(path, frame, gazetteer)


def _rows_of(broken: Violation, rows: Iterable[RowOf]) -> tuple[int, ...]:
    """Find the rows a violation is about: of its day and team where it names them."""
    own = [row for row in rows if row.unit == broken.unit]
    on_day = [row for row in own if broken.date is None or row.day == broken.date]
    of_team = [row for row in on_day if not broken.team or row.team == broken.team]
    return tuple(sorted({row.number for row in of_team or on_day or own}))
