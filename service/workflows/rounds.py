"""The counselling round: planned, told, judged and planned again (团辅排期).

Problem in, value out. ``progress`` is told the stages, ``watch`` the cost and bound of each
level while it is settled; run it in a process of its own to be able to stop it.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta

from casework.findings import Finding
from casework.round_calendar import events_of
from casework.round_frame_json import Declared
from casework.round_report import (
    Calendar,
    Coming,
    Composed,
    GivenUp,
    RoundFrame,
    RoundReport,
    Strict,
    WhyNot,
)
from casework.round_rules import Term
from casework.rounds import (
    EVERYWHERE,
    Closure,
    Timetable,
    UnitPlan,
    Unplaced,
)
from service.progress import Progress, Stage, silent
from service.workflows.outcomes import has_errors
from service.workflows.rounds_given import Given
from solver.rounds.conflicts import Conflict, find_conflict
from solver.rounds.itinerary import legs_of
from solver.rounds.offers import counter_offers
from solver.rounds.packing import Packing, pack_sessions, with_townships
from solver.rounds.replan import changed_units, problem_after
from solver.rounds.watching import Watch, watching
from solver.timetable import plan_dates, plan_round
from solver.timetable_problem import RoundLimits, RoundProblem

PAST = "已过日期"


@dataclass(frozen=True, slots=True)
class Published:
    """A timetable that was announced, as its file holds it."""

    frame: RoundFrame
    plans: tuple[UnitPlan, ...]
    calendar: Calendar
    declared: Declared = field(default_factory=dict)
    composed: tuple[Composed, ...] = ()


@dataclass(frozen=True, slots=True)
class RoundOutcome:
    """A planned round, and everything found on the way to it."""

    report: RoundReport
    given: Given
    findings: tuple[Finding, ...]

    @property
    def needs_a_person(self) -> bool:
        """Whether a unit has no place, a rule is broken, or there is an error."""
        timetable = self.report.timetable
        return bool(timetable.unplaced or timetable.violations) or has_errors(self.findings)


@dataclass(frozen=True, slots=True)
class Telling:
    """Who is told what while a round is worked on."""

    progress: Progress = silent
    watch: Watch | None = None
    limits: RoundLimits = field(default_factory=RoundLimits)


def problem_of(frame: RoundFrame, *, past: bool = True) -> RoundProblem:
    """Give the problem a frame poses, the days before its own day closed."""
    last = frame.on - timedelta(days=1)
    gone = Closure(EVERYWHERE, frame.rules.window_start, last, PAST)
    closed = (gone,) if past and gone.first <= gone.last else ()
    return RoundProblem(
        frame.rules,
        frame.wishes,
        frame.teams,
        (*frame.closures, *closed),
        frame.pins,
        frame.known_minutes,
    ).in_order()


def plan(
    given: Given, published: Published | None = None, telling: Telling | None = None
) -> RoundOutcome:
    """Plan a round: as many sessions as can be held, as few dates moved, as little travel.

    Parameters
    ----------
    published
        What was announced: of it as little as possible is changed, and nothing that is past.
    """
    telling = telling or Telling()
    given = _with_begun(given, published)
    problem = problem_of(given.frame)
    withdrawn: set[str] = set()
    if published:
        withdrawn = {p.unit for p in published.plans} - {w.unit for w in problem.wishes}
        problem = after(given.frame, published, withdrawn)
    telling.progress(Stage.TIMETABLE, 0, 0)
    with watching(telling.watch):
        timetable = plan_round(problem, telling.limits)
    return tell(given, problem, timetable, published, telling)


def _with_begun(given: Given, published: Published | None) -> Given:
    """Keep the wish of a unit that has begun although its form is no longer there."""
    if published is None:
        return given
    known = {wish.unit for wish in given.frame.wishes}
    begun = {p.unit for p in published.plans if p.dates and p.dates[0] < given.frame.on}
    kept = tuple(w for w in published.frame.wishes if w.unit in begun - known)
    return replace(given, frame=replace(given.frame, wishes=(*given.frame.wishes, *kept)))


def after(frame: RoundFrame, published: Published, withdrawn: Collection[str]) -> RoundProblem:
    """Give the round as it stands on the frame's day, the past held."""
    open_round = problem_of(frame, past=False)
    known = {wish.unit for wish in frame.wishes}
    plans = [p for p in published.plans if p.unit in known or p.unit in withdrawn]
    return problem_after(open_round, plans, frame.on, withdrawn)


