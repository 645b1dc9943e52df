"""One row for one request: all that a request reads goes on record together (一次请求一行).

Whoever answers requests opens one with ``asked_by`` and keeps its row before the answer leaves.
Outside of that, and once it has ended, each reading leaves its rows by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from ledger.record.audit import Acting, Entry, Outcome

PAGE = "page"
"""Kind of the row that says no more than which address was asked for."""


class Asked:
    """What one request has read so far, and whether a write has put it on record already.

    Attributes
    ----------
    ended
        What became of the request, where no book of it knows.
    """

    def __init__(self, actor: Acting) -> None:
        self._actor, self.ended = actor.id, Outcome.READ
        self._read: list[Entry] = []
        self._is_on_record = False

    def take(self, entries: Sequence[Entry]) -> bool:
        """Take what was read in the asker's name; another's is not of this request."""
        if any(entry.actor.id != self._actor for entry in entries):
            return False
        self._read += entries
        return True

    def wrote(self, actor: Acting) -> None:
        """Remember that a write left its own rows, which say enough of a request."""
        self._is_on_record = self._is_on_record or actor.id == self._actor

    def due(self) -> tuple[Entry, ...]:
        """Give the row that is still to be kept, if any; it is then as good as on record."""
        read, self._read = self._read, []
        said = [entry for entry in read if entry.kind not in ("", PAGE)]
        if self._is_on_record and not said:
            return ()
        self._is_on_record = True
        plain = [entry for entry in read if entry.kind == PAGE] or read
        return (_as_one(said or plain[:1], read, self.ended),) if read else ()


def _as_one(said: list[Entry], read: list[Entry], ended: Outcome) -> Entry:
    """Make one row of what was said, with the address and the end of the whole request."""
    first, others = said[0], {entry.action: None for entry in read if entry.kind}
    others.pop(first.action, None)
    facts = {name: fact for entry in reversed(said) for name, fact in entry.facts.items()}
    if others:
        facts["also"] = tuple(others)
    outcomes = (entry.outcome for entry in read if entry.outcome is not Outcome.READ)
    return replace(
        first,
        why=next((entry.why for entry in read if entry.kind == PAGE), first.why),
        outcome=next(outcomes, ended),
        ids=tuple(dict.fromkeys(one for entry in said for one in entry.ids)),
        facts=facts,
    )


now_asked: ContextVar[Asked | None] = ContextVar("now_asked", default=None)


@contextmanager
def asked_by(actor: Acting) -> Iterator[Asked]:
    """Gather what is read until the block ends; whoever opened it keeps what is ``due``."""
    asked = Asked(actor)
    held = now_asked.set(asked)
    try:
        yield asked
    finally:
        now_asked.reset(held)
