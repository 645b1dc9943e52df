"""Areas: the reporting units (区县、开发区), their townships (镇街), and who holds which when.

``Gazetteer.on(day)`` gives the areas of Chongqing as they stood on a day: the 41 units of
2021, or the state since 2025-11-06, when Jiangbei, Yubei and the zone Liangjiang became the
district 两江新区. Which township belongs to which unit is a dated table and never the prefix
of a code: three units have no code of their own and lie in other districts.

Nobody publishes which townships are Liangjiang's (500191), so a child belongs to the unit
whose roster lists it: a unit's roster may also name townships of the units it is interwoven
with (``data/rosters.csv``), and such a township is found as ``How.MOVED``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from geo import area_tables
from geo.datum import Datum, to_wgs84
from geo.names import How, NameIndex
from geo.place import Place

if TYPE_CHECKING:
    from geo.neighbours import Neighbours


class UnknownArea(LookupError):  # noqa: N818
    """No area has this code on this day."""


class UnitKind(StrEnum):
    """What a reporting unit is: 区, 县 or 自治县, or a development zone (开发区)."""

    DISTRICT = "district"
    COUNTY = "county"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Unit:
    """A reporting unit (区县).

    Attributes
    ----------
    group
        Terrain group: CORE, NEW, NE, SE.
    seat
        Where its office is, to a few hundred metres; None where not known.
    valid_from, valid_to
        First and last day; ``valid_from`` is the date of our list, not of the founding.
    """

    code: str
    name: str
    pinyin: str
    group: str
    kind: UnitKind
    seat: Place | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Township:
    """A township or sub-district (乡镇、街道); ``place`` is a centre of unknown quality."""

    code: str
    name: str
    unit_code: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """The unit a text names, if it names just one, and else those it may mean."""

    unit: Unit | None
    how: How
    candidates: tuple[Unit, ...] = ()


@dataclass(frozen=True, slots=True)
class TownshipMatch:
    """The township a text names, if it names just one, and else those it may mean."""

    township: Township | None
    how: How
    candidates: tuple[Township, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """The areas of one dated state; get one by ``Gazetteer.on``.

    Attributes
    ----------
    valid_from
        First day of the state.
    units
        All reporting units, by code.
    """

    valid_from: date
    units: tuple[Unit, ...]
    _units: Mapping[str, Unit]
    _townships: Mapping[str, Township]
    _rosters: Mapping[str, tuple[Township, ...]]
    _indexes: Mapping[str, NameIndex]

    @classmethod
    def on(cls, day: date) -> "Gazetteer":
        """Return the areas as they stood on a day; before the first list, the first list."""
        starts = area_tables.state_starts()
        return _state(max((start for start in starts if start <= day), default=starts[0]))

    def has_unit(self, code: str) -> bool:
        """Whether a unit has the code on this day."""
        return code in self._units

    def has_township(self, code: str) -> bool:
        """Whether a township has the code on this day."""
        return code in self._townships

    def unit(self, code: str) -> Unit:
        """Return a unit by its code.

        Raises
        ------
        UnknownArea
            When no unit has the code on this day.
        """
        if code not in self._units:
            raise UnknownArea(f"{self.valid_from} 起无此区县代码 / no unit has this code: {code}")
        return self._units[code]

    def township(self, code: str) -> Township:
        """Return a township by its code.

        Raises
        ------
        UnknownArea
            When no township has the code.
        """
        if code not in self._townships:
            raise UnknownArea(f"无此镇街代码 / no township has this code: {code}")
        return self._townships[code]

    def townships(self, unit_code: str) -> tuple[Township, ...]:
        """Return the townships of a unit, by code; none for Liangjiang in 2021."""
        return self._rosters[self.unit(unit_code).code]

    def roster_townships(self, unit_code: str) -> tuple[Township, ...]:
        """Return the townships a unit's roster may name, by code: its own and interwoven ones."""
        codes = (unit_code, *self.interwoven(unit_code))
        return tuple(sorted((t for c in codes for t in self.townships(c)), key=_code))

    def interwoven(self, unit_code: str) -> tuple[str, ...]:
        """Return the codes of the units whose townships this unit's roster may name too."""
        others = area_tables.rosters().get(self.unit(unit_code).code, ())
        return tuple(code for code in others if code in self._units)

    def successors(self, code: str) -> tuple[Unit, ...]:
        """Return the units that hold a unit's or township's ground on this day, by code.

        Raises
        ------
        UnknownArea
            When no unit and no township ever had the code.
        """
        if code in self._units:
            return (self._units[code],)
        if code in self._townships:
            return (self._units[self._townships[code].unit_code],)
        heirs = area_tables.successors().get(code)
        if heirs is None and code not in area_tables.unit_codes():
            raise UnknownArea(f"无此地区代码 / no area ever had this code: {code}")
        return tuple(self._units[c] for c in heirs or () if c in self._units)

    def find_unit(self, text: str) -> Unit | None:
        """Return the unit a text names, or None; ``match_unit`` says more."""
        return self.match_unit(text).unit

    def match_unit(self, text: str) -> UnitMatch:
        """Find the unit a text names: by code, name, old name or pinyin.

        A unit that no longer exists on this day gives ``How.MOVED`` and its successors as
        candidates.
        """
        from geo.finding import match_unit  # it builds on this module

        return match_unit(self, text)

    def find_township(self, text: str, unit_code: str | None = None) -> TownshipMatch:
        """Find the township a text names, in one unit's roster or anywhere.

        Raises
        ------
        UnknownArea
            When no unit has ``unit_code`` on this day.
        """
        from geo.finding import match_township

        return match_township(self, text, unit_code)

    def index(self, unit_code: str | None = None) -> NameIndex:
        """Return the township names of a unit, or of all, ready to be looked up."""
        return self._indexes[unit_code or ""]

    def neighbours(
        self, unit_code: str, table: "Neighbours | None" = None
    ) -> tuple["Neighbours", bool]:
        """Return each township's neighbours inside the unit, and whether any are approximate.

        Parameters
        ----------
        table
            Neighbours the staff has set (``geo.neighbours.read_neighbours``): they hold for
            every township they name, and the rest is computed from centres.
        """
        from geo.neighbours import neighbours_of

        return neighbours_of(self.townships(unit_code) or self.roster_townships(unit_code), table)


