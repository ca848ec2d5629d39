"""Somebody chooses mails; the address that they name gets a letter with a code, and nothing else before it is
shown.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sirekap.codes import grouped
from sirekap.store.mail_addresses import Letter, has_code, send_code, send_code_again
from sirekap.store.mails import NONE, set_wish
from sirekap.store.notice_settings import MailSetting, mail_setting
from sirekap.store.setup import Workspace

PAGE = "/app/surel"
FRAGMENT = "SIREKAP:S:1:"
WORDS = {
    "id": (
        "Sirekap: konfirmasi alamat surel",
        "Sebuah akun Sirekap meminta agar kabar dikirim ke alamat ini. Bila itu Anda, ketik kode ini:",
        "di {page}, atau buka {link}",
        "di halaman Kabar.",
        (
            "Kode berlaku 24 jam dan sekali pakai. Bila bukan Anda yang meminta, abaikan surat ini: tanpa kode "
            "itu tidak ada kabar yang dikirim ke sini."
        ),
    ),
    "en": (
        "Sirekap: confirm this e-mail address",
        "An account of Sirekap asked that notices go to this address. If that was you, type this code:",
        "at {page}, or open {link}",
        "on the page of notices.",
        (
            "The code is good for 24 hours and for one use. If you did not ask for this, ignore this letter: "
            "without the code no notices are sent here."
        ),
    ),
}


def choose_mails(workspace: Workspace, login: str, how: str, address: str, language: str, at: datetime) -> None:
    """Somebody chooses; a code goes to an address that is not confirmed, unless it has one that still holds.

    Raises NotTaken: INVALID for no address, OFTEN where too many codes were asked for; InputError for settings
    that cannot be used.
    """
    setting = None if how == NONE else mail_setting(workspace)  # an address can be taken away at any time

    def ask(wish: object) -> None:
        if setting is not None and not has_code(workspace, wish, at):
            send_code(workspace, wish, letter_of(setting), at)

    set_wish(workspace, login, how, address, language, at, ask)


def ask_again(workspace: Workspace, login: str, at: datetime) -> None:
    """A further code for an address that is not confirmed. Raises as `choose_mails`."""
    setting = mail_setting(workspace)
    if setting is not None:
        send_code_again(workspace, login, letter_of(setting), at)


def letter_of(setting: MailSetting) -> Letter:
    """The letters of this site."""
    return Letter(setting.domain, partial(letter_text, site=setting.site))


def letter_text(language: str, code: str, site: str = "") -> tuple[str, str]:
    """Subject and body of the letter that brings a code; it names no account and no person."""
    subject, lead, where, page, end = WORDS[language]
    if site:
        address = f"{site.rstrip('/')}{PAGE}"
        page = where.format(page=address, link=f"{address}#{FRAGMENT}{code}")
    return subject, "\n\n".join((lead, f"    {grouped(code)}", page, end)) + "\n"
