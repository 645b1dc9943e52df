"""A planned round as JSON ``nuantong/timetable/1``, and back (排期文件).

The document holds all that a later day needs to plan again: rules, wishes, teams, closures
and what calendars were told. No name, no phone: contacts stay in the workbook.
``docs/reference/timetable.md`` says what each field is.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from casework.round_frame_json import COUNTED, contingents_json, frame_json
from casework.round_report import (
    Composed,
    CounterOffer,
    RoundReport,
    Strict,
    WhyNot,
)
from casework.rounds import SCHEMA, UnitPlan

VERSION = "timetable/1"
FREE_TEXT = "remarks"
"""What a unit typed freely may name somebody: it stays in the office's own files."""


def report_json(report: RoundReport) -> dict[str, Any]:
    """Give a round as a document; the same round gives the same document."""
    frame, timetable = report.frame, report.timetable
    document = timetable.as_json()
    document["fingerprint"] = fingerprint(report)
    return {
        **document,
        "title_zh": frame.rules.title_zh,
        "on": frame.on.isoformat(),
        "revision": report.calendar.revision,
        "changed": list(report.changed),
        "strict_reading": _strict(report.strict),
        "counter_offers": [_offer(offer) for offer in report.offers],
        "why_not": _why_not(report.why_not),
        "travel": _travel(report),
        "composition": [_composed(each) for each in report.composed],
        "calendar": {
            "revision": report.calendar.revision,
            "sequences": dict(sorted(report.calendar.sequences.items())),
            "last": dict(sorted(report.calendar.last.items())),
        },
        "declarations": {
            unit: {key: value for key, value in cells.items() if key != FREE_TEXT}
            for unit, cells in sorted(report.declared.items())
        },
        "problem": frame_json(frame),
    }


def fingerprint(report: RoundReport) -> str:
    """Give the SHA-256 of all that the answer depends on, the day included."""
    if report.mark:
        return report.mark
    document = {
        "method": VERSION,
        "plan": report.timetable.fingerprint,
        "frame": frame_json(report.frame),
        "contingents": contingents_json(report.frame),
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def plan_json(plan: UnitPlan | None) -> dict[str, Any] | None:
    """Give where a plan stands, shortly."""
    if plan is None:
        return None
    return {
        "dates": [day.isoformat() for day in plan.dates],
        "teams": list(plan.teams),
        "moved_days": plan.moved_days,
    }


def _offer(offer: CounterOffer) -> dict[str, Any]:
    return {
        "unit": offer.unit,
        "name": offer.name,
        "wished": [day.isoformat() for day in offer.wished],
        "planned": plan_json(offer.planned),
        "held_by": [
            {"date": h.date.isoformat(), "team": h.team, "unit": h.unit, "name": h.name}
            for h in offer.holders
        ],
        "alternatives": [plan_json(plan) for plan in offer.alternatives],
        "reason_zh": offer.reason_zh,
    }


def _strict(strict: Strict | None) -> dict[str, Any] | None:
    if strict is None:
        return None
    return {
        "end": strict.end.isoformat(),
        "sessions_lost": strict.sessions_lost,
        "moved_units_more": strict.moved_more,
        "more": dict(sorted(strict.more.items())),
        "proven": strict.is_proven,
    }


def _why_not(why: WhyNot | None) -> dict[str, Any] | None:
    if why is None:
        return None
    return {
        "requirements_zh": list(why.requirements_zh),
        "giving_up": [
            {
                "requirement_zh": each.words_zh,
                "sessions_more": each.sessions_more,
                "resolves": each.resolves,
            }
            for each in why.given_up
        ],
        "days_asked": why.days_asked,
        "days_there": why.days_there,
        "minimal": why.is_minimal,
    }


def _travel(report: RoundReport) -> list[dict[str, Any]]:
    worked: dict[str, set[object]] = {team.team: set() for team in report.frame.teams}
    units: dict[str, set[str]] = {team.team: set() for team in report.frame.teams}
    for plan in report.timetable.units:
        for session in plan.sessions:
            worked.setdefault(session.team, set()).add(session.date)
            units.setdefault(session.team, set()).add(plan.unit)
    return [
        {
            "team": team.team,
            "name": team.name,
            "units": len(units[team.team]),
            "days": len(worked[team.team]),
            "minutes": sum(leg.minutes for leg in report.legs if leg.team == team.team),
            "nights": sum(leg.nights for leg in report.legs if leg.team == team.team),
        }
        for team in sorted(report.frame.teams, key=lambda team: team.team)
    ]


def _composed(each: Composed) -> dict[str, Any]:
    needs = each.needs
    return {
        "unit": each.unit,
        "session": each.number,
        "townships": [
            {"township": c.township, "name": c.name, "travel_minutes": c.travel_minutes}
            for c in each.coming
        ],
        **{name: getattr(needs, name) for name in COUNTED},
        "by_band": [{"band_zh": name, "children": count} for name, count in needs.by_band],
        "longest_travel_minutes": needs.longest_travel_minutes,
    }


def is_timetable(document: object) -> bool:
    """Whether a document says that it is a timetable of ours."""
    return isinstance(document, Mapping) and document.get("schema") == SCHEMA
