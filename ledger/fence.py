"""The fence: untrusted files are opened in a child process that may die (隔离读取).

The child (``ledger.fenced``) has limits on memory and processor time; this side minds the
clock, and refuses the one file that kills it. One child reads many files, because starting
one costs more than reading a small workbook.
"""

import json
import os
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Timer
from types import TracebackType
from typing import Any, Self

from casework.errors import Unreadable
from ledger.limits import Limits, Refusal
from ledger.tables import Value

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); import ledger.fenced as f; f.main()"
)
# A child that has read this much keeps the memory; the next file gets a new one.
_SHORT = 9
_OUT_OF_TIME = -getattr(signal, "SIGXCPU", 0) or None
_RETIRE_AFTER_CELLS = 300_000


@dataclass(slots=True)
class Sheet:
    """A sheet as it stands in the file, before anybody looks for tables.

    Attributes
    ----------
    rows
        (number, values from column 1) of the rows that hold anything; "" is an empty cell.
    merges
        (first row, first column, last row, last column), from 1.
    uncalculated
        Cells (row, column) whose formula has no stored result.
    """

    name: str
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merges: tuple[tuple[int, int, int, int], ...] = ()
    uncalculated: tuple[tuple[int, int], ...] = ()
    rows: list[tuple[int, list[Value]]] = field(default_factory=list)


class Fence:
    """A child process that reads files one after another; use it in a ``with``."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Give the fence; the child starts with the first file."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the child."""
        self.close()

    def read(self, path: Path, limits: Limits) -> tuple[str, list[Sheet]]:
        """Read one file: its format, and its sheets.

        Raises
        ------
        Unreadable
            When the file is refused, or the child did not survive it.
        """
        try:
            _check_regular(path, limits)
            return self._ask(path, limits)
        except Refusal as refusal:
            raise unreadable(path, refusal) from None

    def close(self) -> None:
        """End the child."""
        if (child := self._child) is not None:
            self._child = None
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with suppress(OSError):  # what a dead child left unread
                    if pipe is not None:
                        pipe.close()

    def _ask(self, path: Path, limits: Limits) -> tuple[str, list[Sheet]]:
        child = self._start()
        request = {"path": str(path.absolute()), "limits": limits}
        assert child.stdin is not None
        with suppress(OSError):  # it died just now: the answer will be missing
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        clock = _Clock(child, limits.look_seconds * _wall_factor(limits))
        try:
            return self._take(child, clock, limits)
        finally:
            clock.stop()

    def _take(
        self, child: "subprocess.Popen[bytes]", clock: "_Clock", limits: Limits
    ) -> tuple[str, list[Sheet]]:
        sheets: list[Sheet] = []
        same: dict[Value, Value] = {}
        cells = 0
        while message := _next(child):
            if "rows" in message:
                sheets[-1].rows.extend(_rows(message["rows"], same))
            elif "sheet" in message:
                sheets.append(_sheet(message))
            elif "look" in message:
                cells = message["look"]
                clock.restart(limits.read_seconds(cells) * _wall_factor(limits))
            elif "refused" in message:
                raise Refusal(message["refused"], **message["values"])
            else:
                if cells > _RETIRE_AFTER_CELLS:
                    self.close()
                return message["done"], sheets
        self.close()
        raise Refusal("too_slow" if clock.rang or child.returncode == _OUT_OF_TIME else "crashed")

    def _start(self) -> "subprocess.Popen[bytes]":
        if self._child is not None and self._child.poll() is not None:
            self.close()
        if self._child is None:
            paths = [str(Path(entry).absolute()) for entry in sys.path]
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BOOT, json.dumps(paths)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            if not _next(self._child):
                self.close()
                raise RuntimeError("the process that reads files does not start")
        return self._child


class _Clock:
    """Kills the child when its time is over, on every system alike."""

    def __init__(self, child: "subprocess.Popen[bytes]", seconds: float) -> None:
        self._child = child
        self.rang = False
        self._timer = self._wind(seconds)

    def restart(self, seconds: float) -> None:
        """Give the child so much time from now."""
        self._timer.cancel()
        self._timer = self._wind(seconds)

    def _wind(self, seconds: float) -> Timer:
        timer = Timer(seconds, self._ring)
        timer.daemon = True
        timer.start()
        return timer

    def stop(self) -> None:
        """Let the child be."""
        self._timer.cancel()
        self._timer.join()

    def _ring(self) -> None:
        self.rang = True
        self._child.kill()


def _wall_factor(limits: Limits) -> float:
    """Where the system stops a child that computes too long, the clock only minds its sleep."""
    return limits.wall_factor if _OUT_OF_TIME else 1.0


def _next(child: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line.endswith(b"\n"):
        return {}
    message: dict[str, Any] = json.loads(line, object_hook=_day, parse_constant=str)
    return message


def _day(found: dict[str, Any]) -> object:
    if len(found) == 1 and isinstance(text := found.get("d"), str):
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    return found


def _rows(
    rows: list[tuple[int, list[Value]]], same: dict[Value, Value]
) -> list[tuple[int, list[Value]]]:
    """Keep one copy of each short text: townships, categories and the like repeat."""
    keep = same.setdefault
    return [
        (number, [keep(v, v) if type(v) is str and len(v) < _SHORT else v for v in values])
        for number, values in rows
    ]


def _sheet(message: Mapping[str, Any]) -> Sheet:
    return Sheet(
        name=message["sheet"],
        hidden=message["hidden"],
        hidden_rows=frozenset(message["hidden_rows"]),
        hidden_columns=frozenset(message["hidden_columns"]),
        merges=tuple(tuple(merge) for merge in message["merges"]),
        uncalculated=tuple(tuple(cell) for cell in message["uncalculated"]),
    )


def _check_regular(path: Path, limits: Limits) -> None:
    """Refuse what is no plain file before any process waits on it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise Refusal("missing") from None
    except OSError:
        raise Refusal("denied") from None
    if not stat.S_ISREG(status.st_mode):
        raise Refusal("binary")
    if not os.access(path, os.R_OK):
        raise Refusal("denied")
    if status.st_size > limits.file_bytes:
        raise Refusal("too_large", what="字节", most=limits.file_bytes)


@cache
def _refusals() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("ledger").joinpath("refusals.toml").read_text(encoding="utf-8"))


def unreadable(path: Path, refusal: Refusal) -> Unreadable:
    """Say in both languages why a file is not read and what to do."""
    said = {
        key: text.format_map(refusal.values) for key, text in _refusals()[refusal.code].items()
    }
    return Unreadable(
        f"“{path.name}”读不了：{said['cause_zh']}。{said['remedy_zh']}。"
        f" ({path.name}: {said['cause_en']}; {said['remedy_en']}.)"
    )
