"""What is kept is given again only while it holds."""

import json

from service.desk import CHECK
from service.kept import Kept, read_document
from tests.desks import desk_at


def test_a_value_is_made_once_and_the_oldest_goes_first():
    made, kept = [], Kept(2)

    def make(key):
        return kept.get(key, lambda: made.append(key) or key)

    assert [make(key) for key in "aabca"] == list("aabca")
    assert made == ["a", "b", "c", "a"]


def test_a_document_is_read_anew_when_it_was_written_anew(tmp_path):
    path = tmp_path / "x.json"
    path.write_text("[1]")
    assert read_document(path) is read_document(path)
    other = tmp_path / "y.json"
    other.write_text("[2]")
    other.replace(path)
    assert read_document(path) == [2]


def test_anything_on_the_desk_changes_its_state(tmp_path):
    desk = desk_at(tmp_path / "one")
    states = [desk.state()]
    desk.remember({"on": "2021-09-15"})
    states.append(desk.state())
    for n in range(2):
        with desk.result(CHECK) as folder:
            (folder / "check.json").write_text(json.dumps([n]))
        states.append(desk.state())
    states.append(desk_at(tmp_path / "two").state())
    assert len(set(states)) == len(states)
    desk.clear()
    assert desk.state() == states[0]


def test_a_cleared_desk_is_forgotten(tmp_path):
    desk = desk_at(tmp_path)
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text('{"name": "x"}')
    first = desk.read(CHECK, "check.json")
    desk.clear()
    with desk.result(CHECK) as folder:
        (folder / "check.json").write_text('{"name": "x"}')
    assert desk.read(CHECK, "check.json") == first
    assert desk.read(CHECK, "check.json") is not first
