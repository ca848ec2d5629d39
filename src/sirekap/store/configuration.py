"""Sets Django up for this process, once, without any database; see `store.setup` for those."""

from __future__ import annotations

import django
from django.conf import settings


def configure() -> None:
    """Make models importable; does nothing where Django is set up, by us or by a web server's settings."""
    if settings.configured:
        return
    settings.configure(
        DATABASES={},
        INSTALLED_APPS=["sirekap.store.apps.StoreConfig"],
        USE_TZ=True,
        TIME_ZONE="UTC",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        # A debug log would keep every query in memory.
        DEBUG=False,
    )
    django.setup()
