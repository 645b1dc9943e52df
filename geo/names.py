"""Names of areas as people write them (地名), matched to the names of a list.

Offices leave out or change endings (太安, 太安乡 for 太安镇), write a village's committee for
the village (太安村委会), and put the group behind it (太安村三组). What follows is about
text only; ``geo.areas`` knows which township lies where. A doubtful name is never settled
by a guess: it gives every name it may stand for.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a written name met a name of the list, the best first.

    ``SHORT`` left something out; ``OLD`` has an ending the area no longer has (乡 for 镇);
    ``MOVED`` is a township of a unit whose children this roster may list too.
    """

    EXACT = "exact"
    SHORT = "short"
    OLD = "old"
    MOVED = "moved"
    CODE = "code"
    NONE = "none"


LONGEST_NAME = 40
"""Characters; a longer text is no name, and is not searched for one."""

_ENDING = re.compile(
    r"(?P<stem>.+?)(?:(?P<street>街道办事处|街道办|街道|街办|办事处|街)"
    r"|(?P<town>镇人民政府|镇政府|镇)|(?P<rural>乡人民政府|乡政府|乡))"
)
_PEOPLES = re.compile(
    r"(?:民族|(?:(?:土家|仡佬|蒙古|布依)族?|(?:苗|回|彝|侗|满|壮|白|瑶)族?)*"
    r"(?:(?:土家|仡佬|蒙古|布依)族?|(?:苗|回|彝|侗|满|壮|白|瑶)族))$"
)
_ASIDE = re.compile(r"\([^()]*\)$")
_QUOTES = "\"'“”‘’《》【】[]·•,，、。;；:：_-—/\\"


def plain(text: str) -> str:
    """Return the text with full-width forms folded, and without spaces and stray marks."""
    folded = unicodedata.normalize("NFKC", text)
    kept = (c for c in folded if not c.isspace() and unicodedata.category(c)[0] not in "CZ")
    return "".join(kept).strip(_QUOTES)


def stems(name: str) -> tuple[tuple[str, str | None], ...]:
    """Return each way to read a name as a stem and the kind its ending says.

    Examples
    --------
    >>> stems("地宝土家族乡")[-1]
    ('地宝', 'rural')
    """
    if len(name) > LONGEST_NAME:
        return ((name, None),)
    readings: list[tuple[str, str | None]] = [(name, None)]
    if ending := _ENDING.fullmatch(name):
        readings.append((ending["stem"], ending.lastgroup))
    for stem, kind in tuple(readings):
        bare = _PEOPLES.sub("", stem)
        if bare not in (stem, ""):
            readings.append((bare, kind))
    return tuple(readings)


def is_close(a: str, b: str) -> bool:
    """Whether one wrong, missing, added or swapped character makes one name the other."""
    if abs(len(a) - len(b)) > 1:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), None)
    if start is None:
        return True
    rest_a, rest_b = a[start:], b[start:]
    swapped = rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]
    return swapped or rest_b[1:] in (rest_a, rest_a[1:]) or rest_a[1:] == rest_b


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Township names ready to be looked up: whole names and stems to their codes."""

    whole: Mapping[str, tuple[str, ...]]
    by_stem: Mapping[str, tuple[tuple[str, str | None], ...]]

    @classmethod
    def of(cls, names: Iterable[tuple[str, str]]) -> "NameIndex":
        """Index (code, official name) pairs."""
        whole: dict[str, list[str]] = defaultdict(list)
        by_stem: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for code, name in names:
            whole[name].append(code)
            for stem, kind in stems(name)[1:]:
                by_stem[stem].append((code, kind))
        return cls(
            {name: tuple(codes) for name, codes in whole.items()},
            {stem: tuple(entries) for stem, entries in by_stem.items()},
        )

    def match(self, written: str) -> tuple[How, tuple[str, ...]]:
        """Return the codes a name stands for, those of the best match only."""
        if len(written) > LONGEST_NAME:
            return How.NONE, ()
        if written in self.whole:
            return How.EXACT, self.whole[written]
        short: set[str] = set()
        old: set[str] = set()
        for stem, kind in stems(written):
            for code, true_kind in self.by_stem.get(stem, ()):
                (short if kind in (None, true_kind) else old).add(code)
        if short or old:
            return (How.SHORT, tuple(sorted(short))) if short else (How.OLD, tuple(sorted(old)))
        aside = _ASIDE.sub("", written)
        if aside not in (written, ""):
            how, codes = self.match(aside)
            return (How.SHORT if how is How.EXACT else how), codes
        return How.NONE, ()

    def close(self, written: str) -> tuple[str, ...]:
        """Return codes a typing error away, or whose whole name begins a longer text."""
        whole = (
            codes
            for name, codes in self.whole.items()
            if written.startswith(name) or (len(written) > 2 and is_close(written, name))
        )
        begun = tuple(code for codes in whole for code in codes)
        same_kind: dict[str, bool] = {}
        for stem, kind in stems(written):
            for code, true_kind in self._near(stem):
                same_kind[code] = same_kind.get(code, False) or kind == true_kind
        near = sorted(same_kind.keys() - set(begun), key=lambda code: (not same_kind[code], code))
        return (*begun, *near)

    def _near(self, stem: str) -> Iterator[tuple[str, str | None]]:
        """Yield the entries whose stem is one typing error away; one character is too few."""
        for true_stem, entries in self.by_stem.items():
            if min(len(stem), len(true_stem)) > 1 and is_close(stem, true_stem):
                yield from entries
