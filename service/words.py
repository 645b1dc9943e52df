"""Words: every sentence the doors say, in Chinese and English, from ``texts/*.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from service.round_english import tell_round


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language; ``words("files", n=3)`` gives one, filled in."""

    lang: str

    def __call__(self, key: str, **values: object) -> str:
        """Say the sentence ``key``."""
        return _sentences()[key][self.lang].format_map(values)

    def raw(self, key: str) -> str:
        """Give the sentence with its gaps, for a script to fill."""
        return _sentences()[key][self.lang]

    def one(self, text: str) -> str:
        """Cut what was said in both languages, “中文 / English”, to this one; Chinese has both."""
        if self.lang != "en" or " / " not in text:
            return text
        said = [part.rpartition(" / ")[2] for part in text.split("；") if " / " in part]
        return "; ".join(said)

    def round(self, text: str) -> str:
        """Tell what a round's document says, which is kept in Chinese."""
        return tell_round(text) if self.lang == "en" else text

    def pick(self, zh: str, en: str) -> str:
        """Choose between two texts that exist already."""
        return en if self.lang == "en" else zh


_TEXTS = (
    "words",
    "page",
    "declarations",
    "use",
    "record",
    "pairings",
    "door",
    "grants",
    "today",
    "people",
    "proposals",
    "register",
    "imports",
    "supervision",
    "rounds",
    "care",
)


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    sentences: dict[str, Mapping[str, str]] = {}
    for name in _TEXTS:
        text = files("service").joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
        sentences |= tomllib.loads(text)
    return sentences
