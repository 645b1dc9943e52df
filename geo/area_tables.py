"""The tables of ``geo/data``, read once; see ``geo/data/README.md`` for source and licence."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from geo.place import Place

Row = Mapping[str, str]


@cache
def rows(name: str) -> tuple[Row, ...]:
    """Return the rows of a table by its headings."""
    text = files("geo").joinpath("data", f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def valid_on(dated: Iterable[Row], day: date) -> Iterable[Row]:
    """Return the rows that hold on a day; an empty ``valid_to`` is open."""
    on = day.isoformat()
    return (row for row in dated if row["valid_from"] <= on <= (row["valid_to"] or "9999-12-31"))


def point(row: Row, lon: str, lat: str) -> Place | None:
    """Return the place in two columns, None where they are empty."""
    return Place(float(row[lon]), float(row[lat])) if row[lon] else None


@cache
def state_starts() -> tuple[date, ...]:
    """Return the first day of every dated state, the earliest first."""
    days = {row["valid_from"] for name in ("units", "membership") for row in rows(name)}
    return tuple(date.fromisoformat(day) for day in sorted(days))


@cache
def unit_codes() -> frozenset[str]:
    """Return the codes of all units there ever were."""
    return frozenset(row["code"] for row in rows("units"))


@cache
def rosters() -> Mapping[str, tuple[str, ...]]:
    """Return, by unit, the units whose townships its roster may name too."""
    return _grouped("rosters", "unit", "also")


@cache
def successors() -> Mapping[str, tuple[str, ...]]:
    """Return, by abolished unit, the units that took over its ground."""
    return _grouped("successors", "unit", "successor")


@cache
def spellings() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Return what each written name may stand for: pairs of unit code and ``geo.names.How``."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for unit in rows("units"):
        found[unit["code"]].append((unit["code"], "code"))
        found[unit["name"]].append((unit["code"], "exact"))
        found[unit["pinyin"].casefold()].append((unit["code"], "short"))
        if unit["kind"] != "zone" and len(unit["name"]) > 2 and unit["name"][-1] in "区县":
            found[unit["name"][:-1]].append((unit["code"], "short"))
    for row in rows("unit_names"):
        found[row["name"]].append((row["unit"], row["how"]))
    return {name: tuple(meanings) for name, meanings in found.items()}


def _grouped(name: str, key: str, value: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows(name):
        found[row[key]].append(row[value])
    return {key: tuple(sorted(values)) for key, values in found.items()}
