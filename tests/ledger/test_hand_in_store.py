"""The store keeps every version as it came, and says when one is gone."""

from datetime import date

import pytest

from casework.errors import Conflict
from ledger.hand_in_store import HandInStore
from ledger.incoming import Incoming, digest_of

DUE = date(2021, 9, 15)


@pytest.fixture
def keep(tmp_path):
    store = HandInStore(tmp_path / "store")

    def keep(name, content=b"x"):
        path = tmp_path / name
        path.write_bytes(content)
        return store.keep(Incoming(path, digest_of(path)), name, DUE)

    return keep


def test_a_store_is_made_when_something_is_received(tmp_path, keep):
    store = HandInStore(tmp_path / "store")
    assert (store.exists, store.records) == (False, ())
    record, is_new = keep("武隆区.nthandin.zip")
    assert is_new
    assert store.records == (record,)
    assert store.path(record).read_bytes() == b"x"


def test_the_same_bytes_are_one_file_under_any_name(tmp_path, keep):
    first, _ = keep("武隆区.zip")
    again, is_new = keep("武隆区(1).zip")
    assert (again, is_new) == (first, False)
    assert len(HandInStore(tmp_path / "store").records) == 1


def test_a_later_file_leaves_the_earlier_one_where_it_is(tmp_path, keep):
    first, _ = keep("a.zip", b"one")
    second, _ = keep("a.zip", b"two")
    store = HandInStore(tmp_path / "store")
    assert [record.order for record in store.records] == [1, 2]
    assert store.path(first).read_bytes() == b"one"
    assert store.path(second).read_bytes() == b"two"


@pytest.mark.parametrize("spoil", ["remove", "change"])
def test_a_file_that_is_gone_or_changed_is_told(tmp_path, keep, spoil):
    record, _ = keep("a.zip")
    path = tmp_path / "store" / "files" / record.file
    if spoil == "remove":
        path.unlink()
    else:
        path.write_bytes(b"y")
    with pytest.raises(Conflict, match=r"a\.zip"):
        HandInStore(tmp_path / "store").path(record)


@pytest.mark.parametrize("text", ["", "{}", '{"sha256": 1}', "[]"])
def test_a_damaged_record_is_told(tmp_path, keep, text):
    record, _ = keep("a.zip")
    (tmp_path / "store" / "records" / f"{record.sha256}.json").write_text(text)
    with pytest.raises(Conflict):
        _ = HandInStore(tmp_path / "store").records
