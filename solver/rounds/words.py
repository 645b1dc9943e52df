"""What became of each unit's wish, in the staff's words (排期说明)."""

from datetime import date

from casework.rounds import UnitPlan, Wish
from casework.workdays import consecutive
from solver.rounds.board import Board, board_of
from solver.timetable_problem import RoundProblem, sessions_needed

RULES_ZH = {
    "closures": "停办",
    "days_off": "团队不在岗",
    "skills": "没有具备所需技能或片区的团队",
    "nearest_teams": "只由就近团队承担",
    "longest_run": "团队连续工作天数上限",
    "long_travel": "路途须占用一天",
    "pins": "已锁定的安排",
}


def days_zh(dates: tuple[date, ...]) -> str:
    """Write dates as the form does: 10月16日、17日."""
    words, month = [], 0
    for day in dates:
        words.append(f"{day.month}月{day.day}日" if day.month != month else f"{day.day}日")
        month = day.month
    return "、".join(words)


def why_kept_or_moved(problem: RoundProblem, plan: UnitPlan, plans: tuple[UnitPlan, ...]) -> str:
    """Say whether the wish is kept, and if not, what stood in its way."""
    wish = next(wish for wish in problem.wishes if wish.unit == plan.unit)
    if any(pin.unit == plan.unit for pin in problem.pins):
        return "按已锁定的安排"
    if not wish.dates:
        return "申报时间待定，由市级统筹安排"
    if plan.kept:
        return "按申报日期安排"
    return f"申报{days_zh(wish.dates)}，{_obstacle(problem, wish, plan, plans)}"


def _obstacle(
    problem: RoundProblem, wish: Wish, plan: UnitPlan, plans: tuple[UnitPlan, ...]
) -> str:
    rules = problem.round
    outside = [day for day in wish.dates if not rules.window_start <= day <= rules.window_end]
    if outside:
        return f"{days_zh(tuple(outside))}不在本轮时间范围内"
    shut = [day for day in wish.dates if not rules.is_allowed(day)]
    if shut:
        return f"{days_zh(tuple(shut))}本轮不开展"
    closed = [c for c in problem.closures if any(c.closes(wish.unit, day) for day in wish.dates)]
    if closed:
        return f"期间{closed[0].reason_zh or '停办'}"
    if not consecutive(wish.dates):
        return "所报日期不连续，按连续开展的要求调整"
    holders = holders_of(plan.unit, wish.dates, plans)
    if holders:
        return f"当日团队已排给{'、'.join(holders)}"
    return f"{sessions_needed(wish, rules)}场的天数、团队或路途与申报不合"


def holders_of(unit: str, dates: tuple[date, ...], plans: tuple[UnitPlan, ...]) -> tuple[str, ...]:
    """Name the units that hold teams on these dates."""
    return tuple(plan.name for plan in plans if plan.unit != unit and set(plan.dates) & set(dates))


def why_unplaced(problem: RoundProblem, wish: Wish, *, impossible: bool) -> str:
    """Say why a unit has no place."""
    if not impossible:
        return "本轮可用的团队和日期不够，已优先安排更多场次"
    return f"单独看也无法安排：{'；'.join(barring_zh(problem, wish))}"


def barring_zh(problem: RoundProblem, wish: Wish) -> list[str]:
    """Name the rules that together leave a unit no team and first day."""
    if not problem.teams:
        return ["没有团队"]
    alone = RoundProblem(
        problem.round,
        (wish,),
        problem.teams,
        problem.closures,
        tuple(pin for pin in problem.pins if pin.unit == wish.unit),
        problem.known_minutes,
    )
    board = board_of(alone)
    exists = board.last >= 0
    if not exists.any(axis=(1, 2)).all():
        days = int(board.days.min())
        return [f"须连续{days}天，时间范围内没有这样连续的{days}个可用日"]
    return [RULES_ZH[rule] for rule in _needed(board)]


def _needed(board: Board) -> list[str]:
    """Reduce the rules, one by one, to those without which a place would be left."""
    exists, rules = board.last >= 0, list(board.barred)
    for rule in list(rules):
        others = [board.barred[other] for other in rules if other != rule]
        free = exists.copy()
        for bar in others:
            free &= ~bar
        if not free.any(axis=(1, 2)).all():
            rules.remove(rule)
    return rules
