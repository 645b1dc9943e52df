"""Coordinates as people type them (经纬度): a place, or what is wrong, never a repair.

The two numbers may be decimal degrees or degrees, minutes and seconds (106°30′12″, 东经106.5),
in two cells or in one (106.55,29.56). Swapped numbers, zeros and points far from the unit
give no place: the caller falls back on the village or the township.

Whether a point is far from a unit is judged generously, since outlines of different makers
differ and our centres are coarse: it is far when it lies beyond a certain reach of every
township centre, the seat and the centroid. The reach is 0.9 times the radius of a disc with
the unit's area, at least 12 km. Measured on the outlines of the 38 districts it loses no
vertex of any border, and it refuses 95 % of the township centres of other units.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from geo import area_tables
from geo.areas import Gazetteer
from geo.datum import Datum, to_wgs84
from geo.place import Place

DEGREE_M = 111_320.0
LEAST_REACH_M = 12_000.0
REACH_SHARE = 0.9


class CoordinateProblem(StrEnum):
    """Why a pair of numbers gives no place."""

    MISSING = "missing"
    NOT_NUMBER = "not_number"
    ZERO = "zero"
    SWAPPED = "swapped"
    OUTSIDE_CHINA = "outside_china"
    OUTSIDE_UNIT = "outside_unit"


@dataclass(frozen=True, slots=True)
class CoordinateReading:
    """A place in WGS-84, or the reason why there is none."""

    place: Place | None
    problem: CoordinateProblem | None


@dataclass(frozen=True, slots=True)
class Extent:
    """Roughly the ground of a unit: everything within ``reach_m`` of any of its points."""

    points: tuple[Place, ...]
    reach_m: float

    def holds(self, place: Place) -> bool:
        """Whether a place may lie in the unit; always, where nothing is known of the unit."""
        degrees = self.reach_m / DEGREE_M
        across = math.cos(math.radians(place.lat))
        return not self.points or any(
            math.hypot((p.lon - place.lon) * across, p.lat - place.lat) <= degrees
            for p in self.points
        )


@cache
def unit_extent(gazetteer: Gazetteer, unit_code: str) -> Extent:
    """Return roughly the ground a unit's children may live on.

    Raises
    ------
    UnknownArea
        When no unit has the code on this day.
    """
    codes = {unit_code, *gazetteer.interwoven(unit_code)}
    codes |= {old for old, heirs in area_tables.successors().items() if unit_code in heirs}
    grounds = [row for row in area_tables.rows("units") if row["code"] in codes]
    seats = (gazetteer.unit(code).seat for code in codes if gazetteer.has_unit(code))
    centres = (township.place for township in gazetteer.roster_townships(unit_code))
    centroids = (area_tables.point(g, "centroid_lon_wgs84", "centroid_lat_wgs84") for g in grounds)
    areas_km2 = [float(ground["area_km2"] or 0) for ground in grounds]
    reach_m = REACH_SHARE * 1000 * math.sqrt(max(areas_km2) / math.pi)
    return Extent(_known(*seats, *centres, *centroids), max(LEAST_REACH_M, reach_m))


def _known(*places: Place | None) -> tuple[Place, ...]:
    return tuple(place for place in places if place)


_DECIMAL = re.compile(r"([+-]?\d{1,9}(?:\.\d{1,20})?)[°度]?")
_SEXAGESIMAL = re.compile(
    r"(?P<degrees>\d{1,3})[°度](?P<minutes>\d{1,2}(?:\.\d{1,15})?)['′‘’分]?"
    r"(?:(?P<seconds>\d{1,2}(?:\.\d{1,15})?)(?:[\"″“”秒]|['′‘’]{2})?)?"
)
_EAST = re.compile(r"^(?:东经|经度|longitude|lng|lon|e)[:=]?|e$")
_NORTH = re.compile(r"^(?:北纬|纬度|latitude|lat|n)[:=]?|n$")
_NOTHING = frozenset(
    {"", "-", "--", "/", "\\", "无", "暂无", "不详", "未知", "nan", "none", "null"}
)
_TWO = re.compile(r"(?P<first>[^,;、/|]+)[,;、/|](?P<second>[^,;、/|]+)|(?P<a>\S+)\s+(?P<b>\S+)")


def read_coordinates(
    lon: object, lat: object, datum: Datum = Datum.WGS84, extent: Extent | None = None
) -> CoordinateReading:
    """Read two cells as a place, or say what is wrong with them.

    Parameters
    ----------
    lon, lat
        Cells as they are: numbers, text, None. Where one is empty and the other holds both
        numbers, they are taken apart; numbers that are named (北纬29.5 东经106.5) in their own
        order, others in that of 经度, 纬度.
    datum
        What the numbers were measured in.
    extent
        Where they may lie (``unit_extent``); None does not ask.
    """
    x, y = _plain(lon), _plain(lat)
    if (x in _NOTHING) != (y in _NOTHING):
        x, y = _taken_apart(y if x in _NOTHING else x)
    if x in _NOTHING or y in _NOTHING:
        return CoordinateReading(None, CoordinateProblem.MISSING)
    east, north = _degrees(_EAST.sub("", x)), _degrees(_NORTH.sub("", y))
    if east is None or north is None:
        return CoordinateReading(None, CoordinateProblem.NOT_NUMBER)
    if problem := _problem(east, north):
        return CoordinateReading(None, problem)
    place = to_wgs84(Place(east, north), datum)
    if extent and not extent.holds(place):
        return CoordinateReading(None, CoordinateProblem.OUTSIDE_UNIT)
    return CoordinateReading(place, None)


def _problem(lon: float, lat: float) -> CoordinateProblem | None:
    if lon == 0 or lat == 0:  # a filler: nowhere in China is either
        return CoordinateProblem.ZERO
    if _is_in_china(lat, lon):
        return CoordinateProblem.SWAPPED
    return None if _is_in_china(lon, lat) else CoordinateProblem.OUTSIDE_CHINA


def _is_in_china(lon: float, lat: float) -> bool:
    """Say whether a point lies in the box of the mainland and Hainan; never true both ways."""
    return 73 <= lon <= 135.1 and 17 <= lat <= 53.6


def _plain(cell: object) -> str:
    """Return a cell as text, folded and in lower case; a whole or decimal number as digits."""
    if isinstance(cell, float) and math.isnan(cell):
        return "nan"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:.12f}" if abs(cell) < 1e9 else "inf"
    text = "" if cell is None else str(cell)[:200]
    return unicodedata.normalize("NFKC", text).casefold().strip().strip("()[]{}").strip()


def _taken_apart(text: str) -> tuple[str, str]:
    """Return the two parts of a cell that holds both numbers, that of the east first."""
    found = _TWO.fullmatch(text)
    if not found:
        return text, ""
    first, second = (part.strip() for part in found.groups() if part)
    named_other_way = _NORTH.search(first) and _EAST.search(second)
    return (second, first) if named_other_way else (first, second)


def _degrees(text: str) -> float | None:
    """Return degrees from decimals, or from degrees, minutes and seconds."""
    bare = "".join(text.split())
    if decimal := _DECIMAL.fullmatch(bare):
        return float(decimal[1])
    found = _SEXAGESIMAL.fullmatch(bare)
    if not found:
        return None
    minutes, seconds = float(found["minutes"]), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    return int(found["degrees"]) + minutes / 60 + seconds / 3600
