"""Points: roles without points are given no place finer than two decimals.

Outlines of areas are known to everybody and excepted. So are the seats of units, but only where a
round says that a seat or a team is there; anywhere else, and under any other name, a seat's place
counts like every place, so that a home that happens to lie there is found. Whatever else looks
like a longitude counts, and so does either number of any home as the ledgers have it.
"""

import re
from collections.abc import Mapping
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
ROUND = (
    "/round/map",
    "/round/files/{revision}/{what}",
    "/api/v1/rounds/{round_id}/plan",
    "/api/v1/rounds/{round_id}/timetable",
)
"""The routes that tell where a round is held and where its teams set out from."""
IN_PLAN = re.compile(r'"(?:seat|home)":\[(1\d\d\.\d+),\d\d\.\d+\]')
ON_MAP = re.compile(r"\[\d\d\.\d+, (1\d\d\.\d+)(?:, ([^\[\]]*))?\]")
BASE = "驻地"
WITHOUT = ("city", "unit2", "township", "caregiver", "team", "team1", "auditor", "")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    asked, fine, homes_seen, seats = 0, [], 0, _seats()
    covered = Covered()
    with lived_in(folder) as city:
        homes = _homes(folder / "sample")
        for who in WITHOUT:
            for answer in answers_of(city, who, covered):
                asked += 1
                text = text_of(answer)
                bare = OUTLINE.sub("", text)
                homes_seen += sum(home in bare for home in homes)
                edges = set(COORDINATE.findall(" ".join(OUTLINE.findall(text))))
                found = fine_places(answer.path, text, seats)
                fine += [f"{answer.path} {lon}" for lon in found if lon not in edges]
        own = "".join(text_of(answer) for answer in answers_of(city, "unit", covered))
    told = f"{len(WITHOUT)} readers, {asked} answers: {len(fine)} fine longitudes {fine[:2] or ''}"
    tally.ask(not fine, told.strip())
    tally.ask(homes_seen == 0, f"of {len(homes)} coordinates of homes {homes_seen} seen")
    seen = sum(home in own for home in homes)
    tally.ask(seen > 0, f"the unit's own answers hold {seen} of them: the search finds them")
    covered.tell(tally)


def fine_places(path: str, text: str, seats: Mapping[str, str]) -> list[str]:
    """Give the longitudes in an answer that are told too finely."""
    bare = OUTLINE.sub("", text)
    if path in ROUND:

        def in_plan(found: re.Match[str]) -> str:
            return "" if found[1] in seats else found[0]

        def on_map(found: re.Match[str]) -> str:
            said = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), found[2] or "")
            is_named = not said or BASE in said or seats.get(found[1], "-") in said
            return "" if found[1] in seats and is_named else found[0]

        bare = ON_MAP.sub(on_map, IN_PLAN.sub(in_plan, bare))
    return COORDINATE.findall(bare)


def _seats() -> dict[str, str]:
    """Give the name of the unit by its seat's longitude, as plans and maps write it."""
    seats = [(unit.name, unit.seat.lon) for unit in Gazetteer.on(DUE).units if unit.seat]
    return {str(as_written): name for name, lon in seats for as_written in (lon, round(lon, 5))}


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
