"""The program of acceptance itself: what it takes for reached, and that it can fail."""

import json
from importlib.util import find_spec

import pytest

from benchmarks.accept import __main__ as accept
from benchmarks.accept.frame import ROOT, Scale, Tally, ask_tests
from benchmarks.accept.rows import ROWS, Row


def test_every_row_has_a_module_and_a_name_of_its_own():
    assert len({row.name for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert find_spec(f"benchmarks.accept.{row.name}"), row.name


def test_a_row_is_reached_only_when_all_that_was_asked_held():
    tally = Tally()
    assert not tally.is_reached  # nothing asked is nothing reached
    tally.ask(True, "3 of 3")
    assert tally.is_reached
    tally.ask(False, "2 of 3")
    assert (tally.is_reached, tally.missed) == (False, ["2 of 3"])


def test_what_a_machine_does_not_permit_is_no_pass():
    tally = Tally()
    tally.ask(True, "a part")
    tally.not_permitted("no namespace here")
    assert not tally.is_reached


def test_quick_asks_for_less():
    assert (Scale().of(200, 24), Scale(quick=True).of(200, 24)) == (200, 24)


def test_tests_that_do_not_hold_or_do_not_run_are_missed(tmp_path):
    bad = tmp_path / "test_bad.py"
    bad.write_text("def test_good(): pass\ndef test_bad(): assert False\n")
    tally = Tally()
    ask_tests(tally, "one of two", str(bad))
    assert tally.missed == ["one of two: 1 of 2 tests held"]
    ask_tests(tally, "none", str(tmp_path / "nothing.py"))
    assert len(tally.missed) == 2


@pytest.mark.parametrize(("seconds", "told"), [(60, "fingerprint"), (0, "not done within 0 s")])
def test_a_row_runs_alone_and_is_bounded(seconds, told):
    row = next(row for row in ROWS if row.name == "determinism")._replace(seconds=seconds)
    reached = accept.ask(row, quick=True)
    assert told in reached["told"][0]
    assert reached["reached"] == (seconds > 0)


def test_a_row_that_breaks_off_is_a_failure_in_the_table(monkeypatch, capsys, tmp_path):
    row = Row("nowhere", "没有 none", "never", 20)
    monkeypatch.setattr(accept, "ROWS", (row,))
    monkeypatch.setattr("sys.argv", ["accept", "--json", str(tmp_path / "x.json")])
    assert accept.main() == 1
    assert "FAIL  nowhere" in capsys.readouterr().out
    assert json.loads((tmp_path / "x.json").read_text())["nowhere"]["reached"] is False


def test_the_make_file_runs_it():
    assert "-m benchmarks.accept" in (ROOT / "Makefile").read_text()
