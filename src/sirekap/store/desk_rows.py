"""The tables of the review desk, part of `store.models`. Written once, like all history (migration 0007).

What one row says of a claim's end, a round's outcome or a sheet's step is derived: nothing here is changed.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import Record
from sirekap.store.people import Account, Session


class DeskClaim(Record):
    """Somebody took a sheet to work on it, until `until`. `step` is the `review.Step` it was taken for."""

    sheet = models.ForeignKey("Sheet", on_delete=models.PROTECT)
    version = models.ForeignKey("SheetVersion", on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    step = models.CharField(max_length=8)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("sheet", "until"), name="claim_of_sheet"),
            models.Index(fields=("account", "until"), name="claim_of_account"),
            models.Index(fields=("until",), name="claim_by_end"),
        )


class DeskClaimEnd(Record):
    """A claim ended before its time: `how` is "done", "back" (handed back), "skipped", then with a reason, or
    "rerun" (the sheet's count began anew).
    """

    claim = models.OneToOneField(DeskClaim, on_delete=models.PROTECT, related_name="end")
    how = models.CharField(max_length=8)
    reason = models.TextField()
    at = models.DateTimeField()


class DeskEntry(Record):
    """What somebody typed of a version of a sheet: blind as number 1 or 2, as number 3 to decide between them.

    `figures` are by name a number, null for blank, or "?" for what nobody can read. `reason` is given with a
    decision. `answer` is what was said to the request, for when it is asked again.
    """

    request = models.UUIDField(unique=True)
    claim = models.OneToOneField(DeskClaim, on_delete=models.PROTECT, related_name="entry")
    sheet = models.ForeignKey("Sheet", on_delete=models.PROTECT)
    version = models.ForeignKey("SheetVersion", on_delete=models.PROTECT)
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    figures = models.JSONField()
    reason = models.TextField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("version", "round", "number"), name="entry_once"),
            models.UniqueConstraint(fields=("version", "round", "account"), name="one_entry_an_account"),
        )
        indexes = (models.Index(fields=("sheet",), name="entry_of_sheet"),)


class DeskReturn(Record):
    """A version was given back to typing, with a reason: what was typed in that round decides nothing."""

    version = models.ForeignKey("SheetVersion", on_delete=models.PROTECT)
    round = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "round"), name="returned_once"),)


class DeskSeen(Record):
    """Somebody saw a sheet's figures: from then on they cannot type it blind."""

    sheet = models.ForeignKey("Sheet", on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("sheet", "account"), name="seen_once"),)


class DeskAnswer(Record):
    """Which account gave an acknowledgement at the desk, and to which request."""

    request = models.UUIDField(unique=True)
    acknowledgement = models.OneToOneField("Acknowledgement", on_delete=models.PROTECT, related_name="answer")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)


DESK_HISTORY = (DeskClaim, DeskClaimEnd, DeskEntry, DeskReturn, DeskSeen, DeskAnswer)
