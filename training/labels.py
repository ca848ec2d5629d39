"""Lists the real boxes whose label needs a look: `python -m training.labels BOXES.zip --out FOLDER`.

A network trained on synthetic boxes and MNIST alone, which has therefore seen no real label, reads every real
box. Boxes of class 0 (which mixes the digit 0, the filler X and empty boxes) where it is surer than 0.9 of
'0' or 'x' take that class; all others of class 0, and every box it reads as something else than its file name
says, are put on contact sheets, looked at by a person, and decided in labels.csv: the class that the picture
shows, or 'drop' where it is no box, illegible, or overwritten. FOLDER must lie outside the repository.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from sirekap.camera.handwriting import SYMBOLS
from sirekap.reading.digits import normalise
from training import data, network

SURE = 0.9


def main(arguments: list[str] | None = None) -> None:
    """Trains the unprejudiced network and writes proposals.csv and the contact sheet."""
    parser = argparse.ArgumentParser(prog="python -m training.labels", description=__doc__)
    parser.add_argument("boxes", type=Path, help="zip file of real boxes")
    parser.add_argument("--out", type=Path, required=True, help="folder outside the repository")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "sirekap-training")
    options = parser.parse_args(arguments)
    if Path(__file__).resolve().parents[1] in options.out.resolve().parents:
        parser.error("--out lies inside the repository; real boxes must not be written there")
    images, digits = data.mnist(options.cache)["train"]
    pictures = data.synthetic(60_000, 11) + data.mnist_in_boxes(images[:25_000], digits[:25_000], 12)
    found = network.fit(pictures, 6, 1)
    boxes = data.real_boxes(options.boxes, {})
    answers = network.logits(found, normalise([box.picture for box in boxes]))
    shares = np.exp(answers - answers.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    options.out.mkdir(parents=True, exist_ok=True)
    _write(boxes, shares, options.out)


def _write(boxes: list[data.RealBox], shares: npt.NDArray[np.float64], out: Path) -> None:
    cells, lines = [], ["file,read,share,look"]
    for box, share in zip(boxes, shares, strict=True):
        read = SYMBOLS[int(share.argmax())]
        sure = share.max() > SURE and read in ("0", "x")
        look = not sure if box.name[0] == "0" else read != box.name[0]
        if box.name[0] == "0" or look:
            lines.append(f"{box.name},{read},{share.max():.3f},{'yes' if look else 'no'}")
        if look:
            cell = cv2.copyMakeBorder(cv2.resize(box.picture, (96, 108)), 0, 26, 2, 2, cv2.BORDER_CONSTANT)
            for row, text in ((119, f"{box.name[0]} > {read}"), (131, box.name.rsplit("_", 1)[1])):
                cv2.putText(cell, text, (3, row), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (255, 255, 255))
            cells.append(cell)
    (out / "proposals.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if cells:
        cells += [np.zeros_like(cells[0])] * (-len(cells) % 14)
        rows = [np.hstack(cells[k : k + 14]) for k in range(0, len(cells), 14)]
        cv2.imwrite(str(out / "look.png"), np.vstack(rows))
    print(f"{len(cells)} boxes to look at in {out / 'look.png'}; proposals in {out / 'proposals.csv'}")


if __name__ == "__main__":
    main()
