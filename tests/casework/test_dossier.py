from casework.dossier import held_by_child, reading_order
from casework.people import HouseholdId
from tests.dossiers import caregiver, child, dossier, held, home, pair


def test_siblings_stand_side_by_side_inside_their_village():
    twins = HouseholdId("H-1")
    papers = dossier(
        (
            child("C-1"),
            child("C-2"),
            child("C-3"),
            child("C-4", home=home("500156001", "永安村")),
        ),
        (caregiver(),),
        (
            pair("C-1", household=twins),
            pair("C-2", household=HouseholdId("H-2")),
            pair("C-3", household=twins),
        ),
    )
    order = reading_order(papers)
    assert sorted(order, key=order.get) == ["C-4", "C-1", "C-3", "C-2"]


def test_a_waiting_child_comes_last_under_the_name_in_its_row():
    papers = dossier((child("C-1"),), held=(held("C-0"),))
    assert reading_order(papers) == {"C-1": 0, "C-0": 1}
    assert papers.child_name("C-0") == "田佳怡"
    assert papers.township_name("C-0") == "白马镇"


def test_conflicting_rows_of_one_child_are_kept_together():
    assert held_by_child([held("C-9"), held("C-9", name="田甜")]).keys() == {"C-9"}


def test_an_id_without_a_row_is_told_as_the_id():
    assert dossier().child_name("C-404") == "C-404"
    assert dossier().caregiver_name("M-404") == "M-404"
    assert dossier().township_name("C-404") == ""
