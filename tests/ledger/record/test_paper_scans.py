"""The leader's signed paper is kept as it was scanned, sealed, for the unit's officers alone."""

import hashlib
from datetime import date

import pytest

from casework.access import SignedPaper
from casework.errors import NotFound, Refused
from ledger.record.approving import Request, approve
from ledger.record.backup import back_up
from ledger.record.erasure import erase_person
from ledger.record.paper_scans import (
    LARGEST_SCAN_BYTES,
    keep_scan,
    kind_of_scan,
    read_scan,
    scans_of,
)
from ledger.record.proposals import find_proposal
from ledger.record.restore import restore
from tests.pairings_on_record import CITY, ELSEWHERE, LI, TOWN, key, people, proposal, unit_now

NAME = "钱小丫"
SCAN = b"%PDF-1.7 " + NAME.encode()
SHA256 = hashlib.sha256(SCAN).hexdigest()
PAPER = SignedPaper("李主席", date(2021, 9, 15), "2021-7", SHA256)


@pytest.fixture
def approved(store):
    """Give a proposal that was approved with its paper."""
    unit = people("a", "x")
    made = proposal(store, unit, ("a", "x"))
    with store.writing(LI, "approve") as book:
        approve(book, Request(made, key()), unit_now(book, *unit))
        for _ in range(2):  # sent twice it is kept once
            keep_scan(book, find_proposal(book, made), PAPER, SCAN)
    return made


def seen_by(store, actor, made, sha256=SHA256):
    with store.reading(actor, "paper") as book:
        return read_scan(book, find_proposal(book, made), sha256)


def test_it_is_shown_again_to_the_units_officers_as_it_was(store, approved):
    assert seen_by(store, LI, approved) == (SCAN, "pdf")
    with store.reading(LI, "list") as book:
        (scan,) = scans_of(book, find_proposal(book, approved))
    assert (scan.sha256, scan.kind, scan.byte_count) == (SHA256, "pdf", len(SCAN))


@pytest.mark.parametrize("who", [ELSEWHERE, CITY, TOWN], ids=lambda actor: actor.id)
def test_nobody_else_sees_it(store, approved, who):
    with pytest.raises((NotFound, Refused)):
        seen_by(store, who, approved)


def test_it_is_sealed_in_the_database_and_in_backups_and_comes_back_from_one(
    store, approved, empty_where, tmp_path
):
    with store.engine.connect() as connection:
        rows = str(connection.exec_driver_sql("SELECT * FROM paper_scans").all())
    copy = back_up(store, LI, tmp_path / "a.ntbackup").path
    assert "PDF" not in rows
    assert NAME.encode() not in copy.read_bytes()
    restore(copy, empty_where, store.keys, LI, clock=store.clock)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"%PDF-1.4", "pdf"), (b"\xff\xd8\xff\xe0", "jpg"), (b"\x89PNG\r\n\x1a\n", "png")],
)
def test_what_it_is_is_read_from_the_file_itself(content, kind):
    assert kind_of_scan(content) == kind
    assert kind_of_scan(content + b"x" * (LARGEST_SCAN_BYTES - len(content))) == kind
    with pytest.raises(Refused):
        kind_of_scan(content + b"x" * (LARGEST_SCAN_BYTES + 1 - len(content)))


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b" %PDF-1.4", b"PK\x03\x04"])
def test_what_is_no_scan_is_not_kept(content):
    with pytest.raises(Refused):
        kind_of_scan(content)


def test_another_scan_than_the_one_that_was_named_is_not_kept(store, approved):
    with pytest.raises(Refused), store.writing(LI, "paper") as book:
        keep_scan(book, find_proposal(book, approved), PAPER, SCAN + b".")


def test_it_goes_when_somebody_it_names_is_erased_and_not_when_another_is(store, approved):
    with store.writing(LI, "end") as book:
        book.connection.exec_driver_sql("UPDATE pairings SET state = 'closed'")
        for person in ("a", "zz"):
            book.vault.seal(person, "name", "as everybody on record has")
    erase_person(store, LI, "zz", "监护人要求")
    assert seen_by(store, LI, approved)[0] == SCAN
    erase_person(store, LI, "a", "监护人要求")
    with pytest.raises(NotFound):
        seen_by(store, LI, approved)
    with store.reading(LI, "list") as book:
        assert scans_of(book, find_proposal(book, approved)) == ()
