"""How often the phone's own checks are right: photographs by kind, judged in Chromium by the app's modules.

`python -m benchmarks.phone_checks [--pages N]` prints the table of docs/capture.md.
"""

from __future__ import annotations

import argparse
import base64
import functools
import http.server
import json
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from sirekap.camera.fill import fill_page
from sirekap.camera.photograph import FIELD, HARSH, Image, Setting, Shot, shoot
from sirekap.camera.simulate import drawn_at, generator, people_of
from sirekap.flow.form_views import form_view
from sirekap.forms import Form, form_of
from sirekap.web.shell import ASSETS

FORMS = ("C.HASIL-PPWP/2024", "C.HASIL-DPD/2024", "C.HASIL-KWK-GUBERNUR/2024-3")
KINDS = ("field", "harsh", "blurred", "cut", "wrong", "dark")
RIGHT = {"field": ("good",), "harsh": ("good", "doubt")}  # of the other kinds: refuse
SIDES = {
    "top": ((300.0, 58.0), (300.0, 130.0)),
    "right": ((553.0, 466.0), (480.0, 466.0)),
    "bottom": ((300.0, 868.0), (300.0, 800.0)),
    "left": ((47.0, 466.0), (120.0, 466.0)),
}
FLAGS = ["--no-sandbox", "--disable-gpu"]
JUDGE = """async ([address, form, wanted, forms, live]) => {
  const { judge, SIZES } = await import('/measure/judge.js');
  const { greyFrom } = await import('/picture.js');
  const image = new Image();
  image.src = address;
  await image.decode();
  const began = performance.now();
  const seen = greyFrom(image, image.naturalWidth, image.naturalHeight, live ? SIZES.live : SIZES.still);
  const asked = {form: forms.find(f => f.id === form), page: wanted};
  const found = judge(seen.grey, asked, forms, {scale: seen.scale, live});
  return {verdict: found.verdict, remarks: found.remarks, ms: performance.now() - began};
}"""


@dataclass(frozen=True)
class Case:
    """A photograph and what is wrong with it. `wanted` is the page asked for; `lost` the side cut off."""

    kind: str
    form: str
    wanted: int
    photo: bytes
    lost: str = ""


def cases(pages: int, kinds: Sequence[str] = KINDS, seed: int = 7) -> Iterator[Case]:
    """`pages` photographs of each kind, of all forms and their pages in turn; the same for a seed."""
    for index in range(pages):
        form = form_of(FORMS[index % len(FORMS)])
        number = index // len(FORMS) % len(form.pages) + 1
        for kind in kinds:
            yield _case(
                form,
                number,
                kind,
                f"3173011006{index + 1:03d}",
                list(SIDES)[(index + index // len(FORMS)) % 4],
                seed,
            )


def _case(form: Form, number: int, kind: str, station: str, side: str, seed: int) -> Case:
    rng = generator(seed, station, kind)
    setting = _sized(HARSH if kind == "harsh" else FIELD)
    at = people_of(form, station, seed, setting)
    scale = drawn_at(form, at.size)
    page = fill_page(
        form, number, at.paper.figures, at.writer_of(form, number), rng, place={"tps": station[-3:]},
        habits=at.habits, counted=at.paper.counted, station=station, px_per_mm=scale,
    )  # fmt: skip
    shot = shoot(page, rng, setting, at.size, px_per_mm=scale)
    picture, lost, wanted = shot.picture, "", number
    if kind == "blurred":
        picture = _blurred(picture, rng)
    elif kind == "cut":
        picture, lost = _cut(shot, side, rng), side
    elif kind == "wrong":
        wanted = number % len(form.pages) + 1
    elif kind == "dark":
        picture = (picture * rng.uniform(0.05, 0.15)).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 90))]
    done, data = cv2.imencode(".jpg", np.ascontiguousarray(picture), quality)
    assert done
    return Case(kind, form.id, wanted, data.tobytes(), lost)


def _sized(setting: Setting) -> Setting:
    return replace(setting, sizes=setting.sizes[:3])  # 12 megapixels are shrunk to the same picture


def _blurred(picture: Image, rng: np.random.Generator) -> Image:
    """Out of focus, or moved by 15 to 25 px of a photograph 1,000 px wide."""
    far = rng.uniform(3.0, 5.0) * min(picture.shape[:2]) / 1000
    if rng.random() < 0.5:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), far), np.uint8)
    side, angle = int(far * 5) | 1, rng.uniform(0, np.pi)
    kernel = np.zeros((side, side), np.float32)
    for t in np.linspace(-side / 2, side / 2, 64) * 0.98:
        kernel[round(side // 2 + t * np.sin(angle)), round(side // 2 + t * np.cos(angle))] += 1
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def _cut(shot: Shot, side: str, rng: np.random.Generator) -> Image:
    """The picture ends between a side's corner marks and 70 mm inside them."""
    outer, inner = (np.asarray(point) for point in SIDES[side])
    share = rng.uniform(0, 1)
    edge, middle = shot.at([outer * (1 - share) + inner * share, (300.0, 450.0)])
    along = middle - edge
    x, y = int(edge[0]), int(edge[1])
    if abs(along[0]) > abs(along[1]):
        return shot.picture[:, x:] if along[0] > 0 else shot.picture[:, :x]
    return shot.picture[y:] if along[1] > 0 else shot.picture[:y]


@contextmanager
def judging_page() -> Iterator[Any]:
    """A page of a browser that can import the app's modules from the root of its address."""
    from playwright.sync_api import sync_playwright

    class Quiet(http.server.SimpleHTTPRequestHandler):
        """Serves the modules without a word."""

        extensions_map: ClassVar[dict[str, str]] = {".js": "text/javascript", "": "application/octet-stream"}

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(ASSETS))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as engine:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = engine.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/measure/")
        yield page
        browser.close()
        server.shutdown()


@contextmanager
def judging() -> Iterator[Any]:
    """A function that judges a case (`live` or not) in a browser: {verdict, remarks, ms}."""
    forms = [form_view(form_id, "id") for form_id in FORMS]
    with judging_page() as page:

        def judge(case: Case, live: bool = False) -> dict[str, Any]:
            address = "data:image/jpeg;base64," + base64.b64encode(case.photo).decode()
            found: dict[str, Any] = page.evaluate(JUDGE, [address, case.form, case.wanted, forms, live])
            return found

        yield judge


def measure(pages: int, live: bool) -> dict[str, Counter[str]]:
    """Verdicts by kind; `ms` is the time of all."""
    counts: dict[str, Counter[str]] = {}
    with judging() as judge:
        for case in cases(pages):
            found = judge(case, live)
            counts.setdefault(case.kind, Counter())[found["verdict"]] += 1
            counts.setdefault("ms", Counter())["all"] += round(found["ms"])
    return counts


def main() -> None:
    """Print the table, and the same as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=48, help="photographs of each kind")
    pages = parser.parse_args().pages
    for live in (False, True):
        counts = measure(pages, live)
        print(f"| {'viewfinder' if live else 'photograph'} | good | doubtful | refused |\n|---|---|---|---|")
        for kind in KINDS:
            row = counts[kind]
            print(f"| {kind} | {row['good']} | {row['doubt']} | {row['refuse']} |")
        print(f"ms a picture: {counts['ms']['all'] / (pages * len(KINDS)):.0f}")
        print(json.dumps({kind: dict(row) for kind, row in counts.items()}))


if __name__ == "__main__":
    main()
