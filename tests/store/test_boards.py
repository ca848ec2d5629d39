"""Boards: counts that the database keeps itself, lists in pages, what is stuck; against counting plainly."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction

from sirekap.flow.intake import ingest
from sirekap.geography import Tier, tier_of
from sirekap.outcome import Answer
from sirekap.review import Cause, Step
from sirekap.store.board_counts import Board, board
from sirekap.store.board_lists import STATES, Filter, missing, stations
from sirekap.store.board_outcome import judged, votes_of
from sirekap.store.board_recount import differences, recount
from sirekap.store.board_staff import staff
from sirekap.store.board_stuck import lapsed, longest, throughput, unread
from sirekap.store.models import (
    Account,
    BoardCount,
    BoardTotals,
    Delivery,
    DeliveryResult,
    DeskClaim,
    DeskClaimEnd,
    DeskEntry,
    Sheet,
    SheetVersion,
)
from sirekap.store.setup import Workspace
from tests.flow.fakes import READER, consistent, pages, write_manifest
from tests.store.people import loaded, make
from tests.web import site as web_site

GEOGRAPHY = """kode,nama,tingkat,tps
31,JAKARTA,1,
3173,JAKARTA PUSAT,2,
317301,TANAH ABANG,3,
3173011001,GELORA,4,3
3173011002,BENDUNGAN HILIR,4,40
317302,MENTENG,3,
3173021001,CIKINI,4,60
32,JAWA BARAT,1,
3273,BANDUNG,2,
327301,ANDIR,3,
3273011001,CAMPAKA,4,20
3273011002,CIROYOM,4,
"""
AT = datetime(2024, 2, 14, 13, 30, tzinfo=UTC)
UNITS = ("0", "31", "3173", "317301", "3173011002", "32", "3273011002")


def sheets_of(workspace: Workspace, seed: int = 1) -> None:
    """Sheets in every state, and then most of them changed: triggers saw each."""
    chance = random.Random(seed)
    made = []
    for village, number in (("3173011001", 3), ("3173011002", 40), ("3173021001", 60), ("3273011001", 20)):
        made += [f"{village}{one:03d}" for one in range(1, number + 1) if chance.random() < 0.8]
    made += ["3273011002001", "3273011002009"]
    for station in made:
        workspace.rows(Sheet).create(contest_id="ppwp", station=station, **state_of(chance))
    for station in chance.sample(made, 60):
        workspace.rows(Sheet).filter(contest_id="ppwp", station=station).update(**state_of(chance))


def state_of(chance: random.Random) -> dict[str, Any]:
    """Where some sheet stands."""
    state = chance.choice(["review", "provisional", "settled"])
    review = state == "review"
    causes = [cause for cause in Cause if review and chance.random() < 0.2]
    return {
        "state": state,
        "step": str(chance.choice(list(Step)[1:])) if review else "none",
        "causes": sum(cause.bit for cause in causes),
        "read": chance.random() < 0.9,
        "confirmed": chance.random() < 0.5,
        "answered": chance.random() < 0.3,
        "weight": chance.randint(0, 300) if review else 0,
        "votes": None if review else [chance.randint(0, 90) for _ in range(3)],
        "since": AT - timedelta(hours=chance.randint(0, 40)),
    }


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with sheets."""
    workspace = loaded(tmp_path_factory.mktemp("boards"), GEOGRAPHY)
    sheets_of(workspace)
    return workspace


def counted(workspace: Workspace, code: str) -> Board:
    return board(workspace, "ppwp", code, "x")


def all_of(workspace: Workspace, code: str, chosen: Filter) -> list[str]:
    """The codes of a list, page by page."""
    found: list[str] = []
    while True:
        part = stations(workspace, code, ("ppwp",), "ppwp", chosen, AT, len(found), 7)
        found += [row.code for row in part]
        if len(part) < 7:
            return found


def plainly(workspace: Workspace, code: str, chosen: Filter) -> list[Any]:
    """The same by looking at every sheet."""
    inside = [row for row in workspace.rows(Sheet) if code == "0" or row.station.startswith(code)]
    fits = {
        "photographed": lambda row: True,
        "read": lambda row: row.read,
        "confirmed": lambda row: row.confirmed,
        "acknowledged": lambda row: row.answered and row.state != "review",
    }
    found = []
    for row in inside:
        of_state = fits.get(chosen.state or "photographed", lambda row: row.state == chosen.state)(row)
        waits = not chosen.waits or row.state == "review"
        of_step = chosen.step is None or row.step == str(chosen.step)
        of_cause = chosen.cause is None or bool(row.causes & chosen.cause.bit)
        old = chosen.hours is None or row.since <= AT - timedelta(hours=chosen.hours)
        if of_state and waits and of_step and of_cause and old:
            found.append(row)
    return sorted(found, key=lambda row: (-row.weight if chosen.order == "votes" else 0, row.station))


