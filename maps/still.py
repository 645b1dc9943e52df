"""Still map (静态图): areas as one SVG, for paper and for a picture to paste.

The same shapes, colours and patterns as on the page's map, and the areas' names while they are
few enough to be read; no script, no address. North is up; degrees are squeezed as they are at the
middle of the picture.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import cos, radians
from typing import Any

from shapely.geometry import shape

from casework.supervision import Measure, ShownArea
from maps.palette import EDGE, OUTLINE, PATTERNS, Swatch
from maps.supervision import named_places, scale_of, swatch_of
from maps.text import safe

_WIDTH = 1_000
_MARGIN = 8
_DOT = 9
_NAME = 17
"""Height of a name; as wide as high for each of its characters."""


class _Paper:
    """Where degrees fall on the paper."""

    def __init__(self, geometries: Sequence[Mapping[str, Any]]) -> None:
        bounds = [shape(geometry).bounds for geometry in geometries]
        self.west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
        east, self.north = max(b[2] for b in bounds), max(b[3] for b in bounds)
        self.squeeze = cos(radians((south + self.north) / 2))
        wide, high = (east - self.west) * self.squeeze, self.north - south
        self.scale = (_WIDTH - 2 * _MARGIN) / max(wide, high, 0.01)
        self.width = wide * self.scale + 2 * _MARGIN
        self.height = high * self.scale + 2 * _MARGIN

    def point(self, lon: float, lat: float) -> str:
        """Give a point in the words of a path."""
        x = (lon - self.west) * self.squeeze * self.scale + _MARGIN
        y = (self.north - lat) * self.scale + _MARGIN
        return f"{x:.1f} {y:.1f}"

    def path(self, geometry: Mapping[str, Any]) -> str:
        """Give a polygon or several as one path."""
        found = geometry["coordinates"]
        polygons = [found] if geometry["type"] == "Polygon" else found
        rings = (ring for polygon in polygons for ring in polygon)
        return "".join(f"M{'L'.join(self.point(*at[:2]) for at in ring)}Z" for ring in rings)


def still_map(
    areas: Sequence[ShownArea],
    geometries: Mapping[str, dict[str, Any]],
    measure: Measure,
    outline: dict[str, Any] | None = None,
) -> str:
    """Draw one measure of areas as SVG; empty text where no area has a shape."""
    drawn = [(area, geometries[area.code]) for area in areas if area.code in geometries]
    everything = [*(geometry for _, geometry in drawn), *([outline] if outline else [])]
    if not everything:
        return ""
    paper, scale = _Paper(everything), scale_of(areas, measure)
    parts = [f"<defs>{PATTERNS}</defs>", *_outline(paper, outline)]
    for area, geometry in drawn:
        told = area.shown.get(measure) if area.shown else None
        parts.append(_shape(paper, geometry, swatch_of(measure, told, scale=scale)))
    parts += _names(paper, named_places(areas, geometries))
    size = f"{paper.width:.0f} {paper.height:.0f}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" '
        f'width="{paper.width:.0f}" height="{paper.height:.0f}">{"".join(parts)}</svg>'
    )


def _outline(paper: _Paper, outline: dict[str, Any] | None) -> Iterable[str]:
    if outline:
        path = paper.path(outline)
        yield f'<path d="{path}" fill="none" stroke="{OUTLINE}" stroke-width="2.5"/>'


def _names(paper: _Paper, names: Iterable[tuple[str, tuple[float, float]]]) -> Iterable[str]:
    """Write the names that cover no other, with a light edge to be read on the dark."""
    taken: list[tuple[float, float, float]] = []
    for name, at in names:
        x, y = map(float, paper.point(*at).split())
        half = len(name) * _NAME / 2
        if any(abs(x - x2) < half + w2 and abs(y - y2) < _NAME for x2, y2, w2 in taken):
            continue
        taken.append((x, y, half))
        where = (
            f'x="{x:.1f}" y="{y + _NAME / 3:.1f}" text-anchor="middle" '
            f'font-family="Noto Sans SC" font-size="{_NAME}"'
        )
        said = safe(name)
        yield f'<text {where} fill="none" stroke="#fff" stroke-width="4">{said}</text>'
        yield f'<text {where} fill="#1f2933">{said}</text>'


def _shape(paper: _Paper, geometry: Mapping[str, Any], swatch: Swatch) -> str:
    dashes = f' stroke-dasharray="{swatch.dash}"' if swatch.dash else ""
    look = f'fill="{swatch.paint or "none"}" stroke="{EDGE}" stroke-width="1.2"{dashes}'
    if geometry["type"] == "Point":
        x, y = paper.point(*geometry["coordinates"][:2]).split()
        return f'<circle cx="{x}" cy="{y}" r="{_DOT}" {look}/>'
    return f'<path d="{paper.path(geometry)}" fill-rule="evenodd" {look}/>'
