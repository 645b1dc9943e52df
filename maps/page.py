"""Page: a Folium map in one file that never asks the network for anything.

Leaflet is pasted in from the installed wheel, no tiles are drawn, a content policy in the page
forbids every request, and element ids are numbered, so the same map gives the same bytes.
"""

import re
from base64 import b64encode
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template

from maps.text import safe

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)

_STYLE = """
html, body { height: 100%; margin: 0; font: 14px/1.5 "Noto Sans CJK SC", "Microsoft YaHei",
  "PingFang SC", sans-serif; color: #1f2933; }
body { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 430px; }
.folium-map { grid-area: 1 / 1 / 3 / 2; min-height: 100%; background: #f6f7f4 !important; }
#head { grid-area: 1 / 2; padding: 14px 16px 4px; border-left: 1px solid #cbd2d9; }
#rest { grid-area: 2 / 2; padding: 0 16px 14px; border-left: 1px solid #cbd2d9;
  overflow: auto; }
.leaflet-container { font: inherit; }
.leaflet-tooltip { white-space: normal; min-width: 9em; }
.leaflet-control-layers { font-size: 14px; }
.nt-name { background: none; border: 0; box-shadow: none; font-size: 12px; font-weight: 600;
  color: #1f2933; text-shadow: 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff; white-space: nowrap;
  min-width: 0; padding: 0; }
.nt-name::before { display: none; }
.nt-name { text-align: center; line-height: 1.25; }
h1 { font-size: 19px; line-height: 1.35; margin: 0 0 2px; }
h2 { font-size: 15px; margin: 10px 0 4px; }
p { margin: 3px 0; }
.warning { color: #b42318; font-weight: 700; }
.small { font-size: 12px; color: #52606d; }
#head ul { list-style: none; padding: 0; margin: 0; }
#head li { display: flex; align-items: center; gap: 8px; margin: 2px 0; }
#head svg { flex: none; }
#rest table { border-collapse: collapse; width: 100%; font-size: 13px; }
#rest th, #rest td { border: 1px solid #d5dae1; padding: 2px 5px; text-align: right; }
#rest th { background: #eef2f6; text-align: center; position: sticky; top: 0; }
#rest td:first-child, #rest th:first-child { text-align: left; min-width: 8em; }
#rest td i { display: inline-block; height: 10px; margin-right: 4px; }
#rest tr.whole td { font-weight: 700; }
@media (max-width: 900px) {
  body { display: block; }
  .folium-map { height: 60vh !important; min-height: 0; }
  #head, #rest { border-left: 0; overflow: visible; }
  #head { padding: 6px 10px 4px; }
  #head ul { display: flex; flex-wrap: wrap; gap: 0 14px; }
}
@media print {
  @page { size: A4 landscape; margin: 10mm; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  body { display: block; width: 277mm; }
  .folium-map { height: 138mm !important; min-height: 0; break-after: page; }
  #head, #rest { border-left: 0; overflow: visible; padding: 0; }
  #head ul { display: flex; flex-wrap: wrap; gap: 0 14px; }
  #rest th { position: static; }
  #rest tr { break-inside: avoid; }
  .leaflet-control-zoom, .leaflet-control-layers { display: none; }
}
"""


_ALONE = """
body { display: block; }
.folium-map { height: 100vh !important; }
"""


