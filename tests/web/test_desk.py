"""The review desk's pages and API: who is shown what, and what is blind against whom."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar, get_args
from urllib.parse import quote
from uuid import uuid4

import pytest

from sirekap.review.desk import WORK
from sirekap.store.accounts import actor_of
from sirekap.store.loading import now
from sirekap.store.models import DeskClaim, Sheet, SheetVersion
from sirekap.web.desk_schemas import WorkStep
from tests.example import consistent
from tests.store.people import HEAD, make
from tests.web.conftest import PATIENT
from tests.web.desk_site import add_sheet, doubtful, hidden, make_desk, take, type_sheet
from tests.web.site import STATION, Client, TestSite

Result = TypeVar("Result")

QUEUE, SHEET = "/app/meja/", "/app/meja/lembar/"
SECOND = "3173011001002"
# Every address that shows a sheet's figures to somebody who may type it.
SHOWS = (
    f"/app/tps/{STATION}/ppwp/",
    f"/api/v1/sheets/ppwp/{STATION}",
    f"/api/v1/copies/ppwp/{STATION}",
    f"/api/v1/evidence/ppwp/{STATION}",
)
TRUE = {**consistent(), "suara_2": 120}
# No number of the machine's is one of these: what a page says of them, it has from nowhere else.
TELLING = {"suara_1": 631, "suara_2": 777, "suara_3": 642, "suara_sah": 653}


@pytest.fixture
def site(tmp_path: Path) -> TestSite:
    """A sheet that must be typed, and another."""
    made = make_desk(tmp_path / "desk", PATIENT)
    add_sheet(made, tmp_path, STATION, doubtful(**TELLING))
    return made


# Hashes, UUIDs, tokens: any three digits may stand in them.
RANDOM = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z0-9]{64}")


def form_of(client_text: str, **values: str) -> dict[str, str]:
    """The fields of a page's form, with figures."""
    named = {name: hidden(client_text, name) for name in ("claim", "contest", "station")}
    return {**named, **values}


def typed(values: dict[str, object]) -> dict[str, str]:
    """Figures as form fields."""
    return {f"f_{name}": "-" if value is None else str(value) for name, value in values.items()}


def test_whoever_types_is_shown_the_page_and_nothing_that_was_said_of_it(site: TestSite) -> None:
    """Neither page nor API hold a value, a finding, a confidence or another's entry, for the first and second."""
    for login in ("clerk1", "clerk2"):
        client = site.client(login)
        view = take(client, STATION)
        text = client.get(SHEET).text
        assert set(view) == {
            "claim", "contest", "title", "station", "name", "version", "step", "until", "form", "pages",
        }  # fmt: skip
        fields = [figure for page in view["pages"] for figure in page["figures"]]
        assert {key for figure in fields for key in figure} == {
            "name", "line", "label", "digits", "most", "tall", "cut",
        }  # fmt: skip
        assert [figure["name"] for figure in fields] == list(consistent())
        main = text.partition("<main")[2]
        for said in (main, json.dumps(view["pages"])):
            shown = RANDOM.sub("", said)
            assert not [number for number in (*TELLING.values(), 987) if str(number) in shown]
        assert 'value=""' in main and "R01" not in main and "confidence" not in main and "keyakinan" not in main
        assert type_sheet(client, STATION, {**TRUE, "suara_1": 987} if login == "clerk1" else TRUE)


@pytest.mark.parametrize("address", SHOWS)
def test_whoever_saw_the_figures_is_not_given_the_sheet_to_type(site: TestSite, address: str) -> None:
    """After any address that shows figures, typing is for others; cuts and photographs alone change nothing."""
    looked, other = site.client("clerk1"), site.client("clerk2")
    assert looked.get(address).status == 200
    refused = looked.post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION})
    assert (refused.status, refused.json["code"]) == (403, "own")
    assert looked.post("/api/v1/desk/claims", {}).status == 404
    assert other.get(f"/api/v1/sheets/ppwp/{STATION}/cuts/suara_1").status == 200
    photo = site.workspace.rows(Sheet).get(station=STATION).assignment_set.first().photo_id
    assert other.get(f"/api/v1/sheets/ppwp/{STATION}/photos/{photo}").status == 200
    assert other.post("/api/v1/desk/claims", {}).json["step"] == "first"


