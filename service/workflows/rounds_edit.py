"""A timetable changed by hand: move a unit's sessions, see what breaks, pin, undo (调整排期).

Whatever is moved is judged at once by ``solver.round_check``, which knows nothing of how plans
are made; it costs what it costs, beside the plan it was made from.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from casework.errors import Conflict, NotFound, Refused
from casework.round_calendar import events_of
from casework.round_document import report_json
from casework.round_frame_json import composed_from, frame_json
from casework.round_reading import Told, read_told
from casework.round_report import RoundFrame, RoundReport
from casework.round_rules import Consecutive, Term
from casework.rounds import (
    LevelValue,
    Pin,
    Session,
    Timetable,
    UnitPlan,
    Unplaced,
    Violation,
    Wish,
)
from ledger.record.rounds import (
    Made,
    StoredRound,
    What,
    add_revision,
    document_of,
    find_revision,
    find_round,
    published,
    undo,
)
from service.workflows.rounds import Published, after, as_published, problem_of
from service.workflows.rounds_setup import RoundDesk
from service.workflows.rounds_work import published_from
from solver.round_check import moved_days
from solver.rounds.answer import Settled, proof_of, spread, timetable_of
from solver.rounds.itinerary import legs_of
from solver.rounds.offers import counter_offers
from solver.rounds.replan import changed_units
from solver.rounds.words import days_zh
from solver.timetable_problem import RoundProblem, sessions_needed

BY_HAND = "由市级手工调整"
STALE = "stale"
"""In a document: offers and the strict reading are of the plan before it was changed by hand."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Move:
    """Where somebody wants a unit's sessions: from this day on, with this team."""

    unit: str
    first: date
    team: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """A round's timetable at hand, with what was published before it."""

    found: StoredRound
    document: Mapping[str, Any]
    told: Told
    before: Published | None

    @property
    def is_stale(self) -> bool:
        """Whether offers are of the plan before it was changed by hand."""
        return bool(self.document.get(STALE))

    def problem(self) -> RoundProblem:
        """Give the problem that the timetable answers."""
        if self.before is None:
            return problem_of(self.told.frame)
        units = {wish.unit for wish in self.told.frame.wishes}
        withdrawn = {plan.unit for plan in self.before.plans} - units
        return after(self.told.frame, self.before, withdrawn)


@dataclass(frozen=True, slots=True)
class Tried:
    """What a move would come to.

    Attributes
    ----------
    broken
        Violations there are then and were not before; ``mended`` the other way round.
    more
        By how much each term of the objective grows.
    """

    move: Move
    plan: UnitPlan
    timetable: Timetable
    broken: tuple[Violation, ...]
    mended: tuple[Violation, ...]
    more: Mapping[Term, int]


def at_hand(desk: RoundDesk, round_id: str, revision: str = "", seen: str = "") -> AtHand:
    """Open a round's timetable at hand, or another of its revisions.

    Parameters
    ----------
    seen
        The revision at hand that somebody looked at before she asked for a change.

    Raises
    ------
    NotFound
        When nothing is planned yet.
    Conflict
        When another is at hand than the one that was seen.
    """
    with desk.store.reading(desk.actor, "read a timetable") as book:
        found = find_round(book, round_id)
        refuse_unseen(found, seen)
        asked = revision or found.current
        if not asked:
            raise NotFound("还没有排期 / nothing is planned yet")
        document = document_of(book, asked)
        earlier = [r for r in published(book, round_id) if r.id != asked]
        last = next(iter(earlier), None)
        before = published_from(document_of(book, last.id)) if last else None
    return AtHand(found, document, read_told(document), before)


def try_move(hand: AtHand, move: Move) -> Tried:
    """Say what breaks when a unit's sessions are moved, and what that costs.

    Raises
    ------
    NotFound
        When there is no such unit or team in the round.
    """
    problem, table = hand.problem(), hand.told.timetable
    plan = _moved(hand, move, problem)
    plans = {each.unit: each for each in table.units} | {move.unit: plan}
    ordered = tuple(plans[unit] for unit in sorted(plans))
    if any(pin.unit == move.unit for pin in problem.pins):
        problem = _without_pin(problem, move.unit)
    fresh = timetable_of(problem, ordered, Settled(problem, (), (), ()))
    fresh = replace(
        fresh,
        units=_reasoned(fresh, table, move.unit),
        unplaced=_still_left(fresh, table),
    )
    fresh = _with_bounds(fresh, table, changed_units(problem, fresh))
    old, new = set(table.violations), set(fresh.violations)
    return Tried(
        move,
        next(each for each in fresh.units if each.unit == move.unit),
        fresh,
        tuple(v for v in fresh.violations if v not in old),
        tuple(v for v in table.violations if v not in new),
        {term: fresh.amounts[term] - table.amounts.get(term, 0) for term in fresh.amounts},
    )


