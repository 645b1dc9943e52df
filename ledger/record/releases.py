"""Releases on record: what an audience has been told of a unit's figures (已公开的统计).

A reader keeps what she has read. So releases stay, with the counts they were made from, and the
next one is audited beside the last of them: of each month the last, which is still on the page,
and the newest few.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from casework.disclosure import Audience, Quantity, Release, Shown, Table, small_of
from casework.supervision import AreaFigures, Measure, table_of
from ledger.record.book import Book
from ledger.record.figures_tables import releases

MOST_BEFORE, NEWEST = 8, 3
AreaCounts = Mapping[str, Mapping[Measure, int]]


@dataclass(frozen=True, slots=True)
class Told:
    """A release on record: of which month, made when, from which counts by area."""

    month: str
    made_at: datetime
    counts: AreaCounts
    table: Table
    release: Release

    @property
    def tells_all(self) -> bool:
        """Whether it speaks of everything counted; older ones leave out caregivers'."""
        return self.table.counts.keys() - self.table.untold <= self.release.shown.keys()


def areas_of(unit: str, counts: AreaCounts, names: Mapping[str, str]) -> tuple[AreaFigures, ...]:
    """Give a unit and its townships as areas; the unit is the one inside nothing."""
    return tuple(
        AreaFigures(code, names.get(code, code), "" if code == unit else unit, of_area)
        for code, of_area in sorted(counts.items())
    )


def last_told(
    connection: Connection, audience: Audience, unit: str, month: str = ""
) -> Told | None:
    """Give what an audience was last told of a unit, of one month or of any."""
    told = releases.c
    query = select(releases).where(told.audience == str(audience), told.unit == unit)
    if month:
        query = query.where(told.month == month)
    row = connection.execute(query.order_by(told.made_at.desc(), told.id).limit(1)).first()
    return _read(row, audience) if row else None


def told_before(connection: Connection, audience: Audience, unit: str) -> tuple[Told, ...]:
    """Give what an audience was told of a unit before, the oldest first."""
    told = releases.c
    mine = (told.audience == str(audience), told.unit == unit)
    newest_first = (told.made_at.desc(), told.id)
    known = connection.execute(select(told.id, told.month).where(*mine).order_by(*newest_first))
    chosen: dict[str, str] = {}
    for number, (each, month) in enumerate(known):
        if number < NEWEST or month not in chosen.values():
            chosen[each] = month
    ids = list(chosen)[:MOST_BEFORE]
    rows = connection.execute(
        select(releases).where(told.id.in_(ids)).order_by(told.made_at, told.id.desc())
    )
    return tuple(_read(row, audience) for row in rows)


def was_told(connection: Connection, audience: Audience, month: str) -> bool:
    """Whether an audience was told anything of a month."""
    told = releases.c
    query = select(told.id).where(told.audience == str(audience), told.month == month)
    return connection.execute(query.limit(1)).first() is not None


def keep_told(
    book: Book, audience: Audience, unit: str, month: str, counts: AreaCounts, release: Release
) -> None:
    """Keep a release before anybody is told."""
    shown: dict[str, dict[str, list[int | None]]] = {}
    for quantity, told in release.shown.items():
        shown.setdefault(quantity.area, {})[quantity.measure] = [told.low, told.high]
    made = book.new_id()
    row = {
        "id": made,
        "audience": str(audience),
        "unit": unit,
        "month": month,
        "made_at": book.at,
        "counts": json.dumps(counts),
        "shown": json.dumps(shown),
    }
    book.connection.execute(insert(releases), row)
    book.note("figures_tell", "release", [made], unit=unit, month=month)


def _read(row: Row[Any], audience: Audience) -> Told:
    counts = {
        code: {Measure(name): count for name, count in of_area.items()}
        for code, of_area in json.loads(row.counts).items()
    }
    table = table_of(areas_of(row.unit, counts, {}))
    shown = {
        Quantity(Measure(measure), code): Shown(*told)
        for code, by_measure in json.loads(row.shown).items()
        for measure, told in by_measure.items()
    }
    release = Release(audience.least, shown, table.lines, *small_of(table, audience.least))
    return Told(row.month, row.made_at, counts, table, release)
