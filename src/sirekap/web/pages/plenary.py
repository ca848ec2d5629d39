"""Plenaries on screen: the list, a plenary at work, a part on the projector, a version of its certificate.

A form that was not taken is shown again with what was typed and with why.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from sirekap.access import Act, may
from sirekap.flow import plenary as flow
from sirekap.flow.capture_views import sheet_view
from sirekap.flow.plenary_papers import certificate_of, version_row
from sirekap.flow.plenary_rights import may_sign
from sirekap.flow.plenary_views import list_view, part_view, plenary_view
from sirekap.forms.words import written_out
from sirekap.recap import ObjectionKind, Signing
from sirekap.store.board import place_of
from sirekap.store.loading import now
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.plenaries import Sitting
from sirekap.store.plenary_papers import papers_of
from sirekap.store.sessions import Signed
from sirekap.web.doors import door, open_above, see
from sirekap.web.render import page
from sirekap.web.site import language_of, workspace_of

Kind = TypeVar("Kind", ObjectionKind, Signing)
LIST = "/app/pleno/"
BLANK = ("-", "–", "—")


@dataclass
class Sent:
    """What a form held, to be shown again where it was not taken."""

    typed: dict[str, str] = field(default_factory=dict)
    told: tuple[str, tuple[str, ...]] | None = None
    status: int = 200

    def of(self, act: str, name: str) -> str:
        """What was typed into a field of the form of an act."""
        return self.typed.get(name, "") if self.typed.get("act") == act else ""


@door("GET")
def plenaries_page(request: HttpRequest, signed: Signed) -> HttpResponse:
    """The caller's plenaries and those below."""
    view = list_view(workspace_of(request), signed, language_of(request))
    return page(request, "plenaries.html", view=view)


@door("GET", "POST")
def plenary_page(request: HttpRequest, signed: Signed, unit: str, contest: str) -> HttpResponse:
    """A plenary; a POST's `act` is one of the minutes."""
    sent = Sent()
    sitting = flow.see_plenary(workspace_of(request), signed, contest, unit)
    if request.method == "POST":
        sent.typed = {name: str(value) for name, value in request.POST.items()}
        try:
            _act(request, signed, sitting, sent)
            return see(f"{LIST}{unit}/{contest}/{ANCHORS.get(sent.typed.get('act', ''), '')}")
        except NotTaken as refused:
            _refused(request, refused, sent)
            sitting = flow.see_plenary(workspace_of(request), signed, contest, unit)
    view = plenary_view(sitting, signed, language_of(request))
    place = place_of(workspace_of(request), unit)
    assert place is not None
    return page(
        request, "plenary.html", status=sent.status, view=view, sent=sent, place=place,
        open=open_above(signed, place.path), names={part["code"]: in_full(part) for part in view["parts"]},
        labels={row["figure"]: row["label"] for row in view["sums"]},
        missing=[part for part in view["parts"] if not part["there"]],
        following=next((part for part in view["parts"] if part["there"] and not part["read"]), None),
        evidence=bool(view["acts"]) and may(signed.mandates, Act.TAKE_EVIDENCE, unit),
    )  # fmt: skip


def in_full(part: dict[str, Any]) -> str:
    """What a part is called where others of the same name stand beside it."""
    return f"{part['name']}, {part['village']}" if part["village"] else str(part["name"])


ANCHORS = {
    "object": "#keberatan", "answer": "#keberatan", "carry": "#keberatan", "take_up": "#keberatan",
    "attend": "#hadir", "close": "#sertifikat",
}  # fmt: skip


def _act(request: HttpRequest, signed: Signed, sitting: Sitting, sent: Sent) -> None:
    """One act of the minutes, from a form. Raises NotTaken."""
    typed, at = sent.typed, now()
    where = (sitting.workspace, signed, sitting.contest, sitting.unit, _uuid(typed))

    def text(name: str) -> str:
        return typed.get(name, "")

    match text("act"):
        case "open":
            flow.open_plenary(*where, text("decision"), at)
        case "object":
            kind = _chosen(ObjectionKind, text("kind"))
            files = [digest for digest in request.POST.getlist("attachment") if digest]
            flow.file_objection(*where, kind, text("text"), at, text("by"), text("part"), files)
        case "take_up":
            flow.take_up(*where, text("origin"), at)
        case "answer":
            flow.answer(*where, _number(text("number")), text("text"), at)
        case "carry":
            flow.carry_up(*where, _number(text("number")), text("decision"), at)
        case "attend":
            signing = _chosen(Signing, text("signing"))
            flow.attend(*where, text("role"), text("stands_for"), signing, text("reason"), text("person"), at)
        case "close":
            flow.close(*where, at)
        case "reopen":
            flow.reopen(*where, text("ground"), text("minutes"), text("court") == "1", at)
        case _:
            raise NotTaken(Reason.INVALID, ["act: expected an act of the minutes"])


