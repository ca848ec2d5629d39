"""The tables of boards, part of `store.models`: counts that the database keeps itself, and telephone numbers.

`BoardCount`, `BoardTotals` and `BoardHour` are derived and hold nothing of their own: triggers (migrations 0008
and 0015) write them in the transaction of whatever changes a sheet, a delivery or an entry: no writer can forget
them. `store.board_recount` counts anew and compares. `Contact` is what the administrator loaded.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from typing import Any

from django.db import models

from sirekap.store.base import CODE_DIGITS, Record

DISTRICT_DIGITS = 6
HOUR_LETTERS = 13  # "2024-02-14 08", UTC


def _count() -> Any:
    # Without a check of its sign: an upsert's proposed row may be negative where the kept one is not.
    return models.IntegerField(default=0)


class BoardCount(Record):
    """How many sheets of a contest a village has in each state, step and cause, and how much was sent and typed.

    `acknowledged` are settled or provisional with an error finding that someone answered for; `weight` are the
    votes in question of those in review; `delivered` photographs received, `looked` those of them that a reader
    looked at; `typed` blind entries, `decided` those of a third person.
    """

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT, db_index=False)
    # Without a constraint: a load replaces all units, and these counts stay.
    village = models.ForeignKey(
        "Unit", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="counts"
    )
    sheets, read, confirmed = _count(), _count(), _count()
    settled, provisional, review, acknowledged = _count(), _count(), _count(), _count()
    step_photo, step_first, step_second = _count(), _count(), _count()
    step_resolve, step_findings = _count(), _count()
    cause_illegible, cause_uncertain, cause_finding = _count(), _count(), _count()
    cause_conflict, cause_officer, cause_unbacked = _count(), _count(), _count()
    cause_copy, cause_pages, cause_form = _count(), _count(), _count()
    cause_station, cause_duplicate, cause_quality = _count(), _count(), _count()
    weight = _count()
    delivered, looked, typed, decided = _count(), _count(), _count(), _count()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "village"), name="counted_once"),)


class BoardTotals(Record):
    """The votes on the sheets of a village that count, settled and provisional, 24 numbers a row.

    `v0` to `v23` of `part` 0 are those of the tickets, candidates or parties 1 to 24, of part 1 of 25 to 48, and
    so on. A row a number would be millions for a nation's parties.
    """

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT, db_index=False)
    village = models.CharField(max_length=CODE_DIGITS)
    part = models.PositiveSmallIntegerField()
    v0, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11 = (models.BigIntegerField(default=0) for _ in range(12))
    v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23 = (
        models.BigIntegerField(default=0) for _ in range(12)
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "village", "part"), name="totals_once"),)


class BoardHour(Record):
    """What happened in a district in an hour: photographs received and read, entries typed, decided, settled."""

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT, db_index=False)
    district = models.CharField(max_length=DISTRICT_DIGITS)
    hour = models.CharField(max_length=HOUR_LETTERS)
    received, read, typed, decided, settled = _count(), _count(), _count(), _count(), _count()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "district", "hour"), name="hour_once"),)


class Contact(Record):
    """A telephone number of a role at a station or unit. Nobody sees it without `Act.SEE_CONTACTS` there."""

    unit = models.CharField(max_length=CODE_DIGITS)
    role = models.CharField(max_length=80)
    telephone = models.CharField(max_length=20)

    class Meta:
        indexes = (models.Index(fields=("unit",), name="contact_of_unit"),)
