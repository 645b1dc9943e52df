"""Resident IDs: what is read, what is told, what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from casework.identity import (
    birth_date_of,
    mask_name,
    mask_phone,
    mask_resident_id,
    pseudonym,
    read_resident_id,
    sex_of,
)
from casework.people import Sex
from tests.tables import resident_id

GOOD = resident_id()
WITH_X = next(n for i in range(2, 100) if (n := resident_id(order=i)).endswith("X"))


def test_a_valid_number_is_read_without_a_word():
    reading = read_resident_id(GOOD)
    assert (reading.number, reading.problem, reading.notes) == (GOOD, "", ())
    assert birth_date_of(GOOD) == date(2012, 3, 5)
    assert sex_of(GOOD) is Sex.FEMALE
    assert sex_of(resident_id(order=3)) is Sex.MALE


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (WITH_X.lower(), "id_lower_case"),
        (f" {WITH_X}", "id_separators"),
        (f"'{WITH_X}", "id_separators"),
        (f"{WITH_X[:6]}-{WITH_X[6:14]}-{WITH_X[14:]}", "id_separators"),
        (f"\u200b{WITH_X}", "id_separators"),
        ("".join(chr(ord(c) + 0xFEE0) for c in WITH_X), "id_full_width"),
    ],
)
def test_what_differs_only_in_writing_is_read_and_told(written, note):
    reading = read_resident_id(written)
    assert (reading.number, reading.problem) == (WITH_X, "")
    assert note in reading.notes


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (None, "id_missing"),
        ("", "id_missing"),
        (500101201203050018, "id_numeric"),
        (5.00101201203050e17, "id_numeric"),
        (True, "id_numeric"),
        ("5.00101E+17", "id_scientific"),
        ("5e17", "id_scientific"),
        (GOOD[:15] + "000", "id_tail_zero"),
        (GOOD[:-1], "id_length"),
        (GOOD + "1", "id_length"),
        (GOOD[:17] + "Z", "id_letters"),
        ("50010O201203050018", "id_letters"),
        ("#N/A", "id_letters"),
        ("500101120305001", "id_old"),
        (resident_id("20120230"), "id_birth_date"),
        (resident_id("18991231"), "id_birth_date"),
        ("٥٠٠١٠١٢٠١٢٠٣٠٥٠٠١٨", "id_letters"),
    ],
)
def test_a_damaged_number_is_refused_and_never_repaired(written, problem):
    reading = read_resident_id(written)
    assert (reading.number, reading.problem) == ("", problem)


def test_a_valid_number_that_ends_in_000_is_to_be_looked_at():
    zeros = next(
        n for i in range(100, 1000, 100) for d in range(1, 29)
        if (n := resident_id(f"201203{d:02d}", i)).endswith("000")
    )  # fmt: skip
    assert read_resident_id(zeros).notes == ("id_tail_zero_valid",)


def test_an_unknown_region_is_a_note_and_an_old_one_is_known():
    assert read_resident_id(resident_id(region="999999")).notes == ("id_region",)
    assert read_resident_id(resident_id("19700101", region="512221")).notes == ()


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_refused(position, step):
    digit = str((int(GOOD[position]) + step) % 10)
    assert read_resident_id(GOOD[:position] + digit + GOOD[position + 1 :]).problem


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_whatever_stands_there_is_judged_and_only_valid_numbers_come_out(value):
    reading = read_resident_id(value)
    assert bool(reading.number) != bool(reading.problem)
    if reading.number:
        assert ric.calc_check_digit(reading.number) == reading.number[17]


def test_masks_hide_enough():
    assert mask_resident_id(GOOD) == GOOD[:4] + "*" * 12 + GOOD[-2:]
    assert mask_resident_id("123") == "1**"
    assert mask_name("张三") == "张*"
    assert mask_name("欧阳小小") == "欧**"
    assert mask_name("") == ""
    assert mask_phone("13812345678") == "138******78"
    assert mask_phone("12345") == "*****"


def test_a_pseudonym_depends_on_the_key_the_kind_and_the_person_only():
    one = pseudonym(b"key", "C", GOOD)
    assert one == pseudonym(b"key", "C", GOOD)
    assert len({one, pseudonym(b"kez", "C", GOOD), pseudonym(b"key", "M", GOOD)}) == 3
    assert GOOD not in one
    assert one.startswith("C-")
