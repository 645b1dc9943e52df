"""What a file would change of a round's setup, told before it is taken (读入前先看改动)."""

from collections.abc import Iterator
from dataclasses import dataclass

from casework.round_calendar import SLOTS_ZH
from casework.round_frame_json import frame_json
from casework.round_notes import UnitNote
from casework.round_report import RoundFrame
from casework.rounds import EVERYWHERE, Team
from geo.areas import Gazetteer
from geo.place import Place
from ledger.rounds_words import days_zh
from service.round_form import Field, fields_of, order_of
from service.words import Words
from service.workflows.rounds_setup import base_of


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a file says otherwise; ``before`` or ``now`` is empty where it is not."""

    what: str
    before: str
    now: str


def changes(before: RoundFrame, after: RoundFrame, words: Words) -> list[Change]:
    """Give everything that differs between two setups, as people read it."""
    if frame_json(before) == frame_json(after):
        return []
    old, new = dict(_told(before, words)), dict(_told(after, words))
    found = [
        Change(what, old.get(what, ""), new.get(what, ""))
        for what in dict.fromkeys((*old, *new))
        if old.get(what) != new.get(what)
    ]
    return found or [Change(words("round_other"), "", "")]


def _told(frame: RoundFrame, words: Words) -> Iterator[tuple[str, str]]:
    areas = Gazetteer.on(frame.rules.window_start)
    for team in frame.teams:
        yield f"{team.team} {team.name}", _team(team, areas, words)
    for shut in frame.closures:
        unit = "全市" if shut.unit == EVERYWHERE else frame.unit_name(shut.unit)
        yield f"{words.round(unit)} {shut.first} – {shut.last}", shut.reason_zh or "—"
    for note in frame.notes:
        yield f"{words('round_venues')} · {frame.unit_name(note.unit)}", _venue(note, words)
    for pin in frame.pins:
        on = words.round(days_zh(pin.dates or ()))
        by = frame.team_name(pin.team) if pin.team else ""
        yield f"{words('round_pins')} · {frame.unit_name(pin.unit)}", _listed(words, on, by)
    for (start, goal), minutes in frame.known_minutes.items():
        ends = " – ".join(frame.unit_name(frame.team_name(end)) for end in (start, goal))
        yield ends, words("round_minutes", n=minutes)
    yield from _rules(frame, words)


def _listed(words: Words, *parts: str) -> str:
    return words.pick("；", "; ").join(filter(None, parts))


def _place(place: Place) -> str:
    return f"{place.lon:.5f}, {place.lat:.5f}"


def _team(team: Team, areas: Gazetteer, words: Words) -> str:
    base = base_of(team, areas)
    first, last = team.available
    a_day = f"{words('round_col_a_day')} {team.sessions_per_day}" if team.sessions_per_day else ""
    off = words.round(days_zh(team.days_off))
    return _listed(
        words,
        base.name if team.home == base.seat else f"{base.name} {_place(team.home)}",
        f"{words('round_off_word')} {off}" if off else "",
        a_day,
        "、".join(sorted(team.skills)),
        f"{first or ''} – {last or ''}" if first or last else "",
        team.area,
    )


def _venue(note: UnitNote, words: Words) -> str:
    room = f"{words('round_col_room')} {note.room}" if note.room else ""
    step_free = words("round_col_accessible") if note.accessible else ""
    place = _place(note.place) if note.place else ""
    skills = "、".join(sorted(note.skills))
    return _listed(words, note.venue or "—", room, step_free, skills, note.area, place)


def _rules(frame: RoundFrame, words: Words) -> Iterator[tuple[str, str]]:
    yield words("round_title"), words.round(frame.rules.title_zh)
    yield words("round_day"), str(frame.on)
    for fields in fields_of(frame).values():
        yield from ((words(field.words), _value(field, words)) for field in fields)
    for term, level, weight in order_of(frame):
        told = words("rules_nth", n=level) if level else words("rules_not_counted")
        named = f"{words('rules_term')}{words('colon')}{words('term_' + term)}"
        yield named, f"{told} · {words('rules_weight')} {weight}"
    for band in frame.session.bands:
        yield (
            f"{words('round_bands')} {band.name_zh}",
            words("round_band", n=band.children_per_adult),
        )
    for slot, (begin, end) in frame.session.hours.items():
        yield (
            f"{words('round_hours')} {words.round(SLOTS_ZH[slot])}",
            f"{begin:%H:%M} – {end:%H:%M}",
        )


def _value(field: Field, words: Words) -> str:
    if field.kind == "choice":
        return words(f"{field.words}_{field.value}")
    if field.kind == "yes":
        return "✓" if field.value else "—"
    if field.kind == "groups":
        return words("list_comma").join(words(f"group_{group}") for group in field.value)
    return str("" if field.value is None else field.value)
