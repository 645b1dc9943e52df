import stat

import pytest

from casework.errors import NotFound, Unreadable
from service.keys import key_for
from service.settings import Settings


def settings(tmp_path, key=""):
    return Settings("zh", key, tmp_path / "config", tmp_path / "data")


def test_the_made_key_is_made_once_and_is_the_owners_alone(tmp_path):
    first = key_for(settings(tmp_path))
    assert key_for(settings(tmp_path)) == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "config" / "key").stat().st_mode) == 0o600


def test_a_key_file_wins_over_the_environment_and_a_newline_at_its_end_is_nothing(tmp_path):
    file = tmp_path / "key.txt"
    file.write_text("a secret of the office\n")
    assert (
        key_for(settings(tmp_path, "something else entirely"), file) == b"a secret of the office"
    )


def test_the_environment_wins_over_the_made_key(tmp_path):
    assert key_for(settings(tmp_path, "a secret of the office")) == b"a secret of the office"
    assert not (tmp_path / "config").exists()


def test_a_short_key_is_refused(tmp_path):
    assert key_for(settings(tmp_path, "k" * 16)) == b"k" * 16
    with pytest.raises(Unreadable):
        key_for(settings(tmp_path, "k" * 15))


def test_a_key_file_that_is_not_there_is_not_replaced_by_another_key(tmp_path):
    with pytest.raises(NotFound):
        key_for(settings(tmp_path), tmp_path / "none")
