"""The monthly civil-affairs roster against the ledger, and the tasks it makes."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from casework import tasks
from casework.people import Category, ChildStatus
from casework.people_matching import Doubt
from casework.programme import Programme
from casework.records import CaregiverRecord, ChildRecord
from casework.roster import NOTES, RosterFate, RosterTerms, Slip, counts, reconcile
from casework.tasks import TaskKind, roster_tasks
from tests.casework.test_import_diff import LEDGERS, PEOPLE
from tests.people_on_record import OCTOBER, child, held, incoming, on_record
from tests.tables import resident_id

PROGRAMME = Programme.from_toml()


def terms(**facts):
    return RosterTerms(PROGRAMME, **({"on": OCTOBER} | facts))


def fates(rows, people, waiting=(), **facts):
    return [x.fate for x in reconcile(incoming(*rows, waiting=waiting), people, terms(**facts))]


def born(day: date, order: int = 2, **facts) -> ChildRecord:
    number = resident_id(f"{day:%Y%m%d}", order)
    return child(order=order, birth_date=day, resident_id=number, **facts)


def test_a_child_on_the_roster_only_is_new():
    assert fates([child()], []) == [RosterFate.NEW]


def test_a_child_on_both_alike_is_the_same():
    assert fates([child()], [on_record(child())]) == [RosterFate.SAME]


def test_only_what_the_two_have_in_common_is_compared():
    known = on_record(child(health="哮喘"))
    assert fates([child(health="健康", school_name="太安小学")], [known]) == [RosterFate.SAME]
    (line,) = reconcile(incoming(child(guardian_name="张大山")), [known], terms())
    assert (line.fate, [c.name for c in line.changes]) == (RosterFate.CHANGED, ["guardian_name"])


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        (ChildStatus.ADOPTED, RosterFate.ADOPTED),
        (ChildStatus.MOVED_OUT, RosterFate.MOVED_OUT),
        (ChildStatus.RECOVERED, RosterFate.RECOVERED),
        (ChildStatus.INSTITUTION, RosterFate.INSTITUTION),
        (ChildStatus.DECEASED, RosterFate.DECEASED),
    ],
)
def test_what_the_roster_says_of_leaving_is_taken_as_the_reason(status, fate):
    assert fates([child(status=status)], [on_record(child())]) == [fate]


def test_who_is_no_longer_listed_and_nobody_knows_why():
    assert fates([], [on_record(child())]) == [RosterFate.GONE_UNKNOWN]


def test_who_is_in_another_units_ledger_has_moved_there():
    (line,) = reconcile(
        incoming(), [on_record(child())], terms(elsewhere={resident_id(): ("涪陵区",)})
    )
    assert (line.fate, line.elsewhere) == (RosterFate.MOVED_OUT, ("涪陵区",))


def test_a_left_behind_child_is_not_missed_on_a_roster_that_lists_none():
    assert fates([], [on_record(child(category=Category.LEFT_BEHIND))]) == []


def test_a_child_leaves_on_the_first_day_of_the_month_after_the_18th_birthday():
    known = on_record(born(date(2003, 10, 20)))
    assert fates([], [known], on=date(2021, 10, 31)) == [
        RosterFate.GONE_UNKNOWN,
        RosterFate.AGE_OUT_SOON,
    ]
    assert fates([], [known], on=date(2021, 11, 1)) == [RosterFate.AGED_OUT]


def test_the_rule_of_leaving_is_the_presets():
    by_birthday = replace(PROGRAMME, age_out="birthday")
    known = on_record(born(date(2003, 10, 20)))
    (line,) = reconcile(incoming(), [known], RosterTerms(by_birthday, date(2021, 10, 20)))
    assert (line.fate, line.leaves_on) == (RosterFate.AGED_OUT, date(2021, 10, 20))


def test_notice_is_given_three_months_ahead_and_not_a_day_earlier():
    row = born(date(2003, 12, 20))
    first = date(2021, 10, 1)
    assert RosterFate.AGE_OUT_SOON in fates([row], [on_record(row)], on=first)
    assert fates([row], [on_record(row)], on=first - timedelta(1)) == [RosterFate.SAME]
    assert RosterFate.AGE_OUT_SOON in fates(
        [row], [on_record(row)], on=date(2021, 9, 1), warn_months=4
    )


def test_who_is_of_age_and_still_listed_is_asked_about():
    row = born(date(2003, 5, 1))
    assert fates([row], [on_record(row)]) == [RosterFate.SAME, RosterFate.OF_AGE_LISTED]


def test_a_child_in_two_units_is_told_beside_what_became_of_the_row():
    elsewhere = {resident_id(): ("涪陵区",)}
    assert fates([child()], [], elsewhere=elsewhere) == [RosterFate.NEW, RosterFate.TWO_UNITS]


def test_one_digit_mistyped_is_suspected():
    slip = born(date(2012, 3, 6))
    (line,) = reconcile(incoming(slip), [on_record(child())], terms())
    assert (line.fate, line.slip) == (RosterFate.SUSPECTED, Slip.ONE_DIGIT)


def test_one_name_and_birth_date_is_suspected():
    (line,) = reconcile(incoming(child(order=88)), [on_record(child(order=2))], terms())
    assert line.slip is Slip.SAME_NAME_AND_BIRTH


def test_one_number_with_two_names_is_suspected():
    (line,) = reconcile(incoming(child("李四")), [on_record(child())], terms())
    assert line.slip is Slip.OTHER_NAME


def test_a_row_whose_check_digit_fails_is_suspected_by_its_other_digits():
    number = resident_id()
    wrong = number[:17] + ("1" if number[17] != "1" else "2")
    row = held("李四", given_id=wrong)
    (line,) = reconcile(incoming(waiting=(row,)), [on_record(child())], terms())
    assert (line.fate, line.slip) == (RosterFate.SUSPECTED, Slip.CHECK_DIGIT)
    one_off = held("李四", given_id=number[:16] + str((int(number[16]) + 1) % 10) + number[17])
    lines = reconcile(incoming(waiting=(one_off,)), [on_record(child())], terms())
    assert (lines[0].fate, lines[0].slip) == (RosterFate.SUSPECTED, Slip.ONE_DIGIT)


def test_a_row_nobody_can_be_meant_by_has_to_be_mended():
    assert fates([], [], waiting=(held("李四", given_id="1"),)) == [RosterFate.UNREADABLE]


def test_a_child_who_left_the_ledger_and_is_listed_again_is_told_as_that():
    known = on_record(child(), status=ChildStatus.MOVED_OUT)
    assert fates([child()], [known]) == [RosterFate.LISTED_AGAIN]


def test_each_line_that_asks_for_something_is_one_task():
    people = [on_record(child("张三", 2)), on_record(child("李四", 4, guardian_name="甲"))]
    file = incoming(child("李四", 4, guardian_name="乙"), child("王五", 6))
    lines = reconcile(file, people, terms())
    made = roster_tasks(lines, PROGRAMME, OCTOBER)
    assert sorted(task.kind for task in made) == [
        TaskKind.GONE_UNKNOWN,
        TaskKind.ROSTER_CHANGED,
        TaskKind.ROSTER_NEW,
    ]
    assert {task.responsible for task in made} == {"太安镇妇联主席"}
    assert {task.due for task in made} == {OCTOBER + timedelta(days=PROGRAMME.due_days)}
    assert roster_tasks(lines, PROGRAMME, OCTOBER) == made
    told = next(task for task in made if task.kind is TaskKind.ROSTER_CHANGED)
    assert tasks.title(told) == "李四：名册与台账的监护人姓名不一致"


def test_the_farewell_is_due_on_the_day_the_child_leaves():
    row = born(date(2003, 12, 20))
    (task,) = roster_tasks(reconcile(incoming(row), [on_record(row)], terms()), PROGRAMME, OCTOBER)
    assert (task.kind, task.due) == (TaskKind.AGE_OUT_SOON, date(2022, 1, 1))


@pytest.mark.parametrize("kind", TaskKind)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_task_is_worded_in_both_languages(kind, language):
    values = {"name": "张三", "day": "D", "units": "U", "fields": "F", "row": "R", "row_name": "N"}
    task = tasks.Task(kind, "x", OCTOBER, "太安镇妇联主席", "太安镇", values=values)
    for text in (tasks.title(task, language), tasks.remedy(task, language)):
        assert text
        assert "{" not in text
    assert tasks.kind_name(kind, language)


def test_every_field_slip_and_doubt_has_a_name_in_both_languages():
    names = {f.name for kind in (ChildRecord, CaregiverRecord) for f in fields(kind)}
    for language in ("zh", "en"):
        assert tasks.field_names(names - {"id", "where"}, language)
        assert all(tasks.slip_name(slip, language) for slip in Slip)
        assert all(tasks.doubt_names([doubt], language) for doubt in Doubt)


@given(LEDGERS, PEOPLE)
def test_every_roster_row_has_one_line_and_the_ledger_compared_with_itself_has_nothing(
    rows, people
):
    lines = reconcile(incoming(*rows), people, terms())
    main = [line for line in lines if line.fate not in NOTES and line.row]
    assert sorted(line.row.id for line in main) == sorted(row.id for row in rows)
    assert sum(counts(lines).values()) == len(lines)
    itself = reconcile(incoming(*(p.record for p in people)), people, terms())
    unclear = [line for line in itself if line.fate not in (RosterFate.SAME, *NOTES)]
    assert not [line for line in unclear if line.row.resident_id or line.row.number]
