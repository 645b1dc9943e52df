"""Service areas: roughly whose ground is whose, where nobody publishes outlines (近似服务范围).

The cells of the townships' centres (Voronoi), cut to the unit's outline. They follow no border
and decide nothing; the map says so. Where fewer than four of five townships have a centre the
others' ground would be given away, so there are none, and the unit is drawn whole.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from shapely import MultiPoint, Polygon, STRtree, voronoi_polygons
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from geo.place import Place
from maps.outline import unit_outline

LEAST_SHARE = 0.8
_DIGITS = 3
"""About 100 m: finer than what the cells can know."""


def service_areas(unit_code: str, centres: Mapping[str, Place | None]) -> dict[str, Any]:
    """Give a GeoJSON geometry for each township with a centre; empty where too few have one.

    Two centres at one point, and a centre outside the outline, have no cell of their own.
    """
    outline = unit_outline(unit_code)
    known = {code: place for code, place in sorted(centres.items()) if place}
    if outline is None or len(known) < max(2, LEAST_SHARE * len(centres)):
        return {}
    ground = shape(outline)
    points = MultiPoint([(place.lon, place.lat) for place in known.values()])
    cells = list(voronoi_polygons(points, extend_to=ground).geoms)
    tree = STRtree(cells)
    areas = {}
    centred = Counter(known.values())
    for (code, place), point in zip(known.items(), points.geoms, strict=True):
        found = tree.query(point, predicate="within")
        if len(found) == 1 and centred[place] == 1:
            cut = cells[found[0]].intersection(ground)
            if not cut.is_empty:
                areas[code] = rounded(cut)
    return areas


def rounded(geometry: BaseGeometry) -> dict[str, Any]:
    """Give a geometry as GeoJSON, lean enough for a page."""
    lean = geometry.simplify(10**-_DIGITS, preserve_topology=True)
    kept = lean if isinstance(lean, Polygon) else _polygons(lean)
    found: dict[str, Any] = _round(mapping(kept))
    return found


def _polygons(geometry: BaseGeometry) -> BaseGeometry:
    parts = [part for part in getattr(geometry, "geoms", ()) if isinstance(part, Polygon)]
    return type(geometry)(parts) if geometry.geom_type == "MultiPolygon" else geometry


def _round(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _round(inner) for key, inner in value.items()}
    return [_round(inner) for inner in value] if isinstance(value, (list, tuple)) else value
