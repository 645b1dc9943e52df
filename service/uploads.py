"""Uploads: what comes with a request is bounded, and never lies on the disk in plain (上传).

Files of a form are gathered in memory until they are sealed or read: the form reader would
otherwise lay what is over a megabyte down in the system's folder for temporary files. The limit of
the framework answers in English and in plain text, and so is not the one used. Whoever is not
signed in sends no more than a form: the framework takes a body in before it asks who sends it.
"""

from collections.abc import Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.errors import Refused
from service.access import is_signed_in
from service.desk import LARGEST_FILE_BYTES, SUFFIXES, clean_name

Upload = tuple[str, bytes]
"""What somebody called a file, and what is in it."""
LARGEST_BYTES = 65 * 1024 * 1024
"""A little more than the largest file (``service.desk``), for the form around it."""
STRANGERS_BYTES = 64 * 1024
TOO_LARGE_STATUS = 413
TOO_LARGE = "一次最多上传 64 MB，请分几次 / at most 64 MB at once: send it in parts"


class BoundedUploads:
    """Refuse with 413 what is larger than the largest upload, whether or not it says so first."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        MultiPartParser.spool_max_size = LARGEST_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, and count what is read of it."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "")
        count, is_known = 0, False

        async def counted() -> Message:
            nonlocal count, is_known
            message = await receive()
            count += len(message.get("body", b""))
            most = max(count, int(said[:18]) if said.isdecimal() else 0)
            if most > STRANGERS_BYTES and not is_known:
                is_known = await run_in_threadpool(is_signed_in, Request(scope))
                if not is_known:
                    return {"type": "http.request", "body": b"", "more_body": False}
            if most > LARGEST_BYTES:
                raise HTTPException(TOO_LARGE_STATUS, TOO_LARGE)
            return message

        await self.app(scope, counted, send)


def ledgers_of(sent: Sequence[Upload]) -> tuple[list[Upload], list[tuple[str, str]]]:
    """Tell what may be a ledger from what cannot: the name of each of these, and why not.

    Raises
    ------
    Refused
        When none can.
    """
    good: list[Upload] = []
    refused: list[tuple[str, str]] = []
    for name, content in sent:
        try:
            good.append((ledger_name(name, content), content))
        except Refused as why:
            refused.append((name, str(why)))
            if len(refused) == len(sent):
                raise
    return good, refused


def lay_down(name: str, content: bytes, folder: Path) -> Path:
    """Lay a ledger down in a folder of its own, under the name it came with, to be read.

    Raises
    ------
    Refused
        When it is no workbook, or too large.
    """
    name = ledger_name(name, content)
    folder.mkdir(mode=0o700)
    path = folder / name
    path.write_bytes(content)
    return path


def ledger_name(name: str, content: bytes) -> str:
    """Give the name under which an upload is kept; raises as ``lay_down``."""
    name = clean_name(name)
    if Path(name).suffix.lower() not in SUFFIXES["ledger"]:
        kinds = " ".join(SUFFIXES["ledger"])
        raise Refused(f"只收这些文件：{kinds} / only these are taken: {kinds}")
    if len(content) > LARGEST_FILE_BYTES:
        raise Refused("文件太大 / the file is too large")
    return name
