"""How a round's workbook and paper say things: dates, deviations, terms (排期用语)."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from casework.round_calendar import SLOTS_ZH
from casework.round_report import RoundFrame
from casework.rounds import Slot, UnitPlan

WEEKDAYS = "一二三四五六日"
TERMS_ZH = {
    "unplaced_sessions": "未能安排的场次",
    "changed_units": "比已公布改动的区县",
    "moved_units": "改期的区县",
    "moved_days": "改期的天数",
    "travel_minutes": "路途分钟",
    "school_days": "占用上学日",
    "late_days": "推后天数",
    "nights": "外宿夜数",
    "uneven_days": "团队忙闲相差天数",
    "routes": "路途等综合",
}
PROOFS_ZH = {
    "optimal": "已证明：按这些规则和权重没有更好的排法",
    "feasible": "方案可行，尚未证明最优",
    "unknown": "未能证明",
}


def level_zh(name: str) -> str:
    """Say a level of the objective."""
    return "、".join(TERMS_ZH.get(term, term) for term in name.split("+"))


def day_zh(day: date) -> str:
    """Write a day with its weekday: 10月16日（六）."""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def days_zh(days: Iterable[date]) -> str:
    """Write days: 10月16日（六）、17日（日）."""
    words = []
    for month, group in groupby(sorted(days), key=lambda day: day.month):
        for n, day in enumerate(group):
            start = f"{month}月" if n == 0 else ""
            words.append(f"{start}{day.day}日（{WEEKDAYS[day.weekday()]}）")
    return "、".join(words)


def plan_zh(plan: UnitPlan) -> str:
    """Write a plan's days with their halves: 10月16日（六）上午、下午；17日（日）."""
    words, month = [], 0
    for day, group in groupby(plan.sessions, key=lambda session: session.date):
        slots = list(dict.fromkeys(session.slot for session in group))
        halves = "、".join(SLOTS_ZH[slot] for slot in slots if slot is not Slot.DAY)
        start = f"{day.month}月" if day.month != month else ""
        month = day.month
        words.append(f"{start}{day.day}日（{WEEKDAYS[day.weekday()]}）{halves}")
    return "；".join(words)


def teams_zh(frame: RoundFrame, plan: UnitPlan) -> str:
    """Name a plan's teams."""
    return "、".join(frame.team_name(team) for team in plan.teams)


def deviation_zh(plan: UnitPlan) -> str:
    """Say how far a plan lies from its declaration."""
    if not plan.declared:
        return "市级提出"
    if plan.moved_days == 0:
        return "按申报"
    if plan.dates[0] < plan.declared[0]:
        return f"提前{plan.moved_days}天"
    if plan.dates[0] > plan.declared[0]:
        return f"推后{plan.moved_days}天"
    return f"调整{plan.moved_days}天"


def hours_zh(minutes: int) -> str:
    """Say minutes on the road: 2小时05分."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}小时{rest:02d}分" if hours else f"{rest}分"
