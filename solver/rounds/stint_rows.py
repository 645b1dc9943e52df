"""The hard rules as linear rows over stints (排期硬约束).

A *cell* is a stint, numbered through (part, team, first day), or, after those, a part left
over. A block of rows keeps its cells as three arrays, so that thousands are laid out at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.rounds.board import Board
from solver.rounds.shapes import Bools, Ints, stay_days

Floats = NDArray[np.float64]
NO_LIMIT = np.inf


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows ``low <= sum(amount x cell) <= high``; ``row`` counts from 0 inside the block."""

    row: Ints
    cell: Ints
    amount: Ints
    low: Floats
    high: Floats

    @property
    def count(self) -> int:
        """Count the rows."""
        return len(self.low)

    @classmethod
    def at_most(cls, members: list[tuple[Ints, Ints]], high: list[int]) -> "Rows":
        """Make one row of each (cells, amounts)."""
        row = [np.full(len(cells), n) for n, (cells, _) in enumerate(members)]
        return cls(
            _joined(row),
            _joined([cells for cells, _ in members]),
            _joined([amounts for _, amounts in members]),
            np.full(len(members), -NO_LIMIT),
            np.array(high, dtype=float),
        )

    @classmethod
    def joined(cls, blocks: list["Rows"]) -> "Rows":
        """Stack blocks."""
        offsets = np.cumsum([0] + [block.count for block in blocks])
        return cls(
            _joined([b.row + o for b, o in zip(blocks, offsets[:-1], strict=True)]),
            _joined([block.cell for block in blocks]),
            _joined([block.amount for block in blocks]),
            np.concatenate([np.zeros(0), *(block.low for block in blocks)]),
            np.concatenate([np.zeros(0), *(block.high for block in blocks)]),
        )


def left_cells(board: Board) -> Ints:
    """Give the cells of parts left over."""
    return int(np.prod(board.size)) + np.arange(board.size[0])


def cover_rows(board: Board, usable: Bools) -> Rows:
    """Hold that each part is placed once, or left over."""
    parts = board.size[0]
    cell = np.concatenate([np.flatnonzero(usable), left_cells(board)])
    row = np.concatenate([np.nonzero(usable)[0], np.arange(parts)])
    ones = np.ones(parts)
    return Rows(row, cell, np.ones(len(cell), np.int64), ones, ones)


def day_rows(board: Board, usable: Bools) -> Rows:
    """Hold that a team is in one place a day; row = team x days + day."""
    _, teams, days = board.size
    row, cell = [], []
    part, team, first = np.nonzero(usable)
    flat, last = np.flatnonzero(usable), board.last[part, team, first]
    for day in np.flatnonzero(board.allowed):
        busy = (first <= day) & (day <= last)
        row.append(team[busy] * days + day)
        cell.append(flat[busy])
    cells = _joined(cell)
    ones = np.ones(len(cells), np.int64)
    limit = np.ones(teams * days)
    return Rows(_joined(row), cells, ones, limit - NO_LIMIT, limit)


def link_rows(board: Board, usable: Bools) -> Rows:
    """Hold that parts of one unit begin on one day, and are all placed or all left over."""
    members, lefts, first = [], left_cells(board), 0
    for i, part in enumerate(board.parts):
        if part.rank == 0:
            first = i
            continue
        members.append((lefts[[first, i]], np.array([1, -1])))
        for day in map(int, np.flatnonzero(usable[[first, i]].any(axis=(0, 1)))):
            ours, theirs = _starting(board, usable, i, day), _starting(board, usable, first, day)
            cells = np.concatenate([ours, theirs])
            members.append((cells, np.repeat([1, -1], [len(ours), len(theirs)])))
    rows = Rows.at_most(members, [0] * len(members))
    return Rows(rows.row, rows.cell, rows.amount, np.zeros(rows.count), rows.high)


