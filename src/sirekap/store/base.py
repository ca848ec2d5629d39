"""What every table is built on."""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.db import models

from sirekap.store.configuration import configure

configure()  # a model cannot be defined before

SHA256_DIGITS = 64
CODE_DIGITS = 13


class Record(models.Model):  # type: ignore[misc]  # Django ships no types, so its classes are Any
    """Base of all tables; exists so that the types are excused in one place."""

    class Meta:
        abstract = True
