"""Points: roles without points are given no place finer than two decimals.

Outlines of areas, townships and the seats of units are known to everybody and excepted; whatever
else looks like a longitude counts, and so does either number of any home as the ledgers have it.
"""

import re
from pathlib import Path

import openpyxl

from benchmarks.accept.city import lived_in
from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.sweep import Covered, answers_of, text_of
from geo.areas import Gazetteer
from ledger.sample_files import DUE

COORDINATE = re.compile(r"\b1(?:0[5-9]|10)\.\d{3,}\b")
"""A longitude of the city with more than two decimals; any latitude looks like a column's width,
so that those of the homes are searched for as they stand in the ledgers."""
OUTLINE = re.compile(r'"coordinates":\s*\[\[[\[\]\d\s.,-]*\]')
"""A polygon of GeoJSON: a list of lists; a point is a list of two numbers, and stays."""
WITHOUT = ("city", "unit2", "township", "caregiver", "team", "team1", "auditor", "")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    asked, fine, homes_seen, known = 0, [], 0, _known_to_all()
    covered = Covered()
    with lived_in(folder) as city:
        homes = _homes(folder / "sample")
        for who in WITHOUT:
            for answer in answers_of(city, who, covered):
                asked += 1
                text = text_of(answer)
                edges = set(COORDINATE.findall(" ".join(OUTLINE.findall(text))))
                bare = OUTLINE.sub("", text)
                homes_seen += sum(home in bare for home in homes)
                found = COORDINATE.findall(bare)
                fine += [f"{answer.path} {lon}" for lon in found if lon not in known | edges]
        own = "".join(text_of(answer) for answer in answers_of(city, "unit", covered))
    told = f"{len(WITHOUT)} readers, {asked} answers: {len(fine)} fine longitudes {fine[:2] or ''}"
    tally.ask(not fine, told.strip())
    tally.ask(homes_seen == 0, f"of {len(homes)} coordinates of homes {homes_seen} seen")
    seen = sum(home in own for home in homes)
    tally.ask(seen > 0, f"the unit's own answers hold {seen} of them: the search finds them")
    covered.tell(tally)


def _known_to_all() -> set[str]:
    """Give the longitudes of all townships and of the units' seats as they may be written."""
    places = Gazetteer.on(DUE)
    known = [unit.seat for unit in places.units]
    known += [town.place for unit in places.units for town in places.townships(unit.code)]
    return {str(round(p.lon, digits)) for p in known if p is not None for digits in range(3, 18)}


def _homes(folder: Path) -> list[str]:
    """Give the longitude and the latitude of each person who is known exactly."""
    found = set()
    for path in folder.glob("*台账.xlsx"):
        head, *rows = list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))
        if "经度" in head:
            how, axes = head.index("坐标精度"), (head.index("经度"), head.index("纬度"))
            exact = [row for row in rows if row[how] == "准确"]
            found |= {str(row[axis]) for row in exact for axis in axes if row[axis]}
    return sorted(one for one in found if len(one.partition(".")[2]) > 3)
