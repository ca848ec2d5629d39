"""Mail goes to a server whose certificate holds, by STARTTLS and by TLS from the first byte, and to no other."""

import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from sirekap.flow.mail import send_mails
from sirekap.flow.notifying import _rounds
from sirekap.store.mails import AT_ONCE, set_wish
from sirekap.store.models import Digest, MailWish
from sirekap.store.notice_settings import PASSWORD
from sirekap.store.setup import Workspace
from tests.flow.capturing import AT
from tests.flow.desking import bring, doubtful, staffed
from tests.flow.mail_settings import DAY, HOST, Authority, set_mail
from tests.flow.receivers import smtp_server

WAYS = ("starttls", "tls")
# Whose certificate, for which host, until when; and what the refusal says of it.
WRONG = {
    "of an authority that nobody knows": (False, HOST, DAY, "unable to get local issuer certificate"),
    "for another host": (True, "mail.example.org", DAY, "IP address mismatch"),
    "that is over": (True, HOST, -DAY, "certificate has expired"),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The one that this machine trusts."""
    return Authority.made(tmp_path_factory.mktemp("tls") / "known")


@pytest.fixture
def workspace(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Somebody waits for a mail; the account at the mail server has a password."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv(PASSWORD, "rahasia sekali")
    made = staffed(tmp_path)
    set_wish(made, "ppk-1", AT_ONCE, "ppk-1@example.org", "id", AT)
    made.rows(MailWish).update(confirmed_at=AT)
    bring(made, tmp_path / "in", doubtful())
    return made


def set_server(workspace: Workspace, port: int, tls: str) -> None:
    set_mail(workspace, f'host = "{HOST}"\nport = {port}\ntls = "{tls}"\nfrom = "a@kpu.example"\nuser = "kabar"')


@pytest.mark.parametrize("tls", WAYS)
def test_mail_and_password_go_through_tls_alone(workspace: Workspace, authority: Authority, tls: str) -> None:
    """Nothing but the greeting is said before it."""
    with smtp_server(authority.context(), implicit=tls == "tls") as server:
        set_server(workspace, server.port, tls)
        assert send_mails(workspace, AT) == 1
    assert [to for to, _ in server.taken] == ["ppk-1@example.org"]
    assert any(line.startswith(b"AUTH PLAIN") for line in server.lines)
    assert [line[:4].upper() for line in server.open] == ([b"EHLO", b"STAR"] if tls == "starttls" else [])


@pytest.mark.parametrize("tls", WAYS)
@pytest.mark.parametrize(("known", "host", "until", "words"), WRONG.values(), ids=WRONG)
def test_a_server_with_a_wrong_certificate_is_told_nothing(
    workspace: Workspace,
    authority: Authority,
    tmp_path: Path,
    tls: str,
    known: bool,
    host: str,
    until: timedelta,
    words: str,
) -> None:
    """Neither password nor recipient nor text; what is wrong stands in words; the mail waits for a better one."""
    told: list[str] = []
    owner = authority if known else Authority.made(tmp_path / "unknown")
    with smtp_server(owner.context(host, until), implicit=tls == "tls") as server:
        set_server(workspace, server.port, tls)
        assert send_mails(workspace, AT, told.append) == 0
    assert server.taken == [] and not any(line[:4] in (b"AUTH", b"MAIL", b"RCPT") for line in server.lines)
    (fault,) = told
    assert fault.startswith(f"mail server {HOST}:{server.port}: its certificate was refused (") and words in fault
    assert f"expected one for {HOST} by an authority that this machine trusts. Nothing was sent." in fault
    assert workspace.rows(Digest).get().outcome == "" and workspace.rows(MailWish).get().problem == fault
    with smtp_server(authority.context(), implicit=tls == "tls") as server:
        set_server(workspace, server.port, tls)
        assert send_mails(workspace, AT + timedelta(minutes=1)) == 1


def test_the_fault_of_a_server_is_logged_once(
    workspace: Workspace, authority: Authority, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For whoever runs it, and not again at every try."""
    monkeypatch.setattr("sirekap.flow.notifying.EVERY_SECONDS", 0.01)
    monkeypatch.setattr("sirekap.store.outgoing.FIRST_WAIT", timedelta(0))
    stop = threading.Event()
    with smtp_server(authority.context("mail.example.org")) as server, caplog.at_level(logging.WARNING):
        set_server(workspace, server.port, "starttls")
        thread = threading.Thread(target=_rounds, args=(workspace, stop))
        thread.start()
        while sum(line[:4] == b"STAR" for line in server.lines) < 3:
            stop.wait(0.01)
        stop.set()
        thread.join()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "certificate was refused" in caplog.text
