import re
from urllib.parse import quote

import pytest

from service import desk as desks
from service.access import open_to_all
from service.desk import PROPOSAL
from service.routes import files as file_routes
from tests.installation import desk_of
from tests.routes import calls, our_routes


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def client(installation, data):
    with installation.client(data) as client:
        yield client


@pytest.fixture
def inbox(client):
    """Give the folder that the unit's files arrive in."""
    return desk_of(client).inbox


def put(client, name, content=b"x", role="ledger"):
    return client.post(f"/api/v1/files?name={quote(name)}&role={role}", content=content)


def test_health_is_told_without_data(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_page_is_chinese_and_remembers_english(client):
    assert "把各镇街交回的名单拖到这里" in client.get("/desk").text
    english = client.get("/desk?lang=en")
    assert "Drop the townships" in english.text
    assert "Drop the townships" in client.get("/desk").text
    assert "Drop the townships" in client.get("/desk?lang=xx").text


def test_the_page_says_where_the_data_is_and_who_is_signed_in(client, data):
    text = client.get("/desk").text
    assert f"“{data.name}”" in text
    assert "unit（区县）" in text


def test_the_page_holds_no_inline_script_or_style_and_no_address_outside(client):
    text = client.get("/desk").text
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert all("src=" in s or 'type="application/json"' in s for s in scripts)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_every_script_and_style_of_the_page_is_served_from_here(client):
    for address in re.findall(r"(?:src|href)=\"(/static/[^\"]+)\"", client.get("/desk").text):
        assert client.get(address).status_code == 200


def test_pages_carry_a_policy_without_unsafe_inline(client):
    policy = client.get("/desk").headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_the_map_is_sandboxed_with_a_policy_of_its_own(client):
    with desk_of(client).result(PROPOSAL) as folder:
        (folder / "map.html").write_text("<p>map</p>")
    answer = client.get("/map")
    assert answer.text == "<p>map</p>"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts;")
    assert "connect-src" not in policy


def test_a_request_under_another_name_or_from_another_page_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403
    refused = client.post(
        "/api/v1/files?name=a.csv", content=b"x", headers={"origin": "http://evil.example"}
    )
    assert refused.status_code == 403
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/files").json() == []


def test_a_file_is_received_listed_and_removed(client):
    answer = put(client, "太安镇 名单(1).xlsx")
    assert answer.status_code == 201
    (listed,) = client.get("/api/v1/files").json()
    assert listed["name"] == "太安镇 名单(1).xlsx"
    assert "太安镇 名单(1).xlsx" in client.get("/parts/files").text
    assert client.delete(f"/api/v1/files/{listed['id']}").status_code == 204
    assert client.get("/api/v1/files").json() == []
    assert client.delete(f"/api/v1/files/{listed['id']}").status_code == 404


def test_a_name_full_of_script_is_shown_as_text(client):
    put(client, "<img src=x onerror=alert(1)>&.csv")
    text = client.get("/desk").text
    assert "onerror" in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(
    ("name", "content", "status"), [("a.exe", b"x", 403), ("a.csv", b"", 403), ("", b"x", 422)]
)
def test_what_is_no_workbook_is_refused_and_leaves_nothing(client, inbox, name, content, status):
    answer = put(client, name, content)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert [p.name for p in inbox.iterdir()] == []


def test_a_file_too_large_is_refused_and_leaves_nothing(client, inbox, monkeypatch):
    monkeypatch.setattr(file_routes, "LARGEST_FILE_BYTES", 10)
    monkeypatch.setattr(desks, "LARGEST_FILE_BYTES", 10)
    assert put(client, "a.csv", b"x" * 10).status_code == 201
    assert put(client, "b.csv", b"y" * 11).status_code == 403
    chunks = client.post("/api/v1/files?name=c.csv", content=iter([b"y" * 6, b"y" * 6]))
    assert chunks.status_code == 403
    assert len(list(inbox.glob("*.csv"))) == 1


def test_nothing_can_be_started_without_a_workbook(client):
    answer = client.post("/api/v1/jobs", json={"kind": "pair"})
    assert (answer.status_code, answer.json()["type"]) == (409, "Conflict")


@pytest.mark.parametrize("body", [{"kind": "format"}, {"kind": "pair", "extra": 1}, []])
def test_a_job_that_is_not_understood_is_refused(client, body):
    assert client.post("/api/v1/jobs", json=body).status_code == 422


def test_what_is_not_made_yet_is_not_found(client):
    for address in ("/downloads/ledger", "/map", "/api/v1/proposal", "/api/v1/jobs/x", "/none"):
        assert client.get(address).status_code == 404
    assert client.get("/api/v1/jobs/x/events").status_code == 404


def test_clearing_the_desk_clears_it(client, inbox):
    put(client, "a.csv")
    assert client.delete("/api/v1/files").status_code == 204
    assert client.get("/api/v1/files").json() == []
    assert not list(inbox.glob("*.csv"))


def test_a_server_started_again_shows_the_same_desk(installation, client, data):
    put(client, "太安镇.csv")
    with installation.client(data) as again:
        assert "太安镇.csv" in again.get("/desk").text


def test_a_fault_of_ours_is_a_number_and_no_trace(client):
    @client.app.get("/fault")
    def fault():
        raise KeyError("张三")

    answer = client.get("/fault")
    assert answer.status_code == 500
    assert "编号" in answer.json()["detail"]
    page = client.get("/fault", headers={"accept": "text/html"})
    assert page.status_code == 500
    assert page.headers["content-type"].startswith("text/html")
    assert "编号" in page.text
    assert "张三" not in answer.text + page.text


def test_the_api_describes_itself(client):
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/api/v1/files", "/api/v1/jobs", "/api/v1/jobs/{job_id}/events"} <= set(paths)


def test_the_description_says_how_to_sign_in_and_what_anybody_may_ask(client):
    told = client.get("/openapi.json").json()
    assert {tuple(way) for way in told["security"]} == {("bearer",), ("session",)}
    assert set(told["components"]["securitySchemes"]) == {"bearer", "session"}
    unsigned = {
        f"{method.upper()} {path}"
        for path, ways in told["paths"].items()
        for method, way in ways.items()
        if way.get("security") == []
    }
    described = {f"{m.upper()} {path}" for path, ways in told["paths"].items() for m in ways}
    open_ones = {str(route) for route in our_routes() if open_to_all in calls(route.dependant)}
    assert unsigned == open_ones & described


def test_the_description_tells_errors_as_they_are_answered(client):
    """In the framework's words a client made from it would read ``detail`` wrongly."""
    told = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in told["components"]["schemas"]
    wanted = set(told["components"]["schemas"]["Problem"]["required"])
    wrong = client.get("/api/v1/maps/left?month=x")
    assert (wrong.status_code, set(wrong.json())) == (422, wanted)
    one = told["paths"]["/api/v1/units/{unit}/children/{person}"]["patch"]["responses"]
    assert {"401", "403", "404", "409", "422", "503"} <= set(one)
    assert list(one["404"]["content"]) == ["application/problem+json"]
    assert one["409"]["content"] == one["404"]["content"]


def test_the_description_says_where_a_file_is_the_body(client):
    paths = client.get("/openapi.json").json()["paths"]
    for path in ("files", "units/{unit}/imports", "declarations", "rounds/files"):
        body = paths[f"/api/v1/{path}"]["post"]["requestBody"]
        assert list(body["content"]) == ["application/octet-stream"], path
