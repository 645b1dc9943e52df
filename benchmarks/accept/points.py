"""Points: what roles without points are given holds no coordinate of more than two decimals."""

import re
from pathlib import Path

from benchmarks.accept.frame import Scale, Tally
from benchmarks.accept.sweep import answers_of, full_unit, text_of

COORDINATE = re.compile(r"\b1(?:0[5-9]|10)\.\d{3,}\b")
"""A longitude of the city with more than two decimals; a latitude looks like a column's width."""
WITHOUT = ("city", "unit2", "township", "caregiver", "team", "auditor")


def run(tally: Tally, scale: Scale, folder: Path) -> None:
    asked = found = 0
    with full_unit(folder) as served:
        for who in WITHOUT:
            for answer in answers_of(served, who):
                asked += 1
                found += len(COORDINATE.findall(text_of(answer)))
        own = [COORDINATE.findall(text_of(a)) for a in answers_of(served, "unit")]
    tally.ask(found == 0, f"{len(WITHOUT)} roles, {asked} answers, {found} fine longitudes")
    tally.ask(any(own), "the unit's own files have points: the search finds them")
