"""Wishes: the sheet on which the staff say what they think of a pair (意见表).

A row names both people as a register does, by 编号, resident ID or name, and says 锁定, 禁止
or 希望. What contradicts itself is told and left out, never guessed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from casework.findings import Finding
from casework.people import CaregiverId, ChildId
from casework.wishes import Wish, WishKind
from casework.words import find_word
from ledger.named_pairs import PairFinder
from ledger.people import Ledgers
from ledger.rows import RowReader, sheet_of
from ledger.tables import Table, TableKind

Found = tuple[Wish, RowReader]


def read_wishes(
    tables: Iterable[Table], ledgers: Ledgers
) -> tuple[tuple[Wish, ...], tuple[Finding, ...]]:
    """Give what the staff wish, by child, and what is wrong with the other rows."""
    finder = PairFinder(ledgers)
    findings: list[Finding] = []
    found: list[Found] = []
    for row in _rows(tables, findings):
        wish = _read(row, finder)
        if wish:
            found.append((wish, row))
    wishes = {wish for wish, _ in _without_contradictions(found)}
    order = sorted(wishes, key=lambda wish: (wish.child, wish.caregiver, wish.kind))
    return tuple(order), tuple(sorted(findings, key=lambda f: (f.where, f.rule)))


def _rows(tables: Iterable[Table], findings: list[Finding]) -> Iterator[RowReader]:
    for table in tables:
        sheet = sheet_of(table, TableKind.PAIRS)
        if "wish" not in sheet.positions:
            findings.append(Finding("wish_column_absent", sheet.where()))
            continue
        yield from (RowReader(sheet, row, findings) for row in table.rows)


def _read(row: RowReader, finder: PairFinder) -> Wish | None:
    text = row.text("wish")
    if not text:
        return None  # a prefilled list of pairs of which nobody has said anything
    word = find_word("wish", text)
    if word is None:
        row.tell("wish_unknown", "wish")
        return None
    named = finder.find(row, "wish")
    return Wish(*named, WishKind(word)) if named else None


def _without_contradictions(found: Iterable[Found]) -> Iterator[Found]:
    """Leave out what says two things of one pair, or locks a child twice; tell each row."""
    of_pair: dict[tuple[ChildId, CaregiverId], set[WishKind]] = defaultdict(set)
    locks: dict[ChildId, set[CaregiverId]] = defaultdict(set)
    found = list(found)
    for wish, _ in found:
        of_pair[wish.child, wish.caregiver].add(wish.kind)
        if wish.kind is WishKind.LOCK:
            locks[wish.child].add(wish.caregiver)
    for wish, row in found:
        says_both = WishKind.FORBID in of_pair[wish.child, wish.caregiver] and (
            len(of_pair[wish.child, wish.caregiver]) > 1
        )
        locks_twice = wish.kind is WishKind.LOCK and len(locks[wish.child]) > 1
        if says_both or locks_twice:
            row.tell("wish_contradiction", "wish")
        else:
            yield wish, row
