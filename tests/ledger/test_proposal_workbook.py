import subprocess
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from casework.people import CaregiverId, HouseholdId
from casework.proposals import Ended, Ending, Left, Rung, Unknown, Unpaired
from casework.summary import summarise
from ledger.proposal_checklist import errands
from ledger.proposal_summary import figures
from ledger.proposal_workbook import write_proposal_workbook
from tests.dossiers import PROGRAMME, caregiver, child, dossier, held, home, pair, unit_dossier


def workbook(tmp_path, papers):
    write_proposal_workbook(tmp_path / "p.xlsx", papers)
    return openpyxl.load_workbook(tmp_path / "p.xlsx")


def rows(sheet, heading="序号"):
    """Give the data rows as dicts by heading; of twins the second is marked."""
    found = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = next(i for i, row in enumerate(found) if row[0] == heading or row[1] == "姓名")
    names = []
    for name in found[top]:
        names.append(f"{name}2" if name in names else str(name))
    return [
        dict(zip(names, row, strict=True)) for row in found[top + 1 :] if isinstance(row[0], int)
    ]


def test_the_sheets_stand_in_the_order_in_which_they_are_used(tmp_path):
    assert workbook(tmp_path, unit_dossier()).sheetnames == [
        "结对建议",
        "未结对儿童",
        "条件结对核查清单",
        "解除或变更",
        "汇总",
        "公平对照",
        "规则与依据",
    ]


def test_pairs_that_end_have_a_sheet_only_where_there_are_any(tmp_path):
    assert "解除或变更" not in workbook(tmp_path, dossier()).sheetnames


def test_every_child_of_the_proposal_has_one_line(tmp_path):
    papers = unit_dossier(90)
    book = workbook(tmp_path, papers)
    assert len(rows(book["结对建议"])) == len(papers.proposal.pairs)
    assert len(rows(book["未结对儿童"])) == len(papers.proposal.unpaired)


def test_a_pair_is_told_in_the_officers_words(tmp_path):
    papers = dossier(
        (child(),), (caregiver(),), (pair(kept=True, conditional=(Unknown.COMMITMENT,)),)
    )
    (line,) = rows(workbook(tmp_path, papers)["结对建议"])
    assert line == {
        "序号": 1,
        "姓名": "王小雨",
        "性别": "女",
        "年龄": 10,
        "类别": "散居孤儿",
        "镇街": "白马镇",
        "村社区": "大坪村",
        "监护人": "王大山",
        "姓名2": "冉春梅",
        "身份": "村居妇联主席",
        "镇街2": "白马镇",
        "村社区2": "大坪村",
        "电话": "13900000000",
        "就近程度": "同村（社区）",
        "直线距离": "约 620 米",
        "原有/\n新结": "原有",
        "尚缺": "爱心妈妈承诺书",
        "理由": "同村（社区）\n直线约 620 米\n原结对，保留",
        "签字": None,
    }


def test_no_line_of_a_reason_or_of_what_is_missing_can_begin_with_a_mark(tmp_path):
    facts = (Unknown.BACKGROUND_CHECK, Unknown.GUARDIAN_CONSENT)
    papers = dossier((child(),), (caregiver(),), (pair(locked=True, conditional=facts),))
    (line,) = rows(workbook(tmp_path, papers)["结对建议"])
    assert line["尚缺"] == "从业查询结果\n监护人同意"
    assert all(len(part) <= 12 for part in line["理由"].split("\n"))
    assert "；" not in line["理由"]


def test_an_unknown_distance_is_told_as_unknown(tmp_path):
    papers = dossier((child(),), (caregiver(),), (pair(metres=None, rung=Rung.SAME_TOWNSHIP),))
    (line,) = rows(workbook(tmp_path, papers)["结对建议"])
    assert line["直线距离"] == "距离未知"


def test_a_child_left_over_has_reason_remedy_chair_and_day(tmp_path):
    papers = dossier((child(),), left=(Unpaired("C-1", Left.NO_CAREGIVER),))
    (line,) = rows(workbook(tmp_path, papers)["未结对儿童"])
    assert line["未结对原因"] == "没有可以安排的爱心妈妈"
    assert "白马镇" in line["办法"]
    assert (line["责任人"], line["办结期限"]) == ("白马镇妇联主席", "2021年9月25日")


def test_a_waiting_row_is_shown_with_its_name_and_where_to_mend_it(tmp_path):
    papers = dossier(left=(Unpaired("C-9", Left.NEEDS_DATA),), held=(held(),))
    (line,) = rows(workbook(tmp_path, papers)["未结对儿童"])
    assert (line["儿童姓名"], line["镇街"]) == ("田佳怡", "白马镇")
    assert "白马镇.xlsx 困境儿童台账 第 12 行" in line["办法"]


def test_seal_and_signatures_follow_the_proposal_and_the_left_over_and_no_other_sheet(tmp_path):
    book = workbook(tmp_path, unit_dossier())
    signed = [
        sheet.title
        for sheet in book
        if any(cell.value == "填报单位（盖章）：" for row in sheet.iter_rows() for cell in row)
    ]
    assert signed == ["结对建议", "未结对儿童"]


def test_a_caregivers_check_is_one_errand_for_all_her_children(tmp_path):
    both = (Unknown.BACKGROUND_CHECK, Unknown.GUARDIAN_CONSENT)
    papers = dossier(
        (child("C-1"), child("C-2", name="王小雪")),
        (caregiver(places=2),),
        (pair("C-1", conditional=both), pair("C-2", conditional=both)),
    )
    lines = rows(workbook(tmp_path, papers)["条件结对核查清单"])
    assert [(line["尚缺事项"], line["结对儿童"]) for line in lines] == [
        ("从业查询结果", "王小雨、王小雪"),
        ("监护人同意", "王小雨"),
        ("监护人同意", "王小雪"),
    ]


