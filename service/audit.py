"""The audit of one machine: which maps with points or names were made, by day (审计).

One line a map in ``audit.log`` of the user's own configuration folder: what, when, for which
proposal. No name, no number, no path.
"""

from datetime import datetime

from service.settings import Settings


def record_map(fingerprint: str, *, with_points: bool, with_names: bool) -> None:
    """Record a map that shows more than totals; one that does not needs no record."""
    if not (with_points or with_names):
        return
    folder = Settings.from_environment().config
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    line = f"{when} map points={with_points} names={with_names} proposal={fingerprint}\n"
    with (folder / "audit.log").open("a", encoding="utf-8") as log:
        log.write(line)
