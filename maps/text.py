"""Text on a page: the only way text gets onto a map.

Folium pastes text into HTML, and that HTML into JavaScript template strings, so a name can
run as script through ``<``, but also through ``${…}``, a backtick or a backslash, which
``html.escape`` leaves alone.
"""

import unicodedata

_ENTITIES = {character: f"&#{ord(character)};" for character in "&<>\"'$`\\{}"}


def safe(text: object) -> str:
    """Give text as HTML that shows it and can never be anything but text."""
    return "".join(
        _ENTITIES.get(character, character)
        for character in str(text)
        if unicodedata.category(character) not in ("Cc", "Cs") and character not in "\u2028\u2029"
    )
