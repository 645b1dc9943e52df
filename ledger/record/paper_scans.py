"""Scans of signed papers (签批件扫描件): kept sealed beside the approval that they stand in for.

Each has a key of its own, so that it goes when somebody whom it names is erased; its digest
stays with the approval.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, or_, select

from casework.access import Action, SignedPaper, Target, area
from casework.errors import NotFound, Refused
from ledger.record.book import Book
from ledger.record.deciding import require
from ledger.record.pairing_tables import pairings
from ledger.record.proposals import StoredProposal
from ledger.record.scans_tables import paper_scans
from ledger.record.scope import NOT_THERE

LARGEST_SCAN_BYTES = 8 * 1024 * 1024
_BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that is kept: its digest, its kind (``pdf``, ``jpg``, ``png``), when it came."""

    sha256: str
    kind: str
    byte_count: int
    made_at: datetime


def kind_of_scan(content: bytes) -> str:
    """Say what a scan is, by what it begins with and never by its name.

    Raises
    ------
    Refused
        When it is neither PDF nor JPG nor PNG, or too large.
    """
    if len(content) > LARGEST_SCAN_BYTES:
        most = LARGEST_SCAN_BYTES // 2**20
        raise Refused(f"扫描件超过 {most} MB，请压缩后再传 / the scan is over {most} MB")
    for kind, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise Refused("扫描件只收 PDF、JPG、PNG / a scan is a PDF, a JPG or a PNG")


def keep_scan(book: Book, found: StoredProposal, paper: SignedPaper, content: bytes) -> None:
    """Keep the scan of an approval's paper; the same again is kept once.

    Raises
    ------
    Refused
        When it is no scan, or not the one whose digest the paper gives.
    """
    kind, sha256 = kind_of_scan(content), hashlib.sha256(content).hexdigest()
    if sha256 != paper.scan:
        raise Refused("扫描件和所报的摘要不符 / the scan is not the one its digest names")
    if _row(book, found.id, sha256) is not None:
        return
    scan = book.new_id()
    book.connection.execute(
        paper_scans.insert().values(
            id=scan,
            unit=found.unit,
            proposal_id=found.id,
            sha256=sha256,
            kind=kind,
            byte_count=len(content),
            made_at=book.at,
            made_by=book.actor.id,
            body=book.vault.seal(scan, "scan", base64.b64encode(content).decode()),
        )
    )
    book.note("paper_keep", "proposal", [found.id], scan=sha256, bytes=len(content))


def scans_of(book: Book, found: StoredProposal) -> tuple[Scan, ...]:
    """List the scans that are kept of a proposal's approvals, the oldest first."""
    rows = book.connection.execute(
        select(paper_scans)
        .where(paper_scans.c.proposal_id == found.id, paper_scans.c.body.is_not(None))
        .order_by(paper_scans.c.made_at, paper_scans.c.id)
    )
    return tuple(Scan(row.sha256, row.kind, row.byte_count, row.made_at) for row in rows)


def read_scan(book: Book, found: StoredProposal, sha256: str) -> tuple[bytes, str]:
    """Give a scan and its kind; it names people, so it is the unit's own officers' to see.

    Raises
    ------
    NotFound
        When there is none, or it was erased.
    """
    require(book, Action.PROPOSAL_CREATE, Target("proposal", area(found.unit), found.id))
    row = _row(book, found.id, sha256)
    if row is None or row.body is None:
        raise NotFound(NOT_THERE)
    book.note("paper_read", "proposal", [found.id], scan=sha256)
    return base64.b64decode(book.vault.unseal(row.id, "scan", row.body)), row.kind


def scans_naming(book: Book, person: str) -> list[str]:
    """Give the ids of the scans that may name a person: of approvals that paired her."""
    theirs = or_(pairings.c.child_id == person, pairings.c.caregiver_id == person)
    proposals = select(pairings.c.proposal_id).where(theirs)
    found = select(paper_scans.c.id).where(paper_scans.c.proposal_id.in_(proposals))
    return list(book.connection.scalars(found))


def _row(book: Book, proposal: str, sha256: str) -> Row[tuple[object, ...]] | None:
    this = (paper_scans.c.proposal_id == proposal, paper_scans.c.sha256 == sha256)
    return book.connection.execute(select(paper_scans).where(*this)).first()
