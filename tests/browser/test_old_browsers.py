"""The app's modules keep to what Chrome 75 understands: a syntax that it does not know stops a whole module."""

import re

import pytest

from tests.browser.app import APP

# What came later, as it would look in a line of code.
LATER = {
    "optional chaining (80)": r"\?\.(?!\d)",
    "nullish coalescing (80)": r"\?\?",
    "logical assignment (85)": r"(\|\||&&)=",
    "private members (74 to 91)": r"[\s.]#[A-Za-z_]\w*\s*[=(;]",
    "static blocks (94)": r"static\s*\{",
    "top-level await (89)": r"^(const .*= )?await ",
    "numeric separators (75)": r"\b\d+_\d",
    "replaceAll (85)": r"\.replaceAll\(",
    "at (92)": r"\.at\((?=-|\d)",
    "Object.hasOwn (93)": r"Object\.hasOwn\(",
    "structuredClone (98)": r"structuredClone\(",
    "Promise.any (85)": r"Promise\.(any|allSettled|withResolvers)\(",
    "arrays' later methods (97 on)": r"\.(findLast|findLastIndex|toSorted|toReversed)\(",
    "crypto.randomUUID (92)": r"randomUUID\(",
}
MODULES = [
    f"{name}.js" for name in ("base64url", "device_key", "handover", "qr", "qr_codewords", "receipt", "scan")
]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_keeps_to_old_syntax(name: str) -> None:
    """No line of code, comments and texts apart, uses what came later."""
    for number, line in enumerate((APP / name).read_text(encoding="utf-8").splitlines(), start=1):
        code = re.sub(r"//.*|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", "", line)
        for feature, look in LATER.items():
            assert not re.search(look, code), f"{name}, line {number}: {feature}"


def test_what_came_later_is_noticed() -> None:
    """The looks above see what they are for."""
    lines = (
        "a?.b", "a ?? b", "a ||= b", "  #x = 1;", "this.#x = 1", "static {", "await x;", "const a = await x",
        "1_000", "a.replaceAll(", "a.at(-1)", "Promise.any(", "Object.hasOwn(", "structuredClone(", "a.findLast(",
    )  # fmt: skip
    for line in lines:
        assert any(re.search(look, line) for look in LATER.values()), line
