"""Answers as JSON: every value of ``casework.answers`` field by field (问答的 JSON)."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any

from casework.proposals import Rung


def answer_json(name: str, answer: object) -> dict[str, object]:
    """Give an answer, or several of one kind, as ``nuantong/<name>/1`` writes them."""
    schema: dict[str, object] = {"schema": f"nuantong/{name}/1"}
    if isinstance(answer, tuple):
        return schema | {"answers": _plain(answer)}
    return schema | dict(_plain(answer))


def _plain(value: Any) -> Any:
    if isinstance(value, Rung):
        return value.key
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value
