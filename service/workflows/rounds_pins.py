"""Dates fixed before the first plan, judged as they are given (先定日期).

What the declarations and the round's rules say of them is told at once: a date that no plan can
keep would else be known only after planning.
"""

from calendar import month_abbr
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from casework.errors import Refused
from casework.findings import Finding
from casework.rollup import Rollup
from casework.round_notes import wish_of
from casework.round_report import RoundFrame
from casework.round_rules import Consecutive
from casework.rounds import Pin, Wish
from casework.session_dates import read_session_dates
from casework.workdays import consecutive
from geo.areas import Gazetteer
from solver.rounds.words import days_zh
from solver.timetable_problem import RoundProblem, days_needed, parts_of, sessions_a_day


class Why(NamedTuple):
    """Why no plan can keep a date, in both languages."""

    zh: str
    en: str


def wishes_of(frame: RoundFrame, rollup: Rollup) -> dict[str, Wish]:
    """Give what each unit that has declared asks of the round, by unit."""
    notes = {note.unit: note for note in frame.notes}
    found: dict[str, Wish] = {}
    for line in rollup.lines:
        if line.submission is not None:
            form, unit = line.submission.declaration, line.unit
            wish, _ = wish_of(form, unit, notes.get(unit.code), frozenset(), frame.rules)
            if wish is not None:
                found[unit.code] = wish
    return found


def pins_typed(
    frame: RoundFrame, rows: Iterable[Mapping[str, str]], wishes: Mapping[str, Wish]
) -> tuple[Pin, ...]:
    """Read dates that are typed: unit and its days.

    Raises
    ------
    Refused
        When a row cannot be read, or no plan can keep it; the message says which and why.
    """
    gazetteer = Gazetteer.on(frame.rules.window_start)
    found: dict[str, Pin] = {}
    teams = {pin.unit: pin.team for pin in frame.pins}  # a file may have fixed the team too
    for row in rows:
        name, days = row["unit"].strip(), row["dates"].strip()
        if not (name or days):
            continue
        unit = gazetteer.find_unit(name) if name else None
        if unit is None:
            raise Refused(f"没有区县“{name[:20]}”，请写区县名，如 渝中区 / no such unit")
        if unit.code in found:
            raise Refused(f"“{unit.name}”写了两行日期，请只留一行 / {unit.code} stands twice")
        team = teams.get(unit.code)
        dates = None if team and not days else _fixed_days(days, unit.name, frame)
        found[unit.code] = Pin(unit.code, dates, team)
    pins = tuple(found[unit] for unit in sorted(found))
    faults = [(frame.unit_name(pin.unit), why) for pin, why in unkept(frame, pins, wishes)]
    if faults:
        zh = "；".join(f"“{name}”{why.zh}" for name, why in faults)
        raise Refused(f"{zh} / {'; '.join(f'{name}: {why.en}' for name, why in faults)}")
    return pins


def _fixed_days(text: str, name: str, frame: RoundFrame) -> tuple[date, ...]:
    start, end = frame.rules.window_start, frame.rules.window_end
    read = read_session_dates(text or None, start, end)
    if read.refusal or not read.dates:
        raise Refused(f"“{name}”的日期看不懂，请写如 10月16-17日 / write days like 10月16-17日")
    days = tuple(sorted(set(read.dates)))
    if days[0] < start or days[-1] > end:
        raise Refused(f"“{name}”的日期要在 {start} 到 {end} 之间 / choose days within the round")
    return days


def unkept(
    frame: RoundFrame, pins: Iterable[Pin], wishes: Mapping[str, Wish]
) -> Iterator[tuple[Pin, Why]]:
    """Give the pins that no plan can keep as things stand, each with the reason."""
    for pin in pins:
        why = _why_unkept(frame, pin, wishes.get(pin.unit))
        if why:
            yield pin, why


def _why_unkept(frame: RoundFrame, pin: Pin, wish: Wish | None) -> Why | None:
    days, rules = pin.dates or (), frame.rules
    fit = _counts(frame, pin, wish) if wish else set()
    if wish and days and fit and len(days) not in fit:
        counts = list(map(str, sorted(fit)))
        return Why(
            f"申报{wish.sessions}场，要定{'或'.join(counts)}天，现在是{len(days)}天",
            f"{wish.sessions} sessions take {' or '.join(counts)} days, not {len(days)}",
        )
    shut = tuple(day for day in days if not rules.is_allowed(day))
    if shut:
        return Why(f"{days_zh(shut)}本轮不开展", f"no sessions on {_days_en(shut)} in this round")
    across = rules.is_allowed if rules.consecutive_in is Consecutive.ALLOWED_DAYS else None
    if not consecutive(days, across):
        return Why("的日期要连续", "the days must follow one another")
    closed = tuple(d for d in days if any(c.closes(pin.unit, d) for c in frame.closures))
    if closed:
        return Why(f"{days_zh(closed)}停办", f"closed on {_days_en(closed)}")
    teams = [team for team in frame.teams if pin.team in (None, team.team)]
    if teams and all(any(team.is_off(day) for day in days) for team in teams):
        return Why(f"{days_zh(days)}没有在岗的团队", f"every team is off on {_days_en(days)}")
    return None


def _days_en(days: tuple[date, ...]) -> str:
    return ", ".join(f"{day.day} {month_abbr[day.month]}" for day in days)


def _counts(frame: RoundFrame, pin: Pin, wish: Wish) -> set[int]:
    """Give on how many days the unit's sessions can be held, by whichever team."""
    problem = RoundProblem(frame.rules, (wish,), frame.teams)
    parts = parts_of(problem)
    return {
        days_needed(part.sessions, a_day, wish, frame.rules)
        for team in frame.teams
        if pin.team in (None, team.team)
        for part in parts
        for a_day, _ in [sessions_a_day(team, part, parts, frame.rules)]
    }


def pins_taken(
    frame: RoundFrame, given: Iterable[Pin], wishes: Mapping[str, Wish] | None
) -> tuple[tuple[Pin, ...], tuple[Finding, ...]]:
    """Take the dates that a file fixes beside those there are, and tell of the others.

    Parameters
    ----------
    wishes
        What units ask for; None once there is a plan: from then on pins are set in it.
    """
    pins = tuple(given)
    if not pins:
        return frame.pins, ()
    if wishes is None:
        names = "、".join(frame.unit_name(pin.unit) for pin in pins)
        return frame.pins, (Finding("round_pins_in_plan", values={"names": names}),)
    bad = dict(unkept(frame, pins, wishes))
    kept = {pin.unit: pin for pin in (*frame.pins, *(pin for pin in pins if pin not in bad))}
    told = tuple(
        Finding("round_pin_unkept", values=_told(frame.unit_name(pin.unit), why))
        for pin, why in bad.items()
    )
    return tuple(kept[unit] for unit in sorted(kept)), told


def _told(unit: str, why: Why) -> dict[str, object]:
    return {"unit": unit, "why": why.zh, "why_en": why.en}
