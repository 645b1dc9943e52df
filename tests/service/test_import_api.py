"""The API of imports: a ledger is read, looked at field by field, decided, confirmed, undone."""

import openpyxl
import pytest

from tests.installation import SIBLING, UNIT
from tests.unit_on_record import CHILDREN

API = f"/api/v1/units/{UNIT}"
IMPORTS = f"{API}/imports"


@pytest.fixture
def city(stocked, unit):
    return stocked.beside(unit, "city")


@pytest.fixture
def ledger(files, tmp_path):
    """Give a ledger in which one child has another name and one is missing."""
    book = openpyxl.load_workbook(files / CHILDREN)
    heads = [str(cell.value) for cell in book.active[1]]
    name = next(n for n, head in enumerate(heads) if head.endswith("姓名")) + 1
    book.active.cell(2, name).value = "<script>另一个名</script>"
    book.active.delete_rows(3)
    out = tmp_path / "new.xlsx"
    book.save(out)
    return out.read_bytes()


def send(client, content, **more):
    return client.post(IMPORTS, params={"name": "儿童.xlsx", **more}, content=content)


def total(client, **asked):
    return client.get(f"{API}/children", params=asked).json()["total"]


def test_a_ledger_is_looked_at_decided_confirmed_and_undone(unit, ledger):
    before = total(unit, status="active")
    answer = send(unit, ledger, whole=True)
    assert answer.status_code == 201
    (preview,) = answer.json()["previews"]
    assert (preview["counts"]["doubtful"], preview["counts"]["gone"]) == (1, 1)
    assert total(unit, status="active") == before, "nothing is written yet"
    address = f"{IMPORTS}/{preview['id']}"
    lines = {line["fate"]: line for line in unit.get(address).json()["lines"]}
    doubtful, gone = lines["doubtful"], lines["gone"]
    (change,) = doubtful["changes"]
    assert (change["field"], change["after"]) == ("姓名", "<script>另一个名</script>")
    assert unit.post(f"{address}/confirm", json={}).status_code == 409
    decisions = {
        doubtful["n"]: {"choice": "take", "person": doubtful["candidates"][0]["id"]},
        gone["n"]: {"choice": "take", "left_as": "moved_out"},
    }
    done = unit.post(f"{address}/confirm", json={"decisions": decisions})
    assert done.json() == {"added": 0, "changed": 2, "held": 0}
    assert total(unit, status="active") == before - 1
    would = unit.get(f"{address}/undo").json()
    assert would["in_the_way"] == []
    assert {line["is_gone"] for line in would["lines"]} == {False}
    assert unit.post(f"{address}/undo").json() == {"people": 2}
    assert total(unit, status="active") == before
    assert unit.post(f"{address}/undo").status_code == 409
    states = {line["id"]: line["state"] for line in unit.get(IMPORTS).json()}
    assert states[preview["id"]] == "undone"


def test_what_was_let_go_is_not_confirmed(unit, ledger):
    (preview,) = send(unit, ledger).json()["previews"]
    address = f"{IMPORTS}/{preview['id']}"
    assert unit.post(f"{address}/withdraw").status_code == 204
    assert unit.post(f"{address}/confirm", json={}).status_code == 409


def test_wrong_decisions_are_told_and_nothing_is_written(unit, ledger):
    (preview,) = send(unit, ledger, whole=True).json()["previews"]
    address = f"{IMPORTS}/{preview['id']}/confirm"
    for wrong in (
        {"9999": {"choice": "take"}},
        {"0": {"choice": "take", "left_as": "flown"}},
        {"0": {"choice": "perhaps"}},
    ):
        assert unit.post(address, json={"decisions": wrong}).status_code == 422
    counts = unit.get(f"{IMPORTS}/{preview['id']}").json()["counts"]
    assert counts["doubtful"] == 1


def test_what_is_no_workbook_is_refused(unit):
    assert send(unit, b"no workbook").status_code == 422
    answer = unit.post(IMPORTS, params={"name": "a.exe"}, content=b"MZ")
    assert answer.status_code == 403
    assert ".xlsx" in answer.json()["detail"]


def test_nobody_else_imports_or_looks(unit, town, city, ledger):
    (preview,) = send(unit, ledger).json()["previews"]
    for other in (town, city):
        assert send(other, ledger).status_code in (403, 404)
        assert other.get(f"{IMPORTS}/{preview['id']}").status_code in (403, 404)
        assert other.post(f"{IMPORTS}/{preview['id']}/confirm", json={}).status_code in (403, 404)
    elsewhere = f"/api/v1/units/{SIBLING}/imports/{preview['id']}"
    assert unit.get(elsewhere).status_code == 404
    assert unit.get(f"{IMPORTS}/nobody").status_code == 404
