"""Webhooks against a real HTTP server: signed, tried again, under one name, never where it may not."""

import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from sirekap.cli.main import main
from sirekap.errors import InputError
from sirekap.flow import notifying
from sirekap.flow.outside import Refused, Target, is_public, parse_target, post
from sirekap.flow.webhooks import new_webhook, send_webhooks
from sirekap.record.canonical import canonical
from sirekap.review.notices import OF_UNITS, Kind
from sirekap.store.models import Event, Notice, Webhook, WebhookCall
from sirekap.store.notice_settings import allowed_networks
from sirekap.store.outgoing import FIRST_WAIT, LEASE, LONGEST_WAIT, PATIENCE, wait_after
from sirekap.store.setup import Workspace
from sirekap.store.webhooks import webhooks, write_calls
from tests.flow.capturing import AT
from tests.flow.desking import bring, doubtful, enter, staffed, take
from tests.flow.fakes import STATION
from tests.flow.receivers import Calls, http_server

HOUR = timedelta(hours=1)


@pytest.fixture
def calls() -> Iterator[Calls]:
    with http_server() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Nothing has happened yet."""
    return staffed(tmp_path)


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """The check as the Standard Webhooks specification words it, by the standard library alone."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{wanted}"


def test_a_notice_is_taken_once_after_two_failures(workspace: Workspace, calls: Calls, tmp_path: Path) -> None:
    """With the same id and body at every try, each signed; what was taken is not sent again."""
    _, secret = new_webhook(workspace, "3173", [Kind.FIRST], calls.url, AT)
    bring(workspace, tmp_path / "in", doubtful())
    calls.answers = [500, 503]
    taken = [send_webhooks(workspace, AT + timedelta(seconds=n)) for n in (0, 1, 7, 30, 60, 3600)]
    assert taken == [0, 0, 0, 1, 0, 0] and len(calls.taken) == 3
    notice = workspace.rows(Notice).get(kind="desk.first")
    assert {headers["webhook-id"] for headers, _ in calls.taken} == {f"notice_{notice.pk}"}
    assert len({body for _, body in calls.taken}) == 1
    assert all(signed_by(secret, headers, body) for headers, body in calls.taken)
    assert not signed_by(secret, calls.taken[0][0], calls.taken[0][1] + b" ")
    body = json.loads(calls.taken[0][1])
    assert body["type"] == "desk.first" and canonical(body) == calls.taken[0][1]
    assert body["data"] == {"contest": "ppwp", "notice": notice.pk, "station": STATION}


def test_a_webhook_hears_of_its_unit_and_kinds_from_then_on(
    workspace: Workspace, calls: Calls, tmp_path: Path
) -> None:
    """Neither what was before it, nor other units, nor what concerns one person; each notice has one call."""
    bring(workspace, tmp_path / "in", doubtful())
    new_webhook(workspace, "0", OF_UNITS, calls.url, AT)
    new_webhook(workspace, "317302", OF_UNITS, calls.url, AT)
    take(workspace, "ppk-3")
    later = AT + HOUR
    enter(workspace, "ppk-1", at=later)
    enter(workspace, "ppk-2", at=later)
    assert [write_calls(workspace, later) for _ in range(2)] == [1, 0]
    assert send_webhooks(workspace, later) == 1
    assert [json.loads(body)["type"] for _, body in calls.taken] == ["sheet.settled"]


CHILD = """
import os, signal, sys
from pathlib import Path
from sirekap.flow import webhooks
from sirekap.store.setup import open_workspace
from tests.flow.capturing import AT
webhooks.settle = lambda *told, **more: os.kill(os.getpid(), signal.SIGKILL)
webhooks.send_webhooks(open_workspace(Path(sys.argv[1])), AT)
"""


