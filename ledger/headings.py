"""From a row of headings to a kind of table and the field of each column (认表头).

A heading such as 身份证号 does not say whose; this decides it as a reader would: by the person
it names, else by the group heading above it, else by the person the table is about, else by
the person named nearest to its left. What had to be guessed is told as a finding.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.columns import Meaning, accepted_fields, group_owner, meanings_of, specific_facts
from ledger.tables import Column, TableKind

_NAMED = ("child", "caregiver", "guardian", "other")
_IDENTITY = ("name", "resident_id", "number")
_PLACES = ("unit", "township", "village", "village_group")
# Facts that say more of a person than a register of pairs would.
_SUBSTANCE = ("birth_date", "sex", "age", "ethnicity", "address")
_HINTS = (
    (("爱心妈妈", "爱心父母", "帮扶队伍", "代理妈妈"), TableKind.CAREGIVERS),
    (("儿童", "孤儿", "孩子"), TableKind.CHILDREN),
)


@dataclass(frozen=True, slots=True)
class HeadingCell:
    """One column's heading: its texts from the group above down to its own."""

    number: int
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The heading in one line, as written: 监护人姓名."""
        return "".join("".join(part.split()) for part in self.parts)

    def meanings(self, *, declaration: bool = False) -> tuple[Meaning, ...]:
        """Say what this heading may mean, the group above it considered."""
        *groups, own = self.parts
        if joined := meanings_of("".join(self.parts), declaration=declaration):
            return joined
        found = meanings_of(own, declaration=declaration)
        owners = [group_owner(group) for group in groups]
        if not found or declaration:
            return found
        if None in owners:  # a group nobody knows: only what names its own person is safe
            return tuple(meaning for meaning in found if meaning.owner)
        owner = next((owner for owner in reversed(owners) if owner), "")
        owned = tuple(Meaning(owner, m.fact) for m in found if m.owner in ("", owner))
        return owned if owner and owned else found


@dataclass(frozen=True, slots=True)
class ReadHeadings:
    """What a row of headings came to.

    Attributes
    ----------
    doubled
        (column, earlier column) read as the same field: the later one is not used.
    guessed
        (column, owner) where nothing in the heading says whose it is.
    """

    kind: TableKind
    columns: tuple[Column, ...]
    doubled: tuple[tuple[Column, Column], ...] = ()
    guessed: tuple[tuple[Column, str], ...] = ()


def count_known(cells: Iterable[HeadingCell]) -> int:
    """Count the headings that mean something to us."""
    return sum(
        1
        for cell in cells
        if any(m.owner != "other" for m in cell.meanings()) or cell.meanings(declaration=True)
    )


def decide_kind(cells: Sequence[HeadingCell], said_around: Sequence[str]) -> TableKind | None:
    """Say what a table is a ledger of.

    Parameters
    ----------
    said_around
        Title, sheet and file name, nearest first: they decide where the headings do not.

    Returns
    -------
    TableKind or None
        None where neither the headings nor the words around them tell.
    """
    if _declared_facts(cells) >= 3:
        return TableKind.DECLARATIONS
    seen = _Evidence.of(cells)
    if seen.child_named and seen.caregiver_named:
        return _kind_of_both(seen)
    lean = seen.child_facts - seen.caregiver_facts + seen.child_named - seen.caregiver_named
    if lean:
        return TableKind.CHILDREN if lean > 0 else TableKind.CAREGIVERS
    return next(filter(None, map(_hint, said_around)), None)


def _declared_facts(cells: Iterable[HeadingCell]) -> int:
    """Count headings that only the annex has."""
    facts = {m.fact for cell in cells for m in cell.meanings(declaration=True)}
    return len(facts - {"unit", "remarks", "row_number", "contact_phone", "contact_name"})


def _hint(text: str) -> TableKind | None:
    said = [kind for words, kind in _HINTS if any(word in text for word in words)]
    return said[0] if len(said) == 1 else None


@dataclass(slots=True)
class _Evidence:
    """How much the headings say of each person."""

    child_named: bool = False
    caregiver_named: bool = False
    child_facts: int = 0
    caregiver_facts: int = 0
    pair_facts: int = 0
    anybodys: int = 0
    first_named: str = ""
    bare: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, cells: Iterable[HeadingCell]) -> "_Evidence":
        seen = cls()
        for cell in cells:
            seen._take(cell.meanings())
        seen._give_bare_names()
        return seen

    def _take(self, meanings: tuple[Meaning, ...]) -> None:
        owners = {meaning.owner for meaning in meanings}
        if not owners:
            return
        if len(owners) > 1:
            self.anybodys += 1  # 状态, 类别
            return
        owner, fact = meanings[0].owner, meanings[0].fact
        if fact in _IDENTITY and owner in ("child", "caregiver"):
            self.first_named = self.first_named or owner
        if owner == "":
            self.bare[fact] += 1
            if fact == "name":
                self.first_named = self.first_named or "somebody"
        elif owner == "pair":
            self.pair_facts += 1
        elif owner == "guardian":
            self.child_facts += 1
        elif owner == "child":
            self.child_named |= fact in _IDENTITY
            self.child_facts += fact in specific_facts("child") or fact in _SUBSTANCE
        elif owner == "caregiver":
            self.caregiver_named |= fact in _IDENTITY
            self.caregiver_facts += fact in specific_facts("caregiver") or fact in _SUBSTANCE

    def _give_bare_names(self) -> None:
        """Give a bare 姓名 to the person that no heading names."""
        if not self.bare["name"] or self.child_named == self.caregiver_named:
            return
        if self.caregiver_named:
            self.child_named = True
        elif self.caregiver_facts:
            self.caregiver_named = True


def _kind_of_both(seen: _Evidence) -> TableKind:
    of_child = seen.child_facts + seen.anybodys + sum(1 for f in _SUBSTANCE if seen.bare[f])
    little = of_child <= 1 and seen.caregiver_facts <= 1
    if little and (seen.pair_facts or of_child + seen.caregiver_facts == 0):
        return TableKind.PAIRS
    if seen.child_facts == 0 and (seen.first_named == "caregiver" or seen.caregiver_facts >= 2):
        return TableKind.CAREGIVERS
    return TableKind.COMBINED


def read_headings(cells: Sequence[HeadingCell], kind: TableKind) -> ReadHeadings:
    """Give each column its field, from left to right.

    A table taken for COMBINED that only refers to caregivers, by name, 编号 or ID, comes back
    with the fields of CHILDREN: see ``ReadHeadings.kind``.
    """
    read = _walk(cells, kind)
    if kind is TableKind.COMBINED:
        described = {c.field for c in read.columns if c.field and c.field.startswith("caregiver_")}
        if described <= {f"caregiver_{fact}" for fact in _IDENTITY}:
            return _walk(cells, TableKind.CHILDREN)
    return read


def _walk(cells: Sequence[HeadingCell], kind: TableKind) -> ReadHeadings:
    bare = Counter(m.fact for cell in cells for m in cell.meanings()[:1] if not m.owner)
    walk = _Walk(kind, _named_facts(cells), bare)
    for cell in cells:
        walk.step(cell)
    return ReadHeadings(kind, tuple(walk.columns), tuple(walk.doubled), tuple(walk.guessed))


def _named_facts(cells: Iterable[HeadingCell]) -> frozenset[tuple[str, str]]:
    """Collect (owner, fact) that some heading states in so many words."""
    return frozenset((m.owner, m.fact) for cell in cells for m in cell.meanings() if m.owner)


_MAIN = {
    TableKind.CHILDREN: "child",
    TableKind.COMBINED: "child",
    TableKind.CAREGIVERS: "caregiver",
}


class _Walk:
    """The state of reading headings from left to right."""

    def __init__(
        self, kind: TableKind, named: frozenset[tuple[str, str]], bare: Counter[str]
    ) -> None:
        self.kind = kind
        self.main = _MAIN.get(kind, "")
        self.named = named
        self.bare = bare
        self.near = ""
        self.taken: dict[str, Column] = {}
        self.columns: list[Column] = []
        self.doubled: list[tuple[Column, Column]] = []
        self.guessed: list[tuple[Column, str]] = []

    def step(self, cell: HeadingCell) -> None:
        """Take the next column."""
        meaning = self._choose(cell.meanings(declaration=self.kind is TableKind.DECLARATIONS))
        owner = meaning.owner if meaning else ""
        if meaning and not owner:
            owner = self._whose(meaning.fact)
        guess = meaning is not None and not meaning.owner and self._is_a_guess(meaning.fact)
        if (
            meaning
            and meaning.owner in _NAMED
            and meaning.fact not in specific_facts(meaning.owner)
        ):
            self.near = meaning.owner
        found = self._field(owner, meaning.fact) if meaning else None
        column = Column(cell.number, cell.text, found)
        if found in self.taken:
            self.doubled.append((column, self.taken[found]))
            column = Column(cell.number, cell.text, None)
        elif found:
            self.taken[found] = column
            if guess:
                self.guessed.append((column, owner))
        self.columns.append(column)

    def _choose(self, meanings: tuple[Meaning, ...]) -> Meaning | None:
        """Prefer the meaning about the table's own person."""
        own = [meaning for meaning in meanings if meaning.owner == self.main]
        near = [meaning for meaning in meanings if meaning.owner == self.near]
        if self.kind is TableKind.COMBINED and near:
            return near[0]
        return next(iter(own or near or meanings), None)

    def _whose(self, fact: str) -> str:
        """Say whose a bare fact is."""
        if fact in specific_facts("row"):
            return ""
        if self.kind is TableKind.PAIRS:
            return self._whose_of_a_pair(fact)
        if fact in ("phone", "remarks") or self.near in ("", self.main):
            near = self.near if fact == "phone" else ""
            return near or self.main
        alone = fact in _PLACES or self.bare[fact] == 1
        if self._main_lacks(fact) and (alone or self.near not in ("child", "caregiver")):
            return self.main
        return self.near

    def _main_lacks(self, fact: str) -> bool:
        field_name = self._field(self.main, fact)
        return field_name not in self.taken and (self.main, fact) not in self.named

    def _whose_of_a_pair(self, fact: str) -> str:
        if fact in _PLACES and fact not in self.taken:
            return ""
        if fact in ("remarks", "phone"):
            return self.near if fact == "phone" else ""
        if self.near in ("child", "caregiver"):
            return self.near
        return "caregiver" if f"child_{fact}" in self.taken else "child"

    def _is_a_guess(self, fact: str) -> bool:
        """Tell whether a bare ID or name could as well be the main person's or the nearest's."""
        return (
            fact in ("name", "resident_id")
            and self.near not in ("", self.main)
            and (self.near, fact) not in self.named
            and self._main_lacks(fact)
        )

    def _field(self, owner: str, fact: str) -> str | None:
        if owner == "other":
            return None
        if owner in ("", "row", "pair", "declaration", self.main):
            name = fact
        else:
            name = f"{owner}_{fact}"
        if name == "phone" and self.main == "child":
            name = "guardian_phone"  # a child's number in a ledger is the family's
        return name if name in accepted_fields(self.kind) else None
