"""The supervision page's lines: bars, words, and where each leads (督导页面).

A line leads to records only for whoever may see them; for others to the unit's townships.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from casework.disclosure import Audience, Shown
from casework.supervision import NAMES_EN, NAMES_ZH, Measure, ShownArea, in_words, worst_first
from geo.areas import Gazetteer
from ledger.record.recruits import RecruitAnswer, VillageNeed
from maps.palette import Swatch
from maps.supervision import scale_of, swatch_of
from service.words import Words
from service.workflows.supervision import UNITS, View, told_measures
from service.workflows.supervision_papers import shapes_of

URGENT = (
    Measure.LEFT,
    Measure.UNREACHED,
    Measure.RECRUITS,
    Measure.WAITING,
    Measure.NOT_COUNSELLED,
    Measure.STALE,
    Measure.OVERLOADED,
)
"""What asks for somebody to act, the most pressing first."""

MOST_OF_EACH = 3
BAR = 90
_RECORDS: Mapping[Measure, str] = {
    Measure.LEFT: "children?unpaired=all&",
    Measure.UNREACHED: "children?unpaired=all&",
    Measure.STALE: "children?stale=1&",
    Measure.WAITING: "pairings?state=conditional&",
    Measure.SERVED: "pairings?",
    Measure.CAREGIVERS: "caregivers?",
    Measure.FREE_PLACES: "caregivers?place=free&",
    Measure.OVERLOADED: "caregivers?place=full&",
    Measure.NOT_COUNSELLED: "children?aged=1&",
}
"""Where the records of a measure are listed; of others, the township's children."""
_NO_LIST_OF_NONE = (Measure.UNREACHED, Measure.NOT_COUNSELLED)
"""Their lists hold others too: where there are none, all children are as good."""

BESIDE: Mapping[Measure, tuple[Measure, ...]] = {
    Measure.LEFT: (Measure.CHILDREN,),
    Measure.UNREACHED: (Measure.LEFT, Measure.CHILDREN),
    Measure.SERVED: (Measure.UNREACHED, Measure.CHILDREN),
    Measure.WAITING: (Measure.CHILDREN,),
    Measure.FREE_PLACES: (Measure.OVERLOADED, Measure.CAREGIVERS),
    Measure.OVERLOADED: (Measure.FREE_PLACES, Measure.CAREGIVERS),
    Measure.RECRUITS: (Measure.LEFT, Measure.UNREACHED),
    Measure.NOT_COUNSELLED: (Measure.CHILDREN,),
    Measure.STALE: (Measure.CHILDREN,),
}
"""What a layer's table tells beside it, to be weighed against; of the same release."""


@dataclass(frozen=True, slots=True)
class Line:
    """One area and what is told of one measure.

    ``beside`` are the words of what it is weighed against; ``link`` is empty where there is no
    farther; ``is_drawn`` whether the map has a shape of it.
    """

    name: str
    measure: str
    words: str
    beside: tuple[str, ...]
    bar: int
    swatch: Swatch
    link: str
    is_drawn: bool


def beside_of(view: View, layer: Measure) -> tuple[Measure, ...]:
    """Give what a layer is weighed against, as far as anything is told of it."""
    return tuple(told_measures(view, BESIDE.get(layer, ())))


def lines_of(view: View, layer: Measure, lang: str) -> list[Line]:
    """Give every area, the worst first."""
    return list(_lines(view, layer, worst_first(view.areas, layer), lang))


def urgent_lines(view: View, lang: str) -> list[Line]:
    """Give the worst few areas of each measure that asks for somebody to act."""
    found: list[Line] = []
    for measure in URGENT:
        worst = [a for a in worst_first(view.areas, measure) if _told(a, measure).low > 0]
        found += _lines(view, measure, tuple(worst[:MOST_OF_EACH]), lang)
    return found


def village_lines(answer: RecruitAnswer, lang: str) -> list[dict[str, Any]]:
    """Give each village where somebody is missing, and what one more there would solve."""
    words, places = Words(lang), Gazetteer.on(answer.on)
    return [
        {
            "township": places.township(one.township).name
            if places.has_township(one.township)
            else one.township,
            "village": one.village or words("recruits_no_village"),
            "recruits": one.recruits,
            "children": one.children,
            "left_over": one.left_over,
            "solves": _solves(one, words),
            "link": f"/children?{urlencode({'township': one.township})}",
        }
        for one in sorted(answer.villages, key=lambda v: (-v.more_paired, -v.recruits))
    ]


def _solves(one: VillageNeed, words: Words) -> str:
    if one.more_paired:
        return words("recruits_pairs", n=one.more_paired)
    if one.closer_rungs or one.metres_saved:
        km = f"{one.metres_saved / 1000:.1f}"
        return words("recruits_nearer" if one.metres_saved else "recruits_closer", km=km)
    return "—"


def _told(area: ShownArea, measure: Measure) -> Shown:
    return (area.shown or {}).get(measure) or Shown(0, 0)


def _lines(
    view: View, measure: Measure, areas: tuple[ShownArea, ...], lang: str
) -> Iterator[Line]:
    names = NAMES_EN if lang == "en" else NAMES_ZH
    shapes, scale = shapes_of(view), scale_of(view.areas, measure)
    largest = max((_told(area, measure).low for area in view.areas), default=0) or 1
    for area in areas:
        told = (area.shown or {}).get(measure)
        yield Line(
            area.name,
            names[measure],
            in_words(told, lang),
            tuple(in_words((area.shown or {}).get(m), lang) for m in beside_of(view, measure)),
            round(BAR * _told(area, measure).low / largest),
            swatch_of(measure, told, lang, scale),
            _link(view, area, measure) if area.shown else "",
            area.code in shapes,
        )


def _link(view: View, area: ShownArea, measure: Measure) -> str:
    if view.audience is not Audience.OWN_ROWS:
        asked = {"unit": area.code, "month": view.month, "layer": measure}
        return f"/supervision?{urlencode(asked)}" if view.by == UNITS else ""
    if measure is Measure.RECRUITS:
        return f"/supervision?{urlencode({'layer': measure})}#recruits-heading"
    records = _RECORDS.get(measure, "children?")
    if measure in _NO_LIST_OF_NONE and _told(area, measure) == (0, 0):
        records = "children?"
    return f"/{records}{urlencode({'township': area.code})}"
