"""What offices call their columns, and what we call ours (表头同义词).

Everything is in ``columns.toml``: add a heading there and no code changes. A field is named
after the attribute of ``casework.records`` it fills:

* CHILDREN: the child's facts bare (``name``), the guardian's and caregiver's with their person
  (``guardian_phone``, ``caregiver_name``);
* CAREGIVERS: the caregiver's facts bare, a child she is paired with as ``child_name`` …;
* PAIRS: both with their person (``child_name``, ``caregiver_name``), ``started_on`` … bare;
* COMBINED: as CHILDREN, with any of the caregiver's facts under ``caregiver_`` (take the
  prefix off and it is a CAREGIVERS field);
* DECLARATIONS: the annex's columns.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from ledger.tables import TableKind

PERSONS = ("child", "guardian", "caregiver")


class LedgerColumn(NamedTuple):
    """A column of a ledger we write: ``width`` in characters, ``choices`` for a drop-down."""

    field: str
    heading: str
    width: int
    choices: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading may mean: a fact, and whose; ``owner`` is empty where it does not say."""

    owner: str
    fact: str


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("ledger").joinpath("columns.toml").read_text(encoding="utf-8"))


def canonical_heading(kind: TableKind, field: str) -> str:
    """Give the heading under which we write a field.

    Raises
    ------
    KeyError
        When this kind of table has no such field.
    """
    facts = _document()["fact"]
    if kind is TableKind.DECLARATIONS:
        return str(facts["declaration"][field][0])
    main = _document()["accept"][kind].get("main", "")
    if field == "name" and main == "child":
        return "儿童姓名"  # beside 监护人姓名 and 爱心妈妈姓名 a bare 姓名 invites mistakes
    for owner in (main, "any", "row", "pair"):
        if field in facts.get(owner, ()):
            return str(facts[owner][field][0])
    owner, _, fact = field.partition("_")
    if owner not in PERSONS:
        raise KeyError(field)
    said_of = facts[owner][fact] if fact in facts[owner] else facts["any"][fact]
    return str(_document()["owner"][owner][0]) + str(said_of[0])


@cache
def ledger_columns(kind: TableKind) -> tuple[LedgerColumn, ...]:
    """Give the columns of a ledger we write, in order."""
    return tuple(
        LedgerColumn(
            column[0],
            canonical_heading(kind, column[0]),
            column[1],
            tuple(column[2]) if len(column) > 2 else None,
        )
        for column in _document()["ledger"][kind]["columns"]
    )


def ledger_name(kind: TableKind) -> str:
    """Give the Chinese name of a ledger, which is also its sheet's: 困境儿童台账."""
    return str(_document()["ledger"][kind]["sheet"])


@cache
def accepted_fields(kind: TableKind) -> frozenset[str]:
    """Give every field a table of this kind may have."""
    accept, facts = _document()["accept"][kind], _document()["fact"]
    fields = set(accept["fields"])
    if main := accept.get("main"):
        fields |= set(facts[main])
    if main in PERSONS:
        fields |= {*facts["any"], *facts["row"]}
    if beside := accept.get("beside"):
        fields |= {f"{beside}_{fact}" for fact in (*facts[beside], *facts["any"])}
    return frozenset(fields)


_NOTES = re.compile(r"[（(\[【{〔][^（()）\]】}〕]*[)）\]】}〕]")
_NOT_WORD = re.compile(r"[\W_]+")
_LEADING_NUMBER = re.compile(r"^\s*[(（]?[0-9０-９一二三四五六七八九十]{1,2}[)）.．、]\s*")
_MARKS = re.compile(r"必填项?|选填项?|下拉选择|下拉")


