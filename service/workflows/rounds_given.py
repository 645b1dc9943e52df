"""What a round is planned from: declarations, teams, closures, rules (排期的输入).

Everything that is wrong in any of the files is collected and told at once; a unit whose form
cannot be planned waits, and the others are planned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from casework.contingents import Participants, contingents_of
from casework.declaration import COUNTS, Declaration
from casework.declaration_cells import Contact
from casework.declaration_rules import DeclarationRules
from casework.errors import NotFound, Unreadable
from casework.findings import Finding, Where
from casework.rollup import Submission
from casework.round_notes import UnitNote, wish_of
from casework.round_report import RoundFrame
from casework.round_rules import Round
from casework.rounds import Closure, Contingent, Pin, Team, Unplaced, WhyUnplaced, Wish
from casework.session_rules import SessionRules
from casework.session_writing import write_session_dates
from casework.workdays import UnknownYear, is_holiday
from ledger.incoming import open_files
from ledger.rounds_files import RoundFiles
from service.progress import Progress, Stage, silent
from service.workflows.collection import Arrival, arrivals, receipt_day, submissions
from service.workflows.declarations import DeclarationTerms
from service.workflows.ledgers import Terms, open_reader

LATE, FORM_ONLY = "A19", "hand_in_form_only"
"""What a round does not ask about: lateness is past, and plain forms are enough."""


@dataclass(frozen=True, slots=True)
class RoundSources:
    """The files of a round; all but declarations and teams may be absent."""

    declarations: Path
    teams: Path
    rules: Path | None = None
    closures: Path | None = None
    units: Path | None = None
    roads: Path | None = None

    @property
    def all(self) -> list[Path]:
        """Every file there is."""
        return [path for path in self._every() if path is not None]

    def _every(self) -> tuple[Path | None, ...]:
        more = (self.rules, self.closures, self.units, self.roads)
        return (self.declarations, self.teams, *more)


@dataclass(frozen=True, slots=True)
class Given:
    """A round as its files give it.

    Attributes
    ----------
    contacts
        Whom to call, by unit: for the office's own workbook, never for JSON or maps.
    declared
        The annex's cells, by unit and field.
    held
        Units that cannot be planned until their form is mended.
    """

    frame: RoundFrame
    findings: tuple[Finding, ...] = ()
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    declared: Mapping[str, Mapping[str, int | str | None]] = field(default_factory=dict)
    held: tuple[Unplaced, ...] = ()


def open_rules(path: Path | None, on: date | None) -> tuple[DeclarationTerms, SessionRules]:
    """Read the round's rules, and what declarations are judged by under them.

    Raises
    ------
    Unreadable
        When a rule is unknown or has a value that cannot be; all such are named.
    """
    faults: list[str] = []
    read: list[Round | SessionRules] = []
    for kind in (Round, SessionRules):
        try:
            read.append(kind.from_toml(path))
        except Unreadable as error:
            faults.append(str(error))
    if faults:
        raise Unreadable("\n".join(dict.fromkeys(faults)))
    rules, session = read
    assert isinstance(rules, Round)
    assert isinstance(session, SessionRules)
    try:
        any(is_holiday(day) for day in (rules.window_start, rules.window_end))
    except UnknownYear as error:
        raise Unreadable(str(error.args[0])) from error
    of_forms = DeclarationRules.from_toml(None, rules)
    reader = open_reader(Terms(b"", on or of_forms.age_on))
    return DeclarationTerms(of_forms, reader), session


def read_round(
    sources: RoundSources, on: date | None = None, progress: Progress = silent
) -> Given:
    """Read all files of a round.

    Parameters
    ----------
    on
        The day it is planned on: what is before it is past. None takes the clock's in the
        round's season, else the rules' own day.

    Raises
    ------
    Unreadable
        When a file cannot be read or holds nothing of what it was given for.
    """
    progress(Stage.READ, 0, 0)
    terms, session = open_rules(sources.rules, on)
    rules = terms.rules.round
    day = on or receipt_day(terms)
    files = RoundFiles(rules, terms.units)
    teams, found = files.teams(sources.teams)
    findings = [*found, *_about_teams(teams, rules, sources.teams)]
    closures, notes, roads = _optional(sources, files, teams, findings)
    given, told = read_submissions(sources.declarations, terms, day)
    findings += told
    frame = RoundFrame(rules, session, day, (), teams, closures, known_minutes=roads)
    return _with_wishes(frame, given, {note.unit: note for note in notes}, (terms, findings))


def read_wishes(frame: RoundFrame, source: Path) -> Given:
    """Read the declarations of a round whose rules, teams and closures are known already.

    Raises
    ------
    NotFound
        When there is nothing to read yet.
    Unreadable
        When nothing can be read.
    """
    of_forms = DeclarationRules.from_toml(None, frame.rules)
    terms = DeclarationTerms(of_forms, open_reader(Terms(b"", frame.on)))
    given, told = read_submissions(source, terms, frame.on)
    return _with_wishes(frame, given, {note.unit: note for note in frame.notes}, (terms, told))


def _optional(
    sources: RoundSources, files: RoundFiles, teams: Sequence[Team], findings: list[Finding]
) -> tuple[tuple[Closure, ...], tuple[UnitNote, ...], dict[tuple[str, str], int]]:
    """Read the files that may be absent."""
    closures: tuple[Closure, ...] = ()
    notes: tuple[UnitNote, ...] = ()
    roads: dict[tuple[str, str], int] = {}
    if sources.closures:
        closures, found = read_closures(sources.closures, files)
        findings += found
    if sources.units:
        notes, told = files.notes(sources.units, teams)
        findings += told
    if sources.roads:
        roads, told = files.roads(sources.roads, teams)
        findings += told
    return closures, notes, roads


def read_closures(
    path: Path, files: RoundFiles
) -> tuple[tuple[Closure, ...], tuple[Finding, ...]]:
    """Read closures, and tell of those outside the round."""
    closures, found = files.closures(path)
    rules = files.rules
    outside = tuple(
        Finding("round_closure_outside", Where(path.name))
        for closure in closures
        if closure.last < rules.window_start or closure.first > rules.window_end
    )
    return closures, (*found, *outside)


def _about_teams(teams: Iterable[Team], rules: Round, path: Path) -> list[Finding]:
    days = [day for day in rules.days() if rules.is_allowed(day)]
    return [
        Finding("round_all_off", Where(path.name), values={"team": team.team[:20]})
        for team in teams
        if all(team.is_off(day) for day in days)
    ]


def read_submissions(
    source: Path, terms: DeclarationTerms, on: date
) -> tuple[dict[str, Submission], list[Finding]]:
    """Read declarations: a folder of forms, a store of hand-ins, or one workbook of many units.

    Raises
    ------
    NotFound
        When a folder has nothing in it to read.
    Unreadable
        When nothing can be read.
    """
    if source.is_dir():
        found = arrivals(source, terms, on)
    else:
        opened = open_files([source], terms.form_reader())
        found = tuple(Arrival(source.name, each, on, 1) for each in opened)
    refused = [arrival for arrival in found if arrival.incoming.refused]
    if found and len(refused) == len(found):
        raise Unreadable(refused[0].incoming.refused)
    findings = [
        Finding(
            "form_not_taken" if each.incoming.is_read else "file_unreadable",
            Where(each.name),
            values={"reason": each.incoming.refused},
        )
        for each in refused
    ]
    findings += [f for each in found for f in each.incoming.findings]
    given = {
        unit: submission
        for unit, submission in submissions(found, terms).items()
        if not _is_blank(submission.declaration)
    }
    if not given:
        raise NotFound(
            f"{source.name} 里没有读到本轮的申报表 / no declaration of this round was found in it"
        )
    missing = [unit.name for unit in terms.units.units if unit.code not in given]
    if missing:
        values = {"n": len(missing), "names": "、".join(missing)}
        findings.append(Finding("round_unit_missing", Where(source.name), values=values))
    return given, findings


def _is_blank(form: Declaration) -> bool:
    """Whether a row of a rollup stands for a unit that has not handed in."""
    counts = [getattr(form, name) for name in COUNTS]
    return all(count is None for count in counts) and form.dates == type(form.dates)()


def _with_wishes(
    frame: RoundFrame,
    given: Mapping[str, Submission],
    notes: Mapping[str, UnitNote],
    so_far: tuple[DeclarationTerms, list[Finding]],
) -> Given:
    """Turn forms into wishes, and into what is known beside them."""
    terms, findings = so_far
    skills = frozenset(skill for team in frame.teams for skill in team.skills)
    wishes: list[Wish] = []
    held: list[Unplaced] = []
    for code, submission in sorted(given.items()):
        form, unit = submission.declaration, terms.units.unit(code)
        findings += [
            f if f.where.file else replace(f, where=Where(unit.name))
            for f in submission.findings
            if f.rule not in (LATE, FORM_ONLY)
        ]
        wish, told = wish_of(form, unit, notes.get(code), skills, frame.rules)
        findings += told
        if wish:
            wishes.append(wish)
        elif form.sessions != 0:
            why = told[0].message_zh
            held.append(Unplaced(code, unit.name, 0, WhyUnplaced.NEEDS_DATA, why))
    units = {wish.unit for wish in wishes}
    pins = tuple(note.pin for note in notes.values() if note.pin and note.unit in units)
    year = frame.rules.window_start.year
    return Given(
        replace(
            frame,
            wishes=tuple(wishes),
            pins=_fixed(pins),
            contingents={
                wish.unit: _contingents(given[wish.unit], wish, terms, frame.session)
                for wish in wishes
                if given[wish.unit].children
            },
        ),
        tuple(findings),
        {code: submission.declaration.contact for code, submission in given.items()},
        {code: _cells(submission.declaration, year) for code, submission in given.items()},
        tuple(held),
    )


def _fixed(pins: tuple[Pin, ...]) -> tuple[Pin, ...]:
    return tuple(sorted(pins, key=lambda pin: pin.unit))


def _contingents(
    submission: Submission, wish: Wish, terms: DeclarationTerms, session: SessionRules
) -> tuple[Contingent, ...]:
    form = submission.declaration
    coming = Participants(form.participants_children, form.participants_caregivers)
    return contingents_of(submission.children or (), coming, terms.units, wish.seat, session)


def _cells(form: Declaration, year: int) -> dict[str, int | str | None]:
    """Give the annex's cells as they were read, the contact left out."""
    return {
        **{name: getattr(form, name) for name in COUNTS},
        "dates": write_session_dates(form.dates, year),
        "remarks": form.remarks,
    }
