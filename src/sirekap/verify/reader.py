"""A page as people see it: its `<data>` elements, the text around them, and what hides or runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"))
INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "data", "em", "i", "q", "s", "span", "strong", "sub", "sup", "u")
)
FOREIGN = frozenset(
    (
        "script",
        "style",
        "template",
        "iframe",
        "object",
        "embed",
        "noscript",
        "form",
        "canvas",
        "dialog",
        "textarea",
    )
)
NAMED = ("no", "name", "what")  # the classes whose text names a ticket or a figure
ASIDE = ("time", "code")
BREAK = "\n"
NUMBER = re.compile(r"\d(?:[.,'\u00a0\u2009\u202f]?\d)*%?")


@dataclass(slots=True)
class Shown:
    """One `<data>` element: its attributes, its text, whether it is hidden, and what is written before it:
    the texts of the classes `no`, `name` and `what` that stand nearest.
    """

    attributes: dict[str, str]
    hidden: bool
    before: dict[str, str]
    text: str = ""


class PageReader(HTMLParser):
    """Reads a page: `found` are its numbers, `odd` what no page holds, `glued` digits that touch a number,
    `free` the text outside the numbers.
    """

    def __init__(self) -> None:
        """Nothing is read yet."""
        super().__init__()
        self.found: list[Shown] = []
        self.odd: list[str] = []
        self.rows: list[tuple[str, str]] = []
        self._stack: list[tuple[str, bool, str]] = []
        self._pieces: list[tuple[str, bool]] = []
        self._before: dict[str, str] = {}
        self._seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more element is open."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in FOREIGN:
            self.odd.append(f"<{tag}>")
        self.odd += [f"{name}=" for name in attributes if name == "style" or name.startswith("on")]
        kinds = attributes.get("class", "").split()
        hides = "hidden" in attributes or attributes.get("aria-hidden") == "true" or "hide" in kinds
        hidden = hides or tag in FOREIGN or bool(self._stack and self._stack[-1][1])
        named = next((kind for kind in NAMED if kind in kinds), "")
        if named:
            self._before[named] = ""
        if tag == "data":
            self.found.append(Shown(attributes, hidden, dict(self._before)))
        if tag not in INLINE:
            self._pieces.append((BREAK, False))
        if tag not in VOID:
            self._stack.append((tag, hidden, named))

    def handle_endtag(self, tag: str) -> None:
        """An element is closed, and whatever was left open in it."""
        if tag not in INLINE:
            self._pieces.append((BREAK, False))
        for at in range(len(self._stack) - 1, -1, -1):
            if self._stack[at][0] == tag:
                closed = self._stack[at][2]
                del self._stack[at:]
                if closed == "name":
                    self.rows.append((self._before.get("no", "").strip(), self._before["name"].strip()))
                return

    def handle_data(self, data: str) -> None:
        """Text."""
        tags = [tag for tag, _, _ in self._stack]
        if not (self._stack and self._stack[-1][1]):
            self._seen.append(data)
        for _, _, named in self._stack:
            if named:
                self._before[named] += data
        if "data" in tags:
            self.found[-1].text += data
            self._pieces.append((data, True))
        elif not any(tag in ASIDE for tag in tags):
            self._pieces.append((data, False))

    def glued(self) -> list[str]:
        """Texts that touch a number so that they read as its digits."""
        found = []
        pieces = [piece for piece in self._pieces if piece[0]]
        for (left, of_left), (right, of_right) in pairwise(pieces):
            if (of_left or of_right) and re.fullmatch(r"\d[.,]?\d", _end(left) + _start(right)):
                found.append(f"{left[-20:]}{right[:20]}".strip())
        return found

    def seen(self) -> str:
        """All text that is not hidden, its spaces folded."""
        return " ".join(" ".join(self._seen).split())

    def free(self) -> str:
        """The text outside the numbers."""
        return "".join(BREAK if of_data else text for text, of_data in self._pieces)


def _end(text: str) -> str:
    match = re.search(r"\d[.,]?\Z", text)
    return match[0] if match else ""


def _start(text: str) -> str:
    match = re.match(r"[.,]?\d", text)
    return match[0] if match else ""


def large_numbers(text: str) -> frozenset[int]:
    """The numbers of at least 1000 in a text, however their thousands are set apart; percentages by their whole.

    >>> sorted(large_numbers("1.234 dan 99,99% dari 5000"))
    [1234, 5000]
    """
    found = set()
    for match in NUMBER.findall(text):
        whole = re.sub(r"[.,]\d\d\Z", "", match[:-1]) if match.endswith("%") else match
        found.add(int("".join(re.findall(r"\d", whole))))
    return frozenset(number for number in found if number >= 1000)
