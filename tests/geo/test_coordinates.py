"""Two cells become a place or a named problem, and nothing is repaired."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.areas import Gazetteer
from geo.coordinates import CoordinateProblem, Extent, read_coordinates, unit_extent
from geo.datum import Datum, from_wgs84
from geo.distance import metres_between
from geo.place import Place

THE_LIST = Gazetteer.on(date(2021, 9, 15))
WANZHOU = unit_extent(THE_LIST, "500101")


def problem(lon, lat, extent=None):
    reading = read_coordinates(lon, lat, Datum.WGS84, extent)
    assert (reading.place is None) == (reading.problem is not None)
    return reading.problem


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (108.4, 30.8),
        ("108.4", "30.8"),
        ("１０８．４", "３０．８　"),
        ("108.4°", "30.8°"),
        ("东经108.4", "北纬30.8"),
        ("E108.4", "30.8N"),
        ("108°24′", "30°48′00″"),
        ("108度24分0秒", "30度48分"),
        ("108°24'0\"", "30° 48' 0''"),
        ("108.4,30.8", None),
        ("108.4，30.8", ""),
        (None, "108.4 30.8"),
        ("(108.4, 30.8)", "无"),
        ("北纬30.8，东经108.4", None),
        ("lng:108.4,lat:30.8", None),
    ],
)
def test_a_place_is_read_in_every_way_people_type_it(lon, lat):
    place = read_coordinates(lon, lat, Datum.WGS84, WANZHOU).place
    assert (place.lon, place.lat) == pytest.approx((108.4, 30.8), abs=1e-9)


@pytest.mark.parametrize(
    ("lon", "lat", "expected"),
    [
        (None, None, CoordinateProblem.MISSING),
        ("", " ", CoordinateProblem.MISSING),
        ("无", "不详", CoordinateProblem.MISSING),
        (float("nan"), 30.8, CoordinateProblem.MISSING),
        (108.4, None, CoordinateProblem.MISSING),
        (None, 30.8, CoordinateProblem.MISSING),
        ("待定", 30.8, CoordinateProblem.NOT_NUMBER),
        ("108.4.5", 30.8, CoordinateProblem.NOT_NUMBER),
        ("108°61′", 30.8, CoordinateProblem.NOT_NUMBER),
        ("108°24′60″", 30.8, CoordinateProblem.NOT_NUMBER),
        (True, 30.8, CoordinateProblem.NOT_NUMBER),
        (datetime(2021, 9, 1), 30.8, CoordinateProblem.NOT_NUMBER),  # noqa: DTZ001
        (float("inf"), 30.8, CoordinateProblem.NOT_NUMBER),
        ("9" * 100_000, 30.8, CoordinateProblem.NOT_NUMBER),
        (0, 0, CoordinateProblem.ZERO),
        ("0", "0.0", CoordinateProblem.ZERO),
        (108.4, 0, CoordinateProblem.ZERO),
        (30.8, 108.4, CoordinateProblem.SWAPPED),
        ("30.8,108.4", None, CoordinateProblem.SWAPPED),
        ("30°48′", "108°24′", CoordinateProblem.SWAPPED),
        (-77.0, 38.9, CoordinateProblem.OUTSIDE_CHINA),
        (108_400_000, 30_800_000, CoordinateProblem.OUTSIDE_CHINA),
        (466.5, 29.5, CoordinateProblem.OUTSIDE_CHINA),
    ],
)
def test_what_is_no_place_says_why(lon, lat, expected):
    assert problem(lon, lat) is expected


def test_a_number_of_five_thousand_digits_is_no_error():
    assert problem(10**5000, 30.8) is CoordinateProblem.NOT_NUMBER


def test_numbers_in_another_datum_are_moved():
    shown = from_wgs84(Place(108.4, 30.8), Datum.BD09)
    place = read_coordinates(shown.lon, shown.lat, Datum.BD09).place
    assert metres_between(place, Place(108.4, 30.8)) < 0.01


def test_a_point_of_another_corner_of_the_city_is_outside_the_unit():
    assert problem(106.55, 29.56, WANZHOU) is CoordinateProblem.OUTSIDE_UNIT
    assert problem(106.55, 29.56) is None


@pytest.mark.parametrize("day", [date(2021, 9, 15), date(2026, 1, 1)])
def test_every_centre_and_seat_lies_in_its_own_unit(day):
    gazetteer = Gazetteer.on(day)
    for unit in gazetteer.units:
        extent = unit_extent(gazetteer, unit.code)
        places = [t.place for t in gazetteer.roster_townships(unit.code)] + [unit.seat]
        assert extent.points
        assert all(extent.holds(place) for place in places if place)


def test_most_centres_of_other_units_lie_outside():
    townships = [t for unit in THE_LIST.units for t in THE_LIST.townships(unit.code) if t.place]
    strangers = [t for t in townships if t.unit_code != "500101"]
    outside = sum(not WANZHOU.holds(t.place) for t in strangers)
    assert outside > 0.9 * len(strangers)


def test_the_edge_of_an_extent_is_its_reach():
    extent = Extent((Place(108.0, 30.0),), reach_m=12_000)
    assert extent.holds(Place(108.0, 30.107))
    assert not extent.holds(Place(108.0, 30.109))


def test_nothing_is_outside_a_unit_of_which_nothing_is_known():
    assert Extent((), 0).holds(Place(0, 0))


CELLS = (
    st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.text("0189.°′″'度分秒东北经纬,， enEN-/无", max_size=20)
)


@given(CELLS, CELLS, st.sampled_from(list(Datum)))
@settings(max_examples=400, deadline=None)
def test_any_two_cells_give_a_place_in_china_or_a_problem(lon, lat, datum):
    reading = read_coordinates(lon, lat, datum)
    assert (reading.place is None) == (reading.problem is not None)
    if reading.place:
        assert 72.9 < reading.place.lon < 135.2
        assert 16.9 < reading.place.lat < 53.7
