"""Activation, log-in, second factors, waiting after wrong tries, and sessions ended from afar."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from sirekap.access import Act, Mandate, may
from sirekap.codes import grouped
from sirekap.errors import InputError
from sirekap.store.accounts import Actor, actor_of, find_account, give_mandate, issue_code, set_blocked
from sirekap.store.lockout import Reason, Refused
from sirekap.store.models import Account, Attempt, Event, Session, Totp
from sirekap.store.passwords import Argon2
from sirekap.store.second_factor import drop
from sirekap.store.sessions import (
    activate,
    add_second_factor,
    change_password,
    end_session,
    end_sessions,
    log_in,
    log_out,
    sessions_of,
    set_up_second_factor,
    signed_in,
)
from sirekap.store.setup import Workspace
from sirekap.store.vault import KEY
from tests.store.people import AT, HEAD, PASSWORD, fast_passwords, loaded, make

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with an administrator of the nation."""
    workspace = loaded(tmp_path_factory.mktemp("sessions"))
    make(workspace, f"{HEAD}admin,0,,Admin,\n")
    return workspace


@pytest.fixture(autouse=True)
def _fast() -> Iterator[None]:
    before = Argon2.memory_cost, Argon2.time_cost
    fast_passwords()
    yield
    Argon2.memory_cost, Argon2.time_cost = before


def admin(workspace: Workspace) -> Actor:
    return actor_of(workspace, "admin-0-a", AT)


def new(workspace: Workspace, role: str = "bawaslu", unit: str = "3173011001001") -> tuple[str, str]:
    """A fresh account's login and code."""
    row = f"{role},{unit},,n{workspace.rows(Account).count()},"
    ((login, code),) = make(workspace, f"{HEAD}{row}\n", admin(workspace))[1].items()
    return login, code


def active(workspace: Workspace, *args: str) -> str:
    """A fresh account that chose the password."""
    login, code = new(workspace, *args)
    activate(workspace, login, code, PASSWORD, "HP", AT)
    return login


