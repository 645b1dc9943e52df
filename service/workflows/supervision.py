"""Supervision: one view of the figures for whoever asks, from one release (督导).

A page's map, table, list and downloads are drawn from one ``View`` and nothing else. Whoever may
see the rows gets figures; the city office and auditors get what a release on record tells, made
beside what they were told before. They do not wait for a new one: they get the last at once, with
its time, while one new one is made after the answer.
"""

import time
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock

from casework.access import SYSTEM_ACTOR, Action, Actor, Role
from casework.disclosure import Audience
from casework.errors import NotFound
from casework.supervision import AreaFigures, Measure, ShownArea, show_area, shown_areas
from geo.areas import Gazetteer
from ledger.record.audit import Outcome
from ledger.record.figures import (
    Seat,
    count_now,
    keep_month,
    kept_figures,
    kept_months,
    month_of,
)
from ledger.record.releases import (
    AreaCounts,
    Told,
    areas_of,
    keep_told,
    last_told,
    told_before,
    was_told,
)
from ledger.record.scope import NOT_THERE, Scope
from ledger.record.store import Store
from solver.disclosure import find_narrowed

UNITS, TOWNSHIPS = "unit", "township"
PATIENCE_SECONDS = 30.0
"""How old the city's figures may be before they are made anew; a unit's own are each time."""

MOST_MONTHS = 6
"""So many months a trend goes back."""

