"""Fields: one cell of a ledger read as what it means (字段的读法).

Each reader gives the value and the rule of the finding it deserves: an empty rule is a plain
reading, and ``None`` with an empty rule is an empty cell. What cannot be read is not guessed.
"""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from casework.people import Category, GuardianshipRating
from casework.words import find_word
from casework.writing import narrowed, said, text_of, without_invisible
from casework.written_dates import read_date

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)
MOST_PLACES = 5

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE_HERE = re.compile(r"(023)?[2-9][0-9]{7}")
_PHONE_SPLIT = re.compile(r"[/,，、;；|\n]|或")
_PHONE_MARKS = re.compile(r"[\s\-_()（）.—–'‘’]+")
_COUNTED = re.compile(r"([0-9]{1,4})(?:\.0+)?(?:户|人|个|名|家|户家庭|个孩子)?")
_SEVERAL = re.compile(r"[、,，/;；+和及兼]")
_ENTRIES_APART = re.compile(r"[、,，;；/|\r\n]+")
_GRADE = re.compile(r"残|级")


class Cell(NamedTuple, Generic[T]):
    """A cell, judged: the value if there is one, and the rule that tells what is wrong."""

    value: T | None
    rule: str = ""


class Reply(NamedTuple):
    """Whether somebody agreed, and when; ``given`` is None where nobody has answered yet."""

    given: bool | None
    on: date | None = None


class Kind(NamedTuple):
    """A child's category, and the guardianship rating where the category says it too."""

    category: Category
    guardianship: GuardianshipRating | None = None


def read_choice(table: str, kind: type[Choice], value: object) -> Cell[Choice]:
    """Read one of few words; ``{table}_unknown`` is the rule for a word nobody knows."""
    text = said(value)
    if not text:
        return Cell(None)
    word = find_word(table, text)
    return Cell(kind(word)) if word else Cell(None, f"{table}_unknown")


def read_category(value: object) -> Cell[Kind]:
    """Read why a child is in the ledger; of several reasons the programme's first counts."""
    text = said(value)
    if not text:
        return Cell(None, "category_missing")
    words = [find_word("category", text)]
    if words == [None]:
        words = [find_word("category", part) for part in _SEVERAL.split(text) if part.strip()]
    if None in words or not words:
        return Cell(None, "category_unknown")
    kind = _kind_of(min(filter(None, words), key=_PRECEDENCE.index))
    return kind if len(words) == 1 else Cell(kind.value, "category_several")


_PRECEDENCE = (
    "institutional_orphan",
    "scattered_orphan",
    "de_facto_unattended",
    "orphan_unsaid",
    "left_behind_poor",
    "left_behind",
    "other",
    "unspecified",
)


def _kind_of(word: str) -> Cell[Kind]:
    if word == "orphan_unsaid":
        return Cell(Kind(Category.SCATTERED_ORPHAN), "category_bare_orphan")
    if word == "left_behind_poor":
        return Cell(Kind(Category.LEFT_BEHIND, GuardianshipRating.POOR))
    rule = "category_unspecified" if word == "unspecified" else ""
    return Cell(Kind(Category(word)), rule)


def read_yes_no(value: object) -> Cell[bool]:
    """Read 是 or 否 and their like; a day says that it was done."""
    if isinstance(value, bool):
        return Cell(value)
    text = text_of(value)
    word = find_word("yes_no", text) if text else None
    if word is None and text and read_date(value).day:
        return Cell(True)
    return Cell({"yes": True, "no": False}.get(word or ""), "" if word or not text else "unclear")


def read_disability(value: object) -> Cell[bool]:
    """Read 是 or 否, or the kind and grade of a disability (肢体三级)."""
    cell = read_yes_no(value)
    return Cell(True) if cell.rule and _GRADE.search(text_of(value)) else cell


def read_reply(table: str, value: object) -> Cell[Reply]:
    """Read an agreement: a word of ``consent`` or ``commitment``, or the day it was given."""
    if isinstance(value, bool):
        value = "是" if value else "否"
    text = said(value)
    word = find_word(table, text) if text else None
    if word:
        return Cell(Reply({"yes": True, "no": False}.get(word)))
    day = read_date(value)
    if day.day:
        return Cell(Reply(True, day.day), day.rule)
    return Cell(Reply(None), "unclear" if text else "")


def kin_entries(value: object) -> tuple[str, ...]:
    """Part a cell of 回避儿童 into its entries; 无, 没有, 否 and a dash are none.

    A space parts nothing: 王 伟 is one name, and 王伟 李娜 is read for every name in it.
    """
    text = without_invisible(value) if isinstance(value, str) else text_of(value)
    parts = _ENTRIES_APART.split(text) if _names_somebody(text_of(text)) else ()
    return tuple(part for part in map(text_of, parts) if _names_somebody(part))


def read_places(value: object) -> Cell[int]:
    """Read how many households a caregiver can take in, 0 to 5."""
    text = narrowed(text_of(value)).replace(" ", "")
    if not text or isinstance(value, bool):
        return Cell(None, "places_unreadable" if text else "")
    counted = _COUNTED.fullmatch(text)
    if not counted:
        return Cell(None, "places_unreadable")
    places = int(counted[1])
    return Cell(places) if places <= MOST_PLACES else Cell(None, "places_too_many")


def read_phone(value: object) -> Cell[str]:
    """Read a phone number; the text is kept as written, of several one must be right."""
    text = narrowed(said(value))
    if not text or _MOBILE.fullmatch(text):
        return Cell(text or None)
    numbers = [_PHONE_MARKS.sub("", part) for part in _PHONE_SPLIT.split(text)]
    whole = _PHONE_MARKS.sub("", text)
    right = any(_is_phone(number) for number in (whole, *numbers))
    return Cell(whole if whole.isdecimal() else text, "" if right else "phone_invalid")


def _names_somebody(text: str) -> bool:
    """Say whether a text names somebody, or at least does not say that there is nobody."""
    word = find_word("kin", text) if text else "none"
    return word == "unknown" or (word is None and bool(said(text)))


@lru_cache(maxsize=4096)
def _is_rare_phone(number: str) -> bool:
    """Ask the library about what is neither a mobile nor a number of Chongqing."""
    import phonenumbers  # heavy, and nearly every number is told without it

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))
    except phonenumbers.NumberParseException:
        return False


def _is_phone(number: str) -> bool:
    if _MOBILE.fullmatch(number) or _LANDLINE_HERE.fullmatch(number):
        return True
    return _is_rare_phone(number)