def refusal(act: Callable[..., Any], *args: Any, **named: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        act(*args, **named)
    return refused.value


class Phone:
    """An authenticator app, set up from the QR code's address."""

    def __init__(self, uri: str) -> None:
        """`uri` is what the app reads."""
        (secret,) = parse_qs(urlparse(uri).query)["secret"]
        self._totp = TOTP(base64.b32decode(secret + "=" * (-len(secret) % 8)), 6, SHA1(), 30)

    def code(self, at: datetime) -> str:
        """The six digits that it shows."""
        return self._totp.generate(int(at.timestamp())).decode()


def with_second(workspace: Workspace) -> tuple[str, Phone, tuple[str, ...], str]:
    """A PPK with a second factor: login, phone, recovery codes, token of a full session."""
    login, code = new(workspace, "ppk", "317301")
    opened = activate(workspace, login, code, PASSWORD, "laptop", AT)
    enrolment = set_up_second_factor(workspace, opened.token, AT)
    phone = Phone(enrolment.uri)
    full = add_second_factor(workspace, opened.token, phone.code(AT), AT)
    return login, phone, enrolment.recovery, full.token


def test_a_slips_code_lets_in_once(workspace: Workspace) -> None:
    """The code sets the password and opens a session; a second time it does nothing."""
    login, code = new(workspace)
    opened = activate(workspace, login.upper(), grouped(code).lower(), PASSWORD, "Redmi 9A", AT)
    signed = signed_in(workspace, opened.token, AT)
    assert signed is not None and signed.login == login and signed.mandates[0].role == "bawaslu"
    assert opened.token not in repr(opened)
    assert refusal(activate, workspace, login, code, PASSWORD, "x", AT).reason is Reason.VOID
    assert signed_in(workspace, log_in(workspace, login, PASSWORD, "x", AT).token, AT) is not None


CODES = {
    "another account's": (lambda own, other: other, Reason.WRONG),
    "no code at all": (lambda own, other: "abc", Reason.WRONG),
    "a wrong one": (lambda own, other: "0" * 16, Reason.WRONG),
}


@pytest.mark.parametrize(("chosen", "reason"), CODES.values(), ids=CODES)
def test_a_wrong_code_lets_nobody_in(workspace: Workspace, chosen: Callable[..., str], reason: Reason) -> None:
    """Codes belong to one login, and nothing else is one."""
    (login, own), (_, other) = new(workspace), new(workspace, "auditor", "31")
    assert refusal(activate, workspace, login, chosen(own, other), PASSWORD, "x", AT).reason is reason
    assert activate(workspace, login, own, PASSWORD, "x", AT)


def test_a_newer_code_voids_the_older_and_age_voids_both(workspace: Workspace) -> None:
    """The latest code counts until it expires; using it ends the sessions of before."""
    login, first = new(workspace)
    account = find_account(workspace, login)
    old = activate(workspace, login, first, PASSWORD, "x", AT)
    second = issue_code(workspace, account, admin(workspace), AT, expires=AT + timedelta(days=1)).code
    third = issue_code(workspace, account, admin(workspace), AT, expires=AT + timedelta(days=1)).code
    for code, at in ((first, AT), (second, AT), (third, AT + timedelta(days=1))):
        assert refusal(activate, workspace, login, code, PASSWORD, "x", at).reason is Reason.VOID
    assert signed_in(workspace, old.token, AT) is not None
    activate(workspace, login, third, PASSWORD + "!", "x", AT)
    assert signed_in(workspace, old.token, AT) is None


PASSWORDS = {
    "short": ("nasi uduk", "at least 10 characters"),
    "common": ("1234567890", "too common"),
    "the login": ("LOGIN-ku", "holds the login"),
    "the login backwards": ("NIGOL-ku", "holds the login"),
    "the station's code": ("kpps 3173011001001", "holds the login"),
    "endless": ("x" * 201, "at most 200"),
}


@pytest.mark.parametrize(("password", "told"), PASSWORDS.values(), ids=PASSWORDS)
def test_a_bad_password_is_told_and_the_code_stays_good(workspace: Workspace, password: str, told: str) -> None:
    """The rules are told in words; no rule asks for capitals, digits or signs."""
    login, code = new(workspace)
    wanted = password.replace("LOGIN", login).replace("NIGOL", login[::-1])
    refused = refusal(activate, workspace, login, code, wanted, "x", AT)
    assert refused.reason is Reason.PASSWORD and told in str(refused)
    activate(workspace, login, code, "huruf kecil saja", "x", AT)


def test_composed_and_decomposed_letters_are_one_password(workspace: Workspace) -> None:
    """A keyboard that sends é as two letters lets in too."""
    login, code = new(workspace)
    activate(workspace, login, code, "caf\u00e9 susu manis", "x", AT)
    assert log_in(workspace, login, "cafe\u0301 susu manis", "x", AT)


def test_wrong_passwords_make_the_account_wait(workspace: Workspace) -> None:
    """After five the wait begins, doubles up to 15 minutes, is told in words; the right one ends it."""
    login, at = active(workspace), AT
    for _ in range(5):
        assert refusal(log_in, workspace, login, "wrong", "x", at).reason is Reason.WRONG
    waits = []
    for _ in range(7):
        refused = refusal(log_in, workspace, login, PASSWORD, "x", at)
        assert refused.reason is Reason.WAIT and refused.wait is not None
        waits.append(int(refused.wait.total_seconds()))
        at += refused.wait
        assert refusal(log_in, workspace, login, "wrong", "x", at).reason is Reason.WRONG
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    assert "Try again in 15 minutes." in str(refusal(log_in, workspace, login, PASSWORD, "x", at))
    at += timedelta(minutes=15)
    log_in(workspace, login, PASSWORD, "x", at)
    assert refusal(log_in, workspace, login, "wrong", "x", at).reason is Reason.WRONG
    assert log_in(workspace, login, PASSWORD, "x", at)


def test_a_known_device_does_not_wait_for_strangers(workspace: Workspace) -> None:
    """Who logged in on this phone before gets in while somebody else keeps guessing, with five tries too."""
    login = active(workspace)
    phone = log_in(workspace, login, PASSWORD, "phone", AT).token
    stolen = log_in(workspace, login, PASSWORD, "stolen", AT)
    log_out(workspace, phone, AT)
    end_session(workspace, find_account(workspace, login), stolen.session, admin(workspace), AT)
    for _ in range(5):
        refusal(log_in, workspace, login, "wrong", "x", AT)
    for token in (None, stolen.token, "no token"):
        assert refusal(log_in, workspace, login, PASSWORD, "x", AT, before=token).reason is Reason.WAIT
    for _ in range(4):
        assert refusal(log_in, workspace, login, "wrong", "x", AT, before=phone).reason is Reason.WRONG
    assert log_in(workspace, login, PASSWORD, "x", AT, before=phone)
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT).reason is Reason.WAIT