IN_PLENARY = (
    f"/app/pleno/317301/ppwp/bagian/{STATION}/",
    f"/api/v1/plenaries/ppwp/317301/parts/{STATION}",
)


@pytest.mark.parametrize("address", IN_PLENARY)
def test_whoever_saw_a_sheet_in_its_plenary_is_not_given_it_to_type(
    site: TestSite, tmp_path: Path, address: str
) -> None:
    """A plenary shows settled sheets alone; where one is to be typed again, it is for others."""
    assert "777" not in site.client("clerk5").get(address).text
    for number in (1, 2):
        type_sheet(site.client(f"clerk{number}"), STATION, TRUE)
    assert "120" in site.client("clerk3").get(address).text
    add_sheet(site, tmp_path / "anew", STATION, doubtful(suara_3=45))
    refused = site.client("clerk3").post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION})
    assert (refused.status, refused.json["code"]) == (403, "own")
    assert take(site.client("clerk4"), STATION)["step"] == "first"


@pytest.mark.parametrize("address", SHOWS)
def test_whoever_types_sees_the_figures_nowhere(site: TestSite, address: str) -> None:
    """403 in words while they hold it; what they see after handing it back is kept against them."""
    client = site.client("clerk1")
    claim = take(client, STATION)["claim"]
    answer = client.get(address)
    assert answer.status == 403
    assert not [number for number in TELLING.values() if str(number) in answer.text]
    assert client.get(f"/api/v1/sheets/ppwp/{STATION}/cuts/suara_1").status == 200
    assert client.ask("DELETE", f"/api/v1/desk/claims/{claim}").status == 204
    assert client.get(address).status == 200
    assert client.post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION}).status == 403


def test_every_address_of_a_sheet_shows_no_figure_or_is_named_here() -> None:
    """A new address with a station in it must be put into `SHOWS`, or here among those that show no figure."""
    from tests.web.test_access import ROWS

    none = {
        "GET /api/v1/work",  # stations and forms
        "POST /api/v1/device-key",
        "POST /api/v1/deliveries",
        "POST /api/v1/sheets/{contest}/{station}/confirmation",  # refused as the others are, by the same call
        "GET /api/v1/sheets/{contest}/{station}/cuts/{figure}",
        "GET /api/v1/sheets/{contest}/{station}/photos/{sha256}",
        "GET /api/v1/copies/{contest}/{station}/cuts/{figure}",  # the caller's own photographs
        "GET /api/v1/copies/{contest}/{station}/photos/{sha256}",
        "GET /api/v1/desk/queue",
        "POST /api/v1/desk/claims",
        "GET /app/unit/<str:code>/",  # states alone, and so its files
        *(f"GET /app/unit/<str:code>/{file}.csv" for file in ("counts", "stations", "missing", "stuck", "staff")),
        "GET /app/unit/<str:code>/kembar/",  # photographs
        "POST /api/v1/sheets/{contest}/{station}/reruns",  # who and why, and no figure
        "GET /app/tps/<str:station>/<str:contest>/ulang/",
        # Of plenaries: sums over a unit, and sheets that are settled; who saw one of these is kept
        # (`test_whoever_saw_a_sheet_in_its_plenary_is_not_given_it_to_type`).
        *(name for name, row in ROWS.items() if row.unit),
    }
    of_stations = {
        name
        for name, row in ROWS.items()
        if "{at}" in row.address or (row.body and "station" in str(row.body(STATION)))
    }
    shown = of_stations - none
    assert len(shown) == len(SHOWS), shown


