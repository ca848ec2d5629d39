"""The tables of accounts, part of `store.models`: who may log in, with what mandates, from which devices.

A change is a further row: a withdrawal ends a mandate, a use ends a code, a newer code voids the older one, a
blocking row blocks or unblocks. The database refuses to change or delete those rows (migration 0005). Two things
change in place: `Account.password`, because an old hash helps only a thief, and `SessionSeen`, which is no act.

Of passwords the hash is kept, of codes and tokens the SHA-256, of second factors the secret as `store.vault`
encrypts it.
"""

# ruff: noqa: D106  # Django's Meta classes say themselves what they are

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from sirekap.store.base import CODE_DIGITS, SHA256_DIGITS, Record

LOGIN_LETTERS = 40


class Account(AbstractBaseUser, Record):  # type: ignore[misc]  # Django ships no types
    """A person who may log in. `password` is "!" until the account is activated; `name` may be empty."""

    login = models.CharField(max_length=LOGIN_LETTERS, unique=True)
    name = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.TextField()
    last_login = None  # sessions tell it

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ()


class GivenMandate(Record):
    """A role at a unit, given to an account; `since` is inclusive, `until` exclusive and null for no end."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    role = models.CharField(max_length=16)
    unit = models.CharField(max_length=CODE_DIGITS, db_index=True)
    stands_for = models.TextField(null=True)  # nobody is no text
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    given_by = models.TextField()
    at = models.DateTimeField()


class WithdrawnMandate(Record):
    """The end of a mandate before its time."""

    mandate = models.OneToOneField(GivenMandate, on_delete=models.PROTECT)
    withdrawn_by = models.TextField()
    at = models.DateTimeField()


class Blocking(Record):
    """An account is blocked or unblocked; the latest row counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    blocked = models.BooleanField()
    done_by = models.TextField()
    at = models.DateTimeField()


class Activation(Record):
    """A one-time code was issued; an account's latest one counts. `digest` is `codes.digest`."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    digest = models.CharField(max_length=SHA256_DIGITS)
    issued_by = models.TextField()
    at = models.DateTimeField()
    expires = models.DateTimeField()


class ActivationUse(Record):
    """A code was used; each can be once."""

    activation = models.OneToOneField(Activation, on_delete=models.PROTECT)
    at = models.DateTimeField()


class Session(Record):
    """A device is logged in. `digest` is the SHA-256 of its token; `two_factors`: a second factor was shown."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    digest = models.CharField(max_length=SHA256_DIGITS, unique=True)
    device = models.TextField()
    two_factors = models.BooleanField()
    at = models.DateTimeField()


class SessionEnd(Record):
    """A session was ended, by its holder or from afar (`remote`)."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT)
    ended_by = models.TextField()
    remote = models.BooleanField()
    at = models.DateTimeField()


class SessionSeen(Record):
    """When a session was last used, to the minute; changed in place."""

    session = models.OneToOneField(Session, on_delete=models.PROTECT)
    at = models.DateTimeField()


class Attempt(Record):
    """A try to show a password, a code or a second factor (`kind`), and a further row where it was right.

    `account` is null where the login is nobody's: what was typed is not kept, it may be a password. `device` is
    the earlier session by which a device showed that this account was used on it before.
    """

    kind = models.CharField(max_length=16)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True)
    device = models.ForeignKey(Session, on_delete=models.PROTECT, null=True)
    address = models.CharField(max_length=45)  # the longest IPv6 address; empty where there is none
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("account", "kind", "at"), name="attempt_of_account"),
            models.Index(fields=("address", "at"), name="attempt_of_address"),
        )


class Totp(Record):
    """A second factor (RFC 6238) was set up; it counts once a code of it was used. The latest such one counts."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    secret = models.TextField()
    at = models.DateTimeField()


class TotpUse(Record):
    """A code of a time step was used; none of this step or an earlier one can be again."""

    totp = models.ForeignKey(Totp, on_delete=models.PROTECT)
    step = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("totp", "step"), name="totp_step_once"),)


class TotpEnd(Record):
    """A second factor was taken away, such as after a phone was lost."""

    totp = models.OneToOneField(Totp, on_delete=models.PROTECT)
    ended_by = models.TextField()
    at = models.DateTimeField()


class RecoveryCode(Record):
    """A code in place of a second factor that is out of reach."""

    totp = models.ForeignKey(Totp, on_delete=models.PROTECT)
    digest = models.CharField(max_length=SHA256_DIGITS)


class RecoveryUse(Record):
    """A recovery code was used; each can be once."""

    code = models.OneToOneField(RecoveryCode, on_delete=models.PROTECT)
    at = models.DateTimeField()


ACCOUNT_HISTORY = (
    GivenMandate,
    WithdrawnMandate,
    Blocking,
    Activation,
    ActivationUse,
    Session,
    SessionEnd,
    Attempt,
    Totp,
    TotpUse,
    TotpEnd,
    RecoveryCode,
    RecoveryUse,
)