def tell(
    given: Given,
    problem: RoundProblem,
    timetable: Timetable,
    published: Published | None,
    telling: Telling,
) -> RoundOutcome:
    """Tell all there is to tell of a timetable: sessions, offers, reasons, travel, calendar."""
    frame, progress = given.frame, telling.progress
    progress(Stage.COMPOSE, 0, len(frame.contingents))
    about: tuple[Finding, ...] = ()
    if published and not frame.contingents:
        timetable, composed = as_published(timetable, published.composed)
    else:
        timetable, composed, about = compose(frame, timetable, progress)
    progress(Stage.OFFERS, 0, 0)
    offers = counter_offers(problem, timetable)
    why_not = None
    if timetable.unplaced:
        progress(Stage.WHY_NOT, 0, 0)
        why_not = _why_not(find_conflict(problem))
    progress(Stage.STRICT, 0, 0)
    strict = _strict(problem, timetable, telling.limits)
    before = published.calendar if published else None
    _, calendar = events_of(frame, timetable.units, before)
    report = RoundReport(
        frame,
        replace(timetable, unplaced=_with_held(timetable.unplaced, given.held)),
        offers,
        why_not,
        strict,
        legs_of(problem, timetable.units),
        composed,
        given.declared,
        calendar,
        changed_units(problem, timetable) if published else (),
    )
    return RoundOutcome(report, given, (*given.findings, *about))


def _with_held(unplaced: tuple[Unplaced, ...], held: tuple[Unplaced, ...]) -> tuple[Unplaced, ...]:
    return tuple(sorted((*unplaced, *held), key=lambda line: line.unit))


def _why_not(conflict: Conflict | None) -> WhyNot | None:
    if conflict is None:
        return None
    return WhyNot(
        tuple(each.words_zh for each in conflict.requirements),
        tuple(
            GivenUp(each.requirement.words_zh, each.sessions_more, each.resolves)
            for each in conflict.remedies
        ),
        conflict.days_asked,
        conflict.days_there,
        conflict.is_minimal,
    )


def _strict(problem: RoundProblem, timetable: Timetable, limits: RoundLimits) -> Strict | None:
    """Price the strict reading, where its last day is not past."""
    end = problem.round.strict_end
    if end is None or any(c.reason_zh == PAST and c.last >= end for c in problem.closures):
        return None
    if not problem.round.window_start <= end < problem.round.window_end:
        return None
    shorter = replace(problem, round=replace(problem.round, window_end=end))
    strict = plan_dates(shorter, limits)
    lost = sum(u.sessions for u in strict.unplaced) - sum(u.sessions for u in timetable.unplaced)
    more = {
        str(term): strict.amounts[term] - timetable.amounts[term]
        for term in Term
        if not term.needs_routes
    }
    dated = [level for level in strict.objective if level.bound is not None]
    return Strict(end, lost, more[Term.MOVED_UNITS], more, all(level.is_proven for level in dated))


def compose(
    frame: RoundFrame, timetable: Timetable, progress: Progress = silent
) -> tuple[Timetable, tuple[Composed, ...], tuple[Finding, ...]]:
    """Pack whole townships into the sessions of every unit whose counts are known."""
    wishes = {wish.unit: wish for wish in frame.wishes}
    plans: list[UnitPlan] = []
    composed: list[Composed] = []
    findings: list[Finding] = []
    for done, unit_plan in enumerate(timetable.units):
        known = frame.contingents.get(unit_plan.unit)
        if not known:
            plans.append(unit_plan)
            continue
        progress(Stage.COMPOSE, done, len(timetable.units))
        room = wishes[unit_plan.unit].room if frame.rules.rooms_required else None
        packing = pack_sessions(known, len(unit_plan.sessions), room, frame.session)
        plans.append(with_townships(unit_plan, packing))
        composed += _composed(unit_plan.unit, packing)
        findings += _about_packing(unit_plan, packing)
    return replace(timetable, units=tuple(plans)), tuple(composed), tuple(findings)


def _composed(unit: str, packing: Packing) -> list[Composed]:
    return [
        Composed(
            unit,
            number,
            tuple(Coming(c.township, c.name, c.travel_minutes) for c in session.contingents),
            session.needs,
        )
        for number, session in enumerate(packing.sessions, 1)
    ]


def as_published(
    timetable: Timetable, composed: tuple[Composed, ...]
) -> tuple[Timetable, tuple[Composed, ...]]:
    """Send the townships to the same sessions, by number, as were published."""
    coming = {(each.unit, each.number): each for each in composed}
    plans = []
    for unit_plan in timetable.units:
        sessions = [
            replace(at, townships=tuple(c.township for c in known.coming)) if known else at
            for n, at in enumerate(unit_plan.sessions, 1)
            for known in [coming.get((unit_plan.unit, n))]
        ]
        plans.append(replace(unit_plan, sessions=tuple(sessions)))
    units = {unit_plan.unit for unit_plan in plans}
    held = tuple(each for each in composed if each.unit in units)
    return replace(timetable, units=tuple(plans)), held


def _about_packing(unit_plan: UnitPlan, packing: Packing) -> list[Finding]:
    found = []
    if packing.seats_short:
        values: dict[str, object] = {
            "unit": unit_plan.name,
            "sessions": len(packing.sessions),
            "short": packing.seats_short,
            "needed": packing.sessions_needed,
        }
        found.append(Finding("round_packing_short", values=values))
    for number, session in enumerate(packing.sessions, 1):
        if session.needs.adults_short:
            values = {
                "unit": unit_plan.name,
                "session": number,
                "short": session.needs.adults_short,
            }
            found.append(Finding("round_adults_short", values=values))
    return found
