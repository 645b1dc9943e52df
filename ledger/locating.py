"""Locating: where the person of a row lives, by name first, then by point (所在地核查).

The order of points (decision 6): the row's coordinates, the village's point where staff has
placed it, the township's centre, none. A coordinate that cannot be right is told and left out.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from casework.people import Home
from casework.words import find_word
from geo.areas import Township
from geo.coordinates import Extent, read_coordinates, unit_extent
from geo.datum import Datum, read_datum
from geo.names import How, plain
from geo.place import Place, Precision
from geo.villages import split_village_group
from ledger.reader import Reader
from ledger.rows import RowReader, Sheet, masked_area
from ledger.units_here import UnitHere, township_in_titles


@dataclass(frozen=True, slots=True)
class Area:
    """A township as one text names it: its code and name, or the rule that refuses it."""

    code: str = ""
    name: str = ""
    rule: str = ""
    candidates: str = ""
    centre: Place | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where a row's person lives, with the names as we write them."""

    home: Home
    unit_name: str
    township_name: str
    village_name: str
    village_group: str


@lru_cache(maxsize=65536)
def _read_village(text: str, township: str, unit: str) -> tuple[str, str, bool]:
    """Give the village, its group, and whether the text says it in other words."""
    village, group = split_village_group(text, township, unit)
    written = plain(text)
    return village, group, village != written and not (group and written.startswith(village))


def _rule_of_reading(how: How, written: str, name: str) -> str:
    """Give the rule that tells how a township was read; none where its whole name is there."""
    if how is How.EXACT and written.endswith(name):
        return ""
    if how is How.OLD:
        return "township_old"
    return "township_short" if len(written) < len(name) else "township_read_as"


class Locator:
    """Finds homes for the rows of one sheet; remembers what each text meant.

    Parameters
    ----------
    known
        What township texts mean in this unit; share one among the sheets of a unit.
    """

    def __init__(
        self, sheet: Sheet, here: UnitHere, reader: Reader, known: dict[str, Area]
    ) -> None:
        """Settle on a unit; the rows may still contradict it."""
        self.sheet = sheet
        self.here = here
        self.reader = reader
        self._known = known
        self._unit_rules: dict[str, str] = {}

    @cached_property
    def titled(self) -> str:
        """The township that the title or the file's name speaks of; empty where none does."""
        if self.here.area is None:
            return ""
        townships = self.reader.gazetteer.roster_townships(self.here.area.code)
        found = township_in_titles(self.sheet, townships)
        return found.name if found else ""

    def locate(self, row: RowReader) -> Located | None:
        """Give the row's home, or None where an error stands against it."""
        self._check_unit(row)
        text = row.text("township") or self.titled
        if text and not row.text("township") and "township" in self.sheet.present:
            row.tell("township_blank", "township", known=text)
        area = self._area(text)
        if area.rule:
            shown = masked_area(text) if area.rule == "township_unknown" else text
            row.tell(
                area.rule, "township", value=shown, known=area.name, candidates=area.candidates
            )
        if not area.code:
            return None
        village, group = self._village(row, area)
        place, precision = self._place(row, area, village)
        home = Home(self.here.code, area.code, village or None, place, precision)
        return Located(home, self.here.name, area.name, village, group)

    def _check_unit(self, row: RowReader) -> None:
        text = row.text("unit")
        if not text:
            return
        if text not in self._unit_rules:
            self._unit_rules[text] = self._unit_rule(text)
        if rule := self._unit_rules[text]:
            row.tell(rule, "unit", value=masked_area(text), unit=masked_area(self.here.name))

    def _unit_rule(self, text: str) -> str:
        found = self.reader.gazetteer.find_unit(text)
        if found is None and self.here.area is not None:
            return "unit_unclear"
        code = found.code if found else plain(text)
        return "" if code == self.here.code else "row_other_unit"

    def _area(self, text: str) -> Area:
        if text not in self._known:
            self._known[text] = self._find_area(text) if text else Area(rule="township_missing")
        return self._known[text]

    def _find_area(self, text: str) -> Area:
        gazetteer, unit = self.reader.gazetteer, self.here.area
        if unit is None:
            return Area(plain(text), plain(text))
        match = gazetteer.find_township(text, unit.code)
        if match.township is None:
            names = "、".join(self._with_unit(township) for township in match.candidates)
            return Area(rule="township_unknown", candidates=names or "无相近名称")
        name = match.township.name
        rule = _rule_of_reading(match.how, plain(text), name)
        return Area(match.township.code, name, rule, "", match.township.place)

    def _with_unit(self, township: Township) -> str:
        if township.unit_code == self.here.code:
            return township.name
        return self.reader.gazetteer.unit(township.unit_code).name + township.name

    def _village(self, row: RowReader, area: Area) -> tuple[str, str]:
        text = row.text("village")
        written_group = row.text("village_group")
        if not text:
            if "village" in self.sheet.present:
                row.tell("village_missing", "village")
            return "", written_group
        village, group, differs = _read_village(text, area.name, self.here.name)
        if differs:
            row.tell("village_read_as", "village", known=village)
        return village, written_group or group

    def _place(self, row: RowReader, area: Area, village: str) -> tuple[Place | None, Precision]:
        place = self._written_place(row)
        if place is not None:
            return place, self._precision(row)
        if known := self.reader.villages.get((area.code, village)):
            return known, Precision.VILLAGE
        if area.centre is not None:
            return area.centre, Precision.TOWNSHIP
        return None, Precision.UNKNOWN

    def _written_place(self, row: RowReader) -> Place | None:
        name = "lon" if "lon" in self.sheet.positions else "coordinates"
        lon = row.value(name)
        reading = read_coordinates(lon, row.value("lat"), self._datum(row), self._extent)
        if reading.problem is not None:
            if name in self.sheet.present:
                row.tell(f"coordinates_{reading.problem}", name)
            return None
        place = reading.place
        return place and Place(round(place.lon, 6), round(place.lat, 6))

    @cached_property
    def _extent(self) -> Extent | None:
        unit = self.here.area
        return unit_extent(self.reader.gazetteer, unit.code) if unit else None

    def _datum(self, row: RowReader) -> Datum:
        text = row.text("datum")
        datum = read_datum(text) if text else None
        if text and datum is None:
            row.tell("datum_unknown", "datum", datum=self.reader.datum)
        return datum or self.reader.datum

    def _precision(self, row: RowReader) -> Precision:
        text = row.text("location_source")
        word = find_word("precision", text) if text else None
        return Precision(word) if word else Precision.EXACT
