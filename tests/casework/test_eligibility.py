"""Who is in scope, who may be paired, and what is still unknown."""

from dataclasses import replace
from datetime import date

import pytest

from casework.eligibility import (
    Exclusion,
    OutOfScope,
    ScopeKind,
    SexRule,
    age_years,
    aged_out_on,
    caregiver_state,
    child_state,
    is_nearly_aged_out,
    may_pair,
    pair_unknowns,
    scope_of,
    sex_rule,
)
from casework.findings import Where
from casework.people import (
    Caregiver,
    CaregiverId,
    CaregiverStatus,
    Category,
    CheckResult,
    Child,
    ChildId,
    ChildStatus,
    GuardianshipRating,
    Home,
    HouseholdId,
    Sex,
)
from casework.programme import Programme
from casework.proposals import Unknown
from casework.records import ChildRecord

RULES = Programme.from_toml()
ON = date(2021, 9, 15)
HOME = Home("500101", "500101017", "某村")
CLEARED = Caregiver(
    CaregiverId("c"),
    HOME,
    sex=Sex.FEMALE,
    check_result=CheckResult.PASSED,
    check_expires_on=ON,
    commitment_signed=True,
)
GIRL = Child(
    ChildId("k"),
    HOME,
    Category.SCATTERED_ORPHAN,
    in_mandatory_scope=True,
    household=HouseholdId("H-k"),
    sex=Sex.FEMALE,
    birth_date=date(2012, 3, 5),
    consent_given=True,
)
RECORD = ChildRecord(
    ChildId("k"),
    Where(),
    "张三",
    HOME,
    "万州区",
    "太白街道",
    "某村",
    Category.SCATTERED_ORPHAN,
    birth_date=date(2012, 3, 5),
)


def test_a_cleared_caregiver_is_eligible_on_the_last_day_of_her_check():
    state = caregiver_state(CLEARED, RULES, ON)
    assert (state.excluded, state.unknown) == (None, ())


def test_a_check_that_ended_yesterday_is_conditional_and_not_excluded():
    late = replace(CLEARED, check_expires_on=date(2021, 9, 14))
    state = caregiver_state(late, RULES, ON)
    assert (state.excluded, state.unknown) == (None, (Unknown.BACKGROUND_CHECK_EXPIRED,))


@pytest.mark.parametrize(
    "changes",
    [{"check_result": None}, {"check_expires_on": None}, {"check_result": None, "places": 1}],
)
def test_a_check_nobody_has_established_is_conditional(changes):
    state = caregiver_state(replace(CLEARED, **changes), RULES, ON)
    assert (state.excluded, state.unknown) == (None, (Unknown.BACKGROUND_CHECK,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"check_result": CheckResult.FAILED}, Exclusion.CHECK_FAILED),
        ({"status": CaregiverStatus.SUSPENDED}, Exclusion.SUSPENDED),
        ({"status": CaregiverStatus.LEFT}, Exclusion.LEFT),
        ({"status": CaregiverStatus.ELECTION_OUT}, Exclusion.ELECTION_OUT),
        ({"status": CaregiverStatus.ON_LEAVE}, Exclusion.ON_LEAVE),
        ({"available_from": date(2021, 9, 16)}, Exclusion.NOT_AVAILABLE),
        ({"available_to": date(2021, 9, 14)}, Exclusion.NOT_AVAILABLE),
        ({"commitment_signed": False}, Exclusion.COMMITMENT_REFUSED),
        ({"places": 0}, Exclusion.NO_PLACES),
    ],
)
def test_a_reason_excludes_a_caregiver(changes, reason):
    barred = replace(CLEARED, **changes)
    assert caregiver_state(barred, RULES, ON).excluded is reason
    assert not may_pair(GIRL, barred, RULES, ON)


def test_every_status_but_active_excludes():
    for status in CaregiverStatus:
        state = caregiver_state(replace(CLEARED, status=status), RULES, ON)
        assert (state.excluded is None) == (status is CaregiverStatus.ACTIVE)


def test_the_first_and_the_last_day_she_serves_are_served():
    serving = replace(CLEARED, available_from=ON, available_to=ON)
    assert caregiver_state(serving, RULES, ON).excluded is None


def test_a_failed_check_is_told_before_any_other_reason_and_is_safeguarding():
    barred = replace(CLEARED, check_result=CheckResult.FAILED, status=CaregiverStatus.LEFT)
    excluded = caregiver_state(barred, RULES, ON).excluded
    assert excluded is Exclusion.CHECK_FAILED
    assert excluded.is_safeguarding
    assert not Exclusion.LEFT.is_safeguarding


def test_refused_consent_excludes_and_silence_is_unknown():
    assert child_state(replace(GIRL, consent_given=False), RULES, ON).excluded is (
        Exclusion.CONSENT_REFUSED
    )
    assert child_state(replace(GIRL, consent_given=None), RULES, ON).unknown == (
        Unknown.GUARDIAN_CONSENT,
    )
    assert child_state(GIRL, RULES, ON).unknown == ()


def test_a_child_who_left_is_excluded():
    gone = replace(GIRL, status=ChildStatus.ADOPTED)
    assert child_state(gone, RULES, ON).excluded is Exclusion.CHILD_NOT_ACTIVE


