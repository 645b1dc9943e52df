"""Words: closed choices as offices write them (选项用语), from ``texts/words.toml``."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from casework.writing import narrowed

_NOISE = re.compile(r"[\s()\[\]【】〔〕<>《》,，、。.·\-_*'\"“”‘’:：;；]+")


@lru_cache(maxsize=65536)
def find_word(table: str, text: str) -> str | None:
    """Give the choice that ``text`` stands for, or None where nobody has said."""
    return _choices()[table].get(_plain(text))


def _plain(text: str) -> str:
    return _NOISE.sub("", narrowed(text)).lower()


@cache
def _choices() -> Mapping[str, Mapping[str, str]]:
    source = files("casework").joinpath("texts", "words.toml")
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        table: {_plain(word): choice for choice, words in choices.items() for word in words}
        for table, choices in document.items()
    }
