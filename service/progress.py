"""Progress: what a long piece of work tells while it runs."""

from collections.abc import Callable
from enum import StrEnum

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total); total 0 where nobody can know it."""


class Stage(StrEnum):
    """The stages a person watches; their names stand in ``texts/words.toml``."""

    READ = "read"
    ROWS = "rows"
    RETURN = "return"
    MERGE = "merge"
    PROBLEM = "problem"
    SOLVE = "solve"
    WRITE = "write"
    SAMPLE = "sample"
    TIMETABLE = "timetable"
    COMPOSE = "compose"
    OFFERS = "offers"
    STRICT = "strict"
    WHY_NOT = "why_not"
    IMPORT = "import"
    COMPARE = "compare"


def silent(_stage: str, _done: int, _total: int) -> None:
    """Tell nobody."""
