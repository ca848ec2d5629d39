"""Stations and contests by their code, without loading a whole geography: a phone asks about one at a time."""

from __future__ import annotations

from collections.abc import Iterable

from sirekap.access import Act, may
from sirekap.errors import InputError
from sirekap.forms import FORMS, Form, form_of
from sirekap.geography import LENGTH, NATION, Tier, path_of
from sirekap.store.models import Contest, Unit
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace


def is_station(workspace: Workspace, code: str) -> bool:
    """Whether a code is a station of the loaded geography (`Geography.has_station`)."""
    if len(code) != LENGTH[Tier.STATION] or not (code.isascii() and code.isdigit()):
        return False
    village = workspace.rows(Unit).filter(code=code[:-3], tier=int(Tier.VILLAGE)).first()
    number = int(code[-3:])
    return village is not None and number >= 1 and (village.stations is None or number <= village.stations)


def place_name(workspace: Workspace, station: str) -> str:
    """ "TPS 001, GELORA, TANAH ABANG, JAKARTA PUSAT, DKI JAKARTA"."""
    above = [code for code in reversed(path_of(station)[:-1]) if code != NATION]
    names = dict(workspace.rows(Unit).filter(code__in=above).values_list("code", "name"))
    return ", ".join([f"TPS {station[-3:]}", *(names[code] for code in above if code in names)])


def place_names(workspace: Workspace, stations: Iterable[str]) -> dict[str, str]:
    """The same of many stations, by one question: "TPS 001, GELORA, TANAH ABANG"."""
    wanted = set(stations)
    above = {station: [station[: LENGTH[tier]] for tier in (Tier.VILLAGE, Tier.DISTRICT)] for station in wanted}
    codes = {code for units in above.values() for code in units}
    names = dict(workspace.rows(Unit).filter(code__in=codes).values_list("code", "name"))
    return {
        station: ", ".join([f"TPS {station[-3:]}", *(names[code] for code in units if code in names)])
        for station, units in above.items()
    }


def form_of_contest(workspace: Workspace, contest: str) -> Form:
    """The form of a contest's sheets. Raises NotTaken (UNKNOWN)."""
    known: str | None = workspace.rows(Contest).filter(code=contest[:16]).values_list("form", flat=True).first()
    if known is None:
        raise NotTaken(Reason.UNKNOWN, ["expected a contest of this election"])
    try:
        return form_of(known)
    except InputError as error:
        raise NotTaken(Reason.UNKNOWN, [str(error)]) from error


def forms_of_copy(form: Form) -> tuple[Form, ...]:
    """The forms that a copy of a sheet may be of: its own, and those that hold the same figures (SALINAN)."""
    names = set(form.names)
    others = (other for other in FORMS.values() if other.contest == form.contest and set(other.names) == names)
    return (form, *(other for other in others if other.id != form.id))


def allowed(signed: Signed, act: Act, station: str) -> bool:
    """Whether the caller's mandates allow an act at a station."""
    return may(signed.mandates, act, station)


def must_be(workspace: Workspace, signed: Signed, station: str, *acts: Act) -> Act:
    """The first of these acts that the caller may do at a station. Raises NotTaken: UNKNOWN, FORBIDDEN."""
    if not is_station(workspace, station):
        raise NotTaken(Reason.UNKNOWN, ["expected a station of this election"])
    for act in acts:
        if allowed(signed, act, station):
            return act
    raise NotTaken(Reason.FORBIDDEN)
