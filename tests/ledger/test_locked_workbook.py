"""A locked workbook opens with its password and with nothing else."""

import pytest

from casework.errors import Unreadable
from ledger.locked_workbook import lock_workbook, made_password, unlock_workbook
from ledger.safe_text import new_workbook

KEY = b"k" * 32


@pytest.fixture
def workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    with new_workbook(path, "台账") as book:
        book.add_worksheet("名单").write_string(0, 0, "钱小丫")
    return path


def test_what_is_locked_is_read_back_with_its_password(workbook):
    locked = lock_workbook(workbook, "abcd-efgh")
    assert workbook.read_bytes()[:2] == b"PK"
    assert locked[:8] == bytes.fromhex("d0cf11e0a1b11ae1")  # as Excel keeps locked workbooks
    assert b"xl/worksheets" not in locked
    assert unlock_workbook(locked, "abcd-efgh") == workbook.read_bytes()


def test_neither_another_password_nor_an_altered_or_plain_file_opens(workbook):
    locked = lock_workbook(workbook, "abcd-efgh")
    altered = bytearray(locked)
    altered[len(altered) // 2] ^= 1
    for given, password in (
        (locked, "abcd-efgi"),
        (locked, ""),
        (bytes(altered), "abcd-efgh"),
        (locked[:4000], "abcd-efgh"),
        (workbook.read_bytes(), "abcd-efgh"),
        (b"", "abcd-efgh"),
    ):
        with pytest.raises(Unreadable):
            unlock_workbook(given, password)


def test_a_password_belongs_to_its_grant_and_key_and_is_not_guessed():
    assert made_password(KEY, "g1") == made_password(KEY, "g1")
    others = {made_password(KEY, f"g{n}") for n in range(200)} | {made_password(b"j" * 32, "g1")}
    assert len(others) == 201
    assert all(len(word) == 24 and not set(word) & set("01iloO") for word in others)
