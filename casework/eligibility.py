"""Eligibility: who is in scope, who may be paired, and what is still unknown (结对条件).

Three states (decision 5): *excluded* for a reason; *conditional*, which means that something
nobody has established must be known before a pair may be active; *eligible*. The solver and
every document ask here, so a rule has one home. Nothing here reads a clock: the day is ``on``.
"""

from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from casework.people import (
    Caregiver,
    CaregiverStatus,
    Category,
    CheckResult,
    Child,
    ChildStatus,
    GuardianshipRating,
    Sex,
)
from casework.programme import Programme
from casework.proposals import Unknown
from casework.records import ChildRecord

NEARLY_AGED_OUT_MONTHS = 3


class Exclusion(StrEnum):
    """Why a person cannot be in any pair now."""

    CHECK_FAILED = "check_failed"
    SUSPENDED = "suspended"
    LEFT = "left"
    ELECTION_OUT = "election_out"
    ON_LEAVE = "on_leave"
    NOT_AVAILABLE = "not_available"
    COMMITMENT_REFUSED = "commitment_refused"
    NO_PLACES = "no_places"
    CONSENT_REFUSED = "consent_refused"
    CHILD_NOT_ACTIVE = "child_not_active"

    @property
    def is_safeguarding(self) -> bool:
        """Whether not even a pair the staff has locked may stand against it."""
        return self in (Exclusion.CHECK_FAILED, Exclusion.SUSPENDED)


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One person's state: eligible when ``excluded`` is None and ``unknown`` is empty."""

    excluded: Exclusion | None = None
    unknown: tuple[Unknown, ...] = ()


class SexRule(StrEnum):
    """What the programme says to a child's and a caregiver's sex together."""

    ALLOWED = "allowed"
    SECOND_ADULT = "second_adult"
    FORBIDDEN = "forbidden"


class ScopeKind(StrEnum):
    """Whether the programme is for a child (notice 二)."""

    MANDATORY = "mandatory"
    OPTIONAL = "optional"
    OUT = "out"


class OutOfScope(StrEnum):
    """Why the programme is not for a child."""

    NOT_ACTIVE = "not_active"
    AGED_OUT = "aged_out"
    INSTITUTION = "institution"
    CATEGORY = "category"
    LEFT_BEHIND_AGE = "left_behind_age"
    LEFT_BEHIND_GUARDIANSHIP = "left_behind_guardianship"
    LEFT_BEHIND_GUARDIANSHIP_UNKNOWN = "left_behind_guardianship_unknown"


@dataclass(frozen=True, slots=True)
class Scope:
    """A child's scope, and the reason when she is out of it."""

    kind: ScopeKind
    reason: OutOfScope | None = None


_STATUS_EXCLUDES = {
    CaregiverStatus.SUSPENDED: Exclusion.SUSPENDED,
    CaregiverStatus.LEFT: Exclusion.LEFT,
    CaregiverStatus.ELECTION_OUT: Exclusion.ELECTION_OUT,
    CaregiverStatus.ON_LEAVE: Exclusion.ON_LEAVE,
}


def caregiver_state(caregiver: Caregiver, programme: Programme, on: date) -> Eligibility:
    """Judge a caregiver by herself; safeguarding reasons come before all others."""
    excluded = _caregiver_exclusion(caregiver, on)
    return Eligibility(excluded, () if excluded else _caregiver_unknowns(caregiver, programme, on))


def child_state(child: Child, programme: Programme, on: date) -> Eligibility:
    """Judge a child by herself: her guardian's refusal excludes, silence is unknown."""
    if child.status is not ChildStatus.ACTIVE:
        return Eligibility(Exclusion.CHILD_NOT_ACTIVE)
    if child.consent_given is False:
        return Eligibility(Exclusion.CONSENT_REFUSED)
    asks = child.consent_given is None and Unknown.GUARDIAN_CONSENT in programme.needed
    return Eligibility(None, (Unknown.GUARDIAN_CONSENT,) if asks else ())


def sex_rule(child: Sex | None, caregiver: Sex | None, programme: Programme) -> SexRule:
    """Say what holds for the two; an unknown sex is never assumed to be the harmless one.

    Where only one of two unknowns makes it a girl with a man, the pair is not forbidden: it
    waits as if a second adult were needed, until somebody looks.
    """
    if child is Sex.MALE or caregiver is Sex.FEMALE:
        return SexRule.ALLOWED
    rule = SexRule(programme.girl_with_male_caregiver)
    if rule is SexRule.FORBIDDEN and (child is None or caregiver is None):
        return SexRule.SECOND_ADULT
    return rule


def may_pair(child: Child, caregiver: Caregiver, programme: Programme, on: date) -> bool:
    """Say whether the two may be proposed; kin and wishes are the problem's ``forbidden``."""
    return (
        child.home.unit == caregiver.home.unit
        and caregiver_state(caregiver, programme, on).excluded is None
        and child_state(child, programme, on).excluded is None
        and sex_rule(child.sex, caregiver.sex, programme) is not SexRule.FORBIDDEN
    )


