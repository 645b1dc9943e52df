"""Writing: cells as text, without what nobody sees (单元格文字).

Full-width forms, invisible characters and the many ways of writing "nothing" are undone here
and nowhere else.
"""

import re

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NOTHING = {
    *("", "/", "\\", "-", "--", "—", "——", "–", ".", "、", "无", "暂无", "不详", "未知", "空"),
    *("null", "none", "nan", "n/a", "#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#num!"),
}
_LONGEST_NOTHING = max(map(len, _NOTHING))
_GAPS = re.compile(r"\s+")
_UNTIDY = re.compile(rf"[\s{''.join(map(chr, _INVISIBLE))}]")


def without_invisible(text: str) -> str:
    """Drop zero-width and direction marks that come with text copied from chats."""
    return text if text.isascii() else text.translate(_INVISIBLE)


def narrowed(text: str) -> str:
    """Turn full-width letters, digits and signs into the plain ones."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def text_of(value: object) -> str:
    """Give a cell as one line of text; whole numbers without a point, None as empty.

    Examples
    --------
    ``13800000000.0`` is "13800000000"; a name typed with a line break becomes one line.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if _UNTIDY.search(value) is None:
            return value
        return _GAPS.sub(" ", without_invisible(value)).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def said(value: object) -> str:
    """Give a cell as text, or empty where it says nothing (无, /, 不详, #N/A)."""
    is_tidy = isinstance(value, str) and _UNTIDY.search(value) is None
    text = str(value) if is_tidy else text_of(value)
    return "" if len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING else text
