"""One look over a workbook's parts before any reader touches them (先看再读).

Streams the XML of an xlsx once, as bytes, to count rows and cells, to find what the reader
would not tell (hidden rows and columns, error values, formulas nobody calculated), and to
refuse what would burst it: a cell far away from all others, millions of rows, entities. No
entity is expanded and nothing is fetched. Runs inside the fence only: what a hostile file
hides from this look still meets the limits on memory and time.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.parsers import expat

from ledger.limits import Limits, Refusal
from ledger.tally import Tally, column_letters, column_number

_CHUNK_BYTES = 1 << 20
_SMALL_PART_BYTES = 20_000_000
_MOST_PARTS = 10_000
_MOST_SHEETS = 200


class SheetLook(NamedTuple):
    """What one look tells of a sheet; rows and columns count from 1.

    ``errors`` maps cells to error values such as ``#N/A``; ``uncalculated`` names cells whose
    formula has no stored result.
    """

    name: str
    hidden: bool
    rows: int
    cells: int
    hidden_rows: list[int]
    hidden_columns: list[int]
    errors: dict[tuple[int, int], str]
    uncalculated: list[tuple[int, int]]


def look_over(path: Path, limits: Limits) -> list[SheetLook]:
    """Look an xlsx or xlsm over and refuse what must not be read.

    Raises
    ------
    Refusal
        Not a workbook, damaged, locked, or larger than the limits.
    """
    try:
        with zipfile.ZipFile(path) as package:
            _check_package(package, limits)
            sheets = _sheet_parts(package)
            parts = {name for _, name, _ in sheets}
            for other in package.namelist():
                if other.endswith((".xml", ".rels")) and other not in parts:
                    _check_small_part(package, other, limits)
            return [_look_at_sheet(package, sheet, limits) for sheet in sheets]
    except (zipfile.BadZipFile, EOFError, KeyError, expat.ExpatError, ValueError) as error:
        raise Refusal("damaged") from error
    except NotImplementedError as error:
        raise Refusal("strange_package") from error
    except RuntimeError as error:  # zipfile's word for an encrypted member
        raise Refusal("password") from error


def _check_package(package: zipfile.ZipFile, limits: Limits) -> None:
    entries = package.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refusal("password")
    xml = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    if len(entries) > _MOST_PARTS or sum(e.file_size for e in xml) > limits.unpacked_bytes:
        raise Refusal("bomb")
    names = {entry.filename for entry in entries}
    for part, code in (
        ("xl/workbook.bin", "xlsb"),
        ("word/document.xml", "word"),
        ("ppt/presentation.xml", "powerpoint"),
        ("content.xml", "ods"),
    ):
        if part in names:
            raise Refusal(code)
    if "[Content_Types].xml" not in names:
        raise Refusal("archive")


def _sheet_parts(package: zipfile.ZipFile) -> list[tuple[str, str, bool]]:
    """List (sheet name, part, hidden) of the worksheets, in order."""
    root = _targets(package, "_rels/.rels")
    main = next((to for kind, to in root.values() if kind.endswith("/officeDocument")), None)
    if main is None:
        raise Refusal("archive")
    home = PurePosixPath(main)
    targets = _targets(package, f"{home.parent}/_rels/{home.name}.rels", str(home.parent))
    found = []
    for tag, attributes in _elements(_read_small(package, main)):
        if tag == "sheet":
            kind, part = targets[attributes["relation"]]
            if kind.endswith("/worksheet"):
                hidden = attributes.get("state", "visible") != "visible"
                found.append((attributes["name"], part, hidden))
    if len(found) > _MOST_SHEETS:
        raise Refusal("too_large", what="工作表", most=_MOST_SHEETS)
    return found


def _targets(package: zipfile.ZipFile, part: str, home: str = "") -> dict[str, tuple[str, str]]:
    """Map relation ids of a part to (type, part they point at)."""
    found = {}
    for tag, attributes in _elements(_read_small(package, part)):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"]
            to = target.lstrip("/") if target.startswith("/") else f"{home}/{target}"
            found[attributes["Id"]] = (attributes["Type"], _without_dots(to))
    return found


def _without_dots(part: str) -> str:
    steps: list[str] = []
    for step in part.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _read_small(package: zipfile.ZipFile, part: str) -> bytes:
    with package.open(part) as stream:
        content = stream.read(_SMALL_PART_BYTES + 1)
    if len(content) > _SMALL_PART_BYTES:
        raise Refusal("bomb")
    return content


def _elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    """List (local name, attributes by local name) of a small part; r:id becomes ``relation``."""
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {
            "relation" if key.endswith("/relationships id") else key.rpartition(" ")[2]: value
            for key, value in attributes.items()
        }
        found.append((name.rpartition(" ")[2], plain))

    parser = _parser()
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return found


def _parser() -> expat.XMLParserType:
    """Give a parser that refuses a document type, and so every entity."""

    def refuse(*_: object) -> int:
        raise Refusal("entities")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


def _check_small_part(package: zipfile.ZipFile, part: str, limits: Limits) -> None:
    """Refuse entities and a size nobody declared, in parts only the reader reads."""
    for _ in _chunks(package, part, limits.unpacked_bytes):
        pass


def _chunks(package: zipfile.ZipFile, part: str, most_bytes: int) -> Iterator[bytes]:
    size, before = 0, b""
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > most_bytes:
                raise Refusal("bomb")
            if size == len(chunk) and chunk[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise Refusal("strange_package")
            if b"<!DOCTYPE" in (seam := before[-16:] + chunk) or b"<!ENTITY" in seam:
                raise Refusal("entities")
            before = chunk
            yield chunk


def _look_at_sheet(
    package: zipfile.ZipFile, sheet: tuple[str, str, bool], limits: Limits
) -> SheetLook:
    name, part, hidden = sheet
    tally = Tally(limits)
    for chunk in _chunks(package, part, limits.unpacked_bytes):
        tally.add(chunk)
    tally.finish()
    cells = tally.cells
    if tally.last_row > limits.rows or (
        tally.width > 26 and tally.last_row * tally.width > limits.cells
    ):
        cells = max(cells, _measure(package, part, limits))
    return SheetLook(
        name,
        hidden,
        tally.rows,
        cells,
        tally.hidden_rows,
        tally.hidden_columns,
        tally.errors,
        tally.uncalculated,
    )


def _measure(package: zipfile.ZipFile, part: str, limits: Limits) -> int:
    """Give the area that the written cells span; refuse one far away from the others.

    Formats painted to the end of a sheet do no harm: only cells with a value count.
    """
    rows: list[int] = [1 << 30, 0]
    columns: list[int] = [1 << 30, 0]
    last = {"row": 0, "column": 0}

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            last["row"] = int(attributes.get("r", last["row"] + 1))
            last["column"] = 0
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            last["column"] = column_number(letters) if letters else last["column"] + 1
        elif tag in ("v", "is"):
            rows[:] = min(rows[0], last["row"]), max(rows[1], last["row"])
            columns[:] = min(columns[0], last["column"]), max(columns[1], last["column"])

    parser = _parser()
    parser.StartElementHandler = start
    for chunk in _chunks(package, part, limits.unpacked_bytes):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    area = max(rows[1] - rows[0] + 1, 0) * max(columns[1] - columns[0] + 1, 0)
    if area > limits.cells:
        raise Refusal("far_cell", row=rows[1], column=column_letters(columns[1]))
    return area