def test_an_address_waits_after_a_hundred_failures(workspace: Workspace) -> None:
    """Guessing many logins from one address is slowed; right tries, other addresses and the next hour are not."""
    login, address = active(workspace), "2001:db8::1"
    log_in(workspace, login, PASSWORD, "x", AT, address)
    rows = [Attempt(kind="password", address=address, right=False, at=AT) for _ in range(99)]
    workspace.rows(Attempt).bulk_create(rows)
    log_in(workspace, login, PASSWORD, "x", AT, address)
    assert refusal(log_in, workspace, "nobody", "wrong", "x", AT, address).reason is Reason.WRONG
    refused = refusal(log_in, workspace, login, PASSWORD, "x", AT, address)
    assert refused.reason is Reason.WAIT_ADDRESS and "30 seconds" in str(refused)
    assert log_in(workspace, login, PASSWORD, "x", AT, "2001:db8::2")
    assert log_in(workspace, login, PASSWORD, "x", AT + 30 * SECOND, address)
    assert log_in(workspace, login, PASSWORD, "x", AT + timedelta(hours=2), address)


def test_what_was_typed_is_not_kept(workspace: Workspace) -> None:
    """A password typed into the field of the login stands nowhere afterwards."""
    for login, password in (("my secret password", "x"), (active(workspace), "another secret word")):
        refusal(log_in, workspace, login, password, "x", AT)
    rows = [str(row) for model in (Attempt, Event, Session) for row in workspace.rows(model).values()]
    assert not any("secret" in row for row in rows)


def test_above_the_station_nothing_is_allowed_without_a_second_factor(workspace: Workspace) -> None:
    """A PPK's password opens a session that may do nothing until a second factor is set up and shown."""
    login, code = new(workspace, "ppk", "317301")
    opened = activate(workspace, login, code, PASSWORD, "laptop", AT)
    signed = signed_in(workspace, opened.token, AT)
    assert signed is not None and signed.needs_second and not signed.has_second and signed.mandates == ()
    assert not may(signed.actor.mandates, Act.SEE_SHEET, "317301")
    assert refusal(add_second_factor, workspace, opened.token, "123456", AT).reason is Reason.NO_SECOND
    phone = Phone(set_up_second_factor(workspace, opened.token, AT).uri)
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT, second="000000").reason is Reason.SECOND
    full = add_second_factor(workspace, opened.token, phone.code(AT), AT)
    signed = signed_in(workspace, full.token, AT)
    assert signed is not None and not signed.needs_second and may(signed.mandates, Act.TYPE_ENTRY, "317301")
    assert signed_in(workspace, opened.token, AT) is None


