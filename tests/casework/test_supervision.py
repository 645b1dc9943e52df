from casework.disclosure import Audience, Quantity, Shown
from casework.supervision import (
    NAMES_EN,
    NAMES_ZH,
    AreaFigures,
    Measure,
    ShownArea,
    in_words,
    shown_areas,
    table_of,
    worst_first,
)


def area(code, **counts):
    figures = {Measure(name): count for name, count in counts.items()}
    return AreaFigures(code, f"镇{code}", "unit", figures)


NOBODY = AreaFigures("z", "镇z", "unit", None)


def passes(_):
    return ()


def test_every_measure_has_a_name_in_both_languages():
    assert set(NAMES_ZH) == set(NAMES_EN) == set(Measure)


def test_townships_are_summed_into_their_unit():
    table = table_of([area("a", children=3), area("b", children=9), NOBODY])
    assert table.counts[Quantity("children", "unit")] == 12


def test_a_unit_that_comes_with_its_own_figures_keeps_them():
    unit = AreaFigures("unit", "区", "", {Measure.CHILDREN: 20})
    table = table_of([unit, area("a", children=3)])
    assert table.counts[Quantity("children", "unit")] == 20
    assert not [line for line in table.lines if line.high == 0], "no sum that does not hold"


def test_whoever_sees_the_rows_sees_every_figure():
    shown, _ = shown_areas([area("a", children=3, served=2, left=1)], Audience.OWN_ROWS, passes)
    assert shown[0].shown == {
        Measure.CHILDREN: Shown(3, 3),
        Measure.SERVED: Shown(2, 2),
        Measure.LEFT: Shown(1, 1),
    }


def test_others_see_bands_of_children_figures_of_caregivers_and_no_complement():
    figures = area("a", children=30, served=29, left=1, caregivers=3)
    shown, _ = shown_areas([figures], Audience.FEDERATION, passes)
    assert shown[0].shown == {
        Measure.CHILDREN: Shown(20, 49),
        Measure.LEFT: Shown(1, 4),
        Measure.CAREGIVERS: Shown(3, 3),
    }


def test_no_data_is_not_none():
    shown, _ = shown_areas([area("a", left=0), NOBODY], Audience.FEDERATION, passes)
    assert [in_words((one.shown or {}).get(Measure.LEFT)) for one in shown] == ["0", "无数据"]


def test_the_worst_come_first_then_what_is_not_shown_then_no_data():
    areas = [
        ShownArea("none", "", "", None),
        ShownArea("hidden", "", "", {Measure.LEFT: Shown(0, None)}),
        ShownArea("few", "", "", {Measure.LEFT: Shown(1, 4)}),
        ShownArea("many", "", "", {Measure.LEFT: Shown(10, 19)}),
        ShownArea("zero", "", "", {Measure.LEFT: Shown(0, 0)}),
    ]
    order = [one.code for one in worst_first(areas, Measure.LEFT)]
    assert order == ["many", "few", "zero", "hidden", "none"]


def test_what_is_told_in_words():
    told = (Shown(7, 7), Shown(1, 4), Shown(1, None), Shown(20, None), Shown(0, None), None)
    assert [in_words(one) for one in told] == ["7", "1–4", "有", "20 以上", "不公开", "无数据"]
    assert [in_words(one, "en") for one in told[2:]] == [
        "some",
        "20 or more",
        "not shown",
        "no data",
    ]


def test_of_free_places_the_fewest_come_first():
    areas = [
        ShownArea(code, code, "", {Measure.FREE_PLACES: Shown(n, n)} if n is not None else None)
        for code, n in (("a", 3), ("b", 0), ("c", None), ("d", 9))
    ]
    assert [a.code for a in worst_first(areas, Measure.FREE_PLACES)] == ["b", "a", "d", "c"]
