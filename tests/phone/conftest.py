from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.phone.evening import CHROMIUM, FLAGS, Server, aside, free_port, make_workspace


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as engine:
        yield engine.chromium


@pytest.fixture(scope="module")
def browser(chromium: Any) -> Iterator[Any]:
    opened = chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that takes photographs and does not read them."""
    made = Server(aside(make_workspace, tmp_path).path, free_port(), reads=False)
    made.start()
    yield made
    made.kill()
