"""Ties: which of the equally cheap placings is the answer (decision 3).

The one with the smaller worst distance, then the evener load, then the least vector of
caregivers in the order of the groups.

Tight arcs are those that a cheapest placing may use, so one cheapest placing turns into any
other by moves along them: a group moves to another caregiver, who passes one of hers on, and so
on, until the place that was left is filled or a free place takes the last. Each rule is a
search for such moves; where there are none the rule is proven to hold.
"""

from collections.abc import Callable, Iterator

from solver.pairs.board import Board, Move, bits
from solver.pairs.pricing import TightArcs


class _Search:
    """Moves that hand one surplus group on, from some caregivers to a goal.

    Attributes
    ----------
    seen
        All who were reached: without the goal, no moves lead out of them.
    """

    def __init__(self, board: Board, within: int, jumps: Callable[[int], int]) -> None:
        self._board = board
        self._within = within
        self._jumps = jumps
        self._steps: list[tuple[int, int, int | None]] = []
        self.seen = 0

    def reach(self, start: int, goal: int) -> tuple[int, list[Move]] | None:
        """Return a caregiver of the start and the moves from her to the goal."""
        self.seen = layer = start
        while layer and not self.seen & goal:
            layer = self._next_layer(layer, goal)
        hit = self.seen & goal
        return self._trace(next(bits(hit))) if hit else None

    def _next_layer(self, layer: int, goal: int) -> int:
        """Reach everybody one move on, or stop at the goal."""
        before = self.seen
        for a in bits(layer):
            for group, reached in self._next(a):
                new = reached & self._within & ~self.seen
                if new:
                    self._steps.append((new, a, group))
                    self.seen |= new
                    if new & goal:
                        return 0
        return self.seen & ~before

    def _next(self, a: int) -> Iterator[tuple[int | None, int]]:
        for group in self._board.members[a]:
            yield group, self._board.tight[group]
        yield None, self._jumps(a)

    def _trace(self, j: int) -> tuple[int, list[Move]]:
        moves = []
        for new, a, group in reversed(self._steps):
            if new >> j & 1:
                if group is not None:
                    moves.append((group, j))
                j = a
        return j, moves


def lessen_worst(board: Board, arcs: TightArcs, reach_m: int, settled_m: int) -> int:
    """Make the worst distance as small as it can be, return it, and keep only arcs up to it.

    Parameters
    ----------
    settled_m
        Worst distance among the pairs settled before: below it nothing is gained.
    """
    out = 1 << board.left_out

    def charge(i: int, j: int) -> int:
        return 0 if j == board.left_out else arcs.farthest_m[i].get(j, reach_m)

    def any_with_room(j: int) -> int:
        return anyone if board.load_if_roomy(j) is not None else 0

    anyone = sum(board.with_load.values())
    while True:
        charges = [charge(i, j) for i, j in enumerate(board.holder)]
        worst = max(charges, default=0)
        if worst <= settled_m:
            board.tight = [_no_farther(arcs, i, settled_m, reach_m, out) for i in _all(board)]
            return settled_m
        board.tight = [_no_farther(arcs, i, worst - 1, reach_m, out) for i in _all(board)]
        for i in (i for i, m in enumerate(charges) if m == worst):
            if charge(i, board.holder[i]) < worst:
                continue
            found = _Search(board, -1, any_with_room).reach(board.tight[i], 1 << board.holder[i])
            if found is None:
                board.tight = [_no_farther(arcs, i, worst, reach_m, out) for i in _all(board)]
                return worst
            board.apply([(i, found[0]), *found[1]])


def _no_farther(arcs: TightArcs, i: int, limit_m: int, reach_m: int, out: int) -> int:
    """Give the tight arcs of a group up to a distance."""
    row = arcs.rows[i]
    measured = sum(1 << j for j in arcs.farthest_m[i])
    near = sum(1 << j for j, m in arcs.farthest_m[i].items() if m <= limit_m)
    return near | row & ~measured & (-1 if reach_m <= limit_m else out)


def _all(board: Board) -> range:
    return range(len(board.holder))


def even_out(board: Board) -> None:
    """Make the sum of squares of the caregivers' households as small as it can be."""
    moved = True
    while moved:
        moved = False
        for load in sorted(board.with_load, reverse=True):
            while found := _relief(board, load):
                board.apply(found[1])
                moved = True


def _relief(board: Board, load: int) -> tuple[int, list[Move]] | None:
    """Find moves from somebody with a load to somebody with at least two less."""
    lower = sum(board.roomy[less] for less in range(load - 1))
    return _Search(board, -1, lambda _: 0).reach(board.with_load[load], lower) if lower else None


def order_canonically(board: Board) -> None:
    """Give each group in turn the least caregiver that leaves a best placing for the others.

    Where a search fails, nobody outside what it reached can ever move into it: such cells
    bound every later search, so at most one fails for each caregiver.
    """
    cells = _Cells(board.left_out + 1)

    def same_cost(j: int) -> int:
        load = board.load_if_roomy(j)
        return 0 if load is None else board.with_load[load + 1]

    for i in _all(board):
        at = board.holder[i]
        cell = cells.of(at)
        wanted = board.tight[i] & cell & (1 << at) - 1
        while wanted:
            search = _Search(board, cell, same_cost)
            found = search.reach(wanted & -wanted, 1 << at)
            if found is not None:
                board.apply([(i, found[0]), *found[1]])
                break
            cells.split(search.seen)
            cell &= ~search.seen
            wanted &= ~search.seen
        board.members[board.holder[i]].discard(i)


class _Cells:
    """A partition of the caregivers that only gets finer."""

    def __init__(self, count: int) -> None:
        self._cell = [0] * count
        self._members = [(1 << count) - 1]

    def of(self, j: int) -> int:
        return self._members[self._cell[j]]

    def split(self, part: int) -> None:
        """Split a part off its cell."""
        whole = self._cell[next(bits(part))]
        rest = self._members[whole] & ~part
        small, large = sorted((part, rest), key=int.bit_count)
        self._members[whole] = large
        for j in bits(small):
            self._cell[j] = len(self._members)
        self._members.append(small)
