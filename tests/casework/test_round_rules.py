"""All that is wrong in a round's rule file is told at once."""

import pytest

from casework.errors import Unreadable
from casework.round_rules import Round


def test_names_ranges_and_unreadable_values_are_told_together(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(
        '[days]\nallowed = "sometimes"\nnothing_such = 1\n'
        "[teams]\nrest_days = 0\nlongest_run_days = 0\n[travel]\nspeed_kmh = 0\n",
        encoding="utf-8",
    )
    with pytest.raises(Unreadable) as refused:
        Round.from_toml(path)
    told = str(refused.value)
    for name in (
        "days.allowed",
        "days.nothing_such",
        "teams.rest_days",
        "longest_run_days",
        "speed",
    ):
        assert name in told, name


def test_a_file_without_faults_is_read(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[teams]\nrest_days = 2\n", encoding="utf-8")
    assert Round.from_toml(path).rest_days == 2
