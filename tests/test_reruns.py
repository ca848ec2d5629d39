"""The kinds of reruns: their words, and who may order which."""

import pytest

from sirekap.access import Act, Mandate
from sirekap.review.reruns import ACTS, LABELS, MEANINGS, RerunKind, before_text, is_before, kinds_for

STATION = "3173011001001"
ALL = tuple(RerunKind)
MAY = [
    (Mandate("kpps", STATION), ()),
    (Mandate("pps", "3173011001"), ()),
    (Mandate("ppk", "317301"), (RerunKind.RECOUNT,)),
    (Mandate("ppk", "317302"), ()),
    (Mandate("kpu_kabko", "3173"), ALL),
    (Mandate("kpu_kabko", "3174"), ()),
    (Mandate("kpu_prov", "31"), ALL),
    (Mandate("kpu_ri", "0"), ALL),
    (Mandate("saksi", STATION, "900001"), ()),
    (Mandate("bawaslu", "317301"), ()),
    (Mandate("admin", "3173"), ()),
]


@pytest.mark.parametrize(("mandate", "kinds"), MAY, ids=[f"{m.role} {m.unit}" for m, _ in MAY])
def test_who_may_order_which_kind(mandate: Mandate, kinds: tuple[RerunKind, ...]) -> None:
    """The offices any kind in their area, the district's panel a recount, nobody else anything."""
    assert kinds_for([mandate], STATION) == kinds


def test_every_kind_has_words_in_both_languages_and_an_act() -> None:
    """No kind is ordered or published without them, and no two read alike."""
    for words in (LABELS, MEANINGS):
        assert set(words) == set(RerunKind)
        assert all(set(each) == {"id", "en"} for each in words.values())
        assert len({each["id"] for each in words.values()}) == len(RerunKind)
    assert set(ACTS.values()) == {Act.RECOUNT, Act.RERUN}


def test_a_photograph_of_the_count_before_is_known_by_its_problem() -> None:
    """What is published of it is what the program and a stranger know it by."""
    assert is_before(before_text(2, "2024-02-20T03:00:00Z"))
    assert not is_before("its QR code names station 3173011006272")
    assert not is_before(None)
