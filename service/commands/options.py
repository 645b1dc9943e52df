"""Options that several commands share, and how a command talks to a person."""

import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.errors import NotFound
from service.errors import NEEDS_A_PERSON
from service.outputs import write_whole
from service.progress import Progress
from service.words import Words

if TYPE_CHECKING:
    from service.workflows.ledgers import Terms

_DAY = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?")


def read_day(text: str) -> date:
    """Read a day as 2021-09-15, 2021.9.15, 20210915 or 2021年9月15日."""
    found = _DAY.fullmatch(text.strip()) or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", text.strip())
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("日期请写成 2021-09-15 / write a date as 2021-09-15") from error


OnDay = Annotated[
    date | None,
    typer.Option(
        "--on",
        parser=read_day,
        metavar="日期",
        help="按哪一天判断，默认规则文件的基准日 / the day to judge on (the rules' own day)",
    ),
]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="规则文件（只写要改的） / rules file (TOML)")
]
AreaUnit = Annotated[
    str | None, typer.Option("--unit", help="区县名称或代码 / unit, by name or code")
]
UnitName = Annotated[
    str | None,
    typer.Option("--unit", help="区县名称或代码，默认从表中判断 / unit, else found in the files"),
]
KeyFile = Annotated[
    Path | None, typer.Option("--key-file", help="编号密钥文件 / file with the secret for ids")
]


class Datum(StrEnum):
    """What coordinates are in where no column says."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


DatumHint = Annotated[
    Datum,
    typer.Option(
        "--datum",
        help="表中没写坐标系时按哪种：gcj02 高德腾讯，bd09 百度 / datum where no column says",
    ),
]
Lang = Annotated[
    str, typer.Option("--lang", envvar="NUANTONG_LANG", help="zh 或 en / language of messages")
]
JsonOut = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="FILE|-", help="写出 JSON，- 为标准输出 / write JSON, - to stdout"
    ),
]


def ends_in(*suffixes: str) -> Callable[[Path | None], Path | None]:
    """Give a check that an output is named as what it will be."""

    def check(path: Path | None) -> Path | None:
        if path is not None and path.suffix.lower() not in suffixes:
            wanted = " / ".join(suffixes)
            raise typer.BadParameter(f"文件名要以 {wanted} 结尾 / the name must end in {wanted}")
        return path

    return check


workbook = ends_in(".xlsx")
web_page = ends_in(".html", ".htm")


def existing(paths: Iterable[Path]) -> list[Path]:
    """Give the paths, all of which are there.

    Raises
    ------
    NotFound
        When one is not; it is named.
    """
    found = list(paths)
    for path in found:
        if not path.exists():
            raise NotFound(f"找不到 {path} / no such file or folder")
    return found


def terms(
    on: date | None,
    rules: Path | None,
    unit: str | None,
    key_file: Path | None,
    datum: Datum = Datum.WGS84,
) -> "Terms":
    """Gather what a run is judged by, the key included."""
    from service.keys import key_for
    from service.settings import Settings
    from service.workflows.ledgers import Terms

    existing(filter(None, [rules]))
    key = key_for(Settings.from_environment(), key_file)
    return Terms(key, on, rules, unit, str(datum))


def leave(needs_a_person: bool) -> None:
    """End the command: 3 when a person must look, else 0."""
    if needs_a_person:
        raise typer.Exit(NEEDS_A_PERSON)


class Talk:
    """How a command talks: progress on standard error, the outcome on standard output.

    With ``--json -`` standard output carries the JSON and nothing else.
    """

    def __init__(self, lang: str, json_out: str | None = None) -> None:
        self.words = Words("en" if lang.lower().startswith("en") else "zh")
        self.json_out = json_out
        self._on_terminal = sys.stderr.isatty()
        self._stage = ""

    @property
    def json_path(self) -> Path | None:
        """Where the JSON goes, when it goes to a file."""
        return None if self.json_out in (None, "-") else Path(str(self.json_out))

    def say(self, text: str) -> None:
        """Tell the outcome; on standard error where standard output is for JSON."""
        typer.echo(text, err=self.json_out == "-")

    def line(self, key: str, **values: object) -> None:
        """Tell one sentence of ``texts/words.toml``."""
        self.say(self.words(key, **values))

    @property
    def progress(self) -> Progress:
        """Give the callback that workflows tell their progress to."""
        return self._tell

    def finish(self) -> None:
        """Leave the line of progress."""
        if self._on_terminal and self._stage:
            typer.echo("", err=True)
        self._stage = ""

    def write_json(self, document: Mapping[str, object] | bytes) -> None:
        """Write the JSON where ``--json`` says, if it says anything."""
        if self.json_out is None:
            return
        content = document if isinstance(document, bytes) else as_bytes(document)
        if self.json_out == "-":
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        else:
            write_whole(Path(self.json_out), content)

    def _tell(self, stage: str, done: int, total: int) -> None:
        name = self.words(f"stage_{stage}")
        if self._on_terminal:
            count = f" {done}/{total}" if total else ""
            typer.echo(f"\r\x1b[2K{name}{count} …", err=True, nl=False)
        elif stage != self._stage:
            typer.echo(f"{name} …", err=True)
        self._stage = stage


def as_bytes(document: Mapping[str, object]) -> bytes:
    """Give JSON as UTF-8 text, each item of a list on a line of its own.

    Indenting deeper takes seconds where a report has tens of thousands of findings.
    """
    parts = (f"  {json.dumps(key)}: {_as_json(value)}" for key, value in document.items())
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode()


def _as_json(value: object) -> str:
    if not isinstance(value, list | tuple) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = ",\n    ".join(json.dumps(item, ensure_ascii=False) for item in value)
    return f"[\n    {lines}\n  ]"
