"""Nearby: for each place the others within reach, or its nearest, as sparse index arrays.

A k-d tree on points of the unit sphere finds every pair that can be within reach (the chord
is chosen so that none is lost, see ``geo.distance.sphere_angle``); the ellipsoid then says
which are. So the answer is exact, and no table of all pairs is ever made: memory grows with
the pairs that are near.

Metres are whole, the nearest integer to the geodesic, and a pair is within reach when its
whole metres are.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.distance import array_metres_between, sphere_angle

_ROUNDING = 1e-9  # radians, 6 mm: far more than unit vectors lose in floating point
_PAIRS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Nearby:
    """Pairs of points, one to a position of three int64 arrays of the same length.

    Attributes
    ----------
    from_index, to_index
        Rows of the arrays that were asked about.
    metres
        Whole geodesic metres.
    """

    from_index: NDArray[np.int64]
    to_index: NDArray[np.int64]
    metres: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the pairs."""
        return len(self.metres)


def pairs_within(
    from_lonlat: NDArray[np.float64], to_lonlat: NDArray[np.float64], reach_m: int
) -> Nearby:
    """Return all pairs at most ``reach_m`` whole metres apart, by from_index, then to_index.

    Parameters
    ----------
    from_lonlat, to_lonlat
        WGS-84 degrees, shapes (n, 2) and (m, 2), lon before lat.

    Raises
    ------
    ValueError
        When an array has another shape or a point is nowhere on earth.
    """
    starts, ends = _checked(from_lonlat), _checked(to_lonlat)
    if not len(starts) or not len(ends) or reach_m < 0:
        return _nobody()
    chord = float(_chord(np.float64(reach_m + 0.5)))
    pairs = _tree(starts).sparse_distance_matrix(_tree(ends), chord, output_type="ndarray")
    i, j = pairs["i"].astype(np.int64), pairs["j"].astype(np.int64)
    metres = _whole_metres(starts, ends, i, j)
    near = metres <= reach_m
    i, j, metres = i[near], j[near], metres[near]
    order = np.lexsort((j, i))
    return Nearby(i[order], j[order], metres[order])


def nearest(
    from_lonlat: NDArray[np.float64], to_lonlat: NDArray[np.float64], k: int = 1
) -> Nearby:
    """Return each point's ``k`` nearest, by from_index, then metres, then to_index.

    Fewer than ``k`` are returned only where there are fewer. Raises as ``pairs_within``.
    """
    starts, ends = _checked(from_lonlat), _checked(to_lonlat)
    k = min(k, len(ends))
    if not len(starts) or k < 1:
        return _nobody()
    kept = _first_in_each_spot(ends, k)
    i, j = _at_least_nearest(starts, ends[kept], k)
    j = kept[j]
    metres = _whole_metres(starts, ends, i, j)
    order = np.lexsort((j, metres, i))
    i, j, metres = i[order], j[order], metres[order]
    chosen = np.arange(len(i)) - np.searchsorted(i, i) < k
    return Nearby(i[chosen], j[chosen], metres[chosen])


def _first_in_each_spot(points: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    """Return the first ``k`` rows of each spot: many live at one village's point."""
    spots = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    order = np.argsort(spots, kind="stable")
    rank = np.arange(len(order)) - np.searchsorted(spots[order], spots[order])
    return np.sort(order[rank < k])


def _at_least_nearest(
    starts: NDArray[np.float64], ends: NDArray[np.float64], k: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs among which each start's ``k`` nearest certainly are.

    The k nearest by chord are k points, so the k nearest on the ground are no farther than
    the farthest of them.
    """
    tree, vectors, rows = _tree(ends), _vectors(starts), np.arange(len(starts))
    by_chord = tree.query(vectors, k=np.arange(1, k + 1))[1]
    bound_m = _whole_metres(starts, ends, np.repeat(rows, k), by_chord.ravel()).reshape(-1, k)
    balls = tree.query_ball_point(vectors, _chord(bound_m.max(axis=1) + 0.5))
    i = np.repeat(rows, [len(ball) for ball in balls])
    return i, np.concatenate([np.asarray(ball, dtype=np.int64) for ball in balls])


def _checked(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    points = np.asarray(lonlat, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must have the shape (n, 2), not {points.shape}")
    if not (np.abs(points) <= (180, 90)).all():
        raise ValueError("a point is nowhere on earth: lon within ±180, lat within ±90")
    return points


def _vectors(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points on the unit sphere, shape (n, 3)."""
    lon, lat = np.radians(lonlat).T
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


def _tree(lonlat: NDArray[np.float64]) -> Any:
    return cKDTree(_vectors(lonlat))


def _chord(reach_m: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    angle = sphere_angle(1.0) * reach_m + _ROUNDING
    return np.asarray(2 * np.sin(np.minimum(angle, np.pi) / 2) + _ROUNDING)


def _whole_metres(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    i: NDArray[np.int64],
    j: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return whole metres of each pair, a million at a time to keep memory small."""
    metres = np.empty(len(i), dtype=np.int64)
    for begin in range(0, len(i), _PAIRS_AT_ONCE):
        part = slice(begin, begin + _PAIRS_AT_ONCE)
        metres[part] = np.rint(array_metres_between(starts[i[part]], ends[j[part]]))
    return metres


def _nobody() -> Nearby:
    empty = np.empty(0, dtype=np.int64)
    return Nearby(empty, empty, empty)
