"""Wording of the answers to weekly questions (日常问答用语).

``Speech`` says the values of ``casework.answers`` about one unit's people, by name, for the
unit's own staff. A failed check, a refusal and a conflict are told in the same words. Texts
stand in ``texts/wording_use.toml``.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from casework import left_over
from casework.answers import (
    RECRUIT,
    Difference,
    Level,
    Move,
    RankedCaregiver,
    Remedy,
    RemedyKind,
    Shortage,
    Village,
    WhyPair,
    WhyUnpaired,
)
from casework.dossier import Dossier
from casework.people import CaregiverId, ChildId
from casework.proposals import Rung, Unpaired
from casework.wording import Language, distance, label, texts

_MOST_REMEDIES = 3
_MOST_MOVES = 3
_MOST_VILLAGES = 4
_BY_PEOPLE = (RemedyKind.CORRECT_DATA, RemedyKind.ARRANGE_BY_HAND)


def say(key: str, language: Language, **values: object) -> str:
    """Give the phrase ``key``, filled in."""
    return texts()["Use"][key][language].format_map(values)


def heading(key: str, language: Language) -> str:
    """Give the heading or title ``key``."""
    return texts()["Heading"][key][language]


def difference(found: Difference, language: Language = "zh") -> str:
    """Say level by level how one pairing differs from another, the decisive level first.

    Examples
    --------
    “少 1 名应保障儿童有人结对，就近程度合计好 2 级”
    """
    clauses = [_level(level, getattr(found, level), language) for level in Level]
    text = say("clause", language).join(filter(None, clauses))
    return text or say("as_good", language)


def _level(level: Level, more: int, language: Language) -> str:
    if not more:
        return ""
    n = distance(abs(more), language) if level is Level.METRES else abs(more)
    return texts()["More" if more > 0 else "Less"][level][language].format(n=n)


class Speech:
    """Says answers about the people of one dossier, by name."""

    def __init__(
        self, dossier: Dossier, language: Language = "zh", *, on_paper: bool = False
    ) -> None:
        """Say it in a language; on paper each clause has a line of its own."""
        self.dossier = dossier
        self.language: Language = language
        self._between = "\n" if on_paper else say("semicolon", language)
        self._townships = _township_names(dossier)

    def phrase(self, key: str, **values: object) -> str:
        """Give the phrase ``key``, filled in."""
        return say(key, self.language, **values)

    def child(self, child: ChildId) -> str:
        """Name a child."""
        return self.dossier.child_name(child)

    def children(self, children: Iterable[ChildId]) -> str:
        """Name children."""
        return self.listed(map(self.child, children))

    def number(self, person: ChildId | CaregiverId) -> str:
        """Give the 编号 by which the ledger knows somebody; empty where it has none."""
        child = self.dossier.children.get(ChildId(person))
        record = child or self.dossier.caregivers.get(CaregiverId(person))
        return record.number if record else ""

    def caregiver(self, caregiver: CaregiverId | None) -> str:
        """Name a caregiver; somebody who does not exist yet is the new one."""
        if caregiver is None:
            return self.phrase("nobody")
        if caregiver == RECRUIT:
            return self.phrase("recruit")
        return self.dossier.caregiver_name(caregiver)

    def caregiver_home(self, caregiver: CaregiverId | None) -> str:
        """Name a caregiver's township and village."""
        record = self.dossier.caregivers.get(caregiver) if caregiver else None
        return f"{record.township_name}{record.village_name}" if record else ""

    def township(self, code: str) -> str:
        """Name a township as the ledgers write it."""
        return self._townships.get(code, code)

    def village(self, village: Village) -> str:
        """Name a village behind its township."""
        township = self.township(village.township)
        if village.village is None:
            return self.phrase("village_unknown", township=township)
        return f"{township}{'' if self.language == 'zh' else ' '}{village.village}"

    def villages(self, villages: Sequence[Village]) -> str:
        """Name some villages, a few of many."""
        names = self.listed(map(self.village, villages[:_MOST_VILLAGES]))
        if len(villages) <= _MOST_VILLAGES:
            return names
        return self.phrase("many_villages", names=names, n=len(villages))

    def moves(self, moves: Sequence[Move]) -> str:
        """Say who else would move, the first few of many."""
        if not moves:
            return self.phrase("nobody_moves")
        text = self.phrase("clause").join(map(self._move, moves[:_MOST_MOVES]))
        if len(moves) > _MOST_MOVES:
            text += self.phrase("and_more", n=len(moves))
        return text

    def shortage(self, found: Shortage | None) -> str:
        """Say the smallest group that proves that somebody must be left over."""
        if found is None:
            return ""
        return self.phrase(
            "shortage",
            villages=self.villages(found.villages),
            children=len(found.children),
            households=found.households,
            caregivers=len(found.caregivers),
            places=found.places,
            needed=found.needed,
            short=found.needed - found.places,
        )

    def remedy(self, remedy: Remedy) -> str:
        """Say what could be done, and what solving again says it would do."""
        return self._join(self._remedy(remedy))

    def remedies(self, why: WhyUnpaired) -> tuple[str, ...]:
        """Say the remedies of a child left over, the cheapest few first."""
        line = Unpaired(why.child, why.reason)
        plain = left_over.remedy(line, self.dossier, self.language, naming_rows=True)
        told = [
            plain if remedy.kind in _BY_PEOPLE else self.remedy(remedy)
            for remedy in why.remedies[:_MOST_REMEDIES]
        ]
        return tuple(told or [plain])

    def ranked(self, line: RankedCaregiver) -> str:
        """Say what a caregiver would cost and who else would move."""
        text = difference(line.difference, self.language)
        return self._join((text, self.moves(line.moves))) if line.moves else text

    def why_pair(self, why: WhyPair) -> str:
        """Say why a child has this caregiver rather than another."""
        return self._join(self._why_pair(why))

    def listed(self, parts: Iterable[str]) -> str:
        """List texts."""
        return self.phrase("list_comma").join(parts)

    def near(self, rung: Rung | None, metres: int | None) -> dict[str, str]:
        """Give rung and distance as phrases take them."""
        return {"rung": label(rung, self.language), "distance": distance(metres, self.language)}

    def _join(self, clauses: Iterable[str]) -> str:
        return self._between.join(filter(None, clauses))

    def _move(self, move: Move) -> str:
        return self.phrase(
            "move",
            children=self.children(move.children),
            before=self.caregiver(move.before),
            after=self.caregiver(move.after),
        )

    def _remedy(self, remedy: Remedy) -> Iterator[str]:
        yield self.phrase(
            str(remedy.kind),
            caregiver=self.caregiver(remedy.caregiver),
            home=self.caregiver_home(remedy.caregiver),
            village=self.village(remedy.village) if remedy.village else "",
        )
        if remedy.difference is None:
            return
        if remedy.gets:
            near = self.near(remedy.rung, remedy.metres)
            yield self.phrase("gets", caregiver=self.caregiver(remedy.gets), **near)
        yield self.phrase("verified", effect=difference(remedy.difference, self.language))
        if remedy.moves:
            yield self.moves(remedy.moves)
        if not remedy.is_first_in_line:
            yield self.phrase("must_lock")

    def _why_pair(self, why: WhyPair) -> Iterator[str]:
        if why.locked:
            yield self.phrase("locked_pair")
        yield self.phrase("nearer", n=why.nearer) if why.nearer else self.phrase("nearest")
        best = why.next_best
        if best is None:
            yield self.phrase("no_other")
            return
        near = self.near(best.rung, best.metres)
        name = self.caregiver(best.caregiver)
        yield self.phrase("next_best", caregiver=name, cost=self.ranked(best), **near)


def _township_names(dossier: Dossier) -> dict[str, str]:
    """Name each township as most rows write it."""
    names: dict[str, Counter[str]] = {}
    for record in dossier.records:
        names.setdefault(record.home.township, Counter())[record.township_name] += 1
    return {
        code: min(written, key=lambda name: (-written[name], name))
        for code, written in names.items()
    }
