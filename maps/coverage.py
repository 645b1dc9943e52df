"""Coverage map (结对分布图): who is paired, who is left over and where there is room.

For the unit's own staff: it shows counts of townships or villages, people's points only when
asked, names only when asked, each told in the title (decision 9). An area without a point is
listed beside the map and never put somewhere.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import Any

import folium
from folium.map import Layer
from shapely.geometry import shape

from casework.dossier import Dossier
from casework.summary import Area, AreaCounts, count_areas
from geo.areas import Gazetteer
from geo.place import Place, Precision
from maps import palette
from maps.layers import Circle, CircleLayer, NameLayer, Pie, PieLayer, outline_layer, radius_px
from maps.outline import unit_outline
from maps.page import OfflineMap
from maps.people import NOBODY, people_on_map
from maps.side import (
    COVERAGE,
    FREE,
    LEFT,
    NEARNESS,
    AreaLine,
    SideText,
    area_tip,
    head_html,
    name_tip,
    rest_html,
)

MANY_SHAPES = 1_500
MANY_NAMES = 60
_CHONGQING = (29.6, 107.2)


class By(StrEnum):
    """Which areas the map counts."""

    TOWNSHIP = "township"
    VILLAGE = "village"


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What a map shows; points and names of people only when somebody asks for them."""

    by: By = By.TOWNSHIP
    with_points: bool = False
    with_names: bool = False


def coverage_map(
    dossier: Dossier, gazetteer: Gazetteer, unit_code: str, options: MapOptions | None = None
) -> str:
    """Draw a unit's proposal as one HTML file; the same dossier gives the same bytes.

    Parameters
    ----------
    unit_code
        Code of the unit, or what ``Home.unit`` holds where the gazetteer does not know it: then
        no outline and no township points are there to draw.
    """
    options = options or MapOptions()
    lines = area_lines(dossier, gazetteer, unit_code, options)
    title = map_title(dossier, options)
    people = people_on_map(dossier, options.with_names) if options.with_points else NOBODY
    shapes = len(lines) + people.shapes
    page = OfflineMap(title, _centre(gazetteer, unit_code), shapes > MANY_SHAPES)
    outline = unit_outline(unit_code)
    if outline:
        outline_layer(outline).add_to(page)
    for layer in (*theme_layers(lines), *people.layers):
        layer.add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    _fit(page, outline, lines)
    text = SideText(
        title=title,
        owner=f"{dossier.unit_name}妇联",
        on=dossier.on,
        fingerprint=dossier.proposal.fingerprint,
        has_outline=outline is not None,
        people=people if options.with_points else None,
        has_names=options.with_names,
    )
    page.set_text(head_html(text), rest_html(text, lines))
    return page.as_html()


def map_title(dossier: Dossier, options: MapOptions) -> str:
    """Say what the map shows, points and names included."""
    by = "村社区" if options.by is By.VILLAGE else "镇街"
    shows = [
        text
        for wanted, text in ((options.with_points, "含位置点"), (options.with_names, "含姓名"))
        if wanted
    ]
    marked = f"（{'、'.join(shows)}）" if shows else ""
    return f"{dossier.unit_name}困境儿童结对分布图（按{by}）{marked}"


def area_lines(
    dossier: Dossier, gazetteer: Gazetteer, unit_code: str, options: MapOptions
) -> tuple[AreaLine, ...]:
    """Give a line for each area with people, and each township nobody sent rows for."""
    by_village = options.by is By.VILLAGE
    villages = _village_places(dossier) if by_village else {}
    lines = []
    for counts in count_areas(dossier, by_village=by_village):
        area = counts.area
        known = villages.get((area.township, area.village or ""))
        place = known if by_village else _centre_of(gazetteer, area.township)
        names = map(dossier.child_name, counts.left_over) if options.with_names else ()
        lines.append(AreaLine(area, place, counts, tuple(names)))
    return (*lines, *_townships_without_rows(dossier, gazetteer, unit_code))


def theme_layers(lines: Sequence[AreaLine]) -> list[Layer]:
    """Give one layer a theme, of which one is seen at a time, and the areas' names."""
    return [
        CircleLayer(COVERAGE, _circles(lines, _children, _coverage), show=True),
        CircleLayer(LEFT, _circles(lines, _left, _left_swatch)),
        CircleLayer(FREE, _circles(lines, _free, _free_swatch)),
        PieLayer(NEARNESS, _pies(lines)),
        NameLayer("地名", _names(lines), show=len(lines) <= MANY_NAMES),
    ]


