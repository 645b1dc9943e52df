"""Kin: whom a caregiver must not be paired with, as her ledger says it (回避儿童).

People write names, 编号 and resident IDs with words around them: 王伟（侄子）, 与王伟系亲属,
E1（儿子）. An entry stands for every child whom it holds anywhere, since one pair too few is
better than a child beside her own kin. What is left of an entry without those children and the
words for kinship may be somebody else: then it is *unclear* whom she is kin to, and nobody may
take her pairs for settled.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from casework.identity import mask_name
from casework.people import CaregiverId, ChildId
from casework.writing import narrowed, without_invisible
from ledger.people import Ledgers

_UNSEEN = re.compile(r"[\s·•・‧.'’‘`\"“”*]+")
_DASHES = re.compile(r"[-—–_]+")
_RESIDENT_ID = re.compile(r"(?<!\d)\d{17}[\dX](?!\d)")
_LONE_NUMBER = re.compile(r"(?:儿童)?(?:编号|序号|第)?[::]?([0-9A-Z]+)号?(?:\(.*\))?")
_ALNUM = re.compile(r"[0-9A-Z]")
_ONE_OR_TWO_DIGITS = re.compile(r"\d{1,2}")
# Who somebody is to a child, and the words between: no part of a name that matters.
_RELATION = re.compile(
    "[侄甥儿子女孙弟妹兄哥姐姊叔伯姑舅姨婶嫂堂表内外亲属戚血缘近关系监护人姻其他她它该本人与为是的和及之"
    "家同需须要回避儿童孩小村组社邻居朋友生养继干爸妈父母爷奶祖公婆媳婿丈夫妻某我有在即请勿不能结对编号证件姓名"
    "()\\[\\]【】<>《》{}::!?。~+&=]+"
)
_FEWEST_LEFT = 2


class Kin(NamedTuple):
    """What the ledger of caregivers says of kin.

    Attributes
    ----------
    pairs
        Who is to be kept apart.
    unclear
        Masked, what is written of somebody nobody can find, by caregiver.
    """

    pairs: frozenset[tuple[ChildId, CaregiverId]]
    unclear: Mapping[CaregiverId, str]


def read_kin(ledgers: Ledgers) -> Kin:
    """Find every child of the unit whom the caregivers' entries name; rows that wait too."""
    children = _Children(ledgers)
    pairs: set[tuple[ChildId, CaregiverId]] = set()
    unclear: dict[CaregiverId, str] = {}
    for caregiver in ledgers.caregivers:
        strange = ""
        for entry in caregiver.kin:
            found, is_clear = children.in_entry(entry)
            pairs |= {(child, caregiver.id) for child in found}
            strange += "" if is_clear else entry
        if strange:
            unclear[caregiver.id] = mask_name(strange)
    return Kin(frozenset(pairs), unclear)


class _Children:
    """A unit's children under everything an entry may call them."""

    def __init__(self, ledgers: Ledgers) -> None:
        self._ledgers = ledgers

    def in_entry(self, entry: str) -> tuple[set[ChildId], bool]:
        """Give the children an entry names, and whether it names nobody else."""
        text = _bare(entry)
        for words in ((text,), tuple(map(_bare, entry.split()))):
            exact = [self._exactly(word) for word in words]
            if all(exact):
                return set().union(*exact), True
        found: set[ChildId] = set()
        rest = text
        for start, end, children in self._held_in(text):
            found |= children
            rest = rest[:start] + "-" * (end - start) + rest[end:]
        plain = _DASHES.sub("", rest if found else text)
        for number in _RESIDENT_ID.findall(plain):
            known = self._resident_ids.get(number, set())
            found |= known
            plain = plain.replace(number, "") if known else plain
        left = _RELATION.sub("", plain)
        return found, bool(found) and len(left) < _FEWEST_LEFT

    def _exactly(self, word: str) -> set[ChildId]:
        """Give the children whose whole name or number this is."""
        found = self._names.get(word, set()) | self._numbers.get(word, set())
        lone = _LONE_NUMBER.fullmatch(word)
        return found or (self._numbers.get(lone[1], set()) if lone else set())

    def _held_in(self, text: str) -> Iterator[tuple[int, int, set[ChildId]]]:
        """Yield each stretch of a text that is a child's name or number."""
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                end = start + length
                if children := self._names.get(text[start:end]):
                    yield start, end, children
                if (children := self._numbers.get(text[start:end])) and _stands_alone(
                    text, start, end
                ):
                    yield start, end, children

    @cached_property
    def _lengths(self) -> tuple[int, ...]:
        words = (*self._names, *self._numbers)
        return tuple(sorted({len(word) for word in words if len(word) > 1}))

    @cached_property
    def _names(self) -> dict[str, set[ChildId]]:
        known = [(child.name, child.id) for child in self._ledgers.children]
        known += [(row.name, ChildId(row.id)) for row in self._ledgers.held_children]
        return _called((form, child) for name, child in known for form in _forms(name))

    @cached_property
    def _numbers(self) -> dict[str, set[ChildId]]:
        known = [
            (number, child.id)
            for child in self._ledgers.children
            for number in (child.number, child.id)
        ]
        for row in self._ledgers.held_children:
            known += [(number, ChildId(row.id)) for number in (row.number, row.id)]
        return _called((_bare(number), child) for number, child in known)

    @cached_property
    def _resident_ids(self) -> dict[str, set[ChildId]]:
        known = [(child.resident_id, child.id) for child in self._ledgers.children]
        known += [(row.resident_id, ChildId(row.id)) for row in self._ledgers.held_children]
        return _called(known)


def _called(known: Iterable[tuple[str, ChildId]]) -> dict[str, set[ChildId]]:
    found: dict[str, set[ChildId]] = defaultdict(set)
    for word, child in known:
        if word:
            found[word].add(child)
    return dict(found)


def _forms(name: str) -> Iterator[str]:
    """Yield a name as it is compared: whole, and without what stands in brackets."""
    whole = _bare(name)
    yield whole
    yield re.sub(r"[(\[【].*", "", whole)


def _bare(text: str) -> str:
    return _UNSEEN.sub("", narrowed(without_invisible(text))).upper()


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Say whether a number is a word of its own: E1 is not in E12, nor is 12 in 12岁."""
    if _ONE_OR_TWO_DIGITS.fullmatch(text[start:end]):
        return False
    before, after = text[:start][-1:], text[end:][:1]
    return not (
        (_ALNUM.match(text[start]) and _ALNUM.match(before))
        or (_ALNUM.match(text[end - 1]) and _ALNUM.match(after))
    )
