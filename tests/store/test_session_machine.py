"""Any order of activating, logging in, failing, waiting, ending and blocking agrees with a small model."""

import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sirekap.store.accounts import actor_of, find_account, issue_code, set_blocked
from sirekap.store.lockout import Reason, Refused, delay
from sirekap.store.passwords import Argon2
from sirekap.store.sessions import (
    Opened,
    activate,
    end_session,
    end_sessions,
    log_in,
    log_out,
    sessions_of,
    signed_in,
)
from sirekap.store.setup import Workspace
from tests.store.people import AT, HEAD, fast_passwords, loaded, make

_folder = tempfile.TemporaryDirectory(prefix="sirekap-machine-")
_number = count()
CODE_LIFE = timedelta(days=2)
WEEK = timedelta(days=7)
PASSWORDS = st.sampled_from(["nasi uduk enak", "short"])


@lru_cache(maxsize=1)
def workspace() -> Workspace:
    """One workspace for all runs: each run has an account of its own."""
    made = loaded(Path(_folder.name))
    make(made, f"{HEAD}admin,0,,Admin,\n")
    return made


class Machine(RuleBasedStateMachine):
    """An officer of a station, an administrator, a stranger who guesses, and time that passes."""

    def __init__(self) -> None:
        """A fresh account, blocked by nobody, with a code that was not used."""
        super().__init__()
        self.ws, self.at = workspace(), AT
        self.admin = actor_of(self.ws, "admin-0-a", AT)
        row = f"{HEAD}bawaslu,3173011001001,,n{next(_number)},\n"
        ((self.login, code),) = make(self.ws, row, self.admin)[1].items()
        self.account = find_account(self.ws, self.login)
        self.codes = [code]
        self.code_ends, self.code_used = AT + timedelta(days=30), False
        self.password: str | None = None
        self.blocked = False
        self.open: dict[int, tuple[str, datetime]] = {}
        self.failed: dict[str, list[datetime]] = {"password": [], "code": []}

    def outcome(self, kind: str, right: bool) -> Reason | None:
        """What the model says of a try: wait, wrong, or let through; and what it remembers."""
        self.failed[kind] = failures = [at for at in self.failed[kind] if at > self.at - timedelta(days=1)]
        if kind == "password" and failures and failures[-1] + delay(len(failures)) > self.at:
            return Reason.WAIT
        self.failed[kind] = [] if right else [*failures, self.at]
        return None if right else Reason.WRONG

    def begin(self, expected: Reason | None, opened: Opened | Refused) -> None:
        """Compare what happened with what the model says."""
        if isinstance(opened, Refused):
            assert opened.reason is expected, (opened, expected)
            return
        assert expected is None, expected
        self.open[opened.session] = (opened.token, self.at)

    @rule(hours=st.sampled_from([0.005, 0.01, 0.1, 0.3, 1, 30, 100]))
    def time_passes(self, hours: float) -> None:
        """Sessions of more than a week are over."""
        self.at += timedelta(hours=hours)
        self.open = {key: held for key, held in self.open.items() if held[1] + WEEK > self.at}

    @rule(which=st.sampled_from(["latest", "older", "wrong"]), password=PASSWORDS)
    def activates(self, which: str, password: str) -> None:
        """With the latest code, an older one, or none of ours."""
        code = {"latest": self.codes[-1], "older": self.codes[0], "wrong": "0" * 16}[which]
        known = code in self.codes
        expected = self.outcome("code", known)
        good = False
        if expected is None:
            good = code == self.codes[-1] and self.code_ends > self.at
            if not good:
                expected = Reason.VOID
            elif self.blocked:
                expected = Reason.BLOCKED
            elif password == "short":
                expected = Reason.PASSWORD
            elif self.code_used:
                expected = Reason.VOID
        if expected is None:
            self.open, self.code_used, self.password = {}, True, password
        try:
            opened: Opened | Refused = activate(self.ws, self.login, code, password, "HP", self.at)
        except Refused as refused:
            opened = refused
        self.begin(expected, opened)

    @rule(right=st.booleans())
    def logs_in(self, right: bool) -> None:
        """With the right password where there is one, or with a wrong one."""
        password = self.password if right and self.password else "something else"
        expected = self.outcome("password", password == self.password)
        if expected is None and self.blocked:
            expected = Reason.BLOCKED
        try:
            opened: Opened | Refused = log_in(self.ws, self.login, password, "HP", self.at)
        except Refused as refused:
            opened = refused
        self.begin(expected, opened)

    @rule()
    def somebody_guesses_six_times(self) -> None:
        """A stranger makes the account wait."""
        for _ in range(6):
            self.logs_in(False)

    @rule()
    def gets_a_new_slip(self) -> None:
        """The codes of before are void."""
        issued = issue_code(self.ws, self.account, self.admin, self.at, expires=self.at + CODE_LIFE)
        self.codes.append(issued.code)
        self.code_ends, self.code_used = self.at + CODE_LIFE, False

    @precondition(lambda self: self.open)
    @rule(remote=st.booleans())
    def one_session_ends(self, remote: bool) -> None:
        """From its own device or from afar, and only once."""
        key = min(self.open)
        token, _ = self.open.pop(key)
        if remote:
            assert end_session(self.ws, self.account, key, self.admin, self.at)
        else:
            assert log_out(self.ws, token, self.at)
        assert not end_session(self.ws, self.account, key, self.admin, self.at)

    @rule()
    def all_sessions_end(self) -> None:
        """Those that are over by age may be counted too; none that is alive is left."""
        assert end_sessions(self.ws, self.account, self.admin, self.at) >= len(self.open)
        self.open = {}

    @rule(blocked=st.booleans())
    def is_blocked_or_not(self, blocked: bool) -> None:
        """Blocking ends every session; doing it twice changes nothing."""
        assert set_blocked(self.ws, self.account, blocked, self.admin, self.at) == (blocked != self.blocked)
        self.blocked = blocked
        if blocked:
            self.open = {}

    @invariant()
    def the_sessions_are_those_of_the_model(self) -> None:
        """The list and each token agree with the model."""
        alive = {device.session for device in sessions_of(self.ws, self.account, self.at)}
        assert alive == set(self.open)
        for token, _ in self.open.values():
            signed = signed_in(self.ws, token, self.at)
            assert signed is not None and signed.login == self.login


@pytest.fixture(autouse=True)
def _fast() -> Iterator[None]:
    before = Argon2.memory_cost, Argon2.time_cost
    fast_passwords()
    yield
    Argon2.memory_cost, Argon2.time_cost = before


FEW = settings(max_examples=5, stateful_step_count=15, deadline=None, derandomize=True)
MANY = settings(FEW, max_examples=60, stateful_step_count=30, suppress_health_check=list(HealthCheck))


def test_any_order_of_acts_agrees_with_the_model() -> None:
    """Codes, passwords, waits, sessions and blocking, in a few orders."""
    run(FEW)


@pytest.mark.slow
def test_many_orders_of_acts_agree_with_the_model() -> None:
    """The same in many more."""
    run(MANY)


def run(chosen: settings) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Machine, settings=chosen)
