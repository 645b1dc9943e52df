"""The rollup and a receipt as JSON: ``nuantong/rollup/1``, ``nuantong/receipt/1``.

No name, no phone: the contact on the form stays on the form. ``docs/reference/hand-in.md``
says what each field is.
"""

from collections.abc import Iterable
from typing import Any

from casework.declaration import COUNTS, Declaration
from casework.findings import Finding
from casework.reminders import receipt, reminder
from casework.rollup import Rollup, State, UnitLine
from casework.session_writing import write_session_dates

ROLLUP_SCHEMA = "nuantong/rollup/1"
RECEIPT_SCHEMA = "nuantong/receipt/1"


def rollup_json(rollup: Rollup) -> dict[str, object]:
    """Give the rollup as a document."""
    return {
        "schema": ROLLUP_SCHEMA,
        "round": rollup.rules.round.name,
        "title_zh": rollup.rules.title_zh,
        "on": rollup.on.isoformat(),
        "due": rollup.rules.due_on.isoformat(),
        "counts": {str(state): len(rollup.of(state)) for state in State}
        | {"late": len(rollup.late), "units": len(rollup.lines)},
        "totals": rollup.totals,
        "not_added": {field: list(names) for field, names in rollup.not_added.items()},
        "units": [_line_json(line, rollup) for line in rollup.lines],
    }


def _line_json(line: UnitLine, rollup: Rollup) -> dict[str, object]:
    return {
        "unit": line.unit.code,
        "name": line.unit.name,
        "state": str(line.state),
        "late_days": line.late_days,
        **_submission_json(line, rollup),
        "differences": [
            {"field": d.field, "declared": d.declared, "ledger": d.ledger}
            for d in line.differences
        ],
        "reminder_zh": reminder(line, rollup),
    }


def _submission_json(line: UnitLine, rollup: Rollup) -> dict[str, Any]:
    given = line.submission
    if given is None:
        return {
            "version": 0,
            "received_on": None,
            "declared": None,
            "ledger": None,
            "findings": [],
        }
    manifest = given.manifest
    return {
        "version": given.version,
        "received_on": given.received_on.isoformat(),
        "made_on": manifest.on.isoformat() if manifest else None,
        "reason": manifest.reason if manifest else "",
        "declared": _declared(given.declaration, rollup.rules.round.window_start.year),
        "ledger": dict(line.ledger) if line.ledger is not None else None,
        "findings": _findings(given.findings),
    }


def _declared(form: Declaration, year: int) -> dict[str, object]:
    return {
        **{field: getattr(form, field) for field in COUNTS},
        "dates": [day.isoformat() for day in form.dates.dates],
        "dates_open": form.dates.is_open,
        "dates_zh": write_session_dates(form.dates, year),
    }


PLACE = ("file", "sheet", "row")


def _findings(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Give findings without the file's place: the unit is the place."""
    placeless = (finding.as_json() for finding in findings)
    return [{k: v for k, v in line.items() if k not in PLACE} for line in placeless]


def receipt_json(line: UnitLine, rollup: Rollup, sha256: str) -> dict[str, object]:
    """Give a receipt as a document."""
    return {
        "schema": RECEIPT_SCHEMA,
        "unit": line.unit.code,
        "name": line.unit.name,
        "sha256": sha256,
        "state": str(line.state),
        "late_days": line.late_days,
        **_submission_json(line, rollup),
        "text_zh": receipt(line, rollup, sha256),
    }