def _code(area: Unit | Township) -> str:
    return area.code


@cache
def _state(start: date) -> Gazetteer:
    units = tuple(sorted(_units_on(start), key=_code))
    townships = {t.code: t for t in sorted(_townships_on(start), key=_code)}
    rosters: dict[str, list[Township]] = {unit.code: [] for unit in units}
    for township in townships.values():
        rosters[township.unit_code].append(township)
    indexes = {code: _index(roster) for code, roster in rosters.items()}
    indexes[""] = _index(townships.values())
    by_code = {unit.code: unit for unit in units}
    fixed = {code: tuple(roster) for code, roster in rosters.items()}
    return Gazetteer(start, units, by_code, townships, fixed, indexes)


def _index(townships: Iterable[Township]) -> NameIndex:
    return NameIndex.of((t.code, t.name) for t in townships)


def _units_on(day: date) -> Iterator[Unit]:
    for row in area_tables.valid_on(area_tables.rows("units"), day):
        seat = area_tables.point(row, "seat_lon_gcj02", "seat_lat_gcj02")
        yield Unit(
            row["code"],
            row["name"],
            row["pinyin"],
            row["group"],
            UnitKind(row["kind"]),
            to_wgs84(seat, Datum.GCJ02) if seat else None,
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )


def _townships_on(day: date) -> Iterator[Township]:
    named = {row["code"]: row for row in area_tables.rows("townships")}
    for row in area_tables.valid_on(area_tables.rows("membership"), day):
        township = named[row["township"]]
        centre = area_tables.point(township, "lon_wgs84", "lat_wgs84")
        yield Township(township["code"], township["name"], row["unit"], centre)
