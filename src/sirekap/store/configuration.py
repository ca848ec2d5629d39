"""Sets Django up for this process, once, without any database; see `store.setup` for those."""

from __future__ import annotations

import django
from django.conf import settings

# What a web server's own settings must say too.
ACCOUNTS = {
    "AUTH_USER_MODEL": "store.Account",
    "PASSWORD_HASHERS": [
        "sirekap.store.passwords.Argon2",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ],
    "AUTH_PASSWORD_VALIDATORS": [
        {
            "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
            "OPTIONS": {"min_length": 10},
        },
        {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
        {"NAME": "sirekap.store.passwords.NotTheLogin"},
    ],
}


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
        **ACCOUNTS,
        # A debug log would keep every query in memory.
        DEBUG=False,
    )
    django.setup()