@door("GET", "POST")
def part_page(request: HttpRequest, signed: Signed, unit: str, contest: str, part: str) -> HttpResponse:
    """A part on the projector; `?figure=` opens the form of a correction. A POST's `act` is read or correct."""
    workspace, language, sent = workspace_of(request), language_of(request), Sent()
    sitting = flow.see_plenary(workspace, signed, contest, unit)
    here = f"{LIST}{unit}/{contest}/bagian/"
    if request.method == "POST":
        sent.typed = {name: str(value) for name, value in request.POST.items()}
        try:
            after = _act_on_part(signed, sitting, part, sent)
            if sent.typed.get("act") in ("correct", "withdraw"):
                return see(f"{here}{part}/#{sent.typed.get('figure', '')}")
            return see(_following(after, part, here))
        except NotTaken as refused:
            _refused(request, refused, sent)
            sitting = flow.see_plenary(workspace, signed, contest, unit)
    view = part_view(sitting, signed, part, language)
    sheet = sheet_view(workspace, signed, contest, part, language) if len(part) == 13 and view["there"] else None
    place = place_of(workspace, part)
    assert place is not None
    wanted = sent.typed.get("figure") or request.GET.get("figure")
    pages: dict[int, list[dict[str, Any]]] = {}
    for row in view["figures"]:
        pages.setdefault(row["page"], []).append(row)
    whole = plenary_view(sitting, signed, language)
    return page(
        request, "plenary_part.html", status=sent.status, view=view, plenary=whole, sheet=sheet, sent=sent,
        place=place, open=open_above(signed, place.path), pages=pages, base=here,
        chosen=next((row for row in view["figures"] if row["figure"] == wanted), None),
        tall={item.name for item in sitting.form.fields if item.bubbles is not None},
        labels={row["figure"]: row["label"] for row in view["figures"]},
    )  # fmt: skip


def _act_on_part(signed: Signed, sitting: Sitting, part: str, sent: Sent) -> Sitting:
    typed, at = sent.typed, now()
    where = (sitting.workspace, signed, sitting.contest, sitting.unit, _uuid(typed), part)
    if typed.get("act") == "read":
        return flow.read_out(*where, typed.get("digest", ""), at)
    if typed.get("act") in ("correct", "withdraw"):
        before, after = _value(typed.get("before", "")), _value(typed.get("after", ""))
        told = (typed.get("reason", ""), typed.get("minutes", ""))
        act = flow.correct if typed["act"] == "correct" else flow.withdraw
        return act(*where, typed.get("figure", ""), before, after, *told, at)
    raise NotTaken(Reason.INVALID, ["act: expected read, correct or withdraw"])


def _following(sitting: Sitting, part: str, here: str) -> str:
    """The next part after this one that has to be read out, else the plenary itself."""
    codes = [item.code for item in sitting.parts]
    turned = codes[codes.index(part) + 1 :] + codes[: codes.index(part)]
    by_code = {item.code: item for item in sitting.parts}
    for code in turned:
        item = by_code[code]
        if item.figures is not None and sitting.minutes.read.get(code) != item.digest:
            return f"{here}{code}/"
    return here.removesuffix("bagian/")


@door("GET")
def version_page(request: HttpRequest, signed: Signed, unit: str, contest: str, version: int) -> HttpResponse:
    """A version of a certificate: its totals in words, its files, its signatures."""
    workspace = workspace_of(request)
    row = version_row(workspace, signed, contest, unit, version)
    certificate = certificate_of(workspace, row)
    place = place_of(workspace, unit)
    assert place is not None
    return page(
        request, "plenary_version.html", row=row, certificate=certificate, place=place,
        open=open_above(signed, place.path), papers=papers_of(workspace, row),
        totals=[
            (line, total, None if total is None else written_out(total))
            for line, total in zip(certificate.rows, certificate.totals, strict=True)
        ],
        files=f"/api/v1/plenaries/{contest}/{unit}/versions/{version}",
        signs=may_sign(signed, unit),
    )  # fmt: skip


def _refused(request: HttpRequest, refused: NotTaken, sent: Sent) -> None:
    if refused.status == 403:
        raise refused
    sent.told, sent.status = (refused.told(language_of(request)), refused.details), refused.status


def _uuid(typed: dict[str, str]) -> UUID:
    try:
        return UUID(typed.get("request", ""))
    except ValueError:
        raise NotTaken(Reason.INVALID, ["request: expected a UUID"]) from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise NotTaken(Reason.INVALID, ["number: expected the number of an objection"])
    return int(text)


def _chosen(kinds: type[Kind], text: str) -> Kind:
    try:
        return kinds(text)
    except ValueError:
        expected = ", ".join(str(kind) for kind in kinds)
        raise NotTaken(Reason.INVALID, [f"expected one of {expected}; found {text!r:.40}"]) from None


def _value(text: str) -> int | None:
    """A number as it was typed; "-" is blank. Raises NotTaken (INVALID)."""
    found = text.strip()
    if found in BLANK:
        return None
    if not (found.isascii() and found.isdigit() and len(found) <= 9):
        raise NotTaken(Reason.INVALID, [f'after: expected a whole number, or "-" for blank; found {found!r:.40}'])
    return int(found)
