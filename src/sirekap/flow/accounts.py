"""Accounts from a file to printed slips: made, listed, blocked, given a new code.

The files of slips are written before the accounts are kept, readable to their owner alone, and never over
another file; where the accounts cannot be kept they are taken away again. So no code is lost, and none is
printed that does not work.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sirekap.access import ROLES, Mandate
from sirekap.drawing.slips import Post, Slip, draw_slips
from sirekap.errors import InputError, Problem, quoted
from sirekap.geography import LENGTH, NATION, Geography, Tier, path_of
from sirekap.store.account_loading import Created
from sirekap.store.account_loading import create_accounts as load_accounts
from sirekap.store.accounts import Issued, actor_of, find_account, issue_code, set_blocked
from sirekap.store.loading import geography_of, now
from sirekap.store.manifest import read_file
from sirekap.store.second_factor import drop
from sirekap.store.sessions import end_sessions
from sirekap.store.setup import Workspace

PER_FILE = 2_000  # 200 sheets of paper, and 400 MB of memory while they are drawn
PDF = ".pdf"


def create_accounts(
    workspace: Workspace,
    file: Path,
    slips: Path,
    by: str | None = None,
    address: str = "",
    at: datetime | None = None,
) -> tuple[Created, tuple[Path, ...]]:
    """Make the accounts of a CSV, all or none, and their slips; what became of it, and the files of slips.

    `slips` is a PDF, or a folder for one PDF a regency; more than 2,000 slips go on in further files. `by` is
    the login of the administrator whose mandates must allow it. Raises InputError with every bad row.
    """
    moment = at or now()
    sheets = Sheets(workspace, slips, address, moment)
    with sheets.kept_or_none():
        created = load_accounts(
            workspace, read_file(file), file.name, actor_of(workspace, by, moment), moment, sheets.write
        )
    return created, tuple(sheets.written)


def new_slip(
    workspace: Workspace,
    login: str,
    slips: Path,
    by: str | None = None,
    address: str = "",
    at: datetime | None = None,
    without_second: bool = False,
) -> Path:
    """A new code for one account on a slip of its own; the older code is void. `without_second` takes the
    account's second factors away too. Raises InputError.
    """
    moment = at or now()
    account, actor = find_account(workspace, login), actor_of(workspace, by, moment)
    sheets = Sheets(workspace, slips, address, moment)
    with sheets.kept_or_none():
        issue_code(workspace, account, actor, moment, lambda issued: sheets.write([issued]))
    if without_second:
        drop(workspace, account, actor, moment)
    return sheets.written[0]


def block(
    workspace: Workspace, login: str, blocked: bool, by: str | None = None, at: datetime | None = None
) -> bool:
    """Block or unblock an account; False where it is so already. Raises InputError."""
    moment = at or now()
    return set_blocked(
        workspace, find_account(workspace, login), blocked, actor_of(workspace, by, moment), moment
    )


def log_out_everywhere(
    workspace: Workspace, login: str, by: str | None = None, at: datetime | None = None
) -> int:
    """End all sessions of an account: how many. Raises InputError."""
    moment = at or now()
    return end_sessions(workspace, find_account(workspace, login), actor_of(workspace, by, moment), moment)


class Sheets:
    """Writes the slips of one act."""

    def __init__(self, workspace: Workspace, target: Path, address: str, at: datetime) -> None:
        """`target` is a PDF or a folder; `address` that of the page that the QR codes lead to."""
        if not address.isprintable() or any(sign in address for sign in "# ") or len(address) > 200:
            expected = "an address of at most 200 letters without spaces or #"
            raise InputError([Problem("accounts", expected, quoted(address), column="--address")])
        self._geography = geography_of(workspace)
        self._election = workspace.election().name
        self._target, self._address, self._at = target, address, at
        self.written: list[Path] = []

    @contextmanager
    def kept_or_none(self) -> Iterator[None]:
        """Take away what was written where the act fails after it."""
        try:
            yield
        except BaseException:
            for path in self.written:
                path.unlink(missing_ok=True)
            raise

    def write(self, issued: Sequence[Issued]) -> None:
        """Draw and write all slips. Raises InputError where a file is there or cannot be written."""
        for path, group in self._files(issued):
            slips = [
                Slip(item.login, item.name, tuple(self._posts(item.mandates)), item.expires, item.code)
                for item in group
            ]
            data = draw_slips(slips, self._election, self._at, self._address)
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                self.written.append(path)
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                found = error.strerror or str(error)
                advice = "Slips are never written over a file; nothing was changed."
                raise InputError(
                    [Problem(str(path), "a new file for the slips", found, advice=advice)]
                ) from error

    def _files(self, issued: Sequence[Issued]) -> Iterator[tuple[Path, Sequence[Issued]]]:
        """Each file with its slips, by unit and login."""
        ordered = sorted(issued, key=lambda item: (_unit(item), item.login))
        groups: dict[Path, list[Issued]] = defaultdict(list)
        for item in ordered:
            unit = _unit(item)[: LENGTH[Tier.REGENCY]]
            alone = self._target.suffix.lower() == PDF
            groups[self._target if alone else self._target / f"slips-{unit}{PDF}"].append(item)
        for path, group in groups.items():
            for part, start in enumerate(range(0, len(group), PER_FILE), start=1):
                name = path if part == 1 else path.with_stem(f"{path.stem}-{part}")
                yield name, group[start : start + PER_FILE]

    def _posts(self, mandates: Iterable[Mandate]) -> Iterator[Post]:
        for mandate in mandates:
            stands_for = f" ({mandate.stands_for})" if mandate.stands_for else ""
            yield Post(
                ROLES[mandate.role].name + stands_for, mandate.unit, place_of(self._geography, mandate.unit)
            )


def _unit(issued: Issued) -> str:
    """Where a slip belongs; the nation for somebody who holds nothing at the time."""
    return issued.mandates[0].unit if issued.mandates else NATION


def place_of(geography: Geography, unit: str) -> str:
    """A unit's name and those of the units above it, but for the nation.

    "TPS 001, GELORA, TANAH ABANG, JAKARTA PUSAT, DKI JAKARTA"
    """
    way = [code for code in reversed(path_of(unit)) if code != NATION] or [NATION]
    # A geography may have been loaded since that lacks the unit.
    known = [code for code in way if geography.has_station(code) or code in geography.units]
    return ", ".join(geography.name_of(code) for code in known)
