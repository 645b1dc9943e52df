"""What a round is planned from, as JSON and back (排期条件).

Reading takes nothing on trust: whoever edits the file by hand is told what cannot be.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from casework.errors import CaseworkError, Unreadable
from casework.round_notes import UnitNote
from casework.round_report import Calendar, Coming, Composed, RoundFrame
from casework.round_rules import Round
from casework.rounds import Closure, Contingent, Pin, Session, Slot, Team, UnitPlan, Wish
from casework.session_rules import SessionNeeds, SessionRules
from geo.place import Place

Thing = TypeVar("Thing")
MOST_ITEMS = 20_000
COUNTED = (
    *("children", "caregivers", "adults", "people", "groups", "counsellors", "assistants"),
    *("adults_needed", "adults_short", "wheelchairs", "unbanded"),
)
"""What a session's needs count, as ``casework.session_rules.SessionNeeds`` names it."""


def frame_json(frame: RoundFrame) -> dict[str, Any]:
    """Give the frame with every list in one order; venues only where some are given."""
    rules = _dated(frame.rules.as_rules())
    notes = [_note(note) for note in sorted(frame.notes, key=lambda note: note.unit)]
    return ({"venues": notes} if notes else {}) | {
        "on": frame.on.isoformat(),
        "rules": {**rules, "session": frame.session.as_rules()},
        "wishes": [_wish(wish) for wish in sorted(frame.wishes, key=lambda w: w.unit)],
        "teams": [_team(team) for team in sorted(frame.teams, key=lambda t: t.team)],
        "closures": sorted(
            (_closure(closure) for closure in frame.closures), key=lambda c: sorted(c.items())
        ),
        "pins": sorted((_pin(pin) for pin in frame.pins), key=lambda pin: str(pin)),
        "known_minutes": [
            [*ends, minutes] for ends, minutes in sorted(frame.known_minutes.items())
        ],
    }


def contingents_json(frame: RoundFrame) -> dict[str, Any]:
    """Give who comes from each township: for the fingerprint alone, since counts are small."""
    return {
        unit: [_contingent(each) for each in found]
        for unit, found in sorted(frame.contingents.items())
    }


