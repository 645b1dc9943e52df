"""Settings: what the environment may say, each with its meaning.

A command's own option always wins over the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from casework.errors import Refused

LANGUAGES = ("zh", "en")
DESK_DAYS = 90
KEEP_DAYS = 183

MEANINGS = {
    "NUANTONG_LANG": "界面语言 zh 或 en / language of messages, zh or en (zh)",
    "NUANTONG_KEY": "编号密钥，至少 16 个字符 / secret for ids, at least 16 characters",
    "NUANTONG_CONFIG": "存放密钥和日志的文件夹 / folder for the made key and the incident log",
    "NUANTONG_KEYS": "在案库密钥的文件夹，不要与数据或备份放在一起 / folder of the store's keys",
    "NUANTONG_DATABASE": "数据库地址，代替数据文件夹中的库 / URL of a database (postgresql://…)",
    "NUANTONG_TODAY": "演示、演练时假定的今天 / the day to take for today, in demos and drills",
    "NUANTONG_LOG": "json：每个请求在 stderr 留一行 / json: a line a request on stderr",
    "NUANTONG_METRICS_TOKEN": "他机、代理后读 /metrics 的令牌 / token to read /metrics elsewhere",
    "NUANTONG_KEEP_DAYS": "授权、任务、未确认的导入保存几天 / days to keep what is over (183)",
    "NUANTONG_DESK_DAYS": "工作台多少天无人使用即清空，0 为不清 / days a desk may lie unused (90)",
    "NUANTONG_WORK": "处理名单时的临时文件夹，默认在内存 / folder to work in (in memory)",
    "NUANTONG_DATA": "页面的数据文件夹 / data folder of the page (nuantong-data)",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one run.

    Attributes
    ----------
    key
        The secret as given; empty where the made one is to be used.
    config
        The user's own folder; never beside files that are handed on.
    today
        The day to take for today; None is the clock's.
    keys, database
        Where the store and its keys are, if not where they are made by themselves.
    desk_days
        After how many unused days a unit's desk is cleared; 0 never.
    keep_days
        How long grants and jobs that are over are kept, and imports that nobody confirmed.
    work
        Where files lie in plain while they are worked with; None is in memory where that can be.
    log, metrics_token
        How requests are logged, and what lets another machine read the measures.
    """

    lang: str
    key: str
    config: Path
    data: Path
    keys: Path | None = None
    database: str = ""
    today: date | None = None
    log: str = ""
    metrics_token: str = ""
    desk_days: int = DESK_DAYS
    work: Path | None = None
    keep_days: int = KEEP_DAYS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; an unknown language is Chinese."""
        given = os.environ if environment is None else environment
        home = os.environ.get("HOME", "")
        return _read(tuple((name, given.get(name, "")) for name in _NAMES), home)

    @classmethod
    def of(cls, given: Mapping[str, str]) -> "Settings":
        """Give the settings of what the environment says."""
        lang = given.get("NUANTONG_LANG", "")[:2].lower()
        config = given.get("NUANTONG_CONFIG")
        return cls(
            lang if lang in LANGUAGES else LANGUAGES[0],
            given.get("NUANTONG_KEY", ""),
            Path(config) if config else _config_folder(given),
            Path(given.get("NUANTONG_DATA") or "nuantong-data"),
            Path(given["NUANTONG_KEYS"]) if given.get("NUANTONG_KEYS") else None,
            given.get("NUANTONG_DATABASE", ""),
            _day(given.get("NUANTONG_TODAY", "")),
            given.get("NUANTONG_LOG", ""),
            given.get("NUANTONG_METRICS_TOKEN", ""),
            _days(given, "NUANTONG_DESK_DAYS", DESK_DAYS),
            Path(given["NUANTONG_WORK"]) if given.get("NUANTONG_WORK") else None,
            _days(given, "NUANTONG_KEEP_DAYS", KEEP_DAYS),
        )


_NAMES = (*MEANINGS, "APPDATA", "XDG_CONFIG_HOME")


@lru_cache(maxsize=16)
def _read(given: tuple[tuple[str, str], ...], home: str) -> Settings:
    """Read what the environment says, once: every page asks; ``home`` is where it may look."""
    return Settings.of(dict(given))


def _days(given: Mapping[str, str], name: str, usual: int) -> int:
    """Read a number of days; one that is no number is told, never passed over."""
    written = given.get(name, "")
    if not written:
        return usual
    if not written.isdecimal():
        raise Refused(f"{name} 应是天数 / write {name} as a number of days")
    return int(written)


def _day(written: str) -> date | None:
    """Read an assumed day; one that is no day is told, never passed over."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Refused(
            "NUANTONG_TODAY 应写成 2021-09-15 这样 / write NUANTONG_TODAY like 2021-09-15"
        ) from error


def _config_folder(given: Mapping[str, str]) -> Path:
    """Find the user's own configuration folder, on Windows and elsewhere."""
    above = given.get("APPDATA") or given.get("XDG_CONFIG_HOME")
    return (Path(above) if above else Path.home() / ".config") / "nuantong"
