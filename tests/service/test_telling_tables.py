from service.commands.telling_tables import _lines


def test_a_wide_row_is_a_block_in_which_every_number_says_what_it_is():
    headings = ["方案", "儿童", "镇街", "说明"]
    lines = [*_lines(headings, [["现状", "199", "巷口镇", "就近" * 60]])]
    assert lines == ["现状  儿童 199  巷口镇", f"    说明：{'就近' * 60}"]


def test_a_narrow_table_has_its_headings_once():
    assert [*_lines(["方案", "儿童"], [["现状", "199"]])] == ["方案  儿童", "现状  199"]
