import json
import random
from dataclasses import replace

from casework.proposal_json import proposal_bytes, proposal_json
from casework.proposals import Left, Proof, ProofStatus, Unpaired
from tests.dossiers import caregiver, child, dossier, held, pair, unit_dossier


def test_a_pair_is_written_as_the_interface_says():
    (written,) = proposal_json(dossier((child(),), (caregiver(),), (pair(metres=None),)))["pairs"]
    assert written == {
        "child": "C-1",
        "caregiver": "M-1",
        "household": "H-C-1",
        "rung": "same_village",
        "metres": None,
        "kept": False,
        "locked": False,
        "conditional": [],
        "neighbours_approximate": False,
        "reason_zh": "同村（社区），距离未知；新结对",
    }


def test_a_child_left_over_has_reason_remedy_responsible_and_due():
    papers = dossier((child(),), left=(Unpaired("C-1", Left.ALL_FULL),))
    (written,) = proposal_json(papers)["unpaired"]
    assert written["reason"] == "all_full"
    assert written["responsible"] == "白马镇妇联主席"
    assert written["due"] == "2021-09-25"
    assert "白马镇" in written["remedy_zh"]


def test_a_proof_without_a_certificate_says_none():
    papers = unit_dossier()
    assert proposal_json(papers)["proof"]["certificate"] == "verified"
    unproven = replace(papers.proposal, proof=Proof(ProofStatus.FEASIBLE, False, (3, 4), 0.02))
    proof = proposal_json(replace(papers, proposal=unproven))["proof"]
    assert proof == {"status": "feasible", "bound": [3, 4], "gap": 0.02, "certificate": "none"}


def test_it_holds_ids_and_no_name_telephone_or_file():
    papers = unit_dossier(90)
    text = proposal_bytes(papers).decode()
    assert not [record.id for record in papers.records if record.name in text]
    assert "13800000000" not in text
    assert "13900000000" not in text
    assert ".xlsx" not in text


def test_the_bytes_do_not_depend_on_the_order_or_number_of_the_rows():
    papers = unit_dossier(40)
    rows = list(papers.children.items())
    random.Random(1).shuffle(rows)
    moved = {key: replace(r, where=replace(r.where, row=99)) for key, r in rows}
    waiting = {
        key: tuple(replace(r, where=replace(r.where, row=7)) for r in rows_of)
        for key, rows_of in papers.held.items()
    }
    assert proposal_bytes(replace(papers, children=moved, held=waiting)) == proposal_bytes(papers)


def test_the_text_is_utf8_json_with_a_newline_at_its_end():
    written = proposal_bytes(dossier(left=(Unpaired("C-9", Left.NEEDS_DATA),), held=(held(),)))
    assert written.endswith(b"}\n")
    assert json.loads(written)["schema"] == "nuantong/proposal/1"
    assert "台账" in written.decode("utf-8")


def test_the_counts_of_the_objective_are_whole_numbers():
    objective = proposal_json(unit_dossier())["objective"]
    assert isinstance(objective["rungs"], int)
    assert sum(objective["rung_counts"].values()) == len(unit_dossier().proposal.pairs)
