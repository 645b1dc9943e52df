"""Errors at the doors: one table from what we raise to HTTP answers and exit codes.

Everything else is our own fault: it gets a number to quote, and a log line that says where in
the code it happened and nothing of the data, since an exception's text may hold a name.
"""

import errno
import secrets
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from casework.errors import Busy, CaseworkError, Conflict, NotFound, Refused, Unreadable
from service.logs import append_line, request_number

DONE = 0
FAULT = 1
USAGE = 2
NEEDS_A_PERSON = 3


class Answer(NamedTuple):
    """How an error is told: to a shell, to a browser, and in a heading."""

    exit_code: int
    http_status: int
    title_zh: str
    title_en: str


ANSWERS: dict[type[CaseworkError], Answer] = {
    NotFound: Answer(4, 404, "找不到", "Not found"),
    Refused: Answer(5, 403, "不能这样做", "Refused"),
    Conflict: Answer(6, 409, "有冲突", "Conflict"),
    Unreadable: Answer(7, 422, "文件无法读取", "Unreadable"),
    Busy: Answer(8, 503, "暂时忙", "Busy"),
}
OUR_FAULT = Answer(FAULT, 500, "程序出错", "Our fault")

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def answer_for(error: Exception) -> Answer:
    """Find how to tell an error; a subclass is told as its parent is."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return OUR_FAULT


def from_system(error: OSError) -> CaseworkError:
    """Turn what the operating system refused into words for the office, without a path."""
    if isinstance(error, FileNotFoundError):
        return NotFound("找不到文件或文件夹 / no such file or folder")
    if isinstance(error, FileExistsError | NotADirectoryError):
        return Conflict("这里已有一个同名的文件，不是文件夹 / a file is there, not a folder")
    if error.errno in _DISK:
        return Busy("磁盘已满或不可写，请清理后重试 / the disk is full or cannot be written")
    if isinstance(error, PermissionError):
        return Busy(
            "文件不能读写：可能正被 Excel 或 WPS 打开，请关闭后重试；文件夹请检查权限"
            " / it cannot be opened: close it in Excel or WPS and try again, or see to its rights"
        )
    return Busy(f"系统未能读写文件（{error.errno}）/ the system could not read or write a file")


_WRONG = {
    "json_invalid": "正文不是 JSON",
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，不能改",
    "string_too_long": "太长",
    "string_too_short": "不能为空",
    "string_type": "应是文字",
    "string_pattern_mismatch": "写法不对",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "bool_parsing": "应是 true 或 false",
    "date_from_datetime_parsing": "应是日期，如 2021-09-15",
    "date_type": "应是日期，如 2021-09-15",
    "enum": "不在可选的值中",
    "literal_error": "不在可选的值中",
}


def wrong_in_words(found: Mapping[str, Any]) -> str:
    """Say what is wrong in one place of a request: where, in Chinese, in English."""
    place = ".".join(map(str, found["loc"]))
    return f"{place}：{_WRONG.get(found['type'], '不符合要求')} / {found['msg']}"


def record_incident(error: BaseException) -> str:
    """Log an unexpected error by place, never by content; return the number to quote."""
    number = secrets.token_hex(4).upper()
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(
        f"{Path(frame.filename).stem}.{frame.name}:{frame.lineno}"
        for frame in reversed(frames[-8:])
    )
    of = f" of request {request}" if (request := request_number.get()) else ""
    append_line("incidents.log", f"incident {number}{of}: {type(error).__name__} at {places}")
    return number
