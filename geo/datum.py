"""Datums: GCJ-02 (火星坐标) and BD-09 (百度坐标) to WGS-84 and back; nothing else knows them.

Map services in China must move every point by a smooth pseudo-random offset: GCJ-02, 407 to
601 m in Chongqing; Baidu moves it once more. The offset has a formula, its inverse has none
and is iterated five times (a round trip is off by less than a hundredth of a millimetre). What
lies outside the box of China in which services apply it stays as it is.

The same formulas serve one place (``math``, quick) and arrays (``numpy``).
"""

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from geo.place import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_AXIS_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BAIDU_PI = math.pi * 3000 / 180
_ROUNDS = 5


class Datum(StrEnum):
    """What a pair of degrees is measured against."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


_SPELLINGS = {
    Datum.WGS84: ("wgs84", "wgs1984", "4326", "gps", "cgcs2000", "国家2000", "天地图", "大地2000"),
    Datum.GCJ02: ("gcj02", "gcj", "火星", "高德", "腾讯", "国测局"),
    Datum.BD09: ("bd09", "bd09ll", "百度", "baidu"),
}


def read_datum(text: str) -> Datum | None:
    """Return the datum a cell names (GCJ-02, 高德地图, 百度坐标, GPS …); None if it names none."""
    key = "".join(c for c in text.casefold() if c.isalnum())
    found = {d for d, words in _SPELLINGS.items() if any(word in key for word in words)}
    return found.pop() if len(found) == 1 else None


def to_wgs84(place: Place, datum: Datum) -> Place:
    """Return the WGS-84 place of a point whose degrees were measured in ``datum``."""
    return Place(*_to_wgs84(place.lon, place.lat, datum, math))


def from_wgs84(place: Place, datum: Datum) -> Place:
    """Return the point that a service working in ``datum`` shows for a WGS-84 place."""
    return Place(*_from_wgs84(place.lon, place.lat, datum, math))


def array_to_wgs84(lonlat: "NDArray[np.float64]", datum: Datum) -> "NDArray[np.float64]":
    """Return points, shape (n, 2) as lon, lat, in WGS-84; NaN stays NaN."""
    import numpy as np

    return np.column_stack(_to_wgs84(lonlat[:, 0], lonlat[:, 1], datum, np))


def array_from_wgs84(lonlat: "NDArray[np.float64]", datum: Datum) -> "NDArray[np.float64]":
    """Return WGS-84 points, shape (n, 2) as lon, lat, in ``datum``; NaN stays NaN."""
    import numpy as np

    return np.column_stack(_from_wgs84(lonlat[:, 0], lonlat[:, 1], datum, np))


# Below, lon and lat are floats with m = math, or arrays with m = numpy.


def _from_wgs84(lon: Any, lat: Any, datum: Datum, m: Any) -> tuple[Any, Any]:
    if datum is Datum.WGS84:
        return lon, lat
    east, north = _offset(lon, lat, m)
    inside = _is_in_box(lon, lat)
    lon, lat = lon + east * inside, lat + north * inside
    if datum is Datum.GCJ02:
        return lon, lat
    east, north = _baidu_offset(lon, lat, m)
    return lon + east * inside, lat + north * inside


def _to_wgs84(lon: Any, lat: Any, datum: Datum, m: Any) -> tuple[Any, Any]:
    """Find the point whose image is the given one: x := x + (given - image of x)."""
    true_lon, true_lat = lon, lat
    for _ in range(0 if datum is Datum.WGS84 else _ROUNDS):
        image_lon, image_lat = _from_wgs84(true_lon, true_lat, datum, m)
        true_lon, true_lat = true_lon + (lon - image_lon), true_lat + (lat - image_lat)
    return true_lon, true_lat


def _is_in_box(lon: Any, lat: Any) -> Any:
    """Say where services move points: a box around China, its neighbours' edges included."""
    return (lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271)


def _offset(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """Return the degrees east and north that GCJ-02 adds to a WGS-84 point."""
    x, y = lon - 105.0, lat - 35.0
    shared = 20 * m.sin(6 * x * m.pi) + 20 * m.sin(2 * x * m.pi)
    root = m.sqrt(m.fabs(x))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m = north_m + 2 / 3 * (shared + _waves(y, m, (20, 1), (40, 3), (160, 12), (320, 30)))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m = east_m + 2 / 3 * (shared + _waves(x, m, (20, 1), (40, 3), (150, 12), (300, 30)))
    angle = lat / 180 * m.pi
    flattening = 1 - _ECCENTRICITY_SQUARED * m.sin(angle) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_SQUARED) / (flattening * m.sqrt(flattening))
    parallel_m = _AXIS_M / m.sqrt(flattening) * m.cos(angle)
    return east_m * 180 / (parallel_m * m.pi), north_m * 180 / (meridian_m * m.pi)


def _waves(x: Any, m: Any, *waves: tuple[int, int]) -> Any:
    return sum(height * m.sin(x / length * m.pi) for height, length in waves)


def _baidu_offset(lon: Any, lat: Any, m: Any) -> tuple[Any, Any]:
    """Return the degrees east and north that BD-09 adds to a GCJ-02 point."""
    arctan2 = getattr(m, "arctan2", None) or m.atan2
    radius = m.sqrt(lon * lon + lat * lat) + 0.00002 * m.sin(lat * _BAIDU_PI)
    angle = arctan2(lat, lon) + 0.000003 * m.cos(lon * _BAIDU_PI)
    return radius * m.cos(angle) + 0.0065 - lon, radius * m.sin(angle) + 0.006 - lat
