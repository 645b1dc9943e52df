"""Kept: what was read or drawn once and still holds, so that a crowd need not wait for it anew.

Both forget by themselves: a document when its file changes, a drawing when anything of the desk
that it shows does. Nothing kept here is ever changed.
"""

import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Generic, TypeVar

MOST_DOCUMENTS = 400
"""A city's 41 desks have seven each that pages read."""
MOST_DRAWINGS = 600

T = TypeVar("T")


class Kept(Generic[T]):
    """The values asked for last, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Give the value of a key, made where it is not there."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def forget(self, is_gone: Callable[[Any], bool]) -> None:
        """Forget the values whose key is gone."""
        with self._lock:
            for key in [key for key in self._values if is_gone(key)]:
                del self._values[key]


_documents: Kept[Any] = Kept(MOST_DOCUMENTS)
drawings: Kept[bytes] = Kept(MOST_DRAWINGS)


def state_of(path: Path) -> tuple[int, int, int]:
    """Give what changes whenever a file is written anew; zeros where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def forget_desk(root: Path) -> None:
    """Forget all that was read from or drawn of a desk: it was cleared."""
    _documents.forget(lambda key: Path(key[0]).is_relative_to(root))
    drawings.forget(lambda key: key[-1][0] == str(root))


def read_document(path: Path, read: Callable[[Path], bytes] = Path.read_bytes) -> Any:
    """Read a JSON file that is only ever replaced whole; the reader must not change it."""
    key = (str(path), state_of(path))
    return _documents.get(key, lambda: json.loads(read(path)))
