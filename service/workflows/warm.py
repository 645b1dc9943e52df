"""Kept warm: what was worked out of a unit on record, until anything of it changes (暖机).

Looking again costs one count; the permission is asked each time before.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from service.workflows.unit_on_record import Desk

T = TypeVar("T")
MOST = 8

_kept: OrderedDict[tuple[object, ...], tuple[object, Any]] = OrderedDict()
_lock = threading.Lock()


def kept_warm(desk: Desk, what: tuple[str, ...], stamp: object, make: Callable[[], T]) -> T:
    """Give what was made before under the same stamp, else make it and keep it."""
    key = (str(desk.store.engine.url), desk.reader.on, *what)
    with _lock:
        known = _kept.get(key)
        if known is not None and known[0] == stamp:
            _kept.move_to_end(key)
            found: T = known[1]
            return found
    made = make()
    with _lock:
        _kept[key] = (stamp, made)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
