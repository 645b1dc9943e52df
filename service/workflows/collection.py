"""Collection at the city office: hand-ins received, kept, and rolled up (收件与汇总)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from casework.declaration_checks import Known, check_declaration
from casework.errors import NotFound
from casework.findings import Finding
from casework.hand_in import count_handed_in
from casework.rollup import Rollup, Submission, roll_up
from ledger.declarations import HandedIn
from ledger.hand_in_store import HandInStore
from ledger.incoming import Incoming, files_in, open_files
from service.outputs import whole_file
from service.progress import Progress, Stage, silent
from service.workflows.declarations import DeclarationTerms
from service.workflows.ledgers import today

SEASON_DAYS = 60
"""So long before its due day and after its window a round is being collected."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file as it came: what it was called, what is in it, when it came."""

    name: str
    incoming: Incoming
    received_on: date
    order: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file.

    Attributes
    ----------
    is_new
        False where the very same file was received before.
    """

    name: str
    incoming: Incoming
    is_new: bool = False

    @property
    def refused(self) -> str:
        """Why it was not taken; empty where it was."""
        return self.incoming.refused


def receive(
    sources: Mapping[Path, str],
    store: HandInStore,
    received_on: date,
    terms: DeclarationTerms,
    progress: Progress = silent,
) -> tuple[Received, ...]:
    """Take files into the store, each whole or not at all; ``sources`` gives their names.

    Versions of one unit that come together are taken in their own order.
    """
    progress(Stage.READ, 0, len(sources))
    opened = open_files(sources, terms.form_reader(received_on))
    opened = tuple(_of_this_round(incoming, terms) for incoming in opened)
    done = {}
    for incoming in sorted(opened, key=_own_order):
        is_new = False
        if not incoming.refused:
            _, is_new = store.keep(incoming, sources[incoming.path], received_on)
        done[incoming.path] = Received(sources[incoming.path], incoming, is_new)
    return tuple(done[path] for path in sources)


def _own_order(incoming: Incoming) -> tuple[int, date, float, str]:
    """Order files of one unit that come together: by version, day, and when they were saved."""
    manifest = incoming.hand_in.manifest if incoming.hand_in else None
    saved = incoming.path.stat().st_mtime if incoming.path.exists() else 0.0
    if manifest is None:
        return 0, date.min, saved, incoming.path.name
    return manifest.version, manifest.on, saved, incoming.path.name


def _of_this_round(incoming: Incoming, terms: DeclarationTerms) -> Incoming:
    """Refuse a hand-in of another round: its numbers are not this round's."""
    hand_in = incoming.hand_in
    if hand_in is None or hand_in.manifest.round == terms.rules.round.name:
        return incoming
    reason = f"“{incoming.path.name}”不能收：不是本轮的报送包 / it is of another round"
    return Incoming(incoming.path, incoming.sha256, refused=reason)


def arrivals(root: Path, terms: DeclarationTerms, on: date) -> tuple[Arrival, ...]:
    """Open what a store holds, or what lies in a plain folder as if it came on the day.

    Raises
    ------
    NotFound
        When there is no folder, or nothing in it that could be received.
    """
    store = HandInStore(root)
    if store.exists:
        records = {store.path(record): record for record in store.records}
        opened = open_files(records, terms.form_reader())
        return tuple(
            Arrival(record.name, incoming, record.received_on, record.order)
            for record, incoming in zip(records.values(), opened, strict=True)
        )
    paths = files_in(root) if root.is_dir() else []
    if not paths:
        raise NotFound(f"{root.name} 里没有报送包或申报表 / nothing to roll up in the folder")
    opened = open_files(paths, terms.form_reader())
    ordered = sorted((_of_this_round(incoming, terms) for incoming in opened), key=_own_order)
    return tuple(Arrival(each.path.name, each, on, n) for n, each in enumerate(ordered, 1))


def by_unit(found: Iterable[Arrival]) -> dict[str, tuple[Arrival, ...]]:
    """Give each unit's arrivals, the one that counts last.

    The later supersedes, unless it is a hand-in that calls itself an older version.
    """
    lines: dict[str, list[Arrival]] = {}
    for arrival in sorted(found, key=lambda each: each.order):
        for unit in arrival.incoming.units:
            line = lines.setdefault(unit, [])
            is_older = bool(line) and _is_older(arrival, line[-1])
            line.insert(len(line) - is_older, arrival)
    return {unit: tuple(line) for unit, line in lines.items()}


