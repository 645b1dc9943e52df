"""Watching: what a long settling tells while it runs, without changing what it finds (求解过程).

``with watching(tell): plan_round(problem)`` tells of every level what is reached and proven so
far. Kept in a context variable, so that the models need not carry it about.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ROUTES = "routes"
"""A level with travel while it is being settled."""
Watch = Callable[[str, int, int | None], None]
"""Told (level, cost so far, bound so far or None)."""

_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching(watch: Watch | None) -> Iterator[None]:
    """Have every level settled inside the block told."""
    token = _watch.set(watch)
    try:
        yield
    finally:
        _watch.reset(token)


def tell(level: str, value: int, bound: int | None) -> None:
    """Tell whoever watches, if anybody does."""
    watch = _watch.get()
    if watch is not None:
        watch(level, value, bound)
