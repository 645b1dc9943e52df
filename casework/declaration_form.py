"""A new declaration form, filled from the ledger for the officer to change (申报表预填).

The numbers are those A14 compares with, so a form handed in as proposed agrees with its ledger.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from math import ceil

from casework.declaration import COUNTS, Declaration
from casework.declaration_rules import DeclarationRules
from casework.eligibility import ScopeKind, age_years, scope_of
from casework.programme import Programme
from casework.records import ChildRecord
from casework.session_writing import write_session_dates


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


def written_cells(
    form: Declaration, year: int, rough: Collection[str] = ()
) -> dict[str, str | int | None]:
    """Write a form anew from what was read of it: nothing else that stood in it comes along.

    Parameters
    ----------
    year
        The round's, for days of another.
    rough
        Fields whose number was written as a rough one (约30人), and stays one.
    """
    counts = {field: getattr(form, field) for field in COUNTS}
    said = {f: f"约{n}人" if f in rough and n is not None else n for f, n in counts.items()}
    return {
        "unit": form.unit_name,
        **said,
        "dates": write_session_dates(form.dates, year) or None,
        "contact": " ".join(filter(None, form.contact)) or None,
        "remarks": form.remarks or None,
    }
