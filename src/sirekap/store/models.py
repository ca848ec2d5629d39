"""The tables: the only home of ORM models, with `store.people`, `store.deliveries`, `store.desk_rows`,
`store.twin_rows`, `store.board_rows`, `store.district_rows`, `store.notice_rows`, `store.recap_rows` and
`store.rerun_rows`. What is history is only ever added to.

`Unit`, `Contest`, `Ticket` and those of `district_rows` mirror the loaded inputs and are replaced as a whole by a
new load. What `Sheet` says of where it stands is derived from its versions and what people did, and kept for
quick questions. Every other row is written once: the database itself refuses to change or delete it (migrations
0002, 0004 to 0007, 0009, 0010, 0012 to 0014); what notices and their senders keep in place is named in
`notice_rows`.

Hashes are SHA-256 in lower-case hex. Times are UTC.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record
from sirekap.store.board_rows import BoardCount, BoardHour, BoardTotals, Contact
from sirekap.store.deliveries import (
    CAPTURE_HISTORY,
    Confirmation,
    Copy,
    CopyAssignment,
    CopyVersion,
    Delivery,
    DeliveryClaim,
    DeliveryResult,
)
from sirekap.store.desk_rows import (
    DESK_HISTORY,
    DeskAnswer,
    DeskClaim,
    DeskClaimEnd,
    DeskEntry,
    DeskReturn,
    DeskSeen,
)
from sirekap.store.district_rows import Candidate, ElectoralDistrict, ElectoralUnit, Party
from sirekap.store.notice_rows import (
    NOTICE_HISTORY,
    Digest,
    MailCode,
    MailCodeUse,
    MailWish,
    Notice,
    NoticeCursor,
    NoticeSeen,
    Webhook,
    WebhookCall,
    WebhookEnd,
)
from sirekap.store.people import (
    ACCOUNT_HISTORY,
    Account,
    Activation,
    ActivationUse,
    Attempt,
    Blocking,
    GivenMandate,
    RecoveryCode,
    RecoveryUse,
    Session,
    SessionEnd,
    SessionSeen,
    Totp,
    TotpEnd,
    TotpUse,
    WithdrawnMandate,
)
from sirekap.store.recap_rows import (
    PLENARY_HISTORY,
    MovedSheet,
    Plenary,
    PlenaryAct,
    PlenaryFile,
    RecapVersion,
    SignedCertificate,
)
from sirekap.store.rerun_rows import RERUN_HISTORY, Rerun, SeenSince
from sirekap.store.twin_rows import TWIN_HISTORY, Likeness, LikenessBand, PageFigures, Twin

__all__ = [
    "HISTORY",
    "Account",
    "Acknowledgement",
    "Activation",
    "ActivationUse",
    "Assignment",
    "Attempt",
    "Blocking",
    "BoardCount",
    "BoardHour",
    "BoardTotals",
    "Candidate",
    "Confirmation",
    "Contact",
    "Contest",
    "Copy",
    "CopyAssignment",
    "CopyVersion",
    "Delivery",
    "DeliveryClaim",
    "DeliveryResult",
    "DeskAnswer",
    "DeskClaim",
    "DeskClaimEnd",
    "DeskEntry",
    "DeskReturn",
    "DeskSeen",
    "Digest",
    "ElectoralDistrict",
    "ElectoralUnit",
    "Event",
    "GivenMandate",
    "Likeness",
    "LikenessBand",
    "MailCode",
    "MailCodeUse",
    "MailWish",
    "MovedSheet",
    "Notice",
    "NoticeCursor",
    "NoticeSeen",
    "PageFigures",
    "Party",
    "Photo",
    "PhotoReading",
    "Plenary",
    "PlenaryAct",
    "PlenaryFile",
    "RecapVersion",
    "RecoveryCode",
    "RecoveryUse",
    "Rerun",
    "SeenSince",
    "Session",
    "SessionEnd",
    "SessionSeen",
    "SetAside",
    "Sheet",
    "SheetVersion",
    "SignedCertificate",
    "Ticket",
    "Totp",
    "TotpEnd",
    "TotpUse",
    "Twin",
    "Unit",
    "Webhook",
    "WebhookCall",
    "WebhookEnd",
    "WithdrawnMandate",
]


class Unit(Record):
    """An area of a tier; `stations` is null where nobody gave their number."""

    code = models.CharField(max_length=CODE_DIGITS, primary_key=True)
    name = models.TextField()
    tier = models.PositiveSmallIntegerField()
    stations = models.PositiveIntegerField(null=True)
    kpu_id = models.BigIntegerField(null=True)


class Contest(Record):
    """One thing voted on, and the form its stations fill."""

    code = models.CharField(max_length=16, primary_key=True)
    form = models.CharField(max_length=64)


class Ticket(Record):
    """Who stands in a contest. `given_id` is KPU's id or the stable synthetic one."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT)
    number = models.PositiveSmallIntegerField()
    given_id = models.BigIntegerField()
    name = models.TextField()
    colour = models.CharField(max_length=7)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "number"), name="ticket_once"),)


