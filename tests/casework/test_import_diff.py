"""What an incoming ledger would do to the people on record."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import Conflict
from casework.findings import Where
from casework.import_decisions import Choice, Decision, settle
from casework.import_diff import Fate, OnRecord, compare
from casework.people import Category, ChildId, ChildStatus, Home
from casework.people_matching import Doubt, is_nearly_same_id
from casework.records import ChildRecord, HeldRow
from geo.place import Place, Precision
from tests.people_on_record import (
    FENGSHAN,
    NOVEMBER,
    OCTOBER,
    SEPTEMBER,
    TAIAN,
    caregiver,
    child,
    held,
    incoming,
    on_record,
)
from tests.tables import resident_id


def the_line(row, *people, **facts):
    lines = compare(incoming(row, **facts), people)
    return next(line for line in lines if line.incoming is row)


def test_somebody_nobody_knows_is_new():
    assert the_line(child()).fate is Fate.NEW


def test_the_same_words_are_the_same_whatever_the_files_id():
    known = on_record(child())
    assert the_line(child(), known).fate is Fate.SAME


def test_what_changed_is_told_field_by_field():
    line = the_line(child(guardian_phone="13900000000", health="哮喘"), on_record(child()))
    assert line.fate is Fate.CHANGED
    assert {(c.name, c.before, c.after) for c in line.changes} == {
        ("guardian_phone", "13812345678", "13900000000"),
        ("health", "", "哮喘"),
    }


def test_an_empty_cell_changes_nothing_and_is_told():
    line = the_line(child(guardian_phone=""), on_record(child()))
    assert (line.fate, line.blanks) == (Fate.SAME, ("guardian_phone",))


def test_a_ledger_that_only_says_in_difficulty_does_not_take_the_category_away():
    line = the_line(child(category=Category.UNSPECIFIED), on_record(child()))
    assert line.fate is Fate.SAME


def test_a_status_that_is_only_assumed_brings_nobody_back():
    known = on_record(child(), status=ChildStatus.MOVED_OUT)
    assert the_line(child(), known, spoken=frozenset()).fate is Fate.SAME


def test_somebody_who_left_and_is_listed_again_is_doubtful():
    line = the_line(child(), on_record(child(), status=ChildStatus.MOVED_OUT))
    assert (line.fate, line.doubts) == (Fate.DOUBTFUL, (Doubt.BACK_AGAIN,))


def test_one_number_with_another_name_is_doubtful():
    line = the_line(child("李四"), on_record(child("张三")))
    assert (line.fate, line.doubts) == (Fate.DOUBTFUL, (Doubt.OTHER_NAME,))


def test_one_name_and_birth_date_with_another_number_is_doubtful():
    line = the_line(child(order=4), on_record(child(order=2)))
    assert (line.fate, line.doubts) == (Fate.DOUBTFUL, (Doubt.OTHER_ID,))


def test_a_namesake_born_on_another_day_is_somebody_else():
    other = child(resident_id=resident_id("20150709"), birth_date=date(2015, 7, 9))
    assert the_line(other, on_record(child())).fate is Fate.NEW


def test_one_digit_mistyped_in_the_birth_date_is_doubtful():
    slip = child(resident_id=resident_id("20120306"), birth_date=date(2012, 3, 6))
    assert the_line(slip, on_record(child())).doubts == (Doubt.OTHER_ID,)


def test_two_digits_swapped_are_one_slip_and_two_far_apart_are_not():
    assert is_nearly_same_id(resident_id("20120315"), resident_id("20120351"))
    assert not is_nearly_same_id(resident_id("20120315"), resident_id("20130316"))


def test_an_id_that_was_missing_is_added_to_the_person_with_the_number():
    known = on_record(child(resident_id="", number="A1"))
    line = the_line(child(number="A1"), known)
    assert line.fate is Fate.CHANGED
    assert [c.name for c in line.changes] == ["resident_id"]


def test_one_number_of_two_townships_is_two_people():
    known = on_record(child("张三", 2, number="1"))
    other = child("李四", 8, number="1", birth_date=date(2011, 1, 1))
    assert the_line(other, known).fate is Fate.NEW


def test_two_rows_for_one_person_are_both_doubtful():
    rows = (child(guardian_phone="1"), child(row=3, guardian_phone="2"))
    lines = compare(incoming(*rows), [on_record(child())])
    assert [line.doubts for line in lines] == [(Doubt.SAME_PERSON_TWICE,)] * 2


def test_an_older_file_changes_nothing_in_silence():
    known = on_record(child(), as_of=NOVEMBER)
    line = the_line(child(guardian_phone="13900000000"), known, on=OCTOBER)
    assert (line.fate, line.doubts) == (Fate.DOUBTFUL, (Doubt.OLDER_FILE,))
    assert the_line(child(guardian_phone="13900000000"), known, on=NOVEMBER).fate is Fate.CHANGED


def test_a_new_consent_takes_its_day_along_even_where_none_is_given():
    known = on_record(child(), consent_given=True, consent_on=SEPTEMBER)
    line = the_line(child(consent_given=False), known)
    assert {(c.name, c.after) for c in line.changes} == {
        ("consent_given", False),
        ("consent_on", None),
    }


def test_a_new_check_does_not_keep_the_old_checks_last_day():
    before = caregiver(check_on=date(2020, 3, 1), check_expires_on=date(2021, 3, 1))
    known = OnRecord(replace(before, id="stored"), 1, SEPTEMBER)
    (line,) = compare(incoming(caregiver(check_on=date(2021, 9, 1))), [known])
    assert ("check_expires_on", None) in {(c.name, c.after) for c in line.changes}


def test_a_move_takes_the_village_along_and_an_exact_point_stays_in_one_village():
    exact = Home("500101", TAIAN, FENGSHAN, Place(108.1, 30.8), Precision.EXACT)
    known = on_record(child(), home=exact)
    assert the_line(child(), known).fate is Fate.SAME
    moved = child(home=Home("500101", "T2"), township_name="白羊镇", village_name="")
    changes = {c.name: c.after for c in the_line(moved, known).changes}
    assert (changes["home"].village, changes["village_name"]) == (None, "")


def test_who_is_in_no_row_is_gone_only_where_the_file_is_complete():
    known = on_record(child())
    assert [line.fate for line in compare(incoming(), [known])] == [Fate.GONE]
    assert compare(incoming(covers=frozenset(("T2",))), [known]) == ()
    assert compare(incoming(on=SEPTEMBER), [on_record(child(), as_of=OCTOBER)]) == ()


def test_who_left_before_is_not_gone_again():
    assert compare(incoming(), [on_record(child(), status=ChildStatus.ADOPTED)]) == ()


def test_whose_row_waits_is_not_gone():
    known = on_record(child(number="A1"))
    for row in (held("张三"), held("改名", "A1"), held("改名", resident_id=resident_id())):
        (line,) = compare(incoming(waiting=(row,)), [known])
        assert (line.fate, line.on_record) == (Fate.HELD, known)


def test_a_doubtful_row_counts_only_by_a_decision():
    lines = compare(incoming(child("李四")), [on_record(child("张三"))])
    with pytest.raises(Conflict):
        settle(lines, {})
    assert settle(lines, {}, standing=Choice.KEEP) == ()
    (act,) = settle(lines, {0: Decision(Choice.TAKE)})
    assert (act.record.name, act.fields) == ("李四", ("name",))


def test_one_resident_id_is_never_two_people():
    lines = compare(incoming(child("李四")), [on_record(child("张三"))])
    with pytest.raises(Conflict):
        settle(lines, {0: Decision(Choice.SEPARATE)})


def test_a_namesake_may_be_somebody_else_by_decision():
    lines = compare(incoming(child(order=4)), [on_record(child(order=2))])
    (act,) = settle(lines, {0: Decision(Choice.SEPARATE)}, chosen=frozenset((0,)))
    assert act.on_record is None


def test_who_is_gone_leaves_only_by_a_word_that_says_as_what():
    lines = compare(incoming(), [on_record(child())])
    assert settle(lines, {}, standing=Choice.TAKE) == ()
    (act,) = settle(lines, {0: Decision(Choice.TAKE, left_as=ChildStatus.MOVED_OUT)})
    assert act.record.status is ChildStatus.MOVED_OUT


def test_two_lines_never_write_to_one_person():
    rows = (child(guardian_phone="1"), child(row=3, guardian_phone="2"))
    lines = compare(incoming(*rows), [on_record(child())])
    take = Decision(Choice.TAKE, "stored-file-2")
    with pytest.raises(Conflict):
        settle(lines, {0: take, 1: take})
    assert len(settle(lines, {0: take, 1: Decision(Choice.KEEP)})) == 1


# Properties, over small pools of names and numbers so that people collide.

ORDERS = st.integers(1, 6)
ROWS = st.builds(
    lambda name, order, phone, number, township, known, status: child(
        name,
        order,
        guardian_phone=phone,
        number=number,
        home=Home("500101", township, FENGSHAN),
        resident_id=resident_id(order=order) if known else "",
        status=status,
    ),
    st.sampled_from(("张三", "李四", "王五")),
    ORDERS,
    st.sampled_from(("", "13812345678", "13900000000")),
    st.sampled_from(("", "A1", "A2")),
    st.sampled_from((TAIAN, "T2")),
    st.booleans(),
    st.sampled_from((ChildStatus.ACTIVE, ChildStatus.MOVED_OUT)),
)


def distinct(rows: list[ChildRecord]) -> list[ChildRecord]:
    """Give rows as reading leaves them: each number once, each row in its place."""
    kept: list[ChildRecord] = []
    seen: set[str] = set()
    for row in rows:
        keys = {row.resident_id, row.number} - {""} or {row.name}
        if not keys & seen:
            seen |= keys
            where = Where("名单.xlsx", "Sheet1", len(kept) + 2)
            kept.append(replace(row, id=ChildId(f"f{len(kept)}"), where=where))
    return kept


LEDGERS = st.lists(ROWS, max_size=8).map(distinct)
PEOPLE = LEDGERS.map(
    lambda rows: [on_record(row, f"s{n}", SEPTEMBER) for n, row in enumerate(rows)]
)


def applied(people, lines):
    """Write what needs no decision, as the store does."""
    new = {person.record.id: person for person in people}
    for n, act in enumerate(settle(lines, {}, standing=Choice.KEEP)):
        stored = act.on_record.record.id if act.on_record else f"new-{n}"
        version = act.on_record.version + 1 if act.on_record else 1
        record = replace(act.record, id=ChildId(stored), where=Where())
        new[stored] = OnRecord(record, version, OCTOBER)
    return list(new.values())


@given(LEDGERS, PEOPLE)
def test_the_same_file_twice_changes_nothing(rows, people):
    file = incoming(*rows)
    after = applied(people, compare(file, people))
    again = compare(file, after)
    assert not [line for line in again if line.fate in (Fate.CHANGED, Fate.NEW)]
    assert applied(after, again) == after


@given(LEDGERS, PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_people_decides_nothing(rows, people, random):
    before = compare(incoming(*rows), people)
    random.shuffle(rows)
    random.shuffle(people)
    assert compare(incoming(*rows), people) == before


@given(LEDGERS, PEOPLE, st.lists(st.sampled_from(("张三", "赵六")), max_size=2, unique=True))
def test_nothing_is_lost_and_nothing_is_told_twice(rows, people, waiting):
    held_rows: tuple[HeldRow, ...] = tuple(held(name) for name in waiting)
    lines = compare(incoming(*rows, waiting=held_rows), people)
    told = Counter(line.incoming.id for line in lines if line.incoming)
    assert told == Counter([row.id for row in rows] + [row.id for row in held_rows])
    in_force = {p.record.id for p in people if p.is_in_force}
    gone = [line.on_record.record.id for line in lines if line.fate is Fate.GONE]
    spoken_of = {c.record.id for x in lines if x.fate is not Fate.GONE for c in x.candidates}
    assert len(gone) == len(set(gone))
    assert set(gone) == in_force - spoken_of


@given(LEDGERS, PEOPLE)
def test_what_needs_no_decision_never_overwrites_a_newer_fact(rows, people):
    newer = [replace(person, as_of=NOVEMBER) for person in people]
    lines = compare(incoming(*rows, on=OCTOBER), newer)
    assert not [act for act in settle(lines, {}, standing=Choice.KEEP) if act.on_record]
