"""Care as pages show it: a caregiver's own children, and what a unit's pairs owe (关爱记录)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.handbook import CareKind, CarePlace, Excuse
from casework.pairings import PairingId
from casework.rhythm import Rhythm, Tally, Window, tallies
from casework.wording import label
from ledger.record.book import Book
from ledger.record.handbook import Line, care_of, lines_of, lived_of
from ledger.record.pairings import OnRecord, list_pairings
from ledger.record.shown import accounts_called, names_of
from service.drawing import language_of
from service.workflows.unit_on_record import Desk

MOST = 200
"""Pairs that a list shows; the worst are the first."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What a caregiver typed that could not be taken: it stands in the form again."""

    pairing: str
    error: str
    said: Mapping[str, str]
    kinds: Sequence[str]


def own_view(desk: Desk, lang: str, typed: Typed | None = None) -> dict[str, Any]:
    """Give a caregiver's page: each child of hers, what is due, and the handbook."""
    with desk.store.reading(desk.actor, "GET /") as book:
        found = [each for each in list_pairings(book) if each.pairing.started_on]
        names = names_of(book, [each.pairing.child for each in found])
        pairs = [_own_pair(book, each, names[each.pairing.child], desk, lang) for each in found]
    return {"pairs": pairs, "typed": typed, "today": desk.reader.on} | choices(lang)


def choices(lang: str) -> dict[str, Any]:
    """Give the closed choices of the form."""
    language = language_of(lang)
    return {
        "kinds": [(str(kind), label(kind, language)) for kind in CareKind],
        "places": [(str(place), label(place, language)) for place in CarePlace],
        "excuses": [(str(excuse), label(excuse, language)) for excuse in Excuse],
    }


def _own_pair(book: Book, found: OnRecord, name: str, desk: Desk, lang: str) -> dict[str, Any]:
    pairing = found.pairing
    lines = lines_of(book, pairing.id)
    counted = [line.written for line in lines if line.struck is None]
    due = tallies(Rhythm.preset(), lived_of(book, found), counted, desk.reader.on)
    return {
        "id": pairing.id,
        "child": name,
        "child_id": pairing.child,
        "began": pairing.started_on,
        "due": [_due(tally, lang) for tally in due],
        "lines": line_rows(lines, {}, lang),
        "key": secrets.token_hex(16),
    }


def handbook_view(book: Book, pairing: PairingId, lang: str) -> list[dict[str, Any]]:
    """Give one pair's handbook, as the unit and the township read it."""
    lines = lines_of(book, pairing)
    return line_rows(lines, accounts_called(book, [line.by for line in lines]), lang)


def line_rows(lines: Sequence[Line], who: Mapping[str, str], lang: str) -> list[dict[str, Any]]:
    """Give care entries as a page shows them."""
    language = language_of(lang)
    return [
        {
            "id": line.id,
            "on": line.written.entry.on.isoformat(),
            "kinds": [label(k, language) for k in CareKind if k in line.written.entry.kinds],
            "place": label(line.written.entry.place, language),
            "minutes": line.written.entry.minutes,
            "summary": line.written.entry.summary,
            "excuse": label(line.written.entry.excuse, language),
            "concern": line.written.entry.has_concern,
            "struck": line.struck,
            "by": who.get(line.by, ""),
        }
        for line in lines
    ]


def unit_view(desk: Desk, unit: str, lang: str, township: str, every: bool) -> dict[str, Any]:
    """Give what the pairs of a unit owe, those who owe most first."""
    with desk.store.reading(desk.actor, "GET /care") as book:
        found = list_pairings(book, unit=unit)
        found = tuple(r for r in found if not township or r.seat.township == township)
        care = care_of(book, found, unit)
        book.note("care_read", "pairing", list(care), unit=unit)
        on, rhythm = desk.reader.on, Rhythm.preset()
        stands = {p: tallies(rhythm, lived, written, on) for p, (lived, written) in care.items()}
        shown = sorted(
            (r for r in found if r.pairing.id in stands),
            key=lambda r: (-_missed(stands[r.pairing.id]), r.pairing.id),
        )
        late = [r for r in shown if _missed(stands[r.pairing.id])]
        listed = (shown if every else late)[:MOST]
        names = names_of(book, [p for r in listed for p in (r.pairing.child, r.pairing.caregiver)])
    return {
        "rows": [_pair_row(r, stands[r.pairing.id], names, desk, lang) for r in listed],
        "count": len(shown),
        "late": len(late),
        "sums": _sums(list(stands.values()), lang),
        "most": MOST,
    }


def _pair_row(
    found: OnRecord, stands: Sequence[Tally], names: Mapping[str, str], desk: Desk, lang: str
) -> dict[str, Any]:
    pairing, codes, code = found.pairing, desk.reader.gazetteer, found.seat.township
    return {
        "id": pairing.id,
        "child": names[pairing.child],
        "caregiver": names[pairing.caregiver],
        "township": codes.township(code).name if codes.has_township(code) else code,
        "due": [_due(tally, lang) for tally in stands],
        "missed": _missed(stands),
    }


def _missed(stands: Sequence[Tally]) -> int:
    return sum(tally.missed for tally in stands)


def _sums(of: Sequence[Sequence[Tally]], lang: str) -> list[dict[str, Any]]:
    """Sum up each of the six over all pairs: how much of what was owed was done."""
    found = []
    for kind in CareKind:
        mine = [tally for stands in of for tally in stands if tally.kind is kind]
        owed, done = sum(t.owed for t in mine), sum(t.done for t in mine)
        share = f"{done / owed:.0%}" if owed else ""
        name = label(kind, language_of(lang))
        found.append({"name": name, "owed": owed, "done": done, "share": share})
    return found


def _due(tally: Tally, lang: str) -> dict[str, Any]:
    return {
        "kind": str(tally.kind),
        "name": label(tally.kind, language_of(lang)),
        "now": _days(tally.now, lang) if tally.now else "",
        "begins": tally.begins.isoformat() if tally.begins else "",
        "is_done_now": tally.is_done_now,
        "owed": tally.owed,
        "done": tally.done,
        "missed": tally.missed,
        "to_write": tally.to_write,
        "last": tally.last_done.isoformat() if tally.last_done else "",
    }


def _days(window: Window, lang: str) -> str:
    if language_of(lang) == "en":
        return f"{window.first.isoformat()} – {window.last.isoformat()}"
    return f"{_day(window.first)}—{_day(window.last)}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
