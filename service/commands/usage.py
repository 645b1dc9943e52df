"""Wrong usage of the command line, told in Chinese first and in English (用法不对).

The library's own sentence stays as the English half: it names the option or the argument.
"""

from typing import Any

import typer
from typer.exceptions import TyperException

USAGE = 2
_KINDS = {
    "MissingParameter": "缺少必填的参数或选项",
    "NoSuchOption": "没有这个选项",
    "BadParameter": "参数或选项的值不对",
    "BadOptionUsage": "选项的用法不对",
    "BadArgumentUsage": "参数的个数不对",
    "FileError": "打不开文件",
}
_STARTS = {"No such command": "没有这个命令", "Got unexpected extra": "多出了参数"}


def tell_usage(error: TyperException) -> None:
    """Say what is wrong with the usage, how it goes, and where the help is."""
    ctx: Any = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return
    if ctx is not None:
        usage = ctx.get_usage().removeprefix("Usage: ")
        typer.echo(f"用法 / Usage: {usage}", err=True)
        typer.echo(f"查看说明 / Help: {ctx.command_path} -h\n", err=True)
    typer.echo(f"{_in_chinese(error)} / {error.format_message()}", err=True)


def _in_chinese(error: TyperException) -> str:
    for start, told in _STARTS.items():
        if error.message.startswith(start):
            return told
    kinds = (kind.__name__ for kind in type(error).__mro__)
    return next((_KINDS[kind] for kind in kinds if kind in _KINDS), "用法不对")
