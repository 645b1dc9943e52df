"""The form of an approval: all or some lines, with the leader's signed paper or without (审批)."""

import hashlib
import re
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

from casework.access import SignedPaper
from casework.errors import Refused
from casework.people import ChildId
from service.desk import LARGEST_FILE_BYTES
from service.routes.forms import MOST_FIELDS, day, number

_KEY = re.compile(r"[0-9a-f]{16,64}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Approval:
    """What the form asks for; ``part`` is None for all that is left."""

    key: str
    seen: int
    part: frozenset[ChildId] | None
    paper: SignedPaper | None


async def read_approval(request: Request) -> Approval:
    """Read the form; the scan itself is not kept, its digest stands with the approval.

    Raises
    ------
    Refused
        When the paper is only half described.
    """
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        key = str(form.get("key", ""))
        if not _KEY.fullmatch(key):
            raise Refused("表单不完整，请刷新页面再试 / the form is incomplete: reload the page")
        part = None
        if form.get("what") == "part":
            part = frozenset(ChildId(str(child)[:64]) for child in form.getlist("part"))
        words = [str(form.get(name, ""))[:LONGEST].strip() for name in _PAPER]
        scan = form.get("scan")
        digest = await _digest(scan) if isinstance(scan, UploadFile) and scan.filename else ""
        seen = number(str(form.get("version", "")))
    return Approval(key, seen, part, _paper(words, digest))


_PAPER = ("signed_by", "signed_on", "number")


async def _digest(scan: UploadFile) -> str:
    whole = hashlib.sha256()
    count = 0
    while chunk := await scan.read(1 << 20):
        count += len(chunk)
        if count > LARGEST_FILE_BYTES:
            raise Refused("扫描件太大 / the scan is too large")
        whole.update(chunk)
    return whole.hexdigest()


def _paper(words: list[str], digest: str) -> SignedPaper | None:
    if not any((*words, digest)):
        return None
    if not all((*words, digest)):
        raise Refused(
            "签批件要写全：签字人、日期、编号、扫描件"
            " / a paper needs who signed, when, its number and the scan"
        )
    by, on, paper = words
    return SignedPaper(by, day(on, "签字日期"), paper, digest)
