"""``nuantong keys``: the keys of the store, kept apart from it."""

from pathlib import Path
from typing import Annotated

import typer

from casework.errors import Refused
from service.commands.options import Lang, Talk
from service.commands.record_options import Database, DataFolder, record_place
from service.settings import LANGUAGES

app = typer.Typer(
    help="密钥：复制、更换 / keys of the store: copy, rotate",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("rotate")
def rotate(data: DataFolder = None, database: Database = None, lang: Lang = LANGUAGES[0]) -> None:
    """更换主密钥 / Wrap every person's key with a new master key."""
    from service.on_record import record_keys

    keys = record_keys(record_place(data, database))
    try:
        Talk(lang).line("keys_rotated", n=keys.rotate())
    finally:
        keys.close()


@app.command("copy")
def copy(
    to: Annotated[Path, typer.Option("--to", help="存到哪个文件夹（另一处） / folder, elsewhere")],
    data: DataFolder = None,
    database: Database = None,
    lang: Lang = LANGUAGES[0],
) -> None:
    """另存一份密钥，替换以前的副本 / Copy the keys, in place of the former copy."""
    from ledger.record.schema import moment_text
    from ledger.record.store import now_utc
    from service.on_record import record_keys

    where = record_place(data, database)
    keys = record_keys(where)
    try:
        forbidden = [keys.folder] if "://" in str(where) else [keys.folder, Path(where)]
        if any(to.resolve().is_relative_to(folder.resolve()) for folder in forbidden):
            raise Refused("副本要放在别处 / keep the copy elsewhere, apart from data and keys")
        keys.copy_to(to, moment_text(now_utc()))
    finally:
        keys.close()
    Talk(lang).line("keys_copied", folder=to)
