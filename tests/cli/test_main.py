"""The door itself: help, forms, pipes, missing extras, and that the documentation quotes the program."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sirekap.cli.docs import page
from tests.cli.conftest import Cli

ROOT = Path(__file__).parent.parent.parent
BLOCKED = (
    "import sys\n"
    "for name in {names!r}: sys.modules[name] = None\n"
    "from sirekap.cli.main import main\n"
    "sys.exit(main(sys.argv[1:]))\n"
)
SERVER = ("django", "duckdb", "pyarrow", "obstore", "jinja2", "tqdm")
READ = ("numpy", "cv2", "onnxruntime", "simplejpeg", "zxingcpp", "typst", "segno")


def run_without(names: tuple[str, ...], *argv: str) -> subprocess.CompletedProcess[str]:
    """The command line where some packages are not installed."""
    command = [sys.executable, "-c", BLOCKED.format(names=names), *argv]
    return subprocess.run(command, capture_output=True, text=True)


def test_documentation_quotes_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/cli.md is what `python -m sirekap.cli.docs` writes."""
    monkeypatch.setenv("COLUMNS", "80")  # put back what `page` sets
    assert (ROOT / "docs/cli.md").read_text(encoding="utf-8") == page()


def test_every_command_has_help_with_an_example(cli: Cli) -> None:
    """`--help` of each command tells its arguments and shows an example."""
    words = ("demo", "init", "load", "forms", "read", "ingest", "review", "acknowledge", "tally", "publish")
    overview = cli("--help")[1]
    for word in (*words, "serve", "verify"):
        assert f"\n    {word}" in overview
        status, out, _ = cli(word, "--help")
        assert status == 0 and "examples:" in out and f"sirekap {word}" in out


def test_forms_are_listed_and_drawn(cli: Cli, tmp_path: Path) -> None:
    """The known forms stand in a table; a blank one is a PDF, another one with a station's QR code."""
    assert "C.HASIL-PPWP/2024" in cli("forms", "list")[1]
    sizes = []
    for extra in ((), ("--station", "3173011006272")):
        out = tmp_path / "blank.pdf"
        assert cli("forms", "draw", "C.HASIL-PPWP/2024", *extra, "--out", out)[0] == 0
        assert out.read_bytes().startswith(b"%PDF-")
        sizes.append(out.stat().st_size)
    assert sizes[0] != sizes[1]
    status, _, err = cli("forms", "draw", "C.HASIL-PPWP/2024", "--out", tmp_path)
    assert status == 2 and "Is a directory" in err


def test_missing_extra_is_named() -> None:
    """A command whose packages are missing says which extra to install, and nothing worse."""
    for argv, extra in ((("read", "x.jpg"), "read"), (("tally", "x"), "server"), (("demo", "x"), "server")):
        done = run_without((*SERVER, *READ), *argv)
        assert done.returncode == 2, done.stderr
        assert f"pip install sirekap[{extra}]" in done.stderr and "Traceback" not in done.stderr


def test_verify_needs_nothing_but_python(tmp_path: Path) -> None:
    """`sirekap verify` answers where no further package is installed."""
    done = run_without((*SERVER, *READ), "verify", str(tmp_path))
    assert done.returncode in (1, 2), done.stderr
    assert "pip install" not in done.stderr and "Traceback" not in done.stderr


def test_closed_pipe_is_no_error() -> None:
    """A reader that stops listening (`| head`) ends the command quietly."""
    command = [sys.executable, "-c", "import sys; from sirekap.cli.main import main; sys.exit(main(['--help']))"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def test_interrupt_ends_a_server_quietly(tmp_path: Path) -> None:
    """Ctrl+C ends `sirekap serve` without a traceback."""
    (tmp_path / "index.html").write_text("x")
    command = [sys.executable, "-m", "sirekap.cli.main", "serve", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        assert "http://127.0.0.1:" in process.stdout.readline()
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert "Traceback" not in process.stderr.read()
