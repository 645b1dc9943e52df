"""Uploads are bounded, and nothing of them lies on the disk in plain."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette import formparsers

from service import uploads
from service.access import COOKIE
from service.desk import clean_name
from service.routes import imports
from service.workflows import import_work
from service.workroom import work_folder
from tests.installation import UNIT

MUCH = b"x" * (3 * 1024 * 1024)


@pytest.fixture(autouse=True)
def nothing_is_read_later(monkeypatch):
    """Read in the request what a worker would read."""
    monkeypatch.setattr(import_work, "AT_ONCE_BYTES", 1 << 30)


@pytest.fixture
def looked(monkeypatch):
    """Look, while an upload is laid down, at where it lies."""
    seen = {}

    def lay(name, content, folder):
        path = laid(name, content, folder)
        seen["path"] = path
        return path

    class FormFile(tempfile.SpooledTemporaryFile):
        def __init__(self, **given):
            super().__init__(**given)
            seen["files"] = self

    laid = imports.lay_down
    monkeypatch.setattr(imports, "lay_down", lay)
    monkeypatch.setattr(formparsers, "SpooledTemporaryFile", FormFile)
    return seen


def test_a_file_of_a_form_is_read_in_memory_and_in_the_work_room(unit, looked):
    answer = unit.post("/roster", files={"files": ("台账.xlsx", MUCH)})
    assert answer.status_code == 422
    assert not looked["files"]._rolled
    assert looked["path"].is_relative_to(work_folder())
    assert not looked["path"].exists()


@pytest.mark.parametrize("is_said", [True, False])
def test_what_is_too_large_is_refused_whether_or_not_it_says_so(unit, monkeypatch, is_said):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 100_000)
    boundary, name = "b", 'name="files"; filename="a.xlsx"'
    body = f"--b\r\nContent-Disposition: form-data; {name}\r\n\r\n".encode() + MUCH + b"\r\n--b--"
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    content = body if is_said else (body[n : n + 60_000] for n in range(0, len(body), 60_000))
    answer = unit.post("/imports", content=content, headers=headers)
    assert answer.status_code == 413
    assert "64 MB" in answer.text


def test_what_is_not_too_large_passes(unit, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", len(MUCH) + 1_000)
    assert unit.post("/roster", files={"files": ("a.xlsx", MUCH)}).status_code == 422


def taken_in(app, token, said=""):
    """Send much in pieces; give how many bytes the application is handed."""
    pieces = [MUCH[n : n + 60_000] for n in range(0, len(MUCH), 60_000)]
    count = 0

    async def receive():
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def inner(_, receive, __):
        nonlocal count
        more = True
        while more:
            message = await receive()
            count, more = count + len(message["body"]), message["more_body"]

    headers = [(b"cookie", f"{COOKIE}={token}".encode()), (b"content-length", said.encode())]
    scope = {"type": "http", "method": "POST", "headers": headers, "app": app}
    asked = uploads.BoundedUploads(inner)
    with ThreadPoolExecutor(1) as aside:  # a browser's loop may run in this thread
        aside.submit(lambda: asyncio.run(asked(scope, receive, None))).result()
    return count


@pytest.mark.parametrize("said", ["", str(len(MUCH))])
def test_of_whoever_is_not_signed_in_no_more_than_a_form_is_taken_in(unit, said):
    for token in ("", "nobodys"):
        assert taken_in(unit.app, token, said) <= uploads.STRANGERS_BYTES
    assert taken_in(unit.app, unit.cookies[COOKIE], said) == len(MUCH)


def test_a_stranger_with_a_large_body_is_told_what_a_small_one_would_be(unit, stocked):
    stranger = stocked.beside(unit, "")
    json = {"content": MUCH, "headers": {"Content-Type": "application/json"}}
    assert stranger.patch(f"/api/v1/units/{UNIT}/children/x", **json).status_code == 401
    assert stranger.post("/rows", files={"files": ("a.xlsx", MUCH)}).status_code == 401
    form = stranger.post("/signin", data={"name": "unit", "password": "x" * 100_000})
    assert form.status_code == 403


def test_a_name_is_cut_to_what_a_file_system_takes():
    assert len(clean_name("名😀" * 99 + ".xlsx").encode()) <= 255
