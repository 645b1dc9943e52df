"""What lies on a desk is sealed at rest: nobody who copies the data folder reads a name in it."""

import shutil

import pytest

from casework.errors import CaseworkError, Unreadable
from ledger.record.doctor import State, examine
from ledger.record.key_ring import KeyRing
from ledger.record.sealed_files import KEY_NAME, PLAIN, is_sealed
from service.desk import CHECK, COLLECTION, DECLARATION, Desk
from service.wish_book import WishBook
from service.workroom import work_folder
from tests.desks import desk_at
from tests.installation import desk_of

NAME = "钱小丫"


def put(desk, name="名单.csv", content=b"", role="ledger"):
    file_id, path = desk.draft(name, role)
    path.write_bytes(content or NAME.encode())
    return desk.accept(file_id, name, role)


def files_of(root):
    return [path for path in root.rglob("*") if path.is_file()]


def in_plain(root, text=NAME):
    return [path.name for path in files_of(root) if text.encode() in path.read_bytes()]


def test_whatever_people_or_work_put_on_a_desk_is_sealed_and_read_back_as_it_was(tmp_path):
    desk = desk_at(tmp_path / "desk")
    file = put(desk, f"{NAME}.csv")
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text(f'"{NAME}"')
        (folder / "returned").mkdir()
        (folder / "returned" / "a.xlsx").write_text(NAME)
    desk.safe.write(desk.root / DECLARATION / "form.json", NAME.encode())
    assert in_plain(desk.root) == []
    assert all(is_sealed(path) for path in files_of(desk.root) if path.name not in PLAIN)
    again = desk_at(tmp_path / "desk")
    assert again.files == (file,)
    assert again.read(CHECK, "check.json") == NAME
    assert again.content(CHECK, "returned/a.xlsx").decode() == NAME
    with again.staged("ledger") as folder:
        assert (folder / f"{NAME}.csv").read_text() == NAME


def test_the_check_would_find_a_name_that_lies_in_plain(tmp_path):
    desk = desk_at(tmp_path / "desk")
    (desk.root / "forgotten.txt").write_text(NAME)
    assert in_plain(desk.root) == ["forgotten.txt"]


@pytest.mark.parametrize("place", [10, 27, -1])
def test_one_changed_byte_another_name_or_no_seal_does_not_open(tmp_path, place):
    desk = desk_at(tmp_path / "desk")
    path = desk.path(put(desk))
    whole = path.read_bytes()
    changed = bytearray(whole)
    changed[place] ^= 1
    for content in (bytes(changed), whole[:20], b"", NAME.encode()):
        path.write_bytes(content)
        with pytest.raises(Unreadable):
            desk.safe.read(path)
    other = path.with_name("other.csv")
    other.write_bytes(whole)
    with pytest.raises(Unreadable):
        desk.safe.read(other)


def test_other_keys_do_not_open_a_desk(tmp_path):
    desk = desk_at(tmp_path / "desk")
    file = put(desk)
    stranger = Desk(desk.root, KeyRing.load(tmp_path / "other"))
    with pytest.raises(Unreadable):
        stranger.safe.read(desk.path(file))


def test_a_copy_of_a_desk_that_was_cleared_opens_no_more(tmp_path):
    desk = desk_at(tmp_path / "desk")
    file = put(desk)
    copy = shutil.copytree(desk.root, tmp_path / "copy")
    kept = Desk(copy, desk.keys)
    assert kept.safe.read(kept.path(file)) == NAME.encode()
    desk.clear()
    assert not (desk.root / KEY_NAME).exists()
    with pytest.raises(Unreadable):
        kept.safe.read(kept.path(file))
    put(desk)
    assert len(desk.files) == 1


def test_a_desk_stays_readable_when_the_master_key_is_changed(tmp_path):
    desk = desk_at(tmp_path / "desk")
    file = put(desk)
    desk.keys.rotate()
    assert desk.safe.read(desk.path(file)) == NAME.encode()
    assert desk_at(tmp_path / "desk").files == (file,)


