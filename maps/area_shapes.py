"""Area shapes: one set of shapes on a map, coloured by whichever theme is on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from folium.map import Layer
from folium.template import Template

from maps.palette import EDGE, PATTERNS, Swatch


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An area on the map; ``tip`` is safe HTML by line, a swatch for every theme."""

    geometry: dict[str, Any]
    swatches: tuple[Swatch, ...]
    tip: tuple[str, ...]


class Theme(Layer):
    """A name in the switch of layers; the shapes follow it."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.layerGroup();
        {{ this.get_name() }}.theme = {{ this.number }};
        {% endmacro %}
        """
    )

    def __init__(self, name: str, number: int) -> None:
        super().__init__(name=name, overlay=False, show=number == 0)
        self._name = "Theme"
        self.number = number


class AreaShapes(Layer):
    """The shapes, drawn once however many themes there are; a line of tips is written once."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <svg width="0" height="0" style="position:absolute"><defs>{{ this.patterns }}</defs></svg>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = (function (map) {
            var swatches = {{ this.swatches|tojson }}, lines = {{ this.lines|tojson }};
            var shapes = {{ this.shapes|tojson }};
            var layers = shapes.map(function (area) {
                var options = {weight: 1.2, color: {{ this.edge|tojson }}, className: "nt-area"};
                var one = area[0].type === "Point"
                    ? L.circleMarker([area[0].coordinates[1], area[0].coordinates[0]],
                        Object.assign({radius: 11}, options))
                    : L.geoJSON(area[0], {style: options});
                var tip = area[2].map(function (n) { return lines[n]; }).join("<br>");
                return one.bindTooltip(tip).bindPopup(tip);
            });
            function paint(theme) {
                layers.forEach(function (layer, n) {
                    var swatch = swatches[shapes[n][1][theme]];
                    layer.setStyle({fill: true, fillColor: swatch[0] || "#ffffff",
                        fillOpacity: 0.9, dashArray: swatch[1]});
                });
            }
            map.on("baselayerchange", function (change) {
                if (change.layer.theme !== undefined) { paint(change.layer.theme); }
            });
            var group = L.featureGroup(layers);
            group.on("add", function () { paint(0); });
            return group;
        })({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, name: str, shapes: Sequence[AreaShape], edge: str = EDGE) -> None:
        super().__init__(name=name, overlay=True, control=False, show=True)
        self._name = "AreaShapes"
        self.edge, self.patterns = edge, PATTERNS
        palette: dict[Swatch, int] = {}
        lines: dict[str, int] = {}
        self.shapes = [
            [
                shape.geometry,
                [palette.setdefault(swatch, len(palette)) for swatch in shape.swatches],
                [lines.setdefault(line, len(lines)) for line in shape.tip],
            ]
            for shape in shapes
        ]
        self.lines = list(lines)
        self.swatches = [[swatch.paint, swatch.dash] for swatch in palette]
