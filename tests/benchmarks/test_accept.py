"""The program of acceptance itself: what it takes for reached, and that it can fail."""

import json
import time
from importlib.util import find_spec

import pytest

from benchmarks.accept import __main__ as accept
from benchmarks.accept import sweep
from benchmarks.accept.city import GAPS
from benchmarks.accept.frame import ROOT, Scale, Tally, ask_tests
from benchmarks.accept.rows import ROWS, Row
from tests.routes import our_routes


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


@pytest.mark.parametrize(("seconds", "told"), [(180, "fingerprint"), (0, "not done within 0 s")])
def test_a_row_runs_alone_and_is_bounded(seconds, told):
    row = next(row for row in ROWS if row.name == "determinism")._replace(seconds=seconds)
    reached = accept.ask(row, quick=True, seed=1)
    assert told in reached["told"][0]
    assert reached["reached"] == (seconds > 0)


def test_a_row_that_breaks_off_is_a_failure_in_the_table(monkeypatch, capsys, tmp_path):
    row = Row("nowhere", "没有 none", "never", 20)
    monkeypatch.setattr(accept, "ROWS", (row,))
    monkeypatch.setattr("sys.argv", ["accept", "--out", str(tmp_path), "--seed", "7"])
    assert accept.main() == 1
    told = capsys.readouterr().out
    assert "NO  nowhere" in told
    written = json.loads((tmp_path / "acceptance.json").read_text())
    assert (written["found"]["nowhere"]["reached"], written["seed"]) == (False, 7)
    table = (tmp_path / "acceptance.md").read_text()
    assert table in told
    assert "| 没有 none | never |" in table
    assert "0 of 1 reached" in table


def test_rows_that_measure_time_have_the_machine_for_themselves(monkeypatch, capsys):
    at_once, most = [0], [0]

    def pretend(row, quick, seed):
        at_once[0] += 1
        most[0] = max(most[0], at_once[0] if not row.is_timed else 10 * (at_once[0] - 1))
        time.sleep(0.05)
        at_once[0] -= 1
        told = [f"{row.name} {seed}"]
        return {"told": told, "missed": [], "permitted": True, "reached": True, "seconds": 1}

    names = ("a", "crash", "b", "load", "c", "sessions")
    rows = tuple(Row(name, f"row {name}", "all", 9) for name in names)
    monkeypatch.setattr(accept, "ROWS", rows)
    monkeypatch.setattr(accept, "ask", pretend)
    monkeypatch.setattr("sys.argv", ["accept"])
    assert accept.main() == 0
    assert most[0] == accept.BESIDE
    assert "6 of 6 reached" in capsys.readouterr().out


def test_a_real_value_is_known_for_each_gap_of_a_reading_address():
    """Who adds a route adds what it is about to the city that the rows look at."""
    unknown = {
        f"{gap} of {route.path}"
        for route in our_routes()
        if route.method == "GET"
        for gap, kind in sweep.gaps_of(route)
        if not sweep.choices_of(kind) and gap not in GAPS
    }
    assert not unknown, "add them to benchmarks/accept/city.py"


def test_what_no_reader_is_answered_is_missed():
    tally, covered = Tally(), sweep.Covered()
    for path in sweep.reading_paths():
        covered.note(sweep.Answer("unit", path, path, 200, "text/html", b""))
    covered.tell(tally)
    assert tally.is_reached
    covered.given.remove("/children")
    covered.tell(tally)
    assert "['/children']" in tally.missed[0]


def test_the_make_file_runs_it():
    assert "-m benchmarks.accept" in (ROOT / "Makefile").read_text()
