"""The tables of near-duplicates, part of `store.models`: written once, like all history (migration 0008)."""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record

LIKENESS_DIGITS = 64


class Likeness(Record):
    """What a photograph looks like as a whole: 256 bits in hex (`reading.likeness`)."""

    photo = models.OneToOneField("Photo", on_delete=models.PROTECT)
    bits = models.CharField(max_length=LIKENESS_DIGITS)


class LikenessBand(Record):
    """16 of the bits of a photograph: who shares one of its 16 bands may look alike."""

    photo = models.ForeignKey("Photo", on_delete=models.PROTECT)
    band = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField()

    class Meta:
        indexes = (models.Index(fields=("band", "value"), name="band_value"),)


class PageFigures(Record):
    """The figures of one page of a version of a sheet, as a SHA-256: the same page again has the same."""

    version = models.ForeignKey("SheetVersion", on_delete=models.PROTECT)
    page = models.PositiveSmallIntegerField()
    photo = models.ForeignKey("Photo", on_delete=models.PROTECT)
    digest = models.CharField(max_length=SHA256_DIGITS)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("version", "page"), name="figures_once"),)
        indexes = (models.Index(fields=("digest",), name="figures_digest"),)


class Twin(Record):
    """A photograph of one station and one of another that may be the same sheet; the later one is `two`.

    `kind` is "look" (alike as a whole, `distance` bits differ) or "figures" (all numbers of a page are the same).
    """

    contest = models.ForeignKey("Contest", on_delete=models.PROTECT)
    kind = models.CharField(max_length=8)
    one = models.ForeignKey("Photo", on_delete=models.PROTECT, related_name="+")
    two = models.ForeignKey("Photo", on_delete=models.PROTECT, related_name="+")
    station_one = models.CharField(max_length=CODE_DIGITS)
    station_two = models.CharField(max_length=CODE_DIGITS)
    page = models.PositiveSmallIntegerField(null=True)
    distance = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contest", "kind", "one", "two"), name="twin_once"),)
        indexes = (
            models.Index(fields=("contest", "station_one"), name="twin_one"),
            models.Index(fields=("contest", "station_two"), name="twin_two"),
        )


TWIN_HISTORY = (Likeness, LikenessBand, PageFigures, Twin)
