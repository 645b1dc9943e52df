"""Cross-checks of declarations: what does not fit together (勾稽关系 A01-A20).

A01, A02 and refused dates are told where the cells are read. A rule is silent where what it
compares is missing: the missing cell has its own finding.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casework.declaration import FIELDS_ZH, Declaration
from casework.declaration_rules import DeclarationRules
from casework.findings import Finding
from casework.round_rules import Consecutive
from casework.rounds import Closure, Slot
from casework.workdays import (
    UnknownYear,
    consecutive,
    holiday_name,
    is_makeup_workday,
    is_rest_day,
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the checker knows beside the form; None or empty where it knows nothing.

    Attributes
    ----------
    ledger
        Numbers counted from the unit's ledger, by field: ``children_total``,
        ``children_6_plus`` and, if known, ``participants_caregivers`` as the most there are.
    last_round
        The same fields as declared for the last round.
    townships
        Sums over the unit's townships, by field, where it handed those in.
    version
        Which version this form is, from 1.
    """

    ledger: Mapping[str, int] | None = None
    last_round: Mapping[str, int] | None = None
    townships: Mapping[str, int] | None = None
    closures: tuple[Closure, ...] = ()
    version: int = 1


NOTHING_KNOWN = Known()
Check = Callable[[Declaration, DeclarationRules, Known], Iterator[Finding]]


def check_declaration(
    declaration: Declaration, rules: DeclarationRules, known: Known = NOTHING_KNOWN
) -> tuple[Finding, ...]:
    """Give everything in one form that does not fit, in the order of the rules."""
    findings = [each for check in CHECKS for each in check(declaration, rules, known)]
    return tuple(sorted(findings, key=lambda finding: finding.rule))


def _numbers(form: Declaration, _: DeclarationRules, __: Known) -> Iterator[Finding]:
    """A03, A04: each number is part of the one before."""
    total, older, coming = (
        form.children_total,
        form.children_6_plus,
        form.participants_children,
    )
    if total is not None and older is not None and older > total:
        yield _told("A03", form, "children_6_plus", total=total, older=older)
    if older is not None and coming is not None and coming > older:
        rule = "A04_remark" if form.remarks else "A04"
        yield _told(rule, form, "participants_children", coming=coming, older=older)


def _sessions(form: Declaration, rules: DeclarationRules, _: Known) -> Iterator[Finding]:
    """A05, A06, A11: sessions for those who come, and days for the sessions."""
    coming, sessions = form.participants_children, form.sessions
    if sessions is None:
        return
    if coming is not None and (coming > 0) != (sessions > 0):
        yield _told("A05", form, "sessions", coming=coming, sessions=sessions)
    if coming and sessions:
        least, most = rules.children_per_session
        if not least <= coming / sessions <= most:
            each = round(coming / sessions)
            limits = {"least": f"{least:g}", "most": f"{most:g}"}
            yield _told("A11", form, "sessions", each=each, **limits)
    yield from _days_for_sessions(form, rules, sessions)


def _days_for_sessions(
    form: Declaration, rules: DeclarationRules, sessions: int
) -> Iterator[Finding]:
    dates = form.dates
    if dates.refusal or not sessions:
        return
    if not dates.days and not dates.is_open:
        yield _told("A06_blank", form, "dates", sessions=sessions)
        return
    least, most = _sessions_of(form, rules)
    fits = least <= sessions if dates.is_open else least <= sessions <= most
    if not fits:
        room = str(least) if least == most else f"{least}—{most}"
        yield _told("A06", form, "dates", days=len(dates.dates), room=room, sessions=sessions)


def _sessions_of(form: Declaration, rules: DeclarationRules) -> tuple[int, int]:
    """Give the fewest and most sessions that the written days can be."""
    stated = form.dates.stated_sessions
    if stated is not None:
        return stated, stated
    days = form.dates.days
    whole_days = sum(each.slot is Slot.DAY for each in days)
    return len(days), len(days) + whole_days * (rules.round.sessions_per_day - 1)


