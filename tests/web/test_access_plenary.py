"""Every act of a plenary as every role and as nobody: at a unit of theirs, at others, at none."""

from __future__ import annotations

from typing import get_args
from uuid import uuid4

import pytest

from sirekap.access import Act
from sirekap.web.plenary_schemas import AnyActIn
from tests.web.site import HOLDERS, STATION, TestSite
from tests.web.test_access import ROWS, UNITS, expected, judge, of_plenary

pytestmark = pytest.mark.slow  # hundreds of requests

PLENARY_ACTS: dict[str, tuple[tuple[Act, ...], dict[str, object]]] = {
    "open": ((Act.HOLD_PLENARY,), {}),
    "read": ((Act.HOLD_PLENARY,), {"part": STATION, "digest": "x"}),
    "correct": (
        (Act.HOLD_PLENARY,),
        {"part": STATION, "figure": "suara_1", "before": 1, "after": 2, "reason": "x", "minutes": "x"},
    ),
    "withdraw": (
        (Act.HOLD_PLENARY,),
        {"part": STATION, "figure": "suara_1", "before": 1, "after": 2, "reason": "x", "minutes": "x"},
    ),
    "object": ((Act.OBJECT, Act.HOLD_PLENARY), {"kind": "event", "text": "x", "by": "x"}),
    "take_up": ((Act.HOLD_PLENARY,), {"origin": "317301/1"}),
    "answer": ((Act.ANSWER,), {"number": 1, "text": "x"}),
    "carry": ((Act.ANSWER,), {"number": 1, "decision": "x"}),
    "attend": ((Act.HOLD_PLENARY,), {"role": "x", "signing": "signs"}),
    "close": ((Act.HOLD_PLENARY,), {}),
    "reopen": ((Act.REOPEN_PLENARY,), {"ground": "x", "minutes": "x"}),
}


@pytest.mark.parametrize("act", PLENARY_ACTS)
def test_every_act_of_a_plenary_as_every_role(site: TestSite, act: str) -> None:
    """Whoever may not is refused before anything is said of the plenary; nothing changes, as none is open."""
    acts, body = PLENARY_ACTS[act]
    name = "POST /api/v1/plenaries/{contest}/{unit}/acts"
    for role in (None, *HOLDERS):
        for at in UNITS.values():
            sent = {"request": str(uuid4()), "act": act, **body}
            answer = site.client(role).post(ROWS[name].address.format(at=at), sent)
            told = expected(role, of_plenary("", acts), at)
            judge(answer, name, told)
            assert told != "in" or answer.status in (409, 422), (role, at, answer.body)


def test_the_acts_of_a_plenary_are_all_tried() -> None:
    """A new act without its line in the table fails here."""
    kinds = get_args(get_args(AnyActIn)[0])
    assert sorted(get_args(kind.model_fields["act"].annotation)[0] for kind in kinds) == sorted(PLENARY_ACTS)
