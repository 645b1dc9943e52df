from dataclasses import replace

from casework.proposals import Proof, ProofStatus
from casework.rulesheet import method_lines, proof_in_words, rule_lines
from tests.dossiers import PROGRAMME, dossier


def printed(**changes):
    papers = replace(dossier(), programme=replace(PROGRAMME, **changes))
    return {line.topic: line.rule for line in rule_lines(papers)}


def test_every_rule_names_its_source():
    assert all(line.source for line in rule_lines(dossier()))


def test_a_changed_preset_prints_a_changed_rule():
    assert "一户占一个名额" in printed()["一对一"]
    assert "每名儿童占一个名额" in printed(places_count_children=True)["一对一"]
    assert "最后一级" in printed()["就近范围"]
    assert "不结对" in printed(beyond_reach_allowed=False)["就近范围"]
    assert printed(due_days=3)["未结对儿童"].count("3 天") == 1
    assert "建议纳入" not in printed(optional=frozenset())
    assert "条件结对" not in printed(needed=frozenset())
    assert "亲属不" in printed()["回避"]
    assert "亲属可以" in printed(kin_may_be_caregiver=True)["回避"]


def test_reach_is_printed_in_kilometres_and_only_when_told():
    assert "8 公里" in printed()["就近范围"]
    assert all(line.topic != "就近范围" for line in rule_lines(replace(dossier(), reach_m=None)))


def test_what_is_not_proven_is_not_called_proven():
    assert "没有更好的安排" in proof_in_words(Proof(ProofStatus.OPTIMAL, True))
    assert "已逐项验算" not in proof_in_words(Proof(ProofStatus.OPTIMAL, False))
    for status in (ProofStatus.FEASIBLE, ProofStatus.UNKNOWN):
        assert "不能断定" in proof_in_words(Proof(status, False))


def test_date_and_fingerprint_are_printed():
    lines = {line.topic: line.rule for line in method_lines(dossier())}
    assert lines["基准日期"] == "2021-09-15"
    assert lines["指纹"] == "9f" * 32
