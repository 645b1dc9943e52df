import openpyxl
import pytest

from casework import answers as a
from casework import plan_answers as b
from casework.people import CaregiverId, ChildId
from casework.proposals import (
    Ending,
    Left,
    Objective,
    Proof,
    ProofStatus,
    Rung,
    Unknown,
)
from casework.wishes import Unmet, Wish, WishKind, WishOutcome
from casework.wording_use import Speech
from ledger import use_plan_tables as plans
from ledger import use_tables as people
from ledger.use_workbook import write_answers
from tests import dossiers

C1, C2, M1, M2 = ChildId("C-1"), ChildId("C-2"), CaregiverId("M-1"), CaregiverId("M-2")
VILLAGE = a.Village("500156101", "大坪村")
HER = a.RankedCaregiver(
    M2,
    Rung.SAME_TOWNSHIP,
    1200,
    a.Difference(rungs=1),
    (a.Move((C2,), M2, None),),
    (Unknown.COMMITMENT,),
)
OBJECTIVE = Objective(9, 1, 0, 12, 3000, 4000, (4, 3, 2, 1, 0))
PROOF = Proof(ProofStatus.OPTIMAL, True)


def speech(language="zh"):
    dossier = dossiers.dossier(
        (dossiers.child("C-1", name="王小雨"), dossiers.child("C-2", name="=1+1")),
        (dossiers.caregiver("M-1", name="冉春梅"), dossiers.caregiver("M-2", name="田梦")),
    )
    return Speech(dossier, language)


def tables(speech):
    """Give every table there is, each with something in it."""
    pair = dossiers.pair("C-1", "M-1", conditional=(Unknown.GUARDIAN_CONSENT,))
    shortage = a.Shortage((C1, C2), 2, (VILLAGE,), (M1,), 2, 1)
    remedy = a.Remedy(a.RemedyKind.NEW_CAREGIVER, None, VILLAGE, a.Difference(1), a.RECRUIT)
    recruitment = b.Recruitment(
        (b.RecruitStep(1, ((VILLAGE, 2),), a.Difference(1), (C2,), 0),),
        1,
        (b.VillageWorth(VILLAGE, 2, 1, a.Difference(1)),),
        (b.CriticalCaregiver(M1, (C1,), a.Difference(-1)),),
    )
    handed = b.HandoverLine(C1, "500156101", M2, Rung.SAME_VILLAGE, 90, (), None, (HER,))
    nobody = b.HandoverLine(C2, "500156101", None, None, None, (), Left.ALL_FULL, ())
    judged = b.Judgement(
        (b.Broken(b.ListRule.NOT_PERMITTED, (C1,)),),
        OBJECTIVE,
        OBJECTIVE,
        PROOF,
        HER.difference,
        (C2,),
    )
    return {
        "unpaired": people.unpaired_table(
            speech, (a.WhyUnpaired(C2, Left.ALL_FULL, shortage, (remedy,)),)
        ),
        "pairs": people.pairs_table(
            speech,
            (a.WhyPair(C1, M1, Rung.SAME_VILLAGE, 620, True, False, 1, HER),),
            {C1: pair},
        ),
        "caregivers": people.caregivers_table(speech, a.Ranking(C1, (HER,), 7)),
        "children": people.children_table(
            speech,
            a.ChildRanking(
                M1, (a.RankedChild((C1, C2), M2, Rung.UNIT, None, a.Difference(broken=1)),), 3
            ),
        ),
        "handover": people.handover_table(
            speech,
            b.Handover(M1, b.HandoverReason.SUSPENDED, (handed, nobody), ()),
        ),
        "steps": plans.steps_table(speech, recruitment),
        "worth": plans.worth_table(speech, recruitment),
        "critical": plans.critical_table(speech, recruitment),
        "curve": plans.curve_table(speech, b.Curve((b.CurvePoint(0, OBJECTIVE),), 2, True)),
        "diff": plans.diff_table(
            speech,
            b.Diff(
                (
                    b.DiffLine(C1, b.DiffKind.KEPT, M1, M1),
                    b.DiffLine(C2, b.DiffKind.MOVED, M1, M2, Ending.CAREGIVER_LEFT),
                )
            ),
        ),
        "wishes": plans.wishes_table(
            speech,
            (
                WishOutcome(Wish(C1, M1, WishKind.LOCK), M1, None),
                WishOutcome(Wish(C1, M2, WishKind.PREFER), M1, Unmet.COSTS, HER),
                WishOutcome(Wish(C2, M2, WishKind.PREFER), None, Unmet.NOT_PERMITTED),
            ),
        ),
        "broken": plans.broken_table(speech, judged),
        "levels": plans.levels_table(speech, judged),
        "whatif": plans.whatif_table(
            speech,
            (
                b.Outcome("现状", 12, 9, OBJECTIVE, {}, 0, PROOF, a.Difference()),
                b.Outcome("放宽", 12, 9, OBJECTIVE, {Left.ALL_FULL: 2}, 0, PROOF, a.Difference(1)),
            ),
        ),
    }


