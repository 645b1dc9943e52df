"""The answer hangs on what the rows say, never on their order, their 序号 or the files' names."""

import random

import pytest

from casework.dossier import Dossier, held_by_child
from casework.proposal_json import proposal_bytes
from ledger.pairings import current_pairs
from ledger.people import read_ledgers
from ledger.tables import TableKind
from service.workflows.pairing import pose, waiting_for
from solver.pairing import propose_pairings
from tests.tables import ON, caregiver_row, child_row, reader, resident_id, table


def ids(born, order):
    return resident_id(born, order)


def rows(shuffle, names):
    shared = ids("20120305", 20)
    lists = {
        TableKind.CHILDREN: [
            child_row(name="甲一", number="E1"),
            child_row(name="甲二", number="E2", resident_id=ids("20120305", 4)),
            # One child in two townships, one ID on two children, one child said twice.
            child_row(name="乙一", resident_id=ids("20120305", 6)),
            child_row(name="乙一", resident_id=ids("20120305", 6), township="白羊镇"),
            child_row(name="丙一", number="E5", resident_id=shared),
            child_row(name="丙二", number="E6", resident_id=shared, township="白羊镇"),
            child_row(name="丙三", resident_id=shared),
            child_row(name="丁一", resident_id=ids("20120305", 8)),
            child_row(name="丁一", resident_id=ids("20120305", 8)),
            child_row(name="戊一", resident_id=None),
            child_row(name="戊一", resident_id=None),
            child_row(name="己一", number="E9", resident_id=ids("20120305", 10), category="？"),
            child_row(name="己二", number="E9", resident_id=ids("20120305", 12)),
        ],
        TableKind.CAREGIVERS: [
            caregiver_row(name="王芳", number="M1", kin="甲一（侄子）"),
            caregiver_row(name="周敏", number="M2", resident_id=ids("19700101", 2), kin="某某人"),
            caregiver_row(name="吴霞", number="M3", resident_id=ids("19710101", 2)),
            caregiver_row(name="吴霞", number="M3", resident_id=ids("19710101", 2), places=3),
        ],
        TableKind.PAIRS: [
            {"child_number": "E1", "caregiver_number": "M1", "locked": "是"},
            {"child_number": "E1", "caregiver_number": "M2", "locked": "是"},
            {"child_number": "E2", "caregiver_number": "M3", "locked": None},
        ],
    }
    for kind, given in lists.items():
        for part in (0, 1):
            some = given[part::2]
            shuffle(some)
            numbered = [{**row, "row_number": n} for n, row in enumerate(some, 1)]
            yield table(kind, *numbered, file=f"{names[part]}.xlsx")


def answer(shuffle=lambda rows: None, names="ab"):
    ledgers = read_ledgers(rows(shuffle, names), reader())
    pairs, _ = current_pairs(ledgers, ON)
    problem, _ = pose(ledgers, pairs, None, reader())
    return Dossier(
        proposal=propose_pairings(problem),
        children={child.id: child for child in ledgers.children},
        caregivers={caregiver.id: caregiver for caregiver in ledgers.caregivers},
        programme=reader().programme,
        on=ON,
        unit_name="万州区",
        held=waiting_for(ledgers, pairs, ON) | held_by_child(ledgers.held_children),
    )


@pytest.mark.parametrize("seed", range(8))
def test_rows_shuffled_files_renamed_and_renumbered_give_the_same_bytes(seed):
    chance = random.Random(seed)
    names = ("ba", "zy", "12", "ab")[seed % 4]
    assert proposal_bytes(answer(chance.shuffle, names)) == proposal_bytes(answer())


def test_every_child_of_the_lists_has_a_line_and_contested_ones_wait():
    lines = answer().proposal
    waiting = {line.child for line in lines.unpaired if line.reason == "needs_data"}
    assert {"E1", "E2", "E5", "E6"} <= waiting
    assert len(lines.unpaired) + len(lines.pairs) == 10
    ended = {(line.child, line.caregiver): str(line.reason) for line in lines.ended}
    assert ended == dict.fromkeys((("E1", "M1"), ("E1", "M2"), ("E2", "M3")), "needs_data")


def test_both_chairs_of_a_child_in_two_townships_are_named():
    dossier = answer()
    (contested,) = (c for c, rows in dossier.held.items() if rows[0].name == "乙一")
    assert dossier.responsible_zh(contested) == "太安镇妇联主席、白羊镇妇联主席"
