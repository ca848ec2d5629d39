"""The papers of certificates: whose data they carry, and whether their signatures hold.

Signatures need the extra `certificates`; where it is not installed the report says so, and nothing fails for it.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from sirekap.errors import InputError
from sirekap.verify.recap_shapes import Version
from sirekap.verify.report import VerifyReport
from sirekap.verify.source import Source, Unreadable

if TYPE_CHECKING:
    from sirekap.verify.certificates import SignatureReport

FOLDER = "certificates/"
OFFICERS = f"{FOLDER}officers.pem"
CARRIED = re.compile(rb"sha256:([0-9a-f]{64})")
END = b"-----END CERTIFICATE-----"
NEEDED = ("pyhanko", "pyhanko_certvalidator", "asn1crypto")


def installed() -> bool:
    """Whether signatures can be checked here."""
    return all(find_spec(name) is not None for name in NEEDED)


class Papers:
    """The papers of a tree, against the authorities' certificates that it publishes."""

    def __init__(self, source: Source, readable: set[str], report: VerifyReport) -> None:
        """`readable` are the files that are there."""
        self.source, self.readable, self.report = source, readable, report
        self.able = installed()
        self.unchecked = 0
        self._roots: tuple[bytes, ...] | None = None

    def check(self, version: Version, data: bytes, recap: str) -> None:
        """A version's paper; `recap` is the file that names it."""
        what = f"version {version.number}"
        if version.paper is None:
            if version.signatures:
                self.report.add(recap, f"{what} signatures", "a paper that they stand on", "none")
            return
        file = f"{FOLDER}{version.paper}.pdf"
        try:
            if file not in self.readable:
                raise Unreadable("no such file")
            pdf = self.source.read(file)
        except Unreadable as error:
            self.report.add(file, "missing", f"the paper of {what} in {recap}", error)
            return
        carried = {found.decode() for found in CARRIED.findall(pdf)}
        if carried != {version.data}:
            told = ", ".join(sorted(carried)) or "none"
            self.report.add(file, "data", f"the hash {version.data} of {what} in {recap}", told)
        if not self.able:
            self.unchecked += 1
            return
        self._signatures(file, version, pdf, data)

    def end(self) -> None:
        """Say what could not be checked."""
        if self.unchecked:
            self.report.notes.append(
                f"signatures on {self.unchecked:,} papers were not checked: `pip install sirekap[certificates]`"
            )

    def _signatures(self, file: str, version: Version, pdf: bytes, data: bytes) -> None:
        from sirekap.verify.certificates import check_certificate

        # When the paper is said to have come in: a key that is no longer valid now was valid then.
        at = datetime.fromisoformat(version.signatures[-1][1]) if version.signatures else None
        found = check_certificate(pdf, self.roots(), data, at)
        if found.problem:
            self.report.add(file, "paper", "a certificate with nothing added", found.problem)
        if found.data_matches is not True:
            self.report.add(file, "data", f"the hash of {version.data}", found.data_hash)
        said = [signer for signer, _ in version.signatures]
        self.report.compare(file, "signatures", said, [_signer(item) for item in found.signatures])
        for number, item in enumerate(found.signatures, start=1):
            self.report.signatures += 1
            if not item.valid:
                told = item.problem or f"a key that is {item.trust}"
                self.report.add(file, f"signature {number}", f"{item.name}'s to hold", told)

    def roots(self) -> tuple[bytes, ...]:
        """The authorities' certificates; what is none is reported once."""
        if self._roots is None:
            self._roots = self._read_roots()
        return self._roots

    def _read_roots(self) -> tuple[bytes, ...]:
        from sirekap.verify.certificates import read_root

        if OFFICERS not in self.readable:
            return ()
        roots = []
        for part in self.source.read(OFFICERS).split(END):
            if part.strip():
                root = part.strip() + b"\n" + END + b"\n"
                try:
                    read_root(root, OFFICERS)
                    roots.append(root)
                except InputError as error:
                    self.report.add(OFFICERS, "malformed", "certificates in PEM", error.problems[0].found)
        return tuple(roots)


def _signer(item: SignatureReport) -> str:
    return ", ".join(filter(None, (item.name, item.role if item.role != item.name else "", item.unit)))
