"""Every address as every role and as nobody: at a unit of theirs, at another one, at none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.urls import URLPattern, get_resolver

from sirekap.access import Act, Mandate, may
from sirekap.geography import Tier, tier_of
from tests.web.site import FAR, HOLDERS, OTHER, STATION, Answer, TestSite

pytestmark = pytest.mark.slow  # a thousand requests

HASH = "a" * 64
FOREIGN = "3173021001001"
NOWHERE = "9999999999999"
FIGURES = {"request": str(uuid4()), "version": None, "figures": {"suara_1": 1}}
PARCEL = {"sha256": HASH, "contest": "ppwp"}
OPEN, SIGNED = "open", "signed"
Body = Callable[[str], object]


@dataclass(frozen=True)
class Row:
    """What an address is: open to everybody, to whoever is logged in, or to whom one of `acts` is allowed.

    `at` names the station in the address, query or body, `unit`: a unit that holds a plenary; `anywhere`: the act
    at any unit will do, down to a tier.
    """

    rule: object
    address: str
    body: Body | None = None
    anywhere: bool = False
    unit: bool = False
    down_to: Tier = Tier.STATION

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts that open it."""
        return self.rule if isinstance(self.rule, tuple) else ()

    @property
    def places(self) -> dict[str, str]:
        """Where it is tried, by name."""
        return UNITS if self.unit else PLACES


SENDS = (Act.SEND_PHOTO, Act.SEND_COPY)
DESK = (Act.TYPE_ENTRY, Act.RESOLVE, Act.ACKNOWLEDGE)
LOOKS = (Act.SEE_SHEET, Act.SEND_COPY)
AGAIN = (Act.RECOUNT, Act.RERUN)
PLENARY = (Act.HOLD_PLENARY, Act.OBJECT, Act.SIGN)
PLENARIES = (*PLENARY, Act.REOPEN_PLENARY, Act.SEE_BOARD)


def of_plenary(address: str, acts: tuple[Act, ...] = PLENARIES, body: Body | None = None) -> Row:
    """An address of a plenary, whose unit `at` names."""
    return Row(acts, address, body, unit=True)


