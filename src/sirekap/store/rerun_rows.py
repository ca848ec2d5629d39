"""The tables of reruns, part of `store.models`. Written once, like all history (migration 0014).

A rerun changes no older row: it says up to which of them the count before went. What came later is of the new
count (`store.generations`).
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import Record
from sirekap.store.people import Account, Session

KIND_LETTERS = 20


class Rerun(Record):
    """A station's sheet is counted, or voted, again. `kind` is a `review.reruns.RerunKind`; `number` counts a
    sheet's reruns from 1.

    `ground` is the law or decision and why, in words; `by` the role and unit that ordered it, in words for the
    public. The last rows of the count before, each 0 where there was none: the number of the sheet's version, and
    the keys of its photograph's assignment, the station's confirmation, delivery, copy's version, and photograph
    that was set aside.
    """

    sheet = models.ForeignKey("Sheet", on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=KIND_LETTERS)
    ground = models.TextField()
    by = models.TextField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    request = models.UUIDField(unique=True)
    at = models.DateTimeField()
    last_version = models.PositiveIntegerField()
    last_assignment = models.BigIntegerField()
    last_confirmation = models.BigIntegerField()
    last_delivery = models.BigIntegerField()
    last_copy = models.BigIntegerField()
    last_aside = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sheet", "number"), name="rerun_once"),)


class SeenSince(Record):
    """Somebody saw figures of the count that a rerun began: what `DeskSeen` is for a first count."""

    rerun = models.ForeignKey(Rerun, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rerun", "account"), name="seen_since_once"),)


RERUN_HISTORY = (Rerun, SeenSince)
