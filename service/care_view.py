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
from ledger.record.handbook import Line, care_of, lines_of, lived_of, marks_of
from ledger.record.pairings import OnRecord, list_pairings
from ledger.record.shown import accounts_called, names_of
from service.drawing import language_of
from service.workflows.unit_on_record import Desk
from service.workflows.warm import kept_warm

MOST = 100
"""Pairs on a page; the worst are the first."""


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


@dataclass(frozen=True, slots=True)
class Which:
    """Which pairs of a unit a page shows.

    Attributes
    ----------
    every
        Those who owe nothing too.
    after
        The last of the page before: how many it missed, a dot and its id.
    """

    township: str = ""
    every: bool = False
    after: str = ""


def unit_view(desk: Desk, unit: str, lang: str, which: Which) -> dict[str, Any]:
    """Give a page of what the pairs of a unit owe, those who owe most first."""
    with desk.store.reading(desk.actor, "GET /care") as book:
        found = list_pairings(book, unit=unit)
        found = tuple(r for r in found if which.township in ("", r.seat.township))
        stands = _stands(desk, book, found, unit)
        book.note("care_read", "pairing", list(stands), unit=unit)
        ranks = {p: (-_missed(tally), p) for p, tally in stands.items()}
        late = sum(missed < 0 for missed, _ in ranks.values())
        last = _rank(which.after)
        wanted = (r for r in found if r.pairing.id in ranks)
        wanted = (r for r in wanted if which.every or ranks[r.pairing.id][0] < 0)
        rest = sorted((ranks[r.pairing.id], r) for r in wanted if ranks[r.pairing.id] > last)
        listed = [r for _, r in rest[:MOST]]
        names = names_of(book, [p for r in listed for p in (r.pairing.child, r.pairing.caregiver)])
    rows = [_pair_row(r, stands[r.pairing.id], names, desk, lang) for r in listed]
    return {
        "rows": rows,
        "count": len(stands),
        "late": late,
        "sums": _sums(list(stands.values()), lang),
        "after": f"{rows[-1]['missed']}.{rows[-1]['id']}" if len(rest) > MOST else "",
    }


def _stands(
    desk: Desk, book: Book, found: Sequence[OnRecord], unit: str
) -> dict[PairingId, tuple[Tally, ...]]:
    """Judge pairs, anew only those of whom something was written or changed since they were.

    What is kept is kept for a day and for one reader's area: another may see less.
    """
    kept: dict[PairingId, tuple[object, tuple[Tally, ...]]]
    kept = kept_warm(desk, ("care", unit, *desk.actor.scope), None, dict)
    marks = marks_of(book, found, unit)
    changed = [r for r in found if r.pairing.id in marks]
    changed = [r for r in changed if kept.get(r.pairing.id, ("",))[0] != marks[r.pairing.id]]
    rhythm, on = Rhythm.preset(), desk.reader.on
    for pairing, (lived, written) in care_of(book, changed, unit).items():
        kept[pairing] = marks[pairing], tallies(rhythm, lived, written, on)
    return {pairing: kept[pairing][1] for pairing in marks}


def _rank(after: str) -> tuple[int, str]:
    """Read where the page before ended; the first page comes after nobody."""
    missed, _, pairing = after.partition(".")
    known = missed.isascii() and missed.isdigit()
    return (-int(missed[:9]), pairing) if known else (-(10**9), "")


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
