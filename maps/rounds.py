"""Map of a round's trips: which team goes where, and whose dates were moved (团辅行程图).

Only units, venues and teams: no person is in it, so it may go to every unit. Lines are
straight; the minutes in the table are the estimate that the plan was made with.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import folium

from casework.round_document import fingerprint
from casework.round_report import Leg, RoundFrame, RoundReport
from casework.rounds import UnitPlan, Unplaced
from geo.place import Place
from maps.layers import Circle, CircleLayer, LineLayer, NameLayer
from maps.page import OfflineMap
from maps.palette import EDGE, Swatch
from maps.text import safe

COLOURS = (
    "#1f77b4", "#d95f02", "#2ca02c", "#9467bd", "#8c564b", "#e377c2", "#17808a", "#7f7f00",
)  # fmt: skip
KEPT = Swatch("按申报日期", "#7fbf7b")
MOVED = Swatch("改期", "#f0a202")
OPEN = Swatch("待定，由市级提出", "#6baed6")
LEFT = Swatch("未安排", "#c0392b")
HOME = Swatch("团队驻地", "#1f2933")
_STRAIGHT = "连线为直线；车程按直线距离和绕行系数估算，误差约两成。"
_CHONGQING = (29.9, 107.6)
_WEEKDAYS = "一二三四五六日"
Tell = Callable[[str], str]
"""Tells a phrase of ours in the reader's language; names stay."""


def round_map(report: RoundReport, tell: Tell = str, language: str = "zh") -> str:
    """Draw every team's trips; the same round gives the same bytes."""
    frame, table = report.frame, report.timetable
    title = tell(f"{frame.rules.title_zh}行程图")
    page = OfflineMap(title, _CHONGQING, many_shapes=False, language=language)
    places = {wish.unit: wish.seat for wish in frame.wishes}
    for n, team in enumerate(sorted(frame.teams, key=lambda team: team.team)):
        legs = [leg for leg in report.legs if leg.team == team.team]
        lines = list(_lines(legs, places, team.home))
        served = len({p.unit for p in table.units if team.team in p.teams})
        layer = tell(f"{team.name}（{served}个区县）")
        LineLayer(safe(layer), lines, COLOURS[n % len(COLOURS)]).add_to(page)
    circles = [
        Circle(places[plan.unit], 8.0, _swatch(plan), _tip(frame, plan, tell))
        for plan in table.units
    ]
    circles += [
        Circle(places[left.unit], 8.0, LEFT, f"<b>{safe(left.name)}</b><br>{_why(left, tell)}")
        for left in table.unplaced
        if left.unit in places
    ]
    CircleLayer(tell("区县"), circles, theme=False, show=True).add_to(page)
    homes = [
        Circle(team.home, 5.0, HOME, safe(tell(f"{team.name}驻地")))
        for team in sorted(frame.teams, key=lambda team: team.team)
    ]
    CircleLayer(tell("团队驻地"), homes, theme=False, show=True).add_to(page)
    names = [(wish.seat, 8.0, safe(wish.name)) for wish in frame.wishes]
    NameLayer(tell("地名"), sorted(names, key=lambda n: n[2]), show=True).add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    seats = (*places.values(), *(team.home for team in frame.teams))
    points = [[round(p.lat, 5), round(p.lon, 5)] for p in seats]
    if points:
        page.fit_bounds(
            points, padding_top_left=(30, 30), padding_bottom_right=(210, 40), max_zoom=12
        )
    page.set_text(_head(report, title, tell), _rest(report, tell))
    return page.as_html()


def _lines(
    legs: Sequence[Leg], places: dict[str, Place], home: Place
) -> Iterator[tuple[Place, Place]]:
    """Give each stretch once, however often it is driven."""
    ends = {tuple(sorted((leg.start, leg.goal))) for leg in legs}
    for start, goal in sorted(ends):
        a, b = places.get(start, home), places.get(goal, home)
        if a != b:
            yield a, b


