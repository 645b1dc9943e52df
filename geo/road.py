"""Road minutes from straight kilometres, where no road map is at hand (估算车程).

Roads wind: the straight line is stretched by a detour factor (more in the mountains) and
driven at one speed. Good to about a fifth; an office that knows better gives its own minutes.
"""

import numpy as np
from numpy.typing import NDArray

from geo.place import Place

EARTH_RADIUS_KM = 6_371.009
MINUTES_AN_HOUR = 60


def straight_km(start: list[Place], goal: list[Place]) -> NDArray[np.float64]:
    """Give great-circle kilometres, shape (start, goal)."""
    lon_a, lat_a = _radians(start)
    lon_b, lat_b = _radians(goal)
    across = np.sin((lat_b[None, :] - lat_a[:, None]) / 2) ** 2
    along = np.sin((lon_b[None, :] - lon_a[:, None]) / 2) ** 2
    chord = across + np.cos(lat_a)[:, None] * np.cos(lat_b)[None, :] * along
    km: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return km


def road_minutes(
    km: NDArray[np.float64], detour: NDArray[np.float64], speed_kmh: float
) -> NDArray[np.int64]:
    """Give whole minutes on the road for straight kilometres.

    Parameters
    ----------
    detour
        Road over straight kilometres, 1 or more, same shape as ``km``.
    """
    return np.rint(km * detour / speed_kmh * MINUTES_AN_HOUR).astype(np.int64)


def _radians(places: list[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    lonlat = np.radians([(place.lon, place.lat) for place in places]).reshape(-1, 2)
    return lonlat[:, 0], lonlat[:, 1]
