"""Reminders and receipts: what the city office tells a unit, ready to paste (催报与回执)."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from casework.declaration import COUNTS
from casework.rollup import Rollup, UnitLine
from casework.wording import day


@cache
def _texts() -> Mapping[str, str]:
    source = files("casework").joinpath("texts", "reminders.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def reminder(line: UnitLine, rollup: Rollup) -> str:
    """Say what a unit is asked for; empty where nothing is to be done."""
    words = {
        "unit": line.unit.name,
        "title": rollup.rules.title_zh,
        "office": rollup.rules.office_zh,
        "due": day(rollup.rules.due_on),
        "on": day(rollup.on),
    }
    if line.submission is None:
        return _texts()["missing" if line.late_days else "not_yet"].format_map(words)
    asked = (*line.errors, *line.doubts)
    if not asked:
        return ""
    head = "mend" if line.errors else "look"
    words |= {"version": str(line.submission.version), "n": str(len(asked))}
    return "\n".join((_texts()[head].format_map(words), *_points(line)))


def _points(line: UnitLine) -> Iterator[str]:
    for n, finding in enumerate((*line.errors, *line.doubts), 1):
        message, remedy = finding.message_zh.rstrip("。"), finding.remedy_zh.rstrip("。")
        yield _texts()["point"].format(n=n, message=message, remedy=remedy)


def receipt(line: UnitLine, rollup: Rollup, sha256: str) -> str:
    """Say what was received of a unit, and what it is asked for.

    Raises
    ------
    ValueError
        When nothing was received.
    """
    given = line.submission
    if given is None:
        raise ValueError("nothing was received")
    texts, rules = _texts(), rollup.rules
    words = {"unit": line.unit.name, "title": rules.title_zh, "office": rules.office_zh}
    words |= {"due": day(rules.due_on)}
    head = texts["received"].format_map(
        words | {"version": str(given.version), "received": day(given.received_on)}
    )
    late = texts["late"].format_map(words | {"days": str(line.late_days)})
    counts = {field: getattr(given.declaration, field) for field in COUNTS}
    said = {field: "—" if n is None else n for field, n in counts.items()}
    parts = [head + (late if line.late_days else ""), texts["numbers"].format_map(said)]
    if line.ledger is not None:
        parts.append(texts["ledger"].format_map(line.ledger))
    parts += [reminder(line, rollup) or texts["fine"], texts["checksum"].format(sha256=sha256)]
    return "\n".join(parts)
