import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sirekap.camera.demo import write_demo_inputs
from sirekap.cli.main import main

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs the command line: exit status, standard output, standard error."""

    def run(*argv: object) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            status = main([str(word) for word in argv])
        except SystemExit as end:  # argparse ends the program itself
            status = int(end.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return run


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated stations: geography, tickets, election, photographs, manifest, truth."""
    folder = tmp_path_factory.mktemp("inputs")
    write_demo_inputs(folder, 2, 7, workers=2)
    return folder


@pytest.fixture(scope="session")
def bad_photos(tmp_path_factory: pytest.TempPathFactory, inputs: Path) -> dict[str, tuple[Path, str]]:
    """Bad photographs by kind, each with a word that its problem must say."""
    folder = tmp_path_factory.mktemp("bad")
    good = next(iter(sorted((inputs / "photos").iterdir()))).read_bytes()
    (folder / "folder.jpg").mkdir()
    grey = np.full((900, 600, 3), 200, np.uint8)
    contents = {
        "empty": (b"", "empty"),
        "text": (b"this is no picture", "no image"),
        "pdf": (b"%PDF-1.7 and so on", "PDF"),
        "pixel": (cv2.imencode(".png", np.zeros((1, 1, 3), np.uint8))[1].tobytes(), "1×1"),
        "bomb": (png_header(20_000, 10_000), "200 megapixels"),
        "other": (cv2.imencode(".jpg", grey)[1].tobytes(), "no page"),
        "deep": (cv2.imencode(".png", grey.astype(np.uint16) * 257)[1].tobytes(), "no page"),
        "truncated": (good[: len(good) // 3], ""),
    }
    made = {
        "folder": (folder / "folder.jpg", "Is a directory"),
        "missing": (folder / "missing.jpg", "No such file"),
    }
    for name, (data, word) in contents.items():
        (folder / f"{name}.jpg").write_bytes(data)
        made[name] = (folder / f"{name}.jpg", word)
    return made


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is huge and holds next to nothing."""
    out = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    out.seek(0, io.SEEK_END)
    for kind, body in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(1000))),
        (b"IEND", b""),
    ):
        out.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))
    return out.getvalue()
