"""Hand-in files: one zip with form, minimised ledger and manifest (报送包 .nthandin.zip).

The same content gives the same bytes. What comes in is taken for hostile until every member is
exactly what we write: no other members, nothing larger than an office's, checksums that agree,
and a ledger in which only numbers, known townships and closed choices stand, so that no name can
come in that way.
"""

import csv
import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casework.errors import Unreadable
from casework.hand_in import OLDEST_YEARS, HandInChild, Manifest
from casework.people import Category, Sex
from casework.wording import label
from geo.areas import Gazetteer

SUFFIX = ".nthandin.zip"
MANIFEST, FORM, CHILDREN = "manifest.json", "申报表.xlsx", "儿童台账（无姓名）.csv"
MEMBERS = (MANIFEST, FORM, CHILDREN)
LARGEST_FILE_BYTES = 8_000_000
LARGEST_MEMBER_BYTES = {MANIFEST: 16_000, FORM: 1_000_000, CHILDREN: 8_000_000}
LARGEST_RATIO = 200
HEADINGS = ("序号", "年龄", "性别", "类别", "镇街代码", "镇街", "是否结对")
PAIRED = {True: "是", False: "否", None: "未知"}
# What zipfile raises on a damaged file, depending on where the damage is.
_DAMAGED = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
    *(EOFError, OSError, NotImplementedError, OverflowError, ValueError, RuntimeError),
)
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")


@dataclass(frozen=True, slots=True)
class HandIn:
    """A hand-in: ``form`` is the declaration as an xlsx file."""

    manifest: Manifest
    form: bytes
    children: tuple[HandInChild, ...]


def hand_in_bytes(hand_in: HandIn, gazetteer: Gazetteer) -> bytes:
    """Give the file; checksums are filled in."""
    members = {
        FORM: hand_in.form,
        CHILDREN: _children_csv(hand_in.children, gazetteer).encode("utf-8-sig"),
    }
    checksums = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    manifest = replace(hand_in.manifest, checksums=checksums).as_json()
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        for name, content in {MANIFEST: text.encode(), **members}.items():
            bundle.writestr(_member(name), content)
    return out.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """Describe a member without a time of its own."""
    member = zipfile.ZipInfo(name, _EPOCH)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # the same bytes on Windows too
    member.external_attr = 0o644 << 16
    return member


def _children_csv(children: Iterable[HandInChild], gazetteer: Gazetteer) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for child in children:
        writer.writerow(_cells(child, gazetteer))
    return out.getvalue()


def _cells(child: HandInChild, gazetteer: Gazetteer) -> tuple[str, ...]:
    return (
        str(child.number),
        "" if child.age_years is None else str(child.age_years),
        label(child.sex),
        label(child.category),
        child.township,
        gazetteer.township(child.township).name if child.township else "",
        PAIRED[child.paired],
    )


class _Odd(Exception):  # noqa: N818
    """What is wrong with a file, in both languages."""


def read_hand_in(path: Path) -> HandIn:
    """Read a hand-in that anybody may have made.

    Raises
    ------
    Unreadable
        When it is damaged, hostile, or anything but what ``hand_in_bytes`` writes.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise _Odd("文件过大 / too large")
        members = _members(path)
        manifest = _manifest(members)
        children = _read_children(members[CHILDREN], Gazetteer.on(manifest.on))
        _check_form(members[FORM])
    except _Odd as odd:
        raise Unreadable(f"“{path.name}”不能收：{odd}") from None
    except _DAMAGED:
        raise Unreadable(
            f"“{path.name}”不能收：不是完好的报送包，请重新传送 / damaged, or no hand-in"
        ) from None
    return HandIn(manifest, members[FORM], children)


def _members(path: Path) -> dict[str, bytes]:
    """Read the members, none of which may be other or more than we write."""
    with zipfile.ZipFile(path) as bundle:
        entries = bundle.infolist()
        if sorted(entry.filename for entry in entries) != sorted(MEMBERS):
            raise _Odd("里面的文件不是报送包应有的三个 / not the three members of a hand-in")
        return {entry.filename: _content(bundle, entry) for entry in entries}


def _content(bundle: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    most = LARGEST_MEMBER_BYTES[entry.filename]
    if entry.flag_bits & 1:
        raise _Odd("有密码 / it is locked with a password")
    if entry.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        raise _Odd("压缩方式不对 / packed in a way we do not read")
    too_dense = entry.file_size > LARGEST_RATIO * max(entry.compress_size, 1)
    if entry.file_size > most or too_dense:
        raise _Odd(f"“{entry.filename}”解压后过大 / a member is too large when unpacked")
    with bundle.open(entry) as stream:
        content = stream.read(most + 1)  # the stated size may be a lie
    if len(content) > most:
        raise _Odd(f"“{entry.filename}”解压后过大 / a member is too large when unpacked")
    return content


def _manifest(members: dict[str, bytes]) -> Manifest:
    try:
        manifest = Manifest.from_json(json.loads(members[MANIFEST]))
    except (ValueError, RecursionError):
        raise _Odd(
            "清单不对，或出自更新的版本 / the manifest is wrong, or of a newer version"
        ) from None
    sums = {name: hashlib.sha256(members[name]).hexdigest() for name in (FORM, CHILDREN)}
    if manifest.checksums != sums:
        raise _Odd("校验码不符，内容被改动过 / the checksums do not agree: it was changed")
    return manifest


def _read_children(content: bytes, gazetteer: Gazetteer) -> tuple[HandInChild, ...]:
    """Read the minimised ledger, row by row as we write it."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    if not rows or tuple(rows[0]) != HEADINGS:
        raise _Odd("台账栏目不对 / the ledger's columns are wrong")
    return tuple(_read_child(n, row, gazetteer) for n, row in enumerate(rows[1:], 1))


_SEXES = {label(sex): sex for sex in (None, *Sex)}
_CATEGORIES = {label(category): category for category in Category}
_ANSWERS = {text: paired for paired, text in PAIRED.items()}
_AGES = {"": None} | {str(age): age for age in range(OLDEST_YEARS + 1)}


def _read_child(number: int, row: Sequence[str], gazetteer: Gazetteer) -> HandInChild:
    try:
        _, age, sex, category, township, _, paired = row
        if township and not gazetteer.has_township(township):
            raise KeyError(township)
        child = HandInChild(
            number,
            _AGES[age],
            _SEXES[sex],
            _CATEGORIES[category],
            township,
            _ANSWERS[paired],
        )
    except (KeyError, ValueError):
        child = None
    if child is None or _cells(child, gazetteer) != tuple(row):
        # The row may hold anything: it is named by its place, never shown.
        raise _Odd(f"台账第 {number} 行不对 / row {number} of the ledger is wrong")
    return child


def _check_form(form: bytes) -> None:
    """Refuse a workbook of several sheets: a ledger with names could lie behind the form."""
    with zipfile.ZipFile(io.BytesIO(form)) as book:
        sheets = [name for name in book.namelist() if _SHEETS.fullmatch(name)]
    if len(sheets) != 1:
        raise _Odd("申报表应只有一张工作表 / the form must have one sheet")
