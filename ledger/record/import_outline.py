"""Import outline: what a difference rests on, to know one that changed since (预览依据)."""

import json
from collections.abc import Sequence
from typing import Any

from casework.import_diff import Line


def outline(lines: Sequence[Line[Any]]) -> list[list[object]]:
    """Give what a difference rests on, without what it says: ids, versions and classes."""
    return [
        [str(line.fate), [str(doubt) for doubt in line.doubts], *_versions(line)] for line in lines
    ]


def _versions(line: Line[Any]) -> list[object]:
    return [[c.record.id, c.version] for c in line.candidates]


def differing(before: list[list[object]], now: list[list[object]]) -> tuple[int, ...]:
    """Give the places of lines that are different now; ``(0,)`` where only fewer are left."""
    if len(before) != len(now):
        known = [json.dumps(line) for line in before]
        return tuple(n for n, line in enumerate(now) if json.dumps(line) not in known) or (0,)
    return tuple(n for n, (a, b) in enumerate(zip(before, now, strict=True)) if a != b)
