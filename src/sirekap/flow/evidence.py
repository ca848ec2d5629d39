"""The evidence of a station or unit as one ZIP for a court (docs/evidence.md), for who asks and for the command.

The same state gives the same bytes: nothing comes from a clock, and the moment that a bundle tells of is that of
the last thing in it.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from sirekap.access import Act, may
from sirekap.errors import InputError, Problem, quoted
from sirekap.flow.blind import keep_blind
from sirekap.flow.evidence_compose import EvidenceReport, Progress, compose
from sirekap.flow.steps import contest_of
from sirekap.forms import Form
from sirekap.geography import LENGTH, Tier
from sirekap.store.board import place_of
from sirekap.store.evidence_rows import bytes_of_photos, stations_told_of
from sirekap.store.not_taken import NotTaken, Reason
from sirekap.store.places import form_of_contest
from sirekap.store.sessions import Signed
from sirekap.store.setup import Workspace

STATION = LENGTH[Tier.STATION]
MOST_BYTES = 8 * 2**30  # of a bundle that is made for a browser
RESERVE = 2**30  # bytes that stay free for photographs that come in


def must_take(workspace: Workspace, signed: Signed, contest: str, code: str) -> Form:
    """The form of a contest of whose station or unit somebody may have the evidence.

    Raises NotTaken: UNKNOWN, FORBIDDEN.
    """
    form = form_of_contest(workspace, contest)
    if place_of(workspace, code) is None:
        raise NotTaken(Reason.UNKNOWN, ["expected a station of this election"] if len(code) == STATION else [])
    if not may(signed.mandates, Act.TAKE_EVIDENCE, code):
        raise NotTaken(Reason.FORBIDDEN)
    return form


def evidence_file(workspace: Workspace, signed: Signed, contest: str, code: str) -> IO[bytes]:
    """The evidence of a station or unit for who asks, as an open file that is gone once it is closed.

    Raises NotTaken: UNKNOWN, FORBIDDEN, NOTHING where nothing came in, BUNDLE where it is too large for a browser
    or the disk, BLIND where the caller types a sheet of it.
    """
    form = must_take(workspace, signed, contest, code)
    _must_fit(workspace, contest, code)
    for station in stations_told_of(workspace, contest, code):
        keep_blind(workspace, signed, contest, station)
    # In the workspace's folder: the system's folder for such files may be one in memory.
    file = tempfile.TemporaryFile(dir=workspace.path)  # noqa: SIM115  # who asked closes it
    try:
        compose(workspace, contest, form, code, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def write_evidence(
    workspace: Workspace, code: str, out: Path, contest: str | None = None, progress: Progress | None = None
) -> EvidenceReport:
    """Write the evidence of a station or unit to a new file, whole or not at all.

    Raises InputError for a code or contest that is none, a unit of which nothing is kept, a file that is there,
    and objects that are missing.
    """
    chosen = contest_of(workspace, contest)
    if place_of(workspace, code) is None:
        advice = "Codes have 13 digits for a station, 10, 6, 4 or 2 for a unit; the nation is 0."
        found = f"no such station or unit: {quoted(code)}"
        raise InputError([Problem("evidence", "a code of this election", found, column="CODE", advice=advice)])
    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        if out.exists():
            raise FileExistsError(0, "it is there already")
        with beside.open("xb") as file:
            report = compose(workspace, chosen, form_of_contest(workspace, chosen), code, file, progress)
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, out)  # never over a file, also where another came meanwhile
    except NotTaken as error:
        found = f"nothing of {quoted(code)} in {chosen}"
        raise InputError([Problem("evidence", "a sheet or a plenary", found, column="CODE")]) from error
    except OSError as error:
        raise InputError([Problem(str(out), "a new file", error.strerror or str(error))]) from error
    finally:
        with suppress(OSError):
            beside.unlink()
    return report


def _must_fit(workspace: Workspace, contest: str, code: str) -> None:
    """Raises NotTaken (BUNDLE) for what a browser should not be asked to fetch, or the disk cannot hold."""
    expected = 2 * bytes_of_photos(workspace, contest, code)  # as received, and about as much as published
    if expected > MOST_BYTES:
        raise NotTaken(Reason.BUNDLE, [f"expected at most {MOST_BYTES:,} bytes; found about {expected:,}"])
    disk = os.statvfs(workspace.path)
    if expected + RESERVE > disk.f_bavail * disk.f_frsize:
        raise NotTaken(Reason.BUNDLE, ["the server's disk has no room for it"])
