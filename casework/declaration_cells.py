"""Cells of a declaration as offices write them: 约30人, 3场, 张三 023-12345678 (申报表单元格)."""

import re
from typing import NamedTuple

from casework.writing import narrowed, said

MOST = 1_000_000


class Count(NamedTuple):
    """A number of people or sessions; ``is_rough`` for 约30人, ``value`` None if unreadable."""

    value: int | None
    is_rough: bool = False


class Contact(NamedTuple):
    """Whom to call (项目联系人及联系方式); either part is empty where it is not there."""

    name: str = ""
    phone: str = ""


_UNITS = r"(?:人次|人|名|个|位|场次|场|次|期|岁)?"
_COUNT = re.compile(rf"(\d{{1,6}})(?:\.0+)?{_UNITS}")
_ROUGH = re.compile(
    rf"(?:约|大约|近|共约)(\d{{1,6}}){_UNITS}|(\d{{1,6}}){_UNITS}(?:左右|余|多|以上)?{_UNITS}"
)
_IN_WORDS = re.compile(rf"([一二两三四五六七八九十]{{1,3}}){_UNITS}")
_DIGITS = dict(zip("一二三四五六七八九", range(1, 10), strict=True)) | {"两": 2}
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)(?:[(（]?0?23[)）]?[- ]?)?([2-8]\d{3}[- ]?\d{4})(?!\d)")
_LABELS = re.compile(
    r"项目|联系人|联络员|联系方式|联系电话|电话|手机|办公室|办公|座机|号码|姓名|[区县市]?妇联"
)
_NAME = re.compile(r"[\u3400-\u9fff·]{2,10}|[A-Za-z][A-Za-z .]{1,30}")


def read_count(value: object) -> Count:
    """Read a number of people or sessions.

    Examples
    --------
    30, "30", "30人", "三十" are thirty; "约30人", "30余人" are thirty, roughly; "30-40", "-3",
    "30+5" are nothing that can be added up.
    """
    if isinstance(value, bool) or value is None:
        return Count(None)
    if isinstance(value, int | float):
        whole = value == int(value) if abs(value) < MOST else False
        return Count(int(value) if whole and value >= 0 else None)
    text = narrowed(said(value)).replace(" ", "").replace(",", "")
    if exact := _COUNT.fullmatch(text):
        return Count(int(exact[1]))
    if rough := _ROUGH.fullmatch(text):
        return Count(int(rough[1] or rough[2]), is_rough=True)
    if words := _IN_WORDS.fullmatch(text):
        return Count(_number(words[1]))
    return Count(None)


def _number(words: str) -> int | None:
    """Turn numerals up to 99 into a number."""
    tens, ten, ones = words.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return None
    high = _DIGITS[tens] if tens else 1
    return (high * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)


def read_contact(text: object) -> Contact:
    """Read a name and the first phone of a cell that holds both, in any order."""
    plain = narrowed(said(text))
    phone, rest = _phone_in(plain)
    names = _NAME.findall(_LABELS.sub(" ", rest))
    return Contact(names[0].strip() if names else "", phone)


def _phone_in(text: str) -> tuple[str, str]:
    """Give the first phone, in one way of writing, and the text without any."""
    mobiles = [re.sub(r"\D", "", number) for number in _MOBILE.findall(text)]
    rest = _MOBILE.sub(" ", text)
    landlines = [re.sub(r"\D", "", number) for number in _LANDLINE.findall(rest)]
    phones = mobiles or [f"023-{number}" for number in landlines]
    return (phones[0] if phones else ""), _LANDLINE.sub(" ", rest)