def _circles(
    lines: Sequence[AreaLine],
    count: Callable[[AreaCounts], int],
    swatch: Callable[[AreaCounts], palette.Swatch],
) -> list[Circle]:
    largest = max((count(line.counts) for line in lines if line.counts), default=0)
    return [
        Circle(
            line.place,
            radius_px(count(line.counts) if line.counts else 0, largest),
            swatch(line.counts) if line.counts else palette.NO_DATA,
            area_tip(line),
        )
        for line in lines
        if line.place
    ]


def _pies(lines: Sequence[AreaLine]) -> list[Pie]:
    largest = _most_children(lines)
    return [
        Pie(
            line.place,
            radius_px(line.counts.paired, largest),
            line.counts.rung_counts,
            area_tip(line),
        )
        for line in lines
        if line.place and line.counts
    ]


def _names(lines: Sequence[AreaLine]) -> list[tuple[Place, float, str]]:
    largest = _most_children(lines)
    return [
        (
            line.place,
            radius_px(line.counts.children if line.counts else 0, largest),
            name_tip(line),
        )
        for line in lines
        if line.place
    ]


def _most_children(lines: Sequence[AreaLine]) -> int:
    return max((line.counts.children for line in lines if line.counts), default=0)


_children = attrgetter("children")
_left = attrgetter("left")
_free = attrgetter("free_places")


def _coverage(counts: AreaCounts) -> palette.Swatch:
    return palette.coverage_swatch(counts.paired, counts.children)


def _left_swatch(counts: AreaCounts) -> palette.Swatch:
    return palette.count_swatch(counts.left, palette.NONE_LEFT, palette.LEFT)


def _free_swatch(counts: AreaCounts) -> palette.Swatch:
    return palette.count_swatch(counts.free_places, palette.NONE_FREE, palette.FREE)


def _townships_without_rows(
    dossier: Dossier, gazetteer: Gazetteer, unit_code: str
) -> Iterable[AreaLine]:
    """Give the unit's townships from which no row came: no data, which is not none."""
    if not gazetteer.has_unit(unit_code):
        return ()
    seen = {record.home.township for record in dossier.records}
    written = {row.township_name for rows in dossier.held.values() for row in rows}
    return (
        AreaLine(Area(township.code, township.name), township.place, None)
        for township in gazetteer.townships(unit_code)
        if township.code not in seen and township.name not in written
    )


def _village_places(dossier: Dossier) -> dict[tuple[str, str], Place]:
    """Give each village the point its people's rows give for it; never somebody's home."""
    written: dict[tuple[str, str], Counter[Place]] = {}
    for record in dossier.records:
        home = record.home
        if home.village and home.place and home.precision is Precision.VILLAGE:
            written.setdefault((home.township, home.village), Counter())[home.place] += 1
    return {
        village: min(points, key=lambda point: (-points[point], point.lon, point.lat))
        for village, points in written.items()
    }


def _centre_of(gazetteer: Gazetteer, township: str) -> Place | None:
    return gazetteer.township(township).place if gazetteer.has_township(township) else None


def _centre(gazetteer: Gazetteer, unit_code: str) -> tuple[float, float]:
    seat = gazetteer.unit(unit_code).seat if gazetteer.has_unit(unit_code) else None
    return (seat.lat, seat.lon) if seat else _CHONGQING


def _fit(page: OfflineMap, outline: dict[str, Any] | None, lines: Sequence[AreaLine]) -> None:
    """Show the whole unit: its outline, else every point that is drawn."""
    if outline:
        west, south, east, north = shape(outline).bounds
        _show(page, [[south, west], [north, east]])
    elif points := [line.place for line in lines if line.place]:
        lats, lons = [p.lat for p in points], [p.lon for p in points]
        _show(page, [[min(lats), min(lons)], [max(lats), max(lons)]])


def _show(page: OfflineMap, bounds: list[list[float]]) -> None:
    """Fit the map to its bounds, and leave room for the switch of layers at the right."""
    page.fit_bounds(bounds, padding_top_left=(30, 20), padding_bottom_right=(140, 40), max_zoom=13)
