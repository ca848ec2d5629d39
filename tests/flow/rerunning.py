"""Reruns for tests: somebody who may orders one."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sirekap.flow.reruns import order_rerun
from sirekap.review.reruns import RerunKind
from sirekap.store.models import Rerun
from sirekap.store.setup import Workspace
from tests.flow.capturing import AT, CONTEST, signed
from tests.flow.fakes import STATION

GROUND = "Putusan pengawas 7/2024: kotak suara dibuka tanpa saksi"


def rerun(
    workspace: Workspace,
    who: str = "kab-1",
    kind: RerunKind = RerunKind.RECOUNT,
    station: str = STATION,
    after: int | None = None,
    at: datetime = AT,
    request: UUID | None = None,
    ground: str = GROUND,
) -> dict[str, Any]:
    """Order a rerun; without `after`, knowing of all that were ordered before."""
    if after is None:
        after = workspace.rows(Rerun).filter(sheet__station=station, sheet__contest_id=CONTEST).count()
    person = signed(workspace, who)
    return order_rerun(workspace, person, CONTEST, station, request or uuid4(), kind, ground, after, at)
