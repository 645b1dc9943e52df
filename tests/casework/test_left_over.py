"""What is no secret of the unit's own staff is said plainly; the rest stays 不可安排."""

from casework import left_over
from casework.proposal_json import proposal_json
from casework.proposals import Ended, Ending, Left, Unpaired
from tests.dossiers import child, dossier, held

EXCLUDED = Unpaired("C-1", Left.EXCLUDED)


def test_a_guardian_who_does_not_agree_is_told_and_asked_again():
    papers = dossier((child(consent_given=False),), left=(EXCLUDED,))
    assert left_over.cause(EXCLUDED, papers) == "监护人暂不同意结对"
    assert "白马镇妇联再次上门说明，征得书面同意后重新生成" in left_over.remedy(EXCLUDED, papers)
    (written,) = proposal_json(papers)["unpaired"]
    assert (written["reason"], written["reason_zh"]) == ("excluded", "监护人暂不同意结对")


def test_a_pair_that_ends_because_the_guardian_does_not_agree_says_so():
    line = Ended("C-1", "M-1", Ending.NOT_PERMITTED)
    assert left_over.ending_cause(line, dossier((child(consent_given=False),))) == (
        "监护人暂不同意结对"
    )
    assert left_over.ending_cause(line, dossier((child(consent_given=True),))) == "不可安排"


def test_every_other_exclusion_is_told_in_the_same_words():
    for record in (child(consent_given=True), child(consent_given=None)):
        papers = dossier((record,), left=(EXCLUDED,))
        assert left_over.cause(EXCLUDED, papers) == "不可安排"
        assert left_over.remedy(EXCLUDED, papers) == "由区县妇联负责人查看原因并另行安排"


def test_rows_to_mend_are_named_to_the_staff_and_not_in_the_json():
    line = Unpaired("C-9", Left.NEEDS_DATA)
    papers = dossier(left=(line,), held=(held(),))
    assert "第 12 行" in left_over.remedy(line, papers, naming_rows=True)
    assert "第 12 行" not in left_over.remedy(line, papers)


def test_a_guardian_who_refuses_does_not_hide_that_nobody_is_near():
    line = Unpaired("C-1", Left.NO_CAREGIVER)
    papers = dossier((child(consent_given=False),), left=(line,))
    assert left_over.cause(line, papers) == "没有可以安排的爱心妈妈"
