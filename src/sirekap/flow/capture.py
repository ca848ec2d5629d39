"""What phones ask of the program: deliver a photograph, confirm a sheet. The web only parses and serialises.

Every function takes who asks as `Signed` (`store.sessions.signed_in`), and refuses what the mandates do not
allow, whoever checked before. Refusals are `NotTaken` with a reason, an HTTP status and words. `at` is the time
of the act in UTC. Uploads before it: `store.uploads`; answers to questions: `flow.capture_views`; reading:
`flow.worker`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sirekap.access import Act
from sirekap.flow.blind import keep_blind
from sirekap.flow.problem_words import SAME_ELSEWHERE, told
from sirekap.flow.worker import eta, eta_words
from sirekap.forms import Form
from sirekap.store.accounts import find_account
from sirekap.store.confirming import Word, earlier_answer, must_be_whole, store_confirmation
from sirekap.store.generations import generation_of, told_before
from sirekap.store.intake import set_aside
from sirekap.store.keys import receipt
from sirekap.store.loading import iso
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest, forms_of_copy, must_be
from sirekap.store.receiving import (
    COPY,
    OFFICER,
    PENDING,
    READ,
    REFUSED,
    Order,
    elsewhere,
    find_delivery,
    finish,
    status_of,
    store_delivery,
)
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.uploads import settle_upload, upload_state

RECEIPT = "sirekap/receipt/1"
LONGEST_NAME = 200
DONE = {"id": "Foto sudah dibaca.", "en": "The photograph was read."}


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

    `receipt` is {…, key, signature} as `store.keys.receipt` makes it and the phone keeps it.
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
    language: str = "id",
) -> Delivered:
    """Take a photograph whose upload is complete; its signed receipt. Again gives the same receipt.

    Whose mandates allow `photo.send` at the station delivers as "officer", else with `copy.send` as "copy". A
    photograph that an officer gave for another station before is taken, set aside, and answered as refused with
    the reason. Raises NotTaken: UNKNOWN, FORBIDDEN, NOTHING (no complete upload of this account), INVALID.
    """
    form = form_of_contest(workspace, parcel.contest)
    act = must_be(workspace, signed, parcel.station, Act.SEND_PHOTO, Act.SEND_COPY)
    source = OFFICER if act is Act.SEND_PHOTO else COPY
    _must_be_a_page(form, parcel, source)
    upload = upload_state(workspace, signed.login, parcel.sha256)
    if not upload.complete or upload.size is None:
        raise NotTaken(Reason.NOTHING, ["expected a complete upload; send the photograph first"])
    name = "".join(letter for letter in parcel.name if letter.isprintable())[:LONGEST_NAME]
    order = Order(
        parcel.contest, parcel.station, parcel.sha256, source, parcel.page, parcel.form, name, upload.size
    )
    row = find_delivery(workspace, order, signed.login)
    new = False
    if row is None:
        account = find_account(workspace, signed.login)
        signed_receipt = receipt(workspace, _receipt(workspace, order, signed, at))

        def beside(delivery: Any) -> None:
            if source == OFFICER and elsewhere(workspace, order.contest, order.sha256, order.station):
                refuse_elsewhere(workspace, delivery, at)

        row, new = store_delivery(workspace, order, account, signed.session, at, signed_receipt, beside)
    settle_upload(workspace, signed.login, parcel.sha256)
    row = find_delivery(workspace, order, signed.login)
    return _delivered(workspace, row, new, language)


def refuse_elsewhere(workspace: Workspace, delivery: Any, at: datetime) -> None:
    """The same photograph is another station's already: set aside as an intake does, and told."""
    station = elsewhere(workspace, delivery.contest_id, delivery.sha256, delivery.station)
    reason = f"the same photograph was given for station {station} before"
    set_aside(
        workspace,
        delivery.contest_id,
        delivery.sha256,
        delivery.station,
        delivery.name,
        source_of(delivery),
        reason,
    )
    finish(workspace, delivery, REFUSED, at, SAME_ELSEWHERE)


def source_of(delivery: Any) -> str:
    """What a photograph's record names as its source."""
    return f"delivery {delivery.pk}"


def _must_be_a_page(form: Form, parcel: Parcel, source: str) -> None:
    """Raises NotTaken (UNKNOWN) for a form that the contest's sheets or copies are not of, or a page it lacks."""
    forms = (form,) if source == OFFICER else forms_of_copy(form)
    named = next((item for item in forms if item.id == parcel.form), None)
    if parcel.form is not None and named is None:
        raise NotTaken(Reason.UNKNOWN, [f"form: expected one of {', '.join(item.id for item in forms)}"])
    most = len((named or form).pages)
    if parcel.page is not None and not 1 <= parcel.page <= most:
        raise NotTaken(Reason.UNKNOWN, [f"page: expected 1 to {most}; found {parcel.page}"])


def _receipt(workspace: Workspace, order: Order, signed: Signed, at: datetime) -> dict[str, Any]:
    """What the server says it has; signed, so that nobody can deny it later."""
    return {
        "schema": RECEIPT,
        "election": workspace.election().name,
        "contest": order.contest,
        "station": order.station,
        "sha256": order.sha256,
        "size": order.size,
        "source": order.source,
        "page": order.page,
        "form": order.form,
        "login": signed.login,
        "at": iso(at),
    }


def _delivered(workspace: Workspace, row: Any, new: bool, language: str) -> Delivered:
    status = status_of(row)
    if not new:
        ended = generation_of(workspace, row.contest_id, row.station).ended_by("last_delivery", row.pk)
        if ended is not None:  # whatever became of it then
            return Delivered(new, row.receipt, REFUSED, told(told_before(ended))[language], None)
    if status == PENDING:
        seconds = eta(workspace, row)
        return Delivered(new, row.receipt, status, eta_words(seconds, language), seconds)
    message = DONE[language] if status == READ or row.result.problem is None else row.result.problem[language]
    return Delivered(new, row.receipt, status, message, None)


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
    rerun: int = 0,
) -> Confirmed:
    """The station's officer vouches for every figure of the form; None is blank.

    `version` is the one that was looked at, None where the figures were typed before any reading; `rerun` the
    number of the latest rerun of which the officer knows, 0 where of none: figures of the count before, typed
    without a network, must not pass for those of the new one. Raises NotTaken: UNKNOWN, FORBIDDEN, INVALID (a
    figure missing, unknown or too large; `details` name each), VERSION where another is the latest, INSIST with
    the `figures` that differ from a certain reading and are not in `insisted`.
    """
    form = form_of_contest(workspace, contest)
    must_be(workspace, signed, station, Act.CONFIRM)
    keep_blind(workspace, signed, contest, station)  # a refusal names figures
    word = Word(request, contest, station, version, figures, tuple(insisted), rerun)
    answer = earlier_answer(workspace, word, signed.login)
    new = answer is None
    if answer is None:
        must_be_whole(form, word)
        account = find_account(workspace, signed.login)
        answer = store_confirmation(workspace, form, word, account, signed.session, at)
    return Confirmed(new, answer["state"], answer["message"][language], tuple(answer["marked"][language]))
