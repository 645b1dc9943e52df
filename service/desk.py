"""The desk: one officer's data folder, and all that the page ever stores.

::

    DATA/说明.txt            what this folder is, for whoever finds it
    DATA/.key                the name of the desk's key in the key house
    DATA/inbox/index.json    the files received: the name people gave, when, how large
    DATA/inbox/<id>.xlsx     the files themselves, under safe names
    DATA/check/              what the last check found: report, merged ledger, returned workbooks
    DATA/proposal/           the last proposal: workbook, map, JSON, rows for the page
    DATA/declaration/        the unit's form as typed, and its hand-in (``service.unit_form``)
    DATA/collection/         hand-ins the city office received (``service.collection_desk``)
    DATA/before/             the proposal before that, for one step back
    DATA/imports/            workbooks on their way on record (``service.import_readings``)
    DATA/answers/            workbooks of the questions asked last
    DATA/wishes.json         what the officer has said of single pairs on the page
    DATA/options.json        the day, unit and map options the officer chose last
    DATA/job.json            the last piece of work, so that a restart tells how it ended

Nothing is kept elsewhere; deleting the folder deletes everything. A result is written beside
its place and moved there whole, and carries the mark of the inbox it was made from.

Every file that people or work put here is sealed (``ledger.record.sealed_files``). Whoever needs
one as a file gets it in the work room, for as long as the work takes.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.errors import NotFound, Refused
from casework.office_time import OFFICE_ZONE
from ledger.record.key_ring import KeyRing
from ledger.record.sealed_files import KEY_NAME, PLAIN, SealedFolder
from service.desk_lock import DeskLock
from service.kept import forget_desk, read_document, state_of
from service.outputs import write_whole
from service.workroom import HALF_DONE_SECONDS, Workroom

LAYOUT = "2"
"""Changes with what results hold: those that another version left are not shown."""
LARGEST_FILE_BYTES = 64 * 1024 * 1024
MOST_FILES = 600
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt")
SUFFIXES = {"ledger": WORKBOOKS, "pairs": WORKBOOKS, "wishes": WORKBOOKS, "rules": (".toml",)}

CHECK = "check"
PROPOSAL = "proposal"
BEFORE = "before"
ANSWERS = "answers"
IMPORTS = "imports"
WISHES = "wishes.json"
DECLARATION = "declaration"
LEDGER = "合并台账.xlsx"
"""Name of the merged ledger, as findings and remedies cite it."""

COLLECTION = "collection"
"""Where the city's desk keeps the hand-ins it receives."""

