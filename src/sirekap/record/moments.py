"""Moments and numbers as people write them, in Indonesian and English; `verify` finds them so on the pages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

MONTHS = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
        *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
GROUP = {"id": ".", "en": ","}
WIB = timezone(timedelta(hours=7))


def moment(at: str, language: str) -> str:
    """A time of ISO 8601 as people in Jakarta say it. Raises ValueError for what is none.

    >>> moment("2024-02-17T18:05:00Z", "id"), moment("2024-02-17T16:05:00+07:00", "en")
    ('18 Februari 2024, 01.05 WIB', '17 February 2024, 16.05 WIB')
    """
    local = datetime.fromisoformat(at).astimezone(WIB)
    return f"{local.day} {MONTHS[language][local.month - 1]} {local.year}, {local:%H.%M} WIB"


def whole(value: int, language: str) -> str:
    """A whole number with its thousands apart.

    >>> whole(1234, "id"), whole(-5, "en")
    ('1.234', '-5')
    """
    return f"{value:,}".replace(",", GROUP[language])
