"""Packing: a unit's form and minimised ledger become one file to hand in (报送包)."""

from dataclasses import dataclass, replace
from pathlib import Path

from casework.declaration import FIELDS_ZH
from casework.declaration_form import written_cells
from casework.errors import Refused, Unreadable
from casework.findings import Finding, Severity
from casework.hand_in import LONGEST_TEXT, Manifest
from casework.writing import said
from ledger.declaration_form import Form, write_form
from ledger.declarations import HandedIn, read_form_files
from ledger.hand_in_file import HandIn, hand_in_bytes, read_hand_in
from ledger.unit_counts import UnitCounts
from service.outputs import write_whole
from service.workflows.declarations import DeclarationTerms, judge_form

NEVER_OVERRULED = frozenset(("hand_in_personal", "hand_in_other_unit", "A01"))
"""What no reason lets pass: it would name somebody, or go to the wrong unit's account."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What to pack: the form, and who says what about it.

    Attributes
    ----------
    reason
        Why it is handed in with errors in it; empty refuses them.
    version
        None continues the file that ``out`` holds already, else begins with 1.
    """

    out: Path
    by: str = ""
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A hand-in that was made, or the findings for which it was not."""

    findings: tuple[Finding, ...]
    hand_in: HandIn | None = None


def read_one_form(path: Path, unit: str, terms: DeclarationTerms) -> HandedIn:
    """Read the one form of a file, or the row of a unit where it holds several.

    Raises
    ------
    Unreadable
        When it cannot be read, or holds no form, or several and none plainly of the unit.
    """
    (file,) = read_form_files([path], terms.form_reader(terms.reader.on))
    if file.refused:
        raise file.refused
    forms = file.forms
    if len(forms) > 1:
        forms = tuple(form for form in forms if form.declaration.unit == unit)
    if len(forms) != 1:
        raise Unreadable(
            f"{path.name} 里应有且只有一份本区县的申报表，找到 {len(forms)} 份"
            f" / one declaration of the unit is expected, found {len(forms)}"
        )
    return forms[0]


def pack(form_path: Path, counts: UnitCounts, packing: Packing, terms: DeclarationTerms) -> Packed:
    """Pack a form and its minimised ledger, unless something in them is wrong."""
    form = read_one_form(form_path, counts.unit.code if counts.unit else "", terms)
    return pack_form(form, counts, packing, terms)


def pack_form(
    form: HandedIn, counts: UnitCounts, packing: Packing, terms: DeclarationTerms
) -> Packed:
    """Pack a form that is read already."""
    others = {"说明": packing.reason, "制作人": packing.by}
    findings = judge_form(form, counts, terms, others)
    errors = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    if errors & NEVER_OVERRULED or (errors and not packing.reason):
        return Packed(findings)
    declared = form.declaration
    manifest = Manifest(
        unit=declared.unit,
        unit_name=declared.unit_name,
        round=terms.rules.round.name,
        version=packing.version or 1,
        on=terms.reader.on,
        by=_one_line(packing.by),
        reason=_one_line(packing.reason) if errors else "",
        rows_held=counts.rows_held,
    )
    hand_in = HandIn(manifest, _clean_form(form, packing.out, terms), counts.minimised)
    if packing.version is None:
        hand_in = _continued(hand_in, packing.out, terms)
    write_whole(packing.out, hand_in_bytes(hand_in, terms.reader.gazetteer))
    return Packed(findings, hand_in)


def _one_line(text: str) -> str:
    return "".join(filter(str.isprintable, said(text)))[:LONGEST_TEXT]


def _clean_form(form: HandedIn, beside: Path, terms: DeclarationTerms) -> bytes:
    """Write the form anew, so that nothing else of the officer's file is handed in."""
    rough = {
        field
        for finding in form.findings
        if finding.rule == "A02_rough"
        for field, heading in FIELDS_ZH.items()
        if heading == finding.values.get("field")
    }
    cells = written_cells(form.declaration, terms.year, rough)
    beside.parent.mkdir(parents=True, exist_ok=True)
    draft = beside.with_name(f".{beside.name}.xlsx")
    try:
        write_form(
            draft, Form(terms.rules.title_zh, cells), tuple(u.name for u in terms.units.units)
        )
        return draft.read_bytes()
    finally:
        draft.unlink(missing_ok=True)


def _continued(hand_in: HandIn, out: Path, terms: DeclarationTerms) -> HandIn:
    """Count on from the hand-in that is about to be replaced; the same again is the same."""
    try:
        before = read_hand_in(out) if out.exists() else None
    except Unreadable:
        before = None
    if before is None or before.manifest.unit != hand_in.manifest.unit:
        return hand_in
    same = _of_version(hand_in, before.manifest.version)
    if hand_in_bytes(same, terms.reader.gazetteer) == out.read_bytes():
        return same
    return _of_version(hand_in, before.manifest.version + 1)


def _of_version(hand_in: HandIn, version: int) -> HandIn:
    return replace(hand_in, manifest=replace(hand_in.manifest, version=version))


def made(packed: Packed) -> HandIn:
    """Give the hand-in that was made.

    Raises
    ------
    Refused
        When there is none; it says how many things are to be mended first.
    """
    if packed.hand_in is not None:
        return packed.hand_in
    errors = [f for f in packed.findings if f.severity is Severity.ERROR]
    if any(finding.rule in NEVER_OVERRULED for finding in errors):
        raise Refused(
            "没有生成报送包：报送内容带个人信息，或区县不对，必须先更正"
            " / not packed: personal details or a wrong unit must be mended first"
        )
    raise Refused(
        f"有 {len(errors)} 处错误，没有生成报送包；请先更正，或写明原因（--with-remark）"
        " / not packed: mend the errors first, or give the reason (--with-remark)"
    )
