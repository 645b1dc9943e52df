"""Levels of a round's objective in natural units: 13 units moved, 25 days, 170 hours (目标的数量).

The solver weighs; people count. A level of one term is told as its count; one of several terms
as the minutes on the road it is worth, since one minute of travel is what weights compare to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from casework.round_rules import Term
from casework.rounds import LevelValue

NAMES: Mapping[str, tuple[str, str, str, str]] = {
    "unplaced_sessions": ("未能安排的场次", "场", "sessions left over", ""),
    "changed_units": ("比已公布改动的区县", "个", "published units changed", ""),
    "first_answer": ("立即可用的办法改动的区县", "个", "units changed at once", ""),
    "moved_units": ("改期的区县", "个", "units moved", ""),
    "moved_days": ("改期的天数", "天", "days moved", ""),
    "travel_minutes": ("路途", "小时", "hours on the road", "h"),
    "school_days": ("占用上学日", "天", "school days", ""),
    "late_days": ("推后天数", "天", "days after the start", ""),
    "nights": ("外宿", "夜", "nights away", ""),
    "uneven_days": ("团队忙闲相差", "天", "days between busiest and idlest", ""),
    "mixed": ("路途等综合（折合路途）", "小时", "travel and the like, as hours", "h"),
}
"""Name and unit of each, in Chinese and English."""
_MIXED = "mixed"
_IN_MINUTES = (_MIXED, str(Term.TRAVEL_MINUTES))


@dataclass(frozen=True, slots=True)
class Amount:
    """A level as people count it.

    Attributes
    ----------
    name
        A key of ``NAMES``.
    value, bound
        Count or, of what is counted in minutes, hours; bound None where nothing is proven.
    """

    name: str
    value: float
    bound: float | None

    @property
    def is_proven(self) -> bool:
        """Whether nothing lower is possible."""
        return self.bound is not None and self.bound >= self.value

    def name_in(self, lang: str) -> str:
        """Name the level."""
        zh, _, en, _ = NAMES[self.name]
        return zh if lang == "zh" else en

    def count(self, lang: str) -> str:
        """Tell what was reached with its unit: 13 个."""
        return self._counted(self.value, lang)

    def least(self, lang: str) -> str:
        """Tell what no plan goes below, with its unit; a dash where nothing is proven."""
        return "—" if self.bound is None else self._counted(self.bound, lang)

    def _counted(self, count: float, lang: str) -> str:
        _, unit, _, short = NAMES[self.name]
        return f"{_plain(count)} {unit}" if lang == "zh" else f"{_plain(count)}{short}"

    def say(self, lang: str = "zh") -> str:
        """Tell it: 改期的区县 13 个，下限 13 个."""
        name, count, least = self.name_in(lang), self.count(lang), self.least(lang)
        return (
            f"{name} {count}，下限 {least}" if lang == "zh" else f"{name} {count}, bound {least}"
        )


def amount_of(level: str, value: int, bound: int | None, weights: Mapping[Term, int]) -> Amount:
    """Give a level's weighed value and bound as people count.

    Parameters
    ----------
    level
        Its name: terms joined by +, or what the solver calls it while it settles.
    weights
        Of the round.
    """
    terms = level.split("+")
    if len(terms) == 1 and terms[0] in NAMES:
        name = terms[0]
        weight = weights.get(Term(name), 1) if name in list(Term) else 1
    else:
        name, weight = _MIXED, weights.get(Term.TRAVEL_MINUTES, 1)
    weight = max(weight, 1)
    if name in _IN_MINUTES:
        hours = None if bound is None else round(bound / weight / 60, 1)
        return Amount(name, round(value / weight / 60, 1), hours)
    return Amount(name, value // weight, None if bound is None else -(-bound // weight))


def amounts_of(level: LevelValue) -> Amount:
    """Give a settled level as people count."""
    weights = {Term(term): weight for term, weight in level.weights.items()}
    return amount_of(level.name, level.value, level.bound, weights)


def term_amount(term: str, amount: int) -> tuple[str, str]:
    """Tell the count of one term with its unit, in Chinese: (路途, 12.5 小时)."""
    zh, unit, _, _ = NAMES[term]
    count = amount / 60 if term == Term.TRAVEL_MINUTES else amount
    return zh, f"{_plain(round(count, 1))} {unit}"


def _plain(count: float) -> str:
    return str(int(count)) if count == int(count) else f"{count:.1f}"
