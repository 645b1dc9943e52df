"""Who was erased does not come back with an older backup: neither what is sealed nor the rest."""

import pytest
from sqlalchemy import select

from casework.access import SYSTEM_ACTOR
from casework.errors import NotFound
from ledger.record.backup import back_up
from ledger.record.erasure import erase_person
from ledger.record.key_ring import KeyRing
from ledger.record.people import PageAsk, page_of, read_person
from ledger.record.people_tables import people
from ledger.record.restore import restore
from ledger.record.store import Store
from tests.figures_on_record import UNIT, put

PLAIN = (people.c.village, people.c.birth_date, people.c.category, people.c.id_lookup)


def columns_of(store, person):
    with store.engine.connect() as connection:
        return tuple(connection.execute(select(*PLAIN).where(people.c.id == person)).one())


def listed(store):
    with store.reading(SYSTEM_ACTOR, "list") as book:
        return {known.record.id for known in page_of(book, PageAsk("child", UNIT)).people}


@pytest.fixture
def two(store):
    return put(store, children=2)


def restored(store, copy, where, keys):
    restore(copy, where, keys, SYSTEM_ACTOR, clock=store.clock)
    return Store.open(where, keys, clock=store.clock)


def test_what_was_plain_of_her_is_gone_again_after_a_restore(store, two, empty_where, tmp_path):
    gone, stays = two
    before = columns_of(store, gone)
    assert None not in before[:3]
    copy = back_up(store, SYSTEM_ACTOR, tmp_path / "a.ntbackup").path
    erase_person(store, SYSTEM_ACTOR, gone, "监护人要求")
    again = restored(store, copy, empty_where, store.keys)
    assert columns_of(again, gone) == (None,) * len(PLAIN)
    assert columns_of(again, stays) == columns_of(store, stays)
    assert listed(again) == {stays}
    with pytest.raises(NotFound), again.reading(SYSTEM_ACTOR, "read") as book:
        read_person(book, gone)
    again.engine.dispose()


def test_a_backup_without_an_erasure_since_comes_back_whole(store, two, empty_where, tmp_path):
    copy = back_up(store, SYSTEM_ACTOR, tmp_path / "a.ntbackup").path
    again = restored(store, copy, empty_where, store.keys)
    assert listed(again) == set(two)
    again.engine.dispose()


def test_a_copy_of_the_keys_that_was_renewed_since_knows_of_it_too(
    store, two, empty_where, tmp_path
):
    gone, stays = two
    copy = back_up(store, SYSTEM_ACTOR, tmp_path / "a.ntbackup").path
    store.keys.copy_to(tmp_path / "copied", "2021-09-15T00:00:00.000000Z")
    assert erase_person(store, SYSTEM_ACTOR, gone, "监护人要求").is_copy_current
    keys = KeyRing.load(tmp_path / "copied", make=False)
    again = restored(store, copy, empty_where, keys)
    assert listed(again) == {stays}
    assert columns_of(again, gone) == (None,) * len(PLAIN)
    again.close()
