"""What every question of the week is asked with, and how its answer is told.

``question`` gives a command the files and options of ``nuantong pair``; the command adds what
only its own question needs.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casework.findings import Severity
from service.commands.options import (
    Datum,
    DatumHint,
    JsonOut,
    KeyFile,
    Lang,
    OnDay,
    Rules,
    Talk,
    UnitName,
    existing,
    leave,
    terms,
    workbook,
)
from service.commands.telling import tell_findings
from service.commands.telling_tables import tell_table
from service.outputs import refuse_overwriting, whole_file
from service.progress import Stage
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from service.workflows.ledgers import Terms
    from service.workflows.tables_for import PairingFiles
    from service.workflows.use import Answer, Questions

Pairs = Annotated[
    Path | None, typer.Option("--pairs", help="现有结对台账，优先保留 / pairs that stand now")
]
Wishes = Annotated[
    Path | None,
    typer.Option("--wishes", help="意见表：锁定、禁止、希望 / sheet of locks, bans and wishes"),
]
Neighbours = Annotated[
    Path | None, typer.Option("--neighbours", help="相邻镇街表 csv / neighbouring townships")
]
Out = Annotated[
    Path | None, typer.Option("--out", callback=workbook, help="写出表格 X.xlsx / workbook")
]


@dataclass(frozen=True, slots=True)
class Asking:
    """One question on the command line: its files, its terms and where the answer goes."""

    files: "PairingFiles"
    wishes: Path | None
    terms: "Terms"
    out: Path | None
    talk: Talk

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file that is read."""
        return (*self.files.all, *filter(None, [self.wishes]))

    def questions(self) -> "Questions":
        """Read the files and propose."""
        from service.workflows.ledgers import open_reader
        from service.workflows.use import Questions

        reader = open_reader(self.terms)
        return Questions.of_files(self.files, reader, self.wishes, self.talk.progress)

    def answer(self, answer: "Answer") -> None:
        """Write and tell an answer, and end the command."""
        talk = self.talk
        if self.out:
            talk.progress(Stage.WRITE, 0, 0)
            write_answer(self.out, answer)
        talk.finish()
        talk.write_json(answer.as_json())
        for table in answer.tables_in(talk.words.lang):
            tell_table(talk, table)
        grave = [f for f in answer.findings if f.severity is Severity.ERROR]
        tell_findings(talk, grave, None)  # warnings are for check and pair to tell
        if self.out:
            talk.line("written", path=self.out)
        leave(answer.needs_a_person)


def write_answer(out: Path, answer: "Answer") -> None:
    """Write an answer's workbook, whole or not at all."""
    from ledger.use_workbook import write_answers

    with whole_file(out) as draft:
        write_answers(draft, answer.done.dossier, answer.paper())


def _shared(
    *,
    children: Annotated[Path, typer.Argument(help="困境儿童台账，或合并台账 / children")],
    caregivers: Annotated[Path, typer.Argument(help="爱心妈妈台账，或同一合并台账 / caregivers")],
    pairs: Pairs = None,
    wishes: Wishes = None,
    rules: Rules = None,
    on: OnDay = None,
    out: Out = None,
    json_out: JsonOut = None,
    neighbours: Neighbours = None,
    unit: UnitName = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> Asking:
    from service.workflows.tables_for import PairingFiles

    talk = Talk(lang, json_out)
    files = PairingFiles(children, caregivers, pairs, neighbours)
    asking = Asking(files, wishes, terms(on, rules, unit, key_file, datum), out, talk)
    existing(asking.inputs)
    for path in (out, talk.json_path):
        refuse_overwriting(path, asking.inputs)
    return asking


def question(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the arguments that all questions share; it gets them as one ``Asking``."""
    shared = inspect.signature(_shared).parameters
    own = [*inspect.signature(command).parameters.values()][1:]

    def run(**given: Any) -> None:
        asking = _shared(**{name: given.pop(name) for name in shared})
        command(asking, **given)

    parameters = [*shared.values()]
    keyword_only = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*parameters[:2], *keyword_only, *parameters[2:]]
    )
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