def test_consent_is_asked_at_the_childs_home_and_a_check_at_the_caregivers():
    papers = dossier(
        (child(home=home("500156102", "永安村")),),
        (caregiver(),),
        (pair(conditional=(Unknown.GUARDIAN_CONSENT, Unknown.COMMITMENT)),),
    )
    assert [errand.fact for errand in errands(papers)] == [
        Unknown.COMMITMENT,
        Unknown.GUARDIAN_CONSENT,
    ]


def test_an_ended_pair_tells_why_and_what_comes_instead(tmp_path):
    papers = dossier(
        (child("C-1"), child("C-2")),
        (caregiver("M-1"), caregiver("M-2", name="李梅")),
        (pair("C-1", "M-2"),),
        (Unpaired("C-2", Left.EXCLUDED),),
        (
            Ended("C-1", CaregiverId("M-1"), Ending.CAREGIVER_LEFT),
            Ended("C-2", CaregiverId("M-1"), Ending.NOT_PERMITTED),
            Ended("C-3", CaregiverId("M-1"), Ending.CHILD_LEFT),
        ),
    )
    lines = rows(workbook(tmp_path, papers)["解除或变更"])
    assert [(line["解除或变更原因"], line["现建议"]) for line in lines] == [
        ("不可安排", "未结对，见未结对儿童表"),
        ("爱心妈妈不再承担结对", "改由李梅结对"),
        ("儿童已不在帮扶范围", "不再结对"),
    ]


def test_a_share_is_a_hundred_per_cent_only_when_it_is_all():
    children = tuple(child(f"C-{n:05}") for n in range(2_001))
    pairs = tuple(pair(record.id, household=HouseholdId("H")) for record in children[1:])
    papers = dossier(children, (caregiver(),), pairs, (Unpaired(children[0].id, Left.ALL_FULL),))
    shares = {name: value for name, value, _ in figures(summarise(papers))}
    assert shares["全部儿童结对率"] == "99.9%"
    assert shares["建议纳入儿童结对率"] == "—"


def test_the_totals_are_those_of_the_townships(tmp_path):
    sheet = workbook(tmp_path, unit_dossier(70))["汇总"]
    found = list(sheet.iter_rows(values_only=True))
    top = next(i for i, row in enumerate(found) if row[0] == "镇街")
    *townships, total = found[top + 1 :]
    assert total[0] == "合计"
    for column in range(1, 14):
        assert total[column] == sum(row[column] for row in townships)


def test_it_names_nobody_by_resident_id_and_holds_no_address(tmp_path):
    secret = {"resident_id": "500232201103020022", "address": "秘密路 9 号"}
    papers = dossier((child(**secret),), (caregiver(**secret),), (pair(),))
    workbook(tmp_path, papers)
    with zipfile.ZipFile(tmp_path / "p.xlsx") as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "王小雨" in text
    assert "500232201103020022" not in text
    assert "秘密路" not in text


def test_names_full_of_formulas_stay_text(tmp_path):
    evil = '=HYPERLINK("http://x")'
    papers = replace(
        dossier(
            (child(name=evil, guardian_name="+1", village_name="@a"),),
            (caregiver(name="-1", phone="=2"),),
            (pair(conditional=tuple(Unknown)),),
            (Unpaired("C-9", Left.NEEDS_DATA),),
            held=(held(name="＝1", township_name=evil),),
        ),
        unit_name=evil,
    )
    book = workbook(tmp_path, papers)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert evil in {cell.value for cell in cells}


def test_the_same_dossier_gives_the_same_bytes(tmp_path):
    papers = unit_dossier(50)
    write_proposal_workbook(tmp_path / "a.xlsx", papers)
    write_proposal_workbook(
        tmp_path / "b.xlsx", replace(papers, children=dict(reversed(papers.children.items())))
    )
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_empty_proposal_is_a_workbook_too(tmp_path):
    book = workbook(tmp_path, dossier())
    assert book["结对建议"]["A5"].value == "没有可以建议的结对"
    assert "全部儿童都有" in book["未结对儿童"]["A4"].value


def test_a_post_the_staff_wrote_is_printed_as_they_wrote_it(tmp_path):
    papers = dossier((child(),), left=(Unpaired("C-1", Left.ALL_FULL),))
    papers = replace(papers, programme=replace(PROGRAMME, responsible_zh="区妇联权益部"))
    (line,) = rows(workbook(tmp_path, papers)["未结对儿童"])
    assert line["责任人"] == "区妇联权益部"


@pytest.mark.slow
def test_libreoffice_opens_it_and_prints_each_sheet_one_page_wide(tmp_path):
    write_proposal_workbook(tmp_path / "p.xlsx", unit_dossier(30))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "p.xlsx")], check=True, capture_output=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "p.pdf"), "-"], check=True, capture_output=True
    ).stdout.decode()
    pages = text.split("\f")[:-1]
    assert all(f"第 {n} 页，共 {len(pages)} 页" in page for n, page in enumerate(pages, 1))
    proposal = [page for page in pages if "武隆区妇联 结对建议" in " ".join(page.split())]
    assert len(proposal) == 2
    assert all("序号" in page and "签字" in page for page in proposal)