def test_whoever_decides_sees_both_entries_and_not_whose_they_are(site: TestSite) -> None:
    """First and second side by side, the differing figures named; the third person's word decides."""
    wrong = {**TRUE, "suara_2": 121}
    assert type_sheet(site.client("clerk1"), STATION, wrong) == "kept"
    assert type_sheet(site.client("clerk2"), STATION, TRUE) == "differs"
    third = site.client("clerk3")
    view = take(third, STATION)
    assert view["step"] == "resolve" and view["differ"] == ["suara_2"]
    assert [entry["suara_2"] for entry in view["entries"]] == [121, 120]
    text = third.get(SHEET).text
    assert "clerk1" not in text and "clerk2" not in text and "clerk1" not in json.dumps(view)
    assert text.index('id="f_suara_2"') < text.index('id="f_pemilih_dpt_l"')
    sent = form_of(text, act="enter", request=str(uuid4()), reason="Kolom kedua terbaca 0", **typed(TRUE))
    answer = third.form(SHEET, **sent)
    assert (answer.status, answer.headers["Location"]) == (303, "/app/meja/?done=decided")
    assert site.workspace.rows(Sheet).get(station=STATION).state == "settled"


def test_whoever_decided_to_have_it_typed_again_does_not_type_it(site: TestSite) -> None:
    """The third person saw both entries: the new round is for people who did not."""
    type_sheet(site.client("clerk1"), STATION, {**TRUE, "suara_2": 121})
    type_sheet(site.client("clerk2"), STATION, TRUE)
    third = site.client("clerk3")
    claim = take(third, STATION)["claim"]
    assert (
        third.post(f"/api/v1/desk/claims/{claim}/return", {"reason": "dua-duanya salah baris"}).json["step"]
        == "first"
    )
    assert third.post("/api/v1/desk/claims", {"contest": "ppwp", "station": STATION}).json["code"] == "own"
    assert take(site.client("clerk4"), STATION)["step"] == "first"


def test_a_severe_finding_is_answered_by_two_people(site: TestSite, tmp_path: Path) -> None:
    """The first is told that another has to; the second sees why; then the sheet is out of review."""
    add_sheet(site, tmp_path / "more", SECOND, {**consistent(women=90), "suara_sah": 1})
    one, two = site.client("clerk1"), site.client("clerk2")
    view = take(one, SECOND)
    assert view["step"] == "findings" and all(finding["people"] == 2 for finding in view["findings"])
    text = one.get(f"{SHEET}?lang=en").text
    for finding in view["findings"]:
        assert finding["line"] and finding["line"] in text and finding["rule"] in text
    _answer_all(one, "Begitu tertulis di kertas")
    assert one.get(SHEET).headers["Location"] == QUEUE
    seen = take(two, SECOND)["findings"]
    assert [word["reason"] for finding in seen for word in finding["answered"]] == [
        "Begitu tertulis di kertas"
    ] * len(seen)
    _answer_all(two, "Saya lihat yang sama")
    row = site.workspace.rows(Sheet).get(station=SECOND)
    assert (row.state, row.step) == ("provisional", "none")  # a machine read it: its officer settles it


def _answer_all(client: Client, reason: str) -> None:
    while (page := client.get(SHEET)).status == 200:
        text = page.text
        sent = form_of(
            text, act="answer", request=hidden(text, "request"), rule=hidden(text, "rule"), reason=reason
        )
        assert client.form(SHEET, **sent).status == 303


def test_what_is_missing_is_told_beside_its_field_and_nothing_typed_is_lost(site: TestSite) -> None:
    """Empty fields, signs and numbers too large are named; empty ones count as blank where that is ticked."""
    client = site.client("clerk1")
    take(client, STATION)
    text = client.get(f"{SHEET}?lang=en").text
    odd = {**typed(TRUE), "f_suara_1": "12x", "f_suara_3": "", "f_disabilitas_j": "?"}
    answer = client.form(f"{SHEET}?lang=en", **form_of(text, act="enter", request=str(uuid4()), **odd))
    assert answer.status == 422 and answer.text.count('aria-invalid="true"') == 2
    assert (
        'value="12x"' in answer.text and "Type 0 to 999, - or ?." in answer.text and 'value="120"' in answer.text
    )
    odd |= {"f_suara_1": "31", "blank": "1"}
    answer = client.form(SHEET, **form_of(text, act="enter", request=str(uuid4()), **odd))
    assert answer.headers["Location"] == "/app/meja/?done=kept"


