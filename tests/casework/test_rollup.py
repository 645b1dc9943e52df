"""41 units side by side: added up, and who is asked for what."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from casework.declaration import read_declaration
from casework.declaration_checks import Known, check_declaration
from casework.declaration_rules import DeclarationRules
from casework.findings import Where
from casework.hand_in import HandInChild
from casework.people import Category
from casework.reminders import receipt, reminder
from casework.rollup import State, Submission, roll_up
from casework.rollup_json import receipt_json, rollup_json
from geo.areas import Gazetteer

RULES = DeclarationRules.from_toml()
DUE = RULES.due_on
AREAS = Gazetteer.on(DUE)
UNITS = AREAS.units
FORM = {
    "children_total": 30,
    "children_6_plus": 25,
    "participants_children": 24,
    "participants_caregivers": 24,
    "sessions": 1,
    "dates": "10月16日",
    "contact": "冉文静 13800000000",
}


def submission(unit, *, days=0, children=None, **cells):
    received = DUE + timedelta(days=days)
    form, reading = read_declaration(
        {**FORM, "unit": unit.name, **cells}, lambda _: Where(), RULES, AREAS, received
    )
    known = Known(ledger={"children_total": len(children)}) if children is not None else Known()
    found = (*reading, *check_declaration(form, RULES, known))
    return Submission(form, found, received, 1, None, children)


def rolled(given, days=0):
    return roll_up(
        {s.declaration.unit: s for s in given}, UNITS, RULES, DUE + timedelta(days=days)
    )


def test_every_unit_has_a_line_whether_it_handed_in_or_not():
    rollup = rolled([submission(UNITS[0])])
    assert len(rollup.lines) == 41
    assert [line.state for line in rollup.lines[:2]] == [State.RECEIVED, State.MISSING]
    assert rollup.needs_a_person


def test_when_all_have_handed_in_and_nothing_is_wrong_nobody_is_asked():
    rollup = rolled(submission(unit) for unit in UNITS)
    assert not rollup.needs_a_person
    assert {reminder(line, rollup) for line in rollup.lines} == {""}
    assert rollup.totals["children_total"] == 41 * 30


def test_a_total_adds_what_is_stated_and_names_whose_number_is_missing():
    rollup = rolled([submission(UNITS[0]), submission(UNITS[1], children_total="不详")])
    assert rollup.totals["children_total"] == 30
    assert rollup.totals["children_6_plus"] == 50
    assert rollup.not_added == {"children_total": (UNITS[1].name,)}


@pytest.mark.parametrize(("days", "late_days"), [(0, 0), (1, 1)])
def test_late_is_from_the_day_after_the_due_day(days, late_days):
    rollup = rolled([submission(UNITS[0], days=days)], days)
    assert rollup.lines[0].late_days == late_days
    assert len(rollup.late) == (late_days > 0)
    assert rollup.lines[0].state is State.RECEIVED  # that it was late nobody can mend


def test_a_warning_is_a_doubt_and_an_error_must_be_mended():
    doubt = rolled([submission(UNITS[0], participants_children=10)]).lines[0]
    assert (doubt.state, doubt.needs_a_person) == (State.IN_DOUBT, False)
    wrong = rolled([submission(UNITS[0], children_6_plus=31)]).lines[0]
    assert (wrong.state, wrong.needs_a_person) == (State.IN_DOUBT, True)


def test_a_difference_from_the_ledger_names_numbers_and_no_child():
    children = tuple(HandInChild(n, 7, None, Category.OTHER, "", True) for n in range(1, 29))
    (line, *_) = rolled([submission(UNITS[0], children=children)]).lines
    assert [(d.field, d.declared, d.ledger) for d in line.differences] == [
        ("children_total", 30, 28),
        ("children_6_plus", 25, 28),
    ]
    assert rolled([submission(UNITS[0])]).lines[0].differences == ()


def test_reminders_are_ready_to_paste_and_say_what_to_do():
    missing = rolled([], days=5)
    text = reminder(missing.lines[0], missing)
    assert text.startswith("万州区妇联：《2021年困境儿童团辅项目申报表》")
    assert "2021年9月20日" in text
    early = rolled([])
    assert "尚未收到" not in reminder(early.lines[0], early)
    wrong = rolled([submission(UNITS[0], children_6_plus=31)])
    text = reminder(wrong.lines[0], wrong)
    assert "1. 6岁以上困境儿童人数（31）大于困境儿童总数（30）。" in text
    assert "更正" in text


def test_a_receipt_says_what_was_received_and_whether_it_is_fine():
    rollup = rolled([submission(UNITS[0], days=2)], 2)
    text = receipt(rollup.lines[0], rollup, "ab12")
    assert "比截止日（2021年9月15日）晚 2 天" in text
    assert "核对无误" in text
    assert "ab12" in text
    with pytest.raises(ValueError, match="nothing"):
        receipt(rollup.lines[1], rollup, "")


def test_the_documents_name_nobody_not_even_the_contact():
    rollup = rolled(submission(unit, remarks="冉文静接送") for unit in UNITS[:3])
    texts = [
        json.dumps(rollup_json(rollup), ensure_ascii=False),
        json.dumps(receipt_json(rollup.lines[0], rollup, "ab"), ensure_ascii=False),
    ]
    for text in texts:
        assert "冉文静" not in text
        assert "13800000000" not in text
    document = json.loads(texts[0])
    assert document["schema"] == "nuantong/rollup/1"
    assert document["counts"] == {
        "received": 3, "in_doubt": 0, "missing": 38, "late": 0, "units": 41,
    }  # fmt: skip
    assert document["units"][0]["declared"]["dates"] == ["2021-10-16"]


def test_the_due_day_is_the_rules():
    later = replace(RULES, due_on=DUE + timedelta(days=3))
    given = submission(UNITS[0], days=2)
    rollup = roll_up({given.declaration.unit: given}, UNITS, later, DUE + timedelta(days=2))
    assert rollup.lines[0].late_days == 0
