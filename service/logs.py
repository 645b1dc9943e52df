"""Logs of one machine, in the user's own configuration folder; no line holds personal data.

``incidents.log`` says where in the code a fault of ours happened. ``audit.log`` says which maps
with points or names were made, for which proposal (审计).
"""

from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime

from service.settings import Settings

request_number: ContextVar[str] = ContextVar("request_number", default="")
"""The number of the request at hand; empty outside one."""


def record_map(fingerprint: str, *, with_points: bool, with_names: bool) -> None:
    """Record a map that shows more than totals; one that does not needs no record.

    Raises
    ------
    OSError
        When it cannot be recorded: then the map must not be handed out either.
    """
    if with_points or with_names:
        _append("audit.log", f"map points={with_points} names={with_names} {fingerprint}")


def append_line(log: str, text: str) -> None:
    """Write a line where that is possible; a log must not be the reason why work fails."""
    with suppress(OSError):
        _append(log, text)


def _append(log: str, text: str) -> None:
    folder = Settings.from_environment().config
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    with (folder / log).open("a", encoding="utf-8") as file:
        file.write(f"{when} {text}\n")
