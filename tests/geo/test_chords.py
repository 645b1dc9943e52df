"""Whole metres quickly: never another figure than the geodesic's."""

import numpy as np
import pytest

from geo.chords import whole_metres_table
from geo.distance import array_metres_between


@pytest.mark.parametrize("apart_degrees", [0.001, 0.03, 0.3, 2.0, 40.0])
@pytest.mark.parametrize("lat", [0.0, 29.5, 53.0, 89.0])
def test_every_distance_is_the_rounded_geodesic(apart_degrees, lat):
    draw = np.random.default_rng(7)
    start = np.stack([draw.uniform(100, 101, 60), draw.uniform(lat - 1, lat, 60)], axis=1)
    step = draw.uniform(-apart_degrees, apart_degrees, (80, 2))
    stop = np.clip(start[0] + step, [-180, -90], [180, 90])
    i, j = np.indices((60, 80)).reshape(2, -1)
    exact = np.rint(array_metres_between(start[i], stop[j])).astype(int)
    assert (whole_metres_table(start, stop).ravel() == exact).all()


def test_two_people_in_one_place_are_nought_metres_apart():
    here = np.array([[107.0, 29.5]])
    assert whole_metres_table(here, here).tolist() == [[0]]


def test_the_other_side_of_the_earth_is_measured_too():
    there = whole_metres_table(np.array([[0.0, 0.0]]), np.array([[180.0, 0.0]]))
    assert there.tolist() == [[20_003_931]]


def test_no_points_are_no_distances():
    nowhere = np.zeros((0, 2))
    assert whole_metres_table(nowhere, nowhere).shape == (0, 0)