def normalise_heading(text: str) -> str:
    """Take spaces, punctuation, full-width forms and 必填 off a heading."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", _NOT_WORD.sub("", folded))


@cache
def _vocabulary() -> dict[str, tuple[Meaning, ...]]:
    """Map every normalised heading of a fact to what it may mean."""
    found: dict[str, list[Meaning]] = {}
    for owner, facts in _document()["fact"].items():
        if owner == "declaration":
            continue
        for fact, headings in facts.items():
            said_of = "" if owner in ("any", "row") else owner
            for heading in headings:
                found.setdefault(normalise_heading(heading), []).append(Meaning(said_of, fact))
    return {heading: tuple(meanings) for heading, meanings in found.items()}


@cache
def _declaration_vocabulary() -> dict[str, tuple[Meaning, ...]]:
    return {
        normalise_heading(heading): (Meaning("declaration", fact),)
        for fact, headings in _document()["fact"]["declaration"].items()
        for heading in headings
    }


@cache
def _owner_words() -> tuple[tuple[str, str], ...]:
    """Give (word, owner), longest word first, so that 困境儿童 is tried before 儿童."""
    words = [
        (normalise_heading(word), owner)
        for owner in (*PERSONS, "other", "main")
        for word in _document()["owner"][owner]
    ]
    return tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair)))


@lru_cache(maxsize=20_000)
def group_owner(text: str) -> str | None:
    """Say whom a group heading speaks of.

    Returns
    -------
    str or None
        ``child``, ``caregiver``, ``guardian``, ``other``; "" for a group such as 基本情况 that
        speaks of nobody in particular; None for a group we do not know.
    """
    plain = normalise_heading(text)
    tails = [normalise_heading(tail) for tail in _document()["owner"]["tails"]]
    forms = {plain, *(plain.removesuffix(tail) for tail in tails)}
    if forms & {normalise_heading(word) for word in _document()["owner"]["neutral"]} or not plain:
        return ""
    for word, owner in _owner_words():
        if word in forms:
            return "" if owner == "main" else owner
    return None


@lru_cache(maxsize=20_000)
def meanings_of(text: str, *, declaration: bool = False) -> tuple[Meaning, ...]:
    """Give what a heading may mean, likeliest first; nothing for a heading nobody knows.

    Examples
    --------
    身份证号 is anybody's resident ID, 监护人电话 the guardian's phone, 姓名（儿童） the child's
    name, 状态 the child's or the caregiver's status.
    """
    bare = _LEADING_NUMBER.sub("", text)
    notes = _NOTES.findall(bare)
    forms = dict.fromkeys((normalise_heading(bare), normalise_heading(_NOTES.sub("", bare))))
    vocabulary = _declaration_vocabulary() if declaration else _vocabulary()
    for form in forms:
        if found := vocabulary.get(form):
            owner = "" if declaration else next(filter(None, map(_person, notes)), "")
            return _owned_by(owner, found) if owner else found
    if declaration:
        return ()
    return next(filter(None, map(_said_of_person, forms)), ())


def _person(note: str) -> str:
    owner = group_owner(note)
    return owner if owner in PERSONS else ""


def _owned_by(owner: str, found: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    return tuple(Meaning(owner, m.fact) for m in found if m.owner in ("", owner)) or found


def _said_of_person(form: str) -> tuple[Meaning, ...]:
    """Read 监护人电话: a person, then a fact; the person alone is the name."""
    for word, owner in _owner_words():
        rest = form.removeprefix(word)
        if rest == form:
            continue
        rest = rest.removeprefix("的")
        if not rest and word in _document()["owner"]["never_alone"]:
            return ()
        known = _vocabulary().get(rest, ()) if rest else (Meaning("", "name"),)
        found = tuple(Meaning(owner, m.fact) for m in known if m.owner in ("", owner))
        if owner == "main":
            return known
        if found:
            return found
    return ()


@cache
def specific_facts(owner: str) -> frozenset[str]:
    """Give the facts that only this person, or only a row or a pairing, has."""
    return frozenset(_document()["fact"][owner]) if owner in _document()["fact"] else frozenset()