@pytest.mark.parametrize("code", UNITS)
def test_a_board_counts_what_is_there(some: Workspace, code: str) -> None:
    """Each count of a unit is that of counting its sheets; its parts sum to it."""
    found = counted(some, code)
    rows = plainly(some, code, Filter())
    assert found.own["sheets"] == len(rows)
    for state in ("settled", "provisional", "review", "read", "confirmed", "acknowledged"):
        assert found.own[state] == len(plainly(some, code, Filter(state=state))), state
    for step in list(Step)[1:]:
        assert found.own[f"step_{step}"] == len(plainly(some, code, Filter(step=step)))
    for cause in Cause:
        assert found.own[f"cause_{cause}"] == len(plainly(some, code, Filter(cause=cause)))
    assert found.own["weight"] == sum(row.weight for row in rows)
    if found.below:
        for column in ("sheets", "settled", "weight", "cause_copy"):
            assert sum(part[column] for part in found.below) == found.own[column]


def test_missing_are_those_that_are_expected_and_not_there(some: Workspace) -> None:
    """A village whose number of stations is unknown has none, and says so."""
    found = counted(some, "0").own
    inside = [row.station for row in some.rows(Sheet) if not row.station.startswith("3273011002")]
    assert (found.expected, found.unknown, found.missing) == (123, 1, 123 - len(inside))
    assert len(list(missing(some, "0", "ppwp"))) == found.missing
    assert counted(some, "3273011002").own.unknown == 1 and not counted(some, "31").own.unknown


LISTS = [
    *(Filter(state=state) for state in STATES if state != "missing"),
    *(Filter(step=step) for step in list(Step)[1:]),
    *(Filter(cause=cause, order="votes") for cause in Cause),
    Filter(hours=12),
    Filter(hours=12, order="votes"),
    Filter(state="review", step=Step.FIRST, cause=Cause.FINDING, hours=3),
    Filter(order="votes"),
    Filter(state="settled", cause=Cause.FINDING),
]


@pytest.mark.parametrize("chosen", LISTS, ids=str)
def test_a_filter_shows_what_it_says_in_its_order(some: Workspace, chosen: Filter) -> None:
    """In pages without gap or repetition, in every unit."""
    for code in UNITS:
        assert all_of(some, code, chosen) == [row.station for row in plainly(some, code, chosen)]


def test_every_station_and_those_that_are_missing_come_in_pages(some: Workspace) -> None:
    """By code, over villages with and without gaps."""
    every = all_of(some, "0", Filter())
    assert len(every) == 123 + 2 and every == sorted(set(every))
    there = {row.station for row in some.rows(Sheet)}
    for code in UNITS:
        told = [one for one in every if one not in there and (code == "0" or one.startswith(code))]
        assert all_of(some, code, Filter(state="missing")) == told == list(missing(some, code, "ppwp"))
    assert all_of(some, "0", Filter(state="missing", hours=1)) == []