NOTE = """这是“暖童”页面的数据文件夹，里面的名单都已加密，只能在页面上打开，请勿外传。
inbox 是收到的名单，check 是核查结果，proposal 是结对建议。删除整个文件夹即清除全部数据。

The data folder of the Nuantong page. Its lists are encrypted and open on the page only.
Deleting the folder deletes everything.
"""


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file on the desk.

    Attributes
    ----------
    id, suffix
        The safe name it is stored under.
    name
        The name people gave it, cleaned, unique on the desk.
    role
        ``ledger`` for what townships send, ``pairs`` for current pairs, ``rules`` for rules.
    """

    id: str
    suffix: str
    name: str
    role: str
    byte_count: int
    sha256: str
    received_at: str


class Desk:
    """The data folder; one server owns it, its jobs only write results."""

    def __init__(self, root: Path, keys: KeyRing) -> None:
        self.root, self.keys = root, keys
        self.inbox = root / "inbox"
        self.work = Workroom(root)
        self.alone = DeskLock(root / ".lock").held  # for the block, whichever process another is
        self.safe = SealedFolder(root, keys, self.alone)
        for folder in (root, self.inbox):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (root / "说明.txt").exists():
            write_whole(root / "说明.txt", NOTE.encode("utf-8-sig"))
        if not (root / KEY_NAME).exists():
            self._seal_what_is_plain()

    @property
    def files(self) -> tuple[InboxFile, ...]:
        """List the files in the order they came."""
        index = self.inbox / "index.json"
        if not index.exists():
            return ()
        return tuple(InboxFile(**entry) for entry in read_document(index, self.safe.read))

    def of_role(self, role: str) -> tuple[InboxFile, ...]:
        """List the files of one role."""
        return tuple(file for file in self.files if file.role == role)

    def file(self, file_id: str) -> InboxFile:
        """Find a file by its id."""
        for file in self.files:
            if file.id == file_id:
                return file
        raise NotFound("这个文件已不在列表中 / this file is not on the desk")

    def path(self, file: InboxFile) -> Path:
        """Say where a file lies, sealed."""
        return self.inbox / f"{file.id}{file.suffix}"

    def mark(self) -> str:
        """Give a mark that changes whenever the files do."""
        text = "\n".join(sorted(f"{f.role} {f.name} {f.sha256}" for f in self.files))
        return hashlib.sha256(text.encode()).hexdigest()

    def has_changed_since(self, made: Mapping[str, Any] | None) -> bool:
        """Whether the files changed since something was made of them; nothing made is not old."""
        return made is not None and made["mark"] != self.mark()

    @property
    def options(self) -> dict[str, Any]:
        """What the officer last asked work to be done by; empty at first."""
        path = self.root / "options.json"
        return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}

    def remember(self, options: dict[str, Any]) -> None:
        """Remember what work is to be done by."""
        text = json.dumps(options, ensure_ascii=False)
        write_whole(self.root / "options.json", text.encode())

    def draft(self, name: str, role: str) -> tuple[str, Path]:
        """Give an id and a path for a file that is about to arrive, in the work room.

        Raises
        ------
        Refused
            When the name is not of a kind we read, or the desk is full.
        """
        suffix = Path(clean_name(name)).suffix.lower()
        if suffix not in SUFFIXES[role]:
            raise Refused(f"只收这些文件 / only these are taken: {' '.join(SUFFIXES[role])}")
        if len(self.files) >= MOST_FILES:
            raise Refused(f"最多 {MOST_FILES} 个文件 / at most {MOST_FILES} files")
        file_id = secrets.token_hex(8)
        return file_id, self.work.place("in", f"-{file_id}{suffix}")

    def accept(self, file_id: str, name: str, role: str) -> InboxFile:
        """Put a file that has arrived on the desk; the same bytes under one name are one file."""
        arrived = self.work.find(f"-{file_id}{Path(clean_name(name)).suffix.lower()}")
        try:
            content = arrived.read_bytes()
        finally:
            arrived.unlink()
        digest = hashlib.sha256(content).hexdigest()
        with self.alone():
            files = self.files
            for known in files:
                if (known.sha256, known.role) == (digest, role) and (
                    known.name == clean_name(name)
                ):
                    return known
            if role != "ledger":
                files = self._without(files, role)
            file = InboxFile(
                file_id,
                arrived.suffix,
                _unique(clean_name(name), {f.name.casefold() for f in files}),
                role,
                len(content),
                digest,
                now(),
            )
            self.safe.write(self.path(file), content)
            self._write_index((*files, file))
            return file

    def remove(self, file_id: str) -> None:
        """Take a file off the desk for good."""
        with self.alone():
            gone = self.file(file_id)
            self._write_index(tuple(f for f in self.files if f.id != file_id))
            self.path(gone).unlink(missing_ok=True)

    def clear(self) -> None:
        """Take everything off the desk, files and results, and destroy its key."""
        with self.alone():
            for path in self.inbox.iterdir():
                path.unlink()
            for result in (CHECK, PROPOSAL, BEFORE, ANSWERS, DECLARATION, IMPORTS):
                shutil.rmtree(self.root / result, ignore_errors=True)
            for choices in ("options.json", WISHES):
                (self.root / choices).unlink(missing_ok=True)
            self.sweep_drafts()
            if not (self.root / COLLECTION).exists():
                self.safe.forget()
            forget_desk(self.root)

    @contextmanager
    def staged(self, role: str) -> Iterator[Path]:
        """Give a folder in which the files of a role bear the names people gave them."""
        with self.work.folder("stage") as folder:
            for file in self.of_role(role):
                (folder / file.name).write_bytes(self.safe.read(self.path(file)))
            yield folder

    @contextmanager
    def opened(self, result: str, name: str) -> Iterator[Path]:
        """Give a file of a result to read, under its name, for the block."""
        content = self.content(result, name)
        with self.work.folder("open") as folder:
            (folder / name).write_bytes(content)
            yield folder / name

    @contextmanager
    def result(self, name: str) -> Iterator[Path]:
        """Give a folder to write a result in; it replaces the old one when the block ends well."""
        sealed = self._aside(f"new-{name}")
        try:
            with self.work.folder(f"new-{name}") as draft:
                yield draft
                for path in filter(Path.is_file, draft.rglob("*")):
                    self.safe.write(sealed / path.relative_to(draft), path.read_bytes())
            sealed.mkdir(exist_ok=True, mode=0o700)
            (sealed / "layout").write_text(LAYOUT)
            self.replace(sealed, self.root / name)
        finally:
            shutil.rmtree(sealed, ignore_errors=True)

    def replace(self, new: Path, place: Path) -> None:
        """Put a folder in the place of another, which is gone then."""
        old = self._aside("old")
        if place.exists():
            os.replace(place, old)
        os.replace(new, place)
        shutil.rmtree(old, ignore_errors=True)

    def _aside(self, what: str) -> Path:
        """Name a folder beside the results, sealed, of one's own; whose it is is in the name."""
        return self.root / f".{what}-{os.getpid()}-{secrets.token_hex(4)}"

    def sweep_drafts(self, process: int | None = None) -> None:
        """Remove what interrupted work left behind, of one process or of all."""
        self.work.sweep(process)
        for path in self.root.glob(f".*-{process}-*" if process else ".*-*"):
            shutil.rmtree(path, ignore_errors=True)

    def sweep(self) -> None:
        """Remove all that is half done and has lain for an hour: nobody is at it any more."""
        self.work.sweep_old()
        known = {self.path(file).name for file in self.files} | {"index.json"}
        left = [path for path in self.inbox.iterdir() if path.name not in known]
        for path in (*left, *self.root.glob(".*-*")):
            if time.time() - path.stat().st_mtime > HALF_DONE_SECONDS:
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()

    def read(self, result: str, name: str) -> Any:
        """Read a JSON file of a result; None when there is none of this version of the program."""
        path = self.root / result / name
        mark = self.root / result / "layout"
        if not path.exists() or not mark.exists() or mark.read_text() != LAYOUT:
            return None
        return read_document(path, self.safe.read)

    def state(self) -> tuple[object, ...]:
        """Give what changes whenever anything on the desk does."""
        names = [f"{result}/layout" for result in (CHECK, PROPOSAL, BEFORE, ANSWERS)]
        names += ["inbox/index.json", "options.json", WISHES, f"{DECLARATION}/form.json"]
        return (str(self.root), *(state_of(self.root / name) for name in names))

    def content(self, result: str, name: str) -> bytes:
        """Give a file of a result to hand out.

        Raises
        ------
        NotFound
            When it was not made yet.
        """
        path = self.root / result / name
        if not path.is_file():
            raise NotFound("还没有这个文件，请先核查或生成 / not made yet")
        return self.safe.read(path)

    def _seal_what_is_plain(self) -> None:
        """Seal what a version that did not seal left here."""
        with self.alone():
            for path in self.root.rglob("*"):
                if path.is_file() and path.name not in PLAIN:
                    self.safe.seal_in_place(path)

    def _without(self, files: tuple[InboxFile, ...], role: str) -> tuple[InboxFile, ...]:
        for file in files:
            if file.role == role:
                self.path(file).unlink(missing_ok=True)
        return tuple(file for file in files if file.role != role)

    def _write_index(self, files: tuple[InboxFile, ...]) -> None:
        entries = [asdict(file) for file in files]
        text = json.dumps(entries, ensure_ascii=False, indent=1)
        self.safe.write(self.inbox / "index.json", text.encode())


def now() -> str:
    """Give the time of day for a person to read."""
    return datetime.now(OFFICE_ZONE).isoformat(timespec="seconds")


def clean_name(name: str) -> str:
    """Give a file name without folders, control characters or what Windows refuses."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, suffix = os.path.splitext(kept)
    stem = stem[:80].encode()[:240].decode(errors="ignore")  # what a file system takes is in bytes
    return f"{stem or '名单'}{suffix[:8]}"


def _unique(name: str, taken: set[str]) -> str:
    """Give the name, numbered where another file on the desk bears it."""
    stem, suffix = os.path.splitext(name)
    n = 1
    while name.casefold() in taken:
        n += 1
        name = f"{stem}（{n}）{suffix}"
    return name
