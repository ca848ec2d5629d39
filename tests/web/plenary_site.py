"""Plenaries at every stage for the tests of screens: not begun, at work, closed with a version."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

from sirekap.flow import plenary
from sirekap.flow.capture import confirm
from sirekap.forms import C_HASIL_PPWP_2024 as FORM
from sirekap.recap import ObjectionKind, Signing
from sirekap.store.accounts import account_of, actor_of, mandates_of
from sirekap.store.loading import now
from sirekap.store.models import SheetVersion
from sirekap.store.sessions import Signed, activate
from tests.example import consistent
from tests.store.people import HEAD, PASSWORD, make
from tests.web.desk_site import add_sheet
from tests.web.site import FAR, OTHER, TestSite, _with_second

CONTEST, DISTRICT, REGENCY, PROVINCE = "ppwp", "317301", "3173", "31"
SETTLED = (OTHER, "3173011002002")
READ_ONLY = "3173011001003"  # read, and vouched for by nobody
FAR_STATION = "3173021001001"
# Who acts in plenaries where the roles' own accounts do not: role, unit, for whom.
PEOPLE = {
    "ppk-far": ("ppk", FAR, ""),
    "prov-2": ("kpu_prov", PROVINCE, ""),
    "saksi-2": ("saksi", DISTRICT, "900002"),
    **{f"k{station}": ("kpps", station, "") for station in (*SETTLED, FAR_STATION)},
}


def seat(site: TestSite, folder: Path) -> None:
    """Put plenaries into a site: that of the province has not begun, the district's is at work with an objection,
    the regency's is closed over the other district alone.
    """
    rows = "".join(f"{role},{unit},{whom},,{login}\n" for login, (role, unit, whom) in PEOPLE.items())
    _, codes = make(site.workspace, f"{HEAD}{rows}", actor_of(site.workspace, "admin-0", now()), now())
    for login in ("ppk-far", "prov-2", "saksi-2"):
        opened = activate(site.workspace, login, codes[login], PASSWORD, "tes", now())
        site.tokens[login] = _with_second(site.workspace, opened.session)
    for number, station in enumerate((*SETTLED, READ_ONLY, FAR_STATION)):
        values = consistent((31 + number, 120, 44), women=90 + number)
        add_sheet(site, folder, station, values)
        if station != READ_ONLY:
            _vouch(site, station, values)
    _hold(site, "ppk-far", FAR, "Keputusan PPK Menteng 3/2024: 59 TPS menyusul")
    _open(site, "ppk-x", DISTRICT, "Keputusan PPK 12/2024: lembar tiga TPS masih diperiksa")
    _act(
        site, "saksi-2", DISTRICT, plenary.file_objection, ObjectionKind.OBJECTION,
        "Suara pasangan calon 02 di TPS 001 berbeda\ndari salinan yang kami terima.", now(), "", OTHER,
    )  # fmt: skip
    _hold(site, "kpu_kabko-x", REGENCY, "Keputusan KPU 4/2024: Tanah Abang menyusul")


def _vouch(site: TestSite, station: str, values: dict[str, int]) -> None:
    version = site.workspace.rows(SheetVersion).get(sheet__station=station).version
    who, sure = _signed(site, f"k{station}"), tuple(FORM.names)
    confirm(site.workspace, who, CONTEST, station, uuid4(), version, dict(values), sure, now(), "id")


def _signed(site: TestSite, login: str) -> Signed:
    mandates = mandates_of(site.workspace, account_of(site.workspace, login), now())
    return Signed(None, login, "", mandates, False, True)  # type: ignore[arg-type]  # no session


def _act(site: TestSite, login: str, unit: str, act: Any, *said: Any) -> Any:
    return act(site.workspace, _signed(site, login), CONTEST, unit, uuid4(), *said)


def _open(site: TestSite, login: str, unit: str, decision: str) -> Any:
    return _act(site, login, unit, plenary.open_plenary, decision, now())


def _hold(site: TestSite, login: str, unit: str, decision: str) -> None:
    sitting = _open(site, login, unit, decision)
    _act(site, login, unit, plenary.attend, "Ketua", "", Signing.SIGNS, "", "", now())
    for part in sitting.parts:
        if part.figures is not None:
            _act(site, login, unit, plenary.read_out, part.code, part.digest, now())
    _act(site, login, unit, plenary.close, now())


__all__ = ["CONTEST", "DISTRICT", "PROVINCE", "REGENCY", "seat"]