def _version(arrival: Arrival) -> int:
    """Give a hand-in's own version; 0 for a plain form, which has none."""
    hand_in = arrival.incoming.hand_in
    return hand_in.manifest.version if hand_in else 0


def _is_older(arrival: Arrival, than: Arrival) -> bool:
    """Whether a hand-in calls itself an older version than another hand-in."""
    return 0 < _version(arrival) < _version(than)


def submissions(
    found: Iterable[Arrival],
    terms: DeclarationTerms,
    before: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Submission]:
    """Judge what counts of each unit, by unit code; ``before`` is the last round (A16)."""
    return {
        unit: judge(unit, line, terms, (before or {}).get(unit))
        for unit, line in by_unit(found).items()
    }


def judge(
    unit: str,
    line: Sequence[Arrival],
    terms: DeclarationTerms,
    before: Mapping[str, int] | None = None,
) -> Submission:
    """Judge a unit's last file beside those before it."""
    arrival, hand_in = line[-1], line[-1].incoming.hand_in
    forms = [form for form in arrival.incoming.forms if form.declaration.unit == unit]
    made_on = hand_in.manifest.on if hand_in else arrival.received_on
    submitted_on = max(arrival.received_on, made_on)
    declared = replace(forms[-1].declaration, submitted_on=submitted_on)
    ledger = count_handed_in(hand_in.children, terms.rules.from_age_years) if hand_in else None
    known = Known(ledger=ledger, last_round=before, version=len(line))
    findings = (
        *forms[-1].findings,
        *check_declaration(declared, terms.rules, known),
        *_about_file(line, forms, terms),
    )
    return Submission(
        declared,
        findings,
        arrival.received_on,
        _version(arrival) or len(line),
        hand_in.manifest if hand_in else None,
        hand_in.children if hand_in else None,
    )


def _about_file(
    line: Sequence[Arrival], forms: Sequence[HandedIn], terms: DeclarationTerms
) -> Iterable[Finding]:
    """Tell what is doubtful of the file itself."""
    hand_in = line[-1].incoming.hand_in
    if hand_in is None:
        yield Finding("hand_in_form_only")
    else:
        manifest = hand_in.manifest
        if manifest.reason:
            yield Finding("hand_in_with_reason", values={"reason": manifest.reason})
        if manifest.rows_held:
            yield Finding("hand_in_rows_held", values={"n": manifest.rows_held})
        rivals = [each for each in line[:-1] if _version(each) == manifest.version]
        if rivals:
            yield Finding("hand_in_same_version", values={"version": manifest.version})
    if len(forms) > 1:
        yield Finding("hand_in_several_forms", values={"n": len(forms)})


def roll_up_folder(
    root: Path,
    terms: DeclarationTerms,
    on: date,
    before: Mapping[str, Mapping[str, int]] | None = None,
    progress: Progress = silent,
) -> tuple[Rollup, tuple[Arrival, ...]]:
    """Roll up a store or a folder; give also the files that were refused."""
    progress(Stage.READ, 0, 0)
    found = arrivals(root, terms, on)
    refused = tuple(arrival for arrival in found if arrival.incoming.refused)
    given = submissions(found, terms, before)
    return roll_up(given, terms.units.units, terms.rules, on), refused


def receipt_day(terms: DeclarationTerms) -> date:
    """Give the day that counts as today: the clock's in the round's season, else the rules'.

    Rules of another year are for looking back or trying things: then the clock would make
    every hand-in years late.
    """
    rules, now, season = terms.rules, today(), timedelta(days=SEASON_DAYS)
    is_season = rules.due_on - season <= now <= rules.round.window_end + season
    return now if is_season else rules.age_on


def write_rollup_file(rollup: Rollup, out: Path, progress: Progress = silent) -> None:
    """Write the 汇总表, whole or not at all."""
    from ledger.rollup_workbook import write_rollup

    progress(Stage.WRITE, 0, 0)
    with whole_file(out) as draft:
        write_rollup(draft, rollup)
