"""The tables of plenaries, part of `store.models`. Written once, like all history (migration 0012).

What a plenary is follows from its acts alone (`recap.play`). A closing leaves a `RecapVersion`: what was
certified, what it rests on, and the hash of its certificate's data; nothing of it is ever changed.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record
from sirekap.store.people import Account, Session


class Plenary(Record):
    """A unit's plenary of a contest; its row is what everybody locks who acts in it."""

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    unit = models.CharField(max_length=CODE_DIGITS)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "unit"), name="plenary_once"),)


class PlenaryAct(Record):
    """One line of the minutes: `act` is `recap.as_json`, `kind` its name, `number` counts from 1.

    `request` tells a repetition.
    """

    plenary = models.ForeignKey(Plenary, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8)
    act = models.JSONField()
    request = models.UUIDField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("plenary", "number"), name="act_once"),)


class PlenaryFile(Record):
    """A file attached to an objection, before the objection names it. Its bytes are an object."""

    plenary = models.ForeignKey(Plenary, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    name = models.TextField()
    kind = models.CharField(max_length=32)
    size = models.PositiveBigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("plenary", "sha256"), name="plenary_file_once"),)


class RecapVersion(Record):
    """A version of a unit's certificate.

    `body` is the SHA-256 of the certificate's data, an object. `parts` are what was counted, each [code, digest,
    stations, values of the sheets, values that are certified], values in the order of `figures`; `corrections`
    all between the sheets and these sums, those of the tiers below too, as `recap.as_json`; `missing` are [code,
    reason] of all that is not in the sums, from below too.
    `expected` are the stations of the unit, `unknown_villages` villages whose number of stations nobody gave.
    """

    plenary = models.ForeignKey(Plenary, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
    body = models.CharField(max_length=SHA256_DIGITS)
    figures = models.JSONField()
    parts = models.JSONField()
    corrections = models.JSONField()
    missing = models.JSONField()
    stations = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()
    unknown_villages = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("plenary", "version"), name="recap_version_once"),)


class MovedSheet(Record):
    """A sheet came to stand otherwise than a district's certificate says, or stands though it says missing.

    Only that this was so once is kept; whether it still is `store.moved` says.
    """

    version = models.ForeignKey(RecapVersion, on_delete=models.PROTECT)
    station = models.CharField(max_length=CODE_DIGITS)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "station"), name="moved_once"),)


class SignedCertificate(Record):
    """The paper of a version: number 0 as it was drawn, then one more for each signature, each an object."""

    version = models.ForeignKey(RecapVersion, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    signer = models.TextField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    session = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "number"), name="paper_once"),)


PLENARY_HISTORY = (Plenary, PlenaryAct, PlenaryFile, RecapVersion, MovedSheet, SignedCertificate)
