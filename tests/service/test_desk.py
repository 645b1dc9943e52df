import os
from contextlib import suppress

import pytest

from casework.errors import NotFound, Refused
from service import desk as desks
from service.desk import CHECK, clean_name
from tests.desks import desk_at


def put(desk, name, content=b"x", role="ledger"):
    file_id, path = desk.draft(name, role)
    path.write_bytes(content)
    return desk.accept(file_id, name, role)


def test_a_file_keeps_the_name_people_gave_it_and_lies_under_a_safe_one(tmp_path):
    desk = desk_at(tmp_path)
    file = put(desk, "太安镇 名单(1).xlsx")
    assert file.name == "太安镇 名单(1).xlsx"
    assert desk.path(file).name == f"{file.id}.xlsx"
    assert desk_at(tmp_path).files == (file,)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/名单.xlsx", "名单.xlsx"),
        ("C:\\镇\\名单.xlsx", "名单.xlsx"),
        ("名\x00单\n.xlsx", "名单.xlsx"),
        ('a<b>"c|d?.csv', "abcd.csv"),
        ("长" * 300 + ".xlsx", "长" * 80 + ".xlsx"),
    ],
)
def test_a_name_loses_folders_and_what_no_disk_takes(given, kept):
    assert clean_name(given) == kept


def test_two_files_of_one_name_are_both_kept(tmp_path):
    desk = desk_at(tmp_path)
    put(desk, "名单.xlsx", b"one")
    assert put(desk, "名单.xlsx", b"two").name == "名单（2）.xlsx"


def test_the_same_file_dropped_twice_is_one_file(tmp_path):
    desk = desk_at(tmp_path)
    assert put(desk, "名单.xlsx") == put(desk, "名单.xlsx")
    assert len(desk.files) == 1


def test_a_second_register_of_pairs_replaces_the_first(tmp_path):
    desk = desk_at(tmp_path)
    first = put(desk, "结对.xlsx", b"one", "pairs")
    put(desk, "结对2.xlsx", b"two", "pairs")
    assert [file.name for file in desk.of_role("pairs")] == ["结对2.xlsx"]
    assert not desk.path(first).exists()


@pytest.mark.parametrize(
    ("name", "role"),
    [("a.exe", "ledger"), ("a", "ledger"), ("a.toml", "ledger"), ("a.xlsx", "rules")],
)
def test_what_is_no_workbook_is_not_taken(tmp_path, name, role):
    with pytest.raises(Refused):
        desk_at(tmp_path).draft(name, role)


def test_a_desk_is_full_at_some_point(tmp_path, monkeypatch):
    monkeypatch.setattr(desks, "MOST_FILES", 1)
    desk = desk_at(tmp_path)
    put(desk, "a.xlsx")
    with pytest.raises(Refused):
        desk.draft("b.xlsx", "ledger")


def test_removing_a_file_removes_its_bytes(tmp_path):
    desk = desk_at(tmp_path)
    file = put(desk, "a.xlsx")
    desk.remove(file.id)
    assert not desk.path(file).exists()
    with pytest.raises(NotFound):
        desk.file(file.id)


def test_the_mark_changes_with_the_files_and_only_with_them(tmp_path):
    desk = desk_at(tmp_path)
    empty = desk.mark()
    file = put(desk, "a.xlsx")
    assert desk.mark() != empty
    desk.remove(file.id)
    assert desk.mark() == empty


def test_clearing_leaves_nothing_of_anybody(tmp_path):
    desk = desk_at(tmp_path)
    put(desk, "a.xlsx")
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text("{}")
    desk.clear()
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == [".lock", "说明.txt"]
    assert desk.files == ()


def test_a_result_is_replaced_whole_or_not_at_all(tmp_path):
    desk = desk_at(tmp_path)
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text('{"n": 1}')
    with suppress(ZeroDivisionError), desk.result(CHECK) as folder:
        (folder / "check.json").write_text('{"n": 2}')
        raise ZeroDivisionError
    assert desk.read(CHECK, "check.json") == {"n": 1}
    assert not list(tmp_path.glob(".new-*"))


def test_a_result_that_another_version_left_is_not_shown(tmp_path):
    desk = desk_at(tmp_path)
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text('{"n": 1}')
    (tmp_path / CHECK / "layout").write_text("0")
    assert desk.read(CHECK, "check.json") is None


def test_files_are_staged_under_the_names_people_gave_them(tmp_path):
    desk = desk_at(tmp_path)
    put(desk, "太安镇.xlsx", b"one")
    with desk.staged("ledger") as folder:
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == {"太安镇.xlsx": b"one"}
    assert not folder.exists()


def test_what_one_process_left_is_swept_without_touching_anothers(tmp_path):
    desk = desk_at(tmp_path)
    put(desk, "a.xlsx")
    (tmp_path / ".new-check-999999-abcd1234").mkdir()
    there = desk.work.place("stage")
    left = there.with_name(there.name.replace(f"-{os.getpid()}-", "-999999-"))
    left.mkdir()
    with desk.staged("ledger") as folder:
        desk.sweep_drafts(999999)
        assert folder.is_dir()
    assert not list(tmp_path.glob(".new-*"))
    assert not left.exists()


def test_an_upload_cut_short_is_swept_away_at_the_next_start(tmp_path):
    desk = desk_at(tmp_path)
    kept = put(desk, "a.xlsx")
    _, path = desk.draft("b.xlsx", "ledger")
    path.write_bytes(b"half")
    desk_at(tmp_path).sweep()
    assert path.exists()  # another process may be at it still
    os.utime(path, (0, 0))
    desk_at(tmp_path).sweep()
    assert not path.exists()
    assert desk.path(kept).exists()
