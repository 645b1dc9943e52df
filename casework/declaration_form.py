"""A new declaration form, filled from the ledger for the officer to change (申报表预填).

The numbers are those A14 compares with, so a form handed in as proposed agrees with its ledger.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import ceil

from casework.declaration_rules import DeclarationRules
from casework.eligibility import ScopeKind, age_years, scope_of
from casework.programme import Programme
from casework.records import ChildRecord


@dataclass(frozen=True, slots=True)
class FormNumbers:
    """The five numbers of the form (annex)."""

    children_total: int
    children_6_plus: int
    participants_children: int
    participants_caregivers: int
    sessions: int

    def cells(self) -> dict[str, int]:
        """Give the numbers by field."""
        return asdict(self)


def count_children(
    children: Iterable[ChildRecord], programme: Programme, rules: DeclarationRules
) -> tuple[int, int]:
    """Count the children in scope on the rules' day, and those of 6 and over among them.

    A child without a birth date is one of all, and not one of 6 and over.
    """
    in_scope = [
        child
        for child in children
        if scope_of(child, programme, rules.age_on).kind is not ScopeKind.OUT
    ]
    older = [
        child
        for child in in_scope
        if child.birth_date is not None
        and age_years(child.birth_date, rules.age_on) >= rules.from_age_years
    ]
    return len(in_scope), len(older)


def propose_form(
    children: Iterable[ChildRecord],
    programme: Programme,
    rules: DeclarationRules,
    *,
    caregivers: int | None = None,
    room: int | None = None,
) -> FormNumbers:
    """Propose the numbers of a unit's form.

    Parameters
    ----------
    caregivers
        Different caregivers who are paired with the unit's children; None takes one a child.
    room
        Children the venue holds in one session; None takes the preset's.
    """
    total, older = count_children(children, programme, rules)
    coming = round(older * rules.attendance_share)
    beside = coming if caregivers is None else min(caregivers, coming)
    return FormNumbers(
        total, older, coming, beside, ceil(coming / (room or rules.proposed_per_session))
    )
