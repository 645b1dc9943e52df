"""Pricing: look at every arc of the complete graph with the duals of a placing (对偶定价).

Block by block, so memory stays small. Names of areas bound the cost of an arc from below, the
sphere bounds its metres, and only arcs that neither rules out are measured exactly. A placing
is cheapest over the complete graph when nothing has a negative reduced cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from solver.pairs.flow import Placing
from solver.pairs.homes import Bools, Ints
from solver.pairs.landscape import ArcCosts, Landscape

_CELLS_AT_ONCE = 1 << 18
_SAFE = 2**62


class Prices:
    """Duals with their first two levels in one number, so that a block is one comparison."""

    def __init__(self, landscape: Landscape, placing: Placing) -> None:
        (u_cover, u_rungs, self.u_metres), (v_cover, v_rungs, self.v_metres) = placing.u, placing.v
        widest = landscape.dearest + _most(u_rungs) + _most(v_rungs)
        self.weight = 2 * widest + 1
        given_up = landscape.price.children[1] * int(landscape.stands.max(initial=0))
        if self.weight * (_most(u_cover) + _most(v_cover) + given_up + 1) >= _SAFE:
            raise ArithmeticError("the duals do not fit 64 bits: the problem is too large")
        self.u = u_cover * self.weight + u_rungs
        self.v = v_cover * self.weight + v_rungs

    def reduced(self, i: Ints, j: Ints, costs: ArcCosts) -> tuple[Ints, Ints]:
        """Return the reduced costs of arcs, to be read lexicographically."""
        return (
            costs.given_up * self.weight + costs.rungs - self.u[i] - self.v[j],
            costs.metres - self.u_metres[i] - self.v_metres[j],
        )


@dataclass(frozen=True, slots=True, eq=False)
class TightArcs:
    """Arcs of reduced cost 0: those that a cheapest placing may use.

    Attributes
    ----------
    rows
        For each group a number whose bit j stands for caregiver j.
    farthest_m
        For each group, by caregiver, the metres charged for its farthest child, where measured;
        every other tight arc is charged the reach.
    """

    rows: list[int]
    farthest_m: list[dict[int, int]]


def cheaper_arcs(landscape: Landscape, prices: Prices, groups: Ints, most: int) -> Ints:
    """Return arcs of negative reduced cost as keys: some of each group that has any.

    None, when all groups were looked at, proves the placing cheapest.

    Parameters
    ----------
    groups
        Groups to look at, in order.
    most
        Arcs to look for at once in a group.
    """
    found = []
    for block in _blocks(landscape, prices, groups):
        row, j = np.nonzero(block.below)
        chosen = _spread(row, block.groups, most)
        found.append(landscape.keys(block.groups[row[chosen]], j[chosen]))
        found.append(_cheaper_measured(landscape, prices, block, most))
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))


def tight_arcs(landscape: Landscape, prices: Prices) -> TightArcs:
    """Return all arcs of reduced cost 0 in the complete graph."""
    rows: list[int] = []
    farthest: list[dict[int, int]] = []
    for block in _blocks(landscape, prices, np.arange(landscape.groups)):
        row, j = _promising(landscape, prices, block)
        costs = landscape.arcs(block.groups[row], j)
        rungs, metres = prices.reduced(block.groups[row], j, costs)
        kept = costs.allowed & (rungs == 0) & (metres == 0)
        tight = block.tight
        tight[row[kept], j[kept]] = True
        packed = np.packbits(tight, axis=1, bitorder="little")
        rows += [int.from_bytes(line.tobytes(), "little") for line in packed]
        known: list[dict[int, int]] = [{} for _ in block.groups]
        measured = row[kept].tolist(), j[kept].tolist(), costs.farthest_m[kept].tolist()
        for at, caregiver, farthest_m in zip(*measured, strict=True):
            known[at][caregiver] = farthest_m
        farthest += known
    return TightArcs(rows, farthest)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Some rows of the complete graph.

    Attributes
    ----------
    below, tight
        Arcs of negative and of zero reduced cost among those that need no measuring.
    open_row, open_caregiver
        Arcs that have to be measured first, by row of the block.
    """

    groups: Ints
    below: Bools
    tight: Bools
    open_row: Ints
    open_caregiver: Ints


