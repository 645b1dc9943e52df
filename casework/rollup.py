"""Rollup: the units' declarations side by side, added up, with who is to be asked (申报汇总).

Every unit has a line, whether it handed in or not. Nobody's name is in it but the contact on
the form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from casework.declaration import COUNTS, FIELDS_ZH, Declaration
from casework.declaration_rules import DeclarationRules
from casework.findings import Finding, Severity
from casework.hand_in import HandInChild, Manifest, count_handed_in
from geo.areas import Unit


class State(StrEnum):
    """How a unit's declaration stands (报送情况)."""

    RECEIVED = "received"
    IN_DOUBT = "in_doubt"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a unit handed in last.

    Attributes
    ----------
    version
        The hand-in's own; of plain forms, which of the unit's files it is, from 1.
    manifest, children
        None where only a form came.
    """

    declaration: Declaration
    findings: tuple[Finding, ...]
    received_on: date
    version: int
    manifest: Manifest | None = None
    children: tuple[HandInChild, ...] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A number of the form that is not the ledger's (A14)."""

    field: str
    declared: int
    ledger: int

    @property
    def field_zh(self) -> str:
        """The form's heading."""
        return FIELDS_ZH[self.field]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit's line.

    Attributes
    ----------
    late_days
        Days from the due date to the day it came, or to this day where it has not; 0 in time.
    ledger
        What its minimised ledger counts, by field; None where only a form came.
    """

    unit: Unit
    submission: Submission | None
    state: State
    late_days: int = 0
    ledger: Mapping[str, int] | None = None

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody must ask the unit: it is missing, or something must be mended."""
        return self.state is State.MISSING or bool(self.errors)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended."""
        return self._of(Severity.ERROR)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """What somebody should look at; that it was late nobody can mend."""
        return tuple(f for f in self._of(Severity.WARNING) if f.rule != "A19")

    def _of(self, severity: Severity) -> tuple[Finding, ...]:
        found = self.submission.findings if self.submission else ()
        return tuple(finding for finding in found if finding.severity is severity)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Where the form and the minimised ledger do not agree."""
        if self.submission is None or self.ledger is None:
            return ()
        declared = self.submission.declaration
        found = ((field, getattr(declared, field), n) for field, n in self.ledger.items())
        return tuple(Difference(*each) for each in found if each[1] not in (None, each[2]))


@dataclass(frozen=True, slots=True)
class Rollup:
    """All units' lines, in the order of the list of units."""

    rules: DeclarationRules
    on: date
    lines: tuple[UnitLine, ...]

    @property
    def totals(self) -> dict[str, int]:
        """The sum of each number over the units that state it (A18: every row, once)."""
        return {field: sum(self._stated(field)) for field in COUNTS}

    def _stated(self, field: str) -> list[int]:
        given = (line.submission.declaration for line in self.lines if line.submission)
        values = (getattr(declaration, field) for declaration in given)
        return [value for value in values if value is not None]

    @property
    def not_added(self) -> dict[str, tuple[str, ...]]:
        """Units received whose number could not be read and is in no total, by field."""
        gaps = {
            field: tuple(
                line.unit.name
                for line in self.lines
                if line.submission and getattr(line.submission.declaration, field) is None
            )
            for field in COUNTS
        }
        return {field: names for field, names in gaps.items() if names}

    def of(self, *states: State) -> tuple[UnitLine, ...]:
        """Give the lines in one of some states."""
        return tuple(line for line in self.lines if line.state in states)

    @property
    def late(self) -> tuple[UnitLine, ...]:
        """The units that handed in after the due date."""
        return tuple(line for line in self.lines if line.late_days and line.submission)

    @property
    def needs_a_person(self) -> bool:
        """Whether a unit is missing or something must be mended."""
        return any(line.needs_a_person for line in self.lines)


def roll_up(
    submissions: Mapping[str, Submission],
    units: Sequence[Unit],
    rules: DeclarationRules,
    on: date,
) -> Rollup:
    """Put the units side by side; ``submissions`` by unit code."""
    lines = (_line(unit, submissions.get(unit.code), rules, on) for unit in units)
    return Rollup(rules, on, tuple(lines))


def _line(unit: Unit, given: Submission | None, rules: DeclarationRules, on: date) -> UnitLine:
    if given is None:
        return UnitLine(unit, None, State.MISSING, max(0, (on - rules.due_on).days))
    ledger = None
    if given.children is not None:
        ledger = count_handed_in(given.children, rules.from_age_years)
    submitted_on = given.declaration.submitted_on or given.received_on
    late_days = max(0, (submitted_on - rules.due_on).days)
    line = UnitLine(unit, given, State.RECEIVED, late_days, ledger)
    return replace(line, state=State.IN_DOUBT) if line.errors or line.doubts else line