def _dates(form: Declaration, rules: DeclarationRules, known: Known) -> Iterator[Finding]:
    """A07 to A10 and A20: the days themselves."""
    days = form.dates.dates
    outside = [d for d in days if not rules.round.window_start <= d <= rules.round.window_end]
    if outside:
        window = {"start": _said(rules.round.window_start), "end": _said(rules.round.window_end)}
        yield _told("A07", form, "dates", days=_list(outside), **window)
    yield from _gaps(form, rules)
    for closure in known.closures:
        closed = [day for day in days if closure.closes(form.unit, day)]
        if closed:
            why = f"（{closure.reason_zh}）" if closure.reason_zh else ""
            yield _told("A09_closed", form, "dates", days=_list(closed), why=why)
    yield from _special_days(form, days)
    if form.dates.is_open:
        yield _told("A20", form, "dates", named=_list(days) or "无")


def _gaps(form: Declaration, rules: DeclarationRules) -> Iterator[Finding]:
    """A08: two sessions and more are held on consecutive dates (notice, annex, 备注)."""
    days = form.dates.dates
    if len(days) < 2 or consecutive(days):
        return
    try:
        is_run_of_rest_days = consecutive(days, is_rest_day)
    except UnknownYear:
        is_run_of_rest_days = False
    if not is_run_of_rest_days:
        yield _told("A08", form, "dates", days=_list(days))
    elif rules.round.consecutive_in is Consecutive.CALENDAR_DAYS:
        yield _told("A08_rest_days", form, "dates", days=_list(days))


def _special_days(form: Declaration, days: Sequence[date]) -> Iterator[Finding]:
    """A09, A10: holidays, and weekends that are worked."""
    try:
        holidays = [(day, holiday_name(day)) for day in days]
        worked = [day for day in days if is_makeup_workday(day)]
    except UnknownYear:
        return
    named = [f"{_said(day)}（{name}）" for day, name in holidays if name]
    if named:
        yield _told("A09", form, "dates", days="、".join(named))
    if worked:
        yield _told("A10", form, "dates", days=_list(worked))


def _people(form: Declaration, rules: DeclarationRules, _: Known) -> Iterator[Finding]:
    """A12, A13, A15: caregivers beside the children, whom to call, and whether enough come."""
    coming, beside = form.participants_children, form.participants_caregivers
    if coming and beside is not None:
        least, most = rules.caregivers_per_child
        if not least <= beside / coming <= most:
            limits = {"least": f"{least:g}", "most": f"{most:g}"}
            yield _told(
                "A12", form, "participants_caregivers", ratio=f"{beside / coming:.1f}", **limits
            )
    missing = [word for word, part in zip(("姓名", "电话"), form.contact, strict=True) if not part]
    if missing:
        yield _told("A13", form, "contact", missing="和".join(missing))
    older = form.children_6_plus
    if older and coming is not None and coming < rules.participation_share * older:
        share = f"{coming / older:.0%}"
        yield _told("A15", form, "participants_children", share=share, older=older)


def _against_others(form: Declaration, rules: DeclarationRules, known: Known) -> Iterator[Finding]:
    """A14, A16, A18: the ledger, the last round and the townships say otherwise."""
    for field, counted in (known.ledger or {}).items():
        declared = getattr(form, field)
        is_most = field == "participants_caregivers"
        if declared is not None and (declared > counted if is_most else declared != counted):
            yield _differs("A14", form, field, declared, counted)
    for field, before in (known.last_round or {}).items():
        declared = getattr(form, field)
        if declared is not None and abs(declared - before) > rules.change_share * before:
            yield _differs("A16", form, field, declared, before)
    for field, total in (known.townships or {}).items():
        declared = getattr(form, field)
        if declared is not None and declared != total:
            yield _differs("A18", form, field, declared, total)


def _hand_in(form: Declaration, rules: DeclarationRules, known: Known) -> Iterator[Finding]:
    """A17, A19: handed in again, or late."""
    if known.version > 1:
        yield _told("A17", form, "unit", version=known.version)
    if form.submitted_on and form.submitted_on > rules.due_on:
        late = (form.submitted_on - rules.due_on).days
        yield _told("A19", form, "unit", due=_said(rules.due_on), late=late)


CHECKS: tuple[Check, ...] = (_numbers, _sessions, _dates, _people, _against_others, _hand_in)


def _told(rule: str, form: Declaration, field: str, **values: object) -> Finding:
    return Finding(rule, form.at(field), "", values)


def _differs(rule: str, form: Declaration, field: str, declared: int, other: int) -> Finding:
    values = {"field": FIELDS_ZH[field], "declared": declared, "other": other}
    return Finding(rule, form.at(field), str(declared), values | {"by": f"{declared - other:+d}"})


def _said(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _list(days: Sequence[date]) -> str:
    return "、".join(map(_said, days))
