"""The phone app's files: small enough, complete, and written for browsers of 2019."""

import json
import re

import pytest

from sirekap.web import shell

SCRIPTS = [name for name in shell.assets() if name.endswith(".js")]
# What Chrome 75 to 79 does not know: such a file would leave old phones with an empty screen.
TOO_NEW = {
    "optional chaining": r"\?\.[A-Za-z_(\[]",
    "nullish coalescing": r"\?\?",
    "private members": r"\bthis\.#",
    "logical assignment": r"(\|\||&&|\?\?)=",
    "replaceAll": r"\.replaceAll\(",
    "Array.at": r"\.at\(-",
    "Object.hasOwn": r"Object\.hasOwn\(",
    "structuredClone": r"structuredClone\(",
    "randomUUID": r"\.randomUUID\(",
    "replaceChildren": r"\.replaceChildren\(",
    "Promise.any": r"Promise\.any\(",
    "AbortSignal.timeout": r"AbortSignal\.(timeout|any)\(",
    "Blob.arrayBuffer": r"(?<!Response\(blob\))\.arrayBuffer\(",
    "top-level await": r"^await ",
    "dynamic import of modules in the worker": r"type: 'module'",
    "class static blocks": r"^\s*static \{",
    "findLast": r"\.findLast(Index)?\(",
}


def text_of(name: str) -> str:
    found = shell.asset(name)
    assert found is not None
    return found[0].decode()


def code_of(name: str) -> str:
    return re.sub(r"^\s*(//|\*|/\*).*$", "", text_of(name), flags=re.MULTILINE)


@pytest.mark.parametrize("feature", TOO_NEW)
def test_no_script_uses_what_a_phone_of_2019_lacks(feature: str) -> None:
    """Syntax and functions that came with Chrome 80 or later."""
    found = [name for name in SCRIPTS if re.search(TOO_NEW[feature], code_of(name), re.MULTILINE)]
    assert found == []


def test_the_stylesheet_uses_nothing_that_old_phones_ignore() -> None:
    """No :has(), no gap in flex rows, no aspect-ratio, no :focus-visible alone, nothing from another host."""
    css = text_of("app.css")
    for new in (":has(", "aspect-ratio", "inset:", ":focus-visible", "dvh", "clamp(", "@layer", "http"):
        assert new not in css
    assert not re.search(r"display: (inline-)?flex[^}]*\bgap:", css)


def test_the_shell_and_its_forms_stay_under_300_kilobytes() -> None:
    """All that the service worker keeps, uncompressed."""
    total = len(shell.PAGE.read_bytes()) + len(shell.forms_document()) + len(shell.service_worker())
    for address in shell.shell_files():
        found = shell.asset(address.removeprefix(shell.ADDRESS)) if address.startswith(shell.ADDRESS) else None
        total += len(found[0]) if found else 0
    assert total < 300_000


def test_every_module_that_is_imported_is_kept_on_the_phone() -> None:
    """An import that the service worker does not know would fail without a network."""
    kept = set(shell.shell_files())
    for name in SCRIPTS:
        folder = name.rpartition("/")[0]
        for found in re.findall(
            r"from '(\.[^']+)'|from \"(\.[^\"]+)\"|^import '(\.[^']+)'", text_of(name), re.MULTILINE
        ):
            path = f"{folder}/{next(filter(None, found)).removeprefix('./')}".lstrip("/")
            assert shell.ADDRESS + path in kept, f"{name} imports {path}"


def test_every_word_that_a_screen_asks_for_exists_in_both_languages() -> None:
    """The keys of `t('…')`, and a pair for each."""
    table = text_of("words_table.js")
    pairs = dict(re.findall(r"'([a-z0-9-]+)': (\[(?:'(?:[^'\\]|\\.)*'), (?:'(?:[^'\\]|\\.)*')\])", table))
    asked = {key for name in SCRIPTS for key in re.findall(r"\bt\('([a-z0-9-]+)'[,)]", text_of(name))}
    assert asked - set(pairs) == set()
    assert len(pairs) > 150


def test_the_manifest_names_icons_that_exist() -> None:
    """Its scope is the app's, its icons are files of the shell."""
    manifest = json.loads(text_of("manifest.webmanifest"))
    assert manifest["start_url"] == manifest["scope"] == "/app/"
    for icon in manifest["icons"]:
        assert shell.asset(icon["src"].removeprefix(shell.ADDRESS)) is not None


def test_nothing_of_the_app_names_another_host() -> None:
    """No script, style or picture from elsewhere; the SVG namespace is a name, not an address."""
    for name in (*SCRIPTS, "app.css"):
        assert set(re.findall(r"https?://[a-z0-9.]+", code_of(name))) <= {
            "http://www.w3.org",
            "https://kpu.example",
        }


def test_the_version_changes_with_the_shell() -> None:
    """The worker's text holds the version and every file."""
    worker = shell.service_worker()
    assert shell.version() in worker
    assert all(json.dumps(address) in worker for address in shell.shell_files())


@pytest.mark.parametrize(
    "name", ["../shell.py", "measure", "nothing.js", "/etc/passwd", "measure/../../shell.py"]
)
def test_only_the_apps_own_files_are_given(name: str) -> None:
    """Whatever else is asked for is None."""
    assert shell.asset(name) is None
