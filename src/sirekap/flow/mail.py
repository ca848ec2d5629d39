"""Digests are sent by SMTP, each with a Message-ID and bytes of its own that every try repeats.

What is guaranteed: a digest that the mail server took and that was noted is never sent again. A process that is
killed between the two sends it once more, with the same Message-ID; SMTP knows no way to ask whether a mail was
taken, and losing one would be worse. Mail programs that drop what they have by Message-ID show it once.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from sirekap.errors import SirekapError
from sirekap.flow.notice_words import notice_words
from sirekap.store.mails import make_digests, note_mail, waiting_digests, wish_of
from sirekap.store.notice_settings import MailSetting, mail_setting
from sirekap.store.outgoing import lease, settle
from sirekap.store.setup import Workspace

WIB = timezone(timedelta(hours=7))
SECONDS = 10
AT_A_TIME = 20
WORDS = {
    "id": (
        "Kabar Sirekap: {number}",
        "Yang baru untuk Anda:",
        "… dan {rest} lagi.",
        "Lihat semua: {site}/app/kabar/",
    ),
    "en": (
        "Sirekap notices: {number}",
        "What is new for you:",
        "… and {rest} more.",
        "See all: {site}/app/kabar/",
    ),
}
WHY = {
    "id": "Anda menerima surat ini karena memintanya di halaman Kabar; di sana dapat dihentikan.",
    "en": "You get this because you asked for it on the page of notices; it can be ended there.",
}


def send_mails(workspace: Workspace, at: datetime, complain: Callable[[str], None] = lambda _: None) -> int:
    """Make the digests that are due and send those that wait; how many were sent. Raises InputError.

    `complain` is told what is wrong with the mail server, which no recipient can mend; the round ends then.
    """
    setting = mail_setting(workspace)
    if setting is None:
        return 0
    make_digests(workspace, at, setting.domain, partial(digest_text, site=setting.site))
    sent = 0
    for _ in range(AT_A_TIME):  # one lease at a time: a slow server must not outlast those of the others
        digest = next(iter(lease(workspace, waiting_digests(workspace).select_related("account"), at, 1)), None)
        if digest is None:
            break
        wish = wish_of(workspace, digest.account.login)
        try:
            problem, final = ("no address", True) if wish is None else send_digest(setting, digest, wish.address)
        except ServerFault as fault:
            note_mail(workspace, digest, settle(workspace, digest, at, False), str(fault))
            complain(str(fault))
            break
        outcome = settle(workspace, digest, at, not problem, final)
        note_mail(workspace, digest, outcome, problem)
        sent += not problem
    return sent


def digest_text(language: str, newest: list[Any], many: int, site: str = "") -> tuple[str, str]:
    """Subject and body of a digest: a line a notice, without figures, people or telephone numbers."""
    subject, lead, rest, link = WORDS[language]
    lines = [
        f"{row.at.astimezone(WIB):%d-%m-%Y %H.%M} WIB  TPS {row.station} {row.contest}: "
        + notice_words(row.kind, language)
        for row in newest
    ]
    if many > len(newest):
        lines.append(rest.format(rest=many - len(newest)))
    parts = [lead, "\n".join(lines), *([link.format(site=site.rstrip("/"))] if site else []), WHY[language]]
    return subject.format(number=many), "\n\n".join(parts) + "\n"


class ServerFault(SirekapError):
    """The mail server cannot be reached, or is not to be trusted: nothing was given to it."""


def send_digest(setting: MailSetting, digest: Any, address: str) -> tuple[str, bool]:
    """Give a digest to the mail server; why it was not taken (empty where it was), and whether that is final.

    Raises ServerFault where the server is at fault and not the recipient.
    """
    headers = {
        "Message-ID": digest.message,
        "Date": format_datetime(digest.at),
        "Auto-Submitted": "auto-generated",
    }
    connection = EmailBackend(
        host=setting.host, port=setting.port, username=setting.user, password=setting.password,
        use_tls=setting.tls == "starttls", use_ssl=setting.tls == "tls", timeout=SECONDS,
    )  # fmt: skip
    mail = EmailMessage(digest.subject, digest.text, setting.sender, [address], headers=headers)
    try:
        connection.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        return f"{code} {words.decode('utf-8', 'replace')}"[:200], code >= 500
    except smtplib.SMTPDataError as error:  # this mail, not the server
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{error.smtp_code} {text}"[:200], False
    except (smtplib.SMTPException, OSError) as error:
        raise ServerFault(fault_of(setting, error)) from error
    return "", False


def fault_of(setting: MailSetting, error: Exception) -> str:
    """What is wrong with the mail server, in words."""
    server = f"mail server {setting.host}:{setting.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        found = error.verify_message or "it cannot be checked"
        return (
            f"{server}: its certificate was refused ({found}); expected one for {setting.host} by an authority "
            "that this machine trusts. Nothing was sent."
        )
    if isinstance(error, ssl.SSLError):
        return f"{server}: no TLS connection ({error.reason or error}); expected tls = {setting.tls!r}."[:300]
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{server}: it offers no TLS, or no way to log in ({error}). Nothing was sent."[:300]
    return f"{server}: {type(error).__name__}: {error}"[:300]
