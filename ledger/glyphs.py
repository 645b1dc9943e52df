"""Glyphs: which characters the font that ships with the product can draw (字形).

It has the characters of everyday names. A rare one, 𠮷 say, or another script is drawn in a font
of the machine where it has one, and the paper asks to be looked at: a name with a gap in it must
not go out unseen.
"""

from bisect import bisect_right
from functools import cache
from struct import iter_unpack, unpack_from

import pylopdf_fonts_zh_cn

MOST_NAMED = 12
_SEGMENTED = 12
"""The form of a character map that reaches beyond the first 65,536 characters."""


def rare_in(text: str) -> str:
    """Give the characters of a text that the shipped font lacks, each once."""
    starts, ends = _ranges()
    return "".join(dict.fromkeys(c for c in text if c > " " and not _within(ord(c), starts, ends)))


def ask_to_look(text: str) -> str:
    """Ask to look at the rare characters of a paper; "" where there are none."""
    rare = rare_in(text)
    some = rare[:MOST_NAMED] + ("…" if len(rare) > MOST_NAMED else "")
    return f"生僻字或其他文字（{some}）：打印后请核对，显示为方框的请手写补上。" if rare else ""


def _within(code: int, starts: tuple[int, ...], ends: tuple[int, ...]) -> bool:
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@cache
def _ranges() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read the first and last characters of each range out of the font's map."""
    font = pylopdf_fonts_zh_cn.sans_path().read_bytes()
    tables = iter_unpack(">4sLLL", font[12 : 12 + 16 * unpack_from(">H", font, 4)[0]])
    at = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    maps = iter_unpack(">HHL", font[at + 4 : at + 4 + 8 * unpack_from(">H", font, at + 2)[0]])
    found = (at + offset for _, _, offset in maps)
    whole = next(start for start in found if unpack_from(">H", font, start)[0] == _SEGMENTED)
    count = unpack_from(">L", font, whole + 12)[0]
    groups = sorted(iter_unpack(">LLL", font[whole + 16 : whole + 16 + 12 * count]))
    return tuple(first for first, _, _ in groups), tuple(last for _, last, _ in groups)
