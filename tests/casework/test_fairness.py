"""Fairness: nobody's township, sex or disability hides behind the unit's average."""

from dataclasses import replace

from casework.fairness import Divide, Known, compare_groups, groups_json
from casework.people import Sex
from casework.proposals import Left, Rung, Unpaired
from ledger.fairness_sheet import fairness_table
from tests.dossiers import child, dossier, pair, unit_dossier


def papers():
    """Give a near girl, a far boy with a disability, and somebody of whom nothing is known."""
    return dossier(
        (
            child("C-1", sex=Sex.FEMALE, has_disability=False),
            child("C-2", sex=Sex.MALE, has_disability=True),
            child("C-3", sex=None, has_disability=None),
        ),
        (),
        (pair("C-1", metres=10), pair("C-2", metres=9_000, rung=Rung.BEYOND_REACH)),
        (Unpaired("C-3", Left.ALL_FULL),),
    )


def test_each_group_has_its_own_distances_rungs_and_children_left_over():
    lines = {(line.divide, line.group): line for line in compare_groups(papers())}
    girls, boys = lines[Divide.SEX, Sex.FEMALE], lines[Divide.SEX, Sex.MALE]
    assert (girls.distances.worst_m, boys.distances.worst_m) == (10, 9_000)
    assert boys.rung_counts[Rung.BEYOND_REACH] == 1
    disabled = lines[Divide.DISABILITY, Known.YES]
    assert (disabled.children, disabled.paired, disabled.left) == (1, 1, 0)
    assert lines[Divide.SEX, None].left == 1
    assert lines[Divide.DISABILITY, None].left == 1


def test_every_child_stands_in_one_group_of_each_kind():
    found = unit_dossier(60)
    proposal = found.proposal
    for divide in Divide:
        lines = [line for line in compare_groups(found) if line.divide is divide]
        assert sum(line.paired for line in lines) == len(proposal.pairs)
        assert sum(line.left for line in lines) == len(proposal.unpaired)
        rungs = [sum(counts) for counts in zip(*(x.rung_counts for x in lines), strict=True)]
        assert rungs == [sum(p.rung is rung for p in proposal.pairs) for rung in Rung]


def test_the_json_says_null_where_the_ledger_says_nothing_and_names_nobody():
    lines = groups_json(compare_groups(papers()))
    assert {(line["by"], line["group"]) for line in lines} >= {
        ("sex", "female"),
        ("sex", None),
        ("disability", "yes"),
        ("disability", None),
    }
    assert "C-1" not in str(lines)


def test_the_table_leaves_empty_groups_out_and_speaks_both_languages():
    known = papers()
    table = fairness_table(known)
    assert ["性别", "台账未填"] in [list(row[:2]) for row in table.rows]
    english = fairness_table(known, "en")
    assert ["disability", "not in the ledger"] in [list(row[:2]) for row in english.rows]
    nobody = replace(known, proposal=replace(known.proposal, pairs=(), unpaired=()))
    assert fairness_table(nobody).rows == []
