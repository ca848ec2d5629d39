"""The tables of capture, part of `store.models`: what phones delivered, what officers confirmed, whose copies.

Written once, like all history (migration 0006). One thing changes in place: `DeliveryClaim`, which says that a
worker is at it, and is no act.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record
from sirekap.store.people import Account, Session

CONTEST_LETTERS = 16


class Delivery(Record):
    """A photograph was delivered for a station's sheet. `source` is "officer" or "copy".

    `page` and `form` are as the phone said, null where it did not. `owner` is the account's login for copies, and
    empty for officers' photographs: the same photograph for the same station is one delivery, whoever of the
    officers sent it, but each witness has a copy of their own. `receipt` was signed when it was taken.
    """

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    station = models.CharField(max_length=CODE_DIGITS)
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    source = models.CharField(max_length=8)
    owner = models.CharField(max_length=40)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    size = models.PositiveBigIntegerField()
    page = models.PositiveSmallIntegerField(null=True)
    form = models.CharField(max_length=64, null=True)
    name = models.TextField()
    receipt = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("contest", "station", "sha256", "source", "owner"), name="delivered_once"
            ),
        )


class DeliveryResult(Record):
    """What became of a delivery: `outcome` is "read" or "refused", `problem` says what is wrong, {"id", "en"}.

    `remarks` are what is wrong with a photograph that could be read (`reading.remarks`). `seconds` is how long
    the reading took, null where nothing was read.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="result")
    outcome = models.CharField(max_length=8)
    problem = models.JSONField(null=True)
    remarks = models.JSONField()
    seconds = models.FloatField(null=True)
    at = models.DateTimeField()


class DeliveryClaim(Record):
    """A worker is reading a delivery, until `until` where it lives; changed in place."""

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="claim")
    worker = models.CharField(max_length=64)
    until = models.DateTimeField()


class Confirmation(Record):
    """An officer vouched for every figure of a sheet; a station's latest one counts.

    `version` is the reading that stood beside them, null where there was none yet. `figures` are values by name,
    null for blank; `machine` the machine's as they stood, [value, status, confidence] by name; `corrections` the
    names where the two differ, `insisted` those where a certain reading said otherwise; `marked` why the sheet
    went to review, as [rule, figures]. `answer` is what was said to the request, for when it is asked again.
    """

    request = models.UUIDField(unique=True)
    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    station = models.CharField(max_length=CODE_DIGITS)
    version = models.ForeignKey("SheetVersion", on_delete=models.PROTECT, null=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    figures = models.JSONField()
    machine = models.JSONField()
    corrections = models.JSONField()
    insisted = models.JSONField()
    marked = models.JSONField()
    answer = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("contest", "station"), name="confirmation_of_sheet"),)


class Copy(Record):
    """A witness's or supervisor's own copy of a station's sheet."""

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    station = models.CharField(max_length=CODE_DIGITS)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("contest", "station", "account"), name="copy_once_an_account"),
        )


class CopyAssignment(Record):
    """A photograph belongs to a copy, with what one version of the reader saw in it, as one form.

    `reading`, `cuts`, `published`, `page` and `problem` as in `Photo` and `PhotoReading`.
    """

    copy = models.ForeignKey(Copy, on_delete=models.PROTECT)
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    published = models.CharField(max_length=SHA256_DIGITS)
    form = models.CharField(max_length=64)
    reader = models.CharField(max_length=64)
    page = models.PositiveSmallIntegerField(null=True)
    problem = models.TextField(null=True)
    reading = models.JSONField()
    cuts = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("copy", "sha256"), name="copied_once"),)


class CopyVersion(Record):
    """What all photographs of a copy said together, per form: the fields of `SheetVersion`."""

    copy = models.ForeignKey(Copy, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    form = models.CharField(max_length=64)
    photos = models.JSONField()
    pages = models.JSONField()
    figures = models.JSONField()
    findings = models.JSONField()
    used = models.JSONField()
    beside = models.JSONField()
    problems = models.JSONField()
    uncertain = models.JSONField()
    why = models.JSONField(null=True)
    reader = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("copy", "version"), name="copy_version_once"),)


CAPTURE_HISTORY = (Delivery, DeliveryResult, Confirmation, Copy, CopyAssignment, CopyVersion)
