"""Rare characters: known, looked for in the machine's fonts, and told on the paper."""

import subprocess
from datetime import date

import pytest

from ledger.glyphs import MOST_NAMED, ask_to_look, rare_in
from ledger.pairing_papers import ApprovalSheet, Notice, Part, approval_sheet_pdf, notices_pdf


def text_of_pdf(pdf):
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    return done.stdout.decode()


def notice(name):
    return Notice("结对通知单", name, [f"{name}结对。"], [], "某区妇女联合会", date(2026, 1, 2))


@pytest.mark.parametrize(
    ("text", "rare"),
    [
        ("张三 Ann·2021年9月15日（“结对”）——", ""),
        ("龙䶮", ""),
        ("𠮷村𠮷", "𠮷"),
        ("བཀྲ", "བཀྲ"),
        ("\u0626\u0627", "\u0626\u0627"),
    ],
)
def test_the_shipped_font_has_everyday_names_and_tells_what_it_lacks(text, rare):
    assert rare_in(text) == rare


def test_a_paper_with_a_rare_name_asks_to_be_looked_at_and_no_other_does():
    assert "生僻字" not in text_of_pdf(notices_pdf("通知单", [notice("张三")]))
    told = text_of_pdf(notices_pdf("通知单", [notice("张三"), notice("龙𠮷")]))
    assert told.count("生僻字") == 1
    part = Part("一、拟结对", ("儿童",), (1,), [("龙𠮷",)])
    sheet = ApprovalSheet("审批表", [("单位", "某区")], [part], "建议 1")
    assert "生僻字" in text_of_pdf(approval_sheet_pdf(sheet))


def test_only_a_few_of_many_are_named():
    many = "".join(chr(0x0F40 + n) for n in range(30))
    assert many[: MOST_NAMED + 1] not in ask_to_look(many)


def test_a_paper_without_rare_names_is_the_same_bytes_again():
    assert notices_pdf("通知单", [notice("张三")]) == notices_pdf("通知单", [notice("张三")])
