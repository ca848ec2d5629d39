"""The tables of notices, part of `store.models` (migrations 0009, 0013).

`Notice`, `Webhook`, `WebhookEnd`, `MailCode` and `MailCodeUse` are written once, like all history. The others say
how far somebody or something has come, or what a person wishes, and change in place.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record
from sirekap.store.deliveries import CONTEST_LETTERS
from sirekap.store.desk_rows import DeskClaim
from sirekap.store.people import Account

KIND_LETTERS = 16


class Notice(Record):
    """Something changed about a station's sheet. `kind` is a `review.notices.Kind`.

    `account` is the one person whom it concerns, null where mandates say who is told; `claim` the one that ran
    out, so that this is written once.
    """

    kind = models.CharField(max_length=KIND_LETTERS)
    contest = models.CharField(max_length=CONTEST_LETTERS)
    station = models.CharField(max_length=CODE_DIGITS)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, db_index=False)
    claim = models.OneToOneField(DeskClaim, on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("kind", "station", "id"), name="notice_for_people"),
            # Without the many that are nobody's own: databases would look those through for a district's few.
            models.Index(
                fields=("account",), condition=models.Q(account__isnull=False), name="notice_of_account"
            ),
        )


class NoticeSeen(Record):
    """The last notice that a person saw in the app."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT)
    last = models.BigIntegerField()
    at = models.DateTimeField()


class NoticeCursor(Record):
    """How far something has come: "claims" through `DeskClaim`, "webhook N" through `Notice`."""

    name = models.CharField(max_length=40, unique=True)
    last = models.BigIntegerField()


class MailWish(Record):
    """How a person wants notices by e-mail: `how` is "hourly" or "at_once"; no row is none.

    `last` is the last notice that was put into a digest or passed over, `due` when the next may be made;
    `problem` why the last one did not arrive, empty where it did. No digest goes to an address before its
    `confirmed_at`, null for one that was not confirmed.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT)
    address = models.TextField()
    how = models.CharField(max_length=8)
    language = models.CharField(max_length=2)
    last = models.BigIntegerField()
    due = models.DateTimeField()
    problem = models.TextField()
    confirmed_at = models.DateTimeField(null=True)


class MailCode(Record):
    """A code was made for an address that an account named. An account's latest one counts, until `expires`.

    History keeps no address: `target` is its keyed hash (`store.vault.keyed`), `digest` the code's.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    target = models.CharField(max_length=SHA256_DIGITS)
    digest = models.CharField(max_length=SHA256_DIGITS, unique=True)
    at = models.DateTimeField()
    expires = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("account", "at"), name="mail_code_of_account"),
            models.Index(fields=("target", "at"), name="mail_code_to_address"),
        )


class MailCodeUse(Record):
    """A code was shown by whoever reads what is sent to the address; each can be once."""

    code = models.OneToOneField(MailCode, on_delete=models.PROTECT)
    at = models.DateTimeField()


class Digest(Record):
    """A mail on its way to a person, with the bytes that every try sends; the text goes once it is done.

    `code` is null for a digest of notices, else the code that the mail brings. `message` is its Message-ID, `due`
    when it is tried next, `until` when the one who tries it now has died; `outcome` is empty, "sent" or
    "given up".
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    code = models.ForeignKey(MailCode, on_delete=models.PROTECT, null=True, db_index=False)
    message = models.CharField(max_length=120, unique=True)
    subject = models.TextField()
    text = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    due = models.DateTimeField()
    until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="")

    class Meta:
        indexes = (models.Index(fields=("outcome", "due"), name="digest_due"),)


class Webhook(Record):
    """An address that is told of these `kinds` within a unit. `secret` as `store.vault` seals it."""

    unit = models.CharField(max_length=CODE_DIGITS)
    kinds = models.JSONField()
    url = models.TextField()
    secret = models.TextField()
    added_by = models.TextField()
    at = models.DateTimeField()


class WebhookEnd(Record):
    """A webhook was removed."""

    webhook = models.OneToOneField(Webhook, on_delete=models.PROTECT, related_name="end")
    removed_by = models.TextField()
    at = models.DateTimeField()


class WebhookCall(Record):
    """A notice on its way to a webhook; `due`, `until`, `outcome` as in `Digest`; `problem`: its last failure."""

    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT)
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    due = models.DateTimeField()
    until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="")
    problem = models.TextField(default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("webhook", "notice"), name="called_once_a_notice"),)
        indexes = (models.Index(fields=("webhook", "outcome", "due"), name="call_due"),)


NOTICE_HISTORY = (Notice, Webhook, WebhookEnd, MailCode, MailCodeUse)
