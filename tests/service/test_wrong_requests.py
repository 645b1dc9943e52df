"""Requests that are wrong: in words of both languages, as a page to people, nothing before 401."""

import errno
import re

import pytest

from tests.installation import UNIT

CHILDREN = f"/api/v1/units/{UNIT}/children"
PAGE = {"accept": "text/html"}
HALF = {"content": b"{half", "headers": {"content-type": "application/json"}}


@pytest.fixture
def nobody(installation, tmp_path):
    with installation.client(tmp_path / "data", who="") as client:
        yield client


@pytest.fixture
def unit(installation, nobody):
    return installation.beside(nobody, "unit")


def test_an_address_that_is_none_is_answered_as_a_record_that_is_none(unit, nobody):
    missing = unit.get(f"{CHILDREN}/nobody")
    for client in (unit, nobody):
        told = client.get("/api/v1/nothing")
        assert (told.status_code, told.content) == (404, missing.content)
    page = unit.get("/nothing", headers=PAGE)
    assert page.status_code == 404
    assert "没有这条记录" in page.text
    assert page.headers["content-type"].startswith("text/html")


def test_what_is_wrong_in_a_request_is_told_in_both_languages(unit):
    address = f"{CHILDREN}/x"
    extra = unit.patch(address, json={"version": 1, "reason": "x", "unit": "y"}).json()["detail"]
    assert extra == "body.unit：没有这一项，不能改 / Extra inputs are not permitted"
    missing = unit.patch(address, json={"version": 0}).json()["detail"]
    assert "body.version：太小" in missing
    assert "body.reason：缺少这一项" in missing
    assert "正文不是 JSON" in unit.patch(address, **HALF).json()["detail"]
    assert "不在可选的值中" in unit.get(f"{CHILDREN}?status=none").json()["detail"]
    page = unit.get("/notices/nobody.pdf", headers=PAGE)
    assert page.status_code == 422
    assert "不在可选的值中" in page.text


def test_another_method_is_told_in_both_languages_with_those_that_are(unit):
    told = unit.put(f"{CHILDREN}/x")
    assert told.status_code == 405
    assert re.search("不接受.* / Method Not Allowed", told.json()["detail"])
    assert told.headers["allow"]


def test_a_body_that_cannot_be_read_tells_nothing_to_who_may_not_ask(installation, nobody, unit):
    address = f"{CHILDREN}/x"
    assert nobody.patch(address, **HALF).status_code == 401
    assert installation.beside(nobody, "township").patch(address, **HALF).status_code == 403
    assert installation.beside(nobody, "unit2").patch(address, **HALF).status_code == 404
    assert unit.patch(address, **HALF).status_code == 422
    assert nobody.post("/api/v1/sessions", **HALF).status_code == 422


def test_a_disk_that_is_full_is_told_to_a_person_as_a_page(unit, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left", "/home/张三")

    monkeypatch.setattr("service.routes.imports.list_imports", full)
    told = unit.get("/imports", headers=PAGE)
    assert (told.status_code, told.headers["content-type"][:9]) == (503, "text/html")
    assert "磁盘已满" in told.text
    assert "张三" not in told.text