def pair_unknowns(
    child: Child, caregiver: Caregiver, programme: Programme, on: date
) -> tuple[Unknown, ...]:
    """List what must be established before the pair may be active, in the enum's order."""
    unknown = {
        *caregiver_state(caregiver, programme, on).unknown,
        *child_state(child, programme, on).unknown,
    }
    if sex_rule(child.sex, caregiver.sex, programme) is SexRule.SECOND_ADULT:
        unknown.add(Unknown.SECOND_ADULT)
    return tuple(fact for fact in Unknown if fact in unknown)


def scope_of(record: ChildRecord, programme: Programme, on: date) -> Scope:
    """Say whether the programme is for this child on this day (notice 二)."""
    reason = _out_of_scope(record, programme, on)
    if reason is not None:
        return Scope(ScopeKind.OUT, reason)
    if record.category in programme.mandatory or record.category is Category.UNSPECIFIED:
        return Scope(ScopeKind.MANDATORY)
    return Scope(ScopeKind.OPTIONAL)


def age_years(birth_date: date, on: date) -> int:
    """Count full years (周岁); somebody born on 29 February is a year older on 1 March."""
    before_birthday = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - before_birthday


def aged_out_on(birth_date: date, programme: Programme) -> date:
    """Give the first day on which the child is too old, by the preset's rule."""
    if programme.age_out == "birthday":
        return _birthday(birth_date, programme.under_age_years)
    return months_later(_birthday(birth_date, programme.under_age_years).replace(day=1), 1)


def is_nearly_aged_out(birth_date: date, programme: Programme, on: date) -> bool:
    """Say whether a child who is in now will be too old within three months."""
    if age_years(birth_date, on) < programme.under_age_years - 1:
        return False
    last_day = aged_out_on(birth_date, programme)
    return on < last_day <= months_later(on, NEARLY_AGED_OUT_MONTHS)


def months_later(day: date, months: int) -> date:
    """Give the same day months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _caregiver_exclusion(caregiver: Caregiver, on: date) -> Exclusion | None:
    if caregiver.check_result is CheckResult.FAILED:
        return Exclusion.CHECK_FAILED
    if caregiver.status is not CaregiverStatus.ACTIVE:
        return _STATUS_EXCLUDES[caregiver.status]
    first, last = caregiver.available_from, caregiver.available_to
    if (first is not None and on < first) or (last is not None and on > last):
        return Exclusion.NOT_AVAILABLE
    if caregiver.commitment_signed is False:
        return Exclusion.COMMITMENT_REFUSED
    return Exclusion.NO_PLACES if caregiver.places <= 0 else None


def _caregiver_unknowns(
    caregiver: Caregiver, programme: Programme, on: date
) -> tuple[Unknown, ...]:
    """List her open facts; a check without a day is one, since it is due yearly (art. 62)."""
    expires_on = caregiver.check_expires_on
    found = {
        Unknown.BACKGROUND_CHECK: caregiver.check_result is None or expires_on is None,
        Unknown.COMMITMENT: caregiver.commitment_signed is None,
        Unknown.TRAINING: not caregiver.trained,
    }
    unknown = [fact for fact, missing in found.items() if missing and fact in programme.needed]
    expired = expires_on is not None and expires_on < on
    if expired and caregiver.check_result and Unknown.BACKGROUND_CHECK in programme.needed:
        unknown.insert(0, Unknown.BACKGROUND_CHECK_EXPIRED)
    if caregiver.kin_unclear:
        unknown.append(Unknown.KIN_UNCLEAR)  # safeguarding: no preset may do without it
    return tuple(unknown)


def _out_of_scope(record: ChildRecord, programme: Programme, on: date) -> OutOfScope | None:
    if record.status is not ChildStatus.ACTIVE:
        return OutOfScope.NOT_ACTIVE
    if record.category is Category.INSTITUTIONAL_ORPHAN:
        return OutOfScope.INSTITUTION
    if record.birth_date is not None and _is_too_old(record.birth_date, programme, on):
        return OutOfScope.AGED_OUT
    if record.category is Category.UNSPECIFIED:
        return None
    if record.category not in programme.mandatory | programme.optional:
        return OutOfScope.CATEGORY
    return _left_behind_out(record, programme, on)


def _is_too_old(birth_date: date, programme: Programme, on: date) -> bool:
    is_of_age = age_years(birth_date, on) >= programme.under_age_years
    return is_of_age and on >= aged_out_on(birth_date, programme)


def _left_behind_out(record: ChildRecord, programme: Programme, on: date) -> OutOfScope | None:
    if record.category is not Category.LEFT_BEHIND:
        return None
    under = programme.left_behind_under_age_years
    if record.birth_date is not None and age_years(record.birth_date, on) >= under:
        return OutOfScope.LEFT_BEHIND_AGE
    rating = record.guardianship
    if not programme.left_behind_needs_poor_guardianship or rating is GuardianshipRating.POOR:
        return None
    if rating is None:
        return OutOfScope.LEFT_BEHIND_GUARDIANSHIP_UNKNOWN
    return OutOfScope.LEFT_BEHIND_GUARDIANSHIP


def _birthday(birth_date: date, years: int) -> date:
    year = birth_date.year + years
    if (birth_date.month, birth_date.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return birth_date.replace(year=year)
