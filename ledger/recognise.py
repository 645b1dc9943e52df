"""What a file is, by its bytes: its extension often lies (xlsx named .xls, html named .xls)."""

from enum import StrEnum
from pathlib import Path

from ledger.limits import Refusal


class FileFormat(StrEnum):
    """The formats we read."""

    XLSX = "xlsx"
    XLS = "xls"
    TEXT = "csv"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BARE_XLS = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")
_OTHERS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "word"),
    (b"MZ", "binary"),
    (b"\x7fELF", "binary"),
)
_HEAD_BYTES = 4096


def recognise(path: Path) -> FileFormat:
    """Tell the format of a file from its first bytes.

    Raises
    ------
    Refusal
        Empty, or a format we do not read; the code says which.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\x00 \r\n\t"):
        raise Refusal("empty")
    if head.startswith(b"PK"):
        return FileFormat.XLSX
    if head.startswith(_OLE):
        return _recognise_ole(path)
    if head.startswith(_BARE_XLS) and b"\x00" in head[:16]:
        return FileFormat.XLS
    _refuse_others(head)
    return FileFormat.TEXT


def _recognise_ole(path: Path) -> FileFormat:
    """Look for the names of streams, which stand in the file as UTF-16."""
    content = path.read_bytes()

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        raise Refusal("password")
    if has("Workbook") or has("Book"):
        return FileFormat.XLS
    raise Refusal("word" if has("WordDocument") else "binary")


def _refuse_others(head: bytes) -> None:
    for mark, code in _OTHERS:
        # Two letters such as BM also begin an honest csv.
        if head.startswith(mark) and (len(mark) > 2 or b"\x00" in head):
            raise Refusal(code)
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if text.startswith(b"<"):
        raise Refusal("xml2003" if b"<?mso-application" in text else "html")