class Photo(Record):
    """A photograph as received (`sha256`) and as published (`published`: without EXIF, upright)."""

    sha256 = models.CharField(max_length=SHA256_DIGITS, primary_key=True)
    published = models.CharField(max_length=SHA256_DIGITS)
    name = models.TextField()
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()


class PhotoReading(Record):
    """What one version of the reader saw in a photograph: evidence as JSON, cuts by figure as hashes."""

    photo = models.ForeignKey(Photo, on_delete=models.PROTECT)
    reader = models.CharField(max_length=64)
    page = models.PositiveSmallIntegerField(null=True)
    problem = models.TextField(null=True)  # no problem is no text, not an empty one
    reading = models.JSONField()
    cuts = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("photo", "reader"), name="reading_once"),)


class Sheet(Record):
    """One form of one station and contest.

    `state` is a `sirekap.review.State`, `step` a `review.Step`, both since `since`; `causes`
    bits of `review.Cause`.
    `read`: it was weighed; `confirmed`: its officer vouched for it; `answered`: an error finding of it was
    acknowledged. `weight` is how many votes are in question (`review.desk.votes_in_question`); `votes` are those
    of each ticket, candidate or party with its candidates, by number, where the sheet counts, else null.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT)
    station = models.CharField(max_length=CODE_DIGITS)
    state = models.CharField(max_length=16)
    step = models.CharField(max_length=8, default="none")
    causes = models.PositiveIntegerField(default=0)
    read = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=False)
    answered = models.BooleanField(default=False)
    weight = models.PositiveIntegerField(default=0)
    votes = models.JSONField(null=True)
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "station"), name="sheet_once"),)
        indexes = (
            # All that boards count, so that they read no table.
            models.Index(
                fields=("contest", "station", "state", "step", "read", "confirmed", "answered"),
                name="sheet_for_boards",
            ),
            models.Index(fields=("contest", "step", "station"), name="sheet_for_queue"),
            # What waits for people, in the orders that boards show: all that their filters ask stands in each.
            models.Index(
                fields=("contest", "station", "step", "causes", "since", "weight"),
                name="waiting_by_station",
                condition=models.Q(state="review"),
            ),
            models.Index(
                fields=("contest", "-weight", "station", "step", "causes", "since"),
                name="waiting_by_votes",
                condition=models.Q(state="review"),
            ),
            models.Index(
                fields=("contest", "step", "since", "station"),
                name="waiting_by_age",
                condition=models.Q(state="review"),
            ),
        )


class Assignment(Record):
    """A photograph belongs to a sheet because a manifest said so; in a contest it belongs to one only."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT)
    photo = models.ForeignKey(Photo, on_delete=models.PROTECT)
    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT)
    source = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "photo"), name="photo_assigned_once"),)


class SheetVersion(Record):
    """What all photographs of a sheet said together when it was last weighed.

    `photos` are the hashes that were weighed, `used` the one behind each page, `beside` the further ones,
    `problems` the reasons of those that belong to no page; `figures` are [value, status, confidence] by name,
    `uncertain` those that the reader would not vouch for, `why` what each figure rests on (null in versions
    of before this was kept).
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT)
    version = models.PositiveIntegerField()
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
        constraints = (models.UniqueConstraint(fields=("sheet", "version"), name="version_once"),)


class Acknowledgement(Record):
    """Someone answers for an error finding of a version; `finding` holds it with the values it named.

    The same rule of a version can be answered for again: what an officer confirms later has findings of its own.
    """

    version = models.ForeignKey(SheetVersion, on_delete=models.PROTECT)
    rule = models.CharField(max_length=8)
    finding = models.JSONField()
    who = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()


class SetAside(Record):
    """A photograph that counts nowhere, with the reason; its bytes are kept. `station` is as given."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=SHA256_DIGITS)
    station = models.TextField()
    name = models.TextField()
    source = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("contest", "sha256", "station", "reason"), name="set_aside_once"),
        )


class Event(Record):
    """One act: what was done to what, by whom, when. `who` is "sirekap" for the program itself."""

    at = models.DateTimeField()
    who = models.TextField()
    act = models.CharField(max_length=32)
    subject = models.TextField()
    detail = models.JSONField()


HISTORY = (
    *(Photo, PhotoReading, Assignment, SheetVersion, Acknowledgement, SetAside, Event),
    *ACCOUNT_HISTORY,
    *CAPTURE_HISTORY,
    *DESK_HISTORY,
    *TWIN_HISTORY,
    *NOTICE_HISTORY,
    *PLENARY_HISTORY,
    *RERUN_HISTORY,
)
