"""Digests by e-mail through a real SMTP server: to who asked, once, tried again, without figures."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.flow.mail import send_mails
from sirekap.store.mails import AT_ONCE, HOURLY, NONE, set_wish, wish_of
from sirekap.store.models import Digest, MailWish
from sirekap.store.not_taken import NotTaken
from sirekap.store.notice_settings import PASSWORD, mail_setting
from sirekap.store.outgoing import LEASE
from sirekap.store.setup import Workspace
from tests.example import consistent
from tests.flow.capturing import AT
from tests.flow.desking import bring, doubtful, enter, staffed
from tests.flow.fakes import STATION
from tests.flow.mail_settings import set_mail
from tests.flow.receivers import Mails, smtp_server

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def mails() -> Iterator[Mails]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path, mails: Mails) -> Workspace:
    """Somebody of the desk wants mails at once, and nothing has happened yet."""
    made = staffed(tmp_path)
    set_mail(made, f'host = "127.0.0.1"\nport = {mails.port}\ntls = "none"\nfrom = "Sirekap <kabar@kpu.example>"')
    set_wish(made, "ppk-1", AT_ONCE, "ppk-1@example.org", "id", AT)
    made.rows(MailWish).update(confirmed_at=AT)  # how it gets there: test_mail_addresses
    return made


def test_what_is_new_is_sent_once_to_who_asked(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """One digest of all that is new for the person, and no further one until something new comes."""
    assert send_mails(workspace, AT) == 0
    bring(workspace, tmp_path / "in", doubtful())
    assert [send_mails(workspace, AT + n * MINUTE) for n in range(3)] == [1, 0, 0]
    ((to, data),) = mails.taken
    mail = message_from_bytes(data)
    text = mail.get_payload(decode=True)
    assert to == "ppk-1@example.org" and mail["From"] == "Sirekap <kabar@kpu.example>"
    assert isinstance(text, bytes) and f"TPS {STATION} ppwp: Lembar menunggu diketik.".encode() in text
    assert workspace.rows(Digest).get().text == ""


def test_a_digest_holds_no_figure_and_no_person(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """The whole way of a sheet through the desk names station and contest alone."""
    values = {**consistent(), "suara_1": 261, "suara_2": 262}
    bring(workspace, tmp_path / "in", {**values, "suara_3": 888})
    enter(workspace, "ppk-2", values)
    enter(workspace, "ppk-3", {**values, "suara_1": 263})
    send_mails(workspace, AT)
    data = mails.taken[0][1].decode()
    assert "Dua entri berbeda" in data
    for secret in ("261", "262", "263", "ppk-2", "ppk-3"):
        assert secret not in data.replace(STATION, "").partition("\r\n\r\n")[2]


def test_an_hourly_digest_waits_for_its_hour(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """The first comes with the first news; what comes within the hour comes together, in the chosen language."""
    set_wish(workspace, "ppk-1", HOURLY, "ppk-1@example.org", "en", AT)
    bring(workspace, tmp_path / "in", doubtful())
    assert send_mails(workspace, AT) == 1
    enter(workspace, "ppk-2")
    enter(workspace, "ppk-3", {**consistent(), "suara_1": 37})
    assert [send_mails(workspace, AT + n * MINUTE) for n in (1, 59, 60)] == [0, 0, 1]
    assert b"Two entries differ" in mails.taken[1][1]


def test_a_server_that_fails_is_tried_again(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """Ever more rarely, with the same Message-ID; taken at last, it is not sent again."""
    bring(workspace, tmp_path / "in", doubtful())
    mails.answers = ["451 later", "451 later"]
    assert send_mails(workspace, AT) == 0
    wish = wish_of(workspace, "ppk-1")
    assert wish is not None and wish.problem.startswith("451")
    sent = [send_mails(workspace, AT + timedelta(seconds=n)) for n in (1, 7, 12, 30, 60, 600)]
    assert sent == [0, 0, 0, 1, 0, 0] and len(mails.taken) == 1
    assert workspace.rows(MailWish).get().problem == ""


def test_an_address_that_is_refused_is_given_up(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """5xx for the recipient is final; the person's page says why."""
    bring(workspace, tmp_path / "in", doubtful())
    mails.answers = ["550 no such user"]
    assert [send_mails(workspace, AT + n * HOUR) for n in range(3)] == [0, 0, 0]
    assert workspace.rows(Digest).get().outcome == "given_up"
    assert workspace.rows(MailWish).get().problem == "550 no such user"


CHILD = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sirekap.flow import mail
from sirekap.store.setup import open_workspace
from tests.flow.capturing import AT
mail.settle = lambda *told, **more: os.kill(os.getpid(), signal.SIGKILL)
mail.send_mails(open_workspace(Path(sys.argv[1])), AT)
"""


@pytest.mark.slow
def test_killed_between_sending_and_noting_it_comes_once_more(
    workspace: Workspace, mails: Mails, tmp_path: Path
) -> None:
    """After the dead sender's lease, with the same Message-ID and the same bytes, and never again."""
    bring(workspace, tmp_path / "in", doubtful())
    workspace.close()
    command = [sys.executable, "-c", CHILD, str(workspace.path)]
    done = subprocess.run(command, cwd=Path.cwd(), env=os.environ, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr.decode()
    sent = [send_mails(workspace, AT + moment) for moment in (MINUTE, LEASE, LEASE + HOUR)]
    assert sent == [0, 1, 0]
    assert len(mails.taken) == 2 and mails.taken[0] == mails.taken[1]


def test_without_tls_nothing_is_sent_where_tls_is_asked_for(
    workspace: Workspace, mails: Mails, tmp_path: Path
) -> None:
    """A server that offers no STARTTLS gets neither recipient nor text."""
    bring(workspace, tmp_path / "in", doubtful())
    set_mail(workspace, f'host = "127.0.0.1"\nport = {mails.port}\nfrom = "kabar@kpu.example"')
    assert send_mails(workspace, AT) == 0
    assert mails.taken == [] and not any(line.startswith(b"RCPT") for line in mails.lines)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('host = "mail.example"\nfrom = "a@b.example"\npassword = "x"', "mail.password"),
        ('host = "mail.example"\nfrom = "a@b.example"\ntls = "none"', "mail.tls"),
        ('host = "mail.example"\nfrom = "a@b.example"\nport = 0', "mail.port"),
        ('host = "mail.example"', "mail.from"),
        ("host = 3", "mail.host"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(workspace: Workspace, text: str, column: str) -> None:
    """With the place; a password in the file too."""
    set_mail(workspace, text)
    with pytest.raises(InputError, match=column):
        mail_setting(workspace)


def test_the_password_comes_from_the_environment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """And stands in no representation of the setting."""
    monkeypatch.setenv(PASSWORD, "rahasia")
    setting = mail_setting(workspace)
    assert setting is not None and setting.password == "rahasia" and "rahasia" not in repr(setting)


def test_who_wants_none_leaves_no_address(workspace: Workspace) -> None:
    """The address goes with the wish; what is no address is not taken."""
    for wrong in ("", "x", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example"):
        with pytest.raises(NotTaken):
            set_wish(workspace, "ppk-1", HOURLY, wrong, "id", AT)
    set_wish(workspace, "ppk-1", NONE, "", "id", AT)
    assert workspace.rows(MailWish).count() == 0
