"""Rows of the proposal as the page shows them: every child once, left-over children first.

They hold names, so they stay in the data folder like everything the unit's own staff may see.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal

from casework import left_over, wording
from casework.dossier import Dossier
from casework.eligibility import age_years
from casework.people import CaregiverId, ChildId
from casework.proposals import Ended, Pair, Rung, Unpaired

Row = dict[str, Any]

LANGUAGES: tuple[Literal["zh", "en"], ...] = ("zh", "en")
LEFT_OVER = len(Rung)
"""The place of a left-over child on the ladder: after every rung."""


def proposal_rows(dossier: Dossier) -> dict[str, list[Row]]:
    """Give ``lines``, one a child, and ``ended``, one for each pair that ends."""
    return {"lines": line_rows(dossier), "ended": ended_rows(dossier)}


def line_rows(dossier: Dossier) -> list[Row]:
    """Give a line a child."""
    lines = [_paired(pair, dossier) for pair in dossier.proposal.pairs]
    return lines + [_left(line, dossier) for line in dossier.proposal.unpaired]


def ended_rows(dossier: Dossier) -> list[Row]:
    """Give a line for each pair that ends."""
    return [_ended(line, dossier) for line in dossier.proposal.ended]


def _paired(pair: Pair, dossier: Dossier) -> Row:
    return {
        **_child(pair.child, dossier),
        **_caregiver(pair.caregiver, dossier),
        "rung": int(pair.rung),
        "rung_name": _both(lambda lang: wording.label(pair.rung, lang)),
        "distance": _both(lambda lang: wording.distance(pair.metres, lang)),
        "metres": pair.metres,
        "kept": pair.kept,
        "locked": pair.locked,
        "missing": _both(lambda lang: wording.facts(pair.conditional, lang)),
        "reason": _both(lambda lang: wording.pair_reason(pair, lang)),
    }


def _left(line: Unpaired, dossier: Dossier) -> Row:
    return {
        **_child(line.child, dossier),
        "rung": LEFT_OVER,
        "cause": _both(lambda lang: left_over.cause(line, dossier, lang)),
        "remedy": _both(lambda lang: left_over.remedy(line, dossier, lang, naming_rows=True)),
        "responsible": dossier.responsible_zh(line.child),
        "due": wording.due(dossier.programme, dossier.on).isoformat(),
    }


def _ended(line: Ended, dossier: Dossier) -> Row:
    return {
        **_child(line.child, dossier),
        **_caregiver(line.caregiver, dossier),
        "cause": _both(lambda lang: left_over.ending_cause(line, dossier, lang)),
    }


def _child(child: ChildId, dossier: Dossier) -> Row:
    record = dossier.children.get(child)
    return {
        "id": child,
        "child": dossier.child_name(child),
        "sex": _both(lambda lang: wording.label(record.sex if record else None, lang)),
        "age": _age(record.birth_date, dossier.on) if record else None,
        "category": _both(lambda lang: wording.label(record.category if record else None, lang)),
        "township": dossier.township_name(child),
        "village": record.village_name if record else "",
    }


def _caregiver(caregiver: CaregiverId, dossier: Dossier) -> Row:
    record = dossier.caregivers.get(caregiver)
    return {
        "caregiver": dossier.caregiver_name(caregiver),
        "role": _both(lambda lang: wording.label(record.role if record else None, lang)),
        "caregiver_township": record.township_name if record else "",
        "caregiver_village": record.village_name if record else "",
        "phone": record.phone if record else "",
    }


def _age(birth_date: date | None, on: date) -> int | None:
    return age_years(birth_date, on) if birth_date else None


def _both(say: Callable[[Literal["zh", "en"]], str]) -> dict[str, str]:
    return {lang: say(lang) for lang in LANGUAGES}


def choose(rows: Iterable[Row], asked: Mapping[str, str], lang: str) -> list[Row]:
    """Filter and sort the lines as the officer asks.

    Parameters
    ----------
    asked
        ``text`` found anywhere in the row; ``rung`` a number; ``township`` a name; ``only``
        one of left, conditional, new, kept; ``sort`` one of left, near, far, township.
    """
    text = asked.get("text", "").strip().casefold()
    wanted = _TESTS.get(asked.get("only", ""), bool)
    found = [
        row
        for row in rows
        if wanted(row)
        and asked.get("rung", "") in ("", str(row["rung"]))
        and asked.get("township", "") in ("", row["township"])
        and (not text or text in _searchable(row, lang))
    ]
    return sorted(found, key=_ORDERS.get(asked.get("sort", ""), _left_first))


def lines_of_township(rows: Iterable[Row], township: str) -> list[Row]:
    """Give a township its own children's lines, left over first, without what is not its to know.

    Of background checks, kin and conflicts it learns only that something waits.
    """
    mine = sorted((row for row in rows if row["township"] == township), key=_left_first)
    return [{name: value for name, value in row.items() if name not in _UNITS_OWN} for row in mine]


_UNITS_OWN = frozenset({"reason", "metres", "locked", "cause", "remedy", "missing"})


def _left_first(row: Row) -> tuple[Any, ...]:
    return (row["rung"] != LEFT_OVER, row["township"], row["village"], row["id"])


def _metres(row: Row) -> float:
    """Sort an unknown distance after every known one."""
    metres = row.get("metres")
    return float("inf") if metres is None else metres


_TESTS: Mapping[str, Callable[[Row], bool]] = {
    "left": lambda row: row["rung"] == LEFT_OVER,
    "conditional": lambda row: bool(row.get("missing", {}).get("zh")),
    "new": lambda row: row["rung"] != LEFT_OVER and not row["kept"],
    "kept": lambda row: bool(row.get("kept")),
}
_ORDERS: Mapping[str, Callable[[Row], tuple[Any, ...]]] = {
    "near": lambda row: (row["rung"], _metres(row), row["township"], row["id"]),
    "far": lambda row: (-row["rung"], -_metres(row), row["township"], row["id"]),
    "township": lambda row: (row["township"], row["village"], row["id"]),
}


def _searchable(row: Row, lang: str) -> str:
    parts = (part[lang] if isinstance(part, dict) else part for part in row.values())
    return " ".join(str(part) for part in parts if part).casefold()
