"""Distances (直线距离): straight metres over the ground, on the WGS-84 ellipsoid.

The figure is the geodesic that ``pyproj`` computes, the same as ``geopy`` to a few
nanometres. A sphere is quicker and off by up to half a percent; it serves to leave out pairs
that are certainly too far, and ``sphere_angle`` says how far the sphere must look.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from geo.place import Place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST_RADIUS_M = 6_335_439.327
"""Smallest radius of curvature of the ellipsoid: along the meridian at the equator."""


def metres_between(a: Place, b: Place) -> float:
    """Return the metres from one place to another."""
    return float(_ellipsoid().inv(a.lon, a.lat, b.lon, b.lat)[2])


def whole_metres_between(a: Place, b: Place) -> int:
    """Return the metres between two places as ``geo.nearby`` gives them: the nearest integer."""
    return round(metres_between(a, b))


def array_metres_between(
    from_lonlat: "NDArray[np.float64]", to_lonlat: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Return the metres from each point to the one in the same row; shapes (n, 2) to (n,)."""
    east_to_north = (*from_lonlat.T, *to_lonlat.T)
    metres: NDArray[np.float64] = _ellipsoid().inv(*east_to_north)[2]
    return metres


def sphere_angle(reach_m: float) -> float:
    """Return an angle that no two points within ``reach_m`` exceed on the sphere, in radians.

    Take geodetic latitude as latitude on a unit sphere. Along any path a step of ds on the
    ellipsoid is M dφ north and N cos φ dλ east, on the sphere dφ and cos φ dλ. Both radii
    M and N are at least ``LEAST_RADIUS_M``, so the image of the geodesic is at most its length
    divided by that radius, and the great circle is no longer than the image.
    """
    return reach_m / LEAST_RADIUS_M


@cache
def _ellipsoid() -> Any:
    """Give the ellipsoid; pyproj takes a tenth of a second to load, so only when asked."""
    from pyproj import Geod

    return Geod(ellps="WGS84")
