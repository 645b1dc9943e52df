"""The form of an approval: all or some lines, with the leader's signed paper or without (审批)."""

import hashlib
import re
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile

from casework.access import SignedPaper
from casework.errors import Refused
from casework.people import ChildId
from ledger.record.paper_scans import LARGEST_SCAN_BYTES, kind_of_scan
from service.routes.forms import MOST_FIELDS, day, number

_KEY = re.compile(r"[0-9a-f]{16,64}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Approval:
    """What the form asks for; ``part`` is None for all that is left, ``scan`` the paper's."""

    key: str
    seen: int
    part: frozenset[ChildId] | None
    paper: SignedPaper | None
    scan: bytes


async def read_approval(request: Request) -> Approval:
    """Read the form with the scan of the paper.

    Raises
    ------
    Refused
        When the paper is only half described, or its scan is no scan.
    """
    async with request.form(max_files=1, max_fields=MOST_FIELDS) as form:
        key = str(form.get("key", ""))
        if not _KEY.fullmatch(key):
            raise Refused("表单不完整，请刷新页面再试 / the form is incomplete: reload the page")
        part = None
        if form.get("what") == "part":
            part = frozenset(ChildId(str(child)[:64]) for child in form.getlist("part"))
        words = [str(form.get(name, ""))[:LONGEST].strip() for name in _PAPER]
        given = form.get("scan")
        scan = b""
        if isinstance(given, UploadFile) and given.filename:
            scan = await given.read(LARGEST_SCAN_BYTES + 1)
            kind_of_scan(scan)
        seen = number(str(form.get("version", "")))
    digest = hashlib.sha256(scan).hexdigest() if scan else ""
    return Approval(key, seen, part, _paper(words, digest), scan)


_PAPER = ("signed_by", "signed_on", "number")


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