def _dated(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _dated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_dated(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _place(place: Place) -> list[float]:
    return [place.lon, place.lat]


def _wish(wish: Wish) -> dict[str, Any]:
    return {
        "unit": wish.unit,
        "name": wish.name,
        "seat": _place(wish.seat),
        "group": wish.group,
        "sessions": wish.sessions,
        "dates": [day.isoformat() for day in wish.dates],
        "people": wish.people,
        "room": wish.room,
        "venue": wish.venue,
        "skills": sorted(wish.skills),
        "area": wish.area,
    }


def _team(team: Team) -> dict[str, Any]:
    return {
        "team": team.team,
        "name": team.name,
        "home": _place(team.home),
        "group": team.group,
        "days_off": sorted(day.isoformat() for day in team.days_off),
        "available": [day.isoformat() if day else None for day in team.available],
        "sessions_per_day": team.sessions_per_day,
        "skills": sorted(team.skills),
        "area": team.area,
    }


def _closure(closure: Closure) -> dict[str, Any]:
    return {
        "unit": closure.unit,
        "first": closure.first.isoformat(),
        "last": closure.last.isoformat(),
        "reason_zh": closure.reason_zh,
    }


def _note(note: UnitNote) -> dict[str, Any]:
    return {
        "unit": note.unit,
        "venue": note.venue,
        "room": note.room,
        "accessible": note.accessible,
        "skills": sorted(note.skills),
        "area": note.area,
        "place": _place(note.place) if note.place else None,
    }


def _pin(pin: Pin) -> dict[str, Any]:
    return {
        "unit": pin.unit,
        "dates": None if pin.dates is None else [day.isoformat() for day in pin.dates],
        "team": pin.team,
        "held": pin.held,
    }


def _contingent(each: Contingent) -> dict[str, Any]:
    return {
        "township": each.township,
        "name": each.name,
        "children": {str(age): n for age, n in sorted(each.children.items())},
        "caregivers": each.caregivers,
        "escorts": each.escorts,
        "wheelchairs": each.wheelchairs,
        "travel_minutes": each.travel_minutes,
    }


class Odd(Exception):  # noqa: N818
    """Where a document is not what we write."""


def read_part(where: str, document: Any, read: Callable[[Any], Thing]) -> Thing:
    """Read a part of a document that anybody may have written.

    Raises
    ------
    Odd
        When it is not what it should be; the message names the place, never the content.
    """
    try:
        return read(document)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        raise Odd(where) from None
    except CaseworkError as error:
        raise Odd(f"{where}（{error}）") from None


def _many(where: str, found: Any, read: Callable[[Any], Thing]) -> tuple[Thing, ...]:
    if not isinstance(found, list) or len(found) > MOST_ITEMS:
        raise Odd(where)
    return tuple(read_part(f"{where}[{n}]", each, read) for n, each in enumerate(found))


def frame_from(document: Mapping[str, Any]) -> RoundFrame:
    """Read a frame back.

    Raises
    ------
    Odd
        Where it is not what ``frame_json`` writes.
    """
    read_part("problem", document, lambda d: d["rules"]["session"])
    rules = {key: value for key, value in document["rules"].items() if key != "session"}
    wishes = _many("problem.wishes", document.get("wishes"), _wish_from)
    teams = _many("problem.teams", document.get("teams"), _team_from)
    for where, codes in (("wishes", [w.unit for w in wishes]), ("teams", [t.team for t in teams])):
        if len(codes) != len(set(codes)):
            raise Odd(f"problem.{where}: 重复 / twice")
    return RoundFrame(
        read_part("problem.rules", rules, _rules_from),
        read_part("problem.rules.session", document["rules"]["session"], SessionRules.from_rules),
        read_part("problem.on", document, lambda d: date.fromisoformat(d["on"])),
        wishes,
        teams,
        _many("problem.closures", document.get("closures"), _closure_from),
        _many("problem.pins", document.get("pins"), _pin_from),
        dict(_many("problem.known_minutes", document.get("known_minutes"), _minutes_from)),
        notes=_many("problem.venues", document.get("venues", []), _note_from),
    )


def _rules_from(rules: Mapping[str, Any]) -> Round:
    found = {key: dict(v) if isinstance(v, Mapping) else v for key, v in rules.items()}
    for end in ("start", "end", "strict_end"):
        if found["window"].get(end):
            found["window"][end] = date.fromisoformat(found["window"][end])
    found["days"]["vacations"] = [_days(span) for span in found["days"]["vacations"]]
    return Round.from_rules(found)


def _text(value: Any) -> str:
    if isinstance(value, str) and len(value) <= 200 and value.isprintable():
        return value
    raise ValueError(value)


def _whole(value: Any, most: int = 1_000_000) -> int:
    if type(value) is int and 0 <= value <= most:
        return value
    raise ValueError(value)


def _texts(value: Any) -> frozenset[str]:
    return frozenset(_text(each) for each in _listed(value))


def _listed(value: Any) -> Sequence[Any]:
    if isinstance(value, list) and len(value) <= MOST_ITEMS:
        return value
    raise ValueError(value)


def _days(value: Any) -> tuple[date, ...]:
    return tuple(date.fromisoformat(each) for each in _listed(value))


def _place_from(value: Any) -> Place:
    lon, lat = value
    return Place(float(lon), float(lat))


def _wish_from(d: Any) -> Wish:
    room = d["room"]
    return Wish(
        _text(d["unit"]),
        _text(d["name"]),
        _place_from(d["seat"]),
        _text(d["group"]),
        _whole(d["sessions"]),
        _days(d["dates"]),
        _whole(d["people"]),
        None if room is None else _whole(room),
        _text(d["venue"]),
        _texts(d["skills"]),
        _text(d["area"]),
    )


def _team_from(d: Any) -> Team:
    first, last = (None if day is None else date.fromisoformat(day) for day in d["available"])
    return Team(
        _text(d["team"]),
        _text(d["name"]),
        _place_from(d["home"]),
        _text(d["group"]),
        frozenset(_days(d["days_off"])),
        (first, last),
        d["sessions_per_day"],
        _texts(d["skills"]),
        _text(d["area"]),
    )


def _closure_from(d: Any) -> Closure:
    first, last = date.fromisoformat(d["first"]), date.fromisoformat(d["last"])
    if last < first:
        raise ValueError("backwards")
    return Closure(_text(d["unit"]), first, last, _text(d["reason_zh"]))


def _note_from(d: Any) -> UnitNote:
    return UnitNote(
        _text(d["unit"]),
        _text(d["venue"]),
        None if d["room"] is None else _whole(d["room"]),
        _texts(d["skills"]),
        _text(d["area"]),
        None if d["place"] is None else _place_from(d["place"]),
        accessible=d["accessible"] is True,
    )


def _pin_from(d: Any) -> Pin:
    dates, team = d["dates"], d["team"]
    return Pin(
        _text(d["unit"]),
        None if dates is None else _days(dates),
        None if team is None else _text(team),
        d["held"] is True,
    )


def _minutes_from(d: Any) -> tuple[tuple[str, str], int]:
    start, goal, minutes = d
    return (_text(start), _text(goal)), _whole(minutes, 100_000)


def plans_from(document: Mapping[str, Any]) -> tuple[UnitPlan, ...]:
    """Read the published plans of a timetable's document.

    Raises
    ------
    Odd
        Where they are not what ``Timetable.as_json`` writes.
    """
    return _many("units", document.get("units"), _plan_from)


def _plan_from(d: Any) -> UnitPlan:
    sessions = tuple(
        sorted(
            Session(
                date.fromisoformat(s["date"]),
                Slot(s["slot"]),
                _text(s["team"]),
                _text(s.get("venue", "")),
                tuple(_text(t) for t in _listed(s.get("townships", []))),
            )
            for s in _listed(d["sessions"])
        )
    )
    if not sessions:
        raise ValueError("sessions")
    declared = _days(d.get("declared", []))
    moved = _whole(d.get("moved_days", 0))
    return UnitPlan(
        _text(d["unit"]),
        _text(d.get("name", "")),
        sessions,
        declared,
        d.get("kept") is True,
        moved,
        str(d.get("reason_zh", ""))[:400],
    )


def calendar_from(document: Mapping[str, Any]) -> Calendar:
    """Read what calendars were told; nothing where the document does not say."""
    found = document.get("calendar")
    if found is None:
        return Calendar()

    def read(d: Any) -> Calendar:
        return Calendar(
            _whole(d["revision"]),
            {_text(uid): _whole(n) for uid, n in d["sequences"].items()},
            {_text(uid): _text(last) for uid, last in d["last"].items()},
        )

    return read_part("calendar", found, read)


def composed_from(document: Mapping[str, Any]) -> tuple[Composed, ...]:
    """Read who was to come to each session; nothing where the document does not say."""
    return _many("composition", document.get("composition", []), _composed_from)


def _composed_from(d: Any) -> Composed:
    coming = tuple(
        Coming(_text(t["township"]), _text(t["name"]), _maybe(t["travel_minutes"]))
        for t in _listed(d["townships"])
    )
    counts = {name: _whole(d[name]) for name in COUNTED}
    bands = tuple((_text(b["band_zh"]), _whole(b["children"])) for b in _listed(d["by_band"]))
    longest = _maybe(d["longest_travel_minutes"])
    needs = SessionNeeds(**counts, longest_travel_minutes=longest, by_band=bands)
    return Composed(_text(d["unit"]), _whole(d["session"]), coming, needs)


def _maybe(value: Any) -> int | None:
    return None if value is None else _whole(value)


Declared = dict[str, dict[str, int | str | None]]


def declared_from(document: Mapping[str, Any]) -> Declared:
    """Read the numbers of the forms; none where the document does not say."""

    def cell(value: Any) -> int | str | None:
        if value is None or isinstance(value, str):
            return None if value is None else _text(value)
        return _whole(value)

    def read(d: Any) -> Declared:
        return {
            _text(unit): {_text(key): cell(value) for key, value in cells.items()}
            for unit, cells in d.items()
        }

    return read_part("declarations", document.get("declarations", {}), read)


def unreadable(name: str, odd: Odd) -> Unreadable:
    """Say which file is wrong, and where in it."""
    return Unreadable(
        f"{name} 不是完好的排期文件，问题在 {odd} / not a sound timetable file: see {odd}"
    )