def _moved(hand: AtHand, move: Move, problem: RoundProblem) -> UnitPlan:
    frame = hand.told.frame
    wish = next((wish for wish in frame.wishes if wish.unit == move.unit), None)
    if wish is None or move.team not in {team.team for team in frame.teams}:
        raise NotFound("本轮没有这个区县或团队 / no such unit or team in the round")
    if any(pin.held for pin in problem.pins if pin.unit == move.unit):
        raise Conflict("这个区县的场次已经开始，不能再改 / its sessions have begun already")
    plan = hand.told.timetable.plan(move.unit)
    if plan is None:
        plan = _unplaced_plan(wish, frame, move)
    days = dict(zip(plan.dates, _days_from(move.first, len(plan.dates), frame), strict=True))
    teams = {team: move.team if len(plan.teams) == 1 else team for team in plan.teams}
    sessions = sorted(
        replace(session, date=days[session.date], team=teams[session.team])
        for session in plan.sessions
    )
    plan = replace(plan, sessions=tuple(sessions))
    moved = moved_days(wish, plan.dates, problem)
    return replace(plan, kept=bool(wish.dates) and not moved, moved_days=moved)


def _reasoned(fresh: Timetable, before: Timetable, unit: str) -> tuple[UnitPlan, ...]:
    """Say of what was moved by hand that it was: no other unit stands in its way."""
    by_hand = {plan.unit for plan in before.units if plan.reason_zh.endswith(BY_HAND)} | {unit}
    return tuple(
        replace(plan, reason_zh=f"申报{days_zh(plan.declared)}，{BY_HAND}")
        if plan.unit in by_hand and plan.declared and not plan.kept
        else plan
        for plan in fresh.units
    )


