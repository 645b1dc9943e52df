"""The solver's view: records without what the solver must not see (求解用视图)."""

from datetime import date, timedelta

from casework.eligibility import ScopeKind, scope_of
from casework.people import Caregiver, Child, HouseholdId
from casework.programme import Programme
from casework.records import CaregiverRecord, ChildRecord


def to_child(record: ChildRecord, household: HouseholdId, programme: Programme, on: date) -> Child:
    """Give a child as the solver sees one; whether she is in scope is ``scope_of``'s to say."""
    return Child(
        id=record.id,
        home=record.home,
        category=record.category,
        in_mandatory_scope=scope_of(record, programme, on).kind is ScopeKind.MANDATORY,
        household=household,
        sex=record.sex,
        birth_date=record.birth_date,
        consent_given=record.consent_given,
        has_disability=record.has_disability,
        status=record.status,
    )


def to_caregiver(
    record: CaregiverRecord, programme: Programme, *, kin_unclear: bool = False
) -> Caregiver:
    """Give a caregiver as the solver sees one; a check is good for the preset's days.

    Whether it is clear to whom she is kin takes the ledger of children: ``ledger.kin``.
    """
    expires_on = record.check_expires_on
    if record.check_on is not None:
        until = record.check_on + timedelta(days=programme.check_valid_days)
        expires_on = min(expires_on or until, until)
    return Caregiver(
        id=record.id,
        home=record.home,
        places=record.places,
        sex=record.sex,
        role=record.role,
        status=record.status,
        available_from=record.available_from,
        available_to=record.available_to,
        check_result=record.check_result,
        check_expires_on=expires_on,
        commitment_signed=record.commitment_signed,
        trained=record.trained,
        kin_unclear=kin_unclear,
    )
