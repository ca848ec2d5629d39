"""The store as a Django application; its label names the tables."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):  # type: ignore[misc]  # Django ships no types, so its classes are Any
    """Tables are named store_…; keys are 64-bit numbers."""

    name = "sirekap.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
