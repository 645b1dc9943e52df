"""``nuantong pair``: from two ledgers to a proposal."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.asking import Wishes
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
    web_page,
    workbook,
)
from service.commands.telling import tell_findings, tell_proposal
from service.commands.telling_tables import tell_table
from service.outputs import refuse_overwriting
from service.progress import Stage
from service.settings import LANGUAGES


def pair(
    children: Annotated[Path, typer.Argument(help="困境儿童台账，或合并台账 / children")],
    caregivers: Annotated[Path, typer.Argument(help="爱心妈妈台账，或同一合并台账 / caregivers")],
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help="现有结对台账，优先保留 / pairs that stand now")
    ] = None,
    rules: Rules = None,
    on: OnDay = None,
    out: Annotated[
        Path | None, typer.Option("--out", callback=workbook, help="结对建议 X.xlsx / workbook")
    ] = None,
    map_out: Annotated[
        Path | None, typer.Option("--map", callback=web_page, help="地图 X.html / map")
    ] = None,
    json_out: JsonOut = None,
    with_points: Annotated[
        bool, typer.Option("--with-points", help="地图画点位（内部） / homes as points on the map")
    ] = False,
    with_names: Annotated[
        bool, typer.Option("--with-names", help="地图写姓名（内部） / names on the map")
    ] = False,
    neighbours: Annotated[
        Path | None, typer.Option("--neighbours", help="相邻镇街表 csv / neighbouring townships")
    ] = None,
    unit: UnitName = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    wishes: Wishes = None,
    max_changes: Annotated[
        int | None,
        typer.Option("--max-changes", min=0, help="最多调整几对原结对 / give up at most so many"),
    ] = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """生成结对建议 / Propose pairs: keep what stands, repair, fill in."""
    from service.workflows import ledgers, pairing
    from service.workflows.changes import changes, with_answers
    from service.workflows.tables_for import PairingFiles
    from service.workflows.use import Questions

    talk = Talk(lang, json_out)
    files = PairingFiles(children, caregivers, pairs, neighbours)
    inputs = existing([*files.all, *filter(None, [wishes])])
    for path in (out, map_out, talk.json_path):
        refuse_overwriting(path, inputs)
    reader = ledgers.open_reader(terms(on, rules, unit, key_file, datum))
    posed = pairing.pose_files(files, reader, wishes, talk.progress)
    talk.progress(Stage.SOLVE, 0, 0)
    questions = Questions(posed, posed.propose(max_changes))
    done = questions.done
    told = (questions.wishes(),) if wishes else ()
    beside = (changes(questions),) if posed.current else ()
    answers = (*told, *beside)
    sheets = tuple(table for answer in answers for table in answer.paper())
    outputs = pairing.Outputs(out, map_out, with_points, with_names, sheets)
    pairing.write_outputs(done, outputs, reader, talk.progress)
    talk.finish()
    talk.write_json(with_answers(done.json_bytes, answers, max_changes))
    for answer in told if max_changes is None else answers:
        for table in answer.tables_in(talk.words.lang):
            tell_table(talk, table)
    tell_proposal(talk, done)
    tell_findings(talk, done.findings, None)
    if done.unused_pairs:
        talk.line("unused_pairs", n=done.unused_pairs)
    for path in filter(None, (out, map_out)):
        talk.line("written", path=path)
    leave(done.needs_a_person or any(answer.needs_a_person for answer in answers))
