"""The backward programme over trips, compiled (numba): it is walked at every pricing.

Arrays are by (team j, place k of a part in the team's list, day); ``run`` is the length of the
run of working days so far. ``rules`` is the longest run, the run after which rest is due, the
days of that rest, and for each run the days that stay free after a trip.
"""

from typing import Any

from numba import njit


@njit(cache=True)
def walk_back(stints: Any, prices: Any, link: Any, rules: Any, found: Any) -> None:
    """Fill in the cheapest ways on, the last day first.

    Parameters
    ----------
    stints
        Arrays can, ends, last, days, head, tail, head_gap.
    prices
        Of a stint and of ending a trip; of all days before a day, by (team, day).
    link
        By (pause, team, place, place).
    found
        To fill: ways on from before a stint and from the end of a day's stint, by (team,
        place, day, run).
    """
    teams, _, size = stints[0].shape
    for j in range(teams):
        for day in range(size - 1, -1, -1):
            _go_on((j, day), stints[1], prices, link, rules, found)
            _begin(j, day, stints, prices[0], rules, found)


@njit(cache=True)
def _go_on(at: Any, ends: Any, prices: Any, link: Any, rules: Any, found: Any) -> None:
    """Weigh, for stints that end on a day, going home against going on."""
    j, day = at
    _, end, before = prices
    longest, rest_after, rest, free = rules
    value, onward = found
    _, places, size = ends.shape
    for k in range(places):
        if not ends[j, k, day]:
            continue
        for run in range(1, longest + 1):
            until = min(day + 1 + free[run], size)
            best = end[j, k, day] + before[j, until] - before[j, day + 1]
            for gap in range(link.shape[0]):
                later = day + 1 + gap
                if later >= size or (gap > 0 and run >= rest_after and gap < rest):
                    continue
                following = run if gap == 0 else 0
                for v in range(places):
                    best = min(best, link[gap, j, k, v] + value[j, v, later, following])
            onward[j, k, day, run] = best


@njit(cache=True)
def _begin(j: int, day: int, stints: Any, stint: Any, rules: Any, found: Any) -> None:
    """Add the stints that begin on a day to the ways on from their ends."""
    can, _, last, days, head, tail, head_gap = stints
    longest, rest_after, rest, _ = rules
    value, onward = found
    for k in range(can.shape[1]):
        if not can[j, k, day]:
            continue
        whole = head[j, k, day] == days[j, k, day]
        for run in range(longest + 1):
            first = run + head[j, k, day]
            tired = not whole and first >= rest_after and head_gap[j, k, day] < rest
            if tired or (run > 0 and first > longest):
                continue
            so_far = first if whole else tail[j, k, day]
            way = stint[j, k, day] + onward[j, k, last[j, k, day], so_far]
            value[j, k, day, run] = min(way, value[j, k, day, run])