def test_a_page_far_behind_begins_in_its_regency(some: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same stations as by walking there, behind the last one none."""
    from sirekap.store import board_lists

    every, gone = all_of(some, "0", Filter()), list(missing(some, "0", "ppwp"))
    monkeypatch.setattr(board_lists, "FAR", 0)
    assert all_of(some, "0", Filter()) == every
    assert all_of(some, "0", Filter(state="missing")) == gone
    assert list(missing(some, "0", "ppwp", 10_000, 5)) == []


def test_what_a_row_waits_for_is_told(some: Workspace) -> None:
    """Step, causes, votes in question and since when."""
    row = stations(some, "0", ("ppwp",), "ppwp", Filter(step=Step.RESOLVE), AT, 0, 1)[0]
    sheet = some.rows(Sheet).get(station=row.code)
    assert (str(row.step), row.votes, row.since) == (sheet.step, sheet.weight, sheet.since)
    assert sum(cause.bit for cause in row.causes) == sheet.causes


def test_counting_anew_finds_nothing_and_mends_what_was_broken(tmp_path: Path) -> None:
    """What the triggers kept is what is there, also of deliveries and entries; a broken count is mended."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    sheets_of(workspace, 2)
    desk_of(workspace)
    workspace.rows(Sheet).filter(station__endswith="007").delete()
    assert differences(workspace) == []
    workspace.rows(BoardCount).filter(village_id="3173021001").update(settled=99)
    workspace.rows(BoardTotals).filter(village="3173021001", part=0).update(v1=0)
    assert {found.where for found in recount(workspace)} == {
        "ppwp 3173021001 settled",
        "ppwp 3173021001 2",
    }
    assert differences(workspace) == []
    assert len(throughput(workspace, "ppwp", "0", AT)) == 24


def test_any_number_of_votes_is_kept_and_lives_through_a_migration(tmp_path: Path) -> None:
    """24 numbers a row: more, fewer, none, gone; by the version before they had a row each."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    rows = workspace.rows(Sheet)
    stations = [f"3173021001{place:03d}" for place in range(1, 4)]
    for station in stations:
        rows.create(contest_id="ppwp", station=station, state="settled", step="none", votes=list(range(30)))
    changes: list[list[int] | None] = [[7] * 49, [1, 2], None, [4] * 24, [0] * 24 + [9], []]
    for place, votes in enumerate(changes):
        rows.filter(station=stations[place % 3]).update(votes=votes)
        assert differences(workspace) == [], votes
    rows.filter(station=stations[0]).delete()
    rows.filter(station=stations[2]).update(votes=[3] * 25)
    kept = votes_of(workspace, "ppwp", "3173", 49)
    assert kept["3173"] == {n: (3 if n <= 25 else 0) + (9 if n == 25 else 0) for n in range(1, 50)}
    for name in ("0014", "0015"):
        call_command("migrate", "store", name, database=workspace.alias, verbosity=0, interactive=False)
    rows.filter(station=stations[1]).update(votes=None)
    assert votes_of(workspace, "ppwp", "3173", 49)["3173"][25] == 3 and differences(workspace) == []


def test_what_is_rolled_back_is_not_counted(some: Workspace) -> None:
    """The counts change in the transaction of the act."""
    before = counted(some, "0").own
    with pytest.raises(RuntimeError), transaction.atomic(using=some.alias):
        some.rows(Sheet).all().update(state="settled", votes=[1, 1, 1])
        raise RuntimeError
    assert counted(some, "0").own == before


def test_votes_and_the_answer_follow_from_what_counts(some: Workspace) -> None:
    """By province for the nation; a sheet in review adds none."""
    told = Counter[tuple[str, int]]()
    for row in some.rows(Sheet):
        for number, votes in enumerate(row.votes or (), start=1):
            told[row.station[:2], number] += votes
    found = votes_of(some, "ppwp", "0", 3)
    assert {(part, number): votes for part, own in found.items() for number, votes in own.items()} == told
    of_province = judged(some, "ppwp", counted(some, "31"), 300)
    assert of_province.answer is Answer.YES and of_province.open is not None
    assert of_province.open.held == counted(some, "31").own["review"]


def desk_of(workspace: Workspace) -> list[Any]:
    """Two people who typed, one who decided; a claim that ran out; photographs."""
    make(workspace, "role,unit,stands_for,name,login\n" + "".join(f"ppk,317302,,,ppk-{n}\n" for n in "abc"))
    people = list(workspace.rows(Account).order_by("login"))
    sheets = list(workspace.rows(Sheet).filter(station__startswith="317302").order_by("station")[:4])
    for place, sheet in enumerate(sheets):
        version = workspace.rows(SheetVersion).create(
            sheet=sheet, version=1, photos=[], pages=[], figures={}, findings=[], used={}, beside=[], problems={},
            uncertain=[], reader="x", created_at=AT,
        )  # fmt: skip
        for number in (1, 2, 3)[: (2, 2, 3, 1)[place]]:
            outcome = {1: "kept", 2: ("agreed", "agreed", "differs")[place % 3], 3: "decided"}[number]
            claim = workspace.rows(DeskClaim).create(
                sheet=sheet, version=version, account=people[number - 1], step="first", at=AT, until=AT
            )
            workspace.rows(DeskEntry).create(
                request=uuid4(), claim=claim, sheet=sheet, version=version, round=1, number=number,
                account=people[number - 1], figures={}, reason="", answer={"outcome": outcome}, at=AT,
            )  # fmt: skip
            workspace.rows(DeskClaimEnd).create(claim=claim, how="done", reason="", at=AT)
    sheet = sheets[-1]
    workspace.rows(Sheet).filter(pk=sheet.pk).update(state="review", step="second", votes=None)
    for how in (None, "skipped"):
        claim = workspace.rows(DeskClaim).create(
            sheet=sheet, version=version, account=people[2], step="first", at=AT, until=AT - timedelta(minutes=1)
        )
        if how:
            workspace.rows(DeskClaimEnd).create(claim=claim, how=how, reason="x", at=AT)
    for number in range(5):
        row = workspace.rows(Delivery).create(
            contest_id="ppwp", station=f"317302100100{number + 1}", sha256=f"{number}" * 64, source="officer",
            owner="", account=people[0], size=1, name="", receipt={}, at=AT - timedelta(hours=number),
        )  # fmt: skip
        if number < 2:
            workspace.rows(DeliveryResult).create(
                delivery=row, outcome=("read", "refused")[number], remarks=[], at=AT
            )
    return people


def test_what_is_stuck_is_told_with_its_age(tmp_path: Path) -> None:
    """The longest waiting of each step, claims that ran out and not those that ended, photographs nobody read."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    sheets_of(workspace, 3)
    people = desk_of(workspace)
    for step, found in longest(workspace, "ppwp", "31", 5).items():
        told = sorted(plainly(workspace, "31", Filter(step=step)), key=lambda row: (row.since, row.station))[:5]
        assert [one.station for one in found] == [row.station for row in told]
    out = lapsed(workspace, "ppwp", "3173", AT)
    assert [(one.holder, one.waited(AT)) for one in out] == [(people[2].login, timedelta(minutes=1))]
    assert lapsed(workspace, "ppwp", "32", AT) == []
    waiting = unread(workspace, "ppwp", "317302")
    assert [one.waited(AT) // timedelta(hours=1) for one in waiting] == [4, 3, 2]
    own = counted(workspace, "317302").own
    assert (own["delivered"], own["looked"], own["typed"], own["decided"]) == (5, 2, 7, 1)


def test_throughput_is_by_the_hour(tmp_path: Path) -> None:
    """Photographs received and read, entries, decisions and sheets settled; not those of another unit."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    sheets_of(workspace, 3)
    desk_of(workspace)
    sheet = workspace.rows(Sheet).filter(state="review", station__startswith="3173").first()
    workspace.rows(Sheet).filter(pk=sheet.pk).update(state="settled", since=AT)
    hours = throughput(workspace, "ppwp", "3173", AT, 5)
    assert [hour.counts["received"] for hour in hours] == [1, 1, 1, 1, 1]
    assert {**hours[0].counts, "settled": 0} == {"received": 1, "read": 1, "typed": 7, "decided": 1, "settled": 0}
    assert hours[0].at == datetime(2024, 2, 14, 13, tzinfo=UTC) and hours[0].counts["settled"] >= 1
    assert not any(sum(hour.counts.values()) for hour in throughput(workspace, "ppwp", "32", AT + timedelta(99)))


def test_staff_figures_count_each_accounts_work(tmp_path: Path) -> None:
    """Typed, decided, skipped, and how many of the pairs were the same."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    sheets_of(workspace, 3)
    desk_of(workspace)
    told = [(w.typed, w.decided, w.paired, w.agreed, w.skipped) for w in staff(workspace, "ppwp", "3173")]
    assert told == [(4, 0, 3, 2, 0), (3, 0, 3, 2, 0), (0, 1, 0, 0, 1)]
    assert [w.agreed_percent for w in staff(workspace, "ppwp", "0")] == [67, 67, None]
    assert staff(workspace, "ppwp", "32") == [] and len(staff(workspace, "ppwp", "0", 1, 1)) == 1


def test_a_unit_of_every_tier_has_a_board(some: Workspace) -> None:
    """A station has none."""
    for code in UNITS:
        found = counted(some, code)
        assert bool(found.below) == (tier_of(code) is not Tier.VILLAGE)
    with pytest.raises(ValueError, match="is a station"):
        counted(some, "3173011001001")


def test_writers_at_the_same_time_count_together(tmp_path: Path) -> None:
    """Four of them change sheets of one village at once; nothing is lost, and none waits for ever."""
    workspace = loaded(tmp_path, GEOGRAPHY)
    stations_there = [f"3173021001{one:03d}" for one in range(1, 41)]

    def write(part: int) -> None:
        chance = random.Random(part)
        try:
            for station in stations_there[part::4]:
                with transaction.atomic(using=workspace.alias):
                    workspace.rows(Sheet).create(contest_id="ppwp", station=station, **state_of(chance))
                with transaction.atomic(using=workspace.alias):
                    workspace.rows(Sheet).filter(station=station).update(**state_of(chance))
        finally:
            workspace.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    assert differences(workspace) == []
    assert counted(workspace, "3173021001").own["sheets"] == 40


def test_a_sheet_that_counts_brings_its_votes(tmp_path: Path) -> None:
    """Those of its figures as they stand; a workspace of before gets them by a recount."""
    workspace = loaded(tmp_path, web_site.GEOGRAPHY)
    values = consistent()
    ingest(workspace, write_manifest(tmp_path / "photos", pages(web_site.STATION, values)), READER)
    own = {number: values[f"suara_{number}"] for number in (1, 2, 3)}
    assert votes_of(workspace, "ppwp", "3173", 3) == {"3173": own}
    assert counted(workspace, "3173").own["provisional"] == 1
    workspace.rows(Sheet).update(votes=None, since=None)
    assert set(votes_of(workspace, "ppwp", "3173", 3)["3173"].values()) == {0}
    assert recount(workspace) == [] and votes_of(workspace, "ppwp", "3173", 3) == {"3173": own}
    assert differences(workspace) == []
