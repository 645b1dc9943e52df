"""Supervision: what the three tiers look at, area by area (督导：片区、区县、市级; notice 三(三)).

``Figures`` are an area's counts; ``release_of`` tells them to an audience together, so that map,
table and download of one page cannot disagree and cannot be played off against each other.
Nearly every measure counts something to act on, so that "worst first" is the largest first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from casework.disclosure import (
    Audience,
    Audit,
    Earlier,
    Line,
    Quantity,
    Release,
    Shown,
    Table,
    at_most,
    publish,
    total,
)


class Measure(StrEnum):
    """What is counted; the first block is about children, and protected."""

    CHILDREN = "children"
    LEFT = "left"
    UNREACHED = "unreached"
    SERVED = "served"
    WAITING = "waiting"
    NOT_COUNSELLED = "not_counselled"
    STALE = "stale"
    CAREGIVERS = "caregivers"
    FREE_PLACES = "free_places"
    OVERLOADED = "overloaded"
    RECRUITS = "recruits"

    @property
    def is_about_children(self) -> bool:
        """Whether small counts of it could point at a child; a recruit is missed by some child."""
        return self not in (
            Measure.CAREGIVERS,
            Measure.FREE_PLACES,
            Measure.OVERLOADED,
        )


MUCH_IS_GOOD = frozenset({Measure.SERVED, Measure.CAREGIVERS, Measure.FREE_PLACES})
"""Where the smallest is the worst."""

NAMES_ZH: Mapping[Measure, str] = {
    Measure.CHILDREN: "在册儿童",
    Measure.LEFT: "没有爱心妈妈的儿童",
    Measure.UNREACHED: "附近没有爱心妈妈的儿童",
    Measure.SERVED: "已有爱心妈妈的儿童",
    Measure.WAITING: "结对待核实的儿童",
    Measure.NOT_COUNSELLED: "未参加本轮团辅的儿童（6岁以上）",
    Measure.STALE: "90天内未核实的台账行",
    Measure.CAREGIVERS: "爱心妈妈",
    Measure.FREE_PLACES: "剩余名额",
    Measure.OVERLOADED: "结对已满的爱心妈妈",
    Measure.RECRUITS: "建议增加的爱心妈妈",
}
NAMES_EN: Mapping[Measure, str] = {
    Measure.CHILDREN: "children on record",
    Measure.LEFT: "children without a caregiver",
    Measure.UNREACHED: "children with nobody in reach",
    Measure.SERVED: "children served",
    Measure.WAITING: "children whose pair waits for a fact",
    Measure.NOT_COUNSELLED: "children 6+ not counselled this round",
    Measure.STALE: "ledger rows not verified for 90 days",
    Measure.CAREGIVERS: "caregivers",
    Measure.FREE_PLACES: "free places",
    Measure.OVERLOADED: "caregivers with no free place",
    Measure.RECRUITS: "caregivers to recruit",
}


SHORT_ZH: Mapping[Measure, str] = {
    **NAMES_ZH,
    Measure.CHILDREN: "在册",
    Measure.LEFT: "无爱心妈妈",
    Measure.UNREACHED: "附近无人",
    Measure.CAREGIVERS: "爱心妈妈",
    Measure.OVERLOADED: "已满",
    Measure.FREE_PLACES: "余额",
}
SHORT_EN: Mapping[Measure, str] = {
    **NAMES_EN,
    Measure.CHILDREN: "on record",
    Measure.LEFT: "left",
    Measure.UNREACHED: "out of reach",
    Measure.OVERLOADED: "full",
    Measure.FREE_PLACES: "free",
}
"""Headings of narrow columns."""


@dataclass(frozen=True, slots=True)
class AreaFigures:
    """One area's counts in one month.

    Attributes
    ----------
    within
        Code of the area it is part of and is summed into; empty at the top.
    counts
        None where nothing is on record, which is not the same as none. ``CHILDREN`` is
        ``SERVED`` and ``LEFT`` together, so whoever gets bands gets no ``SERVED``: a count and
        its complement beside their sum would narrow each other. It is protected all the same.
    """

    code: str
    name: str
    within: str
    counts: Mapping[Measure, int] | None


def table_of(areas: Sequence[AreaFigures]) -> Table:
    """Give the counts of areas and of what they lie in, with what binds them.

    Areas must come with the areas they lie in: a whole that is not among them is made here.
    What a line says and is not so, such as a sum where the whole holds more than these parts,
    nobody can conclude anything from.
    """
    counts: dict[Quantity, int] = {}
    lines: list[Line] = []
    inside: dict[str, list[AreaFigures]] = {}
    known = {area.code for area in areas if area.counts is not None}
    for area in areas:
        if area.counts is None:
            continue
        inside.setdefault(area.within, []).append(area)
        counts |= {Quantity(m, area.code): count for m, count in area.counts.items()}
        lines += _bound(area.code, is_whole=area.within not in known)
    for whole, parts in sorted(inside.items()):
        for measure in Measure:
            told = [part for part in parts if part.counts and measure in part.counts]
            if not told or not whole or measure is Measure.SERVED:
                continue
            quantity = Quantity(measure, whole)
            summands = [Quantity(measure, part.code) for part in told]
            if whole not in known:
                counts[quantity] = sum(counts[q] for q in summands)
            lines.append(total(quantity, summands))
    true = tuple(line for line in lines if line.holds(counts))
    untold = frozenset(q for q in counts if q.measure == Measure.SERVED)
    open_ = frozenset(q for q in counts if not Measure(q.measure).is_about_children)
    return Table(counts, true, untold, open_, _DEAR)


_DEAR = (Measure.UNREACHED, Measure.CHILDREN, Measure.LEFT)
_PARTS = (
    (Measure.LEFT, Measure.CHILDREN),
    (Measure.UNREACHED, Measure.LEFT),
    (Measure.NOT_COUNSELLED, Measure.CHILDREN),
    (Measure.STALE, Measure.CHILDREN),
    (Measure.OVERLOADED, Measure.CAREGIVERS),
)


def _bound(code: str, *, is_whole: bool) -> list[Line]:
    """Give what anybody knows of one area's measures, by what they mean."""
    mine = {measure: Quantity(measure, code) for measure in Measure}
    served = {mine[Measure.CHILDREN]: 1, mine[Measure.LEFT]: -1}
    lines = [at_most(mine[part], mine[whole]) for part, whole in _PARTS]
    lines.append(_at_least(served, {mine[Measure.WAITING]: 1}))
    lines.append(total(mine[Measure.CHILDREN], (mine[Measure.LEFT], mine[Measure.SERVED])))
    if is_whole:
        # Who has no free place has a child of the unit, if not of the same township.
        lines.append(_at_least(served, {mine[Measure.OVERLOADED]: 1}))
        taken = {mine[Measure.CAREGIVERS]: 1, mine[Measure.FREE_PLACES]: -1}
        lines.append(_at_least(served, taken))
    return lines


