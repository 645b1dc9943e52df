"""A published round looked at again: planned again, told what changed (重排)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from casework.declaration_cells import Contact
from casework.declaration_rules import DeclarationRules
from casework.errors import NotFound
from casework.findings import Finding
from casework.round_report import RoundFrame
from casework.rounds import Closure
from geo.areas import Gazetteer
from ledger.rounds_files import RoundFiles
from service.progress import Stage
from service.workflows.declarations import DeclarationTerms
from service.workflows.ledgers import Terms, open_reader
from service.workflows.outcomes import has_errors
from service.workflows.rounds import Published, RoundOutcome, Telling, after, problem_of, tell
from service.workflows.rounds_given import Given, read_closures, read_submissions
from solver.rounds.replan import (
    FrontierPoint,
    changed_units,
    first_answer,
    frontier,
    interrupted,
)
from solver.rounds.watching import watching

REPLAN_SCHEMA = "nuantong/replan/1"


@dataclass(frozen=True, slots=True)
class Replanning:
    """A published round planned again: points of the frontier, each a timetable to choose.

    Attributes
    ----------
    first
        The answer that could be given at once: what still stands stays, the rest fitted in.
    interrupted
        Units that have begun and are closed on a day still to come.
    """

    published: Published
    frame: RoundFrame
    withdrawn: tuple[str, ...]
    first: FrontierPoint
    points: tuple[FrontierPoint, ...]
    interrupted: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must decide beside choosing: a unit has no place, or stands still."""
        left = any(point.timetable.unplaced for point in self.points)
        return left or has_errors(self.findings)

    def point(self, number: int) -> FrontierPoint:
        """Give a point by its number, from 1.

        Raises
        ------
        NotFound
            When there is no such point.
        """
        found = next((point for point in self.points if point.number == number), None)
        if found is None:
            most = len(self.points)
            raise NotFound(f"没有第 {number} 个方案，共 {most} 个 / there are {most} choices")
        return found

    def as_json(self) -> dict[str, Any]:
        """Give the frontier as ``nuantong/replan/1``."""
        return {
            "schema": REPLAN_SCHEMA,
            "round": self.frame.rules.name,
            "on": self.frame.on.isoformat(),
            "withdrawn": list(self.withdrawn),
            "interrupted": list(self.interrupted),
            "first": self._point(self.first),
            "points": [self._point(point) for point in self.points],
            "findings": [finding.as_json() for finding in self.findings],
        }

    def _point(self, point: FrontierPoint) -> dict[str, Any]:
        table = point.timetable.as_json()
        kept = ("objective", "amounts", "proof", "unplaced", "violations", "fingerprint")
        return {
            "number": point.number,
            "changed": list(point.changed),
            "changes": changes_of(self.published, point),
            **{key: table[key] for key in kept},
        }


def changes_of(published: Published, point: FrontierPoint) -> list[dict[str, Any]]:
    """Tell of each changed unit what was announced and what would be."""
    before = {plan.unit: plan for plan in published.plans}
    lines = []
    for unit in point.changed:
        now = point.timetable.plan(unit)
        lines.append(
            {
                "unit": unit,
                "name": before[unit].name,
                "from": [day.isoformat() for day in before[unit].dates],
                "from_teams": list(before[unit].teams),
                "to": [day.isoformat() for day in now.dates] if now else [],
                "to_teams": list(now.teams) if now else [],
            }
        )
    return lines


@dataclass(frozen=True, slots=True)
class News:
    """What became known since a round was published."""

    on: date
    closures: tuple[Closure, ...] = ()
    withdrawn: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_news(
    published: Published, on: date, closures: Path | None, withdrawn: Collection[str]
) -> News:
    """Read what became known: closures from a file, withdrawn units by name or code.

    Raises
    ------
    NotFound
        When a name is of no unit of the round.
    Unreadable
        When the closures cannot be read.
    """
    gone = units_named(withdrawn, published.frame)
    if closures is None:
        return News(on, (), gone)
    rules = published.frame.rules
    files = RoundFiles(rules, Gazetteer.on(rules.window_start))
    found, told = read_closures(closures, files)
    return News(on, found, gone, told)


def read_contacts(source: Path, frame: RoundFrame) -> dict[str, Contact]:
    """Read whom to call from the declarations: the published file names nobody."""
    of_forms = DeclarationRules.from_toml(None, frame.rules)
    terms = DeclarationTerms(of_forms, open_reader(Terms(b"", frame.on)))
    given, _ = read_submissions(source, terms, frame.on)
    return {unit: submission.declaration.contact for unit, submission in given.items()}


def replan(published: Published, news: News, telling: Telling) -> Replanning:
    """Plan a published round again: at once, with the fewest changes, and what more would buy."""
    frame = replace(
        published.frame,
        on=news.on,
        closures=tuple(dict.fromkeys((*published.frame.closures, *news.closures))),
    )
    problem = after(frame, published, news.withdrawn)
    telling.progress(Stage.TIMETABLE, 0, 0)
    first = first_answer(problem)
    first_point = FrontierPoint(0, changed_units(problem, first), first)
    if telling.watch:
        telling.watch("first_answer", len(first_point.changed), None)
    with watching(telling.watch):
        points = frontier(problem, telling.limits)
    stopped = interrupted(problem_of(frame, past=False), published.plans, news.on)
    about = tuple(
        Finding("round_interrupted", values={"unit": frame.unit_name(unit)}) for unit in stopped
    )
    begun = {p.unit for p in published.plans if p.dates and p.dates[0] < news.on}
    gone = tuple(unit for unit in news.withdrawn if unit not in begun)
    return Replanning(
        published, frame, gone, first_point, points, stopped, (*news.findings, *about)
    )


def choose(
    done: Replanning,
    number: int,
    telling: Telling,
    contacts: Mapping[str, Contact] | None = None,
) -> RoundOutcome:
    """Take a point of the frontier as the new timetable, with all that is told of it."""
    point = done.point(number)
    staying = tuple(w for w in done.frame.wishes if w.unit not in done.withdrawn)
    frame = replace(done.frame, wishes=staying)
    problem = after(done.frame, done.published, done.withdrawn)
    given = Given(frame, done.findings, contacts or {}, done.published.declared)
    return tell(given, problem, point.timetable, done.published, telling)


def units_named(names: Collection[str], frame: RoundFrame) -> tuple[str, ...]:
    """Find units of a round by name or code.

    Raises
    ------
    NotFound
        When one of the names is of no unit of the round.
    """
    gazetteer = Gazetteer.on(frame.rules.window_start)
    known = {wish.unit for wish in frame.wishes}
    found = []
    for name in names:
        unit = gazetteer.find_unit(name)
        code = unit.code if unit else name
        if code not in known:
            raise NotFound(f"本轮没有这个区县：{name[:20]} / no such unit in the round")
        found.append(code)
    return tuple(sorted(set(found)))
