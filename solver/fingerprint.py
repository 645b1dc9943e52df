"""Fingerprint: one number for everything a proposal depends on (指纹).

SHA-256 of canonical JSON, so the same children, caregivers, rules and day give the same
fingerprint in whatever order the rows stood.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from casework.people import Caregiver, Child
from solver.problem import PairingProblem

METHOD = "pairing/1"
"""Version of the method: it changes when the same problem may get another answer."""


def fingerprint(problem: PairingProblem, most_changes: int | None = None) -> str:
    """Return the fingerprint of a problem, and of a limit on changes, as 64 hexadecimal digits."""
    document: dict[str, object] = {
        "method": METHOD,
        "children": [_plain(child) for child in sorted(problem.children, key=_id)],
        "caregivers": [_plain(caregiver) for caregiver in sorted(problem.caregivers, key=_id)],
        "programme": _plain(problem.programme),
        "on": _plain(problem.on),
        "reach_m": problem.reach_m,
        "current": sorted({(p.child, p.caregiver, p.locked) for p in problem.current}),
        "forbidden": sorted(problem.forbidden),
        "needs_data": sorted(set(problem.needs_data)),
        "neighbours": _plain(problem.neighbours),
        "neighbours_approximate": problem.neighbours_approximate,
    }
    if most_changes is not None:
        document["most_changes"] = most_changes
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode("utf-8")).hexdigest()


def _id(person: Child | Caregiver) -> str:
    return person.id


def _plain(value: Any) -> object:
    """Turn a value into what JSON knows; a set has no order of its own."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    return value.isoformat() if isinstance(value, date) else value