def test_a_sheet_sent_twice_is_one_entry(site: TestSite) -> None:
    """The same form again gets the same answer, though the sheet is not held any more."""
    client = site.client("clerk1")
    take(client, STATION)
    sent = form_of(client.get(SHEET).text, act="enter", request=str(uuid4()), **typed(TRUE))
    answers = [client.form(SHEET, **sent).headers["Location"] for _ in range(2)]
    assert answers == ["/app/meja/?done=kept"] * 2


def test_more_time_is_given_and_a_time_that_was_over_loses_nothing(site: TestSite) -> None:
    """The button gives another ten minutes; after the end the sheet is taken again, with all that was typed."""
    client = site.client("clerk1")
    take(client, STATION)
    text = client.get(SHEET).text
    answer = client.form(SHEET, **form_of(text, act="longer", **typed(TRUE)))
    assert answer.status == 200 and 'value="120"' in answer.text
    assert hidden(answer.text, "claim") != hidden(text, "claim")
    late = client.form(SHEET, **form_of(text, act="enter", request=str(uuid4()), **typed(TRUE)))
    assert late.status == 409 and 'value="120"' in late.text
    again = form_of(late.text, act="enter", request=str(uuid4()), **typed(TRUE))
    assert client.form(SHEET, **again).headers["Location"] == "/app/meja/?done=kept"


def test_a_skipped_sheet_is_not_given_again(site: TestSite) -> None:
    """Skipping needs a reason; the sheet stays in the queue for others."""
    client = site.client("clerk1")
    take(client, STATION)
    text = client.get(SHEET).text
    assert client.form(SHEET, **form_of(text, act="skip", reason=" ")).status == 422
    assert client.form(SHEET, **form_of(text, act="skip", reason="Foto terlalu gelap")).status == 303
    answer = client.form(QUEUE, act="next")
    assert answer.status == 200 and "melihat angkanya" in answer.text
    assert site.client("clerk2").form(QUEUE, act="next").headers["Location"] == SHEET


def test_the_queue_says_why_what_and_who_but_no_figure(site: TestSite) -> None:
    """Causes in words, who holds it; votes in question as a rounded bound, as the exact one may be a figure."""
    assert take(site.client("clerk1"), STATION)["step"] == "first"
    client = site.client("clerk2")
    row = client.get("/api/v1/desk/queue").json["sheets"][0]
    assert (row["holder"], row["mine"], row["may"]) == ("clerk1", False, True)
    assert "uncertain" in row["causes"] and row["votes_at_least"] in (100, 200)
    text = client.get(f"{QUEUE}?lang=en&unit=3173011001&step=first&cause=uncertain&contest=ppwp").text
    assert "the machine is not certain" in text and "held by clerk1" in text and "TPS 001, GELORA" in text
    assert "TPS 001" not in client.get(f"{QUEUE}?step=resolve").text.partition("<main")[2]
    assert client.get(f"{QUEUE}?unit=3173021001").status == 403
    assert client.get(f"{QUEUE}?unit=9999").status == 404
    assert client.get(f"{QUEUE}?cause=x").status == 404
    assert client.get("/api/v1/desk/queue?unit=317302").status == 403


def test_the_menu_leads_to_the_desk_only_where_there_is_work(site: TestSite) -> None:
    """District and above, not the station's officer, a witness or an auditor."""
    for role, there in (("ppk", True), ("kpu_ri", True), ("kpps", False), ("saksi", False), ("auditor", False)):
        assert ('href="/app/meja/"' in site.client(role).get("/app/perangkat").text) is there


def test_a_sheet_that_moved_on_is_told_with_the_way_back(site: TestSite, tmp_path: Path) -> None:
    """Read anew while it is typed: 409 in words, and a button that hands it back."""
    client = site.client("clerk1")
    take(client, STATION)
    text = client.get(SHEET).text
    add_sheet(site, tmp_path / "anew", STATION, doubtful(suara_3=45))
    answer = client.form(SHEET, **form_of(text, act="enter", request=str(uuid4()), **typed(TRUE)))
    assert answer.status == 409 and 'value="back"' in answer.text
    assert client.get("/api/v1/desk/claims/current").json["code"] == "version"
    assert client.form(SHEET, **form_of(answer.text, act="back")).headers["Location"] == "/app/meja/?done=back"