def test_a_code_of_the_second_factor_counts_once_and_for_a_minute(workspace: Workspace) -> None:
    """Replays, older steps and codes from elsewhere are refused; a clock half a minute off is not."""
    login, phone, _, _ = with_second(workspace)
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT, second=phone.code(AT)).reason is Reason.USED
    assert (
        refusal(log_in, workspace, login, PASSWORD, "x", AT, second=phone.code(AT - 30 * SECOND)).reason
        is Reason.USED
    )
    for off in (-90, 90):
        code = phone.code(AT + off * SECOND)
        assert refusal(log_in, workspace, login, PASSWORD, "x", AT, second=code).reason is Reason.SECOND
    later = AT + 300 * SECOND
    ahead = phone.code(later + 30 * SECOND)
    opened = log_in(workspace, login, PASSWORD, "x", later, second=f" {ahead[:3]} {ahead[3:]}")
    signed = signed_in(workspace, opened.token, later)
    assert signed is not None and signed.mandates


def test_guessing_the_second_factor_waits_too(workspace: Workspace) -> None:
    """The right password in between does not clear the failures of the second factor."""
    login, phone, _, _ = with_second(workspace)
    at = AT + timedelta(hours=1)
    for _ in range(5):
        assert refusal(log_in, workspace, login, PASSWORD, "x", at, second="000000").reason is Reason.SECOND
    assert refusal(log_in, workspace, login, PASSWORD, "x", at, second=phone.code(at)).reason is Reason.WAIT


def test_a_recovery_code_counts_once(workspace: Workspace) -> None:
    """In place of a lost phone each of ten codes lets in once."""
    login, _, recovery, _ = with_second(workspace)
    assert len(set(recovery)) == 10
    assert log_in(workspace, login, PASSWORD, "x", AT, second=grouped(recovery[0]).lower())
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT, second=recovery[0]).reason is Reason.USED
    assert log_in(workspace, login, PASSWORD, "x", AT, second=recovery[1])


def test_a_password_alone_replaces_no_second_factor(workspace: Workspace) -> None:
    """Another one is set up in a full session; the older one counts until the new one was used."""
    login, phone, _, full = with_second(workspace)
    half = log_in(workspace, login, PASSWORD, "x", AT).token
    assert refusal(set_up_second_factor, workspace, half, AT).reason is Reason.SECOND_FIRST
    new_phone = Phone(set_up_second_factor(workspace, full, AT).uri)
    later = AT + timedelta(minutes=5)
    assert log_in(workspace, login, PASSWORD, "x", later, second=phone.code(later))
    assert log_in(workspace, login, PASSWORD, "x", later, second=new_phone.code(later))
    later += timedelta(minutes=5)
    assert (
        refusal(log_in, workspace, login, PASSWORD, "x", later, second=phone.code(later)).reason is Reason.SECOND
    )


def test_an_administrator_takes_a_lost_second_factor_away(workspace: Workspace) -> None:
    """After that it does not count, and another one can be set up."""
    login, phone, recovery, _ = with_second(workspace)
    account = find_account(workspace, login)
    with pytest.raises(InputError):
        drop(workspace, account, actor_of(workspace, login, AT), AT)
    assert drop(workspace, account, admin(workspace), AT) and not drop(workspace, account, admin(workspace), AT)
    later = AT + timedelta(minutes=5)
    for second in (phone.code(later), recovery[0]):
        assert refusal(log_in, workspace, login, PASSWORD, "x", later, second=second).reason is Reason.NO_SECOND
    half = log_in(workspace, login, PASSWORD, "x", later).token
    assert set_up_second_factor(workspace, half, later)


def test_the_secret_is_of_no_use_without_the_key(workspace: Workspace) -> None:
    """The database holds it encrypted; the key lies beside it, for its owner alone."""
    login, _, _, _ = with_second(workspace)
    key = workspace.path / KEY
    assert key.stat().st_mode & 0o777 == 0o600
    kept = workspace.rows(Totp).filter(account__login=login).get().secret
    assert kept.startswith("gAAAA")
    real = key.read_bytes()
    try:
        key.write_bytes(b"x" * 44)
        with pytest.raises(InputError, match=r"accounts\.key"):
            log_in(workspace, login, PASSWORD, "x", AT, second="123456")
    finally:
        key.write_bytes(real)


