"""The page's work through the API: files in, findings, a proposal, files out."""

import io
import json
import time
import zipfile
from urllib.parse import quote

import openpyxl
import pytest

from tests.installation import desk_of


@pytest.fixture(scope="module")
def client(installation, tmp_path_factory, damaged):
    """Give a desk with the damaged workbooks on it."""
    with installation.client(tmp_path_factory.mktemp("journey") / "data") as client:
        for path in sorted(damaged.iterdir()):
            put(client, path.name, path.read_bytes())
        yield client


def put(client, name, content, role="ledger"):
    answer = client.post(f"/api/v1/files?name={quote(name)}&role={role}", content=content)
    assert answer.status_code == 201
    return answer.json()


def do(client, kind, **options):
    """Start a job and wait for its end; give how it ended."""
    job = client.post("/api/v1/jobs", json={"kind": kind, **options}).json()
    for _ in range(1200):
        now = client.get(f"/api/v1/jobs/{job['id']}").json()
        if now["state"] != "running":
            return now
        time.sleep(0.05)
    raise AssertionError("the job never ended")


@pytest.fixture(scope="module")
def checked(client):
    assert do(client, "check")["state"] == "done"
    return client.get("/api/v1/check").json()


@pytest.fixture(scope="module")
def proposed(client, checked):
    assert do(client, "pair")["state"] == "done"
    return client.get("/api/v1/proposal").json()


def test_a_check_counts_rows_and_lists_findings_worst_first(checked):
    assert checked["schema"] == "nuantong/check/1"
    severities = [finding["severity"] for finding in checked["findings"]]
    order = ["ERROR", "WARNING", "INFO"]
    assert severities == sorted(severities, key=order.index)
    rows = sum(sum(kind.values()) for kind in checked["kinds"].values())
    assert rows == checked["accepted"] + checked["rejected"] + checked["collapsed"]


def test_a_check_names_the_townships_of_the_unit_and_the_one_missing(checked):
    names = [place["name"] for place in checked["townships"]]
    assert len(names) == 8 + ("镇街不明" in names)
    missing = [place["name"] for place in checked["townships"] if not place["returned"]]
    assert missing == ["茄子溪街道"]


def test_findings_name_files_as_people_named_them(client, checked):
    names = {file["name"] for file in client.get("/api/v1/files").json()}
    assert {finding["file"] for finding in checked["findings"]} - {""} <= names


def test_each_file_somebody_must_look_at_can_be_returned(client, checked):
    for file in checked["files"]:
        answer = client.get(f"/downloads/returned/{file['id']}")
        assert answer.status_code == (200 if file["errors"] or file["warnings"] else 404)
        if answer.status_code == 200:
            assert "核查问题" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
    bundle = zipfile.ZipFile(io.BytesIO(client.get("/downloads/returned").content))
    assert len(bundle.namelist()) == sum(file["returned"] for file in checked["files"])


def test_findings_can_be_narrowed_on_the_page(client, checked):
    errors = client.get("/parts/findings?severity=ERROR").text
    assert "mark-error" in errors
    assert "mark-warning" not in errors
    assert "没有符合条件" in client.get("/parts/findings?text=无此内容").text


def test_a_proposal_has_a_line_for_every_child(proposed, checked):
    children = len(proposed["pairs"]) + len(proposed["unpaired"])
    held = [line for line in proposed["unpaired"] if line["reason"] == "needs_data"]
    assert 0 < len(held) < children
    assert children <= checked["kinds"]["children"]["accepted"] + len(held)
    assert any(pair["kept"] for pair in proposed["pairs"])


def test_the_page_shows_every_child_of_the_proposal(client, proposed):
    children = len(proposed["pairs"]) + len(proposed["unpaired"])
    assert f"共 {children} 名儿童" in client.get("/parts/rows").text
    left = client.get("/parts/rows?only=left").text
    assert f"共 {len(proposed['unpaired'])} 名儿童" in left


def test_the_downloads_bear_the_units_name(client, proposed):
    called = {"proposal": "结对建议.xlsx", "map": "结对地图.html", "ledger": "合并台账.xlsx"}
    for what, name in called.items():
        answer = client.get(f"/downloads/{what}")
        assert quote(f"大渡口区{name}") in answer.headers["content-disposition"]
    assert json.loads(client.get("/downloads/json").content) == proposed


def test_progress_is_told_as_events_until_the_job_ends(client, proposed):
    job = client.post("/api/v1/jobs", json={"kind": "check"}).json()
    with client.stream("GET", f"/api/v1/jobs/{job['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        told = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert told[-1]["state"] == "done"
    assert {"read", "return"} <= {event["stage"] for event in told}


def test_a_new_file_makes_the_old_results_stale_until_they_are_made_anew(client, proposed):
    file = put(client, "备注.csv", "说明\n无\n".encode())
    assert "名单有变化" in client.get("/parts/check").text
    assert "名单有变化" in client.get("/parts/proposal").text
    assert do(client, "pair")["state"] == "done"
    assert "名单有变化" not in client.get("/desk").text
    client.delete(f"/api/v1/files/{file['id']}")


def test_a_rules_file_that_is_wrong_fails_the_job_and_not_the_page(client, proposed):
    file = put(client, "规则.toml", b"[nonsense]\n", "rules")
    ended = do(client, "check")
    assert ended["state"] == "failed"
    assert "nonsense" in ended["message"]
    assert client.get("/desk").status_code == 200
    client.delete(f"/api/v1/files/{file['id']}")


def test_a_day_given_on_the_page_is_the_day_of_check_and_proposal(client, proposed):
    assert do(client, "pair", on="2021-10-01")["state"] == "done"
    assert client.get("/api/v1/check").json()["on"] == "2021-10-01"
    assert client.get("/api/v1/proposal").json()["on"] == "2021-10-01"


def test_nobody_is_named_in_what_the_api_tells(client, proposed, checked):
    rows = desk_of(client).read("proposal", "rows.json")
    names = {row["child"] for row in rows["lines"] if row["child"] != row["id"]}
    assert len(names) > 20
    told = json.dumps([proposed, checked], ensure_ascii=False)
    assert not [name for name in names if name in told]
