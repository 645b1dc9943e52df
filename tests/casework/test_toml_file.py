"""A file of rules written by hand is read, or told in plain words where it is wrong."""

import pytest

from casework.errors import Unreadable
from casework.programme import Programme
from casework.round_rules import Round
from casework.toml_file import toml_document


def read(path, content):
    path.write_bytes(content)
    return toml_document(path, "规则文件", "the rules file")


def refusal(path, content):
    with pytest.raises(Unreadable) as refused:
        read(path, content)
    return str(refused.value)


def test_the_mark_that_notepad_writes_before_the_text_is_passed_over(tmp_path):
    path = tmp_path / "r.toml"
    assert read(path, b"\xef\xbb\xbfname = 'x'") == {"name": "x"}
    path.write_bytes(b"\xef\xbb\xbf# nothing changed\n")
    assert Programme.from_toml(path) == Programme.from_toml()
    assert Round.from_toml(path) == Round.from_toml()


def test_the_line_that_is_wrong_is_named_in_the_offices_words(tmp_path):
    told = refusal(tmp_path / "r.toml", b"a = 1\n[days\nb = 2")
    assert "r.toml" in told
    assert "第 2 行" in told
    assert "方括号" in told
    assert "文件末尾" in refusal(tmp_path / "r.toml", b"a = [1,")


def test_text_of_another_encoding_is_told_with_its_remedy(tmp_path):
    assert "UTF-8" in refusal(tmp_path / "r.toml", "名 = '规则'".encode("gb18030"))
    assert "codec" not in refusal(tmp_path / "r.toml", b"\xff\xfe\x00")
