"""Hand-in: what a unit's office sends the city office, and nothing more (报送包，决定10).

The declaration, a manifest, and one row a child with number, age in years, sex, category,
township, and paired or not. The number is a running number of this hand-in: rows are sorted by
what they say, so it leads back to nobody. The contact on the form is the one person who is
named, because the form itself asks for her.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from casework.eligibility import ScopeKind, age_years, scope_of
from casework.people import Category, ChildId, Sex
from casework.programme import Programme
from casework.records import ChildRecord
from geo.areas import Gazetteer

SCHEMA = "nuantong/hand-in/1"
MOST_VERSIONS = 999
OLDEST_YEARS = 25  # some 18 and over keep help while at school
LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class HandInChild:
    """One child as the city office may know one.

    Attributes
    ----------
    number
        From 1, in this hand-in only.
    age_years, sex
        None where the ledger does not say.
    township
        Code; empty where the gazetteer does not know it: a free text may hold anything.
    paired
        None where no pairs are known at all.
    """

    number: int
    age_years: int | None
    sex: Sex | None
    category: Category
    township: str
    paired: bool | None


def minimise(
    children: Iterable[ChildRecord],
    paired: frozenset[ChildId] | None,
    programme: Programme,
    on: date,
    gazetteer: Gazetteer,
) -> tuple[HandInChild, ...]:
    """Reduce the children in scope on a day to what the city office may know."""
    rows = []
    for child in children:
        if scope_of(child, programme, on).kind is ScopeKind.OUT:
            continue
        age = age_years(child.birth_date, on) if child.birth_date else None
        if age is not None and not 0 <= age <= OLDEST_YEARS:
            age = None  # born after the day, or long ago: the ledger's own check tells
        known = gazetteer.has_township(child.home.township)
        township = child.home.township if known else ""
        has_pair = None if paired is None else child.id in paired
        rows.append(HandInChild(0, age, child.sex, child.category, township, has_pair))
    rows.sort(key=_without_number)
    return tuple(
        HandInChild(number, r.age_years, r.sex, r.category, r.township, r.paired)
        for number, r in enumerate(rows, 1)
    )


def _without_number(row: HandInChild) -> tuple[str, ...]:
    age = "" if row.age_years is None else f"{row.age_years:03}"
    return row.township, age, str(row.sex or ""), str(row.category), str(row.paired)


def count_handed_in(children: Iterable[HandInChild], from_age_years: int) -> dict[str, int]:
    """Count the numbers of the form that a minimised ledger states, by field."""
    ages = [child.age_years for child in children]
    older = sum(age is not None and age >= from_age_years for age in ages)
    return {"children_total": len(ages), "children_6_plus": older}


@dataclass(frozen=True, slots=True)
class Manifest:
    """Whose hand-in it is, which, and what was known about it when it was packed.

    Attributes
    ----------
    round
        Name of the round's rules.
    version
        From 1; a later one supersedes, both are kept.
    on
        The day it was made on, and on which ages are counted.
    by
        Who made it: a name or a post at the unit's office.
    reason
        Why it was handed in although something in it is wrong; empty where nothing is.
    rows_held
        Rows of the child ledger that wait for a correction and are not in it.
    checksums
        SHA-256 of each other member, by its name.
    """

    unit: str
    unit_name: str
    round: str
    version: int
    on: date
    by: str = ""
    reason: str = ""
    rows_held: int = 0
    checksums: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Give the manifest as ``nuantong/hand-in/1`` writes it."""
        return {"schema": SCHEMA, **asdict(self), "on": self.on.isoformat()}

    @classmethod
    def from_json(cls, document: object) -> "Manifest":
        """Read a manifest that anybody may have written.

        Raises
        ------
        ValueError
            When it is not exactly what ``as_json`` gives.
        """
        if not isinstance(document, dict) or document.get("schema") != SCHEMA:
            raise ValueError("schema")
        rest = {key: value for key, value in document.items() if key != "schema"}
        kinds = {"version": int, "rows_held": int, "checksums": dict}
        if rest.keys() != cls.__dataclass_fields__.keys():
            raise ValueError("keys")
        for key, value in rest.items():
            if type(value) is not kinds.get(key, str):
                raise ValueError(key)
        _bound(rest)
        return cls(**{**rest, "on": date.fromisoformat(rest["on"])})


def _bound(rest: Mapping[str, Any]) -> None:
    """Refuse texts and numbers that no office writes."""
    texts = [rest[key] for key in ("unit", "unit_name", "round", "by", "reason", "on")]
    texts += [text for pair in rest["checksums"].items() for text in pair]
    if not all(isinstance(t, str) and len(t) <= LONGEST_TEXT and t.isprintable() for t in texts):
        raise ValueError("text")
    if not (1 <= rest["version"] <= MOST_VERSIONS and 0 <= rest["rows_held"] < 1_000_000):
        raise ValueError("number")
