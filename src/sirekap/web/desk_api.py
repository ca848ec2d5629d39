"""The desk's part of the API, version 1 (docs/review.md): only calls of `flow.desk` and `flow.desk_views`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Status

from sirekap.flow.desk import answer_for, enter, hand_back, held, take_next, take_sheet, type_again
from sirekap.flow.desk_views import claim_view, must_be_mine, queue_view, units_of
from sirekap.review import Cause, Step
from sirekap.review.desk import WORK
from sirekap.store.desk import Claimed
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.store.standing import Standpoint
from sirekap.web.api_doors import CONTEST, STATION, may_ask, must_be_named, problems
from sirekap.web.desk_schemas import (
    AnswerIn,
    ClaimId,
    ClaimIn,
    ClaimOut,
    EntryIn,
    EntryOut,
    QueueOut,
    ReturnIn,
    StandsOut,
    WorkStep,
)
from sirekap.web.site import language_of, workspace_of

PER_PAGE, MOST_PAGES = 50, 10_000
UNIT = r"[0-9]{1,13}"
Unit = Annotated[str | None, Query(max_length=13)]
CauseName = Literal[
    "illegible", "uncertain", "finding", "conflict", "officer", "unbacked", "copy", "pages", "form", "station",
    "duplicate", "quality",
]  # fmt: skip
router = Router(tags=["desk"])


@router.get("/queue", response={200: QueueOut, **problems(404)})
def desk_queue(
    request: HttpRequest,
    unit: Unit = None,
    contest: Annotated[str | None, Query(max_length=16)] = None,
    step: WorkStep | None = None,
    cause: CauseName | None = None,
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> Any:
    """What waits in the caller's units, 50 a page, those sheets first that move most votes."""
    signed = may_ask(request)
    _known(request, signed, unit, contest)
    return queue_view(
        workspace_of(request), signed, now(), unit, contest, None if step is None else Step(step),
        None if cause is None else Cause(cause), (page - 1) * PER_PAGE, PER_PAGE,
        language_of(request),
    )  # fmt: skip


@router.post("/claims", response={200: ClaimOut, **problems(404, 409)}, exclude_unset=True)
def claim(request: HttpRequest, body: ClaimIn) -> Any:
    """Take the named sheet or the next; the one that the caller holds already. 404 nothing where none waits."""
    signed, workspace, at = may_ask(request), workspace_of(request), now()
    if body.station is not None:
        must_be_named(STATION, body.station)
        if body.contest is None:
            raise NotTaken(Reason.INVALID, ["contest: expected the contest of the named station's sheet"])
        must_be_named(CONTEST, body.contest)
        return _view(request, signed, take_sheet(workspace, signed, body.contest, body.station, at))
    units_of(signed)
    _known(request, signed, body.unit, body.contest)
    steps = WORK if body.step is None else (Step(body.step),)
    taken = take_next(workspace, signed, at, body.unit, body.contest, steps)
    if taken is None:
        raise NotTaken(Reason.NOTHING)
    return _view(request, signed, taken)


@router.get("/claims/current", response={200: ClaimOut, **problems(404, 409)}, exclude_unset=True)
def current(request: HttpRequest) -> Any:
    """The sheet that the caller holds; 404 nothing where there is none, 409 where it stands elsewhere by now."""
    signed = _at_the_desk(request)
    mine = held(workspace_of(request), signed, now())
    if mine is None:
        raise NotTaken(Reason.NOTHING)
    return _view(request, signed, mine)


@router.post("/claims/{claim}/entry", response={200: EntryOut, **problems(409)})
def entry(request: HttpRequest, claim: ClaimId, body: EntryIn) -> Any:
    """Type the sheet blind, or decide between two entries with a reason."""
    signed = _at_the_desk(request)
    return enter(workspace_of(request), signed, claim, body.request, body.figures, now(), body.reason)


@router.post("/claims/{claim}/answers", response={200: StandsOut, **problems(409)})
def answer(request: HttpRequest, claim: ClaimId, body: AnswerIn) -> Any:
    """Answer for an error finding, with a reason."""
    signed = _at_the_desk(request)
    return _stands(answer_for(workspace_of(request), signed, claim, body.request, body.rule, body.reason, now()))


@router.post("/claims/{claim}/return", response={200: StandsOut, **problems(409)})
def again(request: HttpRequest, claim: ClaimId, body: ReturnIn) -> Any:
    """Have the sheet typed again, with a reason: what was typed decides nothing any more."""
    return _stands(type_again(workspace_of(request), _at_the_desk(request), claim, body.reason, now()))


@router.delete("/claims/{claim}", response={204: None, **problems(409)})
def back(request: HttpRequest, claim: ClaimId, skip: Annotated[str | None, Query(max_length=500)] = None) -> Any:
    """Hand the sheet back; with `skip` a reason for which the caller is not given it again."""
    hand_back(workspace_of(request), _at_the_desk(request), claim, now(), skip)
    return Status(204, None)


def _at_the_desk(request: HttpRequest) -> Signed:
    """Who asks. Raises NotTaken (FORBIDDEN) where no mandate of theirs is for work at the desk."""
    signed = may_ask(request)
    units_of(signed)
    return signed


def _known(request: HttpRequest, signed: Signed, unit: str | None, contest: str | None) -> None:
    if unit is not None:
        must_be_named(UNIT, unit)
        must_be_mine(workspace_of(request), signed, unit)
    if contest is not None:
        must_be_named(CONTEST, contest)


def _view(request: HttpRequest, signed: Signed, claimed: Claimed) -> dict[str, Any]:
    return claim_view(workspace_of(request), signed, claimed, now(), language_of(request))


def _stands(point: Standpoint) -> dict[str, Any]:
    standing = point.standing
    return {"state": str(standing.state), "step": str(point.step), "open": list(standing.open_errors)}
