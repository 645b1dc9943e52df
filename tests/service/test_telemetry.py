"""Measures, log and request numbers: told of requests, and of nobody."""

import json
import re

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from service.errors import record_incident
from service.logs import request_number
from service.telemetry import may_scrape
from tests.installation import HERE


@pytest.fixture
def client(installation, tmp_path):
    with installation.client(tmp_path / "data") as client:
        yield client


def here(client, **headers):
    return TestClient(client.app, base_url=HERE, client=("127.0.0.1", 5), headers=headers)


def test_requests_are_counted_by_route_and_outcome_and_jobs_by_state(client):
    client.get("/supervision")
    client.get("/api/v1/maps/left")
    client.get("/accounts/张三的账号?q=13877665544")
    told = here(client).get("/metrics").text
    assert 'nuantong_requests_total{method="GET",route="/supervision",status="200"} 1.0' in told
    assert 'route="/api/v1/maps/{layer}",status="200"} 1.0' in told
    assert 'route="/accounts/{account_id}",status="404"} 1.0' in told
    assert 'nuantong_jobs{state="queued"} 0.0' in told
    assert not re.search("张三|13877665544|unit", told)


def test_measures_are_for_this_machine_or_whoever_has_the_token(client, monkeypatch):
    assert client.get("/metrics").status_code == 403, "the test client is no loopback address"
    assert here(client, **{"x-forwarded-for": "10.0.0.9"}).get("/metrics").status_code == 403
    monkeypatch.setenv("NUANTONG_METRICS_TOKEN", "a-long-token")
    right, wrong = ({"authorization": f"Bearer {token}"} for token in ("a-long-token", "a"))
    assert client.get("/metrics", headers=right).status_code == 200
    assert client.get("/metrics", headers=wrong).status_code == 403


def test_behind_a_proxy_the_public_name_is_not_this_machine():
    assert may_scrape(Headers({"host": "127.0.0.1:8021"}), "127.0.0.1", "")
    assert not may_scrape(Headers({"host": "pairing.example.cn"}), "127.0.0.1", "")
    assert not may_scrape(Headers({"host": "127.0.0.1"}), "10.0.0.9", "")


def test_behind_a_proxy_on_this_machine_only_the_token_opens_the_measures(
    installation, tmp_path, monkeypatch
):
    """A proxy hands on whatever name a stranger writes, from this machine's own address."""
    with installation.client(tmp_path / "data", public="nuantong.example.cn") as client:
        stranger = here(client)
        assert stranger.get("/metrics", headers={"host": "localhost"}).status_code == 403
        monkeypatch.setenv("NUANTONG_METRICS_TOKEN", "a-long-token")
        right = {"authorization": "Bearer a-long-token"}
        assert stranger.get("/metrics", headers=right).status_code == 200


def test_every_answer_has_a_number_of_its_own_also_what_is_refused(client):
    numbers = [client.get("/supervision").headers["x-request-id"] for _ in range(2)]
    refused = client.get("/supervision", headers={"host": "evil.example", "x-request-id": "mine"})
    numbers.append(refused.headers["x-request-id"])
    assert (refused.status_code, len(set(numbers))) == (403, 3)
    assert all(re.fullmatch(r"[0-9a-f]{16}", number) for number in numbers)


def test_the_log_is_json_and_says_nothing_that_somebody_typed(
    installation, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("NUANTONG_LOG", "json")
    with installation.client(tmp_path / "data") as client:
        answer = client.get("/supervision?month=2021-09&q=张三13877665544")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    line = next(one for one in lines if one["route"] == "/supervision")
    assert set(line) == {
        *("event", "id", "level", "method", "ms", "role", "route", "status", "timestamp")
    }
    assert (line["id"], line["role"]) == (answer.headers["x-request-id"], "unit")
    assert "张三" not in json.dumps(lines, ensure_ascii=False)


def test_an_incident_names_the_request_it_happened_in(tmp_path):
    held = request_number.set("0123456789abcdef")
    number = record_incident(ValueError("张三"))
    request_number.reset(held)
    line = (tmp_path / "config" / "incidents.log").read_text("utf-8")
    assert number in line
    assert "0123456789abcdef" in line
    assert "张三" not in line
