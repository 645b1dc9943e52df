from datetime import date

import pytest
from shapely.geometry import Point, shape

from geo.areas import Gazetteer
from geo.place import Place
from maps.outline import unit_outline
from maps.service_areas import service_areas

GAZETTEER = Gazetteer.on(date(2021, 9, 15))
WULONG = "500156"
CENTRES = {township.code: township.place for township in GAZETTEER.townships(WULONG)}


def test_every_township_with_a_centre_has_the_ground_around_it():
    areas = service_areas(WULONG, CENTRES)
    for code, geometry in areas.items():
        centre = CENTRES[code]
        assert shape(geometry).buffer(0.002).contains(Point(centre.lon, centre.lat))


def test_together_they_are_the_unit_and_do_not_overlap():
    areas = [shape(geometry) for geometry in service_areas(WULONG, CENTRES).values()]
    unit = shape(unit_outline(WULONG)).area
    assert sum(one.area for one in areas) == pytest.approx(unit, rel=0.01)


def test_one_centre_too_few_and_the_unit_is_drawn_whole():
    codes = sorted(CENTRES)
    point = Place(107.7, 29.3)

    def with_points(count):
        return {
            code: Place(point.lon + n / 500, point.lat) if n < count else None
            for n, code in enumerate(codes)
        }

    least = -(-len(codes) * 4 // 5)
    assert service_areas(WULONG, with_points(least))
    assert service_areas(WULONG, with_points(least - 1)) == {}


def test_a_unit_without_an_outline_has_no_areas():
    assert service_areas("500191", CENTRES) == {}


def test_two_centres_at_one_point_have_no_ground_of_their_own():
    here = Place(107.7, 29.3)
    areas = service_areas(WULONG, {"a": here, "b": here, "c": Place(107.9, 29.4)})
    assert list(areas) == ["c"]
