"""GCJ-02 and BD-09 against an independent implementation, and there and back."""

import geocoordinates_ffi as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datum import Datum, array_from_wgs84, array_to_wgs84, from_wgs84, read_datum, to_wgs84
from geo.distance import metres_between
from geo.place import Place

CHINA = st.builds(Place, st.floats(73.5, 135), st.floats(4, 53.5))
SHIFTED = (Datum.GCJ02, Datum.BD09)
FORWARD = {Datum.GCJ02: oracle.wgs84_to_gcj02, Datum.BD09: oracle.wgs84_to_bd09}


@pytest.mark.parametrize("datum", SHIFTED)
@given(place=CHINA)
@settings(max_examples=200, deadline=None)
def test_a_point_is_shifted_as_the_oracle_shifts_it(datum, place):
    expected = FORWARD[datum](oracle.Wgs84(lat=place.lat, lon=place.lon))
    shifted = from_wgs84(place, datum)
    assert shifted.lon == pytest.approx(expected.lon, abs=1e-12)
    assert shifted.lat == pytest.approx(expected.lat, abs=1e-12)


@pytest.mark.parametrize("datum", SHIFTED)
@given(place=CHINA)
@settings(max_examples=200, deadline=None)
def test_there_and_back_is_less_than_a_hundredth_of_a_millimetre_off(datum, place):
    assert metres_between(place, to_wgs84(from_wgs84(place, datum), datum)) < 1e-5


def test_the_oracle_agrees_on_the_way_back():
    place = Place(108.380246, 30.807807)
    mine = to_wgs84(place, Datum.GCJ02)
    theirs = oracle.gcj02_to_wgs84_refined(oracle.Gcj02(lat=place.lat, lon=place.lon))
    assert metres_between(mine, Place(theirs.lon, theirs.lat)) < 0.5


@pytest.mark.parametrize("datum", SHIFTED)
def test_arrays_and_single_places_give_the_same_figures(datum):
    points = np.random.default_rng(5).uniform((70, 0), (140, 56), (500, 2))
    back, forth = array_to_wgs84(points, datum), array_from_wgs84(points, datum)
    for point, true, image in zip(points, back, forth, strict=True):
        one = to_wgs84(Place(*point), datum)
        assert (one.lon, one.lat) == pytest.approx(tuple(true), abs=1e-11)
        one = from_wgs84(Place(*point), datum)
        assert (one.lon, one.lat) == pytest.approx(tuple(image), abs=1e-11)


@pytest.mark.parametrize(
    "place", [Place(0, 0), Place(-0.1, 51.5), Place(151.2, -33.9), Place(108, 60)]
)
@pytest.mark.parametrize("datum", list(Datum))
def test_outside_china_nothing_moves(place, datum):
    assert to_wgs84(place, datum) == place
    assert from_wgs84(place, datum) == place


def test_in_chongqing_gcj_02_is_about_half_a_kilometre_off():
    place = Place(106.55, 29.56)
    assert 400 < metres_between(place, from_wgs84(place, Datum.GCJ02)) < 610


def test_wgs_84_stays():
    place = Place(106.55, 29.56)
    assert to_wgs84(place, Datum.WGS84) == place


def test_nan_stays_nan_and_no_rows_stay_no_rows():
    assert np.isnan(array_to_wgs84(np.array([[np.nan, 30.0]]), Datum.BD09)).any()
    assert array_to_wgs84(np.empty((0, 2)), Datum.GCJ02).shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ-02", Datum.GCJ02),
        ("高德地图", Datum.GCJ02),
        ("腾讯", Datum.GCJ02),
        ("火星坐标系", Datum.GCJ02),
        ("BD09", Datum.BD09),
        ("百度坐标", Datum.BD09),
        ("WGS 84", Datum.WGS84),
        ("GPS", Datum.WGS84),
        ("CGCS2000", Datum.WGS84),
        ("", None),
        ("不清楚", None),
        ("高德或百度", None),
    ],
)
def test_a_cell_names_one_datum_or_none(text, datum):
    assert read_datum(text) is datum
