"""Candidates: the few arcs a search starts from; pricing adds whatever else matters.

A handful of arcs to each group from every rung of the ladder, spread evenly over the
caregivers of an area so that neighbours do not all look at the same one.
"""

from collections.abc import Iterator

import numpy as np

from casework.proposals import Rung
from geo.nearby import nearest
from solver.pairs.flow import Arcs
from solver.pairs.homes import UNKNOWN_VILLAGE, Bools, Ints
from solver.pairs.landscape import Landscape

PER_AREA = 8
NEAREST = 16


def first_arcs(landscape: Landscape) -> Ints:
    """Return the arcs to start from as keys ``group * caregivers + caregiver``."""
    found = [*_by_name(landscape), _by_point(landscape), landscape.keys(*landscape.standing.T)]
    return np.unique(np.concatenate(found))


def costed(landscape: Landscape, keys: Ints) -> Arcs:
    """Cost the allowed ones of sorted arc keys."""
    group, caregiver = np.divmod(keys, max(1, landscape.caregivers))
    costs = landscape.arcs(group, caregiver)
    kept = costs.allowed
    return Arcs(
        group=group[kept],
        caregiver=caregiver[kept],
        levels=np.stack([costs.given_up[kept], costs.rungs[kept], costs.metres[kept]]),
        left_out=landscape.out_levels(),
        places=landscape.places,
    )


def _by_point(landscape: Landscape) -> Ints:
    first = landscape.first_strands
    groups = np.flatnonzero(landscape.homes.measurable[first])
    caregivers = np.flatnonzero(landscape.their_homes.measurable & (landscape.places > 0))
    near = nearest(
        landscape.homes.lonlat[first][groups], landscape.their_homes.lonlat[caregivers], NEAREST
    )
    return landscape.keys(groups[near.from_index], caregivers[near.to_index])


def _by_name(landscape: Landscape) -> Iterator[Ints]:
    """Give arcs inside the village, the township, the neighbouring townships and the unit."""
    open_ = landscape.places > 0
    theirs, first = landscape.their_homes, landscape.first_strands
    village, township = landscape.homes.village[first], landscape.homes.township[first]
    unit = landscape.homes.unit[first]
    for area in np.unique(village[village != UNKNOWN_VILLAGE]):
        yield _spread(landscape, village == area, open_ & (theirs.village == area))
    for area in np.unique(township):
        rungs = landscape.township_rows[area]
        for rung in (Rung.SAME_TOWNSHIP, Rung.NEIGHBOURING_TOWNSHIP):
            yield _spread(landscape, township == area, open_ & (rungs == rung))
    for area in np.unique(unit):
        yield _spread(landscape, unit == area, open_ & (theirs.unit == area))


def _spread(landscape: Landscape, groups: Bools, caregivers: Bools) -> Ints:
    """Give each of some groups a window of some caregivers, each window one further on."""
    i, j = np.flatnonzero(groups), np.flatnonzero(caregivers)
    width = min(PER_AREA, len(j))
    if not width:
        return i[:0]
    offset = np.arange(len(i))[:, None] + np.arange(width)
    return landscape.keys(np.repeat(i, width), j[offset.ravel() % len(j)])
