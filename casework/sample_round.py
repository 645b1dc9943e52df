"""A made-up counselling round from a seed: wishes with the quirks of real forms, and teams.

Declared dates cluster on weekends as they do in life; about one in ten is left open (待定),
one in twelve lies outside the window, one in eight is not consecutive, one in seven stands on
a workday. The same seed gives the same round on every machine.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from random import Random

from casework.round_rules import Round
from casework.rounds import Team, Wish
from casework.workdays import SATURDAY, is_rest_day
from geo.place import Place

OPEN, OUTSIDE, APART, WORKDAY = 0.10, 0.08, 0.12, 0.15
ATTENDANCE = 0.6


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit that takes part: where its sessions are, and its children of 6 and over."""

    unit: str
    name: str
    place: Place
    group: str
    children: int


def make_wishes(
    seats: Sequence[Seat], rules: Round, sessions: int, seed: int, area: str = ""
) -> tuple[Wish, ...]:
    """Make one wish a seat, with so many sessions in all (at least one each)."""
    rng = Random(seed)
    counts = share_sessions([seat.children for seat in seats], sessions)
    wishes = []
    for seat, count in zip(seats, counts, strict=True):
        children = round(seat.children * ATTENDANCE)
        people = round(children * (1 + rng.uniform(1.0, 1.6)))
        wishes.append(
            Wish(
                seat.unit,
                seat.name,
                seat.place,
                seat.group,
                count,
                _declared(rng, rules, ceil(count / rules.sessions_per_day)),
                people=people,
                venue=f"{seat.name}会场",
                area=area,
            )
        )
    return tuple(wishes)


def make_teams(
    bases: Sequence[Seat], rules: Round, count: int, seed: int, area: str = ""
) -> tuple[Team, ...]:
    """Make so many teams, based in turn at the given seats, each off on a few days."""
    rng = Random(seed * 7919 + 1)
    days = rules.days()
    return tuple(
        Team(
            f"T{n + 1:02d}{area}",
            f"{area}第{n + 1}团辅队",
            bases[n % len(bases)].place,
            bases[n % len(bases)].group,
            frozenset(rng.sample(days, min(4, len(days)))),
            area=area,
        )
        for n in range(count)
    )


def share_sessions(children: Sequence[int], sessions: int) -> list[int]:
    """Share sessions out by children: one each first, then always to the fullest rooms."""
    counts = [1] * len(children)
    for _ in range(sessions - len(children)):
        fullest = max(range(len(children)), key=lambda n: (children[n] / counts[n], -n))
        counts[fullest] += 1
    return counts


def _declared(rng: Random, rules: Round, days: int) -> tuple[date, ...]:
    """Declare dates as a unit would, quirks included."""
    quirk = rng.random()
    if quirk < OPEN:
        return ()
    window = rules.days()
    fitting = window[: len(window) - days + 1] or window[:1]
    weekend = [day for day in fitting if day.weekday() == SATURDAY and is_rest_day(day)]
    starts = weekend or list(fitting)
    if rng.random() < WORKDAY:
        starts = [day for day in fitting if not is_rest_day(day)] or starts
    first = rng.choice(starts)
    block = [first + timedelta(days=n) for n in range(days)]
    if quirk < OPEN + OUTSIDE:
        late = rules.window_end - first + timedelta(days=rng.randint(1, 10))
        return tuple(day + late for day in block)
    if quirk < OPEN + OUTSIDE + APART and days > 1:
        block[-1] += timedelta(days=7)
    return tuple(block)
