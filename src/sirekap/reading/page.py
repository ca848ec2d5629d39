"""Finding the page in a photograph: which one it is and where each millimetre of it lies.

The tag says the page and its orientation but is too small (32 mm) to carry 900 mm of paper alone, so the
corner marks are sought outwards from it, nearest first, each found mark improving the estimate for the next.
Where they do not carry the page, its printed lines do (`search`). The usual photograph needs none of it
(`usual`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sirekap.forms import CornerMark, Form, Page
from sirekap.reading.decode import Image
from sirekap.reading.flatten import Matrix, Pair, Point, Points, affine, distance_mm, enlarged_map, homography
from sirekap.reading.layout import layout_score
from sirekap.reading.lines import Bend, bend_of, levelled, many_blocks, support
from sirekap.reading.marks import candidates, find_mark
from sirekap.reading.search import AGREED, CLEARLY_AGREED, Guess, bettered, search
from sirekap.reading.tags import TAG_SHOWN, find_tags, tag_shown
from sirekap.reading.usual import usual

TAG_MISFIT = 8.0  # mm by which the tag may disagree with four marks on curled paper
MOST_TRIALS = 8
LEAST_LAYOUT = 0.50
SURE_LAYOUT = 0.70
FAR_BEND = 12.0  # mm by which folded paper may lie off a map that few marks carry
LEAST_EVEN = 0.62  # evenness of the lines' contrast without which a page without tag is not believed
BENT_EVEN = 0.03  # and more of it for each mm by which the paper would have to be bent
CLEAR_LAYOUT = 0.78  # no other combination of marks is tried above it


@dataclass(frozen=True)
class Found:
    """A page in a photograph. `matrix` maps mm of the page to pixels of the photograph.

    `marks` are the corner marks seen, `tag` whether the tag was; `layout` is from −1 to 1 how well the
    printed boxes lie where the form has them. `bend` is how the paper lies off the map, where that was measured.
    `other` is the page as its marks alone have it, where its lines were followed instead: rows of a table look
    like the rows below, so that lines can lead a row astray.
    """

    page: Page
    matrix: Matrix
    marks: tuple[str, ...]
    tag: bool
    layout: float
    bend: Bend | None = None
    other: Found | None = None


def enlarged(found: Found, by: int) -> Found:
    """The page as found in a picture reduced by a whole number, in pixels of the whole one."""
    other = None if found.other is None else enlarged(found.other, by)
    return replace(found, matrix=enlarged_map(found.matrix, by), other=other)


def find_page(grey: Image, form: Form) -> Found | None:
    """The form's page in a grey photograph, the one best seen of several; None where there is none."""
    seen = usual(grey, form, SURE_LAYOUT)
    best = None if seen is None else Found(seen.page, seen.matrix, seen.marks, True, seen.layout)
    tags = find_tags(grey, form) if best is None else []
    for page, corners in tags:
        found = _from_tag(grey, form, page, corners)
        if found is not None and (best is None or found.layout > best.layout):
            best = found
    if best is not None and best.layout >= SURE_LAYOUT:
        if len(best.marks) < len(best.page.marks):
            # the corner that was not seen may lie anywhere: folded away, or under a thumb
            return replace(best, bend=bend_of(grey, form, best.page, best.matrix, FAR_BEND, patient=True))
        if best.layout >= CLEAR_LAYOUT:
            return best
        return replace(best, bend=bend_of(grey, form, best.page, best.matrix))
    pages = tuple(page for page, _ in tags) or form.pages  # a legible tag leaves no doubt about the page
    near = None if best is None else bettered(grey, form, best.page, best.matrix, tag=True)
    guesses = [near] if near is not None and near.agreed >= AGREED else []
    if not guesses or guesses[0].agreed < CLEARLY_AGREED:
        guesses += search(grey, form, tags, pages)
    if tags and not guesses:
        guesses = search(grey, form, (), pages)
    if not guesses:
        return best if best is not None and best.layout >= LEAST_LAYOUT else None
    found = _of_lines(grey, form, guesses)
    if found is None or best is None or best.layout < LEAST_LAYOUT or len(best.marks) < len(best.page.marks):
        return found
    return replace(found, other=replace(best, bend=bend_of(grey, form, best.page, best.matrix)))


def _of_lines(grey: Image, form: Form, guesses: list[Guess]) -> Found | None:
    """The guess whose lines show best on the paper as it bends, with its marks where they are seen.

    None where there is no tag and the lines do not bear the page out: what lies nearly as the page's lines do
    may be another document, or the page laid wrongly.
    """
    tried = []
    for number, guess in enumerate(guesses):
        page, matrix = guess.page, levelled(grey, form, guess.page, guess.matrix)
        bend = bend_of(grey, form, page, matrix, FAR_BEND, patient=True)
        lines = support(grey, form, page, matrix, bend)
        guess = replace(guess, tag=guess.tag or _tag_is_there(grey, page, matrix, bend))
        if guess.tag or lines.even >= LEAST_EVEN + BENT_EVEN * (0.0 if bend is None else bend.size):
            # of two sheets in the picture the one that is wholly in it is meant
            whole = 1.0 if guess.tag else (guess.visible / many_blocks(form, page)) ** 0.5
            tried.append((lines.mean * whole, -number, guess, matrix, bend))
    if not tried:
        return None
    _, _, guess, matrix, bend = max(tried, key=lambda item: item[:2])
    page = guess.page
    marks = tuple(sorted(mark.name for mark in page.marks if find_mark(grey, matrix, mark, 10.0) is not None))
    return Found(page, matrix, marks, guess.tag, layout_score(grey, form, page, matrix), bend)


