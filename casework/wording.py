"""Wording: what a proposal says to the people who read it (理由与用语).

Every text stands in ``texts/wording.toml``, Chinese and English, so staff can correct one
without code. A failed check, kin and a conflict are all told as 不可安排; that a guardian does
not agree is no secret of the unit's own staff: see ``casework.left_over``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from casework.programme import Programme
from casework.proposals import Left, Pair, Rung, Unknown
from casework.records import HeldRow

Language = Literal["zh", "en"]

_LIST_COMMA = {"zh": "、", "en": ", "}
_CLAUSE_COMMA = {"zh": "，", "en": ", "}
_SEMICOLON = {"zh": "；", "en": "; "}


@cache
def texts() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Read every text of ``texts/wording*.toml``: section, key, language."""
    folder = files("casework").joinpath("texts")
    found: dict[str, Mapping[str, Mapping[str, str]]] = {}
    for name in ("", "_use", "_pairings", "_care", "_records"):
        found |= tomllib.loads(folder.joinpath(f"wording{name}.toml").read_text(encoding="utf-8"))
    return found


def label(value: Enum | None, language: Language = "zh") -> str:
    """Say a closed choice, such as a rung or a role, as people say it; None is empty."""
    if value is None:
        return ""
    return _labelled(value, language)


@lru_cache(maxsize=1024, typed=True)  # typed: equal words of two choices are two labels
def _labelled(value: Enum, language: Language) -> str:
    key = value.key if isinstance(value, Rung) else str(value.value)
    return texts()[type(value).__name__][key][language]


def distance(metres: int | None, language: Language = "zh") -> str:
    """Say a straight distance no finer than it is known, or that it is unknown."""
    if metres is None:
        return texts()["Phrase"]["distance_unknown"][language]
    phrase = texts()["Phrase"]
    if metres < 95:
        return phrase["very_near"][language]
    near_m = round(metres / 10) * 10
    if near_m < 1000:
        return phrase["metres"][language].format(distance=near_m)
    return phrase["kilometres"][language].format(distance=f"{metres / 1000:.1f}")


def facts(unknowns: Iterable[Unknown], language: Language = "zh") -> str:
    """List what is still unknown of a pair."""
    return _LIST_COMMA[language].join(label(unknown, language) for unknown in unknowns)


def pair_reason(pair: Pair, language: Language = "zh") -> str:
    """Say why this caregiver stands beside this child, and what is still missing.

    Examples
    --------
    “同村（社区），直线约 620 米；原结对，保留；尚缺：从业查询结果”
    """
    where, how_far, *others = pair_clauses(pair, language)
    return _SEMICOLON[language].join((where + _CLAUSE_COMMA[language] + how_far, *others))


def pair_clauses(pair: Pair, language: Language = "zh") -> tuple[str, ...]:
    """Give the parts of a pair's reason: where, how far, old or new, locked, what is missing."""
    phrase = _phrases(language)
    where = label(pair.rung, language)
    if pair.neighbours_approximate and pair.rung is Rung.NEIGHBOURING_TOWNSHIP:
        where += phrase["approximate"]
    how_far = distance(pair.metres, language)
    if pair.metres is not None:
        how_far = phrase["straight"].format(distance=how_far)
    clauses = [where, how_far, phrase["kept" if pair.kept else "new"]]
    if pair.locked:
        clauses.append(phrase["locked"])
    if pair.conditional:
        clauses.append(phrase["missing"].format(facts=facts(pair.conditional, language)))
    return tuple(clauses)


@cache
def _phrases(language: Language) -> Mapping[str, str]:
    return {key: text[language] for key, text in texts()["Phrase"].items()}


def remedy(reason: Left, township_name: str, where: str = "", language: Language = "zh") -> str:
    """Say what would give a child a caregiver; ``where`` names the ledger row to mend.

    What is no secret of an excluded child is for ``casework.left_over`` to say.
    """
    township = township_name or {"zh": "本区县", "en": "the district"}[language]
    return texts()["Remedy"][reason][language].format(township=township, where=where)


def where_to_mend(rows: Iterable[HeldRow], language: Language = "zh") -> str:
    """Name the rows in which a child waits, as Excel counts them, in brackets."""
    number = texts()["Phrase"]["row"][language]
    places = [
        " ".join(filter(None, (row.where.file, row.where.sheet, number.format(row=row.where.row))))
        for row in rows
        if row.where.row
    ]
    text = _LIST_COMMA[language].join(places)
    return text and {"zh": f"（{text}）", "en": f" ({text})"}[language]


def responsible(programme: Programme, *township_names: str) -> str:
    """Name the posts that answer for townships, such as 太安镇妇联主席 (notice 三(三)1).

    Where no township is known it is the district's federation.
    """
    post = programme.responsible_zh
    if "镇街" not in post:
        return post
    posts = (post.replace("镇街", name) for name in township_names if name)
    return "、".join(dict.fromkeys(posts)) or texts()["Phrase"]["federation"]["zh"]


def due(programme: Programme, on: date) -> date:
    """Give the day by which a left-over child's case is to be settled."""
    return on + timedelta(days=programme.due_days)


def day(on: date) -> str:
    """Write a day as Chinese papers do."""
    return f"{on.year}年{on.month}月{on.day}日"


def whom_to_ask(
    unknown: Unknown, guardian: str, responsible_zh: str, language: Language = "zh"
) -> str:
    """Say who can establish a fact."""
    text = texts()["Ask"][unknown][language]
    return text.format(guardian=guardian, responsible=responsible_zh).strip()


def how_to_establish(unknown: Unknown, language: Language = "zh") -> str:
    """Say what the officer does to establish a fact."""
    return texts()["How"][unknown][language]
