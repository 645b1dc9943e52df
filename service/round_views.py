"""What the pages of a round show: calendar, list, Gantt, costs, offers (排期页面的内容)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.round_amounts import NAMES, Amount, amounts_of
from casework.round_calendar import SLOTS_ZH
from casework.round_report import RoundFrame
from casework.round_rules import Term
from casework.rounds import UnitPlan
from casework.workdays import SATURDAY, is_rest_day
from ledger.rounds_words import day_zh, days_zh, deviation_zh, hours_zh, plan_zh, teams_zh
from service.workflows.rounds_edit import AtHand, Tried

BOTH = "上下午"
DAY_PIXELS, ROW_PIXELS, NAME_PIXELS, HEAD_PIXELS = 12, 20, 78, 34


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit's sessions of one day in the calendar."""

    unit: str
    name: str
    halves: str
    state: str
    is_pinned: bool
    is_broken: bool
    day: date


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day of the calendar; ``cells`` in the order of the teams."""

    day: date
    words: str
    is_rest: bool
    is_allowed: bool
    cells: tuple[tuple[Entry, ...], ...]
    off: tuple[bool, ...]


def state_of(plan: UnitPlan) -> str:
    """Say how a plan stands to its wish: kept, moved or open."""
    if not plan.declared:
        return "open"
    return "kept" if plan.kept else "moved"


def calendar_rows(hand: AtHand) -> list[DayRow]:
    """Give every day of the window, with what each team does."""
    frame, table = hand.told.frame, hand.told.timetable
    pinned = {pin.unit for pin in frame.pins}
    broken = {v.unit for v in table.violations}
    at: dict[tuple[date, str], list[Entry]] = {}
    for plan in table.units:
        for key in sorted({(s.date, s.team) for s in plan.sessions}):
            slots = {s.slot for s in plan.sessions if (s.date, s.team) == key}
            halves = BOTH if len(slots) > 1 else SLOTS_ZH[next(iter(slots))]
            entry = Entry(
                plan.unit,
                plan.name,
                halves,
                state_of(plan),
                plan.unit in pinned,
                plan.unit in broken,
                key[0],
            )
            at.setdefault(key, []).append(entry)
    return [_row(frame, day, at) for day in _days(frame, [day for day, _ in at])]


def _days(frame: RoundFrame, used: list[date]) -> list[date]:
    """Give the window's days; longer where a plan goes beyond it."""
    rules = frame.rules
    first, last = min([rules.window_start, *used]), max([rules.window_end, *used])
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _row(frame: RoundFrame, day: date, at: Mapping[tuple[date, str], list[Entry]]) -> DayRow:
    teams = sorted(frame.teams, key=lambda team: team.team)
    return DayRow(
        day,
        day_zh(day),
        is_rest_day(day),
        frame.rules.is_allowed(day),
        tuple(tuple(at.get((day, team.team), ())) for team in teams),
        tuple(team.is_off(day) for team in teams),
    )


def team_columns(frame: RoundFrame) -> list[dict[str, str]]:
    """Give the teams, the columns of the calendar."""
    return [
        {"code": team.team, "name": team.name}
        for team in sorted(frame.teams, key=lambda team: team.team)
    ]


def unit_rows(hand: AtHand) -> list[dict[str, Any]]:
    """Give a line a unit: dates, team, deviation, reason; those left over last."""
    frame, table = hand.told.frame, hand.told.timetable
    pinned = {pin.unit for pin in frame.pins}
    rows: list[dict[str, Any]] = [
        {
            "unit": plan.unit,
            "name": plan.name,
            "sessions": len(plan.sessions),
            "declared": days_zh(plan.declared) or "待定",
            "dates": plan_zh(plan),
            "first": plan.dates[0],
            "teams": teams_zh(frame, plan),
            "deviation": deviation_zh(plan),
            "state": state_of(plan),
            "reason": plan.reason_zh,
            "pinned": plan.unit in pinned,
        }
        for plan in sorted(table.units, key=lambda plan: (plan.dates, plan.unit))
    ]
    rows += [
        {
            "unit": left.unit,
            "name": left.name,
            "sessions": left.sessions,
            "declared": "",
            "dates": "",
            "first": None,
            "teams": "",
            "deviation": "未安排",
            "state": "left",
            "reason": left.reason_zh,
            "pinned": False,
        }
        for left in table.unplaced
    ]
    return rows


def gantt(hand: AtHand) -> dict[str, Any]:
    """Give the bars of declared and planned days, as numbers of an SVG."""
    frame, table = hand.told.frame, hand.told.timetable
    used = [day for plan in table.units for day in plan.dates]
    days = _days(frame, used)
    teams = [team.team for team in sorted(frame.teams, key=lambda team: team.team)]
    at = {day: NAME_PIXELS + n * DAY_PIXELS for n, day in enumerate(days)}
    plans = sorted(table.units, key=lambda plan: (plan.dates, plan.unit))
    rows = [
        {
            "y": HEAD_PIXELS + n * ROW_PIXELS,
            "unit": plan.unit,
            "name": plan.name,
            "dates": plan_zh(plan),
            "teams": teams_zh(frame, plan),
            "wished": [at[day] for day in plan.declared if day in at],
            "planned": sorted(
                {(at[s.date], teams.index(s.team) % 8 if s.team in teams else 0)
                 for s in plan.sessions}
            ),
        }
        for n, plan in enumerate(plans)
    ]  # fmt: skip
    marks = [
        {"x": at[day], "words": f"{day.month}月{day.day}日", "is_month": day.day == 1}
        for day in days
        if day.day == 1 or (day.weekday() == SATURDAY and day.isocalendar().week % 2)
    ]
    return {
        "rows": rows,
        "marks": marks,
        "rest": [at[day] for day in days if is_rest_day(day)],
        "width": NAME_PIXELS + len(days) * DAY_PIXELS + 6,
        "height": HEAD_PIXELS + len(rows) * ROW_PIXELS + 6,
        "day": DAY_PIXELS,
        "row": ROW_PIXELS,
        "teams": [(n % 8, team["name"]) for n, team in enumerate(team_columns(frame))],
    }


