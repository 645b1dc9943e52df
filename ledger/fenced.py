"""Inside the fence: the child process that opens files nobody has vouched for.

Reads one request a line from its input, and answers in lines of JSON: ``look`` once it knows
how much there is, then each ``sheet`` and its ``rows``, then ``done``; or ``refused``. JSON,
because what comes out of here must not be able to run in the parent. It imports only what
reading needs, so that it starts in a few hundredths of a second.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from ledger.limits import Limits, Refusal
from ledger.recognise import FileFormat, recognise

try:
    import resource
except ImportError:  # Windows: the parent's clock has to do
    resource = None  # type: ignore[assignment]

Message = dict[str, Any]
Send = Callable[[Message], int]
_ROWS_A_LINE = 500
_MOST_MERGES = 200_000


def main() -> None:
    """Serve requests until the input ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers

    def send(message: Message) -> int:
        line = json.dumps(message, default=_encode, separators=(",", ":")).encode() + b"\n"
        answers.write(line)
        answers.flush()
        return len(line)

    send({"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        limits = Limits(*request["limits"])
        _limit_memory(limits.memory_bytes)
        _limit_processor(limits.look_seconds)
        try:
            send({"done": _read(Path(request["path"]), limits, send)})
        except Refusal as refusal:
            send({"refused": refusal.code, "values": refusal.values})
        except MemoryError:
            send({"refused": "bomb", "values": {}})
        except OSError:
            send({"refused": "denied", "values": {}})
        except Exception:
            send({"refused": "damaged", "values": {}})


def _limit_memory(most_bytes: int) -> None:
    """Bound memory; Windows has no such limit."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_least(most_bytes, most), most))


def _limit_processor(seconds: float) -> None:
    """Bound processor time from now on."""
    if resource is None:
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (_least(ceil(used + seconds), most), most))


def _least(wanted: int, most: int) -> int:
    """Give what is wanted, inside a limit that stands already; negative is none."""
    return wanted if most < 0 else min(wanted, most)


def _tell_size(cells: int, limits: Limits, send: Send) -> None:
    """Say how much there is to read, which gives the time for it."""
    _limit_processor(limits.read_seconds(cells))
    send({"look": cells})


def _encode(value: object) -> object:
    if isinstance(value, date):  # a datetime is one too
        return {"d": value.isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    raise TypeError(type(value).__name__)


def _read(path: Path, limits: Limits, send: Send) -> str:
    """Send everything in the file; return its format."""
    if path.stat().st_size > limits.file_bytes:
        raise Refusal("too_large", what="字节", most=limits.file_bytes)
    found = recognise(path)
    readers = {FileFormat.XLSX: _read_xlsx, FileFormat.XLS: _read_xls, FileFormat.TEXT: _read_text}
    readers[found](path, limits, send)
    return found


def _read_xlsx(path: Path, limits: Limits, send: Send) -> None:
    from ledger.look import look_over

    looks = look_over(path, limits)
    cells, rows = sum(look.cells for look in looks), sum(look.rows for look in looks)
    if cells > limits.cells or rows > limits.rows:
        raise Refusal("too_large", what="行", most=limits.rows)
    _tell_size(cells, limits, send)
    import python_calamine

    with path.open("rb") as file:  # by its path, the reader would trust the extension
        try:
            book = python_calamine.load_workbook(file)
        except python_calamine.PasswordError as error:
            raise Refusal("password") from error
    for look in looks:
        sheet = book.get_sheet_by_name(look.name)
        merges = sheet.merged_cell_ranges or ()
        covered = sum((r2 - r1 + 1) * (c2 - c1 + 1) for (r1, c1), (r2, c2) in merges)
        if len(merges) > _MOST_MERGES or covered > limits.cells:
            raise Refusal("too_large", what="合并单元格", most=limits.cells)
        first_column = sheet.start[1] if sheet.start else 0
        send(
            {
                "sheet": look.name,
                "hidden": look.hidden,
                "hidden_rows": look.hidden_rows,
                "hidden_columns": look.hidden_columns,
                "merges": [(r1 + 1, c1 + 1, r2 + 1, c2 + 1) for (r1, c1), (r2, c2) in merges],
                "uncalculated": look.uncalculated,
            }
        )
        _send_rows(_with_errors(sheet.iter_rows(), first_column, look.errors), limits, send)


def _with_errors(
    rows: Iterable[list[Any]], first_column: int, errors: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield numbered rows, with the error values that the reader leaves empty put back."""
    margin = [""] * first_column
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (at, column), text in errors.items():
        by_row.setdefault(at, []).append((column, text))
    for number, row in enumerate(rows, 1):
        values: list[Any] = margin + row if margin else row
        for column, text in by_row.pop(number, ()):
            values.extend([""] * (column - len(values)))
            values[column - 1] = text
        if values.count("") < len(values):
            yield number, values
    for number, cells in sorted(by_row.items()):
        values = [""] * max(column for column, _ in cells)
        for column, text in cells:
            values[column - 1] = text
        yield number, values


def _read_xls(path: Path, limits: Limits, send: Send) -> None:
    from ledger import old_excel

    book = old_excel.open_book(path)
    sheets = book.sheets()
    _tell_size(sum(sheet.nrows * sheet.ncols for sheet in sheets), limits, send)
    for sheet in sheets:
        send(
            {
                "sheet": sheet.name,
                "hidden": bool(sheet.visibility),
                "hidden_rows": old_excel.hidden_rows(sheet),
                "hidden_columns": old_excel.hidden_columns(sheet),
                "merges": old_excel.merges(sheet),
                "uncalculated": [],
            }
        )
        _send_rows(old_excel.rows_of(book, sheet, limits), limits, send)


def _read_text(path: Path, limits: Limits, send: Send) -> None:
    from ledger.delimited import read_rows

    _tell_size(path.stat().st_size // 4, limits, send)
    send(
        {
            "sheet": "",
            "hidden": False,
            "hidden_rows": [],
            "hidden_columns": [],
            "merges": [],
            "uncalculated": [],
        }
    )
    _send_rows(read_rows(path, limits), limits, send)


def _send_rows(rows: Iterable[tuple[int, list[Any]]], limits: Limits, send: Send) -> None:
    batch: list[tuple[int, list[Any]]] = []
    sent = count = widest = 0
    for number, values in rows:
        while values[-1] == "":
            values.pop()
        count, widest = count + 1, max(widest, len(values))
        if count * widest > limits.cells:
            raise Refusal("too_large", what="单元格", most=limits.cells)
        batch.append((number, values))
        if len(batch) == _ROWS_A_LINE:
            sent += send({"rows": batch})
            batch = []
            if sent > limits.text_chars:
                raise Refusal("bomb")
    if batch:
        send({"rows": batch})
