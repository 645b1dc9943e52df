"""``nuantong init | migrate | doctor | backup | restore | erase``: care of the store."""

from pathlib import Path
from typing import Annotated

import typer

from casework.actors import SYSTEM_ACTOR
from casework.errors import NotFound, Unreadable
from service.commands.options import JsonOut, Lang, Talk, existing, leave
from service.commands.record_options import (
    Database,
    DataFolder,
    opened_record,
    record_place,
    shown,
)
from service.errors import ANSWERS
from service.settings import LANGUAGES, Settings

DIGEST_SHOWN = 16
_ALWAYS_TOLD = ("size", "trail")
_MARKS = {"good": "·", "look": "!", "bad": "✗"}


def init(data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]) -> None:
    """建立在案库和密钥；已有则升级 / Make the store and its keys, or bring it up to date."""
    from service.on_record import open_record

    where = record_place(data, database)
    store = open_record(where, make=True)
    keys = store.keys.folder
    store.close()
    Talk(lang).line("record_made", where=shown(where), keys=keys)


def migrate(data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]) -> None:
    """升级数据表，全成或全不成 / Bring the tables up to date, all or nothing."""
    from ledger.record import store
    from ledger.record.engine import open_engine
    from ledger.record.migrate import known_revisions
    from service.on_record import record_keys

    where = record_place(data, database)
    store.must_be_made(where)
    engine = open_engine(where)
    try:
        store.migrate(engine, record_keys(where), store.now_utc())
    finally:
        engine.dispose()
    Talk(lang).line("record_migrated", revision=known_revisions()[0])


def doctor(
    data: DataFolder = None,
    database: Database = None,
    json_out: JsonOut = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """体检：逐项检查并给出改法 / Check the store; each trouble with its remedy."""
    from ledger.record import store
    from ledger.record.doctor import UNREADABLE, examine
    from ledger.record.engine import open_engine
    from service.on_record import record_keys

    where, talk = record_place(data, database), Talk(lang, json_out)
    store.must_be_made(where)
    engine = open_engine(where)
    try:
        settings = Settings.from_environment()
        folder, days = data or settings.data, settings.keep_days
        checks = examine(engine, record_keys(where), store.now_utc(), days, folder)
    finally:
        engine.dispose()
    lines = []
    for check in checks:
        key = f"check_{check.name}_{check.fault}" if check.fault else f"check_{check.name}"
        sentence = talk.words(key, **check.figures)
        lines.append({"name": check.name, "state": str(check.state), "sentence": sentence})
        if check.state != "good" or check.name in _ALWAYS_TOLD:
            talk.say(f"{_MARKS[check.state]} {sentence}")
    good = sum(check.state == "good" for check in checks)
    talk.line("doctor_good", n=good)
    talk.write_json({"schema": "nuantong/doctor/1", "checks": lines})
    faults = {(check.name, check.fault) for check in checks}
    if ("tables", "none") in faults:
        raise typer.Exit(ANSWERS[NotFound].exit_code)
    if faults & UNREADABLE:
        raise typer.Exit(ANSWERS[Unreadable].exit_code)
    leave(good < len(checks))


def backup(
    out: Annotated[Path, typer.Option("--out", help="备份写到哪个文件 / file to write")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """加密备份，写完即核对；备份时可照常使用 / An encrypted backup, read back and checked."""
    from ledger.record.backup import back_up

    talk = Talk(lang)
    with opened_record(data, database) as store:
        made = back_up(store, SYSTEM_ACTOR, out)
    talk.line("backed_up", path=made.path, rows=made.rows, digest=made.digest[:DIGEST_SHOWN])
    talk.line("backup_needs_keys")


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件 / the backup")],
    data: DataFolder = None,
    database: Database = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="换掉现有的数据库 / replace what is there")
    ] = False,
    lang: Lang = LANGUAGES[0],
) -> None:
    """从备份恢复；出错则原样不动 / Restore a backup; on any trouble all is left as it was."""
    from ledger.record.restore import restore as bring_back
    from service.on_record import record_keys

    existing([file])
    where = record_place(data, database)
    done = bring_back(file, where, record_keys(where), SYSTEM_ACTOR, replace)
    said = {"rows": done.rows, "made": done.made_at[:16], "digest": done.digest[:DIGEST_SHOWN]}
    Talk(lang).line("restored", where=shown(where), **said)


def erase(
    person: Annotated[str, typer.Argument(help="在案编号 / the person's id on record")],
    why: Annotated[str, typer.Option("--why", help="依据，记入审计 / on what ground")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """删除一个人的资料，以前的备份也读不出 / Erase one person, in old backups too."""
    from service.workflows.erasing import erase_everywhere

    talk = Talk(lang)
    folder = data or Settings.from_environment().data
    with opened_record(data, database) as store:
        erased, is_clear = erase_everywhere(store, folder, person, why)
    talk.line("erased_person", rows=erased.rows)
    if not is_clear:
        talk.line("erased_desk_busy")
    if not erased.is_scrubbed:
        talk.line("erased_not_scrubbed")
    if not erased.is_copy_current:
        talk.line("erased_copy_old")
    leave(not (erased.is_scrubbed and erased.is_copy_current and is_clear))
