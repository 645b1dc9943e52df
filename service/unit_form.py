"""The unit's form on the page: filled from what is on record, kept while it is edited.

As long as no child of the unit is on record, the ledgers that were checked on its desk fill it.

::

    DATA/declaration/form.json                what the officer has typed
    DATA/declaration/<unit>.nthandin.zip      the hand-in made last

What the desk's ledgers say is counted once for each state of it, and kept in memory only.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from casework.declaration import COUNTS, FIELDS_ZH, read_declaration
from casework.declaration_cells import read_count
from casework.errors import Conflict, NotFound
from casework.findings import Finding, Where
from ledger.declaration_form import Form
from ledger.declarations import HandedIn
from ledger.hand_in_file import SUFFIX
from ledger.unit_counts import UnitCounts
from service.desk import CHECK, DECLARATION, LEDGER, Desk
from service.kept import Kept
from service.keys import key_for
from service.settings import Settings
from service.workflows import declarations as work
from service.workflows.ledgers import Terms
from service.workflows.outcomes import has_errors, worst_first
from service.workflows.packing import NEVER_OVERRULED, Packing, made, pack_form

FIELDS = ("unit", *COUNTS, "dates", "contact", "remarks", "room", "by", "reason")
LONGEST = 2_000
Record = Callable[[], UnitCounts | None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A form as it stands: read, with everything that does not fit.

    Attributes
    ----------
    may_pack
        Whether a hand-in can be made of it now; with errors a reason must be given.
    """

    form: HandedIn
    findings: tuple[Finding, ...]
    may_pack: bool


@lru_cache(maxsize=64)
def _open_terms(key: str, config: Path, on: str, unit: str | None) -> work.DeclarationTerms:
    """Open the terms of a day and a unit: rules, areas and the key are read once."""
    key_of_ids = key_for(replace(Settings.from_environment(), key=key, config=config))
    return work.open_terms(Terms(key_of_ids, date.fromisoformat(on) if on else None, unit=unit))


