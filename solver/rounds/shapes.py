"""Shapes: the runs of days on which n days of sessions can stand, by first day.

Indices: s is a day of the window, from 0. A shape is about days alone; who, where and
whether it is permitted comes after.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from casework.round_rules import Consecutive, Round

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

NO_GAP = 10**6


@dataclass(frozen=True, slots=True)
class Shape:
    """Blocks of ``days`` session days, by first day; every array has one entry a day.

    Attributes
    ----------
    last
        Last day of the block; -1 where no block starts.
    head, tail, longest
        Length of its first, last and longest run of directly following days.
    home_gaps, stay_nights
        Pauses inside over which the team goes home; nights out over those it stays away.
    shortest_home_gap_days
        Shortest pause over which it goes home; large where there is none.
    head_gap_days
        The first pause inside; large where there is none.
    rested
        Whether every pause inside gives the rest the run before it needs.
    """

    days: int
    last: Ints
    head: Ints
    tail: Ints
    longest: Ints
    home_gaps: Ints
    stay_nights: Ints
    shortest_home_gap_days: Ints
    head_gap_days: Ints
    rested: Bools


def allowed_mask(rules: Round) -> Bools:
    """Tell for each day of the window whether the round holds sessions on it."""
    return np.array([rules.is_allowed(day) for day in rules.days()], dtype=bool)


def stay_days(rules: Round) -> int:
    """Give the longest pause over which a team stays away, 0 when it always goes home."""
    return 0 if rules.home_on_idle_days else rules.stay_away_days


def shape_of(days: int, allowed: Bools, rules: Round) -> Shape:
    """Lay blocks of so many session days on the window."""
    size = len(allowed)
    last, head, tail, longest, home, nights = (np.full(size, -1, np.int64) for _ in range(6))
    gap, head_gap = (np.full(size, NO_GAP, np.int64) for _ in range(2))
    rested = np.ones(size, dtype=bool)
    usable = np.flatnonzero(allowed)
    across = rules.consecutive_in is Consecutive.ALLOWED_DAYS
    for k in range(len(usable) - days + 1):
        block = usable[k : k + days]
        s = block[0]
        if not across and block[-1] - s != days - 1:
            continue
        runs, gaps = _runs_and_gaps(block)
        away = [g for g in gaps if g > stay_days(rules)]
        last[s], head[s], tail[s], longest[s] = block[-1], runs[0], runs[-1], max(runs)
        home[s] = len(away)
        nights[s] = sum(runs) - len(runs) + sum(g + 1 for g in gaps if g <= stay_days(rules))
        gap[s], head_gap[s] = min(away, default=NO_GAP), gaps[0] if gaps else NO_GAP
        rested[s] = all(
            g >= rules.rest_days or run < rules.rest_after_days
            for run, g in zip(runs, gaps, strict=False)
        )
    return Shape(days, last, head, tail, longest, home, nights, gap, head_gap, rested)


def _runs_and_gaps(block: Ints) -> tuple[list[int], list[int]]:
    """Give lengths of the runs of directly following days, and of the pauses between them."""
    breaks = np.flatnonzero(np.diff(block) > 1)
    edges = [0, *(breaks + 1), len(block)]
    runs = [int(b - a) for a, b in pairwise(edges)]
    gaps = [int(block[b + 1] - block[b] - 1) for b in breaks]
    return runs, gaps