def test_the_servers_part_of_typing_a_sheet_takes_little_time(site: TestSite) -> None:
    """Take, show with its cuts, and send one three-ticket sheet: under two seconds, on a busy machine too."""
    client = site.client("clerk1")
    taken: dict[str, float] = {}

    def timed(name: str, call: Callable[[], Result]) -> Result:
        begin = time.perf_counter()
        answer = call()
        taken[name] = time.perf_counter() - begin
        return answer

    timed("queue", lambda: client.get(QUEUE))
    timed("take", lambda: client.form(QUEUE, act="next"))
    text = timed("sheet", lambda: client.get(SHEET)).text
    cuts = [f"/api/v1/sheets/ppwp/{STATION}/cuts/{name}" for name in TRUE]
    timed("all cuts", lambda: [client.get(cut) for cut in cuts])
    sent = form_of(text, act="enter", request=str(uuid4()), **typed(TRUE))
    timed("send", lambda: client.form(SHEET, **sent))
    print({name: f"{1000 * seconds:.0f} ms" for name, seconds in taken.items()})
    assert sum(taken.values()) < 2


def test_an_officer_who_may_type_too_is_told_nothing_by_the_confirmation(site: TestSite) -> None:
    """A refused confirmation names figures that differ from the reading: not to somebody who types the sheet."""
    admin = actor_of(site.workspace, "admin-x", now())
    make(site.workspace, f"{HEAD}kpps,{STATION},,,clerk1\n", admin, now())
    client = site.client("clerk1")
    take(client, STATION)
    version = site.workspace.rows(SheetVersion).get(sheet__station=STATION).version
    body = {"request": str(uuid4()), "version": version, "figures": {**TRUE, "suara_1": 1}}
    answer = client.post(f"/api/v1/sheets/ppwp/{STATION}/confirmation", body)
    assert (answer.status, answer.json["code"]) == (403, "blind") and "figures" not in answer.json


def test_a_form_of_hundreds_of_figures_is_taken(site: TestSite) -> None:
    """A legislative sheet is sent as one form."""
    client = site.client("clerk1")
    take(client, STATION)
    many = {f"f_{number}": "1" for number in range(1500)}
    text = client.get(SHEET).text
    assert client.form(SHEET, **form_of(text, act="longer", **many)).status == 200


@pytest.mark.parametrize("odd", ["", "x", "\0", "9" * 40, "٣" * 13])
def test_odd_values_in_a_form_are_refused_in_words(site: TestSite, odd: str) -> None:
    """Whatever a form or an address holds, it is no fault of ours."""
    client = site.client("clerk1")
    take(client, STATION)
    text = client.get(SHEET).text
    named = form_of(text, request=str(uuid4()), reason="x", rule="R01", **typed(TRUE))
    for field in ("claim", "contest", "station", "request", "rule", "reason", "act", "f_suara_1"):
        for act in ("enter", "answer", "again", "skip", "longer"):
            answer = client.form(SHEET, **{**named, "act": act, field: odd})
            assert answer.status < 500, (act, field, answer.status)
    for query in ("unit", "contest", "step", "cause", "page", "done"):
        assert client.get(f"{QUEUE}?{query}={quote(odd)}").status < 500
    assert client.form(QUEUE, act="take", contest=odd, station=STATION).status == 404
    assert client.form(QUEUE, act="take", contest="ppwp", station=odd).status == 404


def test_an_old_claim_is_no_claim(site: TestSite) -> None:
    """A claim of another person, or one that never was, answers 409 and changes nothing."""
    claim = take(site.client("clerk1"), STATION)["claim"]
    other = site.client("clerk2")
    body = {"request": str(uuid4()), "figures": TRUE}
    for number in (claim, 999_999):
        assert other.post(f"/api/v1/desk/claims/{number}/entry", body).json["code"] == "claim"
        assert other.ask("DELETE", f"/api/v1/desk/claims/{number}").json["code"] == "claim"
    row = site.workspace.rows(DeskClaim).get(pk=claim)
    assert row.until - row.at == timedelta(minutes=10)


def test_the_api_names_every_step_of_the_desk() -> None:
    """A step that the desk gets must be one that the API describes."""
    assert set(get_args(WorkStep)) == {str(step) for step in WORK}
