"""Counselled: in which townships the round at hand has held its session (团辅覆盖).

What is known is the published timetable: a township counts as counselled once the day of a
session that it is called to has come. Who came is on the paper of that day, not here.
"""

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from ledger.record.people_tables import people
from ledger.record.rounds import last_published
from ledger.record.scope import Areas, Scope

FROM_AGE_YEARS = 6
_AREAS = Areas(people.c.unit, people.c.township, people.c.village)


def townships_held(connection: Connection, on: date) -> dict[str, frozenset[str]]:
    """Give the townships whose session was, by unit; a unit whose sessions call none is not in."""
    found = last_published(connection)
    if found is None:
        return {}
    _, document = found
    held = {}
    for unit in document.get("units", ()):
        sessions: list[dict[str, Any]] = unit["sessions"]
        if any(session.get("townships") for session in sessions):
            been = (s for s in sessions if date.fromisoformat(s["date"]) <= on)
            held[str(unit["unit"])] = frozenset(t for s in been for t in s["townships"])
    return held


def old_enough(
    connection: Connection, scope: Scope, on: date, unit: str, status: str
) -> dict[tuple[str, str], int]:
    """Count the children on record who are of an age to be called, by unit and township."""
    born = people.c.birth_date <= born_until(on)
    rows = connection.execute(
        select(people.c.unit, people.c.township, func.count())
        .where(scope.where(_AREAS), people.c.kind == "child", people.c.is_on_record)
        .where(people.c.status == status, born, *([people.c.unit == unit] if unit else []))
        .group_by(people.c.unit, people.c.township)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def born_until(on: date) -> date:
    """Give the last birthday of whom a session may call on a day."""
    day = 28 if (on.month, on.day) == (2, 29) else on.day
    return date(on.year - FROM_AGE_YEARS, on.month, day)
