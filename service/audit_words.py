"""Audit words: what a row of the trail says was done, in the auditor's words (审计用语)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

OUTCOMES: Mapping[str, str] = {
    "done": "完成",
    "read": "查看",
    "refused": "拒绝",
    "not_found": "未找到",
    "conflict": "冲突",
    "failed": "失败",
}


@cache
def deeds() -> Mapping[str, str]:
    """Give what each recorded action is called in Chinese."""
    text = files("service").joinpath("texts", "audit_deeds.toml").read_text(encoding="utf-8")
    said: dict[str, str] = tomllib.loads(text)["deeds"]
    return said


def deed(action: str, lang: str) -> str:
    """Say an action; in English, and without words of its own, it is read as it is recorded."""
    plain = action.replace("_", " ")
    return deeds().get(action, plain) if lang == "zh" else plain


def outcome(recorded: str, lang: str) -> str:
    """Say how it ended."""
    return OUTCOMES.get(recorded, recorded) if lang == "zh" else recorded.replace("_", " ")