def _tag_is_there(grey: Image, page: Page, matrix: Matrix, bend: Bend | None) -> bool:
    """Whether the page's own tag shows where its lines say, though it was not found by itself."""
    if page.tag is None:
        return False
    near = matrix if bend is None else bend.near(matrix, *page.tag.rect.centre)
    return tag_shown(grey, page, near) > TAG_SHOWN


def _from_tag(grey: Image, form: Form, page: Page, corners: Points) -> Found | None:
    """From the tag's four corners to the whole page by the corner marks.

    So small a tag tells direction well and perspective badly: the start without perspective is tried after
    the one with it, and the one counts that lays the printed boxes better.
    """
    assert page.tag is not None
    known: list[Pair] = [
        (at, (float(x), float(y))) for at, (x, y) in zip(page.tag.rect.corners, corners.tolist(), strict=True)
    ]
    best: Found | None = None
    for start in (homography(known), affine(known)):
        if start is None:
            continue
        found = _refined(grey, form, page, known, start)
        if best is None or found.layout > best.layout:
            best = found
        if best.layout >= SURE_LAYOUT:
            break
    return best


def _refined(grey: Image, form: Form, page: Page, known: list[Pair], matrix: Matrix) -> Found:
    """Better a first estimate by the corner marks, the one nearest to the tag first.

    The others may lie far from where they are expected: several candidates of each are kept, and the
    combination counts that agrees with the tag and lays the printed boxes best. A second look at fine scale
    then places each mark.
    """
    start = np.mean(np.asarray([mm for mm, _ in known]), axis=0)
    order = sorted(page.marks, key=lambda mark: float(np.hypot(*(np.asarray(mark.point) - start))))
    nearest = find_mark(grey, matrix, order[0], 22.0)
    marks = {} if nearest is None else {order[0].name: nearest}
    fit = affine if matrix[2, 0] == matrix[2, 1] == 0 else homography
    better = fit([*known, *_pairs(page, marks)])
    matrix = matrix if better is None else better
    far = _far_marks(grey, form, page, matrix, known, marks, order[1:])
    marks, matrix = far if far is not None else (marks, matrix)
    for _ in range(2):
        marks, matrix = _sharpened(grey, page, matrix, known, marks)
    return Found(page, matrix, tuple(sorted(marks)), True, layout_score(grey, form, page, matrix))


def _pairs(page: Page, marks: dict[str, Point]) -> list[Pair]:
    return [(mark.point, marks[mark.name]) for mark in page.marks if mark.name in marks]


def _far_marks(
    grey: Image,
    form: Form,
    page: Page,
    matrix: Matrix,
    tag: list[Pair],
    marks: dict[str, Point],
    order: list[CornerMark],
) -> tuple[dict[str, Point], Matrix] | None:
    """The best combination of candidates for the marks far from the tag; None where none agrees."""
    options: list[list[Point | None]] = [[*candidates(grey, matrix, mark), None] for mark in order]
    scored: list[tuple[float, int, dict[str, Point], Matrix]] = []
    for number, choice in enumerate(product(*options)):
        chosen = dict(marks)
        chosen.update({mark.name: at for mark, at in zip(order, choice, strict=True) if at is not None})
        if len(chosen) - len(marks) < 1:
            continue
        trial = homography([*tag, *_pairs(page, chosen)] if len(chosen) < 4 else _pairs(page, chosen))
        if trial is None:
            continue
        misfit = max(distance_mm(trial, at, px) for at, px in [*tag, *_pairs(page, chosen)])
        if misfit < TAG_MISFIT:
            scored.append((misfit - 3.0 * len(chosen), number, chosen, trial))
    best: tuple[float, dict[str, Point], Matrix] | None = None
    for _, _, chosen, trial in sorted(scored, key=lambda item: item[:2])[:MOST_TRIALS]:
        score = layout_score(grey, form, page, trial)
        if best is None or score > best[0]:
            best = (score, chosen, trial)
        if score >= CLEAR_LAYOUT:
            break
    return None if best is None else (best[1], best[2])


def _sharpened(
    grey: Image, page: Page, matrix: Matrix, tag: list[Pair], marks: dict[str, Point]
) -> tuple[dict[str, Point], Matrix]:
    """Each mark again at fine scale near where it now should be; all four carry the page alone."""
    reach = {mark.name: 8.0 if mark.name in marks else 60.0 for mark in page.marks}
    found = {
        mark.name: at
        for mark in page.marks
        if (at := find_mark(grey, matrix, mark, reach[mark.name])) is not None
    }
    found = {**marks, **found} if tag else found
    if len(found) == 4:
        better = homography(_pairs(page, found))
    else:
        better = homography([*tag, *_pairs(page, found)]) if len(found) + len(tag) >= 4 else None
    return (found, better) if better is not None else (marks, matrix)
