"""Where to recruit, on record (招募建议在案): by village, the last answer of each unit.

Counts and villages only; nobody is named. Where a unit should recruit is worked out by a job
(``service.workflows.recruits``) and told to others in figures alone.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection, delete, select

from casework.access import Action, Target, area
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.figures_tables import recruit_answers
from ledger.record.scope import acting

MOST_VILLAGES = 300


@dataclass(frozen=True, slots=True)
class VillageNeed:
    """What new caregivers would do in one village.

    Attributes
    ----------
    recruits
        How many of those that help the whole unit most should live here.
    children, left_over
        Children who live here, and those of them left over.
    more_paired, closer_rungs, metres_saved
        What one more here alone is worth: children paired, steps closer, metres less to walk.
    """

    township: str
    village: str
    recruits: int
    children: int
    left_over: int
    more_paired: int
    closer_rungs: int
    metres_saved: int


@dataclass(frozen=True, slots=True)
class RecruitAnswer:
    """Where a unit should recruit, as of a day.

    Attributes
    ----------
    least_for_everyone
        Fewest new caregivers who leave nobody over; None where that is not shown.
    """

    on: date
    least_for_everyone: int | None
    villages: tuple[VillageNeed, ...]


def keep_recruits(book: Book, unit: str, answer: RecruitAnswer) -> None:
    """Let this be the unit's answer."""
    require(book, Action.PROPOSAL_CREATE, Target("recruits", area(unit)))
    told = {
        "least": answer.least_for_everyone,
        "villages": [asdict(village) for village in answer.villages[:MOST_VILLAGES]],
    }
    book.connection.execute(delete(recruit_answers).where(recruit_answers.c.unit == unit))
    text = json.dumps(told, ensure_ascii=False)
    row = {"unit": unit, "on_day": answer.on, "at": book.at, "answer": text}
    book.connection.execute(recruit_answers.insert().values(row))
    book.note("recruits_keep", "unit", (), unit=unit, villages=len(answer.villages))


def recruits_of(book: Book, unit: str) -> RecruitAnswer | None:
    """Give a unit's answer; a township gets its own villages alone."""
    scope = acting(book).scope
    here = scope if len(scope) > 2 else area(unit)
    require(book, Action.PROPOSAL_READ, Target("recruits", here))
    query = select(recruit_answers).where(recruit_answers.c.unit == here[1])
    row = book.connection.execute(query).first()
    if row is None:
        return None
    answer = _answer(row.on_day, row.answer)
    if len(here) > 2:
        own = tuple(village for village in answer.villages if village.township == here[2])
        return RecruitAnswer(answer.on, None, own)
    return answer


def _answer(on: date, text: str) -> RecruitAnswer:
    told = json.loads(text)
    villages = (VillageNeed(**village) for village in told["villages"])
    return RecruitAnswer(on, told["least"], tuple(villages))


def recruits_by_township(connection: Connection, units: Sequence[str]) -> dict[str, Counter[str]]:
    """Count the recruits each township should have, of the units that have an answer."""
    kept = recruit_answers.c
    rows = connection.execute(
        select(kept.unit, kept.on_day, kept.answer).where(kept.unit.in_(units))
    )
    found: dict[str, Counter[str]] = {}
    for unit, on, text in rows:
        counts = found.setdefault(unit, Counter())
        for village in _answer(on, text).villages:
            counts[village.township] += village.recruits
    return found
