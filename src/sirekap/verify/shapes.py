"""Published documents as they are read back: every shape is checked, nothing is assumed.

A document that is not what docs/published-tree.md says raises `Malformed` with the place that is wrong.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from sirekap.figures import Figure, Status

Document = dict[str, Any]
T = TypeVar("T")
SUMS = ("settled", "provisional")
STATES = ("settled", "provisional", "review")
COUNTS = ("expected", "unknown_villages", "present", "settled", "provisional", "review", "missing")
MOST = 2**53 - 1


class Malformed(Exception):
    """A document of another shape than the published one; `expected` and `found` tell where and how."""

    def __init__(self, expected: str, found: str) -> None:
        """Keep both halves of the message."""
        super().__init__(f"expected {expected}; found {found}")
        self.expected, self.found = expected, found


def load(data: bytes) -> Document:
    """A JSON object. Raises Malformed for anything else: bad UTF-8, repeated keys, NaN, endless nesting."""
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_real
        )
    except (ValueError, RecursionError) as error:
        raise Malformed("a JSON object", str(error)) from error
    if not isinstance(value, dict):
        raise Malformed("a JSON object", type(value).__name__)
    return value


def _once(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _real(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    return value


def text(document: Document, key: str) -> str:
    """A text field."""
    return _typed(document, key, str, "a text")


def text_or_none(document: Document, key: str) -> str | None:
    """A text field, or null."""
    return None if document.get(key) is None else text(document, key)


def objects(document: Document, key: str) -> list[Document]:
    """A field that is a list of objects."""
    found = _typed(document, key, list, "a list of objects")
    if not all(isinstance(item, dict) for item in found):
        raise Malformed(f"a list of objects in {key}", "other things in it")
    return found


def texts(document: Document, key: str) -> list[str]:
    """A field that is a list of texts."""
    found = _typed(document, key, list, "a list of texts")
    if not all(isinstance(item, str) for item in found):
        raise Malformed(f"a list of texts in {key}", "other things in it")
    return found


def nested(document: Document, key: str) -> Document:
    """A field that is an object."""
    return _typed(document, key, dict, "an object")


def flag(document: Document, key: str) -> bool:
    """A field that is true or false."""
    return _typed(document, key, bool, "true or false")


def number(document: Document, key: str) -> int:
    """A whole number of at least 0."""
    return _natural(document.get(key), key)


def number_or_none(document: Document, key: str) -> int | None:
    """A whole number of at least 0, or null; the key must be there."""
    if key not in document:
        raise Malformed(f"a whole number or null in {key}", "nothing")
    return None if document[key] is None else _natural(document[key], key)


def numbers(document: Document, key: str) -> dict[str, int]:
    """A field that is an object of whole numbers by name."""
    return {name: _natural(value, f"{key}.{name}") for name, value in nested(document, key).items()}


def _natural(value: object, where: str) -> int:
    if type(value) is int and 0 <= value <= MOST:
        return value
    raise Malformed(f"a whole number in {where}", _short(value))


def _typed(document: Document, key: str, kind: type[T], expected: str) -> T:
    value = document.get(key)
    if type(value) is not kind:
        raise Malformed(f"{expected} in {key}", _short(value))
    return value


def _short(value: object) -> str:
    return "nothing" if value is None else f"{value!r:.80}"


def figures(document: Document, *, confidence: bool) -> dict[str, Figure]:
    """The figures of a station, or of a station as its village lists it (`confidence` False: not given)."""
    found: dict[str, Figure] = {}
    for name, item in nested(document, "figures").items():
        if not isinstance(item, dict):
            raise Malformed(f"an object in figures.{name}", _short(item))
        given = item.get("confidence") if confidence else 1.0
        if not isinstance(given, int | float) or isinstance(given, bool):
            raise Malformed(f"a confidence in figures.{name}", _short(given))
        try:
            status = Status(text(item, "status"))
            found[name] = Figure(number_or_none(item, "value"), status, float(given))
        except ValueError as error:
            raise Malformed(f"a figure in figures.{name}", str(error)) from error
    return found
