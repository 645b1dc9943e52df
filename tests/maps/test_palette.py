from itertools import pairwise

import pytest

from maps.palette import (
    COVERED,
    FREE,
    HARDLY,
    LEFT,
    NEARLY,
    NO_CHILDREN,
    NO_DATA,
    NONE_LEFT,
    PARTLY,
    RUNGS,
    count_swatch,
    coverage_swatch,
)


@pytest.mark.parametrize(
    ("paired", "children", "swatch"),
    [
        (0, 0, NO_CHILDREN),
        (0, 1, HARDLY),
        (49, 100, HARDLY),
        (50, 100, PARTLY),
        (899, 1000, PARTLY),
        (900, 1000, NEARLY),
        (999, 1000, NEARLY),
        (1000, 1000, COVERED),
    ],
)
def test_a_band_begins_exactly_where_the_legend_says(paired, children, swatch):
    assert coverage_swatch(paired, children) is swatch


@pytest.mark.parametrize(
    ("count", "swatch"),
    [(0, NONE_LEFT), (1, LEFT[0]), (2, LEFT[0]), (3, LEFT[1]), (5, LEFT[1]), (6, LEFT[2])],
)
def test_none_is_a_band_of_its_own(count, swatch):
    assert count_swatch(count, NONE_LEFT, LEFT) is swatch


def brightness(colour):
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("bands", [(COVERED, NEARLY, PARTLY, HARDLY), LEFT, FREE])
def test_bands_grow_darker_one_by_one_so_that_print_in_black_keeps_them_apart(bands):
    shades = [brightness(band.fill) for band in bands]
    assert all(light - dark > 25 for light, dark in pairwise(shades))


def test_rungs_have_a_colour_each():
    assert len(set(RUNGS)) == 5


def test_no_data_and_none_are_drawn_apart_and_neither_by_a_colour():
    assert NO_DATA.fill is None
    assert NO_CHILDREN.fill is None
    assert NO_DATA.dash
    assert not NO_CHILDREN.dash
