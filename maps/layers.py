"""Layers: circles, pies, lines and names in one script each, from data and never from text.

Everything that people typed comes as HTML made by ``maps.text.safe``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin, sqrt
from typing import Any

import folium
from folium.map import Layer
from folium.template import Template

from geo.place import Place
from maps.palette import EDGE, OUTLINE, RUNGS, Swatch

SMALLEST_PX, LARGEST_PX = 7.0, 26.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle at a place; ``tip`` is safe HTML."""

    place: Place
    radius_px: float
    swatch: Swatch
    tip: str


@dataclass(frozen=True, slots=True)
class Pie:
    """A pie of the rungs at a place; ``tip`` is safe HTML."""

    place: Place
    radius_px: float
    parts: Sequence[int]
    tip: str


class CircleLayer(Layer):
    """Circles of one theme."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        {{ this.circles|tojson }}.forEach(function (c) {
            L.circleMarker([c[0], c[1]], {radius: c[2], weight: 1.5, color: c[5],
                fill: true, fillColor: c[3] || "#ffffff", fillOpacity: c[3] ? 0.9 : 0.35,
                dashArray: c[4], className: "nt-shape"})
                .bindTooltip(c[6]).bindPopup(c[6]).addTo({{ this.get_name() }});
        });
        {% endmacro %}
        """
    )

    def __init__(
        self,
        name: str,
        circles: Sequence[Circle],
        edge: str = EDGE,
        theme: bool = True,
        show: bool = False,
    ) -> None:
        super().__init__(name=name, overlay=not theme, show=show)
        self._name = "CircleLayer"
        self.circles = [
            [
                *_lat_lon(c.place),
                round(c.radius_px, 1),
                c.swatch.fill,
                c.swatch.dash,
                edge,
                c.tip,
            ]
            for c in circles
        ]


class PieLayer(Layer):
    """Pies of one theme."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        {{ this.pies|tojson }}.forEach(function (p) {
            L.marker([p[0], p[1]], {icon: L.divIcon({className: "nt-pie", html: p[3],
                iconSize: [p[2], p[2]]})})
                .bindTooltip(p[4]).bindPopup(p[4]).addTo({{ this.get_name() }});
        });
        {% endmacro %}
        """
    )

    def __init__(self, name: str, pies: Sequence[Pie]) -> None:
        super().__init__(name=name, overlay=False, show=False)
        self._name = "PieLayer"
        self.pies = [
            [*_lat_lon(pie.place), round(2 * pie.radius_px), pie_svg(pie), pie.tip] for pie in pies
        ]


class NameLayer(Layer):
    """Names of areas, below their places.

    A name that would cover another steps back; the larger area keeps its own. Zooming in brings
    it forth, and so does pointing at the area; the table beside the map has all.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        {{ this.names|tojson }}.forEach(function (n) {
            L.circleMarker([n[0], n[1]], {radius: 0, stroke: false, fill: false,
                interactive: false, renderer: L.svg()})
                .bindTooltip(n[3], {permanent: true, direction: "bottom", className: "nt-name",
                    offset: [0, n[2]]}).addTo({{ this.get_name() }});
        });
        (function (map, layer) {
            function makeRoom() {
                var taken = [];
                layer.getLayers().forEach(function (point) {
                    var name = point.getTooltip().getElement();
                    if (!name) { return; }
                    name.style.visibility = "";
                    var box = name.getBoundingClientRect();
                    var covers = taken.some(function (other) {
                        return box.left < other.right && other.left < box.right
                            && box.top < other.bottom && other.top < box.bottom;
                    });
                    if (covers) { name.style.visibility = "hidden"; } else { taken.push(box); }
                });
            }
            map.on("zoomend moveend resize overlayadd", makeRoom);
            map.whenReady(function () { setTimeout(makeRoom, 0); });
        })({{ this._parent.get_name() }}, {{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, names: Sequence[tuple[Place, float, str]], show: bool) -> None:
        super().__init__(name=name, overlay=True, show=show)
        self._name = "NameLayer"
        largest_first = sorted(names, key=lambda name: -name[1])
        self.names = [[*_lat_lon(p), round(radius), tip] for p, radius, tip in largest_first]


class LineLayer(Layer):
    """Straight lines between two places."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.featureGroup();
        {{ this.lines|tojson }}.forEach(function (l) {
            L.polyline(l, {color: {{ this.colour|tojson }}, weight: 1, interactive: false,
                className: "nt-line"}).addTo({{ this.get_name() }});
        });
        {% endmacro %}
        """
    )

    def __init__(self, name: str, lines: Sequence[tuple[Place, Place]], colour: str) -> None:
        super().__init__(name=name, overlay=True, show=True)
        self._name = "LineLayer"
        self.colour = colour
        self.lines = [[_lat_lon(a), _lat_lon(b)] for a, b in lines]


def outline_layer(geometry: dict[str, Any], *, is_ground: bool = True) -> folium.GeoJson:
    """Give the unit's outline; as the white ground of what lies on it, or as a line only."""
    return folium.GeoJson(
        {"type": "Feature", "properties": {}, "geometry": geometry},
        name="区县界线",
        control=False,
        style_function=lambda _: {
            "color": OUTLINE,
            "weight": 2,
            "fillColor": "#ffffff",
            "fillOpacity": 0.8 if is_ground else 0,
            "interactive": False,
            "className": "nt-outline",
        },
    )


def radius_px(count: int, largest: int) -> float:
    """Give a radius whose area grows with the count; the smallest can still be hit."""
    if largest <= 0 or count <= 0:
        return SMALLEST_PX
    return SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * sqrt(count / largest)


def pie_svg(pie: Pie) -> str:
    """Draw a pie; a single part is a disc, none is an empty ring."""
    r = pie.radius_px
    whole = sum(pie.parts)
    ring = f'<circle cx="0" cy="0" r="{r - 1:.1f}" fill="none" stroke="{EDGE}"/>'
    slices, turned = [], 0
    for part, colour in zip(pie.parts, RUNGS, strict=True):
        if part == whole and whole:
            slices.append(f'<circle cx="0" cy="0" r="{r - 1:.1f}" fill="{colour}"/>')
        elif part:
            slices.append(_slice(turned / whole, (turned + part) / whole, r - 1, colour))
        turned += part
    side, box = f"{2 * r:.0f}", f"{-r:.1f} {-r:.1f} {2 * r:.1f} {2 * r:.1f}"
    return f'<svg width="{side}" height="{side}" viewBox="{box}">{"".join(slices)}{ring}</svg>'


def _slice(start: float, end: float, r: float, colour: str) -> str:
    """Draw the part of a disc between two shares of the full turn, clockwise from noon."""
    (x0, y0), (x1, y1) = ((r * sin(2 * pi * t), -r * cos(2 * pi * t)) for t in (start, end))
    large = int(end - start > 0.5)
    path = f"M0 0L{x0:.2f} {y0:.2f}A{r:.2f} {r:.2f} 0 {large} 1 {x1:.2f} {y1:.2f}Z"
    return f'<path d="{path}" fill="{colour}"/>'


def _lat_lon(place: Place) -> list[float]:
    """Give a point as Leaflet wants it, to a metre."""
    return [round(place.lat, 5), round(place.lon, 5)]
