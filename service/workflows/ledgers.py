"""Ledgers: samples, checking, splitting and merging, from files to files (台账)."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from casework.programme import Programme
from geo.areas import Gazetteer
from ledger.reader import Reader
from ledger.sample_files import DUE, write_sample


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run is judged by.

    Attributes
    ----------
    on
        None takes the rules' own day, else today.
    rules
        A rules file; None is the preset that ships.
    unit
        Name or code; None finds it in the files.
    """

    key: bytes
    on: date | None = None
    rules: Path | None = None
    unit: str | None = None


def open_reader(terms: Terms) -> Reader:
    """Settle the day, the areas of that day and the rules."""
    programme = Programme.from_toml(terms.rules)
    on = terms.on or programme.reference_date or today()
    return Reader(on, terms.key, Gazetteer.on(on), programme, terms.unit)


def today() -> date:
    """Read the clock: the only place where a day is not given."""
    return datetime.now().astimezone().date()


def make_sample(
    out: Path, unit: str | None, *, city: bool, seed: int, flaws: bool, on: date | None
) -> tuple[Path, ...]:
    """Write made-up ledgers; give the folders written, one a unit."""
    return write_sample(out, unit, city=city, seed=seed, flaws=flaws, on=on or DUE)
