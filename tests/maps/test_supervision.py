import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.disclosure import Shown, band
from casework.supervision import Measure, ShownArea
from geo.areas import Gazetteer
from maps.service_areas import service_areas
from maps.still import still_map
from maps.supervision import (
    SMALL,
    SupervisionText,
    framed_map,
    scale_of,
    supervision_map,
    swatch_of,
)

LEFT = Measure.LEFT
ON = date(2021, 10, 1)
WULONG = "500156"
TOWNSHIPS = Gazetteer.on(ON).townships(WULONG)
GEOMETRIES = service_areas(WULONG, {t.code: t.place for t in TOWNSHIPS})
TEXT = SupervisionText("武隆区督导地图", ON, "仅供内部使用", approximate=True)
EVIL = "</script><img src=x onerror=\"document.title='x'\">${document.title='x'}"
TELLINGS = (None, {Measure.LEFT: Shown(0, 0)}, {Measure.LEFT: Shown(1, 4)})


def areas(name=""):
    return [
        ShownArea(township.code, name or township.name, WULONG, TELLINGS[n % 3])
        for n, township in enumerate(TOWNSHIPS)
    ]


def test_no_data_none_not_shown_and_some_all_look_different():
    told = (None, Shown(0, 0), Shown(0, None), Shown(1, None), Shown(1, 4))
    drawn = {(s.fill, s.dash) for s in (swatch_of(Measure.LEFT, one) for one in told)}
    assert len(drawn) == 5


def test_what_is_no_figure_is_told_by_its_filling_alone():
    told = (None, Shown(0, 0), Shown(0, None), Shown(1, None), Shown(4, 4))
    filled = [swatch_of(Measure.LEFT, one).paint for one in told]
    assert len(set(filled)) == 5, "an edge is lost beside a neighbour's"
    patterns = {one for one in filled if one and one.startswith("url(#")}
    assert len(patterns) == 3, "and a pattern is seen without colour"
    for page in (supervision_map(areas(), GEOMETRIES, TEXT), still_map(areas(), GEOMETRIES, LEFT)):
        for pattern in patterns:
            assert f'id="{pattern[5:-1]}"' in page
        assert "url(#nt-unknown)" in page


def test_the_ground_below_areas_is_not_drawn_as_none():
    html = supervision_map(areas(), {}, TEXT, WULONG)
    assert re.search(r'"className": "nt-outline".{,200}"fillOpacity": 0[,}]', html)


def test_names_stand_on_the_map_and_on_its_paper_while_they_can_be_read():
    few = areas()
    assert ">羊角街道</text>" in still_map(few, GEOMETRIES, LEFT)
    assert json.dumps("羊角街道") + "]" in framed_map(few, GEOMETRIES, LEFT, TEXT)
    evil = still_map(areas(EVIL), GEOMETRIES, LEFT)
    assert "</text>" in evil
    assert "<img" not in evil
    many = [ShownArea(f"u{n}", "甲", "", None) for n in range(61)]
    shapes = {one.code: next(iter(GEOMETRIES.values())) for one in many}
    assert "</text>" not in still_map(many, shapes, LEFT)


def test_a_name_on_paper_covers_no_other():
    svg = still_map(areas(), GEOMETRIES, LEFT)
    found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*fill="#1f2933">([^<]+)', svg)
    boxes = [(float(x), float(y), len(name) * 17 / 2) for x, y, name in found]
    assert len(boxes) > 15
    for n, (x, y, half) in enumerate(boxes):
        for x2, y2, half2 in boxes[:n]:
            assert abs(x - x2) >= half + half2 or abs(y - y2) >= 17


def test_where_something_is_told_the_name_yields_to_no_neighbours():
    for told in TOWNSHIPS:
        shown = [
            ShownArea(t.code, t.name, WULONG, TELLINGS[2] if t is told else None)
            for t in TOWNSHIPS
        ]
        if told.code in GEOMETRIES:
            assert f">{told.name}</text>" in still_map(shown, GEOMETRIES, LEFT)


