from datetime import date

import pytest
from shapely.geometry import Point, shape

from geo.areas import Gazetteer, UnitKind
from maps.outline import unit_outline

UNITS = Gazetteer.on(date(2021, 9, 15)).units


@pytest.mark.parametrize("unit", [u for u in UNITS if u.kind is not UnitKind.ZONE], ids=str)
def test_every_district_and_county_has_its_own_outline_around_its_seat(unit):
    outline = shape(unit_outline(unit.code))
    assert outline.is_valid
    assert outline.distance(Point(unit.seat.lon, unit.seat.lat)) < 0.05


@pytest.mark.parametrize("unit", [u for u in UNITS if u.kind is UnitKind.ZONE], ids=str)
def test_a_zone_has_no_outline_and_gets_none_that_is_another_units(unit):
    assert unit_outline(unit.code) is None


@pytest.mark.parametrize("code", ["", "500157", "太安", '"', "5001"])
def test_what_is_no_code_has_no_outline(code):
    assert unit_outline(code) is None
