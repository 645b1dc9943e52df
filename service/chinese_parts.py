"""Chinese in an English page: names, places and official words, marked as Chinese (中文部分).

Who listens to the page hears them in Chinese, and who tests it can tell data from sentences.
"""

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(
    f"[{_HAN}](?:[{_HAN}\u3000-\u303f\uff00-\uffef0-9 ]*[{_HAN}\u3000-\u303f\uff00-\uffef])?"
)
_PIECE = re.compile(
    r"<(script|style)\b.*?</\1\s*>"
    r"|<(option|title|textarea|text)\b([^>]*)>([^<]*)"
    r"|<[^>]*>"
    r"|[^<]+",
    re.DOTALL,
)


def mark_chinese(html: str) -> str:
    """Give a page whose Chinese stands in elements that say so; its text stays the same."""
    return _PIECE.sub(_marked, html)


def _marked(piece: re.Match[str]) -> str:
    text = piece[0]
    if piece[2]:  # nothing can stand inside such an element but text
        return f'<{piece[2]} lang="zh"{piece[3]}>{piece[4]}' if _RUN.search(piece[4]) else text
    return text if text.startswith("<") else _RUN.sub(r'<span lang="zh">\g<0></span>', text)