_ROWS = (Role.UNIT, Role.TOWNSHIP)
_ALL = Scope.for_actor(SYSTEM_ACTOR, Action.MAP_AGGREGATE)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for; empty is this month, the asker's own area, and what suits it."""

    month: str = ""
    unit: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What one asker gets, all of it from one release.

    Attributes
    ----------
    on
        The day the figures were counted on: today, or when a month that has ended was closed.
    unit
        Code of the unit whose townships these are; empty for the city.
    whole
        The unit itself, or the township's; None for the city, of which no total is told.
    told_at
        When anything of this was told last, while it is to be made anew; None where it is new.
    """

    audience: Audience
    on: date
    month: str
    months: tuple[str, ...]
    unit: str
    by: str
    areas: tuple[ShownArea, ...]
    whole: ShownArea | None
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _UnitTold:
    """What is told of a unit, if anything, and whether it has changed since."""

    told: Told | None
    is_behind: bool


class Supervision:
    """The figures of a store, as anybody may see them.

    With a patience of 0 everybody waits for new figures.
    """

    def __init__(self, store: Store, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._store = store
        self._patience_seconds = patience_seconds
        self._lock = Lock()
        self._counted = ("", float("-inf"))  # in which month and when
        self._told_before = ""
        self._being_told: list[str] = []
        self._told: dict[tuple[str, str], Told] = {}
        self._views: dict[object, tuple[date | None, View]] = {}

    def view(self, actor: Actor, ask: Ask, on: date) -> View:
        """Give what somebody may see of a month.

        Raises
        ------
        NotFound
            When the unit is none of hers, or the month is none with figures.
        Refused
            When such figures are nothing for her role.
        """
        scope = Scope.for_actor(actor, Action.MAP_AGGREGATE)
        own = actor.scope[1] if len(actor.scope) > 1 else ""
        places = Gazetteer.on(on)
        unit = ask.unit or own
        if (own and unit != own) or (unit and not places.has_unit(unit)):
            raise NotFound(NOT_THERE)
        with self._store.looking() as connection:
            months = kept_months(connection, scope)
        is_old = self._refresh(own, on)
        month = ask.month or month_of(on)
        months = months if month_of(on) in months else {month_of(on): on, **months}
        if month not in months:
            raise NotFound("这个月没有统计 / there are no figures of that month")
        day = on if month == month_of(on) else months[month] or _last_day(month)
        by = TOWNSHIPS if unit or ask.by == TOWNSHIPS else UNITS
        if actor.role in _ROWS:
            own_rows = self._own_rows(scope, unit, month, places)
            return View(Audience.OWN_ROWS, day, month, tuple(months), unit, by, *own_rows)
        waits = bool(own) or month != month_of(on) or self._patience_seconds <= 0
        told = self._told_of(unit, month, places, waits)
        areas = self._as_told(told, unit, by, places)
        view = View(Audience.FEDERATION, day, month, tuple(months), unit, by, *areas)
        is_behind = is_old or any(one.is_behind for one in told.values())
        if month != month_of(on) or not is_behind:
            return view
        at = max((one.told.made_at for one in told.values() if one.told), default=None)
        return replace(view, told_at=at, on=months[month] or on)

    def trend(self, actor: Actor, view: View, on: date) -> list[View]:
        """Give the same view of each of the last months, the oldest first.

        Months that the city was not told of yet are left for after the answer.
        """
        wanted = [month for month in view.months if month <= view.month][:MOST_MONTHS]
        if view.audience is not Audience.OWN_ROWS and self._patience_seconds > 0:
            told = (m for m in wanted if m not in self._being_told and self._was_told(m))
            wanted = [view.month, *(m for m in told if m != view.month)]
        asked = (Ask(month, view.unit, view.by) for month in reversed(wanted))
        return [view if ask.month == view.month else self._kept(actor, ask, on) for ask in asked]

    def _kept(self, actor: Actor, ask: Ask, on: date) -> View:
        """Give a view of another month, remembered while that month's figures stay."""
        key = (actor.role, actor.scope, ask)
        with self._store.looking() as connection:
            scope = Scope.for_actor(actor, Action.MAP_AGGREGATE)
            day = kept_months(connection, scope).get(ask.month)
        known = self._views.get(key)
        if known is None or known[0] != day:
            known = self._views[key] = (day, self.view(actor, ask, on))
        return known[1]

    def make_anew(self, on: date, must: bool = False) -> None:
        """Count every unit, if it is time, and tell the city what changed; never two at once.

        Whoever must have it waits for whoever is at it; others leave it to her.
        """
        if not self._lock.acquire(blocking=must):
            return
        try:
            if self._is_due(on):
                self._count("", on)
                self._counted = (month_of(on), time.monotonic())
            self._told_of("", month_of(on), Gazetteer.on(on), waits=True)
        finally:
            self._lock.release()

    def tell_months(self, on: date) -> None:
        """Tell the city of each month that is kept and was never told, the oldest first."""
        if self._told_before == month_of(on) or not self._lock.acquire(blocking=False):
            return
        try:
            with self._store.looking() as connection:
                months = kept_months(connection, _ALL)
            earlier = sorted(months.keys() - {month_of(on)})
            self._being_told = [month for month in earlier if not self._was_told(month)]
            while self._being_told:
                self.tell_month(self._being_told[0], on)
                del self._being_told[0]
            self._told_before = month_of(on)
        finally:
            self._lock.release()

    def tell_month(self, month: str, on: date) -> None:
        """Tell the city of a month that has ended, before a later one is told."""
        self._told_of("", month, Gazetteer.on(on), waits=True)

    def _refresh(self, own: str, on: date) -> bool:
        """Count anew what is not left for after the answer; tell whether anything is left so."""
        if own:
            self._count(own, on)
            return False
        if self._patience_seconds <= 0 or not self._was_told(month_of(on)):
            self.make_anew(on, must=True)
            return False
        return self._is_due(on)

    def _was_told(self, month: str) -> bool:
        if any(month == of for _, of in self._told):
            return True
        with self._store.looking() as connection:
            return was_told(connection, Audience.FEDERATION, month)

    def _is_due(self, on: date) -> bool:
        month, at = self._counted
        return month != month_of(on) or time.monotonic() - at >= self._patience_seconds

    def _count(self, unit: str, on: date) -> None:
        """Let this month's kept figures be those of now, where they are not."""
        month = month_of(on)
        with self._store.looking() as connection:
            counted = count_now(connection, _ALL, on, unit)
            kept = kept_figures(connection, _ALL, month, unit)
        if counted != kept:
            with self._store.writing(SYSTEM_ACTOR, "supervision") as book:
                keep_month(book, month, unit, counted, on)

    def _own_rows(
        self, scope: Scope, unit: str, month: str, places: Gazetteer
    ) -> tuple[tuple[ShownArea, ...], ShownArea]:
        with self._store.looking() as connection:
            counts = _by_area(kept_figures(connection, scope, month, unit), unit, places)
        codes = [t.code for t in places.roster_townships(unit)]
        if len(scope.actor.scope) > 2:
            here = scope.actor.scope[2]
            codes, counts = [here], {here: counts[here]} if here in counts else {}
        whole = counts.pop(unit, None) if len(scope.actor.scope) == 2 else None
        figures = [
            AreaFigures(code, _name(places, code), unit, counts.get(code))
            for code in dict.fromkeys((*codes, *counts))
        ]
        areas, _ = shown_areas(figures, Audience.OWN_ROWS, find_narrowed)
        if len(scope.actor.scope) > 2:
            return areas, areas[0]
        total, _ = shown_areas(
            [AreaFigures(unit, places.unit(unit).name, "", whole)],
            Audience.OWN_ROWS,
            find_narrowed,
        )
        return areas, total[0]

    def _told_of(
        self, unit: str, month: str, places: Gazetteer, waits: bool
    ) -> dict[str, _UnitTold]:
        """Give what is told of each unit: of what it is now, or else what was told last."""
        with self._store.looking() as connection:
            figures = kept_figures(connection, _ALL, month, unit)
        by_unit: dict[str, dict[Seat, Mapping[Measure, int]]] = {}
        for seat, counts in figures.items():
            by_unit.setdefault(seat.unit, {})[seat] = counts
        found = {}
        for code in [unit] if unit else [one.code for one in places.units]:
            counted = _by_area(by_unit.get(code, {}), code, places)
            told = self._release(code, month, counted, waits) if counted else None
            found[code] = _UnitTold(told, told is not None and not _tells(told, counted))
        return found

    def _as_told(
        self, told: Mapping[str, _UnitTold], unit: str, by: str, places: Gazetteer
    ) -> tuple[tuple[ShownArea, ...], ShownArea | None]:
        wholes, parts = [], []
        for code, one in told.items():
            counts = one.told.counts if one.told else {}
            wholes.append(_as_shown(code, "", one.told, places))
            codes = [t.code for t in places.roster_townships(code)]
            known = [area for area in counts if area != code]
            parts += [
                _as_shown(each, code, one.told, places) for each in dict.fromkeys((*codes, *known))
            ]
        if unit:
            return tuple(parts), wholes[0]
        if by == UNITS:
            return tuple(wholes), None
        # Names of townships come up in several units.
        named = {code: places.unit(code).name for code in told}
        return tuple(replace(one, name=f"{named[one.within]}{one.name}") for one in parts), None

    def _release(self, unit: str, month: str, counts: AreaCounts, waits: bool) -> Told:
        """Give what is told of a unit in a month; what is new is kept before it is told."""
        known = self._told.get((unit, month))
        if known is None or known.counts != counts:  # another process may have told it meanwhile
            with self._store.looking() as connection:
                known = last_told(connection, Audience.FEDERATION, unit, month)
        if known is None or (waits and not _tells(known, counts)):
            known = self._publish(unit, month, counts)
        self._told[unit, month] = known
        return known

    def _publish(self, unit: str, month: str, counts: AreaCounts) -> Told:
        """Tell anew; what another process tells meanwhile is what this is then made beside."""
        areas = areas_of(unit, counts, {})
        while True:
            with self._store.looking() as connection:
                before = told_before(connection, Audience.FEDERATION, unit)
            earlier = [(told.table, told.release) for told in before]
            _, release = shown_areas(areas, Audience.FEDERATION, find_narrowed, earlier)
            with self._store.writing(SYSTEM_ACTOR, "supervision") as book:
                newest = last_told(book.connection, Audience.FEDERATION, unit)
                if newest is None or (before and newest.made_at == before[-1].made_at):
                    keep_told(book, Audience.FEDERATION, unit, month, counts, release)
                    told = last_told(book.connection, Audience.FEDERATION, unit, month)
                    assert told is not None
                    return told
                facts = {"unit": unit, "month": month}
                book.note("figures_tell", "release", (), Outcome.CONFLICT, **facts)
            if newest.month == month and _tells(newest, counts):
                return newest


