"""Files of a folder, read and judged by other processes while one writes (并行核查).

A few files are ahead of the writer and no more, so memory stays flat however long the folder is.
A process that judges ends with the one that writes, even where that is killed.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

from casework.errors import CaseworkError, NotFound, Refused, Unreadable
from ledger.fence import Fence
from ledger.reader import Reader
from ledger.record.imports import Batch
from ledger.workbook import read_tables
from service.worker import end_with_parent
from service.workflows.on_record import KINDS, judged, refuse_without_ledger

_MOST_PROCESSES = 4  # one writer keeps about three busy
_AHEAD_OF_EACH = 3

Judged = tuple[Batch, ...] | CaseworkError
"""The ledgers in a file, or why it cannot be taken."""


def judged_ahead(digests: Mapping[Path, str], reader: Reader) -> Iterator[tuple[Path, Judged]]:
    """Yield what is in each file, in the order given; ``digests`` are of the files' bytes."""
    processes = max(1, min((cpu_count() or 1) - 1, _MOST_PROCESSES, len(digests)))
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (reader,))
    left = iter(digests.items())
    coming: deque[tuple[Path, Future[Judged]]] = deque()
    try:
        for path, digest in islice(left, processes * _AHEAD_OF_EACH):
            coming.append((path, pool.submit(_judge, path, digest)))
        while coming:
            path, future = coming.popleft()
            found = future.result()
            for after, digest in islice(left, 1):
                coming.append((after, pool.submit(_judge, after, digest)))
            yield path, found
    finally:
        pool.shutdown(cancel_futures=True)


_here: tuple[Fence, Reader]
"""Of a process that judges: its fence for untrusted files, and what it judges by."""


def _begin(reader: Reader) -> None:
    global _here
    _here = (Fence(), reader)
    end_with_parent()


def _judge(path: Path, digest: str) -> Judged:
    fence, reader = _here
    try:
        reading = read_tables(path, kinds=KINDS.values(), fence=fence)
        refuse_without_ledger(path, reading)
        return judged(reading.tables, [reading], reader, False, digest).batches
    except (Unreadable, Refused, NotFound) as refused:
        return refused