def test_larger_counts_are_darker_and_the_legend_says_so():
    labels = [swatch_of(Measure.LEFT, Shown(n, n)).label_zh for n in (1, 5, 10, 20)]
    assert labels == ["1–4", "5–9", "10–19", "20 以上"]
    assert swatch_of(Measure.LEFT, Shown(20, 20), "en").label_zh == "20 or more"


def of_counts(*counts):
    return [ShownArea(f"u{n}", "", "", {Measure.LEFT: Shown(n, n)}) for n in counts]


def test_a_city_of_large_counts_has_steps_that_tell_them_apart_at_the_ends_of_bands():
    areas = of_counts(642, 267, 167, 149, 0)
    scale = scale_of(areas, Measure.LEFT)
    assert scale == (500, 200, 100, 1)
    drawn = [swatch_of(Measure.LEFT, Shown(n, n), "zh", scale) for n in (642, 267, 167, 3)]
    assert [one.label_zh for one in drawn] == ["500 以上", "200–499", "100–199", "1–99"]
    assert len({one.fill for one in drawn}) == 4


def test_small_counts_keep_one_scale_whatever_else_is_on_the_map():
    assert scale_of(of_counts(1, 12, 49), Measure.LEFT) == SMALL
    assert scale_of([ShownArea("u", "", "", None)], Measure.LEFT) == SMALL


@given(st.lists(st.integers(0, 100_000), max_size=60))
def test_every_band_lies_inside_one_step_so_that_a_colour_says_no_more_than_its_words(counts):
    areas = [ShownArea("u", "", "", {Measure.LEFT: band(n, 5)}) for n in counts]
    scale = scale_of(areas, Measure.LEFT)
    assert scale[-1] == 1
    assert len(scale) <= 5
    steps = sorted(scale)
    for told in (band(n, 5) for n in counts if n):
        above = [step for step in steps if step > told.low]
        assert not above or told.high < above[0]


def test_the_same_areas_give_the_same_bytes():
    assert supervision_map(areas(), GEOMETRIES, TEXT) == supervision_map(areas(), GEOMETRIES, TEXT)


def test_areas_without_a_shape_are_listed():
    html = supervision_map(areas(), {}, TEXT)
    assert f"下列 {len(TOWNSHIPS)} 个地区没有可用的位置" in html


def test_a_map_of_nothing_says_so():
    assert "无数据" in supervision_map([], {}, TEXT)


@pytest.mark.browser
def test_it_draws_offline_follows_the_switch_and_runs_no_text(page, tmp_path):
    asked, complaints = [], []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    path = tmp_path / "map.html"
    shown = [
        ShownArea(a.code, a.name, a.within, a.shown and {**a.shown, Measure.STALE: Shown(20, 20)})
        for a in areas(EVIL)
    ]
    path.write_text(supervision_map(shown, GEOMETRIES, TEXT, WULONG), "utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("path.nt-area")
    assert page.locator("path.nt-area").count() == len(GEOMETRIES)
    title = "没有爱心妈妈的儿童"
    assert page.locator(f'#head section[data-theme="{title}"]').is_visible()
    fills = "all => all.map(one => one.getAttribute('fill'))"
    before = page.locator("path.nt-area").evaluate_all(fills)
    page.get_by_label("90天内未核实的台账行").click()
    assert page.locator("path.nt-area").evaluate_all(fills) != before
    assert page.locator(f'#rest section[data-theme="{title}"]').is_hidden()
    assert page.title() == "武隆区督导地图"
    assert (complaints, [url for url in asked if not url.startswith("file:")]) == ([], [])


def test_a_whole_city_by_township_is_a_light_page():
    html = supervision_map(areas(), GEOMETRIES, TEXT)
    one_shape = (len(html) - len(supervision_map([], {}, TEXT))) / len(TOWNSHIPS)
    assert one_shape * 1_031 + 300_000 < 1_500_000
