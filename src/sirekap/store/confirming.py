"""Confirmations: an officer's word for every figure of a sheet, beside what the machine read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from sirekap.forms import Form
from sirekap.review import State, overruled
from sirekap.rules import Severity, explain
from sirekap.store.generations import generation_of, locked_sheet
from sirekap.store.loading import note
from sirekap.store.models import Confirmation
from sirekap.store.not_taken import LANGUAGES, NotTaken, Reason
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, stand_again, standpoints

SETTLED = {"id": "Angka dikonfirmasi. Hasil TPS ini final.", "en": "Confirmed. This station's result is final."}
UNREAD = {
    "id": "Angka disimpan. Setelah foto dibaca, keduanya dibandingkan.",
    "en": "The figures are kept. They are compared with the photographs once these are read.",
}
PAGES = {
    "id": "Angka disimpan. Hasil final setelah semua halaman difoto; belum ada halaman {pages}.",
    "en": "The figures are kept. The result is final once all pages are photographed; missing: page {pages}.",
}
ALONE = {
    "id": "Tidak jelas terbaca di foto, jadi diketik juga oleh orang lain: {names}.",
    "en": "Not clear in the photograph, so other people type it too: {names}.",
}
REVIEW = {
    "id": "Angka disimpan. Lembar ini diperiksa dulu oleh petugas di atas TPS.",
    "en": "The figures are kept. People above the station look at this sheet first.",
}


@dataclass(frozen=True, slots=True)
class Word:
    """What an officer says: values by name, None for blank; `version` None where nothing was read yet.

    `rerun` is the number of the station's latest rerun of which they know, 0 where of none.
    """

    request: UUID
    contest: str
    station: str
    version: int | None
    figures: Mapping[str, int | None]
    insisted: tuple[str, ...]
    rerun: int = 0


def earlier_answer(workspace: Workspace, word: Word, login: str) -> Mapping[str, Any] | None:
    """What was answered to the same request before. Raises NotTaken (INVALID) where it was another's."""
    row = workspace.rows(Confirmation).filter(request=word.request).select_related("account").first()
    if row is None:
        return None
    if (row.account.login, row.contest_id, row.station) != (login, word.contest, word.station):
        raise NotTaken(Reason.INVALID, ["request: expected a new UUID; found one of another confirmation"])
    answer: Mapping[str, Any] = row.answer
    return answer


def must_be_whole(form: Form, word: Word) -> None:
    """Every figure of the form, each a number that its boxes can hold, or None. Raises NotTaken (INVALID)."""
    faults = [f"{name}: expected a figure of {form.id}" for name in word.figures if name not in form.names]
    faults += [f"{name}: expected a figure of {form.id}" for name in word.insisted if name not in form.names]
    for field in form.fields:
        if field.name not in word.figures:
            faults.append(f"{field.name}: expected a number or null; found nothing")
            continue
        value = word.figures[field.name]
        if value is not None and (type(value) is not int or not 0 <= value <= field.most):
            faults.append(f"{field.name}: expected 0 to {field.most}, or null; found {value!r:.20}")
    if faults:
        raise NotTaken(Reason.INVALID, faults[:20])


def store_confirmation(
    workspace: Workspace, form: Form, word: Word, account: Any, session: int | None, at: datetime
) -> Mapping[str, Any]:
    """Write a confirmation down and let the sheet stand by it, in one transaction; the answer.

    Raises NotTaken: VERSION where another version, or count, is the latest, INSIST where a certain reading says
    otherwise and the officer did not insist.
    """
    try:
        with transaction.atomic(using=workspace.alias):
            answer = _store(workspace, form, word, account, session, at)
    except IntegrityError:  # the same request at the same moment
        earlier = earlier_answer(workspace, word, account.login)
        if earlier is None:
            raise
        return earlier
    if word.version is None:
        # The first photograph may have been weighed in this very moment, without knowing of the confirmation.
        with transaction.atomic(using=workspace.alias):
            locked_sheet(workspace, word.contest, word.station)
            stand_again(workspace, word.contest, form, word.station)
    return answer


def _store(
    workspace: Workspace, form: Form, word: Word, account: Any, session: int | None, at: datetime
) -> Mapping[str, Any]:
    # No photograph is weighed and no rerun ordered between looking and writing.
    locked_sheet(workspace, word.contest, word.station)
    count = generation_of(workspace, word.contest, word.station).number
    if word.version is None and word.rerun != count:  # figures of the count before, kept where no network was
        raise NotTaken(Reason.VERSION, [f"expected the count of rerun {count}; found that of {word.rerun}"])
    point = standpoints(workspace, word.contest, form, word.station).get(word.station)
    latest = None if point is None else point.version.version
    if word.version != latest:
        raise NotTaken(Reason.VERSION, [f"expected version {latest}; found {word.version}"])
    machine = {} if point is None else point.machine
    against = overruled(form, machine, word.figures)
    unsaid = [name for name in against if name not in word.insisted]
    if unsaid:
        raise NotTaken(Reason.INSIST, figures=unsaid)
    row = Confirmation(
        request=word.request,
        contest_id=word.contest,
        station=word.station,
        version=None if point is None else point.version,
        account=account,
        session_id=session,
        figures={name: word.figures[name] for name in form.names},
        machine={} if point is None else point.version.figures,
        corrections=[
            name for name in form.names if name in machine and machine[name].value != word.figures[name]
        ],
        insisted=list(against),
        at=at,
    )
    after = _foreseen(workspace, form, word, row)
    row.answer, row.marked = _answer(form, after), _marked(after)
    row.save(using=workspace.alias, force_insert=True)
    stand_again(workspace, word.contest, form, word.station)
    detail = {
        "contest": word.contest,
        "version": word.version,
        "corrections": row.corrections,
        "insisted": row.insisted,
        "state": row.answer["state"],
    }
    note(workspace, "sheet confirmed", word.station, detail, account.login, at)
    return row.answer  # type: ignore[no-any-return]  # a JSON column


def _foreseen(workspace: Workspace, form: Form, word: Word, row: Confirmation) -> Standpoint | None:
    """Where the sheet will stand by this confirmation: the answer is written with it, as rows never change."""
    return standpoints(workspace, word.contest, form, word.station, row).get(word.station)


def _marked(point: Standpoint | None) -> list[list[Any]]:
    if point is None:
        return []
    still_open = set(point.standing.open_errors)
    return [[finding.rule, list(finding.figures)] for finding in point.findings if finding.rule in still_open]


def _answer(form: Form, point: Standpoint | None) -> dict[str, Any]:
    """What is said to the request, in both languages."""
    if point is None:
        return {"state": str(State.REVIEW), "message": UNREAD, "marked": {language: [] for language in LANGUAGES}}
    standing = point.standing
    told = [
        finding
        for finding in point.findings
        if finding.rule in standing.open_errors and finding.severity is Severity.ERROR
    ]
    message = SETTLED
    if standing.state is not State.SETTLED:
        waits = told or standing.unbacked or not standing.pages_missing
        message = REVIEW if waits else _pages(standing.pages_missing)
    marked = {language: [explain(form, finding, language) for finding in told] for language in LANGUAGES}
    if standing.unbacked:
        for language in LANGUAGES:
            names = ", ".join(form.field(name).label.of(language) for name in standing.unbacked)
            marked[language].append(ALONE[language].format(names=names))
    return {"state": str(standing.state), "message": message, "marked": marked}


def _pages(missing: Sequence[int]) -> dict[str, str]:
    pages = ", ".join(str(page) for page in missing)
    return {language: PAGES[language].format(pages=pages) for language in LANGUAGES}
