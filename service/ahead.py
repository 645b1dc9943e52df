"""Ahead: take the next things of an iterator while the last is being worked on (预读)."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(things: Iterable[T]) -> Iterator[T]:
    """Yield the same things; the next one is being made meanwhile, in a thread of its own."""
    iterator = iter(things)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(next, iterator, _END)
        while (thing := coming.result()) is not _END:
            coming = thread.submit(next, iterator, _END)
            yield thing  # type: ignore[misc]
