"""JSON values as the dataclass that they were written from, each field of its own kind and none left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


class Wrong(Exception):
    """A value of another kind than its field's."""

    def __init__(self, where: str, expected: str, found: object) -> None:
        """`where` is the field's name with all above it."""
        super().__init__(where)
        self.where, self.expected, self.found = where, expected, found


def value_of(kind: Any, value: Any, where: str = "") -> Any:
    """A JSON value as a field of its kind has it; `where` names it.

    Raises Wrong, and what a dataclass raises that refuses its values.
    """
    if get_origin(kind) in (Union, UnionType):
        kinds = [item for item in get_args(kind) if item is not NoneType]
        return None if value is None else value_of(kinds[0], value, where)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise Wrong(where, "a list", value)
        inner = get_args(kind)[0]
        return tuple(value_of(inner, item, f"{where}[{index}]") for index, item in enumerate(value))
    if is_dataclass(kind):
        return _object(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, (StrEnum, datetime, date)):
        return _written(kind, value, where)
    # True is a whole number to Python, not to JSON.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Wrong(where, {str: "a text", int: "a whole number", bool: "true or false"}[kind], value)
    return value


def _object(kind: Any, value: Any, where: str) -> Any:
    hints = _hints(kind)
    names = list(hints)
    if not isinstance(value, Mapping) or set(value) != set(names):
        found = ", ".join(sorted(value)) if isinstance(value, Mapping) else value
        raise Wrong(where or kind.__name__.lower(), f"an object with {', '.join(names)}", found)
    inside = f"{where}." if where else ""
    return kind(**{name: value_of(hints[name], value[name], f"{inside}{name}") for name in names})


def _written(kind: Any, value: Any, where: str) -> Any:
    try:
        return kind(value) if issubclass(kind, StrEnum) else kind.fromisoformat(value)
    except (ValueError, TypeError) as error:
        expected = f"one of {', '.join(kind)}" if issubclass(kind, StrEnum) else "a time or date in ISO 8601"
        raise Wrong(where, expected, value) from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The kinds of a dataclass's fields, by name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
