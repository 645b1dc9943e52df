"""The backward programme over trips: from the last day back, the cheapest way on from each stint.

It is walked at every pricing. All teams go side by side, a day at a time, and only the stints
that end or begin on the day are looked at: after the levels of dates alone these are few.
Arrays are by (team j, place k of a part in the team's list, day); ``run`` is the length of the
run of working days so far. Every sum stays a whole number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.rounds.costs import FAR
from solver.rounds.shapes import Bools, Ints

Days = tuple[tuple[NDArray[np.intp], ...], ...]
"""For each day, the teams and places of some stints."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What a stint does to a run of working days, the same under all prices.

    Attributes
    ----------
    ending, beginning
        The stints that end and that begin on each day.
    last
        Last day, (team, place, day).
    after
        For each day the runs after its beginning stints, by the run before; -1 where the stint
        may not follow on that run.
    free_days
        For each run, the days that stay free after a trip that ends with it.
    go_on
        For each pause from 0 days on and each run, whether a trip may go on over it.
    """

    ending: Days
    beginning: Days
    last: Ints
    after: tuple[Ints, ...]
    free_days: Ints
    go_on: Bools


def steps_of(
    stints: tuple[Bools, Ints, Ints, Ints, Ints, Ints],
    rules: tuple[int, int, int],
    free_days: Ints,
    pauses: int,
) -> Steps:
    """Lay out what does not change with prices.

    Parameters
    ----------
    stints
        Arrays can, last, days, head, tail, head_gap.
    rules
        The longest run, the run after which rest is due, and the days of that rest.
    pauses
        How many lengths of pause a trip may go on over, from 0 days.
    """
    can, last, days, head, tail, head_gap = stints
    longest, rest_after, rest = rules
    size, run = can.shape[2], np.arange(longest + 1)
    ends = np.zeros(can.shape, dtype=bool)
    j, k, s = np.nonzero(can)
    ends[j, k, last[j, k, s]] = True
    beginning, after = [], []
    for day in range(size):
        j, k = np.nonzero(can[:, :, day])
        whole = (head[j, k, day] == days[j, k, day])[:, None]
        first = run + head[j, k, day][:, None]
        tired = ~whole & (first >= rest_after) & (head_gap[j, k, day] < rest)[:, None]
        beyond = (run > 0) & (first > longest)
        beginning.append((j, k))
        after.append(
            np.where(tired | beyond, -1, np.where(whole, first, tail[j, k, day][:, None]))
        )
    go_on = np.ones((pauses, longest + 1), dtype=bool)
    for gap in range(1, pauses):
        go_on[gap] = (run < rest_after) | (gap >= rest)
    ending = tuple(np.nonzero(ends[:, :, day]) for day in range(size))
    return Steps(ending, tuple(beginning), last, tuple(after), free_days, go_on)


def walk_back(steps: Steps, prices: tuple[Ints, Ints, Ints], links: Ints, value: Ints) -> None:
    """Fill in ``value``, the cheapest ways on, the last day first.

    Parameters
    ----------
    prices
        Of a stint and of ending a trip, (team, place, day); of all days before a day.
    links
        By (pause, team, place, place).
    value
        To fill: ways on from before a stint, (team, place, day, run).
    """
    stint, end, before = prices
    teams, places, size = stint.shape
    onward = np.full((teams, places, size, value.shape[3]), FAR, np.int64)
    for day in range(size - 1, -1, -1):
        j, k = steps.ending[day]
        if len(j):
            onward[j, k, day] = _go_on(day, steps, (end, before), links, value)
        j, k = steps.beginning[day]
        if len(j):
            after = steps.after[day]
            reach = onward[j, k, steps.last[j, k, day]]
            way = stint[j, k, day][:, None] + np.take_along_axis(reach, after.clip(0), axis=1)
            value[j, k, day] = np.where(after < 0, FAR, np.minimum(way, FAR))


def _go_on(day: int, steps: Steps, prices: tuple[Ints, Ints], links: Ints, value: Ints) -> Ints:
    """Weigh, for stints that end on a day, going home against going on, by (stint, run)."""
    end, before = prices
    j, k = steps.ending[day]
    until = np.minimum(day + 1 + steps.free_days, before.shape[1] - 1)
    best: Ints = end[j, k, day][:, None] + before[j][:, until] - before[j, day + 1][:, None]
    best[:, 0] = FAR
    for gap, may in enumerate(steps.go_on):
        later = day + 1 + gap
        if later >= len(steps.beginning) or not len(steps.beginning[later][0]):
            continue
        goals = np.unique(steps.beginning[later][1])
        link, ways = links[gap][j[:, None], k[:, None], goals], value[:, goals, later]
        if gap == 0:
            found = (link[:, :, None] + ways[j]).min(axis=1)
        else:
            found = (link + ways[j, :, 0]).min(axis=1)[:, None]
        best = np.where(may, np.minimum(best, found), best)
    return best
