"""Counter-offers: for a unit whose wish is not met, who holds its dates and what is free."""

from collections.abc import Iterable
from itertools import islice

from casework.round_report import CounterOffer as Offer
from casework.round_report import Holder
from casework.rounds import Timetable, UnitPlan, Wish
from solver.rounds.places import Places
from solver.timetable_problem import RoundProblem

ALTERNATIVES = 3


def counter_offers(
    problem: RoundProblem, timetable: Timetable, alternatives: int = ALTERNATIVES
) -> tuple[Offer, ...]:
    """Return an offer for every unit with a wish that is not kept, and for every one left over."""
    places = Places.of(problem)
    unmet = [wish for wish in places.problem.wishes if _is_unmet(wish, timetable)]
    return tuple(_offer(places, wish, timetable, alternatives) for wish in unmet)


def _is_unmet(wish: Wish, timetable: Timetable) -> bool:
    plan = timetable.plan(wish.unit)
    return plan is None or (bool(wish.dates) and not plan.kept)


def _offer(places: Places, wish: Wish, timetable: Timetable, alternatives: int) -> Offer:
    planned = timetable.plan(wish.unit)
    left = next((u.reason_zh for u in timetable.unplaced if u.unit == wish.unit), "")
    free = islice(_others(places.free(wish.unit, timetable.units), planned), alternatives)
    return Offer(
        wish.unit,
        wish.name,
        wish.dates,
        planned,
        _holders(wish, timetable),
        tuple(free),
        planned.reason_zh if planned else left,
    )


def _others(free: Iterable[UnitPlan], planned: UnitPlan | None) -> Iterable[UnitPlan]:
    """Leave out the planned dates and offer each set of dates once, whichever the team."""
    seen = {planned.dates} if planned else set()
    for plan in free:
        if plan.dates not in seen:
            seen.add(plan.dates)
            yield plan


def _holders(wish: Wish, timetable: Timetable) -> tuple[Holder, ...]:
    found = {
        Holder(session.date, session.team, plan.unit, plan.name)
        for plan in timetable.units
        if plan.unit != wish.unit
        for session in plan.sessions
        if session.date in wish.dates
    }
    return tuple(sorted(found, key=lambda h: (h.date, h.team, h.unit)))