def test_a_mandate_above_the_station_closes_sessions_without_a_second_factor(workspace: Workspace) -> None:
    """A session of one factor does not grow with its holder's office."""
    login = active(workspace)
    token = log_in(workspace, login, PASSWORD, "x", AT).token
    give_mandate(workspace, find_account(workspace, login), Mandate("bawaslu", "3173"), admin(workspace), AT)
    signed = signed_in(workspace, token, AT)
    assert signed is not None and signed.needs_second and signed.mandates == ()


def test_sessions_are_listed_and_ended_from_afar(workspace: Workspace) -> None:
    """By the holder and from above, one or all; not by a colleague; ending twice ends none."""
    login, other = active(workspace), active(workspace)
    account = find_account(workspace, login)
    self = actor_of(workspace, login, AT)
    opened = [log_in(workspace, login, PASSWORD, name, AT) for name in ("HP\x00 Ani", "tablet", "laptop")]
    later = AT + timedelta(minutes=10)
    signed_in(workspace, opened[0].token, later)
    listed = sessions_of(workspace, account, later)
    assert [item.device for item in listed] == ["laptop", "tablet", "HP Ani", "HP"]
    assert [item.seen for item in listed][2:] == [later, AT]
    with pytest.raises(InputError, match="--by"):
        end_sessions(workspace, account, actor_of(workspace, other, AT), later)
    assert end_session(workspace, account, opened[1].session, self, later)
    assert not end_session(workspace, account, opened[1].session, self, later)
    assert not end_session(workspace, find_account(workspace, other), opened[0].session, admin(workspace), later)
    assert signed_in(workspace, opened[1].token, later) is None
    assert log_out(workspace, opened[2].token, later) and not log_out(workspace, opened[2].token, later)
    assert end_sessions(workspace, account, admin(workspace), later) == 2
    assert sessions_of(workspace, account, later) == ()
    assert workspace.rows(Event).filter(subject=login, act="sessions ended", who="admin-0-a").count() == 1


def test_a_blocked_account_is_out_at_once_and_its_sessions_stay_ended(workspace: Workspace) -> None:
    """Blocked: no session, no log-in, no code. Unblocked: it logs in anew."""
    login = active(workspace)
    account = find_account(workspace, login)
    code = issue_code(workspace, account, admin(workspace), AT).code
    token = log_in(workspace, login, PASSWORD, "x", AT).token
    set_blocked(workspace, account, True, admin(workspace), AT)
    assert signed_in(workspace, token, AT) is None
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT).reason is Reason.BLOCKED
    assert refusal(log_in, workspace, login, "wrong", "x", AT).reason is Reason.WRONG
    assert refusal(activate, workspace, login, code, PASSWORD, "x", AT).reason is Reason.BLOCKED
    set_blocked(workspace, account, False, admin(workspace), AT)
    assert signed_in(workspace, token, AT) is None
    assert log_in(workspace, login, PASSWORD, "x", AT)


AGES = {
    "a station's lives a week": (False, timedelta(days=7)),
    "one above half a day": (True, timedelta(hours=12)),
}


@pytest.mark.parametrize(("above", "age"), AGES.values(), ids=AGES)
def test_a_session_ends_by_itself(workspace: Workspace, above: bool, age: timedelta) -> None:
    """It is over when its time is, and is listed no more."""
    login, token = "", ""
    if above:
        login, _, _, token = with_second(workspace)
    else:
        login = active(workspace)
        token = log_in(workspace, login, PASSWORD, "x", AT).token
    assert signed_in(workspace, token, AT + age - SECOND) is not None
    assert signed_in(workspace, token, AT + age) is None
    assert sessions_of(workspace, find_account(workspace, login), AT + age) == ()