def seldom_rows(board: Board, usable: Bools) -> Rows:
    """Hold longest runs, rest after runs, and no long drive without a day for it."""
    members = [*_runs(board, usable), *_rests(board, usable), *_drives(board, usable)]
    return Rows.at_most(
        [(cells, amounts) for cells, amounts, _ in members], [m[2] for m in members]
    )


Members = list[tuple[Ints, Ints, int]]
"""Cells, amounts, and what they may sum to at most."""


def _runs(board: Board, usable: Bools) -> Members:
    """Hold that of so many days and one more, one is free."""
    longest = board.problem.round.longest_run_days
    return _windows(board, usable, np.ones(longest + 1, np.int64), longest)


def _rests(board: Board, usable: Bools) -> Members:
    """Hold that after a long run nothing begins before the rest is over."""
    rules = board.problem.round
    after = rules.rest_after_days
    rows: Members = []
    for pause in range(1, rules.rest_days):
        sign = np.concatenate([np.ones(after), -np.ones(pause), [1]]).astype(np.int64)
        rows += _windows(board, usable, sign, after)
    return rows


def _windows(board: Board, usable: Bools, sign: Ints, most: int) -> Members:
    """Lay a signed pattern of working days over every stretch of the window."""
    _, teams, days = board.size
    rows: Members = []
    for day in range(days - len(sign) + 1):
        span = slice(day, day + len(sign))
        if (sign * board.allowed[span]).clip(0).sum() <= most:
            continue
        signed = np.zeros(days, np.int64)
        signed[span] = sign * board.allowed[span]
        total = np.concatenate([[0], np.cumsum(signed)])
        for j in range(teams):
            part, first = np.nonzero(usable[:, j, : day + len(sign)])
            worked = total[board.last[part, j, first] + 1] - total[first]
            kept = worked != 0
            if worked.clip(0).sum() > most:
                cells = _cells(board, part[kept], j, first[kept])
                rows.append((cells, worked[kept], most))
    return rows


def _drives(board: Board, usable: Bools) -> Members:
    """Hold: no drive beyond the limit overnight, two days for the way between two far units.

    A day of work between two far units is no way home: the team goes on from there.
    """
    rows: Members = []
    home = stay_days(board.problem.round) == 0
    for team in range(board.size[1]):
        part, first = np.nonzero(usable[:, team])
        ends = board.last[part, team, first]
        far = board.travel.far[team]
        for end in np.unique(ends):
            ending, later = ends == end, first == end + 1
            for unit in np.unique(part[ending]):
                away = board.travel.not_overnight(team)[unit]
                mine = _cells(board, part[ending], team, first[ending])[part[ending] == unit]
                theirs = _cells(board, part[later], team, end + 1)[away[part[later]]]
                rows += _clash(mine, theirs)
            if home:
                mine = _cells(board, part, team, first)[ending & far[part]]
                theirs = _cells(board, part, team, first)[(first == end + 2) & far[part]]
                on_the_way = (first == end + 1) & (ends == end + 1)
                rows += _clash(mine, theirs, _cells(board, part, team, first)[on_the_way])
    return rows


def _clash(mine: Ints, theirs: Ints, unless: Ints | None = None) -> Members:
    """Hold that not one of each is chosen, unless one between them is."""
    if not len(mine) or not len(theirs):
        return []
    between = np.zeros(0, np.int64) if unless is None else unless
    cells = np.concatenate([mine, theirs, between])
    amounts = np.concatenate([np.ones(len(mine) + len(theirs)), -np.ones(len(between))])
    return [(cells, amounts.astype(np.int64), 1)]


def _cells(board: Board, part: Ints, team: int, first: Ints | int) -> Ints:
    _, teams, days = board.size
    return (part * teams + team) * days + first


def _starting(board: Board, usable: Bools, i: int, day: int) -> Ints:
    teams = np.flatnonzero(usable[i, :, day])
    return (i * board.size[1] + teams) * board.size[2] + day


def _joined(arrays: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *arrays]).astype(np.int64)
