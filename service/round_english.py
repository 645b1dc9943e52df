"""A round's words on English pages: dates, halves of days, how far from the wish, why (排期用语).

The documents of a round are kept and printed in Chinese; pages tell the same by the phrases of
``texts/round_english.toml``. What is no phrase of ours stays as it is: a name, or a remark.
"""

import re
import tomllib
from calendar import day_abbr, month_abbr
from functools import cache
from importlib.resources import files

_WEEKDAYS = dict(zip("一二三四五六日", day_abbr, strict=True))
_MONTHS = dict(enumerate(month_abbr))
_DAY = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})日(?:（([一二三四五六日])）)?")
_GAP = re.compile(r"\\{(\w+)\\}")
_HALVES = re.compile("(?<=\\))(上午|下午)(?:、(上午|下午))?")


def tell_round(text: str) -> str:
    """Tell what a round's document says, in English."""
    for pattern, english in _phrases():
        if found := pattern.fullmatch(text):
            return english.format_map(
                {n: tell_round(part) for n, part in found.groupdict().items()}
            )
    return _days(text) if _DAY.search(text) else text


@cache
def _phrases() -> tuple[tuple[re.Pattern[str], str], ...]:
    raw = files("service").joinpath("texts", "round_english.toml").read_text(encoding="utf-8")
    phrases: dict[str, str] = tomllib.loads(raw)["phrases"]
    return tuple((_pattern(zh), en) for zh, en in phrases.items())


def _pattern(zh: str) -> re.Pattern[str]:
    return re.compile(
        _GAP.sub(lambda gap: f"(?P<{gap[1]}>{_FITS.get(gap[1], '.+?')})", re.escape(zh))
    )


_FITS = {
    **dict.fromkeys("nmk", r"\d+"),
    **dict.fromkeys(("days", "other"), "[0-9月日、]+"),
    "area": "[一-鿿]{1,12}[区县市]",
}


def _days(text: str) -> str:
    """Write each day as “16 Oct (Sat)”, with the halves named; the month stands once."""
    told = _DAY.sub(_day, text)
    told = _HALVES.sub(
        lambda found: " " + " and ".join(map(tell_round, filter(None, found.groups()))), told
    )
    return told.replace("、", ", ").replace("；", "; ").replace("，", ", ").replace("：", ": ")


def _day(found: re.Match[str]) -> str:
    month, day, weekday = found.groups()
    name = f" {_MONTHS.get(int(month), month)}" if month else ""
    return f"{day}{name}" + (f" ({_WEEKDAYS[weekday]})" if weekday else "")