def test_a_changed_password_ends_the_other_sessions(workspace: Workspace) -> None:
    """The session it was changed in goes on; the older password lets nobody in."""
    login = active(workspace)
    here, there = (log_in(workspace, login, PASSWORD, name, AT).token for name in "ab")
    assert refusal(change_password, workspace, here, "wrong", "x", AT).reason is Reason.WRONG
    assert refusal(change_password, workspace, here, PASSWORD, "short", AT).reason is Reason.PASSWORD
    assert change_password(workspace, here, PASSWORD, "soto betawi enak", AT) == 2
    assert signed_in(workspace, here, AT) is not None and signed_in(workspace, there, AT) is None
    assert refusal(log_in, workspace, login, PASSWORD, "x", AT).reason is Reason.WRONG
    assert log_in(workspace, login, "soto betawi enak", "x", AT)
    assert refusal(change_password, workspace, there, PASSWORD, "x", AT).reason is Reason.ENDED


def at_once(workspace: Workspace, act: Callable[[], object], times: int) -> Counter[Reason | None]:
    """What several threads were told that did the same at the same moment; None is let in."""

    def told(_: int) -> Reason | None:
        try:
            act()
        except Refused as refused:
            return refused.reason
        finally:
            workspace.close()
        return None

    with ThreadPoolExecutor(times) as pool:
        return Counter(pool.map(told, range(times)))


def test_a_code_used_by_several_at_once_lets_one_in(workspace: Workspace) -> None:
    """Exactly one of them sets its password."""
    login, code = new(workspace)
    told = at_once(workspace, lambda: activate(workspace, login, code, PASSWORD, "x", AT), 3)
    assert told == {None: 1, Reason.VOID: 2}


def test_guesses_at_once_are_counted(workspace: Workspace) -> None:
    """A dozen guesses in the same moment are five guesses and seven that wait."""
    login = active(workspace)
    told = at_once(workspace, lambda: log_in(workspace, login, "wrong", "x", AT), 12)
    assert told == {Reason.WRONG: 5, Reason.WAIT: 7}


def test_guessing_a_code_keeps_nobody_from_using_it(workspace: Workspace) -> None:
    """Codes wait by address alone: eighty random bits need no more."""
    login, code = new(workspace)
    for _ in range(9):
        assert refusal(activate, workspace, login, "0" * 16, PASSWORD, "x", AT, "10.0.0.1").reason is Reason.WRONG
    assert activate(workspace, login, code, PASSWORD, "x", AT, "10.0.0.2")


HOSTILE = {
    "NUL": "a\x00b",
    "half a letter": "\ud800",
    "a million letters": "x" * 10**6,
    "SQL": "' OR 1=1",
    "nothing": "",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_like_any_other(workspace: Workspace, text: str) -> None:
    """As login, password, code, second factor, device and token it lets nobody in and breaks nothing."""
    login, code = new(workspace)
    token = activate(workspace, login, code, PASSWORD, text, AT).token
    code = issue_code(workspace, find_account(workspace, login), admin(workspace), AT).code
    for act, *arguments in (
        (log_in, text, PASSWORD, "x"),
        (log_in, login, text, "x"),
        (activate, text, code, PASSWORD, "x"),
        (activate, login, text, PASSWORD, "x"),
    ):
        assert refusal(act, workspace, *arguments, AT, address="x" * 99).reason is Reason.WRONG
    assert refusal(activate, workspace, login, code, text, "x", AT).reason is Reason.PASSWORD
    assert signed_in(workspace, text, AT) is None and not log_out(workspace, text, AT)
    set_up_second_factor(workspace, token, AT)
    assert refusal(add_second_factor, workspace, token, text, AT).reason is Reason.SECOND
    assert log_in(workspace, login, PASSWORD, text, AT, before=text)