def test_only_facts_the_preset_needs_make_a_pair_conditional():
    bare = Caregiver(CaregiverId("c"), HOME, sex=Sex.FEMALE)
    child = replace(GIRL, consent_given=None)
    assert pair_unknowns(child, bare, replace(RULES, needed=frozenset()), ON) == ()
    everything = replace(
        RULES,
        needed=frozenset({"background_check", "guardian_consent", "commitment", "training"}),
    )
    assert pair_unknowns(child, bare, everything, ON) == (
        Unknown.BACKGROUND_CHECK,
        Unknown.GUARDIAN_CONSENT,
        Unknown.COMMITMENT,
        Unknown.TRAINING,
    )


def test_a_girl_with_a_man_waits_for_a_second_adult_or_is_forbidden_by_the_preset():
    man = replace(CLEARED, sex=Sex.MALE)
    assert pair_unknowns(GIRL, man, RULES, ON) == (Unknown.SECOND_ADULT,)
    forbidding = replace(RULES, girl_with_male_caregiver="forbidden")
    assert not may_pair(GIRL, man, forbidding, ON)
    assert may_pair(replace(GIRL, sex=Sex.MALE), man, forbidding, ON)
    allowing = replace(RULES, girl_with_male_caregiver="allowed")
    assert pair_unknowns(GIRL, man, allowing, ON) == ()


def test_an_unknown_sex_is_never_taken_for_the_harmless_one():
    forbidding = replace(RULES, girl_with_male_caregiver="forbidden")
    assert sex_rule(None, Sex.MALE, forbidding) is SexRule.SECOND_ADULT
    assert sex_rule(Sex.FEMALE, None, RULES) is SexRule.SECOND_ADULT
    assert sex_rule(None, Sex.FEMALE, forbidding) is SexRule.ALLOWED


def test_no_pair_crosses_a_unit():
    away = replace(CLEARED, home=replace(HOME, unit="500102"))
    assert may_pair(GIRL, CLEARED, RULES, ON)
    assert not may_pair(GIRL, away, RULES, ON)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        (Category.SCATTERED_ORPHAN, ScopeKind.MANDATORY),
        (Category.DE_FACTO_UNATTENDED, ScopeKind.MANDATORY),
        (Category.UNSPECIFIED, ScopeKind.MANDATORY),
        (Category.INSTITUTIONAL_ORPHAN, ScopeKind.OUT),
        (Category.OTHER, ScopeKind.OUT),
    ],
)
def test_the_category_decides_the_scope(category, kind):
    assert scope_of(replace(RECORD, category=category), RULES, ON).kind is kind


def test_a_left_behind_child_is_optional_only_under_16_and_with_poor_guardianship():
    child = replace(
        RECORD,
        category=Category.LEFT_BEHIND,
        guardianship=GuardianshipRating.POOR,
        birth_date=date(2005, 9, 16),
    )
    assert scope_of(child, RULES, ON).kind is ScopeKind.OPTIONAL
    sixteen = replace(child, birth_date=date(2005, 9, 15))
    assert scope_of(sixteen, RULES, ON).reason is OutOfScope.LEFT_BEHIND_AGE
    fair = replace(child, guardianship=GuardianshipRating.FAIR)
    assert scope_of(fair, RULES, ON).reason is OutOfScope.LEFT_BEHIND_GUARDIANSHIP
    silent = replace(child, guardianship=None)
    assert scope_of(silent, RULES, ON).reason is OutOfScope.LEFT_BEHIND_GUARDIANSHIP_UNKNOWN


def test_a_child_ages_out_on_the_first_of_the_month_after_the_18th_birthday():
    born = date(2003, 9, 3)
    assert aged_out_on(born, RULES) == date(2021, 10, 1)
    assert scope_of(replace(RECORD, birth_date=born), RULES, date(2021, 9, 30)).reason is None
    out = scope_of(replace(RECORD, birth_date=born), RULES, date(2021, 10, 1))
    assert out.reason is OutOfScope.AGED_OUT


def test_the_preset_may_let_a_child_age_out_on_the_birthday():
    strict = replace(RULES, age_out="birthday")
    child = replace(RECORD, birth_date=date(2003, 9, 15))
    assert scope_of(child, strict, ON).reason is OutOfScope.AGED_OUT
    assert scope_of(child, strict, date(2021, 9, 14)).kind is ScopeKind.MANDATORY


def test_a_child_born_on_29_february_is_a_year_older_on_1_march():
    born = date(2004, 2, 29)
    assert age_years(born, date(2022, 2, 28)) == 17
    assert age_years(born, date(2022, 3, 1)) == 18
    assert aged_out_on(born, replace(RULES, age_out="birthday")) == date(2022, 3, 1)


def test_three_months_before_ageing_out_is_near_and_a_day_more_is_not():
    strict = replace(RULES, age_out="birthday")
    assert is_nearly_aged_out(date(2003, 12, 15), strict, ON)
    assert not is_nearly_aged_out(date(2003, 12, 16), strict, ON)
    assert not is_nearly_aged_out(date(2003, 9, 15), strict, ON)


def test_a_child_who_left_the_ledger_is_out_of_scope():
    gone = replace(RECORD, status=ChildStatus.RECOVERED)
    assert scope_of(gone, RULES, ON).reason is OutOfScope.NOT_ACTIVE
