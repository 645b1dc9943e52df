"""The vault: sealed for one person and one field, and gone with her key."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.errors import NotFound, Unreadable
from ledger.record.key_files import RootKeys, read_keys, write_keys
from ledger.record.key_ring import HOUSE, KeyRing
from ledger.record.vault import Vault

WHEN = "2021-09-15T08:30:00.000000Z"


@pytest.fixture
def ring(tmp_path):
    ring = KeyRing.load(tmp_path / "keys")
    yield ring
    ring.close()


def sealed_for(ring, person, text="张三"):
    vault = Vault(ring, may_make=True)
    sealed = vault.seal(person, "name", text)
    vault.keep_new_keys()
    return sealed


@pytest.fixture(scope="module")
def lasting(tmp_path_factory):
    ring = KeyRing.load(tmp_path_factory.mktemp("keys"))
    yield Vault(ring, may_make=True)
    ring.close()


@settings(max_examples=50)
@given(text=st.text(), person=st.text(min_size=1, max_size=8), field=st.text(max_size=8))
def test_what_is_sealed_opens_again(lasting, text, person, field):
    sealed = lasting.seal(person, field, text)
    assert lasting.unseal(person, field, sealed) == text
    assert len(text.encode()) < 4 or text.encode() not in sealed


def test_a_sealed_value_opens_for_its_person_and_field_only(ring):
    sealed = sealed_for(ring, "a")
    sealed_for(ring, "b")
    assert Vault(ring).unseal("a", "name", sealed) == "张三"
    for person, field in (("b", "name"), ("a", "phone")):
        with pytest.raises(Unreadable):
            Vault(ring).unseal(person, field, sealed)


def test_every_flipped_byte_of_a_sealed_value_is_found(ring):
    sealed = sealed_for(ring, "a")
    for place in range(len(sealed)):
        bad = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Unreadable):
            Vault(ring).unseal("a", "name", bad)


def test_the_same_text_looks_up_alike_within_its_kind_only(ring, tmp_path):
    vault = Vault(ring)
    assert vault.lookup("resident", "500101") == vault.lookup("resident", "500101")
    assert vault.lookup("resident", "500101") != vault.lookup("phone", "500101")
    other = KeyRing.load(tmp_path / "other")
    assert vault.lookup("resident", "500101") != Vault(other).lookup("resident", "500101")
    other.close()


def test_a_key_is_not_kept_before_the_block_ends(ring):
    vault = Vault(ring, may_make=True)
    vault.seal("a", "name", "x")
    assert ring.count() == 0
    vault.keep_new_keys()
    assert ring.count() == 1


def test_a_reader_makes_no_key(ring):
    with pytest.raises(RuntimeError):
        Vault(ring).seal("a", "name", "x")


def test_a_destroyed_key_opens_nothing_and_is_not_made_again(ring):
    sealed = sealed_for(ring, "a")
    ring.destroy(["a"], WHEN)
    with pytest.raises(NotFound):
        Vault(ring).unseal("a", "name", sealed)
    with pytest.raises(NotFound):
        Vault(ring, may_make=True).seal("a", "name", "again")


def test_another_process_forgets_a_destroyed_key_at_once(ring):
    sealed = sealed_for(ring, "a")
    other = KeyRing.load(ring.folder)
    assert Vault(other).unseal("a", "name", sealed) == "张三"
    ring.destroy(["a"], WHEN)
    with pytest.raises(NotFound):
        Vault(other).unseal("a", "name", sealed)
    other.close()


def test_a_destroyed_key_is_nowhere_in_the_key_house(ring):
    sealed_for(ring, "a")
    house = ring.folder / HOUSE
    wrapped = ring._house.execute("SELECT wrapped FROM person_keys").fetchone()[0]
    files = (house, house.with_name(f"{HOUSE}-wal"))
    assert any(wrapped in path.read_bytes() for path in files)
    ring.destroy(["a"], WHEN)
    assert not any(wrapped in path.read_bytes() for path in files if path.exists())


def test_a_rotation_wraps_every_key_anew_and_forgets_the_old_master(ring):
    sealed = {person: sealed_for(ring, person) for person in "abc"}
    other = KeyRing.load(ring.folder)
    old = ring.roots.masters[1]
    assert ring.rotate() == 3
    assert list(ring.roots.masters) == [2]
    assert old not in read_keys(ring.folder).masters.values()
    for each in (ring, other):  # and whoever had the old keys open goes on
        for person, value in sealed.items():
            assert Vault(each).unseal(person, "name", value) == "张三"
    other.close()


def test_a_rotation_that_was_killed_half_way_can_be_done_again(ring):
    sealed = sealed_for(ring, "a")
    both = {**ring.roots.masters, 2: bytes(range(32))}
    write_keys(ring.folder, RootKeys(ring.roots.id, both, 2, *rest(ring.roots)))
    again = KeyRing.load(ring.folder)
    again.rotate()
    assert list(again.roots.masters) == [3]
    assert Vault(again).unseal("a", "name", sealed) == "张三"
    again.close()


def test_whoever_was_at_work_before_a_rotation_wraps_with_the_new_master(ring, tmp_path):
    serving = KeyRing.load(ring.folder)
    ring.rotate()
    sealed = sealed_for(serving, "a")
    copying = KeyRing.load(ring.folder)
    ring.rotate()
    copying.copy_to(tmp_path / "copy", WHEN)
    for folder in (ring.folder, tmp_path / "copy"):
        again = KeyRing.load(folder)
        assert Vault(again).unseal("a", "name", sealed) == "张三"
        again.close()
    for each in (serving, copying):
        each.close()


def test_two_who_rotate_at_once_lose_no_key(ring):
    sealed = sealed_for(ring, "a")
    both = [KeyRing.load(ring.folder) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert [each.result() for each in [pool.submit(one.rotate) for one in both]] == [1, 1]
    again = KeyRing.load(ring.folder)
    assert Vault(again).unseal("a", "name", sealed) == "张三"
    assert list(again.roots.masters) == [3]
    for each in (again, *both):
        each.close()


def rest(roots):
    return roots.lookup, roots.audit, roots.backup


def test_keys_are_for_their_owner_only(ring):
    assert ring.folder.stat().st_mode & 0o777 == 0o700
    for path in ring.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_several_who_start_at_once_make_one_set_of_keys(tmp_path):
    made = []

    def load():
        ring = KeyRing.load(tmp_path / "keys")
        made.append(ring.roots.id)
        ring.close()

    threads = [threading.Thread(target=load) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == 1


@pytest.mark.parametrize("damage", ["cut", "key", "schema", "list"])
def test_a_damaged_key_file_is_told_as_such(ring, damage):
    path = ring.folder / "keys.json"
    document = json.loads(path.read_text())
    texts = {
        "cut": path.read_text()[:-9],
        "key": json.dumps({**document, "lookup": "AAAA"}),
        "schema": json.dumps({**document, "schema": "other"}),
        "list": "[]",
    }
    path.write_text(texts[damage])
    with pytest.raises(Unreadable):
        KeyRing.load(ring.folder)


def test_no_keys_are_made_where_they_must_be_there(tmp_path):
    with pytest.raises(NotFound):
        KeyRing.load(tmp_path / "none", make=False)


def test_a_copy_of_the_keys_is_replaced_and_renewed_without_the_erased(ring, tmp_path):
    sealed = {person: sealed_for(ring, person) for person in "ab"}
    copy = tmp_path / "copy"
    ring.copy_to(copy, WHEN)
    ring.rotate()
    ring.destroy(["a"], WHEN.replace("2021", "2022"))
    assert ring.is_copy_older()
    assert ring.renew_copy(WHEN.replace("2021", "2023"))
    assert not ring.is_copy_older()
    copied = KeyRing.load(copy)
    assert Vault(copied).unseal("b", "name", sealed["b"]) == "张三"
    with pytest.raises(NotFound):
        Vault(copied).unseal("a", "name", sealed["a"])
    copied.close()


def test_many_who_make_one_house_at_once_all_find_it(tmp_path):
    with ThreadPoolExecutor(8) as hands:
        rings = list(hands.map(lambda _: KeyRing.load(tmp_path / "new"), range(8)))
    assert len({ring.roots.id for ring in rings}) == 1
    for ring in rings:
        ring.close()
