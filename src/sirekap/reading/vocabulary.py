"""How likely letters seen along a line spell each number from 0 to 999: a closed vocabulary, scored exactly.

The network gives for each step along the line probabilities of the letters and of "no new letter" (CTC). The
probability of a word is the sum over all ways to lay its letters along the steps. Indonesian number words are a
head (… RATUS … PULUH) and an end (ones, or ten to nineteen): heads are followed from the left, ends from the
right, and each number is where the two meet. Spaces are not letters, so that joined words read the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sirekap.forms.words import MOST, number_words

Array = npt.NDArray[np.float64]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The network's classes after the first, which is "no new letter"."""

SLIP = 0.01  # share of each step's certainty that is spread over all letters: people and networks misspell
STILL = 0.98  # steps this surely without a new letter are joined
NOUGHTS = ("NOL", "NIHIL", "KOSONG")


@dataclass(frozen=True)
class _Tree:
    """Words as a tree of letters: node 0 is the empty word, a parent stands before its children."""

    letter: npt.NDArray[np.int64]
    parent: npt.NDArray[np.int64]
    steps_on: Array  # 1 where a letter may follow its parent without a pause, 0 where it repeats it
    ends: npt.NDArray[np.int64]  # the node of each word


def _tree(words: list[str]) -> _Tree:
    letters, parents, children = [0], [0], {}
    ends = []
    for word in words:
        node = 0
        for symbol in word:
            letter = LETTERS.index(symbol) + 1
            if (node, letter) not in children:
                children[node, letter] = len(letters)
                letters.append(letter)
                parents.append(node)
            node = children[node, letter]
        ends.append(node)
    own, parent = np.asarray(letters), np.asarray(parents)
    return _Tree(own, parent, (own != own[parent]).astype(np.float64), np.asarray(ends))


def _spelt(number: int) -> str:
    return number_words(number).replace(" ", "")


def _heads() -> list[tuple[int, str]]:
    """Beginnings of number words up to the tens, with their value; two ways to write the first hundred."""
    hundreds = [(0, ""), *((100 * k, _spelt(100 * k)) for k in range(1, 10)), (100, "SATURATUS")]
    tens = [(0, ""), *((10 * k, _spelt(10 * k)) for k in range(2, 10))]
    return [(value + more, word + tail) for value, word in hundreds for more, tail in tens]


HEADS = _heads()
ENDS = [(value, _spelt(value)) for value in range(1, 20)] + [(0, word) for word in NOUGHTS]
_HEAD_TREE = _tree([word for _, word in HEADS])
_END_TREE = _tree([word[::-1] for _, word in ENDS])


def _meetings() -> tuple[npt.NDArray[np.int64], Array]:
    """For each head and end the number they spell (MOST + 1 for none), and whether they may touch."""
    numbers = np.full((len(HEADS), len(ENDS)), MOST + 1)
    touch = np.ones((len(HEADS), len(ENDS)))
    for i, (value, head) in enumerate(HEADS):
        for j, (more, end) in enumerate(ENDS):
            if (value % 100 == 0 or more < 10) and (more or not head):
                numbers[i, j] = value + more
            touch[i, j] = float(not head or head[-1] != end[0])
    return numbers, touch


_NUMBERS, _TOUCH = _meetings()
_WHOLE = np.asarray([value if word else MOST + 1 for value, word in HEADS])


def number_scores(steps: Array) -> Array:
    """How well a line spells each number, against its best reading letter by letter (about 1); shape (1000,).

    `steps` are probabilities of shape (steps, 27), each row "no new letter" and A to Z.
    """
    steps = _joined((1 - SLIP) * steps + SLIP / steps.shape[1])
    steps = steps / steps.max(axis=1, keepdims=True)
    last, paused = _along(steps, _HEAD_TREE)
    first, _ = _along(steps[::-1], _END_TREE)
    first = first[::-1]
    heads = np.vstack([np.eye(1, len(HEADS))[:1], paused[:-1, :]])  # nothing read yet: only the empty head
    own = np.vstack([np.zeros((1, len(HEADS))), last[:-1, :]])
    spelt = heads.T @ first + (own.T @ first) * _TOUCH
    scores = np.zeros(MOST + 2)
    np.add.at(scores, _NUMBERS, spelt)
    np.add.at(scores, _WHOLE, last[-1] + paused[-1])
    return scores[: MOST + 1]


def letters_of(steps: Array) -> str:
    """The likeliest letters, step by step."""
    best = steps.argmax(axis=1)
    fresh = best[np.concatenate([[True], best[1:] != best[:-1]])]
    return "".join(LETTERS[k - 1] for k in fresh if k)


def _joined(steps: Array) -> Array:
    """The steps without those that repeat a sure pause: they change no score by more than a little."""
    still = steps[:, 0] / steps.sum(axis=1) > STILL
    keep = ~(still & np.concatenate([[False], still[:-1]]))
    return np.asarray(steps[keep])


def _along(steps: Array, tree: _Tree) -> tuple[Array, Array]:
    """For each step and word: probability that its last letter is seen there, or was before it and now a pause.

    Shapes (steps, words).
    """
    count = len(tree.letter)
    seen, paused = np.zeros(count), np.zeros(count)
    paused[0] = 1.0
    found = np.empty((len(steps), count)), np.empty((len(steps), count))
    emitted = steps[:, tree.letter]
    emitted[:, 0] = 0.0
    for step in range(len(steps)):
        before = seen[tree.parent]
        before *= tree.steps_on
        before += paused[tree.parent]
        before += seen
        before *= emitted[step]
        paused = (paused + seen) * steps[step, 0]
        seen = before
        found[0][step], found[1][step] = seen, paused
    return found[0][:, tree.ends], found[1][:, tree.ends]