# Method and address as the URL configuration and the OpenAPI document name it. A new address without a row fails.
ROWS = {
    "POST /api/v1/session": Row(
        OPEN, "/api/v1/session", lambda at: {"login": "x", "password": "y", "device": "z"}
    ),
    "DELETE /api/v1/session": Row(SIGNED, "/api/v1/session"),
    "POST /api/v1/session/second": Row(SIGNED, "/api/v1/session/second", lambda at: {"code": "0"}),
    "GET /api/v1/me": Row(SIGNED, "/api/v1/me"),
    "GET /api/v1/keys": Row(OPEN, "/api/v1/keys"),
    "GET /api/v1/work": Row(SENDS, "/api/v1/work?station={at}"),
    "GET /api/v1/notices": Row(SIGNED, "/api/v1/notices?since=0"),
    "POST /api/v1/device-key": Row(
        (Act.HAND_OVER,), "/api/v1/device-key", lambda at: {"public_key": "AAAA", "station": at}
    ),
    "GET /api/v1/uploads/{sha256}": Row(SIGNED, f"/api/v1/uploads/{HASH}"),
    "PUT /api/v1/uploads/{sha256}": Row(
        SENDS, f"/api/v1/uploads/{HASH}?offset=0&size=9", lambda at: b"no pict", anywhere=True
    ),
    "POST /api/v1/deliveries": Row(SENDS, "/api/v1/deliveries", lambda at: {**PARCEL, "station": at}),
    "GET /api/v1/sheets/{contest}/{station}": Row((Act.SEE_SHEET,), "/api/v1/sheets/ppwp/{at}"),
    "POST /api/v1/sheets/{contest}/{station}/confirmation": Row(
        (Act.CONFIRM,), "/api/v1/sheets/ppwp/{at}/confirmation", lambda at: FIGURES
    ),
    "POST /api/v1/sheets/{contest}/{station}/reruns": Row(
        AGAIN,
        "/api/v1/sheets/ppwp/{at}/reruns",
        # after: nobody ordered so many, so that nothing comes of it
        lambda at: {"request": str(uuid4()), "kind": "penghitungan_ulang", "ground": "x", "after": 9},
    ),
    "GET /api/v1/sheets/{contest}/{station}/cuts/{figure}": Row(
        (Act.SEE_SHEET,), "/api/v1/sheets/ppwp/{at}/cuts/suara_1"
    ),
    "GET /api/v1/sheets/{contest}/{station}/photos/{sha256}": Row(
        (Act.SEE_SHEET,), f"/api/v1/sheets/ppwp/{{at}}/photos/{HASH}"
    ),
    "GET /api/v1/copies/{contest}/{station}": Row(LOOKS, "/api/v1/copies/ppwp/{at}"),
    "GET /api/v1/copies/{contest}/{station}/cuts/{figure}": Row(
        (Act.SEND_COPY,), "/api/v1/copies/ppwp/{at}/cuts/suara_1"
    ),
    "GET /api/v1/copies/{contest}/{station}/photos/{sha256}": Row(
        (Act.SEND_COPY,), f"/api/v1/copies/ppwp/{{at}}/photos/{HASH}"
    ),
    "GET /api/v1/desk/queue": Row(DESK, "/api/v1/desk/queue?unit={at}"),
    "POST /api/v1/desk/claims": Row(DESK, "/api/v1/desk/claims", lambda at: {"contest": "ppwp", "station": at}),
    "GET /api/v1/desk/claims/current": Row(DESK, "/api/v1/desk/claims/current", anywhere=True),
    "POST /api/v1/desk/claims/{claim}/entry": Row(
        DESK, "/api/v1/desk/claims/1/entry", lambda at: {"request": str(uuid4()), "figures": {}}, anywhere=True
    ),
    "POST /api/v1/desk/claims/{claim}/answers": Row(
        DESK,
        "/api/v1/desk/claims/1/answers",
        lambda at: {"request": str(uuid4()), "rule": "R01", "reason": "x"},
        anywhere=True,
    ),
    "POST /api/v1/desk/claims/{claim}/return": Row(
        DESK, "/api/v1/desk/claims/1/return", lambda at: {"reason": "x"}, anywhere=True
    ),
    "DELETE /api/v1/desk/claims/{claim}": Row(DESK, "/api/v1/desk/claims/1", anywhere=True),
    "GET /api/v1/plenaries": Row(PLENARY, "/api/v1/plenaries", anywhere=True, down_to=Tier.DISTRICT),
    "GET /api/v1/plenaries/{contest}/{unit}": of_plenary("/api/v1/plenaries/ppwp/{at}"),
    "GET /api/v1/plenaries/{contest}/{unit}/parts/{part}": of_plenary(
        f"/api/v1/plenaries/ppwp/{{at}}/parts/{STATION}"
    ),
    "POST /api/v1/plenaries/{contest}/{unit}/acts": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/acts",
        (Act.HOLD_PLENARY,),
        lambda at: {"request": str(uuid4()), "act": "open"},
    ),
    "PUT /api/v1/plenaries/{contest}/{unit}/files": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/files?name=x", (Act.OBJECT, Act.HOLD_PLENARY), lambda at: b"no picture"
    ),
    "GET /api/v1/plenaries/{contest}/{unit}/files/{sha256}": of_plenary(
        f"/api/v1/plenaries/ppwp/{{at}}/files/{HASH}"
    ),
    "GET /api/v1/plenaries/{contest}/{unit}/versions/{version}": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/versions/1"
    ),
    "GET /api/v1/plenaries/{contest}/{unit}/versions/{version}/certificate.pdf": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/versions/1/certificate.pdf"
    ),
    "GET /api/v1/plenaries/{contest}/{unit}/versions/{version}/copies.zip": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/versions/1/copies.zip"
    ),
    "PUT /api/v1/plenaries/{contest}/{unit}/versions/{version}/certificate.pdf": of_plenary(
        "/api/v1/plenaries/ppwp/{at}/versions/1/certificate.pdf", (Act.SIGN,), lambda at: b"no paper"
    ),
    "GET /api/v1/boards/{contest}/{unit}": Row(OPEN, "/api/v1/boards/ppwp/3173"),
    "GET /api/v1/evidence/{contest}/{code}": Row((Act.TAKE_EVIDENCE,), "/api/v1/evidence/ppwp/{at}"),
    "GET /api/v1/openapi.json": Row(OPEN, "/api/v1/openapi.json"),
    "GET /api/v1/": Row(OPEN, "/api/v1/"),
    "GET /app/": Row(OPEN, "/app/"),
    "GET /app/periksa": Row(OPEN, "/app/periksa"),
    "GET /app/forms.json": Row(OPEN, "/app/forms.json"),
    "GET /app/sw.js": Row(OPEN, "/app/sw.js"),
    "GET /app/assets/<path:path>": Row(OPEN, "/app/assets/web.css"),
    "GET /app/masuk": Row(OPEN, "/app/masuk"),
    "GET /app/aktivasi": Row(OPEN, "/app/aktivasi"),
    "GET /app/keluar": Row(OPEN, "/app/keluar"),
    "GET /app/faktor-kedua": Row(SIGNED, "/app/faktor-kedua"),
    "GET /app/perangkat": Row(SIGNED, "/app/perangkat"),
    "GET /app/kabar/": Row(SIGNED, "/app/kabar/"),
    "GET /app/surel": Row(OPEN, "/app/surel"),
    "GET /app/akun/": Row((Act.MANAGE_ACCOUNTS,), "/app/akun/", anywhere=True),
    "GET /app/akun/<str:login>/": Row((Act.MANAGE_ACCOUNTS,), "/app/akun/kpps-x/", anywhere=True),
    "GET /app/meja/": Row(DESK, "/app/meja/", anywhere=True),
    "GET /app/meja/lembar/": Row(DESK, "/app/meja/lembar/", anywhere=True),
    "GET /app/unit/<str:code>/": Row((Act.SEE_BOARD,), "/app/unit/{at}/"),
    "GET /app/unit/<str:code>/counts.csv": Row((Act.SEE_BOARD,), "/app/unit/{at}/counts.csv"),
    "GET /app/unit/<str:code>/stations.csv": Row((Act.SEE_BOARD,), "/app/unit/{at}/stations.csv"),
    "GET /app/unit/<str:code>/missing.csv": Row((Act.SEE_BOARD,), "/app/unit/{at}/missing.csv"),
    "GET /app/unit/<str:code>/stuck.csv": Row((Act.SEE_BOARD,), "/app/unit/{at}/stuck.csv"),
    "GET /app/unit/<str:code>/staff.csv": Row((Act.SEE_STAFF,), "/app/unit/{at}/staff.csv"),
    "GET /app/unit/<str:code>/kembar/": Row((Act.SEE_SHEET,), "/app/unit/{at}/kembar/"),
    "GET /app/pleno/": Row(PLENARY, "/app/pleno/", anywhere=True, down_to=Tier.DISTRICT),
    "GET /app/pleno/<str:unit>/<str:contest>/": of_plenary("/app/pleno/{at}/ppwp/"),
    "GET /app/pleno/<str:unit>/<str:contest>/bagian/<str:part>/": of_plenary(
        f"/app/pleno/{{at}}/ppwp/bagian/{STATION}/"
    ),
    "GET /app/pleno/<str:unit>/<str:contest>/versi/<int:version>/": of_plenary("/app/pleno/{at}/ppwp/versi/1/"),
    "GET /app/tps/<str:station>/<str:contest>/": Row((Act.SEE_SHEET,), "/app/tps/{at}/ppwp/"),
    "GET /app/tps/<str:station>/<str:contest>/ulang/": Row(AGAIN, "/app/tps/{at}/ppwp/ulang/"),
    "GET /^(?!app/|api/)(?P<path>.*)$": Row(OPEN, "/index.html"),
}
# These take a form too: a write is judged as the reading of the page is.
FORMS = (
    "/app/masuk",
    "/app/aktivasi",
    "/app/keluar",
    "/app/faktor-kedua",
    "/app/perangkat",
    "/app/kabar/",
    "/app/surel",
    "/app/akun/<str:login>/",
    "/app/meja/",
    "/app/meja/lembar/",
    "/app/pleno/<str:unit>/<str:contest>/",
    "/app/pleno/<str:unit>/<str:contest>/bagian/<str:part>/",
)
OPERATIONS = (
    "^session",
    "^me",
    "^work",
    "^device",
    "^keys",
    "^uploads",
    "^deliveries",
    "^sheets",
    "^copies",
    "^desk",
    "^plenaries",
    "^boards",
    "^notices",
    "^evidence",
)
PLACES = {"own": STATION, "another": OTHER, "far": FOREIGN, "none": NOWHERE}
UNITS = {"own": "317301", "another": FAR, "above": "3173", "none": "999999", "no plenary's": "3173011001"}


