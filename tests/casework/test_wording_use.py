import re
from enum import StrEnum

import pytest

from casework import answers, left_over, wishes
from casework.answers import (
    Difference,
    Move,
    RankedCaregiver,
    Remedy,
    RemedyKind,
    Shortage,
    Village,
    WhyPair,
    WhyUnpaired,
)
from casework.people import CaregiverId, ChildId
from casework.proposals import Left, Rung, Unpaired
from casework.wording import label, texts
from casework.wording_use import Speech, difference
from tests import dossiers


def speech(language="zh"):
    dossier = dossiers.dossier(
        (dossiers.child("C-1", name="王小雨"), dossiers.child("C-2", name="李浩")),
        (dossiers.caregiver("M-1", name="冉春梅"), dossiers.caregiver("M-2", name="田梦")),
    )
    return Speech(dossier, language)


GAP = re.compile(r"\{\w+\}")
CHOICES = [
    kind
    for module in (answers, wishes)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", CHOICES, ids=lambda kind: kind.__name__)
def test_every_choice_has_words_in_both_languages(kind):
    assert all(label(member, "zh") and label(member, "en") for member in kind)


def test_every_phrase_has_both_languages_with_the_same_gaps():
    for section in ("Use", "More", "Less", "Heading"):
        for text in texts()[section].values():
            gaps = [
                sorted(part.split("}")[0] for part in text[lang].split("{")[1:]) for lang in text
            ]
            assert set(text) == {"zh", "en"}
            assert gaps[0] == gaps[1]


def test_a_difference_is_said_level_by_level_the_decisive_first():
    found = Difference(covered_mandatory=-1, rungs=-2, metres=1500)
    assert difference(found) == (
        "少 1 名应保障儿童有人结对，就近程度合计好 2 级，合计远约 1.5 公里"
    )
    assert difference(Difference()) == "同样好"


def test_a_shortage_counts_people_and_places():
    found = Shortage(
        (ChildId("C-1"), ChildId("C-2")),
        2,
        (Village("500156101", "大坪村"), Village("500156101", None)),
        (CaregiverId("M-1"),),
        2,
        1,
    )
    assert speech().shortage(found) == (
        "白马镇大坪村、白马镇（村社区不详）共 2 名儿童（2 户），可以安排的爱心妈妈只有 1 位，"
        "名额 1 个，需要 2 个，缺 1 个"
    )


def test_a_remedy_tells_what_solving_again_says():
    remedy = Remedy(
        RemedyKind.MORE_PLACES,
        caregiver=CaregiverId("M-1"),
        difference=Difference(covered_mandatory=1),
        gets=CaregiverId("M-1"),
        rung=Rung.SAME_VILLAGE,
        metres=300,
        moves=(Move((ChildId("C-2"),), CaregiverId("M-1"), CaregiverId("M-2")),),
        is_first_in_line=False,
    )
    assert speech().remedy(remedy) == (
        "请冉春梅（白马镇大坪村）同意多结对一户；该儿童由冉春梅结对（同村（社区），约 300 米）；"
        "重新求解核实：多 1 名应保障儿童有人结对；李浩由冉春梅改为田梦；"
        "须锁定这一对，否则名额会给别的儿童"
    )


def test_what_only_people_can_do_is_told_as_in_the_proposal():
    why = WhyUnpaired(
        ChildId("C-1"), Left.NO_CAREGIVER, None, (Remedy(RemedyKind.ARRANGE_BY_HAND),)
    )
    (told,) = speech().remedies(why)
    assert told == left_over.remedy(Unpaired(ChildId("C-1"), Left.NO_CAREGIVER), speech().dossier)


def test_a_child_who_cannot_be_arranged_is_told_so_and_never_why():
    why = WhyUnpaired(ChildId("C-1"), Left.EXCLUDED, None, ())
    (told,) = speech().remedies(why)
    assert not [word for word in ("查询", "犯罪", "亲属", "合格") if word in told]


def test_somebody_who_does_not_exist_yet_is_the_new_caregiver():
    assert speech().caregiver(answers.RECRUIT) == "新爱心妈妈"
    assert speech("en").caregiver(None) == "nobody"


def test_a_pair_says_who_would_be_next_and_what_she_would_cost():
    best = RankedCaregiver(CaregiverId("M-2"), Rung.SAME_TOWNSHIP, None, Difference(rungs=1))
    why = WhyPair(ChildId("C-1"), CaregiverId("M-1"), Rung.SAME_VILLAGE, 90, False, False, 0, best)
    assert speech().why_pair(why) == (
        "没有更近的可以安排的爱心妈妈；其次是田梦（同镇街，距离未知）：就近程度合计差 1 级"
    )
