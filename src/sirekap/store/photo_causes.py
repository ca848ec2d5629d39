"""What a sheet's photographs add to the causes for which it waits: another form or station, the same twice."""

from __future__ import annotations

import re
from typing import Any

from sirekap.review import Cause
from sirekap.review.reruns import is_before
from sirekap.store.generations import Generation
from sirekap.store.models import SetAside
from sirekap.store.setup import Workspace

# What a reader's or an intake's sentence begins with (flow.problem_words knows the same); else it is quality.
BEGINS = (
    ("its QR code names station", Cause.STATION),
    ("the QR code says", Cause.STATION),
    ("page .* is seen, expected", Cause.FORM),
    ("no page of", Cause.FORM),
    ("the same photograph was given", Cause.DUPLICATE),
)


def cause_of(problem: str) -> Cause:
    """The cause that a problem in words stands for.

    >>> str(cause_of("its QR code names station 3173011006272"))
    'station'
    """
    return next((cause for begins, cause in BEGINS if re.match(begins, problem)), Cause.QUALITY)


def causes_of_photos(workspace: Workspace, sheet: Any, version: Any, count: Generation) -> set[Cause]:
    """What is wrong with the photographs of a version, and with those that were set aside for its station since
    its count began.
    """
    found = {cause_of(problem) for problem in version.problems.values()}
    aside = workspace.rows(SetAside).filter(contest_id=sheet.contest_id)
    here = aside.filter(station=sheet.station, pk__gt=count.after("last_aside"))
    reasons = here.values_list("reason", flat=True)
    found |= {cause_of(reason) for reason in reasons if not is_before(reason)}  # which say nothing of this count
    elsewhere = aside.filter(sha256__in=list(version.photos)).exclude(station=sheet.station)
    if any(cause_of(reason) is Cause.DUPLICATE for reason in elsewhere.values_list("reason", flat=True)):
        found.add(Cause.DUPLICATE)
    return found