def _at_least(whole: Mapping[Quantity, int], part: Mapping[Quantity, int]) -> Line:
    """Give the line that says one sum is no less than another."""
    return Line((*whole.items(), *((q, -weight) for q, weight in part.items())), 0, None)


@dataclass(frozen=True, slots=True)
class ShownArea:
    """One area as an audience sees it; ``shown`` is None where there is no data."""

    code: str
    name: str
    within: str
    shown: Mapping[Measure, Shown] | None


def shown_areas(
    areas: Sequence[AreaFigures],
    audience: Audience,
    audit: Audit,
    earlier: Earlier = (),
) -> tuple[tuple[ShownArea, ...], Release]:
    """Show areas to an audience, all that it gets passing the audit together."""
    release = publish(table_of(areas), audience, audit, earlier)
    return tuple(show_area(area, release) for area in areas), release


def show_area(area: AreaFigures, release: Release) -> ShownArea:
    """Show an area as a release tells it."""
    if area.counts is None:
        return ShownArea(area.code, area.name, area.within, None)
    told = ((measure, Quantity(measure, area.code)) for measure in area.counts)
    shown = {measure: release.shown[q] for measure, q in told if q in release.shown}
    return ShownArea(area.code, area.name, area.within, shown)


def worst_first(areas: Sequence[ShownArea], measure: Measure) -> tuple[ShownArea, ...]:
    """Order areas by what is told of a measure, the largest first; no data comes last.

    Of what there should be much of, such as free places, the smallest comes first.
    """
    sign = 1 if measure in MUCH_IS_GOOD else -1

    def rank(area: ShownArea) -> tuple[bool, bool, int, str]:
        told = area.shown.get(measure) if area.shown else None
        if told is None:
            return (True, True, 0, area.code)
        return (False, told.is_suppressed, sign * told.low, area.code)

    return tuple(sorted(areas, key=rank))


def in_words(shown: Shown | None, language: str = "zh") -> str:
    """Say what is told of a count: figure, band, some, not shown, no data."""
    zh = language != "en"
    if shown is None:
        return "无数据" if zh else "no data"
    if shown.is_suppressed:
        return "不公开" if zh else "not shown"
    if shown.is_exact:
        return str(shown.low)
    if shown.high is None:
        if shown.low <= 1:
            return "有" if zh else "some"
        return f"{shown.low} 以上" if zh else f"{shown.low} or more"
    return f"{shown.low}–{shown.high}"