def _blocks(landscape: Landscape, prices: Prices, groups: Ints) -> Iterator[_Block]:
    height = max(1, _CELLS_AT_ONCE // max(1, landscape.caregivers))
    for start in range(0, len(groups), height):
        i = groups[start : start + height]
        rungs, allowed = landscape.least_rungs(i)
        reduced = rungs.astype(np.int64) * landscape.rung_weight
        broken = landscape.broken_weight + landscape.price.children[1] * prices.weight
        reduced += (broken * landscape.stands[i] - prices.u[i])[:, None]
        reduced -= prices.v
        hot = (reduced <= 0) & allowed
        measured = hot & landscape.measurable[i, None] & landscape.their_homes.measurable
        _open_standing(landscape, i, allowed, measured)
        hot &= ~measured
        level = hot & (reduced == 0)
        charged = landscape.price.metres[0] * landscape.reach_m * landscape.size[i]
        charged += landscape.price.metres[1] * landscape.stands[i] - prices.u_metres[i]
        slack = np.where(level, charged[:, None] - prices.v_metres, 0)
        row, j = np.nonzero(measured)
        yield _Block(
            groups=i,
            below=(hot & ~level) | (slack < 0),
            tight=level & (slack == 0),
            open_row=row,
            open_caregiver=j,
        )


def _open_standing(landscape: Landscape, i: Ints, allowed: Bools, measured: Bools) -> None:
    """Mark current pairs, which cost less than their row says."""
    first, last = np.searchsorted(landscape.standing[:, 0], np.stack([i, i + 1]))
    for row in np.flatnonzero(first < last):
        j = landscape.standing[first[row] : last[row], 1]
        measured[row, j] = allowed[row, j]


def _promising(landscape: Landscape, prices: Prices, block: _Block) -> tuple[Ints, Ints]:
    """Keep the open arcs whose bounds leave them at or below 0: the lowest of each row first."""
    row, j = block.open_row, block.open_caregiver
    bound = landscape.arcs(block.groups[row], j, bound_only=True)
    rungs, metres = prices.reduced(block.groups[row], j, bound)
    kept = np.flatnonzero(bound.allowed & ((rungs < 0) | ((rungs == 0) & (metres <= 0))))
    order = kept[np.lexsort((metres[kept], rungs[kept], row[kept]))]
    return row[order], j[order]


def _cheaper_measured(landscape: Landscape, prices: Prices, block: _Block, most: int) -> Ints:
    """Find open arcs below 0: the most promising of each group, then all where none of them is."""
    row, j = _promising(landscape, prices, block)
    early = np.arange(len(row)) - np.searchsorted(row, row) < most
    found = _below(landscape, prices, block.groups[row[early]], j[early])
    unsure = ~early & ~np.isin(block.groups[row], found // landscape.caregivers)
    rest = _below(landscape, prices, block.groups[row[unsure]], j[unsure])
    return np.concatenate([found, rest])


def _below(landscape: Landscape, prices: Prices, i: Ints, j: Ints) -> Ints:
    costs = landscape.arcs(i, j)
    rungs, metres = prices.reduced(i, j, costs)
    below = costs.allowed & ((rungs < 0) | ((rungs == 0) & (metres < 0)))
    return landscape.keys(i[below], j[below])


def _spread(row: Ints, groups: Ints, most: int) -> Bools:
    """Choose at most ``most`` arcs of each row, another part of the row for each group."""
    count = np.bincount(row, minlength=len(groups))
    position = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return (position - groups[row] * most) % np.maximum(count, 1)[row] < most


def _most(values: Ints) -> int:
    return int(np.abs(values).max(initial=0))