class OfflineMap(folium.Map):
    """A map with everything in the page and nothing outside it."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own contract
    default_css: list[tuple[str, str]] = []  # noqa: RUF012

    def __init__(
        self, title: str, centre: tuple[float, float], many_shapes: bool, language: str = "zh"
    ) -> None:
        super().__init__(
            location=centre,
            tiles=None,
            zoom_start=10,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.25,
            prefer_canvas=many_shapes,
        )
        self._language = "en" if language == "en" else "zh-CN"
        figure = self._figure()
        figure.title = safe(title)
        head = (
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            f"<style>{_leaflet_css()}</style>",
            f"<style>{_STYLE}</style>",
            f"<script>{_leaflet_js()}</script>",
        )
        for number, part in enumerate(head):
            figure.header.add_child(_Verbatim(part), name=f"nuantong_{number}")
        self.add_child(_Controls(language))

    def set_text(self, head: str, rest: str) -> None:
        """Put title and legend above, and the table beside or below; both must be safe HTML."""
        self._figure().html.add_child(_Verbatim(f'<header id="head">{head}</header>'))
        self.add_child(_After(f'<aside id="rest">{rest}</aside>'))

    def fill_the_frame(self, south_west: list[float], north_east: list[float]) -> None:
        """Let the map take all the room, and fit anew when the frame gets its size."""
        style = _Verbatim(f"<style>{_ALONE}</style>")
        self._figure().header.add_child(style, name="nuantong_fill")
        self.add_child(_Refit([south_west, north_east]))

    def as_html(self) -> str:
        """Give the whole page."""
        root = self._figure()
        _number(root)
        page: str = root.render()
        return page.replace("<html>", f'<html lang="{self._language}">', 1)

    def _figure(self) -> Figure:
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise TypeError("a map stands in a figure")
        return figure


class _Verbatim(Element):
    """HTML that no template engine reads again."""

    _template = Template("{{ this.html }}")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html


class _After(MacroElement):
    """HTML that comes after the map."""

    _template = Template("{% macro html(this, kwargs) %}{{ this.html }}{% endmacro %}")

    def __init__(self, html: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.html = html


class _Controls(MacroElement):
    """Zoom buttons, a metric scale, and the legend of the theme that is shown."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        L.control.zoom({zoomInTitle: "{{ this.zoom_in }}", zoomOutTitle: "{{ this.zoom_out }}"})
            .addTo({{ this._parent.get_name() }});
        L.control.scale({imperial: false, maxWidth: 150}).addTo({{ this._parent.get_name() }});
        window.matchMedia("print").addEventListener("change", function (print) {
            var map = {{ this._parent.get_name() }}, shown = map.getBounds();
            if (print.matches) { map.before = [map.getCenter(), map.getZoom()]; }
            map.invalidateSize({animate: false});
            if (print.matches) { map.fitBounds(shown, {animate: false}); }
            else { map.setView(map.before[0], map.before[1], {animate: false}); }
        });
        {{ this._parent.get_name() }}.on("baselayerchange", function (change) {
            document.querySelectorAll("[data-theme]").forEach(function (legend) {
                legend.hidden = legend.dataset.theme !== change.name;
            });
        });
        {% endmacro %}
        """
    )

    def __init__(self, language: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        words = ("Zoom in", "Zoom out") if language == "en" else ("放大", "缩小")
        self.zoom_in, self.zoom_out = words


class _Refit(MacroElement):
    """Fit the bounds whenever the room changes: a frame has its size only after the page."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        new ResizeObserver(function () {
            var map = {{ this._parent.get_name() }};
            map.invalidateSize({animate: false});
            map.fitBounds({{ this.bounds|tojson }}, {animate: false, padding: [20, 20],
                maxZoom: 13});
        }).observe({{ this._parent.get_name() }}.getContainer());
        {% endmacro %}
        """
    )

    def __init__(self, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bounds = bounds


def _number(root: Figure) -> None:
    """Give every element of the tree an id by its place in it; folium's are random."""
    waiting: list[Element] = [root, root.header, root.html, root.script]
    for number, element in enumerate(waiting):
        element._id = f"{number:05d}"  # noqa: SLF001 - branca has no other door to it
        waiting.extend(element._children.values())  # noqa: SLF001


@cache
def _leaflet_js() -> str:
    text = _assets().joinpath("leaflet.js").read_text(encoding="utf-8")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return text.replace("https://leafletjs.com", "").replace("</script", "<\\/script")


@cache
def _leaflet_css() -> str:
    text = _assets().joinpath("leaflet.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)  # comments hold addresses
    return re.sub(r"url\(images/([\w.-]+)\)", lambda match: _inline_image(match[1]), text)


def _inline_image(name: str) -> str:
    data = b64encode(_assets().joinpath("images", name).read_bytes()).decode()
    return f"url(data:image/png;base64,{data})"


def _assets() -> Traversable:
    return files("js_lib_leaflet").joinpath("static", "js_lib_leaflet")
