from casework.ledger_marks import LedgerMark, Moved, RowMark, difference


def mark(pairings=0, **rows):
    return LedgerMark({k: RowMark(*v) for k, v in rows.items()}, pairings)


def test_the_same_ledger_moves_nothing():
    assert not difference(mark(a=(1, "x")), mark(a=(1, "x")))


def test_a_new_telephone_number_moves_no_proposal():
    assert not difference(mark(a=(1, "x")), mark(a=(2, "x")))


def test_what_the_solver_sees_anew_is_told_by_person():
    moved = difference(mark(a=(1, "x"), b=(1, "y")), mark(a=(2, "z"), c=(1, "w")))
    assert moved.rows == {"a": Moved.CHANGED, "b": Moved.GONE, "c": Moved.ADDED}
    assert moved.touching(["a", "d"]) == ("a",)


def test_pairs_made_meanwhile_are_told():
    assert difference(mark(1), mark(2)).pairings_moved