def addresses() -> Iterator[str]:
    """Every method and address of the URL configuration and of the API's own description."""
    from sirekap.web.api import api
    from sirekap.web.settings import configure_web

    configure_web()
    for path, operations in api.get_openapi_schema()["paths"].items():
        yield from (f"{method.upper()} {path}" for method in operations)
    for pattern in get_resolver("sirekap.web.urls").url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"GET /{pattern.pattern}"
        else:  # django-ninja's: what it adds to its operations
            for inner in pattern.url_patterns:
                if not inner.pattern.regex.pattern.startswith(OPERATIONS):
                    yield f"GET /{pattern.pattern}{inner.pattern}"


def test_every_address_has_a_row() -> None:
    """A new address that nobody wrote a row for fails here."""
    assert sorted(set(addresses())) == sorted(ROWS)


def ask(site: TestSite, role: str | None, name: str, at: str) -> Answer:
    """One address as one role."""
    row, client = ROWS[name], site.client(role)
    method, address = name.split()[0], row.address.format(at=at)
    body = row.body(at) if row.body else b""
    if isinstance(body, bytes):
        return client.ask(method, address, body)
    return client.ask(method, address, json.dumps(body).encode(), "application/json")


def expected(role: str | None, row: Row, at: str) -> str:
    """What a role is answered: "in", "out" (known, and not theirs), "unknown", "nobody"."""
    if row.rule == OPEN:
        return "in"
    if role is None:
        return "nobody"
    if row.rule == SIGNED:
        return "in"
    held = [Mandate(role, *HOLDERS[role])]
    if row.anywhere:
        own = held[0].unit
        return "in" if tier_of(own) <= row.down_to and any(may(held, act, own) for act in row.acts) else "out"
    if at in (NOWHERE, UNITS["none"], UNITS["no plenary's"]):
        return "unknown"
    return "in" if any(may(held, act, at) for act in row.acts) else "out"


