"""Made-up places: villages of real townships, and homes in them.

Townships are the gazetteer's; every village, address and point is invented.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from casework.people import Home
from casework.sample_draw import Draw, parameters
from geo.areas import Gazetteer, Township, Unit
from geo.place import Place, Precision


@dataclass(frozen=True, slots=True)
class SampleVillage:
    """A made-up village (村、社区) of a real township."""

    township: Township
    name: str
    centre: Place


@dataclass(frozen=True, slots=True)
class SampleHome:
    """Where made-up people live: what the ledger knows, and the address in words."""

    home: Home
    village: SampleVillage
    group: str
    address: str


@dataclass(frozen=True, slots=True)
class SampleArea:
    """A unit with its townships and their made-up villages."""

    unit: Unit
    townships: tuple[Township, ...]
    villages: tuple[SampleVillage, ...]

    def villages_of(self, township: str) -> tuple[SampleVillage, ...]:
        """Give the villages of a township, by its code."""
        return tuple(v for v in self.villages if v.township.code == township)


def make_area(unit_code: str, seed: int, on: date) -> SampleArea:
    """Make up the villages of a unit as it stands on the day.

    Raises
    ------
    UnknownArea
        When there is no such unit on that day.
    """
    gazetteer = Gazetteer.on(on)
    unit = gazetteer.unit(unit_code)
    townships = _townships(gazetteer, unit)
    draw = Draw(seed, unit_code, "villages")
    return SampleArea(unit, townships, tuple(_villages(unit, townships, draw)))


def make_home(area: SampleArea, village: SampleVillage, draw: Draw) -> SampleHome:
    """Make up a home in a village, known as well as such ledgers know it."""
    places = parameters()["places"]
    group = f"{draw.whole(1, 9)}组"
    exact = draw.place_near(village.centre, draw.quantile(places["home_m"]))
    known: dict[str, tuple[Place | None, Precision]] = {
        "exact": (exact, Precision.EXACT),
        "village": (village.centre, Precision.VILLAGE),
    }
    place, precision = known.get(draw.weighted(places["precision"]), _coarse(village))
    home = Home(area.unit.code, village.township.code, village.name, place, precision)
    address = f"{area.unit.name}{village.township.name}{village.name}{group}{draw.whole(1, 180)}号"
    return SampleHome(home, village, group, address)


def _coarse(village: SampleVillage) -> tuple[Place | None, Precision]:
    """Where no point is on record only the township's own point is left."""
    place = village.township.place
    return place, Precision.TOWNSHIP if place else Precision.UNKNOWN


def _townships(gazetteer: Gazetteer, unit: Unit) -> tuple[Township, ...]:
    named = parameters()["zones"]["townships"].get(unit.code)
    if named is None:
        return gazetteer.townships(unit.code)
    return tuple(t for t in gazetteer.roster_townships(unit.code) if t.name in named)


def _villages(unit: Unit, townships: tuple[Township, ...], draw: Draw) -> Iterator[SampleVillage]:
    places, words = parameters()["places"], parameters()["words"]
    spread_m = places["village_m"].get(unit.group, places["village_m"]["other"])
    centres = _centres(unit, townships, spread_m, draw)
    fewest, most = places["villages_per_township"]
    for township in townships:
        for word in draw.several(words["villages"], draw.whole(fewest, most)):
            metres = spread_m * (0.1 + 0.9 * draw.whole(0, 1000) / 1000)
            yield SampleVillage(
                township,
                word + _ending(township, draw),
                draw.place_near(centres[township.code], metres),
            )


def _ending(township: Township, draw: Draw) -> str:
    communities = 0.85 if township.name.endswith("街道") else 0.15
    return "社区" if draw.chance(communities) else "村"


def _centres(
    unit: Unit, townships: tuple[Township, ...], spread_m: float, draw: Draw
) -> dict[str, Place]:
    """Give each township a centre: its own, else one beside another township of the unit."""
    known = [t.place for t in townships if t.place is not None]
    known = known or ([unit.seat] if unit.seat else [Place(106.55, 29.56)])
    return {t.code: t.place or draw.place_near(draw.one(known), spread_m * 1.5) for t in townships}
