"""Passwords: how they are hashed and what is asked of them.

At least ten characters, not the login, not among the 20,000 commonest; no rule about which characters, as
NIST SP 800-63B says (docs/decisions/0009). Django's validators do it; `store.configuration.ACCOUNTS` names them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

NONE_YET = "!"  # what Django takes for no password at all
LONGEST = 200


class Argon2(Argon2PasswordHasher):  # type: ignore[misc]  # Django ships no types
    """Argon2id with 19 MiB, two passes, one lane: OWASP's least setting.

    Django's own takes 100 MB a log-in: a hundred officers at once would need 10 GB.
    """

    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1


class NotTheLogin:
    """Refuses a password that holds the login or the unit's code in it, forwards or backwards."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise Django's ValidationError where the password holds the login."""
        login = getattr(user, "login", "").lower()
        said = password.lower()
        for word in (login, *re.findall(r"\d{6,}", login)):
            if word and (word in said or word[::-1] in said):
                raise ValidationError("This password holds the login.", code="password_is_login")

    def get_help_text(self) -> str:
        """The rule in words."""
        return "Your password can't hold your login."


def told(account: Any, password: str) -> tuple[str, ...]:
    """What is wrong with a new password, in words; nothing where it will do."""
    if len(password) > LONGEST:
        return (f"This password is too long. It must contain at most {LONGEST} characters.",)
    if not _is_text(password):
        return ("This password holds signs that are no text.",)
    try:
        validate_password(normal(password), account)
    except ValidationError as error:
        return tuple(str(message) for message in error.messages)
    return ()


def _is_text(password: str) -> bool:
    """Whether it can be written in UTF-8: JSON can bring halves of letters."""
    return not any("\ud800" <= letter <= "\udfff" for letter in password)


def normal(password: str) -> str:
    """The password as every keyboard gives it: Unicode's compatibility composition."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """The hash that is kept."""
    return str(make_password(normal(password)))


def is_password(account: Any | None, password: str) -> bool:
    """Whether this is the account's password; takes as long where there is no account."""
    if len(password) > LONGEST or not _is_text(password):
        return False
    if account is None:
        make_password(normal(password))
        return False
    return bool(check_password(normal(password), account.password))
