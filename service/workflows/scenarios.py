"""Scenarios: what an officer wants to compare (方案), from a file or from options.

A file has one ``[[scenario]]`` table for each; what it does not say stays as it is::

    [[scenario]]
    name = "放宽到 8 公里，每位可带两户"
    reach_m = 8000
    places_at_least = 2
    beyond_reach_allowed = true
    with_optional = true
    [scenario.extra]
    "太安镇凤山村" = 2
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from casework.answers import Village
from casework.errors import Conflict, NotFound, Unreadable
from casework.plan_answers import Scenario
from casework.records import CaregiverRecord, ChildRecord
from casework.toml_file import toml_document
from geo.areas import Gazetteer
from geo.villages import normalise_village
from ledger.people import Ledgers
from ledger.reader import Reader

AS_IS = Scenario("现状")
MOST_EXTRA = 200
MOST_SCENARIOS = 20
_MARKS = re.compile(r"[\s/／·、,，\-—]+")
_RANGES = {"reach_m": (0, 1_000_000), "places_at_least": (0, 5)}
_FLAGS = ("beyond_reach_allowed", "with_optional")


class VillageFinder:
    """Finds the village or township that a text names, in one unit."""

    def __init__(self, ledgers: Ledgers, reader: Reader) -> None:
        self._gazetteer: Gazetteer = reader.gazetteer
        self._unit = ledgers.unit.area.code if ledgers.unit.area else None
        self._townships: dict[str, str] = {}
        self._villages: dict[str, set[Village]] = defaultdict(set)
        records: list[ChildRecord | CaregiverRecord] = [*ledgers.children, *ledgers.caregivers]
        for record in records:
            home = record.home
            self._townships[_plain(record.township_name)] = home.township
            if home.village:
                village = Village(home.township, home.village)
                for name in (record.village_name, home.village):
                    self._villages[_plain(name)].add(village)
                    self._villages[_plain(record.township_name + name)].add(village)

    def find(self, text: str) -> Village:
        """Give the village; a township alone stands for a village nobody has named.

        Raises
        ------
        NotFound
            When nothing in the unit is called so.
        Conflict
            When several villages are.
        """
        written = _plain(text)
        found = self._villages.get(written, set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Conflict(
                f"“{text}”在几个镇街都有，请在前面写上镇街 / several townships have it: name one"
            )
        village = self._in_township(written)
        if village is None:
            raise NotFound(
                f"本区县没有“{text}”，请写成“镇街村社区” / no such village in this unit"
            )
        return village

    def _in_township(self, written: str) -> Village | None:
        for name, code in sorted(self._townships.items(), key=lambda item: -len(item[0])):
            if name and written.startswith(name):
                return _village(code, name, written[len(name) :])
        townships = self._gazetteer.townships(self._unit) if self._unit else ()
        for township in sorted(townships, key=lambda place: -len(place.name)):
            if written.startswith(township.name):
                return _village(township.code, township.name, written[len(township.name) :])
        return None


def _plain(text: str) -> str:
    return _MARKS.sub("", text)


def _village(code: str, township: str, rest: str) -> Village:
    return Village(code, normalise_village(rest, township) or None)


def scenario(name: str, options: Mapping[str, Any], finder: VillageFinder) -> Scenario:
    """Make a scenario of what is said; what is not said stays as it is.

    Raises
    ------
    Unreadable
        When something is not what it should be; it is named.
    """
    wrong = [key for key, value in options.items() if not _is_right(key, value)]
    if wrong:
        ranges = (f"{key}（{least} 至 {most} 的整数）" for key, (least, most) in _RANGES.items())
        flags = (f"{key}（true 或 false）" for key in _FLAGS)
        known = "、".join((*ranges, *flags, "extra（镇街村社区 = 人数）"))
        raise Unreadable(
            f"方案“{name}”中的“{wrong[0]}”写得不对；可以写：{known}"
            " / a scenario says something that is not known or out of range"
        )
    extra = tuple((finder.find(place), count) for place, count in options.get("extra", {}).items())
    given = {key: value for key, value in options.items() if key != "extra"}
    return Scenario(name, extra=extra, **given)


def read_scenarios(path: Path, finder: VillageFinder) -> tuple[Scenario, ...]:
    """Read a file of scenarios.

    Raises
    ------
    Unreadable
        When it is no such file, or says what cannot be.
    """
    document = toml_document(path, "方案文件", "the file of scenarios")
    try:
        tables = [dict(table) for table in document["scenario"]]
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(
            f"方案文件 {path.name} 读不懂：每个方案写一节 [[scenario]]"
            " / is no file of scenarios: give each a table [[scenario]]"
        ) from error
    if not 1 <= len(tables) <= MOST_SCENARIOS:
        raise Unreadable(
            f"方案文件 {path.name} 要有 1 到 {MOST_SCENARIOS} 个方案 / 1 to 20 scenarios"
        )
    names = (str(table.pop("name", "")) or f"方案{n}" for n, table in enumerate(tables, 1))
    return _named_apart(
        [scenario(name, table, finder) for name, table in zip(names, tables, strict=True)]
    )


def _named_apart(found: Iterable[Scenario]) -> tuple[Scenario, ...]:
    scenarios = tuple(found)
    if len({one.name for one in scenarios} | {AS_IS.name}) <= len(scenarios):
        raise Unreadable("方案名称重复，或用了“现状” / two scenarios share a name")
    return scenarios


def _is_right(key: str, value: object) -> bool:
    if key in _RANGES:
        least, most = _RANGES[key]
        return isinstance(value, int) and value is not True and least <= value <= most
    if key in _FLAGS:
        return isinstance(value, bool)
    return key == "extra" and isinstance(value, dict) and _are_counts(value.values())


def _are_counts(values: Iterable[object]) -> bool:
    counts = [value for value in values if isinstance(value, int) and value is not True]
    return (
        len(counts) == len([*values])
        and min(counts, default=1) > 0
        and (sum(counts) <= MOST_EXTRA)
    )
