"""Wish book: what the officer has said of single pairs on the page (锁定、禁止、希望).

::

    DATA/wishes.json         what holds for the next proposal
    DATA/proposal/wishes.json    what the proposal that is shown was made with
    DATA/before/             the proposal before that, for one step back

A wish names ids only.
"""

import json
import shutil
from collections.abc import Iterable

from casework.errors import NotFound
from casework.people import CaregiverId, ChildId
from casework.wishes import Wish, WishKind
from service.desk import BEFORE, PROPOSAL, WISHES, Desk

MOST_WISHES = 2_000


class WishBook:
    """The wishes of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._file = desk.root / WISHES

    @property
    def wishes(self) -> tuple[Wish, ...]:
        """What holds for the next proposal, in the order it was said."""
        if not self._file.exists():
            return ()
        return wishes_from(json.loads(self._desk.safe.read(self._file)))

    @property
    def used(self) -> tuple[Wish, ...]:
        """What the proposal that is shown was made with."""
        return wishes_from(self._desk.read(PROPOSAL, WISHES) or [])

    @property
    def can_undo(self) -> bool:
        """Whether there is a proposal to go back to."""
        return (self._desk.root / BEFORE).is_dir()

    def add(self, wish: Wish) -> None:
        """Note a wish; it takes the place of what it contradicts."""
        with self._desk.alone():
            kept = [other for other in self.wishes if not _contradicts(wish, other)]
            self._write([*kept, wish][-MOST_WISHES:])

    def remove(self, child: ChildId, caregiver: CaregiverId) -> None:
        """Take back what was said of a pair.

        Raises
        ------
        NotFound
            When nothing was.
        """
        with self._desk.alone():
            wishes = self.wishes
            kept = [w for w in wishes if (w.child, w.caregiver) != (child, caregiver)]
            if len(kept) == len(wishes):
                raise NotFound("这条意见已经撤回 / this wish is gone already")
            self._write(kept)

    def keep_before(self) -> None:
        """Keep the proposal that is about to be replaced."""
        shown, before = self._desk.root / PROPOSAL, self._desk.root / BEFORE
        if shown.is_dir():
            shutil.rmtree(before, ignore_errors=True)
            shutil.copytree(shown, before)

    def undo(self) -> None:
        """Go back to the proposal before this one and to what it was made with.

        Raises
        ------
        NotFound
            When there is none.
        """
        shown, before = self._desk.root / PROPOSAL, self._desk.root / BEFORE
        if not self.can_undo:
            raise NotFound("没有上一次的建议 / there is no proposal before this one")
        self._desk.replace(before, shown)
        (shown / "changes.json").unlink(missing_ok=True)
        self._write(self.used)

    def _write(self, wishes: Iterable[Wish]) -> None:
        self._desk.safe.write(self._file, wishes_json(wishes))


def wishes_json(wishes: Iterable[Wish]) -> bytes:
    """Write wishes as JSON."""
    entries = [{"child": w.child, "caregiver": w.caregiver, "kind": w.kind} for w in wishes]
    return json.dumps(entries, ensure_ascii=False).encode()


def wishes_from(entries: Iterable[dict[str, str]]) -> tuple[Wish, ...]:
    """Read wishes from JSON."""
    return tuple(
        Wish(ChildId(e["child"]), CaregiverId(e["caregiver"]), WishKind(e["kind"]))
        for e in entries
    )


def _contradicts(wish: Wish, other: Wish) -> bool:
    """Say whether two wishes cannot both hold: of one pair, or locks of one child."""
    if (wish.child, wish.caregiver) == (other.child, other.caregiver):
        return True
    return wish.child == other.child and wish.kind is other.kind is WishKind.LOCK
