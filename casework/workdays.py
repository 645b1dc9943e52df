"""Workdays: which days are holidays, rest days and make-up workdays (节假日与调休).

A *holiday* (放假) is a day of a statutory holiday as announced, a *rest day* (休息日) any day
off work: a weekend or a holiday, less the weekends worked to make up for one (调休上班). The
years are data in ``data/holidays.toml``; a year that is not there is refused, because a
guess would put a session on a holiday.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class UnknownYear(LookupError):  # noqa: N818
    """The holidays of this year are not on record."""


@dataclass(frozen=True, slots=True)
class YearOff:
    """One year's announced days: holiday names by day, and the weekends worked instead."""

    holidays: dict[date, str]
    makeup_workdays: frozenset[date]


def is_holiday(day: date) -> bool:
    """Whether the day belongs to a statutory holiday."""
    return day in _year(day.year).holidays


def holiday_name(day: date) -> str | None:
    """Give the holiday's Chinese name, or None."""
    return _year(day.year).holidays.get(day)


def is_makeup_workday(day: date) -> bool:
    """Whether the day is a weekend day worked in exchange for a holiday."""
    return day in _year(day.year).makeup_workdays


def is_rest_day(day: date) -> bool:
    """Whether offices and schools are closed: holidays and ordinary weekends."""
    weekend = day.weekday() >= SATURDAY
    return is_holiday(day) or (weekend and not is_makeup_workday(day))


def is_workday(day: date) -> bool:
    """Whether offices and schools are open."""
    return not is_rest_day(day)


def days_between(first: date, last: date) -> tuple[date, ...]:
    """Give every day from first to last, both included; none when last comes before."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def consecutive(days: Iterable[date], allowed: Callable[[date], bool] | None = None) -> bool:
    """Whether the days follow one another without a gap (连续开展).

    Parameters
    ----------
    allowed
        Which days count. With ``is_rest_day``, Sunday and the next Saturday are consecutive,
        since no rest day lies between; a day that is itself not allowed never follows across
        a gap. None counts every calendar day.

    Examples
    --------
    >>> consecutive([date(2021, 10, 16), date(2021, 10, 17)])
    True
    >>> consecutive([date(2021, 10, 17), date(2021, 10, 23)])
    False
    >>> consecutive([date(2021, 10, 17), date(2021, 10, 23)], is_rest_day)
    True
    """
    in_order = sorted(set(days))
    return all(_follows(earlier, later, allowed) for earlier, later in pairwise(in_order))


def _follows(earlier: date, later: date, allowed: Callable[[date], bool] | None) -> bool:
    if later - earlier == ONE_DAY:
        return True
    if allowed is None or not (allowed(earlier) and allowed(later)):
        return False
    return not any(allowed(day) for day in days_between(earlier, later)[1:-1])


@cache
def _years() -> dict[int, YearOff]:
    text = files("casework").joinpath("data", "holidays.toml").read_text(encoding="utf-8")
    return {
        int(year): YearOff(
            {
                day: spell["name"]
                for spell in off["holidays"]
                for day in days_between(spell["first"], spell["last"])
            },
            frozenset(off["makeup_workdays"]),
        )
        for year, off in tomllib.loads(text).items()
    }


def _year(year: int) -> YearOff:
    try:
        return _years()[year]
    except KeyError:
        first, last = min(_years()), max(_years())
        raise UnknownYear(
            f"{year}年的放假安排尚未录入（已有{first}—{last}年）/ "
            f"the holidays of {year} are not on record ({first}-{last} are)"
        ) from None