class UnitForm:
    """The one form of this desk.

    Parameters
    ----------
    unit
        The code of the unit whose desk it is.
    record
        Counts who is on record, as whoever looks may read it; None where nobody asks.
    counted
        What the desk's ledgers said last.
    """

    def __init__(
        self,
        desk: Desk,
        unit: str = "",
        record: Record | None = None,
        counted: Kept[UnitCounts | None] | None = None,
    ) -> None:
        self._desk, self._unit = desk, unit
        self._record = record
        self._file = desk.root / DECLARATION / "form.json"
        self._counted = counted or Kept(1)

    def as_read_by(self, unit: str, record: Record) -> "UnitForm":
        """Give a unit's form as somebody sees it who reads the record herself."""
        once = cache(record)  # looked at several times for one page
        return UnitForm(self._desk, unit, once, self._counted)

    @property
    def terms(self) -> work.DeclarationTerms:
        """What the form is judged by: the day and unit of the last check, the round's rules."""
        report = self._desk.read(CHECK, "check.json") or {}
        settings = Settings.from_environment()
        given = (settings.key, settings.config)
        return _open_terms(*given, report.get("on") or "", report.get("unit_name") or None)

    @property
    def counts(self) -> UnitCounts | None:
        """What the record says, else the ledgers on the desk; None before the first check."""
        return self._on_record or self._on_desk

    @property
    def _on_record(self) -> UnitCounts | None:
        return self._record() if self._record else None

    @property
    def is_from_record(self) -> bool:
        """Whether the record fills it, and not the desk."""
        return self._on_record is not None

    @property
    def _on_desk(self) -> UnitCounts | None:
        report = self._desk.read(CHECK, "check.json")
        if report is None:
            return None
        registers = tuple(file.id for file in self._desk.of_role("pairs"))
        state = (report["mark"], report["on"], registers)
        return self._counted.get(state, self._count)

    def _count(self) -> UnitCounts | None:
        with self._desk.opened(CHECK, LEDGER) as ledger, self._desk.staged("pairs") as registers:
            return work.count_ledgers([ledger, *sorted(registers.iterdir())], self.terms)

    @property
    def is_stale(self) -> bool:
        """Whether the files on the desk that fill it have changed since they were checked."""
        if self.is_from_record:
            return False
        return self._desk.has_changed_since(self._desk.read(CHECK, "check.json"))

    def fields(self) -> dict[str, str]:
        """Give the form as typed, else as the ledgers fill it."""
        if self._file.exists():
            saved = json.loads(self._desk.safe.read(self._file))
            return {field: str(saved.get(field, "")) for field in FIELDS}
        return self.filled("")

    def filled(self, room: str, keep: Mapping[str, str] | None = None) -> dict[str, str]:
        """Fill the numbers from the ledgers; ``keep`` are the texts that stay."""
        counts, terms = self.counts, self.terms
        texts = {field: (keep or {}).get(field, "") for field in FIELDS} | {"room": room}
        if counts is None or counts.unit is None:
            known = self._unit if terms.units.has_unit(self._unit) else ""
            return texts | ({"unit": terms.units.unit(known).name} if known else {})
        in_room = read_count(room).value or None
        form = work.fill_form(None, counts, work.Wishes(in_room), terms)
        filled = {field: form.cells.get(field) for field in ("unit", *COUNTS)}
        return texts | {
            field: "" if value is None else str(value) for field, value in filled.items()
        }

    def save(self, fields: Mapping[str, str]) -> None:
        """Keep what the officer has typed."""
        kept = {field: fields.get(field, "")[:LONGEST] for field in FIELDS}
        self._desk.safe.write(self._file, json.dumps(kept, ensure_ascii=False).encode())

    def judge(self, fields: Mapping[str, str]) -> Judged:
        """Find everything that does not fit in the form as it stands."""
        counts, terms = self.counts, self.terms
        declared, reading = read_declaration(
            {field: fields.get(field) for field in FIELDS_ZH},
            lambda field: Where(column=FIELDS_ZH.get(field, "")),
            terms.rules,
            terms.units,
            terms.reader.on,
        )
        form = HandedIn(declared, reading)
        others = {"说明": fields.get("reason", ""), "制作人": fields.get("by", "")}
        findings = work.judge_form(form, counts, terms, others)
        is_barred = counts is None or any(f.rule in NEVER_OVERRULED for f in findings)
        is_excused = not has_errors(findings) or bool(fields.get("reason", "").strip())
        return Judged(form, tuple(worst_first(findings)), not is_barred and is_excused)

    def form(self, fields: Mapping[str, str]) -> Form:
        """Give the form to write as a workbook or a PDF: numbers as numbers, else as typed."""
        cells: dict[str, str | int | None] = {f: fields.get(f) or None for f in FIELDS_ZH}
        for field in COUNTS:
            count = read_count(fields.get(field))
            if count.value is not None and not count.is_rough:
                cells[field] = count.value
        return Form(self.terms.rules.title_zh, cells)

    def write(self, name: str) -> bytes:
        """Give the form as ``form.xlsx`` or ``form.pdf``."""
        is_pdf = name.endswith(".pdf")
        form, terms = self.form(self.fields()), self.terms
        with self._desk.work.folder("form") as folder:
            path = folder / name
            out, pdf = (None, path) if is_pdf else (path, None)
            work.write_forms(form, terms, out, pdf)
            return path.read_bytes()

    @property
    def has_hand_in(self) -> bool:
        """Whether a hand-in was made of any state of the form."""
        return any(self._file.parent.glob(f"*{SUFFIX}"))

    @property
    def hand_in(self) -> tuple[str, bytes]:
        """The hand-in made last for the form's unit: its name and what is in it.

        Raises
        ------
        NotFound
            When none was made.
        """
        wanted = self.fields()["unit"] + SUFFIX
        for path in self._file.parent.glob(f"*{SUFFIX}"):
            if path.name == wanted:
                return path.name, self._desk.safe.read(path)
        raise NotFound("还没有报送包，请先生成 / no hand-in yet")

    def pack(self) -> None:
        """Make the hand-in of the form as it stands.

        Raises
        ------
        Conflict
            When there is no ledger on the desk.
        Refused
            When something in it must be mended first.
        """
        fields, counts = self.fields(), self.counts
        if counts is None:
            raise Conflict("还没有台账，请先收名单并核查 / no ledger yet: collect and check first")
        form = self.judge(fields).form
        name = form.declaration.unit_name if form.declaration.unit else "?"
        kept = self._file.with_name(name + SUFFIX)  # without a unit it is never written
        with self._desk.work.folder("hand-in") as folder:
            out = folder / kept.name
            if kept.exists():  # the next one counts on from it
                out.write_bytes(self._desk.safe.read(kept))
            made(pack_form(form, counts, Packing(out, fields["by"], fields["reason"]), self.terms))
            self._desk.safe.write(kept, out.read_bytes())
