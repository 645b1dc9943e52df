"""Made-up declarations of a city: believable, written as offices write, with their quirks.

Dates and sessions are those of ``casework.sample_round``; here they are put into words. One in
ten units has numbers that differ a little from its ledger, or do not fit together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from casework.declaration_form import count_children
from casework.declaration_rules import DeclarationRules
from casework.people import Sex
from casework.programme import Programme
from casework.rounds import Closure, Team, Wish
from casework.sample import SampleUnit
from casework.sample_draw import Draw
from casework.sample_people import adult_name
from casework.sample_round import Seat, make_teams, make_wishes
from geo.areas import Unit
from geo.place import Place

CITY_CENTRE = Place(106.55, 29.56)
ATTENDANCE = (0.35, 0.9)
CAREGIVERS = (1.0, 1.6)
MISTAKES = 0.1
TEAM_BASES = ("江北区", "北碚区", "两江新区")
CLOSED_DAYS = 14


@dataclass(frozen=True, slots=True)
class SampleDeclaration:
    """One unit's form as its office wrote it: cells by field."""

    unit: Unit
    cells: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class SampleRound:
    """Everything the city office gets for a round."""

    declarations: tuple[SampleDeclaration, ...]
    wishes: tuple[Wish, ...]
    teams: tuple[Team, ...]
    closures: tuple[Closure, ...]


def make_round(
    units: Sequence[SampleUnit], programme: Programme, rules: DeclarationRules, seed: int
) -> SampleRound:
    """Make up declarations, teams and closures for units that are made up already."""
    counts = {unit.unit.code: count_children(unit.children, programme, rules) for unit in units}
    seats = [_seat(unit.unit, counts[unit.unit.code][1]) for unit in units]
    sessions = sum(ceil(max(1, s.children) * 0.6 / rules.proposed_per_session) for s in seats)
    wishes = make_wishes(seats, rules.round, sessions, seed)
    declarations = tuple(
        SampleDeclaration(unit.unit, _cells(unit.unit, wish, counts[unit.unit.code], rules, seed))
        for unit, wish in zip(units, wishes, strict=True)
    )
    bases = [seat for seat in seats if seat.name in TEAM_BASES] or seats[:1]
    draw = Draw(seed, "round")
    teams = make_teams(bases, rules.round, draw.whole(3, 8), seed)
    return SampleRound(declarations, wishes, teams, tuple(_closures(seats, rules, draw)))


def _seat(unit: Unit, older: int) -> Seat:
    return Seat(unit.code, unit.name, unit.seat or CITY_CENTRE, unit.group, older)


def _cells(
    unit: Unit, wish: Wish, counts: tuple[int, int], rules: DeclarationRules, seed: int
) -> dict[str, str | int | None]:
    """Write one form."""
    draw = Draw(seed, unit.code, "declaration")
    total, older = counts
    coming = max(1, round(older * draw.quantile(ATTENDANCE)))
    beside = round(coming * draw.quantile(CAREGIVERS))
    cells: dict[str, str | int | None] = {
        "unit": unit.name,
        "children_total": total,
        "children_6_plus": older,
        "participants_children": coming,
        "participants_caregivers": beside,
        "sessions": wish.sessions,
        "dates": _dates(wish, draw),
        "contact": _contact(draw),
        "remarks": draw.weighted([(None, 9), ("场地待落实", 1)]),
    }
    return cells | _mistake(cells, draw)


def _mistake(cells: dict[str, str | int | None], draw: Draw) -> dict[str, str | int | None]:
    """Let one form in ten be wrong in one cell."""
    if not draw.chance(MISTAKES):
        return {}
    total, older = int(cells["children_total"] or 0), int(cells["children_6_plus"] or 0)
    return draw.one(
        (
            {"children_total": total + draw.whole(1, 4)},
            {"children_6_plus": total + 1},
            {"participants_children": older + 3},
            {"participants_caregivers": f"约{cells['participants_caregivers']}人"},
            {"contact": str(cells["contact"])[:-1]},
        )
    )


def _contact(draw: Draw) -> str:
    name = adult_name(Sex.FEMALE, draw)
    phone = f"162000{draw.whole(0, 99_999):05d}"
    return draw.one(
        (f"{name} {phone}", f"{name}{phone}", f"{name}，{phone}", f"{phone}（{name}）")
    )


def _dates(wish: Wish, draw: Draw) -> str:
    """Write the wished dates in one of the ways people do."""
    if not wish.dates:
        return draw.one(("待定", "时间待定", "待通知"))
    runs = list(_runs(wish.dates))
    a_day = wish.sessions / len(wish.dates)
    more = f"（每天{a_day:.0f}场）" if a_day == 2 and draw.chance(0.3) else ""
    style = draw.weighted([(_in_words, 70), (_dotted, 20), (_each_day, 10)])
    return "、".join(style(run, draw) for run in runs) + more


def _runs(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Give consecutive days as (first, last)."""
    first = last = days[0]
    for day in days[1:]:
        if day - last != timedelta(days=1):
            yield first, last
            first = day
        last = day
    yield first, last


def _in_words(run: tuple[date, date], draw: Draw) -> str:
    first, last = run
    if first == last:
        return f"{first.month}月{first.day}日"
    dash = draw.one(("-", "—", "至", "～"))
    if first.month == last.month:
        return f"{first.month}月{first.day}{dash}{last.day}日"
    return f"{first.month}月{first.day}日{dash}{last.month}月{last.day}日"


def _dotted(run: tuple[date, date], _: Draw) -> str:
    first, last = run
    if first == last:
        return f"{first.month}.{first.day}"
    return f"{first.month}.{first.day}-{last.month}.{last.day}"


def _each_day(run: tuple[date, date], _: Draw) -> str:
    first, last = run
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return "、".join(f"{day.month}月{day.day}日" for day in days)


def _closures(seats: Sequence[Seat], rules: DeclarationRules, draw: Draw) -> Iterator[Closure]:
    """Close two or three units for a fortnight, as in early November 2021."""
    window = rules.round.window_start, rules.round.window_end
    first = max(window[0], window[1] - timedelta(days=28))
    for seat in sorted(draw.several(list(seats), draw.whole(2, 3)), key=lambda seat: seat.unit):
        starts = first + timedelta(days=draw.whole(0, 2))
        last = starts + timedelta(days=CLOSED_DAYS - 1)
        yield Closure(seat.unit, starts, last, "疫情防控")