def judge(answer: Answer, name: str, told: str) -> None:
    """Whether the answer is the expected one, and a refusal holds nothing but the refusal."""
    page = "/app/" in name
    if told == "in":
        assert (
            answer.status not in (401, 403, 500)
            or b'"code": "wrong"' in answer.body
            or b'"code": "no_second"' in (answer.body)
        ), answer.body
        return
    if told == "nobody" and page:
        assert (
            answer.status == 303 and answer.headers["Location"].startswith("/app/masuk?next=") and not answer.body
        )
        return
    code = {"out": (403, "forbidden"), "unknown": (404, "unknown"), "nobody": (401, "session")}[told]
    assert answer.status == code[0], answer.body
    if page:
        main = answer.text.partition("<main")[2]
        assert "TPS 0" not in main and "GELORA" not in main and "kpps-x" not in main
    else:
        assert set(answer.json) == {"code", "message", "details"} and answer.json["code"] == code[1]
        assert answer.json["details"] in ([], *([words] for words in UNKNOWN))


UNKNOWN = ("expected a station of this election", "expected a unit that holds a plenary of this contest")


CASES = [
    pytest.param(role, name, place, id=f"{role} {name} {place}")
    for name, row in ROWS.items()
    for role in (None, *HOLDERS)
    for place in (row.places if "{at}" in row.address or row.body else ("own",))
]


@pytest.fixture(scope="module")
def tried(site: TestSite) -> TestSite:
    """A site whose published tree has a page."""
    site.workspace.public.mkdir(exist_ok=True)
    (site.workspace.public / "index.html").write_text("<!doctype html><title>x</title>")
    return site


@pytest.mark.parametrize(("role", "name", "place"), CASES)
def test_every_role_at_every_address(tried: TestSite, role: str | None, name: str, place: str) -> None:
    """In where the table of acts says so; else 403 where the unit is known, 404 where not, and never data."""
    if name in ("DELETE /api/v1/session",) and role is not None:
        pytest.skip("ends the session that the other cases need; see test_entrance")
    at = ROWS[name].places[place]
    judge(ask(tried, role, name, at), name, expected(role, ROWS[name], at))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("role", [None, "kpps", "ppk", "ppid"])
def test_forms_are_judged_as_their_pages(tried: TestSite, role: str | None, name: str) -> None:
    """A write without a mandate for the page does nothing; nobody is sent to the log-in."""
    row = ROWS[f"GET {name}"]
    at = row.places["own"]
    if row.rule == OPEN or expected(role, row, at) == "in":
        pytest.skip("open")
    answer = tried.client(role).form(row.address.format(at=at), act="block", sure="1")
    judge(answer, name, expected(role, row, at))


def test_a_session_without_its_second_factor_opens_nothing(fresh: TestSite) -> None:
    """A district's password alone leads to the second factor and nowhere else."""
    client = fresh.client()
    assert (
        client.post("/api/v1/session", {"login": "ppk-x", "password": "nasi uduk enak", "device": "x"}).status
        == 201
    )
    assert client.get("/api/v1/me").json["mandates"] == []
    for path in (
        "/api/v1/work",
        "/api/v1/desk/queue",
        "/api/v1/plenaries",
        f"/api/v1/sheets/ppwp/{STATION}",
        f"/api/v1/uploads/{HASH}",
    ):
        answer = client.get(path)
        assert (answer.status, answer.json["code"]) == (403, "second_needed")
    for path in (
        "/app/meja/", "/app/unit/317301/", f"/app/tps/{STATION}/ppwp/", "/app/akun/", "/app/pleno/",
        "/app/pleno/317301/ppwp/",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status == 303 and answer.headers["Location"].startswith("/app/faktor-kedua")
