"""What is answered to phones that ask: the dictionaries of docs/capture.md, ready to be written as JSON.

All refuse with `NotTaken` (FORBIDDEN, UNKNOWN, NOTHING) what the mandates do not allow, and never give data then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sirekap.access import ROLES, Act, Mandate
from sirekap.figures import Figure
from sirekap.flow.blind import keep_blind
from sirekap.flow.form_views import contest_title, form_view
from sirekap.flow.problem_words import told
from sirekap.flow.reruns import latest_reruns, reruns_told
from sirekap.flow.worker import eta, eta_words
from sirekap.forms import Form, form_of
from sirekap.geography import LENGTH, Tier
from sirekap.review import State, is_certain
from sirekap.review.reruns import LABELS, RerunKind
from sirekap.rules import Finding, explain
from sirekap.store.copies import copy_of, copy_photos, latest_copy
from sirekap.store.generations import Generation, generation_of, told_before
from sirekap.store.loading import iso
from sirekap.store.models import Assignment, Delivery, PhotoReading
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import allowed, form_of_contest, forms_of_copy, must_be, place_name
from sirekap.store.receiving import COPY, OFFICER, PENDING, REFUSED, status_of
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace
from sirekap.store.standing import Standpoint, confirmations_of, standpoints
from sirekap.store.versions import figures_of, findings_of, latest_copies, latest_versions

BASE = "/api/v1"
NOTHING_YET = {"id": "Belum ada foto lembar ini.", "en": "No photograph of this sheet yet."}
STATES = {
    State.REVIEW: {
        "id": "Lembar ini perlu diperiksa: periksa tiap angka, lalu konfirmasi.",
        "en": "This sheet needs people: check each figure, then confirm.",
    },
    State.PROVISIONAL: {
        "id": "Terbaca jelas. Periksa tiap angka, lalu konfirmasi.",
        "en": "Read clearly. Check each figure, then confirm.",
    },
    State.SETTLED: {"id": "Dikonfirmasi petugas TPS: final.", "en": "Confirmed by the station's officer: final."},
}
AGAIN = {"id": "{kind}: foto lembar yang baru.", "en": "{kind}: photograph the new sheet."}
COPY_READ = {"id": "Salinan sudah dibaca.", "en": "The copy was read."}
SAME_PHOTO = {
    "id": "Foto ini sama persis dengan foto petugas: bukan bukti yang mandiri.",
    "en": "This is the very photograph that the officer sent: no evidence of its own.",
}


def work_of(
    workspace: Workspace, signed: Signed, at: datetime, station: str | None = None, language: str = "id"
) -> dict[str, Any]:
    """`GET /work`: the stations that the caller may send for, with contests and forms.

    A station mandate gives its station; others name it in `station`, else `stations` is empty.
    """
    if station is None:
        stations = sorted({m.unit for m in signed.mandates if _sends(m) and len(m.unit) == LENGTH[Tier.STATION]})
    else:
        must_be(workspace, signed, station, Act.SEND_PHOTO, Act.SEND_COPY)
        stations = [station]
    election = workspace.election()
    return {
        "election": election.name,
        "server_time": iso(at),
        "stations": [_station_work(workspace, signed, code, language) for code in stations],
    }


def _sends(mandate: Mandate) -> bool:
    return bool({Act.SEND_PHOTO, Act.SEND_COPY} & set(ROLES[mandate.role].acts))


def _station_work(workspace: Workspace, signed: Signed, station: str, language: str) -> dict[str, Any]:
    source = OFFICER if allowed(signed, Act.SEND_PHOTO, station) else COPY
    contests, again = [], latest_reruns(workspace, station)
    for contest in workspace.election().contests:
        form = form_of(contest.form)
        forms = (form,) if source == OFFICER else forms_of_copy(form)
        contests.append(
            {
                "code": contest.code,
                "title": contest_title(contest.code, language),
                "forms": [form_view(item.id, language) for item in forms],
                "tickets": [
                    {"number": ticket.number, "name": ticket.name, "figure": ticket.figure}
                    for ticket in contest.tickets
                ],
                "rerun": again.get(contest.code),
            }
        )
    return {"code": station, "name": place_name(workspace, station), "source": source, "contests": contests}


def sheet_view(
    workspace: Workspace,
    signed: Signed,
    contest: str,
    station: str,
    language: str = "id",
    base: str = BASE,
    until: datetime | None = None,
) -> dict[str, Any]:
    """`GET /sheets/{contest}/{station}`: figures, findings, photographs, reruns, what people said and what waits.

    `until`: figures, findings and state as they stood at a moment.
    """
    form = form_of_contest(workspace, contest)
    must_be(workspace, signed, station, Act.SEE_SHEET)
    point = standpoints(workspace, contest, form, station, until=until).get(station)
    confirmation = confirmations_of(workspace, contest, station, until).get(station)
    if point is not None or confirmation is not None:
        keep_blind(workspace, signed, contest, station)
    count = generation_of(workspace, contest, station, until)
    photos, pending = _sheet_photos(workspace, contest, station, point, language, until, count)
    where = f"{base}/sheets/{contest}/{station}"
    if point is None:
        version, state, figures, findings, pages, missing = None, State.REVIEW, {}, [], [], _pages(form)
        message = NOTHING_YET[language]
        if count.reruns:
            message = AGAIN[language].format(kind=LABELS[RerunKind(count.reruns[-1].kind)][language])
    else:
        version, state = point.version.version, point.standing.state
        figures = _figures(form, point.machine, cuts_of_sheet(workspace, form, point.version), where)
        findings = _findings(form, point.findings, language, point)
        pages, missing = list(point.version.pages), list(point.standing.pages_missing)
        message = STATES[state][language]
    seconds = eta(workspace, pending[-1]) if pending else None
    return {
        "state": str(state),
        "version": version,
        "form": form.id,
        "pages": pages,
        "pages_missing": missing,
        "figures": figures,
        "findings": findings,
        "photos": photos,
        "confirmation": _confirmation(confirmation, point),
        "decided": _decided(point),
        "rerun": count.number,
        "reruns": reruns_told(count, language),
        "pending": len(pending),
        "message": message if seconds is None else eta_words(seconds, language),
        "eta_seconds": seconds,
    }


def copy_view(
    workspace: Workspace, signed: Signed, contest: str, station: str, language: str = "id", base: str = BASE
) -> dict[str, Any]:
    """`GET /copies/{contest}/{station}`: the caller's own copy as a sheet; `differences` for officials and
    supervisors.
    """
    form = form_of_contest(workspace, contest)
    must_be(workspace, signed, station, Act.SEND_COPY, Act.SEE_SHEET)
    keep_blind(workspace, signed, contest, station)
    copy = copy_of(workspace, contest, station, signed.login)
    version = None if copy is None else latest_copy(workspace, copy)
    own_form = form if version is None else form_of(version.form)
    kept = [] if copy is None else copy_photos(workspace, copy)
    photos, pending = _copy_photos(workspace, contest, station, signed.login, kept, version, language)
    figures: dict[str, Any] = {}
    findings: list[dict[str, Any]] = []
    if version is not None:
        cuts = {photo.sha256: photo.cuts for photo in kept}
        by_name = _cuts_by_name(own_form, version, cuts)
        figures = _figures(own_form, figures_of(version), by_name, f"{base}/copies/{contest}/{station}")
        findings = _findings(own_form, findings_of(version), language)
    seconds = eta(workspace, pending[-1]) if pending else None
    pages = [] if version is None else list(version.pages)
    view = {
        "state": "read" if version is not None else "waiting",
        "version": None if version is None else version.version,
        "form": own_form.id,
        "pages": pages,
        "pages_missing": [page.number for page in own_form.pages if page.number not in pages],
        "figures": figures,
        "findings": findings,
        "photos": photos,
        "confirmation": None,
        "pending": len(pending),
        "message": (COPY_READ if version is not None else NOTHING_YET)[language]
        if seconds is None
        else eta_words(seconds, language),
        "eta_seconds": seconds,
    }
    if _compares(signed, station):
        view["differences"] = differences(workspace, contest, station)
    return view


def differences(workspace: Workspace, contest: str, station: str) -> list[dict[str, Any]]:
    """Where copies say otherwise than the sheet: figure, the officer's number, the copy's, whose it is."""
    form = form_of_contest(workspace, contest)
    point = standpoints(workspace, contest, form, station).get(station)
    if point is None:
        return []
    found = []
    copies = latest_copies(workspace, contest, station).get(station, [])
    for name in point.different:
        for copy in copies:
            figure = figures_of(copy).get(name)
            if figure is not None and is_certain(figure) and figure.value in point.different[name]:
                found.append(
                    {
                        "figure": name,
                        "officer": point.figures[name].value,
                        "copy": figure.value,
                        "who": copy.copy.account.login,
                    }
                )
    return found


def cut_of(
    workspace: Workspace, signed: Signed, contest: str, station: str, figure: str, copy: bool = False
) -> bytes:
    """JPEG bytes of the cut that shows a figure, of the sheet or of the caller's own copy."""
    form = form_of_contest(workspace, contest)
    cuts: Mapping[str, str] = {}
    if copy:
        must_be(workspace, signed, station, Act.SEND_COPY)
        own = copy_of(workspace, contest, station, signed.login)
        version = None if own is None else latest_copy(workspace, own)
        if version is not None:
            kept = {photo.sha256: photo.cuts for photo in copy_photos(workspace, own)}
            cuts = _cuts_by_name(form_of(version.form), version, kept)
    else:
        must_be(workspace, signed, station, Act.SEE_SHEET)
        # A form's page asks for dozens of cuts: nothing is weighed for them.
        version = next(iter(latest_versions(workspace, contest, station).values()), None)
        if version is not None:
            cuts = cuts_of_sheet(workspace, form, version)
    if figure not in cuts:
        raise NotTaken(Reason.NOTHING)
    return workspace.objects.get(cuts[figure])


