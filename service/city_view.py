"""The city's first page: what waits for the city office today, worst first (市级今日要办).

Declarations and their deadline, the round's state, closures that hit a session, and of the
units' figures only what a release tells the city.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from casework.access import Role
from casework.rollup import Rollup, State
from casework.rounds import EVERYWHERE, Closure
from casework.supervision import Measure, ShownArea, in_words, worst_first
from ledger.record.accounts import list_accounts
from ledger.record.round_voices import Answer, answers_of
from ledger.record.rounds import all_rounds, document_of, published
from service.collection_desk import CollectionDesk
from service.today_view import Waiting
from service.words import Words
from service.workflows.ledgers import today
from service.workflows.rounds_setup import RoundDesk, frame_of
from service.workflows.supervision import View

NAMED = 4
"""So many units are named on a line; the page behind it has them all."""
NEAR_DAYS, URGENT_DAYS, SOON_DAYS = 60, 3, 7


def city_view(
    desk: RoundDesk, collection: CollectionDesk, view: View, lang: str
) -> dict[str, Any]:
    """Give what the page shows."""
    words, on = Words(lang), today()
    lines = [
        *_first(desk, view),
        *_declarations(collection, on, words),
        *_round(desk, collection, on, words),
        *_figures(view, words),
    ]
    return {
        "lines": sorted(lines, key=lambda line: not line.is_urgent),
        "on": on,
        "told_at": view.told_at,
        "counts": None,
        "tasks": (),
        "is_empty": False,
    }


def _first(desk: RoundDesk, view: View) -> Iterator[Waiting]:
    """Say what comes before all else in a new installation: the units need accounts."""
    if any(area.shown is not None for area in view.areas):
        return
    with desk.store.reading(desk.actor, "GET /") as book:
        units = [one for one in list_accounts(book) if one.role is Role.UNIT]
    if not units:
        yield Waiting("city_no_accounts", 0, "/accounts")


def _names(names: list[str], words: Words) -> str:
    more = words("today_and_more", n=len(names)) if len(names) > NAMED else ""
    return words.pick("、", ", ").join(names[:NAMED]) + more


def _declarations(collection: CollectionDesk, on: date, words: Words) -> Iterator[Waiting]:
    """Say who has not declared, while the round is being collected or held."""
    rules = collection.terms.rules
    due = rules.due_on
    if not due - timedelta(days=NEAR_DAYS) <= on <= rules.round.window_end:
        return
    rollup = collection.rollup(collection.today, due)
    missing = [line.unit.name for line in rollup.of(State.MISSING)]
    days = (due - on).days
    if missing:
        when = words("today_days_left" if days >= 0 else "today_days_late", n=abs(days), due=due)
        hint = f"{when} {_names(missing, words)}"
        yield Waiting(
            "city_missing", len(missing), "/declarations", days <= URGENT_DAYS, hint=hint
        )
    doubt = _in_doubt(rollup)
    if doubt:
        yield Waiting("city_doubt", len(doubt), "/declarations", hint=_names(doubt, words))


def _in_doubt(rollup: Rollup) -> list[str]:
    return [line.unit.name for line in rollup.of(State.IN_DOUBT)]


def _round(
    desk: RoundDesk, collection: CollectionDesk, on: date, words: Words
) -> Iterator[Waiting]:
    """Say how the newest round stands."""
    with desk.store.reading(desk.actor, "GET /") as book:
        found = next(iter(all_rounds(book)), None)
        if found is None or not found.current:
            teams = len(frame_of(found).teams) if found else 0
            hint = words("today_so_far", forms=collection.forms(), teams=teams)
            yield Waiting("city_no_round", 0, "/round/setup", hint=hint)
            return
        last = next(iter(published(book, found.id)), None)
        document = document_of(book, last.id) if last else None
        answers = answers_of(book, found.id)
    if last is None or last.id != found.current:
        yield Waiting("city_to_publish", 0, "/round/publish")
    if document is None:
        return
    units = document["units"]
    hit = [u["name"] for u in units if _hits(frame_of(found).closures, u, on)]
    if hit:
        yield Waiting("city_hit", len(hit), "/round/again", True, hint=_names(hit, words))
    left = [u["name"] for u in document["unplaced"]]
    if left:
        yield Waiting("city_unplaced", len(left), "/round/plan", hint=_names(left, words))
    ends = max((s["date"] for u in units for s in u["sessions"]), default="")
    if ends < on.isoformat():
        return
    names = {u["unit"]: u["name"] for u in units}
    other = [names[u] for u, said in answers.items() if _asks_other(u, said, names)]
    if other:
        yield Waiting("city_other", len(other), "/round/publish", hint=_names(other, words))
    silent = [name for unit, name in names.items() if unit not in answers]
    if silent:
        yield Waiting("city_silent", len(silent), "/round/publish", hint=_names(silent, words))
    yield from _soon(units, on, words)


def _asks_other(unit: str, given: Any, names: Mapping[str, str]) -> bool:
    return unit in names and given.said.answer is Answer.OTHER


def _hits(closures: tuple[Closure, ...], unit: Mapping[str, Any], on: date) -> bool:
    """Whether a closure falls on a session that is still to come."""
    days = {date.fromisoformat(session["date"]) for session in unit["sessions"]}
    return any(
        each.unit in (unit["unit"], EVERYWHERE) and each.first <= day <= each.last
        for each in closures
        for day in days
        if day >= on
    )


def _soon(units: list[Mapping[str, Any]], on: date, words: Words) -> Iterator[Waiting]:
    until = (on + timedelta(days=SOON_DAYS)).isoformat()
    soon = [
        (session["date"], unit["name"])
        for unit in units
        for session in unit["sessions"]
        if on.isoformat() <= session["date"] <= until
    ]
    if soon:
        named = _names(list(dict.fromkeys(name for _, name in sorted(soon))), words)
        yield Waiting("city_soon", len(soon), "/round/plan", hint=named)


def _figures(view: View, words: Words) -> Iterator[Waiting]:
    """Say in which units figures ask for somebody, as the city is told them."""
    for name, measure in (("city_left", Measure.LEFT), ("city_stale", Measure.STALE)):
        worst = [area for area in worst_first(view.areas, measure) if _some(area, measure)]
        if worst:
            told = [f"{a.name} {in_words((a.shown or {})[measure], words.lang)}" for a in worst]
            address = f"/supervision?layer={measure}"
            yield Waiting(name, len(worst), address, hint=_names(told, words))
    unknown = [area.name for area in view.areas if area.shown is None]
    if unknown:
        hint = _names(unknown, words)
        yield Waiting("city_unknown", len(unknown), "/supervision", hint=hint)


def _some(area: ShownArea, measure: Measure) -> bool:
    told = (area.shown or {}).get(measure)
    return told is not None and told.low > 0
