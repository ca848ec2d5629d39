"""The tables of where seats are won and who stands there, part of `store.models`; each load replaces them."""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, Record

DISTRICT_DIGITS = 8


class ElectoralDistrict(Record):
    """An electoral district; `seats` is null where nobody gave their number."""

    code = models.CharField(max_length=DISTRICT_DIGITS, primary_key=True)
    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    name = models.TextField()
    seats = models.PositiveSmallIntegerField(null=True)


class ElectoralUnit(Record):
    """A unit that a district is made of, by its code: a load of the geography does not touch it."""

    district = models.ForeignKey(ElectoralDistrict, on_delete=models.CASCADE, related_name="units")
    unit = models.CharField(max_length=CODE_DIGITS)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("district", "unit"), name="district_unit_once"),)


class Party(Record):
    """A party of the election. `given_id` is KPU's id or the stable synthetic one."""

    number = models.PositiveSmallIntegerField(primary_key=True)
    given_id = models.BigIntegerField()
    name = models.TextField()
    colour = models.CharField(max_length=7)
    aceh = models.BooleanField(default=False)


class Candidate(Record):
    """Who stands in a contest's district (a province's code for the DPD), on a party's list or alone."""

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    district = models.CharField(max_length=DISTRICT_DIGITS)
    party = models.PositiveSmallIntegerField(null=True)
    number = models.PositiveSmallIntegerField()
    name = models.TextField()
    woman = models.BooleanField(null=True)

    class Meta:
        indexes = (models.Index(fields=("contest", "district", "party", "number"), name="candidate_of"),)