def _unplaced_plan(wish: Wish, frame: RoundFrame, move: Move) -> UnitPlan:
    """Lay out the sessions of a unit that had no place."""
    needed = sessions_needed(wish, frame.rules)
    count = -(-needed // frame.rules.sessions_per_day)
    declared = len(wish.dates)
    count = declared if count <= declared <= needed else count
    days = _days_from(move.first, count, frame)
    sessions = (Session(day, slot, move.team, wish.venue) for day, slot in spread(days, needed))
    return UnitPlan(wish.unit, wish.name, tuple(sorted(sessions)), wish.dates)


def _days_from(first: date, count: int, frame: RoundFrame) -> list[date]:
    """Give so many consecutive days from the first, as the round counts consecutive."""
    days, rules = [first], frame.rules
    while len(days) < count:
        day = days[-1] + _DAY
        if rules.consecutive_in is Consecutive.ALLOWED_DAYS:
            while not rules.is_allowed(day) and day <= rules.window_end:
                day += _DAY
        days.append(day)
    return days


def _without_pin(problem: RoundProblem, unit: str) -> RoundProblem:
    return replace(problem, pins=tuple(p for p in problem.pins if p.unit != unit or p.held))


def _still_left(fresh: Timetable, before: Timetable) -> tuple[Unplaced, ...]:
    """Name the units that still have no place, for the reasons known, held forms among them."""
    known = {left.unit: left for left in before.unplaced}
    placed = {plan.unit for plan in fresh.units}
    left = known | {each.unit: known.get(each.unit, each) for each in fresh.unplaced}
    return tuple(left[unit] for unit in sorted(left) if unit not in placed)


def _with_bounds(fresh: Timetable, before: Timetable, changed: Collection[str]) -> Timetable:
    """Keep what is proven: bounds hold down to the first level that got worse."""
    bounds = {level.name: level.bound for level in before.objective}
    values = {level.name: level for level in fresh.objective}
    levels: list[LevelValue] = []
    holds = True
    for known in before.objective:
        level = values.get(known.name)
        if level is None:
            level = replace(known, value=_recounted(known.name, fresh, changed))
        bound = bounds[known.name] if holds else None
        levels.append(replace(level, bound=bound))
        holds = holds and bound is not None and level.value <= bound
    objective = tuple(levels) or fresh.objective
    return replace(fresh, objective=objective, proof=proof_of(objective))


def _recounted(level: str, fresh: Timetable, changed: Collection[str]) -> int:
    """Recount a level that weighs no term: sessions left over, or units changed."""
    if level == "changed_units":
        return len(changed)
    return sum(left.sessions for left in fresh.unplaced)


def move(hand: AtHand, desk: RoundDesk, asked: Move, *, pinned: bool) -> str:
    """Take a move into a new timetable at hand; ``pinned`` keeps it when planned again."""
    tried = try_move(hand, asked)
    pins = tuple(pin for pin in hand.told.frame.pins if pin.unit != asked.unit)
    if pinned:
        pins = (*pins, _pin(tried.plan))
    frame = replace(hand.told.frame, pins=tuple(sorted(pins, key=lambda pin: pin.unit)))
    document = _document(hand, frame, tried.timetable)
    return _keep(desk, hand, Made(What.MOVED, document, asked.unit))


def set_pin(hand: AtHand, desk: RoundDesk, unit: str, *, pinned: bool) -> str:
    """Pin a unit where it is, or let it go."""
    plan = hand.told.timetable.plan(unit)
    if plan is None:
        raise NotFound("本轮没有安排这个区县 / the unit has no place in this round")
    pins = tuple(pin for pin in hand.told.frame.pins if pin.unit != unit)
    if pinned:
        pins = (*pins, _pin(plan))
    frame = replace(hand.told.frame, pins=tuple(sorted(pins, key=lambda pin: pin.unit)))
    document = {**hand.document, "problem": frame_json(frame)}
    return _keep(desk, hand, Made(What.PINNED, document, unit))


def _pin(plan: UnitPlan) -> Pin:
    return Pin(plan.unit, plan.dates, plan.teams[0] if len(plan.teams) == 1 else None)


def take_back(desk: RoundDesk, found: StoredRound, seen: str = "") -> str:
    """Undo the last step, where it is still the one that was seen; give what is at hand then."""
    with desk.store.writing(desk.actor, "undo") as book:
        now = find_round(book, found.id)
        refuse_unseen(now, seen)
        return undo(book, now)


def can_take_back(desk: RoundDesk, found: StoredRound) -> bool:
    """Say whether the last step can be undone."""
    with desk.store.reading(desk.actor, "find a revision") as book:
        return bool(found.current) and find_revision(book, found.current).can_undo


def refuse_unseen(found: StoredRound, seen: str) -> None:
    """Refuse a change of what somebody else changed since it was seen; "" asks nothing."""
    if seen and seen != found.current:
        raise Conflict("排期刚被别人改过，请刷新后再改 / changed meanwhile: reload")


def _keep(desk: RoundDesk, hand: AtHand, made: Made) -> str:
    with desk.store.writing(desk.actor, "change a timetable") as book:
        now = find_round(book, hand.found.id)
        refuse_unseen(now, hand.found.current)
        return add_revision(book, now, made)


def _document(hand: AtHand, frame: RoundFrame, table: Timetable) -> dict[str, Any]:
    """Give the document of a timetable that was changed by hand."""
    told, composed = hand.told, composed_from(hand.document)
    table, composed = as_published(table, composed)
    before = hand.before.calendar if hand.before else None
    _, calendar = events_of(frame, table.units, before)
    problem = replace(hand, told=replace(told, frame=frame)).problem()
    report = RoundReport(
        frame,
        table,
        told.offers,
        told.why_not,
        told.strict,
        legs_of(problem, table.units),
        composed,
        told.declared,
        calendar,
        changed_units(problem, table) if hand.before else (),
    )
    return report_json(report) | {STALE: True, "findings": hand.document.get("findings", [])}


def freshened(hand: AtHand) -> dict[str, Any]:
    """Make the offers of a timetable that was changed by hand anew, to be published."""
    report = report_of(hand)
    offers = counter_offers(hand.problem(), report.timetable)
    fresh = replace(report, offers=offers, mark="")
    return report_json(fresh) | {"findings": hand.document.get("findings", [])}


def report_of(hand: AtHand) -> RoundReport:
    """Give the whole report of a timetable on record, for its files."""
    told = hand.told
    return RoundReport(
        told.frame,
        told.timetable,
        told.offers,
        told.why_not,
        told.strict,
        legs_of(hand.problem(), told.timetable.units),
        composed_from(hand.document),
        told.declared,
        told.calendar,
        told.changed,
        told.timetable.fingerprint,
    )


def refuse_unsaid(hand: AtHand, note: str) -> None:
    """Refuse to publish what breaks rules, or leaves units out, without a word on why."""
    table = hand.told.timetable
    if (table.violations or table.unplaced) and not note.strip():
        raise Refused(
            "排期还有违反规则或未安排的区县，公布须写明理由"
            " / rules are broken or units left out: say why it is published"
        )
