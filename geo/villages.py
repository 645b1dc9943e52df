"""Villages (村、社区) as people write them: one spelling for one village, and its group.

A village's committee stands for the village (村委会 for 村, 居委会 for 社区); 村 and 社区 of
one name are two places and stay two. Nothing is added: 太安 does not become 太安村.
"""

import re
from functools import lru_cache

from geo.names import plain, stems

_COMMITTEES = (
    (re.compile(r"(?:村?(?:村民委员会|村委会|村委)|行政村)$"), "村"),
    (re.compile(r"(?:社区)?(?:居民委员会|居委会|居委)$"), "社区"),
)
_FORMAL_GROUP = re.compile(r"(?:村民|居民)小?组|小组")
_NUMBERED = re.compile(
    r"(?P<village>.{2,}?)第?(?P<number>\d{1,4}|[零一二三四五六七八九十百]+)(?P<kind>组|社|队)"
    r"(?P<house>(?:\d.{0,20})?)"
)
_NAMED = re.compile(r"(?P<village>.+(?:村|社区|居委会|村委会))(?P<group>.{1,8}(?:组|社|队))")
_ONES = "零一二三四五六七八九"
_COUNTED = re.compile(rf"(?:([{_ONES}])百)?零?(?:([{_ONES}]?)(十))?([{_ONES}]?)")
_CITY = re.compile("^重庆市?")
_LONGEST = 200
_MOST_FRONTS = 2048


def normalise_village(text: str, township: str = "", unit: str = "") -> str:
    """Return the village's name in one spelling, without areas before it or a group behind.

    Parameters
    ----------
    township, unit
        Names the text may begin with; only a whole name with its ending is taken off.

    Examples
    --------
    >>> normalise_village("万州区太安镇凤山村委会 三组", "太安镇", "万州区")
    '凤山村'
    """
    return split_village_group(text, township, unit)[0]


def split_village_group(text: str, township: str = "", unit: str = "") -> tuple[str, str]:
    """Return the village in one spelling and what follows it, such as ("凤山村", "3组").

    A group is 组, 社 or 队 with a number or, behind 村 or 社区, a name; a house number stays
    with its group. Whatever reads otherwise stays in the village, so that nothing is lost.
    """
    bare = plain(text)
    if len(bare) > _LONGEST:
        return bare, ""
    bare = _FORMAL_GROUP.sub("组", _without_areas(bare, township, unit))
    if found := _NUMBERED.fullmatch(bare):
        return _one_spelling(found["village"]), (
            arabic(found["number"]) + found["kind"] + found["house"]
        )
    if named := _NAMED.fullmatch(bare):
        return _one_spelling(named["village"]), named["group"]
    return _one_spelling(bare), ""


def arabic(number: str) -> str:
    """Return a number in digits: "23" for 23, 二十三 and 二三; the text itself for nonsense."""
    if number.isdecimal():
        return str(int(number))
    if all(c in _ONES for c in number):
        return str(int("".join(str(_ONES.index(c)) for c in number)))
    if counted := _COUNTED.fullmatch(number):
        hundreds, tens, ten, ones = counted.groups()
        value = 100 * _ONES.index(hundreds) if hundreds else 0
        value += 10 * (_ONES.index(tens) if tens else 1) if ten else 0
        return str(value + (_ONES.index(ones) if ones else 0))
    return number


def _without_areas(text: str, township: str, unit: str) -> str:
    """Take whole area names off the front, and leave a village that is named like one."""
    for front in (_CITY, _unit_front(plain(unit)), _township_front(plain(township))):
        rest = front.sub("", text)
        text = rest if len(rest) >= 2 else text
    return text


@lru_cache(_MOST_FRONTS)
def _unit_front(unit: str) -> re.Pattern[str]:
    stem = re.escape(re.sub(r"(?:区|县)$", "", unit))
    other_endings = rf"|{stem}(?:[^村社]{{0,8}}自治县|区|县)" if stem else ""
    return re.compile(f"^(?:{re.escape(unit)}{other_endings})")


@lru_cache(_MOST_FRONTS)
def _township_front(township: str) -> re.Pattern[str]:
    stem = re.escape(stems(township)[-1][0])
    endings = "街道办事处|街道|办事处|(?:[^村社]{0,8}族)?乡|镇"
    other_endings = f"|{stem}(?:{endings})" if stem else ""
    return re.compile(f"^(?:{re.escape(township)}{other_endings})")


def _one_spelling(village: str) -> str:
    for committee, ending in _COMMITTEES:
        village = committee.sub(ending, village)
    return village