def photo_of(
    workspace: Workspace, signed: Signed, contest: str, station: str, sha256: str, copy: bool = False
) -> bytes:
    """Bytes of a photograph (JPEG, without EXIF, upright) by the hash it was delivered under."""
    form_of_contest(workspace, contest)
    published: str | None = None
    if copy:
        must_be(workspace, signed, station, Act.SEND_COPY)
        own = copy_of(workspace, contest, station, signed.login)
        kept = [] if own is None else copy_photos(workspace, own)
        published = next((photo.published for photo in kept if photo.sha256 == sha256), None)
    else:
        must_be(workspace, signed, station, Act.SEE_SHEET)
        rows = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station, photo_id=sha256[:64])
        published = rows.values_list("photo__published", flat=True).first()
    if published is None:
        raise NotTaken(Reason.NOTHING)
    return workspace.objects.get(published)


def _compares(signed: Signed, station: str) -> bool:
    """Whether the caller may see what all copies say: officials and supervisors, no witness of one side."""
    sides = ("official", "supervision", "audit")
    return any(
        allowed(
            Signed(signed.session, signed.login, signed.name, (mandate,), False, True), Act.SEE_SHEET, station
        )
        for mandate in signed.mandates
        if ROLES[mandate.role].side in sides
    )


def _pages(form: Form) -> list[int]:
    return [page.number for page in form.pages]