@pytest.mark.slow
def test_killed_between_sending_and_noting_it_comes_again_under_its_name(
    workspace: Workspace, calls: Calls, tmp_path: Path
) -> None:
    """After the dead sender's lease, and then never again."""
    new_webhook(workspace, STATION, [Kind.FIRST], calls.url, AT)
    bring(workspace, tmp_path / "in", doubtful())
    workspace.close()
    command = [sys.executable, "-c", CHILD, str(workspace.path)]
    done = subprocess.run(command, cwd=Path.cwd(), env=os.environ, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    assert [send_webhooks(workspace, AT + moment) for moment in (LEASE / 2, LEASE, HOUR)] == [0, 1, 0]
    assert len(calls.taken) == 2 and len({headers["webhook-id"] for headers, _ in calls.taken}) == 1


def test_it_is_given_up_after_a_day_and_told(
    workspace: Workspace, calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dozen tries, ever rarer; then the list and the record say so. One that says 410 is not asked again."""
    number, _ = new_webhook(workspace, "0", [Kind.FIRST], calls.url, AT)
    bring(workspace, tmp_path / "in", doubtful())
    calls.answers = [500] * 1000
    moment = AT
    while moment < AT + 2 * PATIENCE:
        send_webhooks(workspace, moment)
        waiting = workspace.rows(WebhookCall).get()
        if waiting.outcome:
            break
        moment = waiting.due
    assert 10 <= len(calls.taken) <= 16 and moment <= AT + PATIENCE
    (hook,) = webhooks(workspace)
    assert (hook.number, hook.waiting, hook.sent, hook.given_up) == (number, 0, 0, 1)
    assert workspace.rows(Event).filter(act="webhook given up").count() == 1
    assert main(["webhooks", "list", str(workspace.path)]) == 0
    assert "answered 500" in capsys.readouterr().out
    calls.answers = [410]
    bring(workspace, tmp_path / "in2", doubtful(), "3173011001002")
    send_webhooks(workspace, moment)
    send_webhooks(workspace, moment + HOUR)
    assert webhooks(workspace)[0].given_up == 2


def test_waits_grow_threefold_with_a_fifth_of_chance() -> None:
    """Between four and six seconds first, six hours at most."""
    assert (wait_after(1, lambda: 0.0), wait_after(1, lambda: 1.0)) == (FIRST_WAIT * 0.8, FIRST_WAIT * 1.2)
    waits = [wait_after(tries, lambda: 0.5) for tries in range(1, 40)]
    assert waits == sorted(waits) and waits[1] == FIRST_WAIT * 3 and waits[-1] == LONGEST_WAIT


def test_redirects_are_not_followed(workspace: Workspace, calls: Calls, tmp_path: Path) -> None:
    """Whoever answers with one is asked again later, and nobody else ever."""
    with http_server() as other:
        new_webhook(workspace, "0", [Kind.FIRST], calls.url, AT)
        bring(workspace, tmp_path / "in", doubtful())
        calls.answers, calls.headers = [307], {"Location": other.url}
        assert send_webhooks(workspace, AT) == 0
        assert other.taken == [] and "307" in webhooks(workspace)[0].problem


def test_one_that_is_dead_keeps_no_other_back(workspace: Workspace, calls: Calls, tmp_path: Path) -> None:
    """Each has its own tries."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    new_webhook(workspace, "0", [Kind.FIRST], f"http://127.0.0.1:{port}/", AT)
    new_webhook(workspace, "0", [Kind.FIRST], calls.url, AT)
    bring(workspace, tmp_path / "in", doubtful())
    assert send_webhooks(workspace, AT) == 1
    assert [hook.waiting for hook in webhooks(workspace)] == [1, 0]


PRIVATE = (
    *("10.0.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::127.0.0.1"),
    *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:db8::1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_unless_allowed(address: str) -> None:
    """In the address itself, and where a name resolves to one; a network that the settings name is allowed."""
    host = f"[{address}]" if ":" in address else address
    assert not is_public(ip_address(address))
    with pytest.raises(InputError, match="public"):
        parse_target(f"https://{host}/")
    allowed = (ip_network(address),)
    assert parse_target(f"https://{host}/", allowed).host == address


def test_what_a_name_resolves_to_is_judged() -> None:
    """A name of this machine by https is refused; http to it needs an address of this machine."""
    with pytest.raises(Refused, match="private"):
        post(Target(True, "localhost", 443, "/"), b"", {}, ())
    for public in ("93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"):
        assert is_public(ip_address(public))


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "https:///x", "https://a:b@example.org/"),
        *(
            "https://example.org/#x",
            "https://exa mple.org/",
            "https://example.org/\r\nX: y",
            "https://x:99999/",
            "",
        ),
        *("http://localhost.example.org/", "https://[::1/", f"https://example.org/{'x' * 2000}"),
    ],
)
def test_addresses_that_will_not_do_are_refused(workspace: Workspace, url: str) -> None:
    """Before anything is written down."""
    with pytest.raises(InputError):
        new_webhook(workspace, "0", OF_UNITS, url, AT)
    assert workspace.rows(Webhook).count() == 0


