"""What a photograph looks like as a whole, in 256 bits: alike for the same photograph sent again.

The low frequencies of a picture (its discrete cosine transform) say where light and dark lie, whatever size,
compression or brightness it was sent with: each bit says whether one of them is above the median. Two photographs
of one sheet are not alike, because camera and table differ; who sends one photograph for two stations is found.

Source: C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions (2010), with more
frequencies than its 8 × 8, because photographs of forms are alike by nature.
"""

from __future__ import annotations

import cv2
import numpy as np

from sirekap.reading.decode import Image

SIDE = 64  # pixels of the picture that is transformed
FREQUENCIES = 16  # a side; 256 of them, the first of which is the mean light and says nothing


def likeness(grey: Image) -> str:
    """64 hex digits for a grey picture of any size; the highest bit is 0."""
    while min(grey.shape) >= 4 * SIDE:  # halving is fast, and means over areas are the same in steps
        grey = np.asarray(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:FREQUENCIES, :FREQUENCIES].ravel()
    bits = low > np.median(low[1:])
    bits[0] = False
    return np.packbits(bits).tobytes().hex()