def _figures(
    form: Form, figures: Mapping[str, Figure], cuts: Mapping[str, str], where: str
) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "value": figures[name].value,
            "status": str(figures[name].status),
            "confidence": figures[name].confidence,
            "certain": is_certain(figures[name]),
            "cut": f"{where}/cuts/{name}" if name in cuts else None,
        }
        for name in form.names
        if name in figures
    }


def _decided(point: Standpoint | None) -> dict[str, Any] | None:
    """The review desk's word, which then counts: when, how, and every figure, "?" for what nobody can read."""
    if point is None or point.round.decided_at is None:
        return None
    at = iso(point.round.decided_at)
    return {
        "at": at,
        "how": "resolved" if point.round.resolved else "agreed",
        "figures": point.round.round.decided,
    }


def _findings(
    form: Form, findings: Iterable[Finding], language: str, point: Standpoint | None = None
) -> list[dict[str, Any]]:
    """`answered`: everybody's word for it, also where one person more is needed (`point` knows)."""
    return [
        {
            "rule": finding.rule,
            "severity": str(finding.severity),
            "text": explain(form, finding, language),
            "figures": list(finding.figures),
            "answered": [] if point is None else _answered(point, finding.rule),
        }
        for finding in findings
    ]


def _answered(point: Standpoint, rule: str) -> list[dict[str, str]]:
    words = [point.acknowledged[rule]] if rule in point.acknowledged else point.pending.get(rule, ())
    return [{"who": word.who, "reason": word.reason, "at": word.at} for word in words]


def _confirmation(row: Any | None, point: Standpoint | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "at": iso(row.at),
        "who": row.account.login,
        "version": None if row.version is None else row.version.version,
        "figures": row.figures,
        "corrections": row.corrections,
        "insisted": row.insisted,
        "marked": [] if point is None else list(point.standing.open_errors),
    }