def summary(hand: AtHand) -> dict[str, Any]:
    """Give what a timetable comes to, in natural units."""
    table = hand.told.timetable
    moved = [plan for plan in table.units if plan.moved_days]
    return {
        "units": len(table.units),
        "sessions": sum(len(plan.sessions) for plan in table.units),
        "kept": sum(plan.kept for plan in table.units),
        "moved": len(moved),
        "moved_days": sum(plan.moved_days for plan in moved),
        "open": sum(not plan.declared for plan in table.units),
        "left": sum(left.sessions for left in table.unplaced),
        "left_units": len(table.unplaced),
        "hours": round(table.amounts.get(Term.TRAVEL_MINUTES, 0) / 60),
        "nights": table.amounts.get(Term.NIGHTS, 0),
        "proof": str(table.proof.status),
        "violations": len(table.violations),
        "levels": [level_row(amounts_of(level)) for level in table.objective],
    }


def level_row(amount: Amount) -> dict[str, Any]:
    """Give one level as a row: what was reached and what is proven of it."""
    zh, unit, en, short = NAMES[amount.name]
    return {
        "zh": zh,
        "en": en,
        "unit": unit,
        "short": short,
        "value": amount.value,
        "bound": amount.bound,
        "proven": amount.is_proven,
    }


def more_rows(more: Mapping[Term, int]) -> list[dict[str, Any]]:
    """Give by how much each term grows or shrinks, those that do."""
    rows = []
    for term, count in more.items():
        if not count:
            continue
        zh, unit, en, short = NAMES[str(term)]
        amount = round(count / 60, 1) if term is Term.TRAVEL_MINUTES else count
        rows.append({"zh": zh, "en": en, "unit": unit, "short": short, "more": f"{amount:+g}",
                     "worse": count > 0})  # fmt: skip
    return rows


def tried_view(hand: AtHand, tried: Tried) -> dict[str, Any]:
    """Give what a move comes to, as the panel shows it."""
    frame = hand.told.frame
    return {
        "unit": tried.move.unit,
        "seen": hand.found.current,
        "name": tried.plan.name,
        "first": tried.move.first,
        "team": tried.move.team,
        "team_name": frame.team_name(tried.move.team),
        "dates": plan_zh(tried.plan),
        "deviation": deviation_zh(tried.plan),
        "broken": [violation_row(frame, v) for v in tried.broken],
        "mended": [violation_row(frame, v) for v in tried.mended],
        "more": more_rows(tried.more),
    }


def violation_row(frame: RoundFrame, violation: Any) -> dict[str, str]:
    """Give one broken rule in the staff's words."""
    return {
        "rule": violation.rule,
        "unit": frame.unit_name(violation.unit),
        "team": frame.team_name(violation.team) if violation.team else "",
        "date": day_zh(violation.date) if violation.date else "",
        "words": violation.message_zh,
    }


def offer_rows(hand: AtHand, unit: str = "") -> list[dict[str, Any]]:
    """Give the counter-offers, of all units or of one."""
    frame = hand.told.frame
    return [
        {
            "unit": offer.unit,
            "name": offer.name,
            "wished": days_zh(offer.wished) or "待定",
            "planned": plan_zh(offer.planned) if offer.planned else "未安排",
            "holders": holders_zh(offer.holders, frame),
            "reason": offer.reason_zh,
            "alternatives": [
                {
                    "dates": days_zh(plan.dates),
                    "teams": teams_zh(frame, plan),
                    "days": plan.moved_days,
                    "first": plan.dates[0],
                    "team": plan.teams[0],
                }
                for plan in offer.alternatives
                if plan.dates
            ],
        }
        for offer in hand.told.offers
        if unit in ("", offer.unit)
    ]


def holders_zh(holders: Any, frame: RoundFrame) -> list[str]:
    """Say who holds which team on the wished dates."""
    by_day: dict[date, list[str]] = {}
    for holder in holders:
        by_day.setdefault(holder.date, []).append(
            f"{holder.name}（{frame.team_name(holder.team)}）"
        )
    return [f"{day_zh(day)}：{'、'.join(names)}" for day, names in sorted(by_day.items())]


def travel_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give each team's load."""
    return [{**line, "hours": hours_zh(line["minutes"])} for line in document["travel"]]


def difference_rows(pairs: Any, before: RoundFrame, now: RoundFrame) -> list[dict[str, str]]:
    """Give what differs between two published timetables, a line a unit."""
    return [
        {
            "name": (new or old).name,
            "before": f"{plan_zh(old)}，{teams_zh(before, old)}" if old else "未安排",
            "now": f"{plan_zh(new)}，{teams_zh(now, new)}" if new else "退出或未安排",
        }
        for old, new in pairs
    ]