def test_what_an_older_version_left_in_plain_is_sealed_on_entering_and_keeps_its_time(tmp_path):
    root = tmp_path / "desk"
    (root / "inbox").mkdir(parents=True)
    index = (
        '[{"id": "ab", "suffix": ".csv", "name": "名单.csv", "role": "ledger",'
        ' "byte_count": 9, "sha256": "x", "received_at": ""}]'
    )
    (root / "inbox" / "index.json").write_text(index)
    (root / "inbox" / "ab.csv").write_text(NAME)
    (root / COLLECTION / "files").mkdir(parents=True)
    (root / COLLECTION / "files" / "c.zip").write_text(NAME)
    before = (root / "inbox" / "ab.csv").stat().st_mtime_ns
    desk = desk_at(root)
    assert in_plain(root) == []
    assert (root / "inbox" / "ab.csv").stat().st_mtime_ns == before
    with desk.staged("ledger") as folder:
        assert (folder / "名单.csv").read_text() == NAME


def test_files_lie_in_plain_only_in_the_work_room_and_only_while_worked_with(tmp_path):
    desk = desk_at(tmp_path / "desk")
    put(desk)
    with desk.staged("ledger") as folder:
        assert folder.is_relative_to(work_folder())
        assert work_folder().stat().st_mode & 0o077 == 0
        assert in_plain(desk.root) == []
    assert not list(work_folder().glob(f"{desk.work.mark}-*"))


def test_the_work_room_is_where_the_office_says(tmp_path, monkeypatch):
    monkeypatch.setenv("NUANTONG_WORK", str(tmp_path / "work"))
    desk = desk_at(tmp_path / "desk")
    put(desk)
    with desk.staged("ledger") as folder:
        assert folder.is_relative_to(tmp_path / "work")


def test_a_work_room_that_is_somebody_elses_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "nuantong-4321").mkdir()
    monkeypatch.setenv("NUANTONG_WORK", str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: 4321)
    with pytest.raises(CaseworkError):
        work_folder()


def test_what_an_officer_said_of_a_pair_is_sealed_too(tmp_path):
    from casework.wishes import Wish, WishKind

    desk = desk_at(tmp_path / "desk")
    WishBook(desk).add(Wish("child-1", "carer-1", WishKind.LOCK))
    assert in_plain(desk.root, "child-1") == []
    assert WishBook(desk).wishes[0].child == "child-1"


def test_a_hand_in_that_the_city_received_is_sealed_and_rolled_up_all_the_same(
    installation, tmp_path
):
    with installation.client(tmp_path / "data", "city") as client:
        answer = client.post("/api/v1/declarations?name=x.csv", content=b"x,y\n1,2\n")
        assert answer.json()["outcome"] == "refused"
        desk = desk_of(client, "city")
        with client.app.state.rooms.of(("500000",)).collection.opened() as store:
            (store.root / "files").mkdir()
            (store.root / "files" / "one.csv").write_text(NAME)
        assert in_plain(desk.root) == []
        assert [p.name for p in files_of(desk.root / COLLECTION)] == ["one.csv"]
        with client.app.state.rooms.of(("500000",)).collection.opened() as store:
            assert (store.root / "files" / "one.csv").read_text() == NAME


def test_the_doctor_finds_a_list_that_lies_in_plain(installation, tmp_path):
    def told():
        found = examine(store.engine, store.keys, store.clock())
        return next(check for check in found if check.name == "desks")

    data = tmp_path / "data"
    store = installation.open_store(data)
    put(Desk(data / "desks" / "500104", store.keys))
    assert told().state is State.GOOD
    (data / "desks" / "500104" / "inbox" / "x.csv").write_text(NAME)
    assert (told().state, told().figures["n"]) == (State.BAD, 1)
    store.close()