def flat(table):
    return " ".join(str(cell) for row in table.rows for cell in row)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_fills_every_column(language):
    for table in tables(speech(language)).values():
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert all(column.heading for column in table.columns)


def test_an_answer_in_english_says_nothing_in_chinese_but_names_and_posts():
    for name, table in tables(speech("en")).items():
        heads = " ".join(column.heading for column in table.columns)
        assert not [c for c in heads + table.lead.split("(")[0] if c in "的由为名户对"], name


def test_a_child_left_over_has_reason_proof_remedy_and_who_answers():
    table = tables(speech())["unpaired"]
    text = flat(table)
    for said in (
        "可以安排的爱心妈妈都已结对满额",
        "共 2 名儿童（2 户）",
        "在白马镇大坪村动员一位新爱心妈妈",
        "白马镇妇联主席",
        "2021-09-25",
    ):
        assert said in text


def test_a_handover_names_who_answers_today_and_who_follows_or_why_nobody():
    first, second = tables(speech())["handover"].rows
    assert first[4:6] == ("白马镇妇联主席", "田梦")
    assert second[5] == "可以安排的爱心妈妈都已结对满额"
    assert "暂停" in tables(speech())["handover"].lead


def test_what_cannot_be_arranged_is_never_told_why():
    told = tables(speech())
    for name in ("wishes", "broken"):
        assert "不可安排" in flat(told[name])
        assert not [word for word in ("查询", "合格", "亲属", "犯罪") if word in flat(told[name])]


def test_a_diff_lists_what_changes_and_counts_what_stays():
    table = tables(speech())["diff"]
    assert len(table.rows) == 1
    assert "保留 1 对，调整 1 对" in table.lead


def test_a_wish_that_is_not_met_tells_its_cost():
    assert "就近程度合计差 1 级" in flat(tables(speech())["wishes"])


def test_children_whom_a_list_forgets_are_counted_with_what_it_breaks():
    rows = tables(speech())["broken"].rows
    assert [row[1] for row in rows] == ["不可安排", "名单遗漏、最优建议能安排的儿童"]


def test_answers_are_written_to_print_and_hold_no_formula(tmp_path):
    told = tables(speech())
    write_answers(tmp_path / "a.xlsx", speech().dossier, [*told.values()])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == [table.sheet for table in told.values()]
    for sheet in book:
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == "landscape"
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def test_the_same_answers_give_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_answers(tmp_path / name, speech().dossier, [*tables(speech()).values()])
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_nothing_found_says_so_instead_of_an_empty_sheet():
    empty = plans.critical_table(speech(), b.Recruitment((), 0, (), ()))
    assert empty.rows == []
    assert "儿童都能另有人结对" in empty.when_empty
    unsure = b.Recruitment((), 0, (), (), critical_is_whole=False)
    assert "儿童都能另有人结对" not in plans.critical_table(speech(), unsure).when_empty


def test_none_needed_is_not_said_where_one_is_needed_and_none_was_asked_for():
    def when_empty(least):
        return plans.steps_table(speech(), b.Recruitment((), least, (), ())).when_empty

    assert when_empty(0) == "不需要增加"
    assert "不需要" not in when_empty(1)
    assert "不需要" not in when_empty(None)


def test_what_is_not_proven_of_recruits_is_marked_and_what_is_is_not():
    def told(is_proven):
        answer = b.Recruitment(
            (b.RecruitStep(1, ((VILLAGE, 1),), a.Difference(1), (C2,), 0, is_proven),),
            None,
            (b.VillageWorth(VILLAGE, 2, 1, a.Difference(1), is_proven),),
            (b.CriticalCaregiver(M1, (C1,), a.Difference(-1), is_proven),),
            critical_is_whole=is_proven,
        )
        worth, critical = (
            plans.worth_table(speech(), answer),
            plans.critical_table(speech(), answer),
        )
        (step,) = plans.steps_table(speech(), answer).rows
        return [str(step[-1]), str(worth.rows[0][-1]), str(critical.rows[0][-1]), critical.lead]

    *marks, lead = told(False)
    assert all("未证明最优" in mark for mark in marks)
    assert "可能不全" in lead
    *marks, lead = told(True)
    assert not any("未证明" in mark for mark in marks)
    assert "不全" not in lead


def test_only_a_suspension_acts_before_a_successor_is_there():
    def lead(why, language="zh"):
        return people.handover_table(speech(language), b.Handover(M1, why, (), ())).lead

    assert "不等接替人到位" in lead(b.HandoverReason.SUSPENDED)
    assert "whether or not" in lead(b.HandoverReason.SUSPENDED, "en")
    others = set(b.HandoverReason) - {b.HandoverReason.SUSPENDED}
    assert not any("不等" in lead(why) for why in others)
