"""Reading a TOML file that an office wrote by hand: where it is wrong (规则文件)."""

import re
import tomllib
from pathlib import Path
from typing import Any

from casework.errors import Unreadable

_AT = re.compile(r"at line (\d+), column (\d+)")


def toml_document(path: Path, what_zh: str, what_en: str) -> dict[str, Any]:
    """Read a TOML file; a mark that Windows puts before UTF-8 text is passed over.

    Raises
    ------
    Unreadable
        When it is none; the line is named and what to do.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable(
            f"{what_zh} {path.name} 无法读取：不是 UTF-8 文本，请用记事本打开，"
            f"另存为时编码选 UTF-8 / {what_en} cannot be read: save it as UTF-8 text"
        ) from None
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        where_zh = f"第 {at[1]} 行第 {at[2]} 列附近" if at else "文件末尾"
        where_en = f"near line {at[1]}, column {at[2]}" if at else "at its end"
        raise Unreadable(
            f"{what_zh} {path.name} 无法读取：{where_zh}写法不对，请核对方括号、引号、等号，"
            f"同一项只写一次 / {what_en} cannot be read: wrong TOML {where_en}"
        ) from None
    except OSError as error:
        raise Unreadable(f"{what_zh} {path.name} 无法读取 / {what_en} cannot be read") from error
