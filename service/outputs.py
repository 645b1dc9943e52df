"""Output files: whole or not at all, and never over an input.

Each file is written beside its place under another name and moved there when it is complete,
so that an interrupted run leaves the old file, or none.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from casework.errors import Refused


def refuse_overwriting(out: Path | None, inputs: Iterable[Path]) -> None:
    """Refuse an output that is one of the inputs.

    Raises
    ------
    Refused
        When both names lead to the same file, by whatever way.
    """
    if out is None:
        return
    for source in inputs:
        if source.resolve() == out.resolve() or (out.exists() and out.samefile(source)):
            raise Refused(
                f"输出文件 {out.name} 就是输入文件，请另取名 / the output would overwrite an input"
            )


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well it becomes ``path``, else it is gone."""
    if path.is_dir():
        raise Refused(f"{path.name} 是文件夹，请写文件名 / is a folder: give the name of a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(6)}{path.suffix}")
    try:
        yield draft
        os.replace(draft, path)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes to ``path``, whole or not at all."""
    with whole_file(path) as draft:
        draft.write_bytes(content)
