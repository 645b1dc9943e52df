"""Uploads are bounded, and nothing of them lies on the disk in plain."""

import tempfile

import pytest
from starlette import formparsers

from service import uploads
from service.routes import imports
from service.workflows import import_work
from service.workroom import work_folder

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
