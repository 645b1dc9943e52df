"""The form of scenarios on the page: what is filled in changes, the rest stays (方案表单)."""

from collections.abc import Mapping
from typing import Any

from casework.errors import Unreadable
from casework.plan_answers import Scenario
from service.workflows.scenarios import VillageFinder, scenario

MOST_SCENARIOS = 3
_FIELDS = ("reach", "places", "beyond", "optional", "extra")
_LONGEST_NAME = 40
_NOTHING_SAID = "请至少填一个方案要改的条件 / fill in at least one thing that changes"
_TWICE = "方案名称重复，或用了“现状” / two scenarios share a name"


def asked_scenarios(asked: Mapping[str, str], finder: VillageFinder) -> list[Scenario]:
    """Read the scenarios of a form; one of which nothing is said is left out.

    Raises
    ------
    Unreadable
        When nothing is asked, something is out of range, or two share a name.
    """
    found = []
    for n in range(1, MOST_SCENARIOS + 1):
        options = _options({key: asked.get(f"{key}{n}", "").strip() for key in _FIELDS})
        if options:
            name = asked.get(f"name{n}", "").strip()[:_LONGEST_NAME] or f"方案{n}"
            found.append(scenario(name, options, finder))
    if not found:
        raise Unreadable(_NOTHING_SAID)
    if len({one.name for one in found} | {"现状"}) <= len(found):
        raise Unreadable(_TWICE)
    return found


def _options(said: Mapping[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if said["reach"]:
        options["reach_m"] = _whole(said["reach"])
    if said["places"]:
        options["places_at_least"] = _whole(said["places"])
    if said["beyond"]:
        options["beyond_reach_allowed"] = said["beyond"] == "allowed"
    if said["optional"]:
        options["with_optional"] = said["optional"] == "in"
    if extra := _extra(said["extra"]):
        options["extra"] = extra
    return options


def _whole(text: str) -> object:
    """Read a whole number; anything else is left for ``scenario`` to refuse."""
    return int(text) if text.isdecimal() and len(text) < 9 else text


def _extra(text: str) -> dict[str, object]:
    """Read parts such as 太安镇凤山村=2; without a number it is one."""
    found: dict[str, object] = {}
    for part in text.replace("＝", "=").replace("；", "\n").replace(";", "\n").splitlines():
        village, _, count = part.partition("=")
        if village.strip():
            found[village.strip()] = _whole(count.strip() or "1")
    return found
