"""The rows: what is promised, what is asked, and the module that asks it for real."""

from typing import NamedTuple

TIMED = {"crash", "server", "sessions", "uploads", "usable", "load"}
"""Rows that measure time: each has the machine for itself."""


class Row(NamedTuple):
    """One promise. ``seconds`` bounds the row: over it, it is not reached."""

    name: str
    promise: str
    asked: str
    seconds: int

    @property
    def is_timed(self) -> bool:
        """Whether nothing else may run beside it."""
        return self.name in TIMED


ROWS = (
    Row("scope", "范围 scope by place", "0 mismatches with a second statement, 0 leaks", 180),
    Row("fields", "字段 fields", "0 canaries where forbidden; extra keys refused", 300),
    Row("at_rest", "落盘 at rest", "0 canaries in plain: SQLite, WAL, PostgreSQL, backups", 120),
    Row("audit", "审计 audit", "N requests = N rows; flips found 100 of 100", 120),
    Row("exports", "导出 exports", "0 live formulas, text round-trips", 180),
    Row("approval", "审批 approval", "exactly one winner each; never a 4th of 3 places", 300),
    Row("crash", "断电 crash", "acknowledged lost 0, halves 0, jobs again <= 30 s", 400),
    Row("server", "数据库倒下 server", "PostgreSQL killed: lost 0, halves 0, 200 or 503", 300),
    Row("backup", "备份 backup", "row hash equal under writes; cut, wrong key refused", 120),
    Row("sessions", "登录 sessions", "new id; out < 1 s; 403; refused; locked", 150),
    Row("uploads", "上传 uploads", "hostile refused <= 5 s, parent alive; odd read right", 120),
    Row("pages", "页面 pages", "script never runs, title unchanged, CSP", 300),
    Row("usable", "可用 usable", "home, 700 pairs, map, calendar: <= 1 s after the answer", 300),
    Row("counts", "计数 counts", "no hidden cell narrowed in 1,000 tables; >= 90 % told", 90),
    Row("points", "坐标 points", "0 coordinates with > 2 decimals for roles without", 180),
    Row("load", "负荷 load", "250/s for 60 s, 41 solves: p95 < 300 ms, p99 < 1 s, 0 errors", 300),
    Row("processes", "多进程 processes", "2 web + 2 workers on PostgreSQL: no job twice", 120),
    Row("determinism", "同一答案 determinism", "10 proposals, 10 timetables: 1 print each", 240),
    Row("offline", "离线 offline", "0 packets tried with no way out", 300),
)
