"""``nuantong ledger import|export``, ``nuantong roster`` and ``nuantong tasks``: on the store."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casework.actors import SYSTEM_ACTOR
from casework.errors import Refused
from casework.import_decisions import Choice
from service.commands import ledger
from service.commands.on_record_options import spoken
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
from service.commands.record_options import Database, DataFolder, named_area, opened_record
from service.commands.telling import tell_findings, tell_rows
from service.commands.telling_tables import tell_table
from service.outputs import refuse_overwriting, whole_file
from service.progress import Stage
from service.settings import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ledger.print_table import PrintTable
    from ledger.record.undo import Undoing
    from service.workflows.import_folder import FolderImport
    from service.workflows.on_record import Imported, LedgersRead

Sheet = Annotated[
    Path | None, typer.Option("--out", callback=workbook, help="写出比对表 X.xlsx / workbook")
]
Doubtful = Annotated[
    Choice | None,
    typer.Option(
        "--doubtful",
        help="存疑的行一律怎么办：take 采用，keep 保留原记录并列入待办，separate 另立新人"
        " / what holds for every doubtful row",
    ),
]
Files = Annotated[
    list[Path], typer.Argument(help="儿童台账 [爱心妈妈台账]，或一个文件夹 / ledgers, or a folder")
]

roster_app = typer.Typer(
    help="名册：民政月度名册与台账比对 / the monthly civil-affairs roster against the ledger",
    no_args_is_help=True,
    rich_markup_mode=None,
)
tasks_app = typer.Typer(
    help="待办：列出、办结 / tasks: list, settle", no_args_is_help=True, rich_markup_mode=None
)


@ledger.app.command("import")
def import_ledger(
    files: Files,
    data: DataFolder = None,
    database: Database = None,
    unit: UnitName = None,
    on: OnDay = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="确认写入；不写只预览 / write; else only look")
    ] = False,
    doubtful: Doubtful = None,
    whole: Annotated[
        bool,
        typer.Option("--whole", help="表是全区县的完整台账 / the file is the whole unit's ledger"),
    ] = False,
    out: Sheet = None,
    json_out: JsonOut = None,
    rules: Rules = None,
    datum: DatumHint = Datum.WGS84,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """导入台账：先预览（新增、变化、存疑、减少），再确认 / Import ledgers: look, then confirm."""
    from ledger.record.imports import Decisions
    from service.workflows import on_record as work
    from service.workflows.import_folder import FolderImport
    from service.workflows.ledgers import open_reader

    talk = Talk(lang, json_out)
    paths = existing(files)
    for path in (out, talk.json_path):
        refuse_overwriting(path, paths)
    reader = open_reader(terms(on, rules, unit, key_file, datum))
    decisions = Decisions(standing=doubtful)
    with opened_record(data, database, make=True) as store:
        if any(path.is_dir() for path in paths):
            many = FolderImport(store, SYSTEM_ACTOR, reader, decisions, is_preview=not confirm)
            _import_folder(many, paths, out, talk)
            return
        read = work.read_for_record(paths, reader, talk.progress, whole=whole)
        talk.progress(Stage.IMPORT if confirm else Stage.COMPARE, 0, 0)
        if confirm:
            done = work.confirm(store, SYSTEM_ACTOR, read, decisions, reader)
        else:
            done = work.preview(store, SYSTEM_ACTOR, read)
    talk.finish()
    _tell_import(talk, read, done, out, reader.on)


@ledger.app.command("export")
def export_ledger(
    out: Annotated[
        Path, typer.Option("--out", callback=workbook, help="写出台账 X.xlsx / the workbook")
    ],
    unit: Annotated[str, typer.Option("--unit", help="区县名称或代码 / unit")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """导出在案台账：加密工作簿，不含身份证号，须先授权（grant） / Export, locked, by a grant."""
    from service.outputs import write_whole
    from service.workflows.exports import export_package

    talk = Talk(lang)
    (_, code, *_) = named_area(unit, None)
    with opened_record(data, database) as store:
        package = export_package(store, SYSTEM_ACTOR, code)
    write_whole(out, package.content)
    talk.line("exported", children=package.children, caregivers=package.caregivers)
    if package.left_out:
        talk.line("export_left_out", n=package.left_out)
    talk.line("written", path=out)
    talk.line("export_password", password=package.password)


@ledger.app.command("open")
def open_export(
    package: Annotated[Path, typer.Argument(help="加密的工作簿 / the locked workbook")],
    out: Annotated[
        Path, typer.Option("--out", callback=workbook, help="写出工作簿 X.xlsx / the workbook")
    ],
    password: Annotated[
        str, typer.Option("--password", prompt="密码 / password", hide_input=True)
    ],
    lang: Lang = LANGUAGES[0],
) -> None:
    """打开加密的导出（Excel、WPS 用密码也能打开） / Open a locked export without Excel."""
    from ledger.locked_workbook import unlock_workbook
    from service.outputs import write_whole

    existing([package])
    refuse_overwriting(out, [package])
    write_whole(out, unlock_workbook(package.read_bytes(), password))
    Talk(lang).line("written", path=out)


@roster_app.command("compare")
def compare(
    roster: Annotated[Path, typer.Argument(help="民政名册 / the roster")],
    data: DataFolder = None,
    database: Database = None,
    unit: UnitName = None,
    on: OnDay = None,
    keep: Annotated[
        bool, typer.Option("--keep/--look", help="记入待办，或只看看 / keep the tasks, or look")
    ] = True,
    warn_months: Annotated[
        int, typer.Option("--warn-months", min=0, help="满龄提前几个月提醒 / months of notice")
    ] = 3,
    out: Sheet = None,
    json_out: JsonOut = None,
    rules: Rules = None,
    key_file: KeyFile = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """用民政名册核对台账，差异列入待办 / Compare a roster; each difference becomes a task."""
    from casework.tasks import roster_tasks
    from ledger.difference_tables import roster_tables
    from ledger.tables import TableKind
    from service.workflows import on_record as work
    from service.workflows.ledgers import open_reader
    from service.workflows.on_record_json import roster_json

    talk = Talk(lang, json_out)
    paths = existing([roster])
    refuse_overwriting(out, paths)
    reader = open_reader(terms(on, rules, unit, key_file))
    with opened_record(data, database) as store:
        read = work.read_for_record(paths, reader, talk.progress, only=TableKind.CHILDREN)
        talk.progress(Stage.COMPARE, 0, 0)
        found = work.reconcile_roster(
            store, SYSTEM_ACTOR, read, reader, keep=keep, warn_months=warn_months
        )
    talk.finish()
    name = read.ledgers.unit.name
    made = roster_tasks(found.lines, reader.programme, reader.on)
    tables = roster_tables(name, found.lines, made)
    _write(out, name, reader.on, tables, talk)
    talk.write_json(roster_json(name, reader.on, found, made))
    for table in tables:
        tell_table(talk, table)
    talk.line("roster_done", tasks=len(made), new=found.new_tasks)
    leave(bool(made))


@tasks_app.command("list")
def list_tasks(
    unit: Annotated[str, typer.Option("--unit", help="区县名称或代码 / unit")],
    data: DataFolder = None,
    database: Database = None,
    out: Sheet = None,
    json_out: JsonOut = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """列出没有办结的待办 / List the tasks that are open."""
    from ledger.difference_tables import task_table
    from ledger.record.tasks import tasks_of
    from service.workflows.ledgers import today
    from service.workflows.on_record_json import tasks_json

    talk = Talk(lang, json_out)
    (_, code, *_) = named_area(unit, None)
    with opened_record(data, database) as store, store.reading(SYSTEM_ACTOR, "tasks") as book:
        found = tasks_of(book, code)
    table = task_table(unit, [one.task for one in found])
    _write(out, unit, today(), [table], talk)
    talk.write_json(tasks_json(unit, found))
    tell_table(talk, table)


@tasks_app.command("settle")
def settle(
    task: Annotated[str, typer.Argument(help="待办编号（见 --json） / the task's id")],
    outcome: Annotated[str, typer.Option("--outcome", help="办理结果 / what became of it")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """办结一项待办，写明结果 / Settle a task and say what became of it."""
    from service.workflows.on_record import settle_one

    if not outcome.strip():
        raise Refused("请写明办理结果 / say what became of it")
    with opened_record(data, database) as store:
        settle_one(store, SYSTEM_ACTOR, task, outcome)
    Talk(lang).line("task_settled")


@ledger.app.command("undo")
def undo(
    import_id: Annotated[str, typer.Argument(help="导入编号 / the import's id")],
    is_preview: Annotated[
        bool, typer.Option("--preview", help="只看撤销后的样子 / say what it would do only")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 / do it unasked")] = False,
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """撤销一次已确认的导入，先列出会改什么 / Take an import back; say first what that changes."""
    from ledger.record.shown import names_of
    from ledger.record.undo import look_at_undo, undo_import

    talk = Talk(lang)
    with opened_record(data, database) as store:
        with store.reading(SYSTEM_ACTOR, "ledger import undo preview") as reading:
            found = look_at_undo(reading, import_id)
            names = names_of(reading, sorted(found.in_the_way))
        _tell_undo(talk, found, names.values())
        if is_preview:
            leave(bool(found.in_the_way))
            return
        may_ask = not yes and not found.in_the_way and sys.stdin.isatty()
        if may_ask and not typer.confirm(talk.words("undo_ask"), err=True):
            return
        with store.writing(SYSTEM_ACTOR, "ledger import undo") as book:
            people = undo_import(book, import_id)
    talk.line("import_undone", people=people)


def _tell_undo(talk: Talk, found: "Undoing", in_the_way: "Iterable[str]") -> None:
    """Tell what an undo would do: the counts, then person by person, field by field."""
    from service.workflows.import_words import undone

    language = spoken(talk)
    lines = [undone(change, language) for change in found.changes]
    gone = sum(line["is_gone"] for line in lines)
    if found.in_the_way:
        talk.line("undo_in_the_way", count=len(found.in_the_way))
        talk.say(f"  {talk.words('list_comma').join(sorted(in_the_way))}")
    talk.line("undo_would", back=len(lines) - gone, gone=gone)
    for line in lines:
        colon = talk.words("colon")
        texts = [
            f"{what}{colon}{was or '—'} → {then or '—'}" for what, was, then in line["changes"]
        ]
        told = [talk.words("undo_gone")] if line["is_gone"] else texts
        talk.say("  " + "  ".join([line["name"], line["township"], *told]))


def _import_folder(work: "FolderImport", paths: list[Path], out: Path | None, talk: Talk) -> None:
    from service.workflows.import_folder import folder_json, folder_table, totals

    if len(paths) != 1:
        raise Refused("文件夹请单独给出 / give a folder alone")
    if work.decisions.standing is None and not work.is_preview:
        raise Refused(
            "导入文件夹请用 --doubtful 写明存疑的行怎么办 / say what holds for doubtful rows"
        )
    done = list(work.run(paths[0], talk.progress))
    talk.finish()
    name, look_at = paths[0].resolve().name, [one for one in done if one.is_to_look_at]
    _write(out, name, work.reader.on, [folder_table(name, done)], talk)
    talk.write_json(folder_json(done, is_preview=work.is_preview))
    if look_at:
        tell_table(talk, folder_table(name, look_at))
    talk.line("folder_preview" if work.is_preview else "folder_done", **totals(done))
    leave(bool(look_at))


def _tell_import(
    talk: Talk, read: "LedgersRead", done: "Imported", out: Path | None, on: "date"
) -> None:
    from ledger.difference_tables import NAMES, difference_tables
    from service.workflows.on_record_json import import_json

    name = read.ledgers.unit.name
    tables = [
        table
        for found in done.differences
        for table in difference_tables(name, found.batch.kind, found.lines)
    ]
    _write(out, name, on, tables, talk)
    talk.write_json(import_json(name, done))
    tell_rows(talk, read.ledgers.counts.values())
    tell_findings(talk, read.findings, None)
    for found in done.differences:
        talk.line("import_counts", kind=NAMES[found.batch.kind], unit=name, **found.counts)
        if found.uncovered:
            talk.line("import_uncovered", names="、".join(found.uncovered))
    for one in done.confirmed:
        talk.line("import_done" if one.import_id else "import_nothing", **_facts(one))
    if not done.confirmed:
        talk.line("import_preview")
    leave(any(found.counts[key] for found in done.differences for key in _TO_LOOK_AT))


_TO_LOOK_AT = ("doubtful", "gone", "held")


def _facts(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in ("import_id", "added", "changed", "held")}


def _write(
    out: Path | None, unit: str, on: "date", tables: list["PrintTable"], talk: Talk
) -> None:
    if out is None:
        return
    from ledger.difference_tables import write_tables

    with whole_file(out) as draft:
        write_tables(draft, unit, on, tables)
    talk.line("written", path=out)
