"""`sirekap certificates`: an authority, keys of officers; certificates drawn, signed and checked.

What signs, and whom an election trusts: `cli.certificate_keys`.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli import certificate_keys
from sirekap.cli.certificate_keys import EXTRA, add_password, keep, password, read
from sirekap.cli.common import command, positive

if TYPE_CHECKING:
    from sirekap.verify.certificates import CertificateReport

AUTHORITY, PRIVATE = "authority.pem", "authority.key"


def add(commands: Any) -> None:
    """Add the command with its parts."""
    text = "Make an authority and keys of officers; draw, sign and check certificates (D.HASIL)."
    example = "  sirekap certificates check D.HASIL.pdf --root authority.pem\n"
    certificates = command(commands, "certificates", run_check, text, example, EXTRA)
    parts = certificates.add_subparsers(title="parts", metavar="PART", required=True)
    _add_authority(parts)
    _add_officer(parts)
    _add_draw(parts)
    certificate_keys.add_sign(parts)
    certificate_keys.add_trust(parts)
    _add_check(parts)


def _add_authority(parts: Any) -> None:
    text = (
        "Make an authority that signs certificates of officers, in a new folder. Keep the folder on a\n"
        f"machine without a network; {AUTHORITY} alone is for the public."
    )
    example = "  sirekap certificates authority otoritas --election 'Pemilu 2024' --days 400\n"
    authority = command(parts, "authority", run_authority, text, example, EXTRA)
    authority.add_argument("dir", metavar="DIR", type=Path, help="the authority's folder; never over another")
    authority.add_argument("--election", metavar="NAME", required=True, help="the election's name")
    _add_days(authority)


def _add_officer(parts: Any) -> None:
    text = "Make an officer's key with its certificate: a PKCS#12 file that a password encrypts."
    example = (
        "  sirekap certificates officer otoritas --name 'Ketua PPK' --role 'Ketua PPK' --unit 317301 \\\n"
        "      --days 60 --password-file sandi.txt --out ketua.p12\n"
    )
    officer = command(parts, "officer", run_officer, text, example, EXTRA)
    officer.add_argument("dir", metavar="DIR", type=Path, help="the authority's folder")
    officer.add_argument(
        "--name", metavar="NAME", required=True, help="the officer's name, as signatures show it"
    )
    officer.add_argument("--role", metavar="ROLE", required=True, help="the role, such as 'Ketua PPK'")
    officer.add_argument("--unit", metavar="CODE", required=True, help="the unit's code, with its name if wanted")
    _add_days(officer)
    add_password(officer)
    officer.add_argument("--out", metavar="FILE.p12", type=Path, required=True, help="never over a file")


def _add_draw(parts: Any) -> None:
    text = "Draw a certificate from its data as PDF/A-2b; the same data gives the same bytes."
    example = "  sirekap certificates draw D.HASIL.json --out D.HASIL.pdf\n"
    draw = command(parts, "draw", run_draw, text, example, EXTRA)
    draw.add_argument("data", metavar="FILE.json", type=Path, help="the certificate's data")
    draw.add_argument("--copy-for", metavar="WHO", default="", help="a copy that says for whom it is")
    draw.add_argument("--out", metavar="FILE.pdf", type=Path, required=True, help="never over a file")


def _add_days(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", metavar="N", type=positive, required=True, help="for how many days from now")


def _add_check(parts: Any) -> None:
    text = "Check a signed certificate, without a network. Exit status 1 where it does not hold."
    example = "  sirekap certificates check D.HASIL.pdf --root authority.pem --data D.HASIL.json\n"
    check = command(parts, "check", run_check, text, example, EXTRA)
    check.add_argument("file", metavar="FILE.pdf", type=Path, help="the certificate")
    help_ = "a certificate that is trusted, PEM or DER; may be given again"
    check.add_argument("--root", metavar="FILE", type=Path, action="append", required=True, help=help_)
    check.add_argument("--data", metavar="FILE.json", type=Path, help="the data whose hash it must carry")
    help_ = "when the file is known to have existed (ISO 8601 with time zone), as by the log; default: now"
    check.add_argument("--at", metavar="TIME", type=moment, help=help_)


def run_authority(args: argparse.Namespace) -> int:
    """Make the folder with the authority."""
    from sirekap.store.officer_keys import make_authority

    first = datetime.now(UTC)
    authority = make_authority(args.election, first, first + timedelta(days=args.days))
    args.dir.mkdir(parents=True, exist_ok=True)
    keep(args.dir / PRIVATE, authority.private_key)
    keep(args.dir / AUTHORITY, authority.certificate)
    print(f"{args.dir / AUTHORITY}: for the public. {args.dir / PRIVATE}: keep it as you keep the ballots.")
    return 0


def run_officer(args: argparse.Namespace) -> int:
    """Make one officer's key."""
    from sirekap.store.officer_keys import Authority, Officer, make_officer_key

    authority = Authority(read(args.dir / AUTHORITY), read(args.dir / PRIVATE))
    first = datetime.now(UTC)
    officer = Officer(args.name, args.role, args.unit)
    key = make_officer_key(authority, officer, password(args), first, first + timedelta(days=args.days))
    keep(args.out, key)
    print(f"{args.out}: {args.role}, {args.unit}, for {args.days} days.")
    return 0


def run_draw(args: argparse.Namespace) -> int:
    """Write the paper."""
    from sirekap.drawing.certificate import draw_certificate
    from sirekap.record.certificate_reading import read_certificate

    certificate = read_certificate(read(args.data), str(args.data))
    pdf = draw_certificate(certificate, args.copy_for)
    keep(args.out, pdf)
    print(f"{args.out}: {certificate.model}, {certificate.unit.name}, {len(pdf):,} bytes")
    return 0


def run_check(args: argparse.Namespace) -> int:
    """Check, and tell what was found of each signature."""
    from sirekap.verify.certificates import check_certificate, read_root

    data = None if args.data is None else read(args.data)
    roots = [read(root) for root in args.root]
    for path, root in zip(args.root, roots, strict=True):
        read_root(root, str(path))  # so that the file is named where it is none
    report = check_certificate(read(args.file), roots, data, args.at)
    for number, signature in enumerate(report.signatures, start=1):
        when = signature.stamped or signature.claimed
        said = "timestamp" if signature.stamped else "by the signer's own clock"
        print(f"{number}. {signature.name}, {signature.role}, {signature.unit}")
        print(f"   signed {when.isoformat() if when else 'at no time'} ({said})")
        verdict = "valid" if signature.valid else signature.problem or f"key {signature.trust}"
        print(f"   {verdict}; after it: {signature.later}")
    print(_summary(report))
    return 0 if report.valid else 1


def _summary(report: CertificateReport) -> str:
    lines = [f"Hash of its data: {report.data_hash or 'none'}"]
    if report.data_matches is not None:
        lines.append("The data is its own." if report.data_matches else "The data is NOT its own.")
    if report.expected is not None:
        lines.append(f"Signatures: {len(report.signatures)} of {report.expected} that the data says.")
    if report.problem:
        lines.append(f"Problem: {report.problem}.")
    verdict = "VALID" if report.valid else "NOT VALID"
    if report.valid and report.expected is not None and not report.complete:
        verdict = f"VALID, NOT COMPLETE: {report.expected - len(report.signatures)} have not signed"
    return "\n".join([*lines, verdict])


def moment(text: str) -> datetime:
    """A time with its zone, for argparse."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"expected a time such as 2024-02-20T17:30:00+07:00, found {text!r}")
    return moment
