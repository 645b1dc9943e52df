"""Assets: kept for a year under the mark of their content, asked for again under any other."""

import re

import pytest

from service import assets
from service.assets import contents, mark, marked


@pytest.fixture
def client(installation, tmp_path):
    with installation.client(tmp_path / "data") as opened:
        yield opened


def test_a_page_names_each_asset_below_the_mark_and_a_browser_may_keep_it(client):
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/desk").text)
    assert len(named) > 4
    for address in named:
        assert address.startswith(f"/static/{mark()}/")
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.content == contents()[address.removeprefix(f"/static/{mark()}/")]
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].split(";")[0] in (
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/svg+xml",
        )


def test_a_script_finds_the_scripts_it_imports_below_the_same_mark(client):
    imported = re.findall(r'import [^"]*"\./([^"]+)"', contents()["desk.js"].decode())
    assert imported
    assert all(client.get(f"/static/{mark()}/{name}").status_code == 200 for name in imported)


def test_under_another_mark_or_none_it_is_asked_for_again_each_time(client):
    for address in ("/static/desk.css", "/static/0123456789abcdef/desk.css"):
        answer = client.get(address)
        assert answer.content == contents()["desk.css"]
        assert answer.headers["cache-control"] == "no-cache"
        again = client.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        old = client.get(address, headers={"If-None-Match": '"another"'})
        assert old.status_code == 200


def test_the_mark_changes_with_one_byte_of_one_asset(monkeypatch):
    before = mark()
    changed = contents() | {"desk.js": contents()["desk.js"] + b" "}
    monkeypatch.setattr(assets, "contents", lambda: changed)
    mark.cache_clear()
    try:
        assert mark() != before
        assert (
            marked('<script src="/static/desk.js">') == f'<script src="/static/{mark()}/desk.js">'
        )
    finally:
        mark.cache_clear()


def test_nothing_but_the_assets_is_served(client):
    for address in (
        "nothing.css",
        "%2e%2e/app.py",
        "../app.py",
        f"{mark()}/",
        "bootstrap/js/x.js",
    ):
        assert client.get(f"/static/{address}").status_code == 404
    assert client.post("/static/desk.css").status_code == 405
