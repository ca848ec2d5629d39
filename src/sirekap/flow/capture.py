"""What phones ask of the program: deliver a photograph, confirm a sheet. The web only parses and serialises.

Every function takes who asks as `Signed` (`store.sessions.signed_in`), and refuses what the mandates do not
allow, whoever checked before. Refusals are `NotTaken` with a reason, an HTTP status and words. `at` is the time of
the act in UTC. Uploads before it: `store.uploads`; answers to questions: `flow.capture_views`; reading:
`flow.worker`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

Sign = Callable[[bytes], Mapping[str, str]]
"""Signs canonical bytes: {"key": id of the key, "signature": base64}."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a phone delivers: these bytes are a page of this contest's sheet of this station.

    `page` and `form` are None where the phone does not know; `name` is the file's name on the phone.
    """

    sha256: str
    contest: str
    station: str
    page: int | None = None
    form: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What is answered to a delivery. `status` is pending, read or refused; `new` False where it was there.

    `receipt` is {"receipt": {…}, "key": …, "signature": …}: signed is `canonical(receipt["receipt"])`.
    """

    new: bool
    receipt: Mapping[str, Any]
    status: str
    message: str
    eta_seconds: int | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What is answered to a confirmation: the sheet's state, and in `marked` why it waits for review, in words.

    `new` is False where the same request was answered before.
    """

    new: bool
    state: str
    message: str
    marked: tuple[str, ...]


def deliver(
    workspace: Workspace,
    signed: Signed,
    parcel: Parcel,
    at: datetime,
    sign: Sign,
    language: str = "id",
) -> Delivered:
    """Take a photograph whose upload is complete; its signed receipt. Again gives the same receipt.

    Whose mandates allow `photo.send` at the station delivers as "officer", else with `copy.send` as "copy". A
    photograph that an officer gave for another station before is taken, set aside, and answered as refused with
    the reason. Raises NotTaken: UNKNOWN, FORBIDDEN, NOTHING (no complete upload of this account), INVALID.
    """
    raise NotImplementedError


def confirm(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    station: str,
    request: UUID,
    version: int | None,
    figures: Mapping[str, int | None],
    insisted: Sequence[str],
    at: datetime,
    language: str = "id",
) -> Confirmed:
    """The station's officer vouches for every figure of the form; None is blank.

    `version` is the one that was looked at, None where the figures were typed before any reading. Raises
    NotTaken: UNKNOWN, FORBIDDEN, INVALID (a figure missing, unknown or too large; `details` name each), VERSION
    where another is the latest, INSIST with the `figures` that differ from a certain reading and are not in
    `insisted`.
    """
    raise NotImplementedError
