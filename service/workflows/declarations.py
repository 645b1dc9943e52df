"""Declarations at a unit: the form from the ledgers, its check, and the hand-in (申报)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from casework.declaration import FIELDS_ZH
from casework.declaration_checks import NOTHING_KNOWN, Known, check_declaration
from casework.declaration_form import propose_form
from casework.declaration_rules import DeclarationRules
from casework.errors import NotFound
from casework.findings import Finding
from casework.personal import has_long_number, names_a_person
from geo.areas import Gazetteer
from ledger.declaration_form import Form, write_form
from ledger.declarations import DeclarationReader, HandedIn
from ledger.reader import Reader
from ledger.tables import Value
from ledger.unit_counts import UnitCounts, count_unit
from service.outputs import whole_file, write_whole
from service.workflows.ledgers import Terms, open_reader


@dataclass(frozen=True, slots=True)
class DeclarationTerms:
    """What work on declarations is judged by: the round's rules and the reader of ledgers."""

    rules: DeclarationRules
    reader: Reader

    @property
    def year(self) -> int:
        """The round's."""
        return self.rules.round.window_start.year

    @property
    def units(self) -> Gazetteer:
        """The areas as they stood when the round began: who hands in does not change in it."""
        return Gazetteer.on(self.rules.round.window_start)

    def form_reader(self, submitted_on: date | None = None) -> DeclarationReader:
        """Give what reads forms."""
        return DeclarationReader(self.rules, self.units, submitted_on)


def open_terms(terms: Terms) -> DeclarationTerms:
    """Settle rules, day and areas; ``terms.rules`` are the rules of declarations.

    Ages are counted on ``terms.on``, else on the rules' own day.
    """
    rules = DeclarationRules.from_toml(terms.rules)
    rules = replace(rules, age_on=terms.on or rules.age_on)
    return DeclarationTerms(rules, open_reader(replace(terms, on=rules.age_on, rules=None)))


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the officer says of a new form beside the ledgers.

    Attributes
    ----------
    room
        Children the venue holds in one session; None takes the rules'.
    """

    room: int | None = None
    dates: str = ""
    contact: str = ""
    remarks: str = ""


def count_ledgers(paths: Sequence[Path], terms: DeclarationTerms) -> UnitCounts | None:
    """Count a unit's ledgers; None where there are none to count."""
    return count_unit(paths, terms.reader) if paths else None


def fill_form(
    unit: str | None, counts: UnitCounts | None, wishes: Wishes, terms: DeclarationTerms
) -> Form:
    """Fill in a form for the officer to change; without ledgers its numbers stay blank.

    Raises
    ------
    NotFound
        When neither the name nor the ledgers are of a unit of the round.
    """
    found = terms.units.find_unit(unit) if unit else counts.unit if counts else None
    if found is None:
        named = unit or (counts.unit_name if counts else "")
        raise NotFound(f"没有这个区县：{named or '请用 --unit 写明'} / no such unit")
    numbers: Mapping[str, Value] = _numbers(counts, wishes, terms) if counts else {}
    more = {"dates": wishes.dates, "contact": wishes.contact, "remarks": wishes.remarks}
    cells = {"unit": found.name, **numbers, **{key: text or None for key, text in more.items()}}
    return Form(terms.rules.title_zh, cells)


def _numbers(counts: UnitCounts, wishes: Wishes, terms: DeclarationTerms) -> dict[str, Value]:
    beside = counts.caregivers_paired
    numbers = propose_form(
        counts.children,
        terms.reader.programme,
        terms.rules,
        caregivers=counts.caregivers_serving if beside is None else beside,
        room=wishes.room,
    )
    return dict(numbers.cells())


def write_forms(
    form: Form, terms: DeclarationTerms, out: Path | None = None, pdf: Path | None = None
) -> None:
    """Write a form as a workbook and as a PDF for the seal, each whole or not at all."""
    if out:
        names = tuple(unit.name for unit in terms.units.units)
        with whole_file(out) as draft:
            write_form(draft, form, names)
    if pdf:
        from ledger.declaration_pdf import form_pdf  # typst is slow to load

        write_whole(pdf, form_pdf(form))


def about_ledgers(counts: UnitCounts) -> Iterator[Finding]:
    """Tell what a form filled from these ledgers does not count."""
    if counts.rows_held:
        yield Finding("hand_in_rows_held", values={"n": counts.rows_held})
    if all(child.paired is None for child in counts.minimised):
        yield Finding("hand_in_pairs_unknown")


def judge_form(
    form: HandedIn, counts: UnitCounts | None, terms: DeclarationTerms, others: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Find everything that does not fit in a form beside its ledgers.

    Parameters
    ----------
    counts
        None where there are no ledgers to compare with.
    others
        Other free texts that would be handed in, by what they are called.
    """
    declared = form.declaration
    known = counts.known(terms.rules) if counts else NOTHING_KNOWN
    found = [*form.findings, *check_declaration(declared, terms.rules, known)]
    if counts and counts.unit and declared.unit and counts.unit.code != declared.unit:
        values = {"form": declared.unit_name, "ledger": counts.unit.name}
        found.append(Finding("hand_in_other_unit", declared.at("unit"), values=values))
    texts = {FIELDS_ZH["remarks"]: declared.remarks, **others}
    for field, text in texts.items():
        what = next(_personal(text, counts, terms), None)
        if what:
            values = {"field": field, "what": what[0], "what_en": what[1]}
            found.append(Finding("hand_in_personal", declared.at("remarks"), values=values))
    return (*found, *(about_ledgers(counts) if counts else ()))


def _personal(
    text: str, counts: UnitCounts | None, terms: DeclarationTerms
) -> Iterator[tuple[str, str]]:
    if has_long_number(text, terms.year):
        yield "证件号、电话或出生日期", "an ID, phone or birth date"
    if counts and names_a_person(text, counts.names):
        yield "台账中的姓名或住址", "a name or address of the ledgers"


def ledger_of(known: UnitCounts | None, rules: DeclarationRules) -> Mapping[str, Known]:
    """Give what is known of the one unit whose ledgers are at hand, by its code."""
    return {known.unit.code: known.known(rules)} if known and known.unit else {}
