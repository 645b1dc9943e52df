"""Identity: resident ID numbers as offices write them, masking and pseudonyms (公民身份号码).

A damaged number is refused, never repaired: Excel keeps 15 digits of a number, so the last
three of a numeric cell are anybody's. What differs only in writing (a lower-case x, full-width
digits, spaces, an apostrophe) is read and told. Names of rules are ids of findings.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from stdnum import numdb
from stdnum.cn import ric

from casework.people import Sex
from casework.writing import narrowed, without_invisible

_SEPARATORS = re.compile(r"[\s\-_.·—–'‘’`\"“”]+")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+")
_PROPER = re.compile(r"[0-9]{17}[0-9X]")
_NUMBER = re.compile(r"[0-9]+X?")


@dataclass(frozen=True, slots=True)
class ResidentIdReading:
    """A resident ID cell, judged.

    Attributes
    ----------
    number
        The 18 characters when the number is valid, else empty.
    problem
        The rule that refuses it, such as ``id_check_digit``; ``id_missing`` for an empty cell.
    notes
        Rules that tell what was read differently from how it was written, or is to be checked.
    """

    number: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


def read_resident_id(value: object) -> ResidentIdReading:
    """Judge a resident ID cell as it came out of the file."""
    if value is None:
        return ResidentIdReading(problem="id_missing")
    if not isinstance(value, str):
        return ResidentIdReading(problem="id_numeric")
    if _PROPER.fullmatch(value):
        return _judge(value, ())
    text, notes = _normalise(value)
    return _judge(text, notes) if text else ResidentIdReading(problem="id_missing")


def birth_date_of(number: str) -> date:
    """Give the birth date inside a valid resident ID."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex_of(number: str) -> Sex:
    """Give the sex inside a valid resident ID: the 17th digit is odd for men."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def mask_resident_id(text: str) -> str:
    """Hide all but the first four and the last two characters: ``5001************1X``."""
    if len(text) < 10:
        return text[:1] + "*" * (len(text) - 1)
    return text[:4] + "*" * (len(text) - 6) + text[-2:]


def mask_name(name: str) -> str:
    """Hide all but the family name's first character: 张三 becomes 张*."""
    return name[:1] + "*" * min(len(name) - 1, 2)


def mask_phone(text: str) -> str:
    """Hide the middle of a phone number: ``138******78``."""
    if len(text) < 7:
        return "*" * len(text)
    return text[:3] + "*" * (len(text) - 5) + text[-2:]


def pseudonym(key: bytes, kind: str, text: str) -> str:
    """Give the stable id of a person known by ``text`` (decision 2).

    Parameters
    ----------
    key
        The office's secret; another key gives other ids.
    kind
        Prefix that says whose id it is: ``C`` child, ``M`` caregiver, ``R`` row.
    """
    digest = hmac.digest(key, f"{kind}\0{text}".encode(), hashlib.sha256)
    return f"{kind}-{base64.b32encode(digest[:10]).decode().rstrip('=')}"


def _normalise(value: str) -> tuple[str, tuple[str, ...]]:
    """Undo what is only writing, and name each thing undone."""
    visible = without_invisible(value)
    narrow = narrowed(visible)
    bare = narrow if _is_scientific(narrow) else _SEPARATORS.sub("", narrow)
    undone = {
        "id_full_width": narrow != visible,
        "id_separators": bare != narrow or visible != value,
        "id_lower_case": bare.endswith("x"),
    }
    return bare.upper(), tuple(rule for rule, happened in undone.items() if happened)


def _is_scientific(text: str) -> bool:
    return _SCIENTIFIC.fullmatch(text.strip().upper()) is not None


def _judge(text: str, notes: tuple[str, ...]) -> ResidentIdReading:
    problem = _form_problem(text) or _content_problem(text)
    if problem:
        return ResidentIdReading("", problem, notes)
    if not _region_is_known(text[:6]):
        notes = (*notes, "id_region")
    if text.endswith("000"):
        notes = (*notes, "id_tail_zero_valid")
    return ResidentIdReading(text, "", notes)


def _form_problem(text: str) -> str:
    if _PROPER.fullmatch(text):
        return ""
    if _is_scientific(text):
        return "id_scientific"
    if not _NUMBER.fullmatch(text):
        return "id_letters"
    return "id_old" if len(text) == 15 else "id_length"


def _content_problem(number: str) -> str:
    if ric.calc_check_digit(number) != number[17]:
        return "id_tail_zero" if number.endswith("000") else "id_check_digit"
    try:
        birth_date_of(number)
    except ValueError:
        return "id_birth_date"
    return "id_birth_date" if number[6:10] < "1900" else ""


@lru_cache(maxsize=8192)
def _region_is_known(region: str) -> bool:
    """Say whether the first six digits were ever a county's code; old codes count."""
    parts = numdb.get("cn/loc").info(region)
    return len(parts) > 1 and bool(parts[-1][1])