def test_an_answer_that_drips_is_cut_off() -> None:
    """The time is for the whole of it, and not for each byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                for _ in range(100):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            post(Target(False, "127.0.0.1", server.getsockname()[1], "/"), b"{}", {}, (), seconds=0.5)
        assert time.monotonic() - began < 5


def test_the_secret_is_kept_sealed_and_shown_once(
    workspace: Workspace, calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command line shows it when the webhook is added; the database holds it encrypted."""
    folder = str(workspace.path)
    assert (
        main(["webhooks", "add", folder, "--unit", "3173", "--url", calls.url, "--kinds", "sheet.settled"]) == 0
    )
    secret = capsys.readouterr().out.split()[-1]
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    assert len(raw) == 32 and secret.startswith("whsec_")
    row = workspace.rows(Webhook).get()
    assert row.kinds == ["sheet.settled"] and secret[6:] not in row.secret and raw.hex() not in row.secret
    assert main(["webhooks", "list", folder]) == 0
    assert secret[6:] not in capsys.readouterr().out
    assert main(["webhooks", "remove", folder, "1"]) == 0
    assert main(["webhooks", "remove", folder, "1"]) == 2
    assert webhooks(workspace) == []


def test_units_kinds_and_networks_that_are_none_are_refused(workspace: Workspace, calls: Calls) -> None:
    """In words, with the place."""
    for unit, kinds in (("99", OF_UNITS), ("3173", [Kind.CLAIM_OVER]), ("3173", [])):
        with pytest.raises(InputError, match=r"--unit|--kinds"):
            new_webhook(workspace, unit, kinds, calls.url, AT)
    file = workspace.path / "sirekap.toml"
    file.write_text(file.read_text() + '\n[webhooks]\nallow = ["10.0.0.1/8"]\n')
    with pytest.raises(InputError, match=r"webhooks\.allow"):
        allowed_networks(workspace)


def test_rounds_send_everything_and_end(
    workspace: Workspace, calls: Calls, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`sirekap notify --once` tells of claims that ran out and calls webhooks."""
    new_webhook(workspace, "0", [Kind.FIRST], calls.url, AT)
    bring(workspace, tmp_path / "in", doubtful())
    take(workspace, "ppk-1")
    assert main(["notify", str(workspace.path), "--once"]) == 0
    assert capsys.readouterr().out == "0 mails sent, 1 calls of webhooks taken; 1 claims over.\n"


def test_a_worker_sends_beside_its_work(
    workspace: Workspace, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread of its own, which settings that cannot be used do not end."""
    monkeypatch.setattr(notifying, "EVERY_SECONDS", 0.05)
    new_webhook(workspace, "0", [Kind.FIRST], calls.url, AT)
    file = workspace.path / "sirekap.toml"
    good = file.read_text()
    file.write_text(f"{good}\n[mail]\nhost = 3\n")
    with notifying.sending(workspace):
        bring(workspace, tmp_path / "in", doubtful())
        time.sleep(0.5)
        assert calls.taken == []
        file.write_text(good)
        for _ in range(200):
            if calls.taken:
                break
            time.sleep(0.05)
    assert len(calls.taken) == 1


def test_the_example_for_receivers_is_right() -> None:
    """The signature in docs/notices.md is that of its own secret, headers and body."""
    text = Path("docs/notices.md").read_text(encoding="utf-8")
    secret = text.partition("signed with `")[2].partition("`")[0]
    example = text.partition("```text\n")[2].partition("\n```")[0]
    head, _, body = example.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    assert signed_by(secret, headers, body.encode())
