"""CSV as people really send it."""

import pytest

from sirekap.errors import InputError, Problem
from sirekap.tables import read_table, whole_number

GOOD = {
    "plain": b"a,b\n1,2\n",
    "byte-order mark": b"\xef\xbb\xbfa,b\n1,2\n",
    "Windows line ends": b"a,b\r\n1,2\r\n",
    "semicolons, as an Indonesian spreadsheet writes": b"a;b\n1;2\n",
    "blank lines between": b"a,b\n\n1,2\n\n",
    "spaces around": b" a , b \n 1 , 2 \n",
    "a further column": b"a,b,c\n1,2,3\n",
    "trailing separators": b"a,b\n1,2,,\n",
}

REFUSED = {
    "empty": (b"", "an empty file"),
    "missing column": (b"a\n1\n", "row 1, column b"),
    "repeated column": (b"a,b,a\n1,2,3\n", "each column once"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "UTF-8"),
    "Latin-1 in the header": (b"a,b,\xe9\n1,2,3\n", "0xE9"),
}


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD.keys())
def test_good_tables(data: bytes) -> None:
    """A table in any of the spellings that people's programs write gives the same row."""
    table = read_table(data, "t.csv", ("a", "b"))
    assert table.problems == ()
    assert [(row["a"], row["b"]) for row in table.rows] == [("1", "2")]


@pytest.mark.parametrize(("data", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_tables(data: bytes, told: str) -> None:
    """A file without a usable header is refused as a whole, with what is missing."""
    with pytest.raises(InputError, match=told):
        read_table(data, "t.csv", ("a", "b"))


def test_a_latin_1_row_is_told_and_the_others_stay() -> None:
    """One row that is not UTF-8 is a problem of its own; the rows around it are kept."""
    table = read_table(b"a,b\n1,2\n\xe9,3\n4,5\n", "t.csv", ("a", "b"))
    assert [row["a"] for row in table.rows] == ["1", "4"]
    (problem,) = table.problems
    assert problem.row == 3 and "0xE9" in problem.found


def test_a_row_with_too_many_cells_is_told() -> None:
    """A row whose text holds an unquoted comma is a problem, not a shifted row."""
    table = read_table(b"a,b\n1,2,3\n4,5\n", "t.csv", ("a", "b"))
    assert [row["a"] for row in table.rows] == ["4"]
    assert table.problems[0].row == 2


def test_a_quoted_line_break_keeps_the_line_numbers() -> None:
    """A cell over two lines does not shift the row numbers of what follows."""
    table = read_table(b'a,b\n"1\n1",2\n3,4\n', "t.csv", ("a", "b"))
    assert [(row.line, row["b"]) for row in table.rows] == [(2, "2"), (4, "4")]


NUMBERS = {"7": 7, "0": 0, "": None, "-1": Problem, "1.5": Problem, "x": Problem, "٣": Problem, "1000": Problem}


@pytest.mark.parametrize(("text", "expected"), NUMBERS.items(), ids=[repr(key) for key in NUMBERS])
def test_whole_numbers(text: str, expected: object) -> None:
    """A cell is a whole number in range, empty, or a problem; never silently something else."""
    row = read_table(f"a,b\nx,{text}\n".encode(), "t.csv", ("a", "b")).rows[0]
    found = whole_number(row, "b", "t.csv", most=999)
    assert isinstance(found, Problem) if expected is Problem else found == expected
