"""Incoming files: hand-ins and plain forms as the city office receives them (收件).

A file is refused whole or taken whole. A workbook with a ledger of people beside the form is
refused: names do not come to the city office this way (decision 10).
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from casework.errors import Unreadable
from casework.findings import Finding
from ledger.declarations import DeclarationReader, FormFile, HandedIn, read_form_files
from ledger.hand_in_file import HandIn, read_hand_in
from ledger.tables import TableKind

ZIPS = (".zip", ".nthandin")
FORMS = (".xlsx", ".xlsm", ".xls", ".csv")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One file, opened.

    Attributes
    ----------
    forms
        The declarations of known units in it; for a hand-in just one.
    hand_in
        None for a plain form.
    refused
        Why it is not taken, in both languages; then nothing else is here.
    is_read
        Whether it could be read: then it is refused for what is in it.
    """

    path: Path
    sha256: str
    forms: tuple[HandedIn, ...] = ()
    findings: tuple[Finding, ...] = ()
    hand_in: HandIn | None = None
    refused: str = ""
    is_read: bool = True

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of the units in it, each once."""
        return tuple(dict.fromkeys(form.declaration.unit for form in self.forms))


def files_in(folder: Path) -> list[Path]:
    """List what may be hand-ins and forms in a folder, at any depth, in one order."""
    wanted = (*ZIPS, *FORMS)
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in wanted
        and path.is_file()
        and not path.is_symlink()
        and not path.name.startswith((".", "~$"))
    )


def open_files(paths: Iterable[Path], reader: DeclarationReader) -> tuple[Incoming, ...]:
    """Open each file; one that is refused does not stop the others."""
    paths = tuple(paths)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        unpacked = [_unpack(path, folder / str(n)) for n, path in enumerate(paths)]
        readable = [path for path, _, refused in unpacked if not refused]
        kinds = tuple(TableKind)
        read = {file.path: file for file in read_form_files(readable, reader, kinds)}
        return tuple(
            _judge(path, digest_of(path), refused, hand_in, read.get(form))
            for path, (form, hand_in, refused) in zip(paths, unpacked, strict=True)
        )


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(path: Path, folder: Path) -> tuple[Path, HandIn | None, str]:
    """Give the form's file, the hand-in it came in, and why it was refused."""
    if path.suffix.lower() not in ZIPS:
        return path, None, ""
    try:
        hand_in = read_hand_in(path)
    except Unreadable as refused:
        return path, None, str(refused)
    folder.mkdir()
    form = folder / f"{path.name.removesuffix('.zip').removesuffix('.nthandin')}.xlsx"
    form.write_bytes(hand_in.form)
    return form, hand_in, ""


def _judge(
    path: Path, sha256: str, refused: str, hand_in: HandIn | None, file: FormFile | None
) -> Incoming:
    if file is None or file.refused:
        why = refused or str(file.refused if file else "")
        return Incoming(path, sha256, refused=why, is_read=False)
    forms = tuple(form for form in file.forms if form.declaration.unit)
    why = next(_reasons(forms, hand_in, file), "")
    if why:
        return Incoming(path, sha256, refused=f"“{path.name}”不能收：{why}")
    nobodys = [form for form in file.forms if not form.declaration.unit]
    findings = (*file.findings, *(found for form in nobodys for found in form.findings))
    return Incoming(path, sha256, forms, findings, hand_in)


def _reasons(forms: Sequence[HandedIn], hand_in: HandIn | None, file: FormFile) -> Iterator[str]:
    """Say why a file is not taken, if it is not."""
    if file.people:
        yield (
            f"里面有 {file.people} 行人员名单；名单不能这样报送，请用报送包（无姓名）"
            " / it holds a ledger of people: hand in without names"
        )
    elif not forms:
        yield "没有读到本轮任何区县的申报表 / no declaration of a known unit was found"
    elif hand_in and [form.declaration.unit for form in forms] != [hand_in.manifest.unit]:
        yield "申报表与清单的区县不一致 / the form is of another unit than the manifest says"
