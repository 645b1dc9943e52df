import re

import pytest

from geo.place import Place
from maps.layers import LARGEST_PX, SMALLEST_PX, Pie, pie_svg, radius_px

HERE = Place(107.0, 29.0)


def test_a_radius_grows_with_the_root_of_the_count():
    assert radius_px(0, 9) == SMALLEST_PX
    assert radius_px(9, 9) == LARGEST_PX
    assert radius_px(0, 0) == SMALLEST_PX
    assert SMALLEST_PX < radius_px(1, 100) < radius_px(4, 100) < LARGEST_PX


@pytest.mark.parametrize(
    ("parts", "slices", "discs"),
    [((1, 2, 3, 4, 5), 5, 0), ((1, 0, 0, 0, 1), 2, 0), ((7, 0, 0, 0, 0), 0, 1)],
)
def test_a_pie_has_a_slice_for_each_rung_that_occurs(parts, slices, discs):
    svg = pie_svg(Pie(HERE, 10.0, parts, ""))
    assert svg.count("<path") == slices
    assert svg.count("<circle") == discs + 1


def test_an_empty_pie_is_a_ring():
    svg = pie_svg(Pie(HERE, 7.0, (0, 0, 0, 0, 0), ""))
    assert svg.count("<circle") == 1
    assert 'fill="none"' in svg


def test_the_larger_slice_takes_the_larger_arc():
    svg = pie_svg(Pie(HERE, 10.0, (3, 1, 0, 0, 0), ""))
    assert re.findall(r"A[\d.]+ [\d.]+ 0 (\d) 1", svg) == ["1", "0"]
