"""One's own data, and who is concerned when data got out, through the command line."""

import re
from datetime import date

import openpyxl
import pytest
from typer.testing import CliRunner

from casework.access import Actor, Role, area
from casework.errors import NotFound
from ledger.record.people import PageAsk, page_of, read_person
from ledger.record.store import Store
from service.cli import app
from service.on_record import open_record
from tests.a_year import UNIT, WANG, approve_by, propose_by, take_ledgers

ON = date(2021, 9, 15)


@pytest.fixture
def data(tmp_path, sample):
    store = open_record(tmp_path / "data", make=True)
    take_ledgers(store, sample, ON)
    approve_by(store, WANG_OTHER, propose_by(store, WANG, ON), "key", ON)
    store.close()
    return tmp_path / "data"


WANG_OTHER = Actor("li", Role.UNIT, area(UNIT))


def run(*words, code=0):
    done = CliRunner().invoke(app, [*map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return done.output


def sheets(path):
    book = openpyxl.load_workbook(path)
    return {
        sheet.title: "\n".join(str(c.value) for row in sheet for c in row if c.value is not None)
        for sheet in book
    }


def a_paired_child(store: Store):
    from ledger.record.pairings import list_pairings

    with store.reading(WANG, "list") as book:
        child = list_pairings(book, unit=UNIT)[0].pairing.child
        return read_person(book, child).record


def test_a_person_gets_everything_of_hers_and_nothing_of_others(data, tmp_path):
    store = open_record(data)
    record = a_paired_child(store)
    with store.reading(WANG, "list") as book:
        others = [p.record for p in page_of(book, PageAsk("child", UNIT)).people]
    store.close()
    out = tmp_path / "own.xlsx"
    words = ("--basis", "consent", "--by", "监护人", "--data", data, "--out", out)
    stated = ("--basis", "statutory_duty", "--by", "区民政局", "--paper", "渝民发〔2021〕7号")
    run("basis", "state", record.id, *stated, "--data", data)
    assert "ID numbers masked" in run("person", "export", record.id, *words, "--lang", "en")
    told = sheets(out)
    assert list(told) == ["现在", "历史版本", "结对经过", "待办", "合法性基础", "谁看过"]
    assert record.name in told["现在"]
    assert "镇街" in told["现在"]  # every field by its name, none as the program calls it
    assert not re.search("[a-z]_[a-z]", str(told["现在"]))
    assert record.address in told["现在"]
    assert record.id in told["结对经过"]
    assert "渝民发〔2021〕7号" in told["合法性基础"]
    assert "wang" in told["谁看过"]
    everything = "\n".join(told.values())
    foreign = [o.name for o in others if o.id != record.id and o.name in everything]
    assert foreign == []
    again = sheets_after(data, record.id, words, out)
    assert "person export" in again["谁看过"]  # the export before stands in the next one


def sheets_after(data, person, words, out):
    run("person", "export", person, *words)
    return sheets(out)


def test_what_was_written_of_a_child_is_not_the_caregivers(data, tmp_path):
    from casework.pairings import EndReason
    from ledger.record.pairings import list_pairings
    from service.workflows.pairings_on_record import close_one
    from tests.a_year import desk

    store = open_record(data)
    with store.reading(WANG, "list") as book:
        pairing = list_pairings(book, unit=UNIT)[0].pairing
    close_one(desk(store, WANG, ON), pairing.id, EndReason.MOVED, "随母亲去了外地")
    store.close()
    words = ("--basis", "consent", "--by", "本人", "--data", data, "--out", tmp_path / "own.xlsx")
    hers = sheets_after(data, pairing.child, words, tmp_path / "own.xlsx")["结对经过"]
    theirs = sheets_after(data, pairing.caregiver, words, tmp_path / "own.xlsx")["结对经过"]
    assert "随母亲去了外地" in hers
    assert "随母亲去了外地" not in theirs
    assert pairing.caregiver in theirs


def test_nobody_is_exported_who_is_not_there(data, tmp_path):
    words = ("--basis", "consent", "--by", "监护人", "--data", data)
    with pytest.raises(NotFound):
        run("person", "export", "0" * 16, *words, "--out", tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_breach_names_whoever_was_touched_and_by_whom(data, tmp_path):
    store = open_record(data)
    record = a_paired_child(store)
    store.close()
    out = tmp_path / "breach.xlsx"
    span = ("--since", "2000-01-01", "--until", "2100-01-01")
    run("audit", "breach", *span, "--account", "wang", "--data", data, "--out", out)
    told = sheets(out)
    assert record.name in told["涉及的人"]
    assert "child_read" in told["操作"]
    assert "第五十七条" in told["告知书"]
    run("audit", "breach", *span, "--account", "nobody", "--data", data, "--out", out)
    assert record.name not in sheets(out)["涉及的人"]


def test_a_breach_before_anything_happened_concerns_nobody(data, tmp_path):
    out = tmp_path / "breach.xlsx"
    span = ("--since", "2000-01-01", "--until", "2000-01-02T12:00")
    assert "0 rows" in run("audit", "breach", *span, "--data", data, "--out", out, "--lang", "en")
    run("audit", "breach", *span[2:], *span[:2], "--data", data, "--out", out)
    backwards = ("--since", "2001-01-01", "--until", "2000-01-01")
    run("audit", "breach", *backwards, "--data", data, "--out", out, code=2)
