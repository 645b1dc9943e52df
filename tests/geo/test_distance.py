"""Metres on the ellipsoid, against geopy, and the margin the sphere needs."""

from math import asin, cos, radians, sin, sqrt

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.distance import array_metres_between, metres_between, sphere_angle, whole_metres_between
from geo.place import Place

EARTH = st.builds(Place, st.floats(-180, 180), st.floats(-90, 90))


@given(EARTH, EARTH)
@settings(max_examples=300, deadline=None)
def test_metres_are_those_of_geopy(a, b):
    expected = geodesic((a.lat, a.lon), (b.lat, b.lon)).m
    assert metres_between(a, b) == pytest.approx(expected, abs=1e-6)


@given(EARTH, EARTH)
@settings(max_examples=500, deadline=None)
def test_no_pair_is_farther_on_the_sphere_than_its_metres_allow(a, b):
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    across = cos(lat_a) * cos(lat_b) * sin(radians(b.lon - a.lon) / 2) ** 2
    angle = 2 * asin(min(1.0, sqrt(sin((lat_b - lat_a) / 2) ** 2 + across)))
    assert angle <= sphere_angle(metres_between(a, b)) + 1e-7


def test_the_margin_is_no_wider_than_it_must_be():
    a, b = Place(0, -0.01), Place(0, 0.01)  # along the meridian at the equator: the sharpest bend
    assert sphere_angle(metres_between(a, b)) == pytest.approx(radians(0.02), rel=1e-7)


def test_arrays_give_the_same_metres():
    rng = np.random.default_rng(2)
    a, b = (rng.uniform((105, 28), (110, 32), (50, 2)) for _ in range(2))
    metres = array_metres_between(a, b)
    assert metres.tolist() == [
        metres_between(Place(*p), Place(*q)) for p, q in zip(a, b, strict=True)
    ]


def test_the_same_place_is_no_metres_away():
    assert whole_metres_between(Place(108, 30), Place(108, 30)) == 0


def test_whole_metres_are_the_nearest_integer():
    a, b = Place(108, 30), Place(108.01, 30)
    assert abs(whole_metres_between(a, b) - metres_between(a, b)) <= 0.5
