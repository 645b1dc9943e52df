from contextlib import suppress

import pytest

from casework.errors import Refused
from service.outputs import refuse_overwriting, whole_file, write_whole


def test_a_file_appears_whole_with_its_folders(tmp_path):
    write_whole(tmp_path / "新" / "结果.json", b"{}")
    assert (tmp_path / "新" / "结果.json").read_bytes() == b"{}"
    assert [p.name for p in (tmp_path / "新").iterdir()] == ["结果.json"]


def test_an_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")
    with suppress(ZeroDivisionError), whole_file(path) as draft:
        draft.write_bytes(b"half")
        raise ZeroDivisionError
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {"a.xlsx": b"old"}


def test_an_output_is_never_an_input_by_whatever_name(tmp_path):
    source, link = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    source.write_bytes(b"x")
    link.symlink_to(source)
    for out in (source, link, tmp_path / "x" / ".." / "a.xlsx"):
        with pytest.raises(Refused):
            refuse_overwriting(out, [source])
    refuse_overwriting(tmp_path / "c.xlsx", [source])
    refuse_overwriting(None, [source])


def test_a_folder_is_no_output_file(tmp_path):
    with pytest.raises(Refused), whole_file(tmp_path):
        pass
