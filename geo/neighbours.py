"""Neighbouring townships (相邻镇街): from a table the staff keeps, else from centres.

Outlines of townships are not public. Without a table two townships count as neighbours when
their centres share an edge of the Delaunay triangulation that is not much longer than the
way from either to its nearest township; the shortest edges that join everything are always
kept. That is approximate: rivers and ridges are not seen, a centre may be kilometres off,
and a township without a centre has no neighbours until somebody writes them in the table.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError

from geo.areas import Gazetteer, Township
from geo.distance import array_metres_between

Neighbours = Mapping[str, frozenset[str]]
"""Township code to the codes beside it, both directions."""

LONGEST_EDGE_SHARE = 2.5
"""An edge may be this much longer than the longer of its ends' shortest edges."""


class RowProblem(StrEnum):
    """What is wrong with a row of a neighbour table."""

    SHORT_ROW = "short_row"
    UNKNOWN_TOWNSHIP = "unknown_township"
    SAME_TOWNSHIP = "same_township"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a neighbour table that was not used: line in the file, from 1."""

    line: int
    problem: RowProblem


@dataclass(frozen=True, slots=True)
class NeighbourTable:
    """What a table says, in both directions, and the rows that say nothing."""

    neighbours: Neighbours
    bad_rows: tuple[BadRow, ...]


def read_neighbours(path: Path, gazetteer: Gazetteer, unit_code: str) -> NeighbourTable:
    """Read a CSV of ``township,neighbour``, by name or code, as Excel or WPS saves it.

    The first line is a heading when it names no township. One direction is enough.

    Raises
    ------
    OSError
        When the file cannot be opened.
    UnknownArea
        When there is no such unit.
    """
    found: dict[str, set[str]] = {}
    bad: list[BadRow] = []
    for line, cells in _csv_rows(path):
        row = _read_row(cells, gazetteer, unit_code)
        if not isinstance(row, RowProblem):
            found.setdefault(row[0], set()).add(row[1])
            found.setdefault(row[1], set()).add(row[0])
        elif line > 1 or not _is_heading(cells, gazetteer, unit_code):
            bad.append(BadRow(line, row))
    return NeighbourTable({a: frozenset(found[a]) for a in sorted(found)}, tuple(bad))


def neighbours_of(
    townships: tuple[Township, ...], table: Neighbours | None = None
) -> tuple[Neighbours, bool]:
    """Return every township's neighbours among ``townships``, and whether any are approximate.

    A township named in ``table`` has the neighbours given there and no others.
    """
    told = {a: others for a, others in (table or {}).items() if others}
    found: dict[str, set[str]] = {t.code: set() for t in townships}
    computed = ((a, b) for a, b in _centre_edges(townships) if a not in told and b not in told)
    written = ((a, b) for a, others in told.items() for b in others)
    for a, b in (*computed, *written):
        if a in found and b in found:
            found[a].add(b)
            found[b].add(a)
    return {a: frozenset(others) for a, others in found.items()}, not told.keys() >= found.keys()


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    for line, written in enumerate(text.splitlines(), start=1):
        cells = next(csv.reader([written.replace("\0", "")]), [])
        if any(cell.strip() for cell in cells):
            yield line, cells


def _read_row(
    cells: list[str], gazetteer: Gazetteer, unit_code: str
) -> tuple[str, str] | RowProblem:
    if len(cells) < 2 or not cells[0].strip() or not cells[1].strip():
        return RowProblem.SHORT_ROW
    a, b = (gazetteer.find_township(cell, unit_code).township for cell in cells[:2])
    if a is None or b is None:
        return RowProblem.UNKNOWN_TOWNSHIP
    return RowProblem.SAME_TOWNSHIP if a == b else (a.code, b.code)


def _is_heading(cells: list[str], gazetteer: Gazetteer, unit_code: str) -> bool:
    """Say whether a line names no township, not even a mistyped one."""
    matches = [gazetteer.find_township(cell, unit_code) for cell in cells[:2]]
    return not any(match.township or match.candidates for match in matches)


def _centre_edges(townships: Iterable[Township]) -> list[tuple[str, str]]:
    """Return the pairs of townships whose centres are beside each other."""
    placed = [t for t in townships if t.place]
    lonlat = np.array([(t.place.lon, t.place.lat) for t in placed if t.place]).reshape(-1, 2)
    edges = list(_weighed(lonlat, _triangulation(lonlat)))
    shortest_m = {end: m for *ends, m in sorted(edges, key=_length, reverse=True) for end in ends}
    kept = {
        (i, j) for i, j, m in edges if m <= LONGEST_EDGE_SHARE * max(shortest_m[i], shortest_m[j])
    }
    graph: nx.Graph[int] = nx.Graph()
    graph.add_weighted_edges_from(edges)
    kept |= set(nx.minimum_spanning_edges(graph, data=False))
    return sorted((placed[i].code, placed[j].code) for i, j in kept)


def _length(edge: tuple[int, int, float]) -> float:
    return edge[2]


def _weighed(
    lonlat: NDArray[np.float64], edges: set[tuple[int, int]]
) -> Iterator[tuple[int, int, float]]:
    if edges:
        i, j = np.array(sorted(edges)).T
        metres = array_metres_between(lonlat[i], lonlat[j])
        yield from zip(i.tolist(), j.tolist(), metres.tolist(), strict=True)


def _triangulation(lonlat: NDArray[np.float64]) -> set[tuple[int, int]]:
    """Return Delaunay edges; all pairs of up to three points, a chain of points in a line."""
    n = len(lonlat)
    flat = lonlat * (np.cos(np.radians(lonlat[:, 1].mean())) if n else 1, 1)
    if n <= 3:
        return set(combinations(range(n), 2))
    try:
        cells = Delaunay(flat)
    except QhullError:  # all in one line
        return set(pairwise(np.lexsort(flat.T).tolist()))
    edges = {pair for corners in cells.simplices.tolist() for pair in combinations(corners, 2)}
    # Of points in one spot the triangulation takes one; the others stand beside it.
    return edges | {(i, j) for i, _, j in cells.coplanar.tolist()}