def _swatch(plan: UnitPlan) -> Swatch:
    if not plan.declared:
        return OPEN
    return KEPT if plan.kept else MOVED


def _why(planned: UnitPlan | Unplaced, tell: Tell) -> str:
    return safe(tell(planned.reason_zh))


def _tip(frame: RoundFrame, plan: UnitPlan, tell: Tell) -> str:
    days = "、".join(f"{d.month}月{d.day}日（{_WEEKDAYS[d.weekday()]}）" for d in plan.dates)
    teams = "、".join(frame.team_name(team) for team in plan.teams)
    venue = next((s.venue for s in plan.sessions if s.venue), "")
    when = tell(f"{len(plan.sessions)}场：{days}")
    lines = [f"<b>{safe(plan.name)}</b>", safe(when), safe(teams)]
    if venue:
        lines.append(safe(venue))
    return "<br>".join((*lines, _why(plan, tell)))


def _head(report: RoundReport, title: str, tell: Tell) -> str:
    table = report.timetable
    sessions = sum(len(plan.sessions) for plan in table.units)
    moved = sum(plan.moved_days > 0 for plan in table.units)
    on = report.frame.on
    swatches = (KEPT, MOVED, OPEN, LEFT, HOME) if table.unplaced else (KEPT, MOVED, OPEN, HOME)
    items = "".join(
        f'<li><svg width="18" height="18"><circle cx="9" cy="9" r="7" stroke="{EDGE}" '
        f'stroke-width="1.5" fill="{swatch.fill}"/></svg><span>{label}</span></li>'
        for swatch, label in ((each, safe(tell(each.label_zh))) for each in swatches)
    )
    planned = tell(f"{on.year}年{on.month}月{on.day}日排定")
    counts = tell(f"{len(table.units)}个区县，{sessions}场，改期{moved}个")
    return f"<h1>{safe(title)}</h1><p>{planned}　{counts}</p><ul>{items}</ul>"


def _rest(report: RoundReport, tell: Tell) -> str:
    frame = report.frame
    rows = []
    for n, team in enumerate(sorted(frame.teams, key=lambda team: team.team)):
        legs = [leg for leg in report.legs if leg.team == team.team]
        plans = [plan for plan in report.timetable.units if team.team in plan.teams]
        days = {s.date for plan in plans for s in plan.sessions if s.team == team.team}
        minutes, nights = sum(leg.minutes for leg in legs), sum(leg.nights for leg in legs)
        bar = (
            f'<svg width="22" height="8"><rect width="22" height="4" y="2" '
            f'fill="{COLOURS[n % len(COLOURS)]}"/></svg> '
        )
        hours = f"{minutes / 60:.1f}"
        rows.append((bar + safe(team.name), len(plans), len(days), hours, nights))
    heads = ("团队", "区县", "天数", "车程（小时）", "外宿夜")
    parts = [f"<h2>{tell('各团队')}</h2>", _table(map(tell, heads), rows)]
    lines = [
        (safe(plan.name), safe(_days(plan)), safe("、".join(map(frame.team_name, plan.teams))))
        for plan in sorted(report.timetable.units, key=lambda plan: (plan.dates, plan.unit))
    ]
    lines += [
        (safe(left.name), tell("未安排"), _why(left, tell)) for left in report.timetable.unplaced
    ]
    parts += [
        f"<h2>{tell('按日期')}</h2>",
        _table(map(tell, ("区县", "日期", "团队")), lines),
        f'<p class="small">{tell(_STRAIGHT)}{tell("图中没有任何个人信息。")}'
        f"{tell(f'指纹：{fingerprint(report)[:16]}')}</p>",
    ]
    return "".join(parts)


def _days(plan: UnitPlan) -> str:
    return "、".join(f"{day.month}.{day.day}" for day in plan.dates)


def _table(headings: Iterable[str], rows: Iterable[Sequence[object]]) -> str:
    """Give a table of cells that are safe HTML already."""
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