def _tells(told: Told, counts: AreaCounts) -> bool:
    return told.counts == counts and told.tells_all


def _by_area(
    figures: Mapping[Seat, Mapping[Measure, int]], unit: str, places: Gazetteer
) -> dict[str, Mapping[Measure, int]]:
    """Give counts by code, with the unit's own sums; nothing where nothing is on record.

    A township that is not in the list, and may be anything that somebody wrote, is one area.
    """
    found: dict[str, dict[Measure, int]] = {}
    for seat, counts in sorted(figures.items()):
        code = seat.township if places.has_township(seat.township) else unknown_township(unit)
        _add(found.setdefault(code, {}), counts)
        _add(found.setdefault(unit, {}), counts)
    return dict(found)


def unknown_township(unit: str) -> str:
    """Give the code under which a unit's rows stand whose township is in no list (镇街不明)."""
    return f"{unit}-"


def _add(to: dict[Measure, int], counts: Mapping[Measure, int]) -> None:
    for measure, count in counts.items():
        to[measure] = to.get(measure, 0) + count


def _as_shown(code: str, within: str, told: Told | None, places: Gazetteer) -> ShownArea:
    name = _name(places, code)
    if told is None:
        return ShownArea(code, name, within, None)
    return show_area(AreaFigures(code, name, within, told.counts.get(code)), told.release)


def _name(places: Gazetteer, code: str) -> str:
    if places.has_township(code):
        return places.township(code).name
    if places.has_unit(code):
        return places.unit(code).name
    return "镇街不明"


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def told_measures(view: View, order: tuple[Measure, ...]) -> Iterator[Measure]:
    """Give the measures of which anything is told in a view, in this order."""
    for measure in order:
        if any(area.shown and measure in area.shown for area in view.areas):
            yield measure
