"""A certificate back from its JSON: so that a stranger can draw the paper again from the published data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sirekap.errors import InputError, Problem, quoted
from sirekap.record.certificate import SCHEMA, Certificate

MADE = ("schema", "model")
"""What the document has beside the certificate's own fields."""


def read_certificate(data: bytes, file: str = "certificate") -> Certificate:
    """The certificate of a JSON text as `record.certificate.body` writes it.

    Raises InputError, with the field, for another shape, and for data that would make a false table.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError([Problem(file, "JSON", str(error))]) from error
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        found = document.get("schema") if isinstance(document, dict) else document
        raise InputError([Problem(file, SCHEMA, quoted(found), column="schema")])
    try:
        own = {name: value for name, value in document.items() if name not in MADE}
        certificate: Certificate = _value(Certificate, own, "")
        if document.get("model") != certificate.model:
            raise _Wrong("model", certificate.model, document.get("model"))
    except _Wrong as wrong:
        raise InputError([Problem(file, wrong.expected, quoted(wrong.found), column=wrong.where)]) from wrong
    except ValueError as error:
        raise InputError([Problem(file, "a certificate", str(error))]) from error
    return certificate


class _Wrong(Exception):
    """A value of another kind than its field's."""

    def __init__(self, where: str, expected: str, found: object) -> None:
        super().__init__(where)
        self.where, self.expected, self.found = where, expected, found


def _value(kind: Any, value: Any, where: str) -> Any:
    """A JSON value as a field of its kind has it."""
    if get_origin(kind) in (Union, UnionType):
        kinds = [item for item in get_args(kind) if item is not NoneType]
        return None if value is None else _value(kinds[0], value, where)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise _Wrong(where, "a list", value)
        inner = get_args(kind)[0]
        return tuple(_value(inner, item, f"{where}[{index}]") for index, item in enumerate(value))
    if is_dataclass(kind):
        return _object(kind, value, where)
    if isinstance(kind, type) and issubclass(kind, (StrEnum, datetime, date)):
        return _written(kind, value, where)
    # True is a whole number to Python, not to JSON.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _Wrong(where, {str: "a text", int: "a whole number", bool: "true or false"}[kind], value)
    return value


def _object(kind: Any, value: Any, where: str) -> Any:
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    if not isinstance(value, Mapping) or set(value) != set(names):
        found = ", ".join(sorted(value)) if isinstance(value, Mapping) else value
        raise _Wrong(where or "certificate", f"an object with {', '.join(names)}", found)
    inside = f"{where}." if where else ""
    return kind(**{name: _value(hints[name], value[name], f"{inside}{name}") for name in names})


def _written(kind: Any, value: Any, where: str) -> Any:
    try:
        return kind(value) if issubclass(kind, StrEnum) else kind.fromisoformat(value)
    except (ValueError, TypeError) as error:
        expected = f"one of {', '.join(kind)}" if issubclass(kind, StrEnum) else "a time or date in ISO 8601"
        raise _Wrong(where, expected, value) from error
