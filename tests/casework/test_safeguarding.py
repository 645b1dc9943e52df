import pytest

from casework import pairings, safeguarding
from casework.pairing_life import Step
from casework.pairings import EndReason
from casework.people import CaregiverRole
from casework.safeguarding import Level, ReportTo, colleagues, complaint_route, report_path
from casework.wording import label, texts

CHOICES = (
    pairings.PairingState,
    pairings.EndReason,
    pairings.HoldReason,
    Step,
    safeguarding.ReportTo,
)


@pytest.mark.parametrize("choice", [value for kind in CHOICES for value in kind], ids=repr)
def test_every_closed_choice_of_a_pairing_has_words_in_both_languages(choice):
    assert label(choice, "zh")
    assert label(choice, "en").isascii()


@pytest.mark.parametrize("state", pairings.PairingState)
def test_every_state_says_what_can_be_done_next(state):
    assert all(texts()["NextStep"][state][language] for language in ("zh", "en"))


def test_the_mandatory_report_goes_to_the_police_first():
    assert report_path()[0] is ReportTo.POLICE


@pytest.mark.parametrize("role", [r for r in CaregiverRole if r.is_cadre] + [None])
def test_a_complaint_about_a_cadre_goes_past_her_village_and_township(role):
    beside = colleagues(role)
    assert beside == {Level.VILLAGE, Level.TOWNSHIP}
    assert ReportTo.UNIT_RIGHTS in complaint_route(beside)


def test_a_complaint_about_somebody_of_the_district_goes_past_the_district():
    route = complaint_route(colleagues(CaregiverRole.CADRE, works_for_unit=True))
    assert ReportTo.UNIT_RIGHTS not in route
    assert ReportTo.CITY_RIGHTS in route


@pytest.mark.parametrize("beside", [(), (Level.VILLAGE,), (Level.UNIT,)])
def test_anybody_may_complain_without_a_name(beside):
    assert ReportTo.HOTLINE in complaint_route(beside)


def test_nobody_outside_learns_of_an_inquiry_or_a_conflict():
    told = {reason: safeguarding.told_outside(reason) for reason in EndReason}
    assert told[EndReason.SAFEGUARDING] is told[EndReason.CONFLICT] is EndReason.REARRANGED
    assert told[EndReason.ELECTION] is EndReason.ELECTION
