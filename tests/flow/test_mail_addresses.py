"""An address gets one letter with a code, and no digest before the code was shown: once, and within a day."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from sirekap.flow.mail import send_mails
from sirekap.flow.mail_addresses import ask_again, choose_mails
from sirekap.store.accounts import actor_of, find_account, set_blocked
from sirekap.store.lockout import FREE_OF_ADDRESS, Refused
from sirekap.store.mail_addresses import A_DAY, EACH, VALID, confirm
from sirekap.store.mails import AT_ONCE, HOURLY, NONE, wish_of
from sirekap.store.models import Digest, Event, MailCode
from sirekap.store.not_taken import Reason
from sirekap.store.setup import Workspace
from tests.flow.capturing import AT
from tests.flow.desking import bring, doubtful, refused, staffed
from tests.flow.mail_settings import set_mail
from tests.flow.receivers import Mails, smtp_server

MINE, OTHER = "Ppk-1@example.org", "other@example.org"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def mails() -> Iterator[Mails]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path, mails: Mails) -> Workspace:
    """A sheet waits, and mails are sent."""
    made = staffed(tmp_path, "admin,0,,,admin-0\n")
    server = f'host = "127.0.0.1"\nport = {mails.port}\ntls = "none"\nfrom = "a@kpu.example"'
    set_mail(made, f'{server}\nsite = "https://pemilu.kpu.example"')
    bring(made, tmp_path / "in", doubtful())
    return made


def choose(workspace: Workspace, address: str = MINE, at: timedelta = timedelta(0), who: str = "ppk-1") -> None:
    """Somebody of the desk wants mails, in English."""
    choose_mails(workspace, who, AT_ONCE, address, "en", AT + at)


def last_code(mails: Mails) -> str:
    """What stands in the last letter."""
    text = message_from_bytes(mails.taken[-1][1]).get_payload(decode=True)
    assert isinstance(text, bytes)
    found = re.search(r"^ {4}((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\r?$", text.decode(), re.M)
    assert found is not None, text
    return found[1]


def sent(workspace: Workspace, at: timedelta) -> int:
    """How many mails go out at a moment."""
    return send_mails(workspace, AT + at)


def bring_more(workspace: Workspace, folder: Path) -> None:
    """Something new for the district."""
    bring(workspace, folder / "more", doubtful(), "3173011001002")


def test_no_digest_goes_to_an_address_before_its_code_was_shown(
    workspace: Workspace, mails: Mails, tmp_path: Path
) -> None:
    """One letter, to the address alone; once its code was shown, what is new since."""
    choose(workspace)
    bring_more(workspace, tmp_path)
    assert [sent(workspace, n * MINUTE) for n in range(3)] == [1, 0, 0]
    ((to, data),) = mails.taken
    code = last_code(mails)
    assert to == MINE and b"Sirekap: confirm this e-mail address" in data
    assert f"https://pemilu.kpu.example/app/surel#SIREKAP:S:1:{code.replace('-', '')}".encode() in data
    assert b"ppk-1" not in data.partition(b"\n\n")[2].lower()
    assert confirm(workspace, code.lower(), AT + HOUR)
    assert sent(workspace, HOUR) == 1 and b"A sheet waits to be typed." in mails.taken[1][1]
    assert workspace.rows(Event).filter(act="mail address confirmed", subject="ppk-1").count() == 1


def test_a_code_is_shown_once_and_within_a_day(workspace: Workspace, mails: Mails) -> None:
    """Used, too old, replaced or made up: the answer is the same no."""
    choose(workspace)
    sent(workspace, MINUTE)
    first = last_code(mails)
    assert not confirm(workspace, first, AT + VALID)
    ask_again(workspace, "ppk-1", AT + EACH)
    sent(workspace, 2 * MINUTE)
    second = last_code(mails)
    for wrong in (first, "", "0000-0000-0000-0000", "x" * 200):
        assert not confirm(workspace, wrong, AT + HOUR)
    assert confirm(workspace, second, AT + HOUR)
    assert not confirm(workspace, second, AT + HOUR)


def test_a_changed_address_is_asked_again(workspace: Workspace, mails: Mails, tmp_path: Path) -> None:
    """Nothing that waited for the earlier one goes to it; how often is chosen without a further code."""
    choose(workspace)
    sent(workspace, timedelta(0))
    code = last_code(mails)
    assert confirm(workspace, code, AT)
    choose_mails(workspace, "ppk-1", HOURLY, MINE, "en", AT + MINUTE)
    assert workspace.rows(MailCode).count() == 1
    mails.answers = ["451 later"]
    bring_more(workspace, tmp_path)
    assert sent(workspace, MINUTE) == 0 and workspace.rows(Digest).filter(outcome="").count() == 1
    choose(workspace, OTHER, 2 * MINUTE)
    assert not confirm(workspace, code, AT + 2 * MINUTE)
    assert [sent(workspace, n * HOUR) for n in (1, 2)] == [1, 0]
    assert mails.taken[-1][0] == OTHER and b"confirm" in mails.taken[-1][1]
    assert confirm(workspace, last_code(mails), AT + 2 * HOUR)


def test_a_code_for_an_address_that_was_changed_meanwhile_confirms_nothing(
    workspace: Workspace, mails: Mails
) -> None:
    """Whoever reads one address cannot confirm another, nor one that was taken away."""
    choose(workspace)
    sent(workspace, timedelta(0))
    code = last_code(mails)
    choose(workspace, OTHER, MINUTE)
    assert not confirm(workspace, code, AT + MINUTE)
    choose_mails(workspace, "ppk-1", NONE, "", "en", AT + MINUTE)
    sent(workspace, MINUTE)
    assert not confirm(workspace, code, AT + MINUTE) and len(mails.taken) == 1
    choose(workspace, MINE, 2 * MINUTE)
    set_blocked(workspace, find_account(workspace, "ppk-1"), True, actor_of(workspace, "admin-0", AT), AT)
    sent(workspace, 2 * MINUTE)
    assert not confirm(workspace, last_code(mails), AT + 2 * MINUTE)


def test_codes_are_not_asked_for_by_the_dozen(workspace: Workspace, mails: Mails) -> None:
    """A minute between two, five a day for an account; what is refused changes nothing."""
    choose(workspace)
    assert refused(lambda: ask_again(workspace, "ppk-1", AT + EACH / 2)) is Reason.OFTEN
    choose(workspace, MINE, EACH / 2)  # the code that is on its way still holds
    for n in range(1, A_DAY):
        ask_again(workspace, "ppk-1", AT + n * EACH)
    assert refused(lambda: choose(workspace, OTHER, HOUR)) is Reason.OFTEN
    wish = wish_of(workspace, "ppk-1")
    assert wish is not None and wish.address == MINE
    ask_again(workspace, "ppk-1", AT + timedelta(days=1) + HOUR)
    assert workspace.rows(Digest).filter(outcome="").count() == 1


def test_nobody_is_mailed_by_many_accounts_at_once(workspace: Workspace, mails: Mails) -> None:
    """Five letters a day to an address, whoever names it and however it is written; nobody is told so."""
    for n, who in enumerate(("ppk-1", "ppk-2", "ppk-3", "kab-1", "ketua-1", "saksi-1")):
        choose(workspace, OTHER.upper() if n % 2 else OTHER, n * EACH, who)
    for n in range(10):
        sent(workspace, HOUR + n * MINUTE)
    assert len(mails.taken) == A_DAY
    assert wish_of(workspace, "saksi-1") is not None


def test_what_a_server_says_of_an_address_is_told_to_nobody_before_it_is_confirmed(
    workspace: Workspace, mails: Mails
) -> None:
    """Whoever types in a stranger's address does not learn whether it exists."""
    mails.answers = ["550 no such user"]
    choose(workspace)
    assert sent(workspace, timedelta(0)) == 0
    wish = wish_of(workspace, "ppk-1")
    assert wish is not None and wish.problem == ""
    assert workspace.rows(Digest).get().outcome == "given_up"


def test_guessing_codes_is_slowed_down(workspace: Workspace) -> None:
    """By network address, as everywhere."""
    for _ in range(FREE_OF_ADDRESS):
        assert not confirm(workspace, "0000-0000-0000-0000", AT, "10.9.9.9")
    with pytest.raises(Refused):
        confirm(workspace, "0000-0000-0000-0000", AT, "10.9.9.9")


def test_history_keeps_no_address(workspace: Workspace, mails: Mails) -> None:
    """Of an address that was taken away nothing is left that says it."""
    choose(workspace)
    sent(workspace, timedelta(0))
    choose_mails(workspace, "ppk-1", NONE, "", "en", AT)
    rows = [str(row) for model in (MailCode, Event, Digest) for row in workspace.rows(model).values()]
    assert len(rows) > 2 and MINE.lower() not in " ".join(rows).lower()
