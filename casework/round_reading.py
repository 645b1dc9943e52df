"""A round's document read back: the timetable and all that was told with it (排期文件读回).

For documents of our own store; what others hand in is read by ``round_frame_json``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.proposals import Proof, ProofStatus
from casework.round_frame_json import (
    calendar_from,
    declared_from,
    frame_from,
    plans_from,
)
from casework.round_report import (
    Calendar,
    CounterOffer,
    GivenUp,
    Holder,
    RoundFrame,
    Strict,
    WhyNot,
)
from casework.round_rules import Term
from casework.rounds import (
    LevelValue,
    Session,
    Slot,
    Timetable,
    UnitPlan,
    Unplaced,
    Violation,
    WhyUnplaced,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells beside what it was planned from."""

    frame: RoundFrame
    timetable: Timetable
    offers: tuple[CounterOffer, ...]
    why_not: WhyNot | None
    strict: Strict | None
    declared: Mapping[str, Mapping[str, int | str | None]]
    calendar: Calendar
    changed: tuple[str, ...]


def read_told(document: Mapping[str, Any]) -> Told:
    """Read a document whole."""
    timetable = timetable_from(document)
    return Told(
        frame_from(document["problem"]),
        timetable,
        tuple(_offer(each, timetable) for each in document["counter_offers"]),
        _why_not(document["why_not"]),
        _strict(document["strict_reading"]),
        declared_from(document),
        calendar_from(document),
        tuple(document["changed"]),
    )


def timetable_from(document: Mapping[str, Any]) -> Timetable:
    """Read what ``Timetable.as_json`` wrote."""
    proof = document["proof"]
    return Timetable(
        document["round"],
        plans_from(document),
        tuple(
            Unplaced(d["unit"], d["name"], d["sessions"], WhyUnplaced(d["reason"]), d["reason_zh"])
            for d in document["unplaced"]
        ),
        tuple(
            LevelValue(d["level"], d["value"], d["bound"], d["amounts"], d["weights"])
            for d in document["objective"]
        ),
        {Term(term): amount for term, amount in document["amounts"].items()},
        Proof(
            ProofStatus(proof["status"]),
            certificate_verified=proof["certificate"] == "verified",
            bound=tuple(proof["bound"]),
            gap=proof["gap"],
        ),
        tuple(
            Violation(d["rule"], d["unit"], d["team"], _day(d["date"]), d["message_zh"])
            for d in document["violations"]
        ),
        document["fingerprint"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _days(texts: list[str]) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


def _offer(d: Mapping[str, Any], timetable: Timetable) -> CounterOffer:
    return CounterOffer(
        d["unit"],
        d["name"],
        _days(d["wished"]),
        timetable.plan(d["unit"]),
        tuple(
            Holder(date.fromisoformat(h["date"]), h["team"], h["unit"], h["name"])
            for h in d["held_by"]
        ),
        tuple(_short_plan(d, each) for each in d["alternatives"]),
        d["reason_zh"],
    )


def _short_plan(d: Mapping[str, Any], short: Mapping[str, Any]) -> UnitPlan:
    """Give an alternative with one session a day and team: all that is told of it."""
    sessions = tuple(
        Session(day, Slot.DAY, team) for day in _days(short["dates"]) for team in short["teams"]
    )
    moved = short["moved_days"]
    return UnitPlan(d["unit"], d["name"], sessions, _days(d["wished"]), moved == 0, moved)


def _why_not(d: Mapping[str, Any] | None) -> WhyNot | None:
    if d is None:
        return None
    return WhyNot(
        tuple(d["requirements_zh"]),
        tuple(
            GivenUp(each["requirement_zh"], each["sessions_more"], each["resolves"])
            for each in d["giving_up"]
        ),
        d["days_asked"],
        d["days_there"],
        d["minimal"],
    )


def _strict(d: Mapping[str, Any] | None) -> Strict | None:
    if d is None:
        return None
    return Strict(
        date.fromisoformat(d["end"]),
        d["sessions_lost"],
        d["moved_units_more"],
        d["more"],
        d["proven"],
    )