def _cuts_by_name(form: Form, version: Any, cuts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """By figure: the cut of the photograph that its page was read from."""
    found = {}
    for field in form.fields:
        cut = cuts.get(version.used.get(str(field.page), ""), {}).get(field.name)
        if cut is not None:
            found[field.name] = cut
    return found


def cuts_of_sheet(workspace: Workspace, form: Form, version: Any) -> dict[str, str]:
    """By figure: the object that holds its cut."""
    used = set(version.used.values())
    rows = workspace.rows(PhotoReading).filter(photo_id__in=used).order_by("id")
    return _cuts_by_name(form, version, dict(rows.values_list("photo_id", "cuts")))


def _sheet_photos(
    workspace: Workspace,
    contest: str,
    station: str,
    point: Standpoint | None,
    language: str,
    until: datetime | None,
    count: Generation,
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Every photograph that was assigned or delivered, in the order of arrival; and the deliveries that wait.

    Those of a count before `count` say so. `until`: those that were there at a moment; what waited then nobody
    asks any more.
    """
    rows = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station).order_by("id")
    if until is not None:
        rows = rows.filter(created_at__lte=until)
    keys = dict(rows.values_list("photo_id", "id"))
    assigned = list(keys)
    ended = {sha256: count.ended_by("last_assignment", key) for sha256, key in keys.items()}
    readings = {
        row.photo_id: row for row in workspace.rows(PhotoReading).filter(photo_id__in=assigned).order_by("id")
    }
    problems = {} if point is None else point.version.problems
    photos = {
        sha256: _photo(
            sha256, readings[sha256].page,
            told_before(over) if (over := ended[sha256]) else readings[sha256].problem or problems.get(sha256),
            readings[sha256].reading, language,
        )
        for sha256 in assigned
    }  # fmt: skip
    sent = workspace.rows(Delivery).filter(contest_id=contest, station=station, source=OFFICER)
    if until is not None:
        return list(photos.values()), []
    return _with_deliveries(photos, list(sent.select_related("result").order_by("id")), language, count)


def _copy_photos(
    workspace: Workspace, contest: str, station: str, login: str, kept: list[Any], version: Any, language: str
) -> tuple[list[dict[str, Any]], list[Any]]:
    problems = {} if version is None else version.problems
    hashes = [photo.sha256 for photo in kept]
    rows = workspace.rows(Assignment).filter(contest_id=contest, sheet__station=station, photo_id__in=hashes)
    same = set(rows.values_list("photo_id", flat=True))
    photos = {}
    for photo in kept:
        problem = photo.problem or problems.get(photo.sha256)
        view = _photo(photo.sha256, photo.page, problem, photo.reading, language)
        if photo.sha256 in same:
            view["remarks"].append(SAME_PHOTO[language])
        photos[photo.sha256] = view
    sent = workspace.rows(Delivery).filter(contest_id=contest, station=station, source=COPY, owner=login)
    count = generation_of(workspace, contest, station)
    return _with_deliveries(photos, list(sent.select_related("result").order_by("id")), language, count)


def _photo(
    sha256: str, page: int | None, problem: str | None, reading: Mapping[str, Any], language: str
) -> dict[str, Any]:
    return {
        "sha256": sha256,
        "page": page,
        "status": "read" if problem is None else REFUSED,
        "problem": None if problem is None else told(problem)[language],
        "remarks": [_remark(remark, language) for remark in reading.get("remarks", ())],
    }


def _remark(remark: Mapping[str, Any], language: str) -> str:
    where = f" ({', '.join(remark['where'])})" if remark["where"] else ""
    return f"{remark['label'][language]}{where}"


def _with_deliveries(
    photos: dict[str, dict[str, Any]], deliveries: list[Any], language: str, count: Generation
) -> tuple[list[dict[str, Any]], list[Any]]:
    """The photographs with those that wait or were refused, and the deliveries that wait."""
    pending = []
    for row in deliveries:
        status, over = status_of(row), count.ended_by("last_delivery", row.pk)
        if row.sha256 in photos and (over or status != PENDING):
            continue
        if over:
            photos[row.sha256] = _photo(row.sha256, row.page, told_before(over), {}, language)
            continue
        if status == PENDING:
            pending.append(row)
        result = None if status == PENDING else row.result
        photos[row.sha256] = {
            "sha256": row.sha256,
            "page": row.page,
            "status": status,
            "problem": None if result is None or result.problem is None else result.problem[language],
            "remarks": [] if result is None else [_remark(remark, language) for remark in result.remarks],
        }
    return list(photos.values()), pending
